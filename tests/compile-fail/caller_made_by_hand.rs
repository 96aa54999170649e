//! Only authentication says who asks.
use openchair_domain::authz::Rights;
use openchair_domain::tenancy::{Caller, Principal, RequestFacts, TenantFacts};

fn impostor(tenant: TenantFacts) -> Caller {
    let principal = Principal::Worker { task: "none" };
    Caller::new(tenant, principal, Rights::NONE, RequestFacts::default())
}

fn main() {}
