//! The other side of an invitation: somebody opens the link. Whoever has it can read the mailbox that
//! it was sent to, and that is all it proves: an address that has a login already joins only signed
//! in, so that no invitation takes a login over.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    FromQueryResult, QueryFilter, QuerySelect, Statement,
};
use uuid::Uuid;

use super::TeamError;
use super::entity::{invitation, membership};
use super::hold::hold;
use crate::audit::{self, Actor, Change, NewEntry};
use crate::fault::{Faults, ValueFault};
use crate::identity::{self, Identity, Me, NewSession, NewUser, SignedIn};
use crate::ids::{Id, Membership, Session, Tenant, User};
use crate::outbox::{self, NewEvent};
use crate::roles::RoleName;
use crate::secrets::{OpaqueToken, PasswordContext, TokenKind};
use crate::tenancy::{Outcome, RequestFacts, StoreError, SystemReason, SystemTx};
use crate::text::{self, Email};
use crate::time::Instant;

/// What somebody sees before they join.
#[derive(Debug, Clone)]
pub struct InvitationLook {
    /// The business.
    pub business: String,
    /// Who invited them.
    pub inviter: String,
    /// The role that waits for them.
    pub role: RoleName,
    /// Whom the invitation was sent to.
    pub email: String,
    /// Whether that address has a login already.
    pub has_account: bool,
    /// How long the link is good.
    pub expires_at: Instant,
}

/// What somebody brings to join.
#[derive(Debug)]
pub struct Joining {
    /// The link's token.
    pub token: String,
    /// A new login's name.
    pub name: Option<String>,
    /// A new login's password.
    pub password: Option<String>,
}

/// Somebody joined.
#[derive(Debug)]
pub struct Joined {
    /// The new place.
    pub membership: Id<Membership>,
    /// The login, standing in the business that it joined.
    pub me: Box<Me>,
    /// For a new login. Whoever was signed in stays so.
    pub session: Option<NewSession>,
}

#[derive(FromQueryResult)]
struct Open {
    tenant_id: Uuid,
    id: Uuid,
    email: String,
    role: String,
    custom_role_id: Option<Uuid>,
    custom_role_name: Option<String>,
    invited_by: String,
    expires_at: Instant,
    business: String,
    locale: String,
    user_id: Option<Uuid>,
}

const OPEN: &str = "
    select i.tenant_id, i.id, i.email, i.role, i.custom_role_id, r.name as custom_role_name,
           i.invited_by, i.expires_at, t.name as business, t.locale, u.id as user_id
    from invitations i
    join tenants t on t.id = i.tenant_id
    left join roles r on r.tenant_id = i.tenant_id and r.id = i.custom_role_id
    left join users u on u.email_key = i.email_key
    where i.token_hash = $1 and i.accepted_at is null and i.revoked_at is null
      and i.expires_at > $2";

/// The invitation that a token stands for, if it is still good.
async fn open(tx: &SystemTx, token: &str) -> Result<Open, TeamError> {
    let token = OpaqueToken::parse(TokenKind::Invitation, token).ok_or(TeamError::LinkInvalid)?;
    let values = [token.hash().to_vec().into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, OPEN, values);
    Open::find_by_statement(statement).one(tx.conn()).await?.ok_or(TeamError::LinkInvalid)
}

/// Looks at an invitation by the token in its link.
pub async fn look(identity: &Identity, token: &str) -> Result<InvitationLook, TeamError> {
    let tx = identity.db().system(SystemReason::Invitation).await?;
    let open = open(&tx, token).await?;
    tx.commit().await?;
    Ok(InvitationLook {
        business: open.business,
        inviter: open.invited_by,
        role: RoleName::stored(&open.role, open.custom_role_id, open.custom_role_name)?,
        email: open.email,
        has_account: open.user_id.is_some(),
        expires_at: open.expires_at,
    })
}

/// Who is going to join.
enum Joiner {
    /// A login that is signed in as the address that was invited.
    Known { user: Id<User>, session: Id<Session> },
    /// A login to be made.
    New { name: String, password_hash: String },
}

/// Joins. Of two who use one link at once, one joins.
pub async fn accept(
    identity: &Identity,
    joining: Joining,
    person: Option<SignedIn>,
    request: &RequestFacts,
) -> Result<Joined, TeamError> {
    let joiner = who_joins(identity, &joining, person).await?;
    let tx = identity.db().system(SystemReason::Invitation).await?;
    let open = held(&tx, &joining.token).await?;
    let email = Email::parse(&open.email)
        .map_err(|_| StoreError::Unreadable(format!("the address of invitation {}", open.id)))?;
    let tenant = Id::<Tenant>::from_uuid(open.tenant_id);
    let (user, session) = match joiner {
        Joiner::Known { user, session } if open.user_id == Some(user.uuid()) => {
            identity::prove_address(&tx, user).await?;
            identity::move_to(&tx, session, tenant).await?;
            (user, None)
        }
        Joiner::New { name, password_hash } if open.user_id.is_none() => {
            let new = NewUser {
                email: &email,
                name: &name,
                locale: &open.locale,
                password_hash: Some(password_hash),
                email_verified: true,
            };
            // Somebody may sign up with the address in this very moment: theirs stays theirs.
            let user = identity::create(&tx, new, TeamError::SignInToAccept).await?;
            let user = Id::<User>::from_uuid(user.id);
            let session =
                identity::open_session(&tx, identity, user, Some(tenant), request).await?;
            (user, Some(session))
        }
        _ => return Err(TeamError::SignInToAccept),
    };
    let membership = settle(&tx, &open, user).await?;
    let me = identity.me_in(&tx, user, Some(tenant)).await?;
    tell(&tx, &open, &me, membership, request).await?;
    tx.commit().await?;
    Ok(Joined { membership, me: Box::new(me), session })
}

/// Finds out who joins, and hashes a new login's password while no transaction is open.
async fn who_joins(
    identity: &Identity,
    joining: &Joining,
    person: Option<SignedIn>,
) -> Result<Joiner, TeamError> {
    let tx = identity.db().system(SystemReason::Invitation).await?;
    let open = open(&tx, &joining.token).await?;
    tx.commit().await?;
    if let Some(user) = open.user_id {
        let person = person.filter(|person| person.user.uuid() == user);
        let known = |person: SignedIn| Joiner::Known { user: person.user, session: person.session };
        return person.map(known).ok_or(TeamError::SignInToAccept);
    }
    let mut faults = Faults::new();
    let missing = || ValueFault::new("required", "Please fill this in.");
    let name = joining.name.as_deref().unwrap_or_default();
    let name = faults.take("/name", text::line(name, 1, 80));
    let password = faults.take("/password", joining.password.as_deref().ok_or_else(missing));
    let (Some(name), Some(password)) = (name, password) else { return Err(faults.into()) };
    let about = PasswordContext { email: &open.email, name: &name };
    let password_hash = identity.new_password("/password", password, about).await?;
    Ok(Joiner::New { name, password_hash })
}

/// The invitation, with its tenant and itself held: what is decided now stays true.
async fn held(tx: &SystemTx, token: &str) -> Result<Open, TeamError> {
    let found = open(tx, token).await?;
    hold(tx.conn(), Id::from_uuid(found.tenant_id)).await?;
    let row = invitation::Entity::find_by_id((found.tenant_id, found.id))
        .filter(invitation::Column::AcceptedAt.is_null())
        .lock_exclusive();
    row.one(tx.conn()).await?.ok_or(TeamError::LinkInvalid)?;
    // Read again: whoever held it before may have accepted, revoked or sent it anew.
    open(tx, token).await
}

async fn settle(tx: &SystemTx, open: &Open, user: Id<User>) -> Result<Id<Membership>, TeamError> {
    let id = tx.new_id::<Membership>();
    let row = membership::ActiveModel {
        tenant_id: Set(open.tenant_id),
        id: Set(id.uuid()),
        user_id: Set(user.uuid()),
        role: Set(open.role.clone()),
        custom_role_id: Set(open.custom_role_id),
        last_seen_at: Set(Some(tx.now())),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let inserted = row.insert(tx.conn()).await;
    inserted.on_constraint("memberships_once", TeamError::AlreadyMember)?;
    let sql = "update invitations set accepted_at = $3 where tenant_id = $1 and id = $2";
    let values = [open.tenant_id.into(), open.id.into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(id)
}

async fn tell(
    tx: &SystemTx,
    open: &Open,
    me: &Me,
    membership: Id<Membership>,
    request: &RequestFacts,
) -> Result<(), StoreError> {
    let tenant = Id::<Tenant>::from_uuid(open.tenant_id);
    let role = RoleName::stored(&open.role, open.custom_role_id, open.custom_role_name.clone())?;
    let entry = NewEntry::new("team.member_joined", "member")
        .on(membership, me.user.name.clone())
        .changed([Change::of("role", serde_json::Value::Null, role.name)]);
    let actor = Actor::user(me.user.id, &me.user.name);
    audit::write_from_outside(tx, tenant, &actor, request, entry).await?;
    let event = NewEvent::new(
        "team.member_joined",
        &serde_json::json!({
            "id": membership, "user": me.user.id, "role": role.role.to_string(),
        }),
    );
    outbox::write_from_outside(tx, tenant, event).await
}
