//! What a business keeps in lists: things with a name, a version and often a place in an order. What
//! nobody uses can be removed; what somebody uses is put away, and can be brought back.

use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Statement, Value};
use uuid::Uuid;

use crate::audit::{Change, NewEntry};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Kind};
use crate::outbox::NewEvent;
use crate::removal::Removal;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// Why something on a shelf stays as it is. Each noun turns it into a refusal of its own.
#[derive(Debug)]
pub(crate) enum Hindrance {
    NotFound,
    Stale,
    Archived,
    Full,
    OrderIncomplete,
    Store(StoreError),
}

impl From<DbErr> for Hindrance {
    fn from(error: DbErr) -> Self {
        Self::Store(error.into())
    }
}

/// A table of such things. All of them have `tenant_id`, `id`, `name`, `version`, `created_at`,
/// `updated_at` and `archived_at`.
#[derive(Debug)]
pub(crate) struct Shelf {
    pub(crate) table: &'static str,
    /// What the audit log calls one of them.
    pub(crate) noun: &'static str,
    pub(crate) events: Events,
    /// How many may be in use. What is put away doesn't count.
    pub(crate) most: i64,
    /// Where a new one stands: nothing if they have no order.
    pub(crate) ordered: bool,
    /// Who may refer to one: table and column.
    pub(crate) users: &'static [(&'static str, &'static str)],
    /// What belongs to one and goes with it: table and column.
    pub(crate) parts: &'static [(&'static str, &'static str)],
    /// Whether being put away is a new version. Not where each version is kept.
    pub(crate) versions_archiving: bool,
}

/// What the log and the outbox call what happens to one.
#[derive(Debug)]
pub(crate) struct Events {
    pub(crate) created: &'static str,
    pub(crate) updated: &'static str,
    pub(crate) ordered: &'static str,
    pub(crate) archived: &'static str,
    pub(crate) restored: &'static str,
    pub(crate) deleted: &'static str,
}

/// The names of what happens to a noun.
macro_rules! events {
    ($noun:literal) => {
        $crate::shelf::Events {
            created: concat!($noun, ".created"),
            updated: concat!($noun, ".updated"),
            ordered: concat!($noun, ".reordered"),
            archived: concat!($noun, ".archived"),
            restored: concat!($noun, ".restored"),
            deleted: concat!($noun, ".deleted"),
        }
    };
}
pub(crate) use events;

/// One of them, locked until the transaction ends.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Held {
    pub(crate) name: String,
    pub(crate) version: i32,
    pub(crate) archived_at: Option<Instant>,
}

/// A place among the others.
#[derive(FromQueryResult)]
struct Place {
    live: i64,
    next: i32,
}

#[derive(FromQueryResult)]
struct Found {
    id: Uuid,
}

/// A query of ours with its values.
pub(crate) fn statement<const N: usize>(sql: impl Into<String>, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

impl Shelf {
    async fn lock(&self, tx: &TenantTx, id: Uuid, how: &str) -> Result<Held, Hindrance> {
        let sql = format!(
            "select name, version, archived_at from {} where tenant_id = $1 and id = $2 for {how}",
            self.table
        );
        let query = statement(sql, [tx.tenant().uuid().into(), id.into()]);
        Held::find_by_statement(query).one(tx.conn()).await?.ok_or(Hindrance::NotFound)
    }

    /// Locks one of which the caller has seen this version. What is put away is brought back first.
    pub(crate) async fn hold_seen<K: Kind>(
        &self,
        tx: &TenantTx,
        id: Id<K>,
        seen: i64,
    ) -> Result<Held, Hindrance> {
        let held = self.lock(tx, id.uuid(), "no key update").await?;
        match held.archived_at {
            _ if i64::from(held.version) != seen => Err(Hindrance::Stale),
            Some(_) => Err(Hindrance::Archived),
            None => Ok(held),
        }
    }

    /// Where the next one stands, if there is room for it. Two that come at once can both take the
    /// last place: the bound is there to keep lists short, not to the number.
    pub(crate) async fn next_place(&self, tx: &TenantTx) -> Result<i32, Hindrance> {
        let next = if self.ordered { "coalesce(max(position) + 1, 0)" } else { "0" };
        let sql = format!(
            "select count(*) filter (where archived_at is null) as live, {next} as next
             from {} where tenant_id = $1",
            self.table
        );
        let query = statement(sql, [tx.tenant().uuid().into()]);
        let place = Place::find_by_statement(query).one(tx.conn()).await?;
        match place {
            Some(place) if place.live < self.most => Ok(place.next),
            _ => Err(Hindrance::Full),
        }
    }

    /// Which of these can be used, kept from being put away until the transaction ends.
    async fn usable<K: Kind>(&self, tx: &TenantTx, ids: &[Id<K>]) -> Result<BTreeSet<Uuid>, DbErr> {
        let sql = format!(
            "select id from {} where tenant_id = $1 and id = any($2) and archived_at is null
             order by id for share",
            self.table
        );
        let query = statement(sql, [tx.tenant().uuid().into(), uuids(ids).into()]);
        let found = Found::find_by_statement(query).all(tx.conn()).await?;
        Ok(found.into_iter().map(|row| row.id).collect())
    }

    /// Notes a fault for each of a list's that can't be used. What another tenant has is unknown.
    pub(crate) async fn expect_all<K: Kind>(
        &self,
        tx: &TenantTx,
        field: &str,
        ids: &[Id<K>],
        faults: &mut Faults,
    ) -> Result<(), DbErr> {
        if ids.is_empty() {
            return Ok(());
        }
        let usable = self.usable(tx, ids).await?;
        for (place, _) in ids.iter().enumerate().filter(|(_, id)| !usable.contains(&id.uuid())) {
            faults.note(&format!("{field}/{place}"), unknown());
        }
        Ok(())
    }

    /// Notes a fault if this one can't be used.
    pub(crate) async fn expect_one<K: Kind>(
        &self,
        tx: &TenantTx,
        field: &str,
        id: Id<K>,
        faults: &mut Faults,
    ) -> Result<(), DbErr> {
        if self.usable(tx, &[id]).await?.is_empty() {
            faults.note(field, unknown());
        }
        Ok(())
    }

    /// Puts all that are in use into this order, or all of a category's. None may be missing.
    pub(crate) async fn order<K: Kind>(
        &self,
        tx: &mut TenantTx,
        category: Option<Uuid>,
        ids: &[Id<K>],
    ) -> Result<(), Hindrance> {
        let within =
            if category.is_some() { "and category_id = $2" } else { "and $2::uuid is null" };
        let sql = format!(
            "select id from {} where tenant_id = $1 and archived_at is null {within}
             order by id for no key update",
            self.table
        );
        let query = statement(sql, [tx.tenant().uuid().into(), category.into()]);
        let live = Found::find_by_statement(query).all(tx.conn()).await?;
        let mut named = uuids(ids);
        named.sort_unstable();
        if !live.iter().map(|row| row.id).eq(named) {
            return Err(Hindrance::OrderIncomplete);
        }
        let sql = format!(
            "update {} t set position = o.place - 1
             from unnest($2::uuid[]) with ordinality as o (id, place)
             where t.tenant_id = $1 and t.id = o.id",
            self.table
        );
        let query = statement(sql, [tx.tenant().uuid().into(), uuids(ids).into()]);
        tx.conn().execute_raw(query).await?;
        tx.touch().rules();
        let names: Vec<_> = ids.iter().map(ToString::to_string).collect();
        tx.record(NewEntry::new(self.events.ordered, self.noun));
        tx.emit(NewEvent::new(self.events.ordered, &serde_json::json!({ "ids": names })));
        Ok(())
    }

    /// Removes one that nobody uses, or puts it away.
    pub(crate) async fn remove<K: Kind>(
        &self,
        tx: &mut TenantTx,
        id: Id<K>,
    ) -> Result<Removal, Hindrance> {
        // Whoever begins to use it waits for us, or we for them.
        let held = self.lock(tx, id.uuid(), "update").await?;
        let key = || [tx.tenant().uuid().into(), id.uuid().into()];
        if !self.is_used(tx, id.uuid()).await? {
            for (table, column) in self.parts.iter().chain(&[(self.table, "id")]) {
                let sql = format!("delete from {table} where tenant_id = $1 and {column} = $2");
                tx.conn().execute_raw(statement(sql, key())).await?;
            }
            self.announce(tx, self.events.deleted, id, &held.name, []);
            return Ok(Removal::Deleted);
        }
        if held.archived_at.is_none() {
            self.put(tx, id.uuid(), Some(tx.now())).await?;
            self.announce(tx, self.events.archived, id, &held.name, []);
        }
        Ok(Removal::Archived)
    }

    /// Brings one back, if there is room for it. What is there stays as it is.
    pub(crate) async fn restore<K: Kind>(
        &self,
        tx: &mut TenantTx,
        id: Id<K>,
    ) -> Result<(), Hindrance> {
        let held = self.lock(tx, id.uuid(), "no key update").await?;
        if held.archived_at.is_some() {
            self.next_place(tx).await?;
            self.put(tx, id.uuid(), None).await?;
            self.announce(tx, self.events.restored, id, &held.name, []);
        }
        Ok(())
    }

    async fn put(&self, tx: &TenantTx, id: Uuid, away: Option<Instant>) -> Result<(), DbErr> {
        let sql = format!(
            "update {} set archived_at = $3, updated_at = $4, version = version + $5
             where tenant_id = $1 and id = $2",
            self.table
        );
        let by = i32::from(self.versions_archiving);
        let values =
            [tx.tenant().uuid().into(), id.into(), away.into(), tx.now().into(), by.into()];
        tx.conn().execute_raw(statement(sql, values)).await?;
        Ok(())
    }

    async fn is_used(&self, tx: &TenantTx, id: Uuid) -> Result<bool, DbErr> {
        for (table, column) in self.users {
            let sql = format!(
                "select {column} as id from {table} where tenant_id = $1 and {column} = $2 limit 1"
            );
            let query = statement(sql, [tx.tenant().uuid().into(), id.into()]);
            if Found::find_by_statement(query).one(tx.conn()).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Says what happened to one, to everybody who must know.
    pub(crate) fn announce<K: Kind>(
        &self,
        tx: &mut TenantTx,
        what: &'static str,
        id: Id<K>,
        name: &str,
        changes: impl IntoIterator<Item = Change>,
    ) {
        tx.touch().rules();
        tx.record(NewEntry::new(what, self.noun).on(id, name).changed(changes));
        tx.emit(NewEvent::new(what, &serde_json::json!({ "id": id })));
    }
}

/// The keys as they are stored.
pub(crate) fn uuids<K: Kind>(ids: &[Id<K>]) -> Vec<Uuid> {
    ids.iter().map(|id| id.uuid()).collect()
}

fn unknown() -> ValueFault {
    ValueFault::new("unknown", "There is nothing here under this id.")
}

/// What differs between what was and what is, field by field.
pub(crate) fn differences(
    before: &impl serde::Serialize,
    after: &impl serde::Serialize,
) -> Vec<Change> {
    let fields = |value: serde_json::Result<serde_json::Value>| match value {
        Ok(serde_json::Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let mut before = fields(serde_json::to_value(before));
    let after = fields(serde_json::to_value(after));
    let change = |(field, after): (String, serde_json::Value)| {
        let before = before.remove(&field).unwrap_or_default();
        (before != after).then(|| Change::of(&field, before, after))
    };
    after.into_iter().filter_map(change).collect()
}
