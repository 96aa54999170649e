use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;
use uuid::Uuid;

use crate::ids::{Id, Location, Tenant};
use crate::tenancy::StoreError;

/// Whose availability a transaction changes. Written with its end.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Touched {
    everywhere: bool,
    rules: BTreeSet<Uuid>,
    busy: BTreeSet<Uuid>,
    /// Under which version of the rules time was taken somewhere.
    under: BTreeMap<Uuid, i64>,
}

/// Bumps the versions of those in `touched`, in one order everywhere, and says of which the rules are
/// no longer those that time was taken under: somebody who was free may be gone by now. Whoever changes
/// them holds the same row until the commit, so that one of the two comes after the other.
pub(crate) const BUMPED: &str = "
    bumped as (
        with wanted as (
            select coalesce((t.touched->>'everywhere')::boolean, false) as everywhere,
                   array(select jsonb_array_elements_text(t.touched->'rules')::uuid) as rules,
                   array(select jsonb_array_elements_text(t.touched->'busy')::uuid) as busy,
                   t.touched->'under' as under
            from (select $2::jsonb->'touched') as t (touched)
        ), held as materialized (
            select v.location_id, (w.everywhere or v.location_id = any(w.rules))::int as rules,
                   (v.location_id = any(w.busy))::int as busy,
                   v.rules <> coalesce((w.under->>v.location_id::text)::bigint, v.rules) as outdated
            from wanted w, availability_versions v
            where v.tenant_id = $1
              and (w.everywhere or v.location_id = any(w.rules) or v.location_id = any(w.busy))
            order by v.location_id for no key update of v
        )
        update availability_versions v set rules = v.rules + held.rules, busy = v.busy + held.busy
        from held where v.tenant_id = $1 and v.location_id = held.location_id
        returning held.outdated
    )";

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

    /// Time is taken there by these rules. The transaction is given up if they have changed when it
    /// ends.
    pub(crate) fn taken_under(&mut self, location: Id<Location>, rules: i64) {
        self.busy.insert(location.uuid());
        self.under.insert(location.uuid(), rules);
    }

    /// Nobody's.
    pub(crate) fn is_nothing(&self) -> bool {
        !self.everywhere && self.rules.is_empty() && self.busy.is_empty()
    }
}
