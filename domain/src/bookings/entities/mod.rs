pub(crate) mod appointment;
pub(crate) mod line;
