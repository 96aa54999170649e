//! Many rows at once, where a business is put in whole.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use super::{StoreError, SystemTx};
use crate::ids::{Id, Tenant};

impl SystemTx {
    /// Writes rows of one business into a table, in one statement. Each row names the same columns,
    /// which are the code's own words, never somebody's input.
    pub(crate) async fn insert_rows(
        &self,
        tenant: Id<Tenant>,
        table: &'static str,
        mut rows: Vec<Value>,
    ) -> Result<(), StoreError> {
        for row in rows.iter_mut().filter_map(Value::as_object_mut) {
            row.insert("tenant_id".to_owned(), tenant.uuid().to_string().into());
        }
        let Some(Value::Object(first)) = rows.first() else { return Ok(()) };
        let columns = first.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "insert into {table} ({columns})
             select {columns} from jsonb_populate_recordset(null::{table}, $1)"
        );
        let values = [Value::Array(rows).into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        self.conn().execute_raw(statement).await?;
        Ok(())
    }
}
