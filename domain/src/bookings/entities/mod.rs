pub(super) mod appointment;
pub(super) mod line;
