use chrono::{DateTime, Utc};
use openchair_domain::ids::{SupportGrant, Tenant};
use openchair_domain::platform::{Grant, TenantSummary};
use poem_openapi::Object;

use crate::ids::Ref;

/// A business, as the platform sees it.
#[derive(Debug, Clone, Object)]
pub(super) struct PlatformTenantView {
    id: Ref<Tenant>,
    slug: String,
    name: String,
    kind: String,
    country: String,
    plan: String,
    /// How many people are on its team
    members: i64,
    created_at: DateTime<Utc>,
    /// When its trial ends or ended
    trial_ends_at: Option<DateTime<Utc>>,
}

impl From<TenantSummary> for PlatformTenantView {
    fn from(tenant: TenantSummary) -> Self {
        Self {
            id: tenant.id.into(),
            slug: tenant.slug,
            name: tenant.name,
            kind: tenant.kind,
            country: tenant.country,
            plan: tenant.plan,
            members: tenant.members,
            created_at: tenant.created_at,
            trial_ends_at: tenant.trial_ends_at,
        }
    }
}

/// Why support wants to look into a business, and for how long.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewSupportGrant {
    /// The business reads it
    #[oai(validator(min_length = 10, max_length = 300))]
    pub(super) reason: String,
    #[oai(validator(minimum(value = "1"), maximum(value = "72")))]
    pub(super) hours: i32,
}

/// An admission of platform support.
#[derive(Debug, Clone, Object)]
pub(super) struct SupportGrantView {
    id: Ref<SupportGrant>,
    admin_name: String,
    reason: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
    revoked_by: Option<String>,
}

impl From<Grant> for SupportGrantView {
    fn from(grant: Grant) -> Self {
        Self {
            id: grant.id.into(),
            admin_name: grant.admin_name,
            reason: grant.reason,
            created_at: grant.created_at,
            expires_at: grant.expires_at,
            revoked_at: grant.revoked_at,
            revoked_by: grant.revoked_by,
        }
    }
}
