//! What somebody is about to change, applied to the rules in memory alone.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{NaiveDate, Timelike};
use chrono_tz::Tz;

use crate::availability::{
    Alignment, Placed, Skill, Span, StaffRules, Week, Why, Window, horizon, on_grid, still_fits,
};
use crate::diary::{Policy, Shop};
use crate::hours::Opening;
use crate::ids::{Id, Location, Room, Service, StaffMember};
use crate::policies::OwnStarts;
use crate::time::Instant;

/// One change. What is about a location is applied to that location's rules only.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Change {
    /// The door is open then.
    Hours(Week),
    /// The clocks on the wall go so.
    Zone(Tz),
    /// On one day it is open then; nothing said: as in any week.
    Day(NaiveDate, Option<Vec<Window>>),
    /// It is closed from one day to another.
    Closed(NaiveDate, NaiveDate),
    /// It is closed for good.
    LocationGone,
    /// Somebody works and pauses then, location by location: nowhere else.
    Work(Id<StaffMember>, HashMap<Id<Location>, (Week, Week)>),
    /// Somebody works then on one day at one location; nothing said: as in any week.
    WorkDay(Id<StaffMember>, Id<Location>, NaiveDate, Option<Vec<Window>>),
    /// Somebody is away.
    Away(Id<StaffMember>, Span),
    /// Somebody can do this of what is on the menu, and nothing else of it.
    Skills(Id<StaffMember>, HashMap<Id<Service>, Skill>),
    /// Somebody is taken off the calendar.
    StaffGone(Id<StaffMember>),
    /// A room has so many places, and these features.
    Room(Id<Room>, Option<u8>, Option<Vec<(Arc<str>, u8)>>),
    /// A room is out of use.
    RoomGone(Id<Room>),
    /// A service is off the menu.
    ServiceGone(Id<Service>),
    /// Visits can begin at other times, but for services that have some of that otherwise.
    Starts(Starts, HashMap<Id<Service>, OwnStarts>),
}

/// When visits can begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Starts {
    /// Minutes between them.
    pub(super) step: u16,
    /// Where they lie.
    pub(super) alignment: Alignment,
    /// Days ahead.
    pub(super) horizon_days: u16,
}

impl Starts {
    fn put(self, policy: &mut Policy, own: OwnStarts) {
        if !own.step {
            policy.step = self.step;
        }
        if !own.alignment {
            policy.alignment = self.alignment;
        }
        if !own.horizon {
            policy.horizon_days = self.horizon_days;
        }
    }
}

/// The windows of each weekday.
pub(super) fn week(openings: &[Opening]) -> Week {
    let mut week = Week::default();
    for opening in openings {
        if let Some(day) = week.0.get_mut(usize::from(opening.weekday()).wrapping_sub(1)) {
            day.push(opening.window());
        }
    }
    for day in &mut week.0 {
        day.sort_unstable();
    }
    week
}

/// The shop as it would be.
pub(super) fn apply(shop: &mut Shop, change: &Change) {
    let (here, rules) = (shop.location, &mut shop.rules);
    let mut somebody = |id: &Id<StaffMember>, change: &dyn Fn(&mut StaffRules)| {
        rules.staff.iter_mut().filter(|staff| staff.id == *id).for_each(change);
    };
    match change {
        Change::Work(id, weeks) => somebody(id, &|staff| {
            (staff.hours, staff.breaks) = weeks.get(&here).cloned().unwrap_or_default();
        }),
        Change::WorkDay(id, location, day, windows) if *location == here => {
            somebody(id, &|staff| match windows {
                Some(windows) => drop(staff.days.insert(*day, windows.clone())),
                None => drop(staff.days.remove(day)),
            });
        }
        Change::WorkDay(..) => {}
        Change::Away(id, span) => somebody(id, &|staff| staff.time_off.push(*span)),
        Change::Skills(id, skills) => somebody(id, &|staff| {
            // What is off the menu is kept as it is.
            staff.skills.retain(|service, _| !shop.services.contains_key(service));
            staff.skills.extend(skills.iter().map(|(service, skill)| (*service, *skill)));
        }),
        Change::StaffGone(id) => {
            rules.staff.retain(|staff| staff.id != *id);
            shop.people.remove(id);
        }
        Change::Hours(week) => rules.hours = week.clone(),
        Change::Zone(zone) => rules.zone = *zone,
        Change::Day(day, Some(windows)) => drop(rules.days.insert(*day, windows.clone())),
        Change::Day(day, None) => drop(rules.days.remove(day)),
        Change::Closed(first, last) => rules.closures.push((*first, *last)),
        Change::LocationGone => {
            rules.hours = Week::default();
            rules.days.clear();
        }
        Change::Room(id, places, features) => {
            for room in rules.rooms.iter_mut().filter(|room| room.id == *id) {
                room.places = places.unwrap_or(room.places);
                if let Some(features) = features {
                    room.features = features.iter().cloned().collect();
                }
            }
        }
        Change::RoomGone(id) => {
            rules.rooms.retain(|room| room.id != *id);
            shop.rooms.remove(id);
        }
        Change::ServiceGone(id) => drop(shop.services.remove(id)),
        Change::Starts(starts, own) => {
            starts.put(&mut shop.policy, OwnStarts::default());
            for (id, offer) in &mut shop.services {
                starts.put(&mut offer.policy, own.get(id).copied().unwrap_or_default());
            }
        }
    }
}

/// What a shop has against a visit that is booked after a change, and had not before.
pub(super) fn newly(before: &Shop, after: &Shop, placed: &Placed, now: Instant) -> Vec<Why> {
    let mut why = still_fits(&after.rules, placed);
    for seat in &placed.seats {
        let gone = before.services.contains_key(&seat.service)
            && !after.services.contains_key(&seat.service);
        if gone && !why.contains(&Why::NobodyCan(seat.service)) {
            why.push(Why::NobodyCan(seat.service));
        }
    }
    // Which zone it is in doesn't make a start another one.
    let zone = before.rules.zone;
    let known = starts(before, zone, placed, now);
    why.extend(starts(after, zone, placed, now).into_iter().filter(|why| !known.contains(why)));
    if !why.is_empty() {
        let known = still_fits(&before.rules, placed);
        why.retain(|why| !known.contains(why));
    }
    why
}

/// What the rules have against when a visit begins, if a customer booked it now.
fn starts(shop: &Shop, zone: Tz, placed: &Placed, now: Instant) -> Vec<Why> {
    let offers = placed.seats.iter().filter_map(|seat| shop.services.get(&seat.service));
    let Some(policy) = offers.map(|offer| offer.policy).reduce(Policy::and) else {
        return Vec::new();
    };
    let Some(start) = placed.seats.iter().map(|seat| seat.span.from).min() else {
        return Vec::new();
    };
    let start = start.with_timezone(&zone);
    let mut why = Vec::new();
    if start.date_naive() > horizon(zone, policy.horizon_days, now) {
        why.push(Why::Horizon);
    }
    // Where packed starts lie hangs on what else is booked.
    let since_midnight = i64::from(start.num_seconds_from_midnight()) * 1_000_000;
    if policy.alignment == Alignment::Clock && !on_grid(policy.step, since_midnight) {
        why.push(Why::OffGrid);
    }
    why
}
