//! Every kind of change, applied to a shop in memory.

use std::collections::{BTreeMap, HashMap};

use chrono::{TimeZone as _, Utc};
use uuid::Uuid;

use super::*;
use crate::availability::{
    Alignment, Placed, PlacedIn, PlacedLine, RoomNeed, RoomRules, Rules, Skill, Span, StaffRules,
    Week, Window,
};
use crate::diary::{Asked, Asks, Deposit, Offer, Person, Policy, WaitlistOrder};
use crate::ids::{Kind, Room, Service, StaffMember};
use crate::risk::Rule;
use crate::time::Instant;

fn id<K: Kind>(n: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(n))
}

const HERE: u128 = 1;
const ANNEX: u128 = 2;

fn anna() -> Id<StaffMember> {
    id(11)
}

fn bert() -> Id<StaffMember> {
    id(12)
}

fn massage() -> Id<Service> {
    id(21)
}

/// Of which the menu knows nothing any more.
fn old_rite() -> Id<Service> {
    id(22)
}

fn cabin() -> Id<Room> {
    id(31)
}

fn daily(opens: i16, closes: i16) -> Week {
    Week(std::array::from_fn(|_| vec![Window { opens: opens * 60, closes: closes * 60 }]))
}

fn day() -> chrono::NaiveDate {
    "2026-05-05".parse().unwrap()
}

fn at(hour: u32, minute: u32) -> Instant {
    Utc.with_ymd_and_hms(2026, 5, 5, hour, minute, 0).unwrap()
}

fn policy() -> Policy {
    Policy {
        step: 30,
        alignment: Alignment::Clock,
        notice: 0,
        horizon_days: 60,
        cancel_notice: 0,
        move_notice: 0,
        late_cancel_fee_percent: 0,
        no_show_fee_percent: 0,
        needs_approval: false,
        verify_contact: false,
        ask_card: false,
        risk: Rule::default(),
    }
}

fn offer() -> Offer {
    Offer {
        name: "Massage".to_owned(),
        minutes: 60,
        price_minor: 0,
        price_for_each: true,
        buffer_before: 0,
        buffer_after: 0,
        online: true,
        members_only: false,
        min_customers: 1,
        max_customers: 2,
        staff_per_customer: 1,
        needs_room: true,
        features: vec!["warm".into()],
        features_for_two: Vec::new(),
        deposit: Deposit::None,
        policy: policy(),
        addons: Vec::new(),
        forms: Vec::new(),
    }
}

fn person(id: Id<StaffMember>) -> StaffRules {
    let can = |service| (service, Skill::default());
    StaffRules {
        id,
        online: true,
        hours: daily(9, 18),
        breaks: Week::default(),
        days: BTreeMap::new(),
        time_off: Vec::new(),
        default_room: None,
        daily_cap: None,
        skills: HashMap::from([can(massage()), can(old_rite())]),
    }
}

/// Open nine to six, in UTC, with two people, a cabin and a massage.
fn shop() -> Shop {
    let named = |name: &str| Person { name: name.to_owned(), online: true, places: Vec::new() };
    Shop {
        version: 1,
        location: id(HERE),
        location_name: String::new(),
        address: String::new(),
        name: String::new(),
        slug: String::new(),
        currency: "USD".to_owned(),
        has_memberships: false,
        country: "US".to_owned(),
        locale: "en".to_owned(),
        messages: crate::messaging::Settings::default(),
        rules: Rules {
            zone: Tz::UTC,
            hours: daily(9, 18),
            days: BTreeMap::new(),
            closures: Vec::new(),
            staff: vec![person(anna()), person(bert())],
            rooms: vec![RoomRules {
                id: cabin(),
                places: 2,
                features: BTreeMap::from([("warm".into(), 0)]),
            }],
        },
        policy: policy(),
        asks: Asks { email: Asked::Optional, phone: Asked::Optional, note: true },
        waitlist_order: WaitlistOrder::FirstCome,
        services: HashMap::from([(massage(), offer())]),
        addons: HashMap::new(),
        packages: HashMap::new(),
        people: HashMap::from([(anna(), named("Anna")), (bert(), named("Bert"))]),
        rooms: HashMap::from([(cabin(), "Cabin".to_owned())]),
    }
}

/// Anna's, from ten to eleven in the cabin, for two.
fn visit(service: Id<Service>) -> Placed {
    let need = RoomNeed { places: 2, features: vec!["warm".into()], given: None };
    Placed {
        seats: vec![PlacedLine {
            service,
            staff: Some(anna()),
            span: Span { from: at(10, 0), to: at(11, 0) },
        }],
        rooms: vec![PlacedIn { room: cabin(), need: Some(need) }],
    }
}

#[test]
fn what_each_change_does_to_a_visit() {
    const CLOSED: &str = "closed";
    const OFF: &str = "staff_off";
    const ROOM: &str = "no_such_room";
    let window = |opens: i16, closes: i16| vec![Window { opens: opens * 60, closes: closes * 60 }];
    let next = day().succ_opt().unwrap();
    let weeks = |at: u128, hours, breaks| HashMap::from([(id(at), (hours, breaks))]);
    let none = Week::default;
    let away = |from, to| Change::Away(anna(), Span { from, to });
    let has = |names: &[&str]| Some(names.iter().map(|name| ((*name).into(), 0)).collect());
    let cases: Vec<(Change, &[&str])> = vec![
        (Change::Hours(daily(10, 11)), &[]),
        (Change::Hours(daily(11, 18)), &[CLOSED]),
        (Change::Hours(none()), &[CLOSED]),
        (Change::Zone(Tz::Europe__Paris), &[]),
        (Change::Zone(Tz::Asia__Tokyo), &[CLOSED, OFF]),
        (Change::Day(day(), Some(Vec::new())), &[CLOSED]),
        (Change::Day(day(), Some(window(10, 11))), &[]),
        (Change::Day(day(), None), &[]),
        (Change::Day(next, Some(Vec::new())), &[]),
        (Change::Closed(day(), day()), &[CLOSED]),
        (Change::Closed(next, next), &[]),
        (Change::LocationGone, &[CLOSED]),
        (Change::Work(anna(), weeks(HERE, daily(10, 11), none())), &[]),
        (Change::Work(anna(), weeks(HERE, daily(9, 18), daily(10, 11))), &[OFF]),
        (Change::Work(anna(), weeks(ANNEX, daily(9, 18), none())), &[OFF]),
        (Change::Work(bert(), HashMap::new()), &[]),
        (Change::WorkDay(anna(), id(HERE), day(), Some(window(11, 18))), &[OFF]),
        (Change::WorkDay(anna(), id(HERE), day(), Some(window(10, 11))), &[]),
        (Change::WorkDay(anna(), id(ANNEX), day(), Some(Vec::new())), &[]),
        (Change::WorkDay(bert(), id(HERE), day(), Some(Vec::new())), &[]),
        (away(at(10, 59), at(12, 0)), &[OFF]),
        (away(at(11, 0), at(12, 0)), &[]),
        (Change::Skills(anna(), HashMap::new()), &["cannot_do"]),
        (Change::Skills(anna(), HashMap::from([(massage(), Skill::default())])), &[]),
        (Change::Skills(bert(), HashMap::new()), &[]),
        (Change::StaffGone(anna()), &[OFF]),
        (Change::StaffGone(bert()), &[]),
        (Change::Room(cabin(), Some(1), None), &[ROOM]),
        (Change::Room(cabin(), Some(3), None), &[]),
        (Change::Room(cabin(), None, has(&["cold"])), &[ROOM]),
        (Change::Room(cabin(), None, has(&["warm", "cold"])), &[]),
        (Change::Room(id(32), Some(1), has(&[])), &[]),
        (Change::RoomGone(cabin()), &[ROOM]),
        (Change::RoomGone(id(32)), &[]),
        (Change::ServiceGone(massage()), &["nobody_can"]),
        (Change::ServiceGone(id(23)), &[]),
    ];
    let before = shop();
    for (change, reasons) in cases {
        let mut after = before.clone();
        apply(&mut after, &change);
        let why = newly(&before, &after, &visit(massage()), at(9, 0));
        assert_eq!(bookings::codes(&why), reasons, "{change:?}");
    }
}

#[test]
fn who_and_what_is_gone_is_offered_no_more() {
    let mut shop = shop();
    apply(&mut shop, &Change::StaffGone(anna()));
    apply(&mut shop, &Change::RoomGone(cabin()));
    assert!(!shop.people.contains_key(&anna()) && shop.people.contains_key(&bert()));
    assert!(shop.rooms.is_empty());
}

#[test]
fn skills_that_are_off_the_menu_stay() {
    let before = shop();
    let mut after = before.clone();
    apply(&mut after, &Change::Skills(anna(), HashMap::new()));
    assert_eq!(newly(&before, &after, &visit(old_rite()), at(9, 0)), []);
}

#[test]
fn a_cleared_day_is_as_any_week() {
    let mut before = shop();
    before.rules.hours = daily(12, 18);
    before.rules.days.insert(day(), vec![Window { opens: 600, closes: 660 }]);
    before.rules.staff[0].hours = daily(12, 18);
    before.rules.staff[0].days.insert(day(), vec![Window { opens: 600, closes: 660 }]);
    let after = |change: &Change| {
        let mut after = before.clone();
        apply(&mut after, change);
        bookings::codes(&newly(&before, &after, &visit(massage()), at(9, 0)))
    };
    assert_eq!(after(&Change::Day(day(), None)), ["closed"]);
    assert_eq!(after(&Change::WorkDay(anna(), id(HERE), day(), None)), ["staff_off"]);
}

#[test]
fn what_did_not_fit_before_is_not_the_changes_doing() {
    let mut before = shop();
    before.rules.hours = daily(12, 18);
    let mut after = before.clone();
    apply(&mut after, &Change::Hours(daily(13, 18)));
    assert_eq!(newly(&before, &after, &visit(massage()), at(9, 0)), []);
    // But what comes on top of it is.
    apply(&mut after, &Change::StaffGone(anna()));
    assert_eq!(
        bookings::codes(&newly(&before, &after, &visit(massage()), at(9, 0))),
        ["staff_off"]
    );
}
