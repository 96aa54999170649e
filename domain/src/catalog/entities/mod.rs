pub(super) mod category;
pub(super) mod service;
