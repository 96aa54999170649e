//! An id names one kind of thing.
use openchair_domain::ids::{ApiKey, Id, Tenant, User};
use openchair_domain::keys;
use openchair_domain::tenancy::TenantTx;

async fn mixed(tx: &mut TenantTx, user: Id<User>) {
    let _ = keys::revoke(tx, user).await;
    let _: Id<Tenant> = user;
    let _: bool = Id::<ApiKey>::nothing() == user;
}

fn main() {}
