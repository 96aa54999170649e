//! Days on which somebody has hours of their own.

use chrono::NaiveDate;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::Value;

use super::entities::{day, staff};
use super::{StaffError, find, own};
use crate::audit::{Change, NewEntry};
use crate::availability::Window;
use crate::fault::Faults;
use crate::hours::{self, Days, NewStretch};
use crate::ids::{Id, Location, StaffMember};
use crate::locations;
use crate::outbox::NewEvent;
use crate::tenancy::{StoreError, TenantTx};

/// A day with hours of its own at one location, instead of the week's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaffDay {
    /// Where.
    pub location: Id<Location>,
    /// Which day.
    pub day: NaiveDate,
    /// When they work. No windows: off.
    pub windows: Vec<Window>,
}

impl From<day::Model> for StaffDay {
    fn from(row: day::Model) -> Self {
        Self {
            location: Id::from_uuid(row.location_id),
            day: row.day,
            windows: hours::stored(&row.opens, &row.closes),
        }
    }
}

/// The days on which somebody has hours of their own, the earliest first. Without being told
/// otherwise, those of the year that begins now.
pub async fn list(
    tx: &TenantTx,
    id: Id<StaffMember>,
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
) -> Result<Vec<StaffDay>, StaffError> {
    let mut faults = Faults::new();
    let days = Days::asked(from, to, tx.now(), &mut faults).ok_or(faults)?;
    find(tx, id).one(tx.conn()).await?.ok_or(StaffError::NotFound)?;
    let rows = day::Entity::find()
        .filter(day::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(day::Column::StaffId.eq(id.uuid()))
        .filter(day::Column::Day.gte(days.first))
        .filter(day::Column::Day.lte(days.last))
        .order_by_asc(day::Column::Day)
        .order_by_asc(day::Column::LocationId)
        .all(tx.conn())
        .await?;
    Ok(rows.into_iter().map(StaffDay::from).collect())
}

/// Says when somebody works at a location on one day, whatever their week and breaks say.
pub async fn put(
    tx: &mut TenantTx,
    id: Id<StaffMember>,
    location: Id<Location>,
    day: NaiveDate,
    windows: &[NewStretch],
) -> Result<StaffDay, StaffError> {
    let found = own::held(tx, id).await?;
    let mut faults = Faults::new();
    let windows = checked(tx, location, day, windows, &mut faults).await?;
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let before = on(tx, id, location, day).one(tx.conn()).await?.map(StaffDay::from);
    let (opens, closes) = hours::to_store(&windows);
    let row = day::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        staff_id: Set(id.uuid()),
        location_id: Set(location.uuid()),
        day: Set(day),
        opens: Set(opens),
        closes: Set(closes),
    };
    let key =
        [day::Column::TenantId, day::Column::StaffId, day::Column::LocationId, day::Column::Day];
    let instead = OnConflict::columns(key)
        .update_columns([day::Column::Opens, day::Column::Closes])
        .to_owned();
    day::Entity::insert(row).on_conflict(instead).exec_without_returning(tx.conn()).await?;
    let after = StaffDay { location, day, windows };
    changed(tx, &found, day, before.as_ref(), Some(&after));
    Ok(after)
}

/// Which hours of a day can be meant, at a location that there is.
pub(crate) async fn checked(
    tx: &TenantTx,
    location: Id<Location>,
    day: NaiveDate,
    windows: &[NewStretch],
    faults: &mut Faults,
) -> Result<Vec<Window>, StoreError> {
    faults.take("/day", hours::near(day, tx.now()));
    let windows = hours::check_day("/windows", windows, faults);
    if locations::live(tx, [location]).await?.is_empty() {
        faults.note("/location_id", locations::unknown());
    }
    Ok(windows)
}

/// On this day, the week's hours hold again at a location.
pub async fn clear(
    tx: &mut TenantTx,
    id: Id<StaffMember>,
    location: Id<Location>,
    day: NaiveDate,
) -> Result<(), StaffError> {
    let found = own::held(tx, id).await?;
    let before = on(tx, id, location, day).one(tx.conn()).await?.ok_or(StaffError::NotFound)?;
    let before = StaffDay::from(before);
    let key = (tx.tenant().uuid(), id.uuid(), location.uuid(), day);
    day::Entity::delete_by_id(key).exec(tx.conn()).await?;
    changed(tx, &found, day, Some(&before), None);
    Ok(())
}

fn on(
    tx: &TenantTx,
    id: Id<StaffMember>,
    location: Id<Location>,
    day: NaiveDate,
) -> sea_orm::Select<day::Entity> {
    day::Entity::find_by_id((tx.tenant().uuid(), id.uuid(), location.uuid(), day))
}

fn changed(
    tx: &mut TenantTx,
    of: &staff::Model,
    day: NaiveDate,
    before: Option<&StaffDay>,
    after: Option<&StaffDay>,
) {
    let id = Id::<StaffMember>::from_uuid(of.id);
    let words = |facts: Option<&StaffDay>| {
        facts.map_or(Value::Null, |facts| hours::day_in_words(&facts.windows).into())
    };
    tx.record(
        NewEntry::new("staff.day_changed", "staff").on(id, of.name.clone()).changed([Change::of(
            &day.to_string(),
            words(before),
            words(after),
        )]),
    );
    tx.touch().rules();
    tx.emit(NewEvent::new("staff.day_changed", &serde_json::json!({ "id": id, "day": day })));
}
