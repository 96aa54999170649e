//! This is how it is meant, and it compiles.
use openchair_domain::authz::perm;
use openchair_domain::ids::{ApiKey, Id};
use openchair_domain::keys;
use openchair_domain::page::Window;
use openchair_domain::tenancy::{Db, StoreError, SystemReason};
use openchair_server::auth::Can;

async fn front_door(db: &Db, who: Can<perm::RevokeApiKey>) -> Result<(), StoreError> {
    let mut tx = db.tenant(&who).await?;
    let _ = keys::list(&tx, Window { after: None, limit: 1 }).await;
    let _ = keys::revoke(&mut tx, Id::<ApiKey>::nothing()).await;
    tx.commit().await?;
    db.system(SystemReason::Readiness).await?.rollback().await
}

fn main() {}
