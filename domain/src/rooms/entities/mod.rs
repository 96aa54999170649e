pub(super) mod feature;
pub(super) mod room;
