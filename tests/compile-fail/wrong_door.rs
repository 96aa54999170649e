//! What belongs to a tenant is reached through the tenant's door.
use openchair_domain::keys;
use openchair_domain::page::Window;
use openchair_domain::tenancy::{Db, SystemReason, SystemTx};

async fn wide(tx: &SystemTx) {
    let _ = keys::list(tx, Window { after: None, limit: 1 }).await;
}

async fn nameless(db: &Db) {
    let _ = db.system("because").await;
    let _ = db.system(SystemReason::AllowAll).await;
    let _ = db.tenant(None).await;
}

fn main() {}
