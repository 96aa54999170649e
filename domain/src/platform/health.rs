//! How the deployment does, at a glance.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::PlatformError;
use crate::alerts::{self, Reading, Thresholds};
use crate::tenancy::SystemTx;

/// How the deployment does.
#[derive(Debug, Clone)]
pub struct Health {
    /// Businesses.
    pub businesses: i64,
    /// What the database takes on its disk, in bytes.
    pub database_bytes: i64,
    /// Connections to the database, ours and others'; what kind they are is hidden from who is no superuser.
    pub connections: i64,
    /// How many there may be.
    pub connections_most: i64,
    /// How everything stands that alerts are raised about.
    pub readings: Vec<Reading>,
}

#[derive(FromQueryResult)]
struct Row {
    businesses: i64,
    database_bytes: i64,
    connections: i64,
    connections_most: i64,
}

const FACTS: &str = "
    select (select count(*) from tenants) as businesses,
           pg_database_size(current_database()) as database_bytes,
           (select count(*) from pg_stat_activity where datname = current_database()) as connections,
           current_setting('max_connections')::bigint as connections_most";

/// Looks how the deployment does, now.
pub async fn health(tx: &SystemTx, thresholds: &Thresholds) -> Result<Health, PlatformError> {
    let statement = Statement::from_string(DbBackend::Postgres, FACTS);
    let row = Row::find_by_statement(statement).one(tx.conn()).await?;
    let row = row.ok_or(PlatformError::NotFound)?;
    Ok(Health {
        businesses: row.businesses,
        database_bytes: row.database_bytes,
        connections: row.connections,
        connections_most: row.connections_most,
        readings: alerts::now(tx, thresholds).await?,
    })
}
