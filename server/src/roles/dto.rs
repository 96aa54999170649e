use openchair_domain::ids::CustomRole;
use openchair_domain::roles::{CatalogueLine, NewRole, RoleChange, RoleFacts, RoleName};
use poem_openapi::Object;

use crate::ids::Ref;

/// What is in the path of a composed role's operations.
pub(super) type RolePath = Ref<CustomRole>;

/// A role, by its stable name and what people call it.
#[derive(Debug, Clone, Object)]
pub(crate) struct RoleRef {
    /// `owner`, `manager`, `receptionist`, `provider`, or a composed role's id
    pub(crate) key: String,
    pub(crate) name: String,
}

impl From<RoleName> for RoleRef {
    fn from(role: RoleName) -> Self {
        Self { key: role.role.to_string(), name: role.name }
    }
}

/// A role, and what it allows.
#[derive(Debug, Clone, Object)]
pub(super) struct RoleView {
    /// `owner`, `manager`, `receptionist`, `provider`, or a composed role's id
    key: String,
    name: String,
    /// Whether this business composed it
    custom: bool,
    permissions: Vec<String>,
    /// How many people have it
    members: i64,
    /// 0 for built-in roles, which never change
    pub(super) version: i32,
}

impl From<RoleFacts> for RoleView {
    fn from(role: RoleFacts) -> Self {
        Self {
            key: role.role.to_string(),
            name: role.name,
            custom: role.version > 0,
            permissions: role.rights.keys(),
            members: role.members,
            version: role.version,
        }
    }
}

/// What is wanted of a new role.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewComposedRole {
    /// What people will call it
    #[oai(validator(min_length = 1, max_length = 60))]
    name: String,
    /// Permissions that the caller holds too
    #[oai(validator(min_items = 1, max_items = 128))]
    permissions: Vec<String>,
}

impl NewComposedRole {
    pub(super) fn to_domain(&self) -> NewRole {
        NewRole { name: self.name.clone(), permissions: self.permissions.clone() }
    }
}

/// What may be changed of a composed role.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ComposedRoleChange {
    #[oai(validator(min_length = 1, max_length = 60))]
    name: Option<String>,
    /// Permissions that the caller holds too
    #[oai(validator(min_items = 1, max_items = 128))]
    permissions: Option<Vec<String>>,
}

impl From<ComposedRoleChange> for RoleChange {
    fn from(change: ComposedRoleChange) -> Self {
        Self { name: change.name, permissions: change.permissions }
    }
}

/// One permission.
#[derive(Debug, Clone, Object)]
pub(super) struct PermissionView {
    /// `object:action`
    key: String,
    /// The heading under which people find it
    group: String,
    /// What it lets one do
    sentence: String,
    /// The built-in roles that hold it
    roles: Vec<String>,
    /// Whether a composed role may hold it
    composable: bool,
}

impl From<CatalogueLine> for PermissionView {
    fn from(line: CatalogueLine) -> Self {
        Self {
            key: line.right.key().to_owned(),
            group: line.right.group().to_owned(),
            sentence: line.right.sentence().to_owned(),
            roles: line.holders.iter().map(|role| role.key().to_owned()).collect(),
            composable: line.composable,
        }
    }
}

/// Every permission there is.
#[derive(Debug, Clone, Object)]
pub(super) struct PermissionCatalogue {
    /// In the order in which people are shown them
    pub(super) items: Vec<PermissionView>,
}
