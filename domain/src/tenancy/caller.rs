//! Who asks. A [`Caller`] can't be made outside this crate: authentication makes it, and the job
//! runner.

use std::sync::Arc;

use crate::authz::{Right, Rights, Role};
use crate::ids::{ApiKey, Id, Membership, Session, SupportGrant, Tenant, User};

/// What is known of the request, for the audit log.
#[derive(Debug, Clone, Default)]
pub struct RequestFacts {
    /// The request's id.
    pub request_id: Option<String>,
    /// The client's address.
    pub ip: Option<String>,
    /// What the client says it is.
    pub user_agent: Option<String>,
}

/// What every request needs to know of its tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantFacts {
    /// The tenant.
    pub id: Id<Tenant>,
    /// Its plan, which says how much it may ask for.
    pub plan: String,
    /// Whether every login needs a second factor here.
    pub require_two_factor: bool,
    /// Its plan isn't paid: what is there can be seen, and nothing new begins.
    pub read_only: bool,
}

/// Whose hand it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A person with a place in the tenant.
    Member {
        /// The login.
        user: Id<User>,
        /// The place in this tenant.
        membership: Id<Membership>,
        /// The browser session, or the API client's token family.
        session: Id<Session>,
        /// The role.
        role: Role,
        /// For the audit log.
        name: Arc<str>,
    },
    /// A program with a key of the tenant's.
    ApiKey {
        /// The key.
        key: Id<ApiKey>,
        /// For the audit log.
        name: Arc<str>,
    },
    /// Platform support, let in by a grant.
    Support {
        /// The administrator.
        user: Id<User>,
        /// The grant.
        grant: Id<SupportGrant>,
        /// For the audit log.
        name: Arc<str>,
    },
    /// A customer, or somebody who may become one: no login, no rights. They see what the operations
    /// for the public give them.
    Visitor,
    /// The worker, on the tenant's behalf.
    Worker {
        /// What it does.
        task: &'static str,
    },
}

/// An authenticated caller inside one tenant.
#[derive(Debug, Clone)]
pub struct Caller {
    tenant: TenantFacts,
    principal: Principal,
    rights: Rights,
    request: RequestFacts,
}

impl Caller {
    pub(crate) fn new(
        tenant: TenantFacts,
        principal: Principal,
        rights: Rights,
        request: RequestFacts,
    ) -> Self {
        Self { tenant, principal, rights, request }
    }

    /// Anybody, on a shop's public side.
    pub(crate) fn visitor(tenant: TenantFacts, request: RequestFacts) -> Self {
        Self::new(tenant, Principal::Visitor, Rights::NONE, request)
    }

    /// The worker, for one tenant.
    pub(crate) fn worker(tenant: TenantFacts, task: &'static str) -> Self {
        Self::new(tenant, Principal::Worker { task }, Rights::NONE, RequestFacts::default())
    }

    /// The tenant that the caller is in.
    pub fn tenant(&self) -> Id<Tenant> {
        self.tenant.id
    }

    /// What is known of that tenant.
    pub fn facts(&self) -> &TenantFacts {
        &self.tenant
    }

    /// Whose hand it is.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// What the caller may do here.
    pub fn rights(&self) -> Rights {
        self.rights
    }

    /// Whether the caller may do this. Whoever may see all may see their own.
    pub fn may(&self, right: Right) -> bool {
        self.rights.has(right) || right.wider().is_some_and(|wider| self.rights.has(wider))
    }

    /// What is known of the request.
    pub fn request(&self) -> &RequestFacts {
        &self.request
    }

    /// The person, if it is one.
    pub fn user(&self) -> Option<Id<User>> {
        match &self.principal {
            Principal::Member { user, .. } | Principal::Support { user, .. } => Some(*user),
            Principal::ApiKey { .. } | Principal::Visitor | Principal::Worker { .. } => None,
        }
    }

    /// The member, if it is one.
    pub fn membership(&self) -> Option<Id<Membership>> {
        match &self.principal {
            Principal::Member { membership, .. } => Some(*membership),
            _ => None,
        }
    }

    /// What limits and idempotency keys are counted by: one budget per person or key.
    pub fn scope(&self) -> String {
        match &self.principal {
            Principal::Member { user, .. } | Principal::Support { user, .. } => user.to_string(),
            Principal::ApiKey { key, .. } => key.to_string(),
            // Phones change their addresses: a repeated request is known by its key alone.
            Principal::Visitor => "visitor".to_owned(),
            Principal::Worker { task } => (*task).to_owned(),
        }
    }
}
