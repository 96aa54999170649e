//! Roles: the four that every tenant has, and those that a tenant composes from the same
//! permissions. Nobody composes a role that may do more than they may, as it stands when the tenant
//! is held: whoever changes roles stands in line with whoever changes the team.

mod catalogue;
#[expect(unreachable_pub, reason = "the ORM's derive wants its model public")]
mod entity;
mod known;
#[cfg(test)]
mod tests;

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    FromQueryResult, ModelTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
};
use uuid::Uuid;

use crate::audit::{Change, NewEntry};
use crate::authz::{Authz, BuiltIn, Right, Rights, Role};
use crate::fault::{Faults, ValueFault, refusals};
use crate::identity::{Identity, role_to_store};
use crate::ids::{CustomRole, Id};
use crate::outbox::NewEvent;
use crate::team;
use crate::tenancy::{Outcome, StoreError, TenantTx};
use crate::text;

pub use catalogue::{CatalogueLine, catalogue};
pub use known::RoleName;
pub(crate) use known::{KnownRole, known};

refusals! {
    /// Why a role can't be composed, changed or deleted.
    RoleError {
        NameTaken = Conflict "role_name_taken" "There is a role of this name already.",
        InUse = Conflict "role_in_use" "Somebody has this role, or is invited to it. Give them another one first.",
        TooMany = Conflict "too_many_roles" "This is as many roles as one business can have. Delete one that nobody has.",
        NoLonger = NotAllowed "not_allowed" "Your role doesn't allow this any longer.",
        BeyondOwnRights = NotAllowed "beyond_own_rights" "A role can't be allowed more than you are.",
    }
}

/// A tenant composes this many roles at most: nobody can tell more apart, and a list of them stays
/// one page.
const MOST: u64 = 50;

/// A role, as a list shows it.
#[derive(Debug, Clone)]
pub struct RoleFacts {
    /// Which it is.
    pub role: Role,
    /// What people call it.
    pub name: String,
    /// What it allows.
    pub rights: Rights,
    /// How many people have it.
    pub members: i64,
    /// Grows with each change; 0 for built-in roles, which never change.
    pub version: i32,
}

/// What is wanted of a new role.
#[derive(Debug, Clone)]
pub struct NewRole {
    /// What people will call it.
    pub name: String,
    /// The permissions, by their stable names.
    pub permissions: Vec<String>,
}

/// What may be changed.
#[derive(Debug, Clone, Default)]
pub struct RoleChange {
    /// What people will call it.
    pub name: Option<String>,
    /// The permissions, by their stable names.
    pub permissions: Option<Vec<String>>,
}

/// All roles: the built-in ones, the mightiest first, then the composed ones by name.
pub async fn list(tx: &TenantTx, identity: &Identity) -> Result<Vec<RoleFacts>, RoleError> {
    let holders = holders(tx).await?;
    let count = |role: Role| holders.get(&role_to_store(role)).copied().unwrap_or(0);
    let mut roles: Vec<_> = BuiltIn::ALL
        .into_iter()
        .map(|built_in| RoleFacts {
            role: Role::BuiltIn(built_in),
            name: built_in.name().to_owned(),
            rights: identity.authz().rights(built_in),
            members: count(Role::BuiltIn(built_in)),
            version: 0,
        })
        .collect();
    let composed = entity::Entity::find()
        .filter(entity::Column::TenantId.eq(tx.tenant().uuid()))
        .order_by_asc(entity::Column::NameKey)
        .all(tx.conn())
        .await?;
    for row in composed {
        let members = count(Role::Custom(Id::from_uuid(row.id)));
        roles.push(facts(identity, row, members).await?);
    }
    Ok(roles)
}

/// Composes a role.
pub async fn create(
    tx: &mut TenantTx,
    identity: &Identity,
    new: &NewRole,
) -> Result<RoleFacts, RoleError> {
    let change =
        RoleChange { name: Some(new.name.clone()), permissions: Some(new.permissions.clone()) };
    let wanted = check(&change, identity.authz())?;
    let (name, rights) = (wanted.name.unwrap_or_default(), wanted.rights.unwrap_or_default());
    let own = hold_for(tx, identity, Right::CreateRole).await?;
    within(own, rights)?;
    let existing = entity::Entity::find().filter(entity::Column::TenantId.eq(tx.tenant().uuid()));
    if existing.count(tx.conn()).await? >= MOST {
        return Err(RoleError::TooMany);
    }
    let row = entity::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<CustomRole>().uuid()),
        name_key: Set(key_of(&name)),
        name: Set(name),
        permissions: Set(rights.keys()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    let inserted = row.insert(tx.conn()).await;
    let row = inserted.on_constraint("roles_name_taken", RoleError::NameTaken)?;
    let role = facts(identity, row, 0).await?;
    tx.record(
        NewEntry::new("role.created", "role")
            .on(role.role, role.name.clone())
            .changed([Change::of("permissions", serde_json::Value::Null, rights.keys())]),
    );
    tx.emit(event("role.created", &role));
    Ok(role)
}

/// Renames a role or changes what it allows; that is in force with the next request of whoever has
/// it. A role that may do more than the caller isn't the caller's to touch.
pub async fn update(
    tx: &mut TenantTx,
    identity: &Identity,
    id: Id<CustomRole>,
    seen: i64,
    change: &RoleChange,
) -> Result<RoleFacts, RoleError> {
    let wanted = check(change, identity.authz())?;
    let own = hold_for(tx, identity, Right::UpdateRole).await?;
    let found = held(tx, id).await?;
    if i64::from(found.version) != seen {
        return Err(RoleError::Stale);
    }
    let before = found.clone();
    within(own, identity.composed(found.permissions.clone()).await?)?;
    within(own, wanted.rights.unwrap_or_default())?;
    let mut row: entity::ActiveModel = found.into();
    if let Some(name) = wanted.name {
        row.name_key = Set(key_of(&name));
        row.name = Set(name);
    }
    if let Some(rights) = wanted.rights {
        row.permissions = Set(rights.keys());
    }
    row.version = Set(before.version + 1);
    row.updated_at = Set(tx.now());
    let updated = row.update(tx.conn()).await;
    let row = updated.on_constraint("roles_name_taken", RoleError::NameTaken)?;
    let changes = [
        Change::of("name", before.name, row.name.clone()),
        Change::of("permissions", before.permissions, row.permissions.clone()),
    ];
    let members = holders(tx).await?.get(&role_to_store(Role::Custom(id))).copied().unwrap_or(0);
    let role = facts(identity, row, members).await?;
    tx.record(NewEntry::new("role.changed", "role").on(id, role.name.clone()).changed(changes));
    tx.emit(event("role.changed", &role));
    Ok(role)
}

/// Invitations that are over need their role no longer.
const LET_GO: &str = "
    update invitations
    set custom_role_id = null,
        revoked_at = case when accepted_at is null then coalesce(revoked_at, expires_at) end
    where tenant_id = $1 and custom_role_id = $2
      and (accepted_at is not null or revoked_at is not null or expires_at <= $3)";

/// Deletes a role that nobody has.
pub async fn delete(
    tx: &mut TenantTx,
    identity: &Identity,
    id: Id<CustomRole>,
) -> Result<(), RoleError> {
    let own = hold_for(tx, identity, Right::DeleteRole).await?;
    let found = held(tx, id).await?;
    within(own, identity.composed(found.permissions.clone()).await?)?;
    let name = found.name.clone();
    let values = [tx.tenant().uuid().into(), id.uuid().into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LET_GO, values);
    tx.conn().execute_raw(statement).await?;
    // Who has the role and who is invited to it is the database's to know: it can't be raced.
    found.delete(tx.conn()).await.map_err(|error| match StoreError::from(error) {
        StoreError::Constraint { name, .. }
            if name == "memberships_custom_role" || name == "invitations_custom_role" =>
        {
            RoleError::InUse
        }
        other => other.into(),
    })?;
    tx.record(NewEntry::new("role.deleted", "role").on(id, name));
    tx.emit(NewEvent::new("role.deleted", &serde_json::json!({ "id": id })));
    Ok(())
}

/// Holds the tenant, and says what the caller may do there now.
async fn hold_for(tx: &TenantTx, identity: &Identity, needed: Right) -> Result<Rights, RoleError> {
    team::held_rights(tx, identity, needed).await?.ok_or(RoleError::NoLonger)
}

async fn held(tx: &TenantTx, id: Id<CustomRole>) -> Result<entity::Model, RoleError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).lock_exclusive();
    found.one(tx.conn()).await?.ok_or(RoleError::NotFound)
}

async fn facts(
    identity: &Identity,
    row: entity::Model,
    members: i64,
) -> Result<RoleFacts, StoreError> {
    Ok(RoleFacts {
        role: Role::Custom(Id::from_uuid(row.id)),
        name: row.name,
        rights: identity.composed(row.permissions).await?,
        members,
        version: row.version,
    })
}

fn event(kind: &'static str, role: &RoleFacts) -> NewEvent {
    let id = role.role.to_string();
    NewEvent::new(kind, &serde_json::json!({ "id": id, "permissions": role.rights.keys() }))
}

#[derive(FromQueryResult)]
struct HolderRow {
    role: String,
    custom_role_id: Option<Uuid>,
    members: i64,
}

/// How many people have each role, by the role as it is stored.
async fn holders(tx: &TenantTx) -> Result<HashMap<(String, Option<Uuid>), i64>, StoreError> {
    let sql = "select role, custom_role_id, count(*) as members from memberships
               where tenant_id = $1 group by role, custom_role_id";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = HolderRow::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| ((row.role, row.custom_role_id), row.members)).collect())
}

fn within(own: Rights, rights: Rights) -> Result<(), RoleError> {
    if rights.is_within(own) { Ok(()) } else { Err(RoleError::BeyondOwnRights) }
}

/// What makes two names the same.
fn key_of(name: &str) -> String {
    name.to_lowercase()
}

#[derive(Debug)]
struct Wanted {
    name: Option<String>,
    rights: Option<Rights>,
}

/// Which roles can be meant.
fn check(change: &RoleChange, authz: &Authz) -> Result<Wanted, RoleError> {
    let mut faults = Faults::new();
    let name =
        change.name.as_deref().and_then(|name| faults.take("/name", text::line(name, 1, 60)));
    let rights = change.permissions.as_deref().map(|keys| rights_of(keys, authz, &mut faults));
    if !faults.is_empty() {
        return Err(faults.into());
    }
    // A second “Owner” in the list would make people believe that it is one.
    let built_in = |name: &String| {
        BuiltIn::ALL.iter().any(|role| [role.key(), &key_of(role.name())].contains(&&*key_of(name)))
    };
    if name.as_ref().is_some_and(built_in) {
        return Err(RoleError::NameTaken);
    }
    Ok(Wanted { name, rights })
}

fn rights_of(keys: &[String], authz: &Authz, faults: &mut Faults) -> Rights {
    let mut rights = Rights::NONE;
    for (place, key) in keys.iter().enumerate() {
        let field = format!("/permissions/{place}");
        match Right::from_key(key) {
            Some(right) if authz.composable().has(right) => rights.insert(right),
            Some(_) => faults.note(
                &field,
                ValueFault::new("owners_only", "Only owners can do this. No composed role can."),
            ),
            None => faults.note(
                &field,
                ValueFault::new("unknown_permission", "There is no such permission."),
            ),
        }
    }
    if keys.is_empty() {
        faults.note("/permissions", ValueFault::new("required", "Choose what the role may do."));
    }
    rights
}
