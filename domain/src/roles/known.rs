//! A role by its id: what people call it, and what it allows.

use sea_orm::EntityTrait;
use uuid::Uuid;

use super::entity;
use crate::authz::{Rights, Role};
use crate::identity::{Identity, stored_role};
use crate::tenancy::{StoreError, TenantTx};

/// A role with the name that people know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleName {
    /// The role.
    pub role: Role,
    /// What people call it.
    pub name: String,
}

impl RoleName {
    /// The role as the tables keep it; `name` is the composed role's.
    pub(crate) fn stored(
        role: &str,
        custom: Option<Uuid>,
        name: Option<String>,
    ) -> Result<Self, StoreError> {
        let role = stored_role(role, custom)?;
        let name = match role {
            Role::BuiltIn(role) => role.name().to_owned(),
            Role::Custom(_) => name.unwrap_or_default(),
        };
        Ok(Self { role, name })
    }
}

/// A role that exists, and what it allows.
#[derive(Debug, Clone)]
pub(crate) struct KnownRole {
    pub(crate) role: Role,
    pub(crate) name: String,
    pub(crate) rights: Rights,
}

/// Finds a role of the caller's tenant.
pub(crate) async fn known(
    tx: &TenantTx,
    identity: &Identity,
    role: Role,
) -> Result<Option<KnownRole>, StoreError> {
    let id = match role {
        Role::BuiltIn(built_in) => {
            let (name, rights) = (built_in.name().to_owned(), identity.authz().rights(built_in));
            return Ok(Some(KnownRole { role, name, rights }));
        }
        Role::Custom(id) => id,
    };
    let found = entity::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    let Some(found) = found else { return Ok(None) };
    let rights = identity.composed(found.permissions).await?;
    Ok(Some(KnownRole { role, name: found.name, rights }))
}
