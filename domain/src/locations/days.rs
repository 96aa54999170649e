//! Days of a location with hours of their own.

use chrono::NaiveDate;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;

use super::entities::day;
use super::{LocationError, find, location};
use crate::audit::{Change, NewEntry};
use crate::availability::Window;
use crate::fault::Faults;
use crate::hours::{self, Days, NewStretch};
use crate::ids::{Id, Location};
use crate::outbox::NewEvent;
use crate::tenancy::TenantTx;

/// A day with hours of its own, instead of the week's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayFacts {
    /// Which day.
    pub day: NaiveDate,
    /// When the door is open. No windows: closed.
    pub windows: Vec<Window>,
}

impl From<day::Model> for DayFacts {
    fn from(row: day::Model) -> Self {
        Self { day: row.day, windows: hours::stored(&row.opens, &row.closes) }
    }
}

/// The days of a location that have hours of their own, the earliest first. Without being told
/// otherwise, those of the year that begins now.
pub async fn list(
    tx: &TenantTx,
    id: Id<Location>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<Vec<DayFacts>, LocationError> {
    let mut faults = Faults::new();
    let days = Days::asked(from, to, tx.now(), &mut faults).ok_or(faults)?;
    find(tx, id).one(tx.conn()).await?.ok_or(LocationError::NotFound)?;
    let rows = day::Entity::find()
        .filter(day::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(day::Column::LocationId.eq(id.uuid()))
        .filter(day::Column::Day.gte(days.first))
        .filter(day::Column::Day.lte(days.last))
        .order_by_asc(day::Column::Day)
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(DayFacts::from).collect())
}

/// Says when a location is open on one day, whatever the week says.
pub async fn put(
    tx: &mut TenantTx,
    id: Id<Location>,
    day: NaiveDate,
    windows: &[NewStretch],
) -> Result<DayFacts, LocationError> {
    let mut faults = Faults::new();
    let day = faults.take("/day", hours::near(day, tx.now()));
    let windows = hours::check_day("/windows", windows, &mut faults);
    let day = day.filter(|_| faults.is_empty()).ok_or(faults)?;
    let place = held(tx, id).await?;
    let before = on(tx, id, day).one(tx.conn()).await?.map(DayFacts::from);
    let (opens, closes) = hours::to_store(&windows);
    let row = day::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        location_id: Set(id.uuid()),
        day: Set(day),
        opens: Set(opens),
        closes: Set(closes),
    };
    let key = [day::Column::TenantId, day::Column::LocationId, day::Column::Day];
    let instead = OnConflict::columns(key)
        .update_columns([day::Column::Opens, day::Column::Closes])
        .to_owned();
    day::Entity::insert(row).on_conflict(instead).exec_without_returning(tx.conn()).await?;
    let after = DayFacts { day, windows };
    changed(tx, &place, day, before.as_ref(), Some(&after));
    Ok(after)
}

/// On this day, the week's hours hold again.
pub async fn clear(
    tx: &mut TenantTx,
    id: Id<Location>,
    day: NaiveDate,
) -> Result<(), LocationError> {
    let place = held(tx, id).await?;
    let before = on(tx, id, day).one(tx.conn()).await?.ok_or(LocationError::NotFound)?;
    let before = DayFacts::from(before);
    day::Entity::delete_by_id((tx.tenant().uuid(), id.uuid(), day)).exec(tx.conn()).await?;
    changed(tx, &place, day, Some(&before), None);
    Ok(())
}

/// The location, held: two changes of one day stand in line.
async fn held(tx: &TenantTx, id: Id<Location>) -> Result<location::Model, LocationError> {
    let found = find(tx, id).lock_exclusive().one(tx.conn()).await?;
    found.ok_or(LocationError::NotFound)
}

fn on(tx: &TenantTx, id: Id<Location>, day: NaiveDate) -> sea_orm::Select<day::Entity> {
    day::Entity::find_by_id((tx.tenant().uuid(), id.uuid(), day))
}

fn changed(
    tx: &mut TenantTx,
    place: &location::Model,
    day: NaiveDate,
    before: Option<&DayFacts>,
    after: Option<&DayFacts>,
) {
    let id = Id::<Location>::from_uuid(place.id);
    let words = |facts: Option<&DayFacts>| {
        facts.map_or(Value::Null, |facts| hours::day_in_words(&facts.windows).into())
    };
    tx.record(
        NewEntry::new("location.day_changed", "location")
            .on(id, place.name.clone())
            .changed([Change::of(&day.to_string(), words(before), words(after))]),
    );
    tx.touch().rules_of(id);
    let payload = serde_json::json!({ "id": id, "day": day });
    tx.emit(NewEvent::new("location.day_changed", &payload));
}
