pub(super) mod answers;
pub(super) mod consent;
pub(super) mod customer;
pub(super) mod import;
pub(super) mod membership;
pub(super) mod merge;
pub(super) mod suggestion;
