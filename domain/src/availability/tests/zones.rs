//! Every zone that there is, and each change of its clocks from 2024 to 2030.

use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};

use super::kit::*;
use crate::availability::*;
use crate::time::Instant;

/// Before all of it, and no further than one can look ahead.
fn before() -> Instant {
    at("2023-12-01T00:00")
}

/// The first instants of each new offset, to the second.
fn changes(zone: Tz) -> Vec<Instant> {
    let offset = |at: Instant| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
    let mut at = Utc.with_ymd_and_hms(2024, 1, 1, 0, 0, 0).unwrap();
    let end = Utc.with_ymd_and_hms(2031, 1, 1, 0, 0, 0).unwrap();
    let mut found = Vec::new();
    while at < end {
        let next = at + Duration::hours(12);
        if offset(at) != offset(next) {
            let (mut before, mut after) = (at, next);
            while after - before > Duration::seconds(1) {
                let middle = before + Duration::seconds((after - before).num_seconds() / 2);
                if offset(middle) == offset(at) { before = middle } else { after = middle }
            }
            found.push(after);
        }
        at = next;
    }
    found
}

/// What chrono says of a time on the wall: the first instant that shows it.
fn first(zone: Tz, local: NaiveDateTime) -> Option<Instant> {
    zone.from_local_datetime(&local).earliest().map(|at| at.with_timezone(&Utc))
}

fn every(day: NaiveDate, minutes: i64) -> impl Iterator<Item = NaiveDateTime> {
    (0..1_440 / minutes)
        .map(move |place| day.and_time(NaiveTime::MIN) + Duration::minutes(place * minutes))
}

/// Around each change: what is offered is just what the wall shows for the first time, it lies within
/// the hours, and an hour lasts an hour. Whichever way the hours lie to the change.
#[test]
fn no_time_is_offered_that_is_not_there_or_twice() {
    let mut seen = 0;
    for zone in TZ_VARIANTS {
        for change in changes(zone) {
            seen += 1;
            let day = day_at(zone, change);
            let first_day = day.pred_opt().unwrap();
            let always = shop(zone.name(), "00:00-24:00").with(person(1, "00:00-24:00"));
            let found = offered(&always, &visit(60, 30), first_day, day);
            let expected: Vec<Instant> = [first_day, day]
                .into_iter()
                .flat_map(|day| every(day, 30))
                .filter_map(|local| first(zone, local))
                .collect();
            assert_eq!(found, expected, "{zone} {change}");
            around_the_change(zone, change, day);
        }
    }
    // There are changes to be seen: of some sixty zones with names of their own two a year.
    assert!(seen > 2_000, "{seen}");
}

/// A window that opens half an hour before the change by the old clock and closes two hours after it
/// by the new: what is offered lies in it, and the last ends where it closes.
fn around_the_change(zone: Tz, change: Instant, day: NaiveDate) {
    let opens = (change - Duration::minutes(30)).with_timezone(&zone).naive_local();
    let closes = (change + Duration::minutes(120)).with_timezone(&zone).naive_local();
    if opens.date() != day || closes.date() != day || opens >= closes {
        return;
    }
    let window = Window { opens: minutes(opens), closes: minutes(closes) };
    let mut rules = shop(zone.name(), "").with(person(1, "00:00-24:00"));
    rules.days.insert(day, vec![window]);
    let (Some(from), Some(to)) = (first(zone, opens), first(zone, closes)) else { return };
    let found = slots(&rules, &Busy::default(), &visit(20, 10), day..=day, before());
    for slot in &found {
        assert!(from <= slot.start && slot.end <= to, "{zone} {change}: {slot:?}");
        let wall = slot.start.with_timezone(&zone).naive_local();
        assert_eq!(first(zone, wall), Some(slot.start), "{zone} {change}");
    }
    let expected = every(day, 10).filter_map(|local| first(zone, local));
    let twenty = Duration::minutes(20);
    let expected = expected.filter(|start| from <= *start && *start + twenty <= to).count();
    assert_eq!(found.len(), expected, "{zone} {change}");
}

fn offered(rules: &Rules, visit: &Visit, first: NaiveDate, last: NaiveDate) -> Vec<Instant> {
    let found = slots(rules, &Busy::default(), visit, first..=last, before());
    for slot in &found {
        assert_eq!(slot.end - slot.start, Duration::minutes(60), "{}", rules.zone);
    }
    found.into_iter().map(|slot| slot.start).collect()
}

fn minutes(local: NaiveDateTime) -> i16 {
    i16::try_from((local.time() - NaiveTime::MIN).num_minutes()).unwrap()
}

/// The engine's own idea of a zone is that of the zone, also far from any change.
#[test]
fn every_zones_noon_is_noon() {
    for zone in TZ_VARIANTS {
        for month in [1, 7] {
            let noon =
                NaiveDate::from_ymd_opt(2027, month, 15).unwrap().and_hms_opt(12, 0, 0).unwrap();
            assert_eq!(on_the_wall(zone, noon).ok(), first(zone, noon), "{zone}");
        }
    }
}
