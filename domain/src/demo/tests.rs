use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::data::{Category, Customer, Life, Service, Staff};
use super::dice::Dice;
use super::life::{Moment, Team, story};
use super::regulars::Rhythm;
use super::*;
use crate::authz::BuiltIn;
use crate::availability::{Alignment, Span};
use crate::bookings::{Begun, Status};
use crate::config::{Countries, Plans, is_reserved_slug};
use crate::entropy::TestEntropy;
use crate::fault::Faults;
use crate::forms::check_answers;
use crate::phone::Phone;
use crate::secrets::PasswordRule;
use crate::text;

fn shop(slug: &str) -> &'static Shop {
    shops().iter().find(|shop| shop.business.slug == slug).unwrap()
}

#[test]
fn every_demo_business_could_have_signed_up() {
    for shop in shops() {
        let (business, slug) = (&shop.business, shop.business.slug.as_str());
        assert_eq!(text::slug(slug).as_deref(), Ok(slug));
        assert!(!is_reserved_slug(slug), "{slug}");
        let country = Countries::shipped().get(&business.country).expect(slug);
        assert_eq!(country.currency, business.currency, "{slug}");
        for place in &shop.places {
            assert!(country.zones.contains(&place.time_zone), "{slug}: {place:?}");
        }
        assert_eq!(shop.places[0].time_zone, business.time_zone, "{slug}");
        let plan = Plans::shipped().get(&business.plan).expect(slug);
        assert!(plan.locations as usize >= shop.places.len(), "{slug}");
        assert!(plan.staff as usize >= shop.staff.len().max(shop.team.people().len()), "{slug}");
        assert!(Alignment::stored(&shop.policy.alignment).is_ok(), "{slug}");
    }
}

#[test]
fn every_demo_login_can_be_had() {
    let logins = logins(shops());
    let addresses: HashSet<_> = logins.iter().map(|login| &login.email).collect();
    assert_eq!(addresses.len(), 13);
    for login in &logins {
        let email = Email::parse(&login.email).expect(&login.email);
        assert_eq!(email.key(), login.email);
        let about = PasswordContext { email: &login.email, name: &login.name };
        assert_eq!(PasswordRule::check(PASSWORD, about), Ok(()), "{login:?}");
        let known = BuiltIn::from_key(login.role).is_some();
        assert_eq!(known, login.business.is_some(), "{login:?}");
    }
    assert_eq!(logins.iter().filter(|login| login.role == "owner").count(), 3);
}

/// How many, the lowest and the highest price, the shortest and the longest.
type Range = (usize, (i64, i64), (i32, i32));

fn range(things: impl Iterator<Item = (i64, i32)> + Clone) -> Range {
    let ends = |all: Vec<i64>| (*all.iter().min().unwrap(), *all.iter().max().unwrap());
    let prices = ends(things.clone().map(|(price, _)| price).collect());
    let (short, long) = ends(things.clone().map(|(_, minutes)| minutes.into()).collect());
    (things.count(), prices, (i32::try_from(short).unwrap(), i32::try_from(long).unwrap()))
}

#[test]
fn the_day_spa_is_the_reference_shop() {
    let spa = shop("lagoon");
    let minutes: BTreeMap<&str, i32> =
        spa.services().map(|(_, service)| (service.name.as_str(), service.minutes)).collect();
    let of = |category: &Category| range(category.services.iter().map(|s| (s.price, s.minutes)));
    let services: BTreeMap<&str, Range> = (spa.categories.iter())
        .filter(|category| !category.services.is_empty())
        .map(|category| (category.name.as_str(), of(category)))
        .collect();
    let expected = [
        ("Facials", (8, (65, 120), (30, 120))),
        ("Body massage", (6, (80, 120), (60, 150))),
        ("Body treatments", (8, (65, 150), (30, 30))),
        ("Waxing", (16, (10, 80), (5, 60))),
        ("Body scrub", (2, (65, 65), (30, 30))),
    ];
    assert_eq!(services, BTreeMap::from(expected));
    let packages = (spa.packages.iter())
        .map(|one| (one.price, one.items.iter().map(|item| minutes[item.as_str()]).sum::<i32>()));
    assert_eq!(range(packages), (3, (130, 200), (90, 150)));
    let plans: Vec<_> = spa.plans.iter().map(|plan| (plan.price, plan.period.as_str())).collect();
    assert_eq!(plans, [(50, "year")]);
    assert_eq!(spa.categories.len(), 7);
    assert_eq!(spa.services().count() + spa.packages.len() + spa.plans.len(), 44);
    // Only waxing could do without a room.
    assert!(spa.categories.iter().all(|one| one.room || one.services.is_empty()));
}

/// The categories that somebody does all of, and the days on which they work.
fn weeks(staff: &Staff) -> (Vec<&str>, BTreeSet<u8>) {
    let days = staff.work.values().flat_map(|week| &week.0).map(|open| open.weekday).collect();
    (staff.skills.iter().map(String::as_str).collect(), days)
}

#[test]
fn the_day_spa_has_its_four_staff_and_three_rooms() {
    let spa = shop("lagoon");
    let everything = vec!["Facials", "Body massage", "Body treatments", "Waxing", "Body scrub"];
    let expected = [
        (everything, BTreeSet::from([1, 2, 3, 4, 5, 6, 7])),
        (vec!["Facials"], BTreeSet::from([1, 3, 5, 6, 7])),
        (vec!["Facials", "Waxing"], BTreeSet::from([1, 3, 5, 6, 7])),
        (vec!["Body massage"], BTreeSet::from([7])),
    ];
    assert_eq!(spa.staff.iter().map(weeks).collect::<Vec<_>>(), expected);
    let rooms: Vec<_> = spa
        .rooms
        .iter()
        .map(|room| {
            let features: Vec<_> =
                room.features.iter().map(|(name, rank)| (name.as_str(), *rank)).collect();
            (room.name.as_str(), room.places, features)
        })
        .collect();
    let expected = [
        ("Room 1", 1, vec![]),
        ("Room 2", 2, vec![("couples", 1)]),
        ("Room 3", 2, vec![("couples", 0), ("scrub", 0)]),
    ];
    assert_eq!(rooms, expected);
    let of = |name: &str| spa.categories.iter().find(|one| one.name == name).unwrap();
    assert_eq!(of("Body scrub").features, ["scrub"]);
    let for_two: Vec<&str> = (spa.services())
        .filter(|(_, service)| service.party == 2)
        .map(|(_, service): (_, &Service)| service.name.as_str())
        .collect();
    assert_eq!(for_two, ["Couples massage"]);
}

#[test]
fn the_barbershop_has_six_chairs_and_somebody_at_two_places() {
    let barbers = shop("six-chairs");
    let chairs = barbers.rooms.iter().filter(|room| room.features.contains_key("chair"));
    assert_eq!(chairs.count(), 6);
    assert_eq!(barbers.places.len(), 3);
    let zones: HashSet<_> = barbers.places.iter().map(|place| &place.time_zone).collect();
    assert_eq!(zones.len(), 2);
    assert!(barbers.categories.iter().all(|category| category.features == ["chair"]));
    let travels: Vec<_> = barbers.staff.iter().filter(|staff| staff.work.len() == 2).collect();
    assert_eq!(travels.len(), 1);
    let days = |week: &data::Week| week.0.iter().map(|open| open.weekday).collect::<HashSet<_>>();
    let both: Vec<_> = travels[0].work.values().map(days).collect();
    assert!(both[0].is_disjoint(&both[1]));
    assert_eq!(barbers.policy.alignment, "packed");
}

#[test]
fn the_clinic_approves_asks_and_takes_deposits() {
    let clinic = shop("kirana");
    assert!(clinic.policy.needs_approval);
    assert!(clinic.categories.iter().any(|category| category.deposit_percent > 0));
    let kinds: HashSet<_> = clinic.forms.iter().map(|form| form.kind.as_str()).collect();
    assert_eq!(kinds, HashSet::from(["intake", "consent"]));
    for form in &clinic.forms {
        let asked = offer::body(form);
        assert_eq!(asked.kind().key(), form.kind);
        let crate::forms::FormBody::Intake { questions } = asked else { continue };
        let mut dice = Dice::from(&TestEntropy::seeded(3));
        for _ in 0..50 {
            let given = serde_json::from_value(forms::answers(form, &mut dice)).unwrap();
            let mut faults = Faults::new();
            check_answers("/answers", &questions, &given, &mut faults);
            assert!(faults.is_empty(), "{given:?}");
        }
    }
}

#[test]
fn every_name_in_the_files_is_somebodys() {
    for shop in shops() {
        let slug = &shop.business.slug;
        let services: Vec<&str> = shop.services().map(|(_, one)| one.name.as_str()).collect();
        assert_eq!(services.iter().collect::<HashSet<_>>().len(), services.len(), "{slug}");
        let service = |name: &String| assert!(services.contains(&name.as_str()), "{slug}: {name}");
        let category = |name: &String| shop.categories.iter().any(|one| one.name == *name);
        let place =
            |name: &String| assert!(shop.places.iter().any(|one| one.name == *name), "{name}");
        for package in &shop.packages {
            assert!(category(&package.category), "{slug}: {package:?}");
            package.items.iter().for_each(service);
        }
        for plan in &shop.plans {
            assert!(category(&plan.category), "{slug}: {plan:?}");
            plan.opens.iter().for_each(service);
        }
        for one in &shop.categories {
            for form in &one.forms {
                assert!(shop.forms.iter().any(|known| known.name == *form), "{slug}: {form}");
            }
            for addon in &one.addons {
                assert!(shop.addons.iter().any(|known| known.name == *addon), "{slug}: {addon}");
            }
        }
        let logins: HashSet<_> = shop.staff.iter().filter_map(|one| one.login.as_deref()).collect();
        assert_eq!(logins, HashSet::from(["owner", "provider"]), "{slug}");
        for staff in &shop.staff {
            for skill in &staff.skills {
                assert!(category(skill) || services.contains(&skill.as_str()), "{slug}: {skill}");
            }
            staff.own.iter().map(|own| &own.service).for_each(service);
            staff.work.keys().chain(staff.breaks.keys()).for_each(place);
            let room = staff.room.as_ref();
            assert!(room.is_none_or(|name| shop.rooms.iter().any(|one| one.name == *name)));
            let (role, name) = (staff.login.as_deref(), staff.name.as_str());
            let of_role = shop.team.people().into_iter().find(|(known, _)| Some(*known) == role);
            assert!(
                role.is_none() || of_role.is_some_and(|(_, one)| one == name),
                "{slug}: {name}"
            );
        }
        shop.rooms.iter().map(|room| &room.place).for_each(place);
        shop.closures.iter().filter_map(|one| one.place.as_ref()).for_each(place);
        for regular in &shop.regulars {
            service(&regular.service);
            place(&regular.place);
            assert!(shop.customers.iter().any(|one| one.name == regular.customer), "{regular:?}");
            let named = |name: &String| shop.staff.iter().any(|one| one.name == *name);
            assert!(regular.staff.as_ref().is_none_or(named), "{regular:?}");
            let now = instant("2026-03-04T10:00:00Z");
            assert!(Rhythm::of(regular, shop, now).is_some(), "{regular:?}");
        }
        for waiting in &shop.waiting {
            service(&waiting.service);
            assert!(shop.customers.iter().any(|one| one.name == waiting.customer), "{waiting:?}");
        }
    }
}

/// On which days somebody comes again; the first is a Tuesday.
#[test]
fn who_comes_again_comes_on_these_days() {
    let now = instant("2026-03-02T10:00:00Z");
    let spa = shop("lagoon");
    let on = |every: &str, step, days: &[&str]| -> Vec<Option<i16>> {
        let regular = data::Regular {
            customer: String::new(),
            service: String::new(),
            place: String::new(),
            staff: None,
            every: every.to_owned(),
            step,
            from: -25,
            weekday: "tuesday".to_owned(),
            time: "16:30".to_owned(),
        };
        let rhythm = Rhythm::of(&regular, spa, now).unwrap();
        days.iter().map(|day| rhythm.on(day.parse().unwrap())).collect()
    };
    let weeks = ["2026-02-09", "2026-02-10", "2026-02-17", "2026-02-24", "2026-03-10"];
    assert_eq!(on("week", 1, &weeks), [None, Some(1), Some(2), Some(3), Some(5)]);
    assert_eq!(on("week", 2, &weeks), [None, Some(1), None, Some(2), Some(3)]);
    let months = ["2026-01-10", "2026-02-10", "2026-03-10", "2026-03-11", "2026-04-10"];
    assert_eq!(on("month", 1, &months), [None, Some(1), Some(2), None, Some(3)]);
    assert_eq!(on("month", 2, &months), [None, Some(1), None, None, Some(2)]);
}

/// Everything on the menu can be had from somebody.
#[test]
fn nothing_on_a_menu_is_for_nobody() {
    for shop in shops() {
        for (category, service) in shop.services() {
            let can = |staff: &&Staff| {
                staff.skills.contains(&category.name) || staff.skills.contains(&service.name)
            };
            let hands = shop.staff.iter().filter(can).count();
            assert!(hands >= usize::try_from(service.party).unwrap(), "{}", service.name);
            let features = service.features.as_ref().unwrap_or(&category.features);
            let fits =
                |room: &data::Room| features.iter().all(|one| room.features.contains_key(one));
            assert!(!category.room || shop.rooms.iter().any(fits), "{}", service.name);
        }
    }
}

#[test]
fn customers_can_be_reached_and_some_may_be_one_person() {
    for shop in shops() {
        let slug = &shop.business.slug;
        let is_e164 = |one: &&Customer| {
            Phone::parse(&one.phone, "XX").is_ok_and(|phone| phone.as_str() == one.phone)
        };
        let wrong: Vec<_> = shop.customers.iter().filter(|one| !is_e164(one)).collect();
        assert!(wrong.is_empty(), "{slug}: {wrong:?}");
        for one in &shop.customers {
            assert!(Email::parse(&one.email).is_ok(), "{slug}: {}", one.email);
            let (_, domain) = one.email.split_once('@').unwrap();
            assert!(["example.com", "example.org", "example.net"].contains(&domain), "{domain}");
            assert_eq!(text::line(&one.name, 1, 80).as_deref(), Ok(one.name.as_str()));
            assert!(crate::config::LOCALES.contains(&one.locale.as_str()), "{}", one.locale);
        }
        let pairs = |one: &Customer| {
            let alike = |other: &&Customer| people::likeness(one, other).is_some();
            shop.customers.iter().filter(|other| other.name != one.name).filter(alike).count()
        };
        assert!(shop.customers.iter().map(pairs).sum::<usize>() >= 4, "{slug}");
        assert!(shop.customers.len() >= 30, "{slug}");
    }
}

fn instant(text: &str) -> crate::time::Instant {
    text.parse().unwrap()
}

/// Whatever the dice say and whenever it is, a life is one that the states allow, and none of it
/// lies in the future.
#[test]
fn every_life_could_have_been_lived() {
    let mut dice = Dice::from(&TestEntropy::seeded(11));
    let hand = |name: &str| Actor::user("usr_1", name);
    let team = Team { manager: hand("Mia"), desk: hand("Dan") };
    let life = Life {
        no_show_percent: 15,
        cancel_percent: 15,
        addon_percent: 0,
        notes: Vec::new(),
        staff_notes: Vec::new(),
        reasons: vec!["Fever".to_owned()],
        walk_ins: Vec::new(),
    };
    let mut met = BTreeSet::new();
    let span = Span { from: instant("2026-03-02T10:00:00Z"), to: instant("2026-03-02T11:00:00Z") };
    for round in 0..4_000 {
        let begun = if round % 2 == 0 { Begun::Held } else { Begun::Booked };
        let now =
            instant("2026-03-01T12:00:00Z") + chrono::Duration::minutes(dice.between(0, 2_880));
        let walks_in = begun == Begun::Booked && now >= span.from && dice.percent(30);
        let lead = chrono::Duration::minutes(if walks_in { 2 } else { dice.between(240, 4_000) });
        let booked_at = (span.from - lead).min(now - chrono::Duration::minutes(20));
        let moment = Moment {
            span,
            booked_at: if walks_in { span.from - lead } else { booked_at },
            begun,
            walks_in,
            needs_approval: dice.percent(50),
            deposit: if dice.percent(50) { 500 } else { 0 },
            cancel_notice: chrono::Duration::hours(2),
        };
        let story = story(&life, &team, moment, now, &mut dice);
        let status = story.status().unwrap_or_else(|| panic!("{story:?}"));
        met.insert(status.key());
        let times: Vec<_> =
            std::iter::once(story.at).chain(story.steps.iter().map(|s| s.at)).collect();
        assert!(times.is_sorted() && times.iter().all(|at| *at <= now), "{now} {story:?}");
        let over = now >= span.to + chrono::Duration::minutes(30);
        let open = status.is_open() || status == Status::Held;
        assert!(!over || !open, "{now} {story:?}");
        let begun_yet = matches!(status, Status::InService | Status::Completed | Status::NoShow);
        assert!(!begun_yet || now >= span.from, "{now} {story:?}");
    }
    let all = ["cancelled", "checked_in", "completed", "confirmed", "in_service", "no_show"];
    for expected in all.iter().chain(&["pending_approval", "pending_payment"]) {
        assert!(met.contains(expected), "{expected} in {met:?}");
    }
    assert!(!met.contains("held"));
}
