//! What is known of things at some of their versions.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

use super::TenantTx;
use crate::ids::{Id, Kind};

impl TenantTx {
    /// Rows of a history at these versions, by whose they are. `sql` selects them, with `whose` and
    /// `version`, from the tenant `$1` and `unnest($2::uuid[], $3::integer[])`.
    pub(crate) async fn at_versions<K: Kind, R: FromQueryResult>(
        &self,
        sql: &'static str,
        versions: &[(Id<K>, i32)],
    ) -> Result<HashMap<(Id<K>, i32), R>, DbErr> {
        let (ids, versions): (Vec<_>, Vec<_>) =
            versions.iter().map(|(id, version)| (id.uuid(), *version)).unzip();
        let values = [self.tenant().uuid().into(), ids.into(), versions.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let found = self.conn().query_all_raw(statement).await?;
        let one = |row: &sea_orm::QueryResult| {
            let whose = Id::from_uuid(row.try_get::<Uuid>("", "whose")?);
            Ok(((whose, row.try_get("", "version")?), R::from_query_result(row, "")?))
        };
        found.iter().map(one).collect()
    }
}
