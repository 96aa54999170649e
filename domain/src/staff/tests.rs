use chrono::{Duration, TimeZone as _, Utc};

use super::hours::check as check_hours;
use super::own::may_change;
use super::profile::{check as check_profile, hue_of};
use super::skills::{check as check_skills, in_words};
use super::time_off::check as check_time_off;
use super::*;
use crate::authz::{BuiltIn, Right, Rights, Role};
use crate::fault::Faults;
use crate::hours::NewOpening;
use crate::ids::{Membership, Session, Tenant};
use crate::patch::Patch;
use crate::tenancy::{Caller, Principal, RequestFacts, TenantFacts};

fn id<K: crate::ids::Kind>(number: u128) -> Id<K> {
    Id::from_uuid(uuid::Uuid::from_u128(number))
}

fn fields(faults: Faults) -> Vec<String> {
    faults.into_fields().into_iter().map(|fault| fault.field).collect()
}

#[test]
fn which_staff_can_be_meant() {
    type Case = (fn(&mut StaffChange), &'static [&'static str]);
    let cases: [Case; 14] = [
        (|_| {}, &[]),
        (|c| c.name = Some(" Lani Aguon ".into()), &[]),
        (|c| c.name = Some("💇🏽‍♀️ ليلى".into()), &[]),
        (|c| c.name = Some(" ".into()), &["/name"]),
        (|c| c.name = Some("a\u{7}".into()), &["/name"]),
        (|c| c.title = Some(String::new()), &[]),
        (|c| c.title = Some("x".repeat(81)), &["/title"]),
        (|c| c.hue = Some(0), &[]),
        (|c| c.hue = Some(360), &["/hue"]),
        (|c| c.daily_cap = Patch::Put(1), &[]),
        (|c| c.daily_cap = Patch::Clear, &[]),
        (|c| c.daily_cap = Patch::Put(0), &["/daily_cap"]),
        (|c| c.daily_cap = Patch::Put(201), &["/daily_cap"]),
        (|c| (c.hue, c.name) = (Some(-1), Some(String::new())), &["/name", "/hue"]),
    ];
    for (change, faulty) in cases {
        let mut wanted = StaffChange::default();
        change(&mut wanted);
        let mut faults = Faults::new();
        let checked = check_profile(&wanted, &mut faults);
        assert_eq!(fields(faults), faulty, "{wanted:?}");
        assert_eq!(checked.daily_cap, wanted.daily_cap);
    }
}

#[test]
fn neighbours_have_colours_of_their_own() {
    let hues: Vec<_> = (0..12).map(hue_of).collect();
    for (place, hue) in hues.iter().enumerate() {
        assert!((0..360).contains(hue));
        for other in &hues[..place] {
            let apart = (hue - other).rem_euclid(360).min((other - hue).rem_euclid(360));
            assert!(apart >= 15, "{hues:?}");
        }
    }
    assert!((0..360).contains(&hue_of(i32::MAX)));
}

#[test]
fn which_skills_can_be_meant() {
    let skill = |service, duration_minutes, price_minor| NewSkill {
        service: id(service),
        duration_minutes,
        price_minor,
    };
    let cases: [(Vec<NewSkill>, &[&str]); 9] = [
        (vec![], &[]),
        (vec![skill(1, None, None), skill(2, Some(45), Some(0))], &[]),
        (vec![skill(1, Some(1440), Some(10_000_000_000))], &[]),
        (vec![skill(1, Some(0), None)], &["/skills/0/duration_minutes"]),
        (vec![skill(1, Some(-30), None)], &["/skills/0/duration_minutes"]),
        (vec![skill(1, Some(1441), None)], &["/skills/0/duration_minutes"]),
        (vec![skill(1, None, Some(-1))], &["/skills/0/price_minor"]),
        (vec![skill(1, None, None), skill(1, Some(30), None)], &["/skills/1/service_id"]),
        (vec![skill(1, None, None); 501], &["/skills"]),
    ];
    for (skills, faulty) in cases {
        let mut faults = Faults::new();
        check_skills(&skills, &mut faults);
        assert_eq!(fields(faults), faulty, "{skills:?}");
    }
}

#[test]
fn the_log_says_what_is_special_about_a_skill() {
    let skill = |duration_minutes, price_minor| Skill {
        service: id(1),
        service_name: "Facial".into(),
        duration_minutes,
        price_minor,
    };
    let skills = [skill(None, None), skill(Some(75), None), skill(Some(75), Some(9000))];
    assert_eq!(in_words(&skills), ["Facial", "Facial (75 min)", "Facial (75 min, price 9000)"]);
}

#[test]
fn which_weeks_can_be_meant() {
    type Times = &'static [(u8, &'static str, &'static str)];
    type Case = (&'static [(u128, Times, Times)], &'static [&'static str]);
    const NINE_TO_FIVE: Times = &[(1, "09:00", "17:00")];
    let cases: [Case; 13] = [
        (&[], &[]),
        (&[(1, &[], &[])], &[]),
        (&[(1, NINE_TO_FIVE, &[(1, "12:00", "12:30")])], &[]),
        (&[(1, &[(1, "09:00", "12:00"), (1, "13:00", "17:00")], &[])], &[]),
        // At two places at once: whoever books first decides.
        (&[(1, NINE_TO_FIVE, &[]), (2, NINE_TO_FIVE, &[])], &[]),
        (&[(1, NINE_TO_FIVE, &[]), (1, &[], &[])], &["/locations/1/location_id"]),
        (&[(1, &[(1, "09:00", "12:00"), (1, "11:00", "17:00")], &[])], &["/locations/0/work/1"]),
        (&[(1, &[(8, "09:00", "12:00")], &[])], &["/locations/0/work/0/weekday"]),
        (&[(1, &[(1, "09:00", "09:00")], &[])], &["/locations/0/work/0/closes"]),
        (
            &[(1, NINE_TO_FIVE, &[(1, "12:00", "13:00"), (1, "12:30", "13:30")])],
            &["/locations/0/breaks/1"],
        ),
        (&[(1, NINE_TO_FIVE, &[(2, "12:00", "13:00")])], &["/locations/0/breaks"]),
        (&[(1, &[], &[(1, "12:00", "13:00")])], &["/locations/0/breaks"]),
        // Sunday's night goes on in Monday's morning.
        (&[(1, &[(7, "22:00", "06:00")], &[(1, "02:00", "02:30")])], &[]),
    ];
    for (week, faulty) in cases {
        let typed = |times: Times| {
            let one = |(weekday, opens, closes): &(u8, &str, &str)| NewOpening {
                weekday: *weekday,
                opens: (*opens).to_owned(),
                closes: (*closes).to_owned(),
            };
            times.iter().map(one).collect::<Vec<_>>()
        };
        let hours = |(location, work, breaks): &(u128, Times, Times)| NewHours {
            location: id(*location),
            work: typed(work),
            breaks: typed(breaks),
        };
        let week: Vec<_> = week.iter().map(hours).collect();
        let mut faults = Faults::new();
        check_hours(&week, &mut faults);
        assert_eq!(fields(faults), faulty, "{week:?}");
    }
}

#[test]
fn which_time_off_can_be_meant() {
    let now = Utc.with_ymd_and_hms(2026, 3, 2, 9, 0, 0).unwrap();
    let (hours, days) = (Duration::hours, Duration::days);
    let cases: [(Duration, Duration, Option<(&str, &str)>); 12] = [
        (hours(1), hours(2), None),
        (hours(-2), hours(-1), None),
        (days(-10), days(-1) + hours(1), None),
        (days(1), days(367), None),
        (days(1000), days(1001), None),
        (hours(2), hours(2), Some(("/ends_at", "ends_before_start"))),
        (hours(2), hours(1), Some(("/ends_at", "ends_before_start"))),
        // Nothing is left of it in the database.
        (
            Duration::nanoseconds(1),
            Duration::nanoseconds(9),
            Some(("/ends_at", "ends_before_start")),
        ),
        (days(1), days(367) + hours(1), Some(("/ends_at", "too_long"))),
        (days(-3), days(-1), Some(("/ends_at", "in_the_past"))),
        (days(1200), days(1201), Some(("/starts_at", "too_far_ahead"))),
        (days(0), days(3650), Some(("/ends_at", "too_long"))),
    ];
    for (from, to, fault) in cases {
        let new = NewTimeOff { starts_at: now + from, ends_at: now + to, reason: " away ".into() };
        let mut faults = Faults::new();
        let kept = check_time_off(&new, now, &mut faults);
        let found = faults.into_fields().pop().map(|fault| (fault.field, fault.code));
        assert_eq!(found, fault.map(|(at, code)| (at.to_owned(), code)), "{new:?}");
        assert_eq!(kept.map(|kept| kept.reason), fault.is_none().then(|| "away".to_owned()));
    }
}

#[test]
fn hours_are_changed_by_whom_they_belong_to_and_by_the_managers() {
    let tenant = TenantFacts {
        id: id::<Tenant>(1),
        plan: "team".into(),
        require_two_factor: false,
        read_only: false,
    };
    let caller = |rights: &[Right], user: Option<u128>| {
        let principal = match user {
            Some(user) => Principal::Member {
                user: id(user),
                membership: id::<Membership>(1),
                session: id::<Session>(1),
                role: Role::BuiltIn(BuiltIn::Provider),
                name: "Somebody".into(),
            },
            None => Principal::ApiKey { key: id(1), name: "till".into() },
        };
        let rights: Rights = rights.iter().copied().collect();
        Caller::new(tenant.clone(), principal, rights, RequestFacts::default())
    };
    let provider = [Right::ReadStaff, Right::UpdateOwnHours];
    let manager = [Right::ReadStaff, Right::UpdateOwnHours, Right::UpdateStaff];
    let blind = [Right::UpdateOwnHours];
    let code = |caller: &Caller, login: Option<u128>| match may_change(caller, login.map(id)) {
        Ok(()) => "may",
        Err(StaffError::NotYours) => "not yours",
        Err(StaffError::NotFound) => "not found",
        Err(other) => panic!("{other}"),
    };
    let cases = [
        (&provider[..], Some(7), Some(7), "may"),
        (&provider, Some(7), Some(8), "not yours"),
        // Nobody's record is nobody's own.
        (&provider, Some(7), None, "not yours"),
        (&provider, None, None, "not yours"),
        (&manager, Some(7), Some(8), "may"),
        (&manager, Some(7), None, "may"),
        (&manager, None, Some(8), "may"),
        (&blind, Some(7), Some(7), "may"),
        (&blind, Some(7), Some(8), "not found"),
    ];
    for (rights, user, login, expected) in cases {
        assert_eq!(code(&caller(rights, user), login), expected, "{rights:?} {user:?} {login:?}");
    }
}
