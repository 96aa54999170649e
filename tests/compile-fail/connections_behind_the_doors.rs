//! Behind the two doors there is nothing to take hold of.
use openchair_domain::tenancy::{Db, SystemTx, TenantTx};

fn pool(db: &Db) {
    let _ = db.pool();
    let _ = &db.pool;
}

fn connection(tenant: &TenantTx, system: &SystemTx) {
    let _ = tenant.conn();
    let _ = system.conn();
    let _ = &tenant.conn;
}

async fn statements(tenant: &TenantTx) {
    let _ = tenant.execute_unprepared("select * from api_keys").await;
    let _ = tenant.query_all_raw("select * from api_keys").await;
}

fn main() {}
