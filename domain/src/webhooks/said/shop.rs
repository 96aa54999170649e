//! Where it happens.

use std::collections::HashMap;

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::ids::{Id, Location};
use crate::tenancy::{StoreError, TenantTx};

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    address: String,
    time_zone: String,
}

/// The business's locations.
#[derive(Debug, Default)]
pub(super) struct Places(HashMap<Uuid, Row>);

impl Places {
    /// Only read where something is said of them.
    pub(super) async fn read(tx: &TenantTx, needed: bool) -> Result<Self, StoreError> {
        if !needed {
            return Ok(Self::default());
        }
        let sql = "select id, name, address, time_zone from locations where tenant_id = $1";
        let values = [tx.tenant().uuid().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
        Ok(Self(rows.into_iter().map(|row| (row.id, row)).collect()))
    }

    /// One of them, as every event says it.
    pub(super) fn say(&self, id: Id<Location>) -> Value {
        self.0.get(&id.uuid()).map_or_else(
            || json!({ "id": id }),
            |row| {
                json!({
                    "id": id, "name": row.name, "address": row.address, "time_zone": row.time_zone,
                })
            },
        )
    }
}
