//! What is committed is over.
use openchair_domain::keys;
use openchair_domain::page::Window;
use openchair_domain::tenancy::TenantTx;

async fn late(tx: TenantTx) {
    tx.commit().await.unwrap();
    let _ = keys::list(&tx, Window { after: None, limit: 1 }).await;
}

async fn twice(tx: TenantTx) {
    tx.commit().await.unwrap();
    tx.commit().await.unwrap();
}

fn main() {}
