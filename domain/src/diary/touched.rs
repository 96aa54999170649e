use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use crate::ids::{Id, Location, Tenant};
use crate::tenancy::StoreError;

/// Whose availability a transaction changes. Written with its end.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    everywhere: bool,
    rules: BTreeSet<Uuid>,
    busy: BTreeSet<Uuid>,
}

const BUMP: &str = "
    with held as materialized (
        select location_id from availability_versions
        where tenant_id = $1 and ($2 or location_id = any($3) or location_id = any($4))
        order by location_id for no key update
    )
    update availability_versions v
    set rules = v.rules + case when $2 or v.location_id = any($3) then 1 else 0 end,
        busy = v.busy + case when v.location_id = any($4) then 1 else 0 end
    from held where v.tenant_id = $1 and v.location_id = held.location_id";

/// Opens the diary of a new location.
pub(crate) async fn open(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    location: Uuid,
) -> Result<(), StoreError> {
    let sql = "insert into availability_versions (tenant_id, location_id) values ($1, $2)";
    let values = [tenant.uuid().into(), location.into()];
    conn.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

impl Touched {
    /// Rules that hold at every location: services, staff.
    pub(crate) fn rules(&mut self) {
        self.everywhere = true;
    }

    /// Rules of one location: its hours, its rooms.
    pub(crate) fn rules_of(&mut self, location: Id<Location>) {
        self.rules.insert(location.uuid());
    }

    /// What is taken at a location.
    pub(crate) fn busy_at(&mut self, location: Id<Location>) {
        self.busy.insert(location.uuid());
    }

    /// Bumps the versions, in one order everywhere, so that nobody waits in a circle.
    pub(crate) async fn write(
        self,
        conn: &impl ConnectionTrait,
        tenant: Id<Tenant>,
    ) -> Result<(), StoreError> {
        if !self.everywhere && self.rules.is_empty() && self.busy.is_empty() {
            return Ok(());
        }
        let (rules, busy): (Vec<_>, Vec<_>) =
            (self.rules.into_iter().collect(), self.busy.into_iter().collect());
        let values = [tenant.uuid().into(), self.everywhere.into(), rules.into(), busy.into()];
        conn.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, BUMP, values)).await?;
        Ok(())
    }
}
