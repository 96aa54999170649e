//! Roles over HTTP.

use poem_openapi::Object;

/// A role, by its stable name and what people call it.
#[derive(Debug, Clone, Object)]
pub(crate) struct RoleRef {
    /// `owner`, `manager`, `receptionist`, `provider`, or a composed role's id
    pub(crate) key: String,
    pub(crate) name: String,
}
