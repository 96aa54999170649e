pub(super) mod closure;
pub(super) mod day;
pub(super) mod hours;
pub(super) mod location;
