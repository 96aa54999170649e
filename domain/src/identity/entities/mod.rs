pub(super) mod one_time;
pub(super) mod refresh;
pub(super) mod session;
pub(super) mod user;
