pub(super) mod entry;
pub(super) mod offer;
