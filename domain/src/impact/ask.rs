//! What can be asked: the same wishes as the writing operations take, held to the same rules.

use std::collections::HashMap;

use chrono::{Days as CountOf, NaiveDate, NaiveTime};

use super::change::{Change, Starts, week};
use super::{Impact, preview};
use crate::authz::Right;
use crate::availability::{Skill, Span, Window};
use crate::bookings::Reach;
use crate::catalog::{CatalogError, services};
use crate::fault::Faults;
use crate::hours::{self, NewOpening, NewStretch};
use crate::ids::{Id, Location, Room, Service, StaffMember};
use crate::locations::{self, LocationError, NewClosure};
use crate::policies::{self, Policy, PolicyChange, PolicyError};
use crate::rooms::{self, Feature, RoomChange, RoomError};
use crate::staff::{self, NewHours, NewSkill, NewTimeOff, StaffError};
use crate::tenancy::TenantTx;
use crate::tenants;

/// A day with hours of its own.
#[derive(Debug, Clone)]
pub struct DayWish {
    /// Which day.
    pub day: NaiveDate,
    /// Its hours; nothing said: the week's again.
    pub windows: Option<Vec<NewStretch>>,
}

/// What would change at a location. What is left out stays.
#[derive(Debug, Clone, Default)]
pub struct LocationWish {
    /// When it is open: all of it.
    pub hours: Option<Vec<NewOpening>>,
    /// Its time zone.
    pub time_zone: Option<String>,
    /// One day.
    pub day: Option<DayWish>,
    /// Whether it is closed for good.
    pub archive: bool,
}

/// What would change about somebody of the staff. What is left out stays.
#[derive(Debug, Clone, Default)]
pub struct StaffWish {
    /// When they work, everywhere: all of it.
    pub hours: Option<Vec<NewHours>>,
    /// One day at one location.
    pub day: Option<(Id<Location>, DayWish)>,
    /// A stretch in which they are away.
    pub time_off: Option<NewTimeOff>,
    /// What they can do: all of it.
    pub skills: Option<Vec<NewSkill>>,
    /// Whether they are taken off the calendar.
    pub archive: bool,
}

/// What would change about a room. What is left out stays.
#[derive(Debug, Clone, Default)]
pub struct RoomWish {
    /// How many customers one visit in it can have.
    pub places: Option<i16>,
    /// What it has: all of it.
    pub features: Option<Vec<Feature>>,
    /// Whether it is taken out of use.
    pub archive: bool,
}

/// The time in which visits can be hit by what happens on these days: in any zone of the world, and
/// with windows that close on the next day.
fn around(first: NaiveDate, last: NaiveDate) -> Span {
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    Span {
        from: midnight(first.checked_sub_days(CountOf::new(2)).unwrap_or(first)),
        to: midnight(last.checked_add_days(CountOf::new(4)).unwrap_or(last)),
    }
}

/// Which day can be meant. Faults point into `/day`.
fn day_of(wish: &DayWish, tx: &TenantTx, faults: &mut Faults) -> Option<Vec<Window>> {
    faults.take("/day/day", hours::near(wish.day, tx.now()));
    wish.windows.as_deref().map(|typed| hours::check_day("/day/windows", typed, faults))
}

/// What a change of a location would do.
pub async fn of_location(
    tx: &TenantTx,
    id: Id<Location>,
    wish: &LocationWish,
) -> Result<Impact, LocationError> {
    let (mut faults, mut changes) = (Faults::new(), Vec::new());
    if let Some(typed) = &wish.hours {
        changes.push(Change::Hours(week(&hours::check_week("/hours", typed, &mut faults))));
    }
    let zone = faults.given("/time_zone", wish.time_zone.as_deref(), tenants::time_zone);
    changes.extend(zone.and_then(|zone| zone.parse().ok()).map(Change::Zone));
    if let Some(day) = &wish.day {
        changes.push(Change::Day(day.day, day_of(day, tx, &mut faults)));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    let only_a_day = changes.len() == 1 && !wish.archive;
    let day = wish.day.as_ref().filter(|_| only_a_day);
    if wish.archive {
        changes.push(Change::LocationGone);
    }
    if locations::live(tx, [id]).await?.is_empty() {
        return Err(LocationError::NotFound);
    }
    let span = day.map(|day| around(day.day, day.day));
    let reach = Reach { location: Some(id), span, ..Reach::default() };
    Ok(preview(tx, &reach, &changes).await?)
}

/// What closing a location, or everything, for some days would do.
pub async fn of_closure(tx: &TenantTx, new: &NewClosure) -> Result<Impact, LocationError> {
    let NewClosure { location, days, .. } = locations::check_closure(tx, new).await?;
    let span = Some(around(days.first, days.last));
    let reach = Reach { location, span, ..Reach::default() };
    Ok(preview(tx, &reach, &[Change::Closed(days.first, days.last)]).await?)
}

/// What a change of somebody of the staff would do. One may ask about one's own hours, and about
/// everything with the right to change staff.
pub async fn of_staff(
    tx: &TenantTx,
    id: Id<StaffMember>,
    wish: &StaffWish,
) -> Result<Impact, StaffError> {
    staff::expect_own(tx, id).await?;
    if (wish.skills.is_some() || wish.archive) && !tx.caller().may(Right::UpdateStaff) {
        return Err(StaffError::NotYours);
    }
    let (mut faults, mut changes) = (Faults::new(), Vec::new());
    let mut spans = Vec::new();
    if let Some((location, day)) = &wish.day {
        let mut own = Faults::new();
        let typed = day.windows.as_deref();
        let windows =
            staff::checked_day(tx, *location, day.day, typed.unwrap_or_default(), &mut own).await?;
        faults.inside("/day", own);
        changes.push(Change::WorkDay(id, *location, day.day, typed.map(|_| windows)));
        spans.push(around(day.day, day.day));
    }
    if let Some(away) = &wish.time_off {
        let mut own = Faults::new();
        if let Some(away) = staff::check_time_off(away, tx.now(), &mut own) {
            let span = Span { from: away.starts_at, to: away.ends_at };
            changes.push(Change::Away(id, span));
            spans.push(span);
        }
        faults.inside("/time_off", own);
    }
    if let Some(typed) = &wish.hours {
        let wanted = staff::checked_hours(tx, typed, &mut faults).await?;
        let of = |at: staff::Wanted| (at.location, (week(&at.work), week(&at.breaks)));
        changes.push(Change::Work(id, wanted.into_iter().map(of).collect()));
    }
    if let Some(typed) = &wish.skills {
        staff::checked_skills(tx, typed, &mut faults).await?;
        changes.push(Change::Skills(id, skills(typed)));
    }
    if !faults.is_empty() {
        return Err(faults.into());
    }
    if wish.archive {
        changes.push(Change::StaffGone(id));
    }
    // Nothing beyond these stretches can be hit, if nothing else changes.
    let all =
        |one: Span, other: Span| Span { from: one.from.min(other.from), to: one.to.max(other.to) };
    let span = spans.iter().copied().reduce(all).filter(|_| spans.len() == changes.len());
    let reach = Reach { staff: Some(id), span, ..Reach::default() };
    Ok(preview(tx, &reach, &changes).await?)
}

fn skills(typed: &[NewSkill]) -> HashMap<Id<Service>, Skill> {
    let skill = |new: &NewSkill| {
        let minutes = new.duration_minutes.and_then(|minutes| u16::try_from(minutes).ok());
        (new.service, Skill { minutes, price_minor: new.price_minor })
    };
    typed.iter().map(skill).collect()
}

/// What a change of a room would do.
pub async fn of_room(tx: &TenantTx, id: Id<Room>, wish: &RoomWish) -> Result<Impact, RoomError> {
    let mut faults = Faults::new();
    let change = RoomChange { name: None, places: wish.places, features: wish.features.clone() };
    let wanted = rooms::check(&change, &mut faults).ok_or(faults)?;
    let found = rooms::read(tx, id).await?;
    if found.archived_at.is_some() {
        return Err(RoomError::NotFound);
    }
    let mut changes = Vec::new();
    if wanted.places.is_some() || wanted.features.is_some() {
        let places = wanted.places.and_then(|places| u8::try_from(places).ok());
        let feature = |one: Feature| (one.name.into(), one.preference);
        let features = wanted.features.map(|all| all.into_iter().map(feature).collect());
        changes.push(Change::Room(id, places, features));
    }
    if wish.archive {
        changes.push(Change::RoomGone(id));
    }
    let reach = Reach { room: Some(id), ..Reach::default() };
    Ok(preview(tx, &reach, &changes).await?)
}

/// What taking a service off the menu would do: its visits stay, but nobody can move them any more.
pub async fn of_service(tx: &TenantTx, id: Id<Service>) -> Result<Impact, CatalogError> {
    if services::read(tx, id).await?.archived_at.is_some() {
        return Err(CatalogError::NotFound);
    }
    let reach = Reach { service: Some(id), ..Reach::default() };
    Ok(preview(tx, &reach, &[Change::ServiceGone(id)]).await?)
}

/// What other rules would do to when visits can begin. What they say of notice, fees and approval leaves
/// booked visits as they are.
pub async fn of_policy(tx: &TenantTx, wish: &PolicyChange) -> Result<Impact, PolicyError> {
    let (before, after) = policies::wished(tx, wish).await?;
    let starts = |policy: &Policy| Starts {
        step: u16::try_from(policy.slot_step_minutes).unwrap_or(u16::MAX),
        alignment: policy.alignment,
        horizon_days: u16::try_from(policy.horizon_days).unwrap_or(u16::MAX),
    };
    let mut changes = Vec::new();
    if starts(&before) != starts(&after) {
        changes.push(Change::Starts(starts(&after), policies::own_starts(tx).await?));
    }
    Ok(preview(tx, &Reach::default(), &changes).await?)
}
