pub(super) mod hours;
pub(super) mod location;
