pub(super) mod addon;
pub(super) mod category;
pub(super) mod package;
pub(super) mod package_item;
pub(super) mod plan;
pub(super) mod service;
