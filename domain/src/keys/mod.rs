//! API keys: a program's way into one tenant. The secret is shown once and stored as a hash. People
//! make keys, keys don't; a key is given no more than its maker may do at that moment, and goes when
//! its maker goes from the team.

mod entity;
#[cfg(test)]
mod tests;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use crate::audit::{Actor, Change, NewEntry};
use crate::authz::{Right, Rights};
use crate::fault::{Faults, ValueFault, refusals};
use crate::identity::Identity;
use crate::ids::{ApiKey, Id, User};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::secrets::{OpaqueToken, TokenKind};
use crate::team;
use crate::tenancy::{Principal, StoreError, TenantTx};
use crate::text;
use crate::time::Instant;

refusals! {
    /// Why a key can't be made or revoked.
    ApiKeyError {
        KeysMakeNoKeys = NotAllowed "keys_make_no_keys" "A key can't make keys. Please sign in to make one.",
        NoLonger = NotAllowed "not_allowed" "Your role doesn't allow this any longer.",
        BeyondOwnRights = NotAllowed "beyond_own_rights" "A key can't be allowed more than you are.",
    }
}

/// A key, without its secret.
#[derive(Debug, Clone)]
pub struct KeyFacts {
    /// Its id.
    pub id: Id<ApiKey>,
    /// What people call it.
    pub name: String,
    /// The beginning of its secret, to tell keys apart.
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// Who made it.
    pub created_by: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it ends, if ever.
    pub expires_at: Option<Instant>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Instant>,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
}

impl From<entity::Model> for KeyFacts {
    fn from(row: entity::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            name: row.name,
            prefix: row.prefix,
            scopes: row.scopes,
            created_by: row.created_by,
            created_at: row.created_at,
            expires_at: row.expires_at,
            last_used_at: row.last_used_at,
            revoked_at: row.revoked_at,
        }
    }
}

/// What is wanted of a new key.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What people call it.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// When it ends, if ever.
    pub expires_at: Option<Instant>,
}

/// The tenant's keys, the newest first.
pub async fn list(tx: &TenantTx, window: Window<ApiKey>) -> Result<Paged<KeyFacts>, ApiKeyError> {
    let mut query = entity::Entity::find()
        .filter(entity::Column::TenantId.eq(tx.tenant().uuid()))
        .order_by_desc(entity::Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(entity::Column::Id.lt(after.uuid()));
    }
    let rows = query.all(tx.conn()).await?;
    Ok(window.cut(rows.into_iter().map(KeyFacts::from).collect(), |key| key.id))
}

/// Makes a key. Its secret is in the answer and nowhere else.
pub async fn create(
    tx: &mut TenantTx,
    identity: &Identity,
    new: &NewKey,
) -> Result<(KeyFacts, OpaqueToken), ApiKeyError> {
    let Principal::Member { user: maker, .. } = *tx.caller().principal() else {
        return Err(ApiKeyError::KeysMakeNoKeys);
    };
    let wanted = check(new, tx.now())?;
    // Whoever is taken off the team right now leaves no key behind.
    let own = team::held_rights(tx, identity, Right::CreateApiKey).await?;
    if !wanted.rights.is_within(own.ok_or(ApiKeyError::NoLonger)?) {
        return Err(ApiKeyError::BeyondOwnRights);
    }
    let secret = OpaqueToken::generate(TokenKind::ApiKey, tx.entropy());
    let row = entity::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<ApiKey>().uuid()),
        name: Set(wanted.name),
        prefix: Set(secret.preview()),
        secret_hash: Set(secret.hash().to_vec()),
        scopes: Set(wanted.rights.keys()),
        created_by: Set(Actor::from(tx.caller().principal()).name),
        created_by_user_id: Set(Some(maker.uuid())),
        created_at: Set(tx.now()),
        expires_at: Set(new.expires_at),
        last_used_at: Set(None),
        revoked_at: Set(None),
    };
    let key = KeyFacts::from(row.insert(tx.conn()).await?);
    tx.record(
        NewEntry::new("api_key.created", "api_key")
            .on(key.id, key.name.clone())
            .changed([Change::of("scopes", serde_json::Value::Null, key.scopes.clone())]),
    );
    tx.emit(NewEvent::new("api_key.created", &serde_json::json!({ "id": key.id })));
    Ok((key, secret))
}

/// Revokes a key at once. Revoking it again changes nothing.
pub async fn revoke(tx: &mut TenantTx, id: Id<ApiKey>) -> Result<(), ApiKeyError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    let found = found.ok_or(ApiKeyError::NotFound)?;
    if found.revoked_at.is_some() {
        return Ok(());
    }
    Ok(end(tx, found).await?)
}

/// Who made a key.
pub(crate) async fn maker(tx: &TenantTx, id: Id<ApiKey>) -> Result<Option<Id<User>>, StoreError> {
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    Ok(found.and_then(|key| key.created_by_user_id).map(Id::from_uuid))
}

/// The login that a caller acts for: their own, or that of the key's maker.
pub(crate) async fn person_behind(tx: &TenantTx) -> Result<Option<Id<User>>, StoreError> {
    match tx.caller().principal() {
        Principal::Member { user, .. } => Ok(Some(*user)),
        Principal::ApiKey { key, .. } => maker(tx, *key).await,
        Principal::Support { .. } | Principal::Visitor | Principal::Worker { .. } => Ok(None),
    }
}

/// Revokes all keys that somebody made who goes from the team. Only to be asked while the tenant is
/// held: nobody makes another one meanwhile.
pub(crate) async fn revoke_made_by(tx: &mut TenantTx, maker: Id<User>) -> Result<(), StoreError> {
    let theirs = entity::Entity::find()
        .filter(entity::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(entity::Column::CreatedByUserId.eq(maker.uuid()))
        .filter(entity::Column::RevokedAt.is_null())
        .order_by_asc(entity::Column::Id)
        .lock_exclusive()
        .all(tx.conn())
        .await?;
    for key in theirs {
        end(tx, key).await?;
    }
    Ok(())
}

async fn end(tx: &mut TenantTx, key: entity::Model) -> Result<(), StoreError> {
    let (id, name) = (Id::<ApiKey>::from_uuid(key.id), key.name.clone());
    let mut row: entity::ActiveModel = key.into();
    row.revoked_at = Set(Some(tx.now()));
    row.update(tx.conn()).await?;
    tx.record(NewEntry::new("api_key.revoked", "api_key").on(id, name));
    tx.emit(NewEvent::new("api_key.revoked", &serde_json::json!({ "id": id })));
    Ok(())
}

#[derive(Debug)]
struct Wanted {
    name: String,
    rights: Rights,
}

/// Which keys can be meant.
fn check(new: &NewKey, now: Instant) -> Result<Wanted, ApiKeyError> {
    let mut faults = Faults::new();
    let name = faults.take("/name", text::line(&new.name, 1, 80));
    let mut rights = Rights::NONE;
    for (place, scope) in new.scopes.iter().enumerate() {
        match Right::from_key(scope) {
            Some(right) => rights.insert(right),
            None => faults.note(
                &format!("/scopes/{place}"),
                ValueFault::new("unknown_permission", "There is no such permission."),
            ),
        }
    }
    if new.scopes.is_empty() {
        faults.note("/scopes", ValueFault::new("required", "Choose what the key may do."));
    }
    if new.expires_at.is_some_and(|at| at <= now) {
        faults.note("/expires_at", ValueFault::new("in_the_past", "This time has passed already."));
    }
    match name {
        Some(name) if faults.is_empty() => Ok(Wanted { name, rights }),
        _ => Err(faults.into()),
    }
}
