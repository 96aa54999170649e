//! Who is on a tenant's team: members, invitations, and the owners, of whom there is always one.
//!
//! Whoever changes a team holds the tenant first (`hold`): changes of one team stand in
//! line, so that two owners can't demote each other at once, and what is decided about the caller
//! is decided on their newest role.

#[expect(unreachable_pub, reason = "the ORM's derive wants its models public")]
mod entity;
mod hold;
mod invitations;
mod joining;
mod members;
mod owners;
mod ownership;
mod rules;
#[cfg(test)]
mod tests;

use crate::fault::refusals;
use crate::identity::IdentityError;
use crate::tenancy::StoreError;

pub(crate) use hold::held_rights;
pub use invitations::{
    InvitationFacts, InvitationStatus, NewInvitation, invite, list as list_invitations, resend,
    revoke,
};
pub use joining::{InvitationLook, Joined, Joining, accept, look};
pub use members::{
    MemberFacts, change_role, find as find_member, leave, list as list_members, remove,
};
pub(crate) use owners::owners;
pub use ownership::transfer;

refusals! {
    /// Why a team stays as it is.
    TeamError {
        NoLonger = NotAllowed "not_allowed" "Your role doesn't allow this any longer.",
        VerifyEmailFirst = NotAllowed "verify_email_first" "Please verify your e-mail address first. Then you can invite others.",
        OwnersOnly = NotAllowed "owners_only" "Only an owner can make or unmake owners.",
        BeyondOwnRights = NotAllowed "beyond_own_rights" "You can't give or take away a role that is allowed more than you are.",
        LastOwner = Conflict "last_owner" "A business needs an owner. Make somebody else an owner first.",
        AlreadyInvited = Conflict "already_invited" "This address is invited already. You can send the invitation again.",
        AlreadyMember = Conflict "already_member" "This person is on the team already.",
        InvitationOver = Conflict "invitation_over" "This invitation was accepted or revoked already.",
        LinkInvalid = Unauthenticated "link_invalid" "This invitation has expired, was revoked or was used already. Please ask for a new one.",
        SignInToAccept = Unauthenticated "sign_in_to_accept" "This address has a login already. Please sign in with it, then open the invitation again.",
    }
}

impl From<IdentityError> for TeamError {
    fn from(error: IdentityError) -> Self {
        match error {
            IdentityError::Invalid(fields) => Self::Invalid(fields),
            IdentityError::Store(store) => Self::Store(store),
            // Nothing else is asked of a login here.
            other => Self::Store(StoreError::Unreadable(other.to_string())),
        }
    }
}
