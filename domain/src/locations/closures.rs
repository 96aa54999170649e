//! Days on which the door stays shut: of one location, or of the whole business.

use chrono::NaiveDate;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, ModelTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::entities::closure;
use super::{LocationError, live, unknown};
use crate::audit::{Change, NewEntry};
use crate::fault::Faults;
use crate::hours::Days;
use crate::ids::{Closure, Id, Location};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::tenancy::TenantTx;
use crate::text;

/// Days on which it is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClosureFacts {
    /// Its id.
    pub id: Id<Closure>,
    /// Where; none for the whole business.
    pub location: Option<Id<Location>>,
    /// The first day, the last day.
    pub days: Days,
    /// Why.
    pub reason: String,
}

impl From<closure::Model> for ClosureFacts {
    fn from(row: closure::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            location: row.location_id.map(Id::from_uuid),
            days: Days { first: row.first_day, last: row.last_day },
            reason: row.reason,
        }
    }
}

/// What is wanted of new ones.
#[derive(Debug, Clone)]
pub struct NewClosure {
    /// Where; none for the whole business.
    pub location: Option<Id<Location>>,
    /// The first day, the last day.
    pub days: Days,
    /// Why.
    pub reason: String,
}

/// Closures in the order in which they were written down; those that are over only since `from`.
pub async fn list(
    tx: &TenantTx,
    window: Window<Closure>,
    from: Option<NaiveDate>,
) -> Result<Paged<ClosureFacts>, LocationError> {
    let mut query = closure::Entity::find()
        .filter(closure::Column::TenantId.eq(tx.tenant().uuid()))
        .order_by_asc(closure::Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(closure::Column::Id.gt(after.uuid()));
    }
    if let Some(from) = from {
        query = query.filter(closure::Column::LastDay.gte(from));
    }
    let rows = query.all(tx.conn()).await?;
    let facts = rows.into_iter().map(ClosureFacts::from).collect();
    Ok(window.cut(facts, |closure: &ClosureFacts| closure.id))
}

/// Closes a location, or everything, for some days.
pub async fn close(tx: &mut TenantTx, new: &NewClosure) -> Result<ClosureFacts, LocationError> {
    let NewClosure { location, days, reason } = check(tx, new).await?;
    let row = closure::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Closure>().uuid()),
        location_id: Set(location.map(Id::uuid)),
        first_day: Set(days.first),
        last_day: Set(days.last),
        reason: Set(reason),
        created_at: Set(tx.now()),
    };
    let facts = ClosureFacts::from(row.insert(tx.conn()).await?);
    let none = serde_json::Value::Null;
    tx.record(NewEntry::new("closure.created", "closure").on(facts.id, words(&facts)).changed([
        Change::of("first_day", none.clone(), days.first.to_string()),
        Change::of("last_day", none.clone(), days.last.to_string()),
        Change::of("location_id", none, facts.location.map(|id| id.to_string())),
    ]));
    changed(tx, "closure.created", &facts);
    Ok(facts)
}

/// Which closures can be meant, as they are stored.
pub(crate) async fn check(tx: &TenantTx, new: &NewClosure) -> Result<NewClosure, LocationError> {
    let mut faults = Faults::new();
    let days = new.days.planned(["/first_day", "/last_day"], tx.now(), &mut faults);
    let reason = faults.take("/reason", text::line(&new.reason, 0, 200));
    if let Some(location) = new.location
        && live(tx, [location]).await?.is_empty()
    {
        faults.note("/location_id", unknown());
    }
    match (days, reason) {
        (Some(days), Some(reason)) if faults.is_empty() => {
            Ok(NewClosure { location: new.location, days, reason })
        }
        _ => Err(faults.into()),
    }
}

/// Takes a closure back.
pub async fn open(tx: &mut TenantTx, id: Id<Closure>) -> Result<(), LocationError> {
    let found = closure::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    let found = found.one(tx.conn()).await?.ok_or(LocationError::NotFound)?;
    let facts = ClosureFacts::from(found.clone());
    // Of two who take it back at once, one finds nothing any more.
    if found.delete(tx.conn()).await?.rows_affected == 0 {
        return Err(LocationError::NotFound);
    }
    tx.record(NewEntry::new("closure.removed", "closure").on(id, words(&facts)));
    changed(tx, "closure.removed", &facts);
    Ok(())
}

fn words(closure: &ClosureFacts) -> String {
    let Days { first, last } = closure.days;
    let days = if first == last { first.to_string() } else { format!("{first} – {last}") };
    format!("{days} {}", closure.reason).trim_end().to_owned()
}

fn changed(tx: &mut TenantTx, kind: &'static str, closure: &ClosureFacts) {
    match closure.location {
        Some(location) => tx.touch().rules_of(location),
        None => tx.touch().rules(),
    }
    tx.emit(NewEvent::new(kind, &serde_json::json!({ "id": closure.id })));
}
