//! Who may give or take which role. Pure, so that the whole table can be tested.

use super::TeamError;
use crate::authz::{Rights, Role};

/// What the caller may do, as it stands now.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hand {
    /// Whether the caller is a person who owns the business. A key never is.
    pub(super) owner: bool,
    /// What the caller may do.
    pub(super) rights: Rights,
}

/// Whether `hand` may give `role`, which allows `rights`, or take it from somebody.
pub(super) fn may_touch(hand: Hand, role: Role, rights: Rights) -> Result<(), TeamError> {
    if hand.owner {
        return Ok(());
    }
    if role.is_owner() {
        return Err(TeamError::OwnersOnly);
    }
    if rights.is_within(hand.rights) { Ok(()) } else { Err(TeamError::BeyondOwnRights) }
}

/// Whether an owner may stop being one, when there are `owners` of them.
pub(super) fn may_lose_owner(owners: i64) -> Result<(), TeamError> {
    if owners > 1 { Ok(()) } else { Err(TeamError::LastOwner) }
}
