//! Whoever was let into one tenant is not thereby in another.
use openchair_domain::tenancy::{Caller, TenantFacts};

fn moved(caller: Caller, tenant: TenantFacts) -> Caller {
    Caller { tenant, ..caller }
}

fn main() {}
