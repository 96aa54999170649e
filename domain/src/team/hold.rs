//! What every change of a team begins with.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    Statement,
};

use super::TeamError;
use super::entity::membership;
use super::rules::{Hand, may_lose_owner, may_touch};
use crate::authz::{BuiltIn, Right, Rights, Role};
use crate::identity::{Identity, stored_role};
use crate::ids::{Id, Membership, Tenant};
use crate::roles::{self, KnownRole};
use crate::tenancy::{Principal, StoreError, TenantTx};

/// Holds the tenant until the transaction ends. Rows that refer to the tenant can still be written
/// meanwhile: bookings don't wait for the team.
pub(super) async fn hold(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
) -> Result<(), StoreError> {
    let sql = "select id from tenants where id = $1 for no key update";
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, sql, [tenant.uuid().into()]);
    conn.execute_raw(statement).await?;
    Ok(())
}

/// Holds the tenant, then asks once more what the caller may do: somebody may have changed that
/// since the request was let in. Nothing if `needed` isn't part of it any longer.
async fn hand(
    tx: &TenantTx,
    identity: &Identity,
    needed: Right,
) -> Result<Option<Hand>, StoreError> {
    hold(tx.conn(), tx.tenant()).await?;
    let hand = match tx.caller().principal() {
        Principal::Member { membership, .. } => {
            let own = membership::Entity::find_by_id((tx.tenant().uuid(), membership.uuid()));
            let Some(own) = own.one(tx.conn()).await? else { return Ok(None) };
            let role = role_of(tx, identity, &own).await?;
            Hand { owner: role.role.is_owner(), rights: role.rights }
        }
        _ => Hand { owner: false, rights: tx.caller().rights() },
    };
    Ok(Some(hand).filter(|hand| hand.rights.has(needed)))
}

/// Holds the tenant for a change of its team.
pub(super) async fn hold_for(
    tx: &TenantTx,
    identity: &Identity,
    needed: Right,
) -> Result<Hand, TeamError> {
    hand(tx, identity, needed).await?.ok_or(TeamError::NoLonger)
}

/// Holds the tenant for whatever else gives rights: what the caller may do as it stands now, or
/// nothing if `needed` isn't part of it any longer.
pub(crate) async fn held_rights(
    tx: &TenantTx,
    identity: &Identity,
    needed: Right,
) -> Result<Option<Rights>, StoreError> {
    Ok(hand(tx, identity, needed).await?.map(|hand| hand.rights))
}

/// A member's row, held, with the role that they have.
pub(super) async fn held_member(
    tx: &TenantTx,
    identity: &Identity,
    id: Id<Membership>,
) -> Result<(membership::Model, KnownRole), TeamError> {
    let found = membership::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).lock_exclusive();
    let found = found.one(tx.conn()).await?.ok_or(TeamError::NotFound)?;
    let role = role_of(tx, identity, &found).await?;
    Ok((found, role))
}

async fn role_of(
    tx: &TenantTx,
    identity: &Identity,
    row: &membership::Model,
) -> Result<KnownRole, StoreError> {
    let role = stored_role(&row.role, row.custom_role_id)?;
    let known = roles::known(tx, identity, role).await?;
    known.ok_or_else(|| StoreError::Unreadable(format!("the role {role} of a member")))
}

/// Whether the caller may take `role` from somebody; an owner's only if another owner stays.
pub(super) async fn may_take(tx: &TenantTx, hand: Hand, role: &KnownRole) -> Result<(), TeamError> {
    may_touch(hand, role.role, role.rights)?;
    keep_an_owner(tx, role.role).await
}

/// Somebody is about to lose `role`. Only to be asked while the tenant is held.
pub(super) async fn keep_an_owner(tx: &TenantTx, role: Role) -> Result<(), TeamError> {
    if !role.is_owner() {
        return Ok(());
    }
    let owners = membership::Entity::find()
        .filter(membership::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(membership::Column::Role.eq(BuiltIn::Owner.key()))
        .count(tx.conn())
        .await?;
    may_lose_owner(i64::try_from(owners).unwrap_or(i64::MAX))
}
