//! Invitations by e-mail, as the team sees them. The link is in the mail alone; the table keeps its
//! hash. Only whoever has an address of their own has us write to others: a sign-up costs nothing.

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    FromQueryResult, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use super::TeamError;
use super::entity::invitation;
use super::hold::hold_for;
use super::members::role_named;
use super::ownership::business;
use super::rules::{Hand, may_touch};
use crate::audit::{Actor, Change, NewEntry};
use crate::authz::{Right, Role};
use crate::fault::Faults;
use crate::identity::{Identity, role_to_store, stored_role};
use crate::ids::{self, Id, User};
use crate::keys;
use crate::messaging::{self, NewMail, Template};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::roles::{self, KnownRole, RoleName};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::tenancy::{Outcome, Principal, StoreError, TenantTx};
use crate::text::Email;
use crate::time::Instant;

/// How long an invitation is good.
const LIFETIME: Duration = Duration::days(7);

/// What became of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InvitationStatus {
    /// It waits for an answer.
    Pending,
    /// They joined.
    Accepted,
    /// It was taken back.
    Revoked,
    /// Its time is over.
    Expired,
}

impl InvitationStatus {
    /// An expired invitation that made room for a new one is marked as revoked at its end.
    pub(super) fn at(
        now: Instant,
        expires: Instant,
        accepted: Option<Instant>,
        revoked: Option<Instant>,
    ) -> Self {
        match (accepted, revoked) {
            (Some(_), _) => Self::Accepted,
            (None, Some(at)) if at < expires => Self::Revoked,
            (None, Some(_)) => Self::Expired,
            (None, None) if expires <= now => Self::Expired,
            (None, None) => Self::Pending,
        }
    }
}

/// An invitation, without its link.
#[derive(Debug, Clone)]
pub struct InvitationFacts {
    /// Its id.
    pub id: Id<ids::Invitation>,
    /// Whom it was sent to.
    pub email: String,
    /// The role that waits for them; nothing if it was deleted after all was over.
    pub role: Option<RoleName>,
    /// Who invited them.
    pub invited_by: String,
    /// When they were invited.
    pub created_at: Instant,
    /// How long the link is good.
    pub expires_at: Instant,
    /// What became of it.
    pub status: InvitationStatus,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    email: String,
    role: String,
    custom_role_id: Option<Uuid>,
    custom_role_name: Option<String>,
    invited_by: String,
    created_at: Instant,
    expires_at: Instant,
    accepted_at: Option<Instant>,
    revoked_at: Option<Instant>,
}

impl Row {
    fn facts(self, now: Instant) -> Result<InvitationFacts, StoreError> {
        let forgotten = self.role == "custom" && self.custom_role_id.is_none();
        let role = if forgotten {
            None
        } else {
            Some(RoleName::stored(&self.role, self.custom_role_id, self.custom_role_name)?)
        };
        let (accepted, revoked) = (self.accepted_at, self.revoked_at);
        Ok(InvitationFacts {
            id: Id::from_uuid(self.id),
            email: self.email,
            role,
            invited_by: self.invited_by,
            created_at: self.created_at,
            expires_at: self.expires_at,
            status: InvitationStatus::at(now, self.expires_at, accepted, revoked),
        })
    }
}

const LIST: &str = "
    select i.id, i.email, i.role, i.custom_role_id, r.name as custom_role_name, i.invited_by,
           i.created_at, i.expires_at, i.accepted_at, i.revoked_at
    from invitations i
    left join roles r on r.tenant_id = i.tenant_id and r.id = i.custom_role_id
    where i.tenant_id = $1 and ($2::uuid is null or i.id < $2)
    order by i.id desc limit $3";

/// The tenant's invitations, the newest first.
pub async fn list(
    tx: &TenantTx,
    window: Window<ids::Invitation>,
) -> Result<Paged<InvitationFacts>, TeamError> {
    let rows = i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX);
    let after = window.after.map(Id::uuid);
    let values = [tx.tenant().uuid().into(), after.into(), rows.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LIST, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let items = rows.into_iter().map(|row| row.facts(tx.now())).collect::<Result<_, _>>()?;
    Ok(window.cut(items, |invitation: &InvitationFacts| invitation.id))
}

/// Who is to be invited.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The address.
    pub email: String,
    /// The role's key.
    pub role: String,
}

const MAKE_ROOM: &str = "
    update invitations set revoked_at = expires_at
    where tenant_id = $1 and email_key = $2
      and accepted_at is null and revoked_at is null and expires_at <= $3";

/// Invites somebody. The link goes out by mail and is nowhere else.
pub async fn invite(
    tx: &mut TenantTx,
    identity: &Identity,
    new: &NewInvitation,
) -> Result<InvitationFacts, TeamError> {
    let mut faults = Faults::new();
    let Some(email) = faults.take("/email", Email::parse(&new.email)) else {
        return Err(faults.into());
    };
    let hand = hold_for(tx, identity, Right::InviteMember).await?;
    let inviter = may_write(tx).await?;
    let role = role_named(tx, identity, &new.role).await?;
    may_touch(hand, role.role, role.rights)?;
    refuse_member(tx, email.key()).await?;
    let values = [tx.tenant().uuid().into(), email.key().into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, MAKE_ROOM, values);
    tx.conn().execute_raw(statement).await?;
    let token = OpaqueToken::generate(TokenKind::Invitation, tx.entropy());
    let (role_key, custom_role_id) = role_to_store(role.role);
    let row = invitation::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<ids::Invitation>().uuid()),
        email: Set(email.shown().to_owned()),
        email_key: Set(email.key().to_owned()),
        role: Set(role_key),
        custom_role_id: Set(custom_role_id),
        token_hash: Set(token.hash().to_vec()),
        invited_by: Set(Actor::from(tx.caller().principal()).name),
        invited_by_user_id: Set(Some(inviter.uuid())),
        created_at: Set(tx.now()),
        expires_at: Set(tx.now() + LIFETIME),
        accepted_at: Set(None),
        revoked_at: Set(None),
    };
    let inserted = row.insert(tx.conn()).await;
    let row = inserted.on_constraint("invitations_pending", TeamError::AlreadyInvited)?;
    let facts = named(row, role.name.clone(), tx.now())?;
    mail(tx, identity, &facts, &token).await?;
    tx.record(
        NewEntry::new("team.member_invited", "invitation")
            .on(facts.id, facts.email.clone())
            .changed([Change::of("role", serde_json::Value::Null, role.name)]),
    );
    tx.emit(event("team.member_invited", &facts));
    Ok(facts)
}

/// Sends an invitation again, with a new link and a new end; the old link is dead.
pub async fn resend(
    tx: &mut TenantTx,
    identity: &Identity,
    id: Id<ids::Invitation>,
) -> Result<InvitationFacts, TeamError> {
    let hand = hold_for(tx, identity, Right::InviteMember).await?;
    may_write(tx).await?;
    let (row, role) = held_pending(tx, identity, hand, id).await?;
    refuse_member(tx, &row.email_key).await?;
    let token = OpaqueToken::generate(TokenKind::Invitation, tx.entropy());
    let mut row: invitation::ActiveModel = row.into();
    row.token_hash = Set(token.hash().to_vec());
    row.expires_at = Set(tx.now() + LIFETIME);
    let row = row.update(tx.conn()).await?;
    let facts = named(row, role, tx.now())?;
    mail(tx, identity, &facts, &token).await?;
    let entry = NewEntry::new("team.invitation_resent", "invitation");
    tx.record(entry.on(facts.id, facts.email.clone()));
    tx.emit(event("team.invitation_resent", &facts));
    Ok(facts)
}

/// Takes an invitation back: its link is dead.
pub async fn revoke(
    tx: &mut TenantTx,
    identity: &Identity,
    id: Id<ids::Invitation>,
) -> Result<(), TeamError> {
    let hand = hold_for(tx, identity, Right::InviteMember).await?;
    let (row, role) = held_pending(tx, identity, hand, id).await?;
    end(tx, row, role).await
}

/// Takes back all invitations that wait for an answer and that somebody answers for who goes from
/// the team: one of them may be to an address of their own.
pub(super) async fn revoke_made_by(
    tx: &mut TenantTx,
    identity: &Identity,
    inviter: Id<User>,
) -> Result<(), TeamError> {
    let theirs = invitation::Entity::find()
        .filter(invitation::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(invitation::Column::InvitedByUserId.eq(inviter.uuid()))
        .filter(invitation::Column::AcceptedAt.is_null())
        .filter(invitation::Column::RevokedAt.is_null())
        .filter(invitation::Column::ExpiresAt.gt(tx.now()))
        .order_by_asc(invitation::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    for row in theirs {
        let role = role_of(tx, identity, &row).await?.name;
        end(tx, row, role).await?;
    }
    Ok(())
}

async fn end(tx: &mut TenantTx, row: invitation::Model, role: String) -> Result<(), TeamError> {
    let mut change: invitation::ActiveModel = row.into();
    change.revoked_at = Set(Some(tx.now()));
    let facts = named(change.update(tx.conn()).await?, role, tx.now())?;
    let entry = NewEntry::new("team.invitation_revoked", "invitation");
    tx.record(entry.on(facts.id, facts.email.clone()));
    tx.emit(event("team.invitation_revoked", &facts));
    Ok(())
}

const VERIFIED: &str = "select 1 from users where id = $1 and email_verified_at is not null";

/// The person who answers for what the caller has us write: the member, or whoever made the key.
/// Their own address must be verified.
async fn may_write(tx: &TenantTx) -> Result<Id<User>, TeamError> {
    let person = match tx.caller().principal() {
        Principal::Member { user, .. } => Some(*user),
        Principal::ApiKey { key, .. } => keys::maker(tx, *key).await?,
        Principal::Support { .. } | Principal::Visitor | Principal::Worker { .. } => None,
    };
    let person = person.ok_or(TeamError::VerifyEmailFirst)?;
    let values = [person.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, VERIFIED, values);
    let found = tx.conn().query_one_raw(statement).await?;
    found.map(|_| person).ok_or(TeamError::VerifyEmailFirst)
}

/// An invitation that isn't over, held, with its role's name. Whoever may not give the role may not
/// touch the invitation to it.
async fn held_pending(
    tx: &TenantTx,
    identity: &Identity,
    hand: Hand,
    id: Id<ids::Invitation>,
) -> Result<(invitation::Model, String), TeamError> {
    let found = invitation::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).lock_exclusive();
    let found = found.one(tx.conn()).await?.ok_or(TeamError::NotFound)?;
    if found.accepted_at.is_some() || found.revoked_at.is_some() {
        return Err(TeamError::InvitationOver);
    }
    let known = role_of(tx, identity, &found).await?;
    may_touch(hand, known.role, known.rights)?;
    Ok((found, known.name))
}

async fn role_of(
    tx: &TenantTx,
    identity: &Identity,
    row: &invitation::Model,
) -> Result<KnownRole, StoreError> {
    let role = stored_role(&row.role, row.custom_role_id)?;
    let known = roles::known(tx, identity, role).await?;
    known.ok_or_else(|| StoreError::Unreadable(format!("the role {role} of an invitation")))
}

async fn refuse_member(tx: &TenantTx, email_key: &str) -> Result<(), TeamError> {
    let sql = "select 1 as found from memberships m join users u on u.id = m.user_id
               where m.tenant_id = $1 and u.email_key = $2";
    let values = [tx.tenant().uuid().into(), email_key.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    match tx.conn().query_one_raw(statement).await? {
        Some(_) => Err(TeamError::AlreadyMember),
        None => Ok(()),
    }
}

fn named(
    row: invitation::Model,
    role: String,
    now: Instant,
) -> Result<InvitationFacts, StoreError> {
    let row = Row {
        id: row.id,
        email: row.email,
        role: row.role,
        custom_role_id: row.custom_role_id,
        custom_role_name: Some(role),
        invited_by: row.invited_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        accepted_at: row.accepted_at,
        revoked_at: row.revoked_at,
    };
    row.facts(now)
}

async fn mail(
    tx: &TenantTx,
    identity: &Identity,
    invitation: &InvitationFacts,
    token: &OpaqueToken,
) -> Result<(), TeamError> {
    let to = Email::parse(&invitation.email);
    let to = to.map_err(|_| StoreError::Unreadable(format!("the address of {}", invitation.id)))?;
    let business = business(tx).await?;
    // Built-in roles go by their key: each language has its own word for them.
    let role = invitation.role.as_ref().map(|role| match role.role {
        Role::BuiltIn(role) => role.key().to_owned(),
        Role::Custom(_) => role.name.clone(),
    });
    let mail = NewMail::new(&to, Template::Invitation, &business.locale)
        .with("business", business.name)
        .with("inviter", Actor::from(tx.caller().principal()).name)
        .with("role", role)
        .until(invitation.expires_at)
        .link(identity.link("join", token.text()));
    Ok(messaging::queue(tx, mail).await?)
}

fn event(kind: &'static str, invitation: &InvitationFacts) -> NewEvent {
    let role = invitation.role.as_ref().map(|role| role.role.to_string());
    NewEvent::new(kind, &serde_json::json!({ "id": invitation.id, "role": role }))
}
