use chrono::{DateTime, Utc};
use openchair_domain::ids::{Invitation, Membership, User};
use openchair_domain::team::{
    InvitationFacts, InvitationLook, InvitationStatus, Joining, MemberFacts, NewInvitation,
};
use poem_openapi::{ApiResponse, Enum, Object};

use crate::ids::Ref;
use crate::roles::RoleRef;

/// Somebody's login, as their team sees it.
#[derive(Debug, Clone, Object)]
pub(super) struct TeamMateView {
    id: Ref<User>,
    name: String,
    email: String,
}

/// Somebody on the team.
#[derive(Debug, Clone, Object)]
pub(super) struct MemberView {
    id: Ref<Membership>,
    user: TeamMateView,
    role: RoleRef,
    /// Whether a second factor is set up
    two_factor: bool,
    joined_at: DateTime<Utc>,
    /// In this business, to the minute
    last_seen_at: Option<DateTime<Utc>>,
    pub(super) version: i32,
}

impl From<MemberFacts> for MemberView {
    fn from(member: MemberFacts) -> Self {
        Self {
            id: member.id.into(),
            user: TeamMateView { id: member.user.into(), name: member.name, email: member.email },
            role: member.role.into(),
            two_factor: member.two_factor,
            joined_at: member.joined_at,
            last_seen_at: member.last_seen_at,
            version: member.version,
        }
    }
}

/// What may be changed of a member.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MemberChange {
    /// `owner`, `manager`, `receptionist`, `provider`, or a composed role's id
    #[oai(validator(min_length = 1, max_length = 40))]
    pub(super) role: String,
}

/// Who is to be invited.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewInvitationInput {
    #[oai(validator(min_length = 3, max_length = 254))]
    pub(super) email: String,
    /// `owner`, `manager`, `receptionist`, `provider`, or a composed role's id
    #[oai(validator(min_length = 1, max_length = 40))]
    role: String,
}

impl NewInvitationInput {
    pub(super) fn to_domain(&self) -> NewInvitation {
        NewInvitation { email: self.email.clone(), role: self.role.clone() }
    }
}

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename = "InvitationState", rename_all = "snake_case")]
enum InvitationState {
    /// It waits for an answer.
    Pending,
    /// They joined.
    Accepted,
    /// It was taken back.
    Revoked,
    /// Its time is over.
    Expired,
}

impl From<InvitationStatus> for InvitationState {
    fn from(status: InvitationStatus) -> Self {
        match status {
            InvitationStatus::Pending => Self::Pending,
            InvitationStatus::Accepted => Self::Accepted,
            InvitationStatus::Revoked => Self::Revoked,
            InvitationStatus::Expired => Self::Expired,
        }
    }
}

/// An invitation, without its link.
#[derive(Debug, Clone, Object)]
pub(super) struct InvitationView {
    id: Ref<Invitation>,
    email: String,
    role: RoleRef,
    /// Who invited them; the invitation is taken back when they go from the team
    invited_by: String,
    expires_at: DateTime<Utc>,
    created_at: DateTime<Utc>,
    status: InvitationState,
}

impl From<InvitationFacts> for InvitationView {
    fn from(invitation: InvitationFacts) -> Self {
        let deleted = || RoleRef { key: "deleted".to_owned(), name: "Deleted role".to_owned() };
        Self {
            id: invitation.id.into(),
            email: invitation.email,
            role: invitation.role.map_or_else(deleted, RoleRef::from),
            invited_by: invitation.invited_by,
            expires_at: invitation.expires_at,
            created_at: invitation.created_at,
            status: invitation.status.into(),
        }
    }
}

/// 202: the worker does the rest.
#[derive(Debug, ApiResponse)]
pub(super) enum Resent {
    /// A mail with a new link is on its way; the old link is dead.
    #[oai(status = 202)]
    Mail,
}

/// The token of an invitation's link.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct InvitationToken {
    #[oai(validator(min_length = 1, max_length = 128))]
    pub(super) token: String,
}

/// What somebody sees before they join.
#[derive(Debug, Clone, Object)]
pub(super) struct InvitationLookView {
    /// The business
    business: String,
    /// Who invited them
    inviter: String,
    role: RoleRef,
    /// Whom the invitation was sent to
    email: String,
    /// Whether to sign in with that address, or to choose a name and a password
    has_account: bool,
    expires_at: DateTime<Utc>,
}

impl From<InvitationLook> for InvitationLookView {
    fn from(look: InvitationLook) -> Self {
        Self {
            business: look.business,
            inviter: look.inviter,
            role: look.role.into(),
            email: look.email,
            has_account: look.has_account,
            expires_at: look.expires_at,
        }
    }
}

/// What somebody brings to join: a new login its name and password, an existing one its session.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct InvitationAcceptance {
    #[oai(validator(min_length = 1, max_length = 128))]
    token: String,
    #[oai(validator(max_length = 80))]
    name: Option<String>,
    #[oai(validator(max_length = 200))]
    password: Option<String>,
}

impl From<InvitationAcceptance> for Joining {
    fn from(body: InvitationAcceptance) -> Self {
        Self { token: body.token, name: body.name, password: body.password }
    }
}

/// Who is to own the business, and the caller's proof that it is them.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct OwnershipTransfer {
    pub(super) member_id: Ref<Membership>,
    /// Needed where there is a password
    #[oai(validator(max_length = 200))]
    pub(super) password: Option<String>,
    /// Needed where there is a second factor
    #[oai(validator(max_length = 32))]
    pub(super) code: Option<String>,
}
