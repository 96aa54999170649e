//! Which of the coming days go otherwise than the week says: what customers see before they come.

use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use chrono::NaiveDate;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::entities::{closure, day};
use super::{DayFacts, LocationFacts};
use crate::ids::{Id, Location, Tenant};
use crate::tenancy::{StoreError, SystemTx};

/// Of each of these locations the days with hours of their own or behind a shut door, the earliest
/// first. A closure counts for more than a day's own hours.
pub(crate) async fn ahead(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    locations: &[LocationFacts],
    days: &RangeInclusive<NaiveDate>,
) -> Result<HashMap<Id<Location>, Vec<DayFacts>>, StoreError> {
    let own = day::Entity::find()
        .filter(day::Column::TenantId.eq(tenant.uuid()))
        .filter(day::Column::Day.between(*days.start(), *days.end()))
        .all(tx.conn())
        .await?;
    let closures = closure::Entity::find()
        .filter(closure::Column::TenantId.eq(tenant.uuid()))
        .filter(closure::Column::LastDay.gte(*days.start()))
        .filter(closure::Column::FirstDay.lte(*days.end()))
        .all(tx.conn())
        .await?;
    let of = |location: &LocationFacts| {
        let own = own.iter().filter(|row| row.location_id == location.id.uuid());
        let mut found: BTreeMap<NaiveDate, DayFacts> =
            own.map(|row| (row.day, DayFacts::from(row.clone()))).collect();
        let shut = closures
            .iter()
            .filter(|row| row.location_id.is_none_or(|id| id == location.id.uuid()))
            .map(|row| row.first_day.max(*days.start())..=row.last_day.min(*days.end()));
        for days in shut {
            for day in days.start().iter_days().take_while(|day| days.contains(day)) {
                found.insert(day, DayFacts { day, windows: Vec::new() });
            }
        }
        (location.id, found.into_values().collect())
    };
    Ok(locations.iter().map(of).collect())
}
