//! Members: what they may do, and their going.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, DbBackend, FromQueryResult, ModelTrait, Statement,
};
use uuid::Uuid;

use super::TeamError;
use super::entity::membership;
use super::hold::{held_member, hold, hold_for, keep_an_owner, may_take};
use super::invitations::revoke_made_by;
use super::rules::may_touch;
use crate::audit::{Change, NewEntry};
use crate::authz::{Right, Rights, Role};
use crate::fault::{Faults, ValueFault};
use crate::identity::{Identity, SignedIn, role_to_store, stored_role};
use crate::ids::{Id, Membership, Tenant, User};
use crate::keys;
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::roles::{self, KnownRole, RoleName};
use crate::tenancy::{Caller, Principal, StoreError, SystemReason, TenantFacts, TenantTx};
use crate::time::Instant;

/// Somebody on the team.
#[derive(Debug, Clone)]
pub struct MemberFacts {
    /// The place in the tenant.
    pub id: Id<Membership>,
    /// The login.
    pub user: Id<User>,
    /// The name.
    pub name: String,
    /// Where mails go.
    pub email: String,
    /// The role.
    pub role: RoleName,
    /// Whether a second factor is set up.
    pub two_factor: bool,
    /// Since when.
    pub joined_at: Instant,
    /// When they were last in this tenant, to the minute.
    pub last_seen_at: Option<Instant>,
    /// Grows with each change.
    pub version: i32,
    /// The language of mails to them.
    pub(crate) locale: String,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    user_id: Uuid,
    name: String,
    email: String,
    locale: String,
    role: String,
    custom_role_id: Option<Uuid>,
    custom_role_name: Option<String>,
    two_factor: bool,
    created_at: Instant,
    last_seen_at: Option<Instant>,
    version: i32,
}

impl TryFrom<Row> for MemberFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            user: Id::from_uuid(row.user_id),
            name: row.name,
            email: row.email,
            role: RoleName::stored(&row.role, row.custom_role_id, row.custom_role_name)?,
            two_factor: row.two_factor,
            joined_at: row.created_at,
            last_seen_at: row.last_seen_at,
            version: row.version,
            locale: row.locale,
        })
    }
}

macro_rules! members_by {
    ($rest:literal) => {
        concat!(
            "select m.id, m.user_id, u.name, u.email, u.locale, m.role, m.custom_role_id,
                    r.name as custom_role_name, u.totp_confirmed_at is not null as two_factor,
                    m.created_at, m.last_seen_at, m.version
             from memberships m
             join users u on u.id = m.user_id
             left join roles r on r.tenant_id = m.tenant_id and r.id = m.custom_role_id
             where m.tenant_id = $1 ",
            $rest
        )
    };
}

/// The team, in the order in which they joined.
pub async fn list(
    tx: &TenantTx,
    window: Window<Membership>,
) -> Result<Paged<MemberFacts>, TeamError> {
    let rows = i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX);
    let after = window.after.map_or(Uuid::nil(), Id::uuid);
    let sql = members_by!("and m.id > $2 order by m.id limit $3");
    let values = [tx.tenant().uuid().into(), after.into(), rows.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let members = rows.into_iter().map(MemberFacts::try_from).collect::<Result<_, _>>()?;
    Ok(window.cut(members, |member: &MemberFacts| member.id))
}

/// One of the team.
pub async fn find(tx: &TenantTx, id: Id<Membership>) -> Result<MemberFacts, TeamError> {
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let sql = members_by!("and m.id = $2");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = Row::find_by_statement(statement).one(tx.conn()).await?;
    Ok(row.ok_or(TeamError::NotFound)?.try_into()?)
}

/// Gives a member another role. It is in force with their next request.
pub async fn change_role(
    tx: &mut TenantTx,
    identity: &Identity,
    id: Id<Membership>,
    seen: i64,
    role: &str,
) -> Result<MemberFacts, TeamError> {
    let hand = hold_for(tx, identity, Right::UpdateMember).await?;
    let (row, before) = held_member(tx, identity, id).await?;
    if i64::from(row.version) != seen {
        return Err(TeamError::Stale);
    }
    let after = role_named(tx, identity, role).await?;
    may_touch(hand, before.role, before.rights)?;
    may_touch(hand, after.role, after.rights)?;
    if before.role == after.role {
        return find(tx, id).await;
    }
    keep_an_owner(tx, before.role).await?;
    put_role(tx, row, after.role).await?;
    let member = find(tx, id).await?;
    tx.record(
        NewEntry::new("team.role_changed", "member")
            .on(id, member.name.clone())
            .changed([Change::of("role", before.name, after.name)]),
    );
    tx.emit(NewEvent::new(
        "team.role_changed",
        &serde_json::json!({ "id": id, "user": member.user, "role": after.role.to_string() }),
    ));
    Ok(member)
}

/// The role that a request names, if the tenant has it.
pub(super) async fn role_named(
    tx: &TenantTx,
    identity: &Identity,
    key: &str,
) -> Result<KnownRole, TeamError> {
    if let Some(role) = Role::from_key(key)
        && let Some(known) = roles::known(tx, identity, role).await?
    {
        return Ok(known);
    }
    let mut faults = Faults::new();
    faults.note("/role", ValueFault::new("unknown_role", "There is no such role."));
    Err(faults.into())
}

pub(super) async fn put_role(
    tx: &TenantTx,
    row: membership::Model,
    role: Role,
) -> Result<(), StoreError> {
    let version = row.version + 1;
    let (key, custom) = role_to_store(role);
    let mut row: membership::ActiveModel = row.into();
    row.role = Set(key);
    row.custom_role_id = Set(custom);
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    row.update(tx.conn()).await?;
    Ok(())
}

/// Takes somebody off the team. Their next request finds the door closed, and so do the keys that
/// they made and whom they invited; a session that stood here falls back by itself when it is next
/// recognised.
pub async fn remove(
    tx: &mut TenantTx,
    identity: &Identity,
    id: Id<Membership>,
) -> Result<(), TeamError> {
    let hand = hold_for(tx, identity, Right::RemoveMember).await?;
    let (row, role) = held_member(tx, identity, id).await?;
    may_take(tx, hand, &role).await?;
    take_off(tx, identity, row, &role, "team.member_removed").await
}

async fn take_off(
    tx: &mut TenantTx,
    identity: &Identity,
    row: membership::Model,
    role: &KnownRole,
    action: &'static str,
) -> Result<(), TeamError> {
    // The name can be read only as long as they belong here.
    let member = find(tx, Id::from_uuid(row.id)).await?;
    // Nobody leaves a way in behind.
    keys::revoke_made_by(tx, member.user).await?;
    revoke_made_by(tx, identity, member.user).await?;
    row.delete(tx.conn()).await?;
    tx.record(NewEntry::new(action, "member").on(member.id, member.name).changed([Change::of(
        "role",
        role.name.clone(),
        serde_json::Value::Null,
    )]));
    tx.emit(NewEvent::new(action, &serde_json::json!({ "id": member.id, "user": member.user })));
    Ok(())
}

#[derive(FromQueryResult)]
struct OwnPlace {
    tenant_id: Uuid,
    plan: String,
    require_two_factor: bool,
    read_only: bool,
    role: String,
    custom_role_id: Option<Uuid>,
}

const OWN_PLACE: &str = "
    select m.tenant_id, t.plan, t.require_two_factor, t.read_only, m.role, m.custom_role_id
    from memberships m join tenants t on t.id = m.tenant_id
    where m.user_id = $1 and m.id = $2";

/// Leaves a team that one belongs to, wherever the session stands, and whatever the business asks of
/// those who want to come in.
pub async fn leave(
    identity: &Identity,
    person: &SignedIn,
    id: Id<Membership>,
) -> Result<(), TeamError> {
    let caller = own_place(identity, person, id).await?;
    let mut tx = identity.db().tenant(&caller).await?;
    hold(tx.conn(), tx.tenant()).await?;
    let (row, role) = held_member(&tx, identity, id).await?;
    keep_an_owner(&tx, role.role).await?;
    take_off(&mut tx, identity, row, &role, "team.member_left").await?;
    Ok(tx.commit().await?)
}

/// The person inside the tenant of that place, allowed nothing but what follows.
async fn own_place(
    identity: &Identity,
    person: &SignedIn,
    id: Id<Membership>,
) -> Result<Caller, TeamError> {
    let tx = identity.db().system(SystemReason::Identity).await?;
    let values = [person.user.uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, OWN_PLACE, values);
    let found = OwnPlace::find_by_statement(statement).one(tx.conn()).await?;
    tx.commit().await?;
    let found = found.ok_or(TeamError::NotFound)?;
    let tenant = TenantFacts {
        id: Id::<Tenant>::from_uuid(found.tenant_id),
        plan: found.plan,
        require_two_factor: found.require_two_factor,
        read_only: found.read_only,
    };
    let principal = Principal::Member {
        user: person.user,
        membership: id,
        session: person.session,
        role: stored_role(&found.role, found.custom_role_id)?,
        name: person.name.as_str().into(),
    };
    Ok(Caller::new(tenant, principal, Rights::NONE, person.request.clone()))
}
