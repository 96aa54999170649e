pub(super) mod entry;
pub(super) mod kiosk;
pub(super) mod queue;
