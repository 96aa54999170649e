pub(super) mod invitation;
pub(super) mod membership;
