use std::collections::BTreeMap;

use uuid::Uuid;

use super::addons::{self, AddonFacts, AddonTerms};
use super::packages::{self, PackageFacts, PackageMode, PackageTerms};
use super::plans::{self, PlanFacts, PlanPeriod, PlanTerms};
use super::public::chosen;
use super::services::{
    self, Deposit, DepositKind, PolicyOverrides, ServiceChange, ServiceFacts, ServiceTerms,
};
use super::*;
use crate::fault::{Explain as _, Faults};
use crate::forms::{FormBody, FormFacts};
use crate::ids::{Id, Kind};

fn id<K: Kind>(number: u128) -> Id<K> {
    Id::from_uuid(Uuid::from_u128(number))
}

fn massage() -> ServiceTerms {
    ServiceTerms::plain(id(1), "Massage".to_owned(), 60, 9_000)
}

fn fields(faults: Faults) -> Vec<String> {
    let named = |fault: crate::fault::FieldFault| format!("{} {}", fault.field, fault.code);
    faults.into_fields().into_iter().map(named).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "a line or two for each case")]
fn which_services_can_be_meant() {
    let some = |n: usize| Some(vec!["couples".to_owned(); n]);
    let deposit = |kind, value| Some(Deposit { kind, value });
    let policy = |policy| ServiceChange { policy: Some(policy), ..ServiceChange::default() };
    let plain = ServiceChange::default;
    let named = |name: &str| ServiceChange { name: Some(name.to_owned()), ..plain() };
    let cases: Vec<(ServiceChange, &[&str])> = vec![
        (plain(), &[]),
        (named("💆 تدليك Ñandú"), &[]),
        (named(" \u{200f}عناية "), &[]),
        (named("  "), &["/name required"]),
        (named("a\nb"), &["/name invalid"]),
        (named(&"x".repeat(121)), &["/name too_long"]),
        (
            ServiceChange { description: Some("x".repeat(2001)), ..plain() },
            &["/description too_long"],
        ),
        (ServiceChange { duration_minutes: Some(1440), ..plain() }, &[]),
        (ServiceChange { duration_minutes: Some(0), ..plain() }, &["/duration_minutes too_small"]),
        (
            ServiceChange { duration_minutes: Some(-60), ..plain() },
            &["/duration_minutes too_small"],
        ),
        (
            ServiceChange { duration_minutes: Some(1441), ..plain() },
            &["/duration_minutes too_large"],
        ),
        (
            ServiceChange {
                buffer_before_minutes: Some(-1),
                buffer_after_minutes: Some(241),
                ..plain()
            },
            &["/buffer_before_minutes too_small", "/buffer_after_minutes too_large"],
        ),
        (ServiceChange { price_minor: Some(0), ..plain() }, &[]),
        (ServiceChange { price_minor: Some(10_000_000_000), ..plain() }, &[]),
        (ServiceChange { price_minor: Some(-1), ..plain() }, &["/price_minor too_small"]),
        (
            ServiceChange { price_minor: Some(10_000_000_001), ..plain() },
            &["/price_minor too_large"],
        ),
        (ServiceChange { max_customers: Some(2), ..plain() }, &[]),
        (ServiceChange { min_customers: Some(2), ..plain() }, &["/max_customers less_than_min"]),
        (
            ServiceChange { min_customers: Some(0), max_customers: Some(3), ..plain() },
            &["/min_customers too_small", "/max_customers too_large"],
        ),
        (
            ServiceChange { staff_per_customer: Some(0), ..plain() },
            &["/staff_per_customer needs_nothing"],
        ),
        (ServiceChange { staff_per_customer: Some(0), needs_room: Some(true), ..plain() }, &[]),
        (
            ServiceChange { staff_per_customer: Some(3), ..plain() },
            &["/staff_per_customer too_large"],
        ),
        (ServiceChange { needs_room: Some(true), room_features: some(1), ..plain() }, &[]),
        (ServiceChange { room_features: some(1), ..plain() }, &["/room_features needs_no_room"]),
        (
            ServiceChange {
                needs_room: Some(true),
                room_features: some(21),
                room_features_for_two: Some(vec!["scrub".into(), " ".into()]),
                ..plain()
            },
            &["/room_features too_many", "/room_features_for_two/1 required"],
        ),
        (ServiceChange { deposit: deposit(DepositKind::Percent, 100), ..plain() }, &[]),
        (ServiceChange { deposit: deposit(DepositKind::Fixed, 9_000), ..plain() }, &[]),
        (
            ServiceChange { deposit: deposit(DepositKind::None, 1), ..plain() },
            &["/deposit/value too_large"],
        ),
        (
            ServiceChange { deposit: deposit(DepositKind::Percent, 101), ..plain() },
            &["/deposit/value too_large"],
        ),
        (
            ServiceChange { deposit: deposit(DepositKind::Percent, 0), ..plain() },
            &["/deposit/value too_small"],
        ),
        (
            ServiceChange { deposit: deposit(DepositKind::Fixed, 9_001), ..plain() },
            &["/deposit/value more_than_price"],
        ),
        (
            ServiceChange { deposit: deposit(DepositKind::Fixed, -5), ..plain() },
            &["/deposit/value too_small"],
        ),
        // What was fine before may not be with the change.
        (
            ServiceChange {
                price_minor: Some(10),
                deposit: deposit(DepositKind::Fixed, 11),
                ..plain()
            },
            &["/deposit/value more_than_price"],
        ),
        (
            ServiceChange {
                addons: Some((0..51).map(id).collect()),
                forms: Some((0..11).map(id).collect()),
                ..plain()
            },
            &["/addon_ids too_many", "/form_ids too_many"],
        ),
        (
            policy(PolicyOverrides {
                slot_step_minutes: Some(4),
                notice_minutes: Some(-1),
                horizon_days: Some(731),
                cancel_notice_minutes: Some(525_601),
                late_cancel_fee_percent: Some(101),
                ..PolicyOverrides::default()
            }),
            &[
                "/policy/slot_step_minutes too_small",
                "/policy/notice_minutes too_small",
                "/policy/horizon_days too_large",
                "/policy/cancel_notice_minutes too_large",
                "/policy/late_cancel_fee_percent too_large",
            ],
        ),
        (
            policy(PolicyOverrides {
                notice_minutes: Some(2 * 1440 + 1),
                horizon_days: Some(1),
                ..PolicyOverrides::default()
            }),
            &["/policy/notice_minutes beyond_horizon"],
        ),
        (
            policy(PolicyOverrides {
                notice_minutes: Some(2 * 1440),
                horizon_days: Some(1),
                ..PolicyOverrides::default()
            }),
            &[],
        ),
    ];
    for (change, faulty) in cases {
        let (_, faults) = services::check(change.clone().over(massage()));
        assert_eq!(fields(faults), faulty, "{change:?}");
    }
}

/// What a service has otherwise goes with what the business has, or nobody could book it.
#[test]
fn which_rules_of_their_own_services_can_have() {
    use crate::availability::Alignment;
    use crate::policies::{Asked, Policy, RiskAsks, WaitlistOrder};
    let shop = Policy {
        slot_step_minutes: 15,
        alignment: Alignment::Clock,
        notice_minutes: 4_320,
        horizon_days: 60,
        cancel_notice_minutes: 0,
        move_notice_minutes: 0,
        late_cancel_fee_percent: 0,
        no_show_fee_percent: 0,
        needs_approval: false,
        verify_contact: false,
        ask_card: false,
        risk_from: None,
        risk_asks: RiskAsks::Approval,
        risk_deposit_percent: 50,
        ask_email: Asked::Hidden,
        ask_phone: Asked::Required,
        ask_note: true,
        waitlist_order: WaitlistOrder::FirstCome,
        version: 1,
    };
    let own = |notice_minutes, horizon_days, verify_contact| PolicyOverrides {
        notice_minutes,
        horizon_days,
        verify_contact,
        ..PolicyOverrides::default()
    };
    let cases: [(PolicyOverrides, &[&str]); 9] = [
        (own(None, None, None), &[]),
        (own(Some(61 * 1440), None, None), &[]),
        (own(Some(61 * 1440 + 1), None, None), &["/policy/notice_minutes beyond_horizon"]),
        (own(None, Some(2), None), &[]),
        (own(None, Some(1), None), &["/policy/horizon_days beyond_horizon"]),
        (own(Some(60), Some(1), None), &[]),
        (own(None, None, Some(false)), &[]),
        (own(None, None, Some(true)), &["/policy/verify_contact needs_email"]),
        (
            own(None, Some(1), Some(true)),
            &["/policy/horizon_days beyond_horizon", "/policy/verify_contact needs_email"],
        ),
    ];
    for (own, faulty) in cases {
        let mut faults = Faults::new();
        services::check_under(&mut faults, own, &shop);
        assert_eq!(fields(faults), faulty, "{own:?}");
    }
    let asked = Policy { ask_email: Asked::Optional, ..shop };
    let mut faults = Faults::new();
    services::check_under(&mut faults, own(None, None, Some(true)), &asked);
    assert!(faults.is_empty());
}

#[test]
fn terms_are_kept_trimmed_and_once() {
    let change = ServiceChange {
        name: Some("  💆🏽 Massage ".to_owned()),
        description: Some("one\r\ntwo\n".to_owned()),
        needs_room: Some(true),
        room_features: Some(vec!["scrub".into(), " scrub ".into(), "couples".into()]),
        ..ServiceChange::default()
    };
    let (kept, faults) = services::check(change.over(massage()));
    assert!(faults.is_empty());
    assert_eq!((kept.name.as_str(), kept.description.as_str()), ("💆🏽 Massage", "one\ntwo"));
    assert_eq!(kept.room_features, ["scrub", "couples"]);
}

#[test]
fn which_addons_packages_and_plans_can_be_meant() {
    let addon = |name: &str, duration_minutes, price_minor| {
        let terms = AddonTerms { name: name.to_owned(), duration_minutes, price_minor };
        match addons::check(terms) {
            Ok(_) => Vec::new(),
            Err(error) => error.fields().iter().map(|fault| fault.field.clone()).collect(),
        }
    };
    assert_eq!(addon("Oil", 0, 0), [""; 0]);
    assert_eq!(addon("", -1, -1), ["/name", "/duration_minutes", "/price_minor"]);
    assert_eq!(addon("Oil", 481, 0), ["/duration_minutes"]);

    let package = |services: u128, price_minor| {
        let (_, faults) = packages::check(PackageTerms {
            services: (0..services).map(id).collect(),
            price_minor,
            ..day().terms
        });
        fields(faults)
    };
    assert_eq!(package(1, 0), [""; 0]);
    assert_eq!(package(10, 0), [""; 0]);
    assert_eq!(package(0, 0), ["/service_ids too_few"]);
    assert_eq!(package(11, -1), ["/price_minor too_small", "/service_ids too_many"]);

    let plan = |benefits: &[&str], discount_percent| {
        let (_, faults) = plans::check(PlanTerms {
            benefits: benefits.iter().map(|benefit| (*benefit).to_owned()).collect(),
            discount_percent,
            ..club().terms
        });
        fields(faults)
    };
    assert_eq!(plan(&[], 0), [""; 0]);
    assert_eq!(plan(&["🎂 on your birthday"], 100), [""; 0]);
    assert_eq!(plan(&["one", ""], 101), ["/benefits/1 required", "/discount_percent too_large"]);
    assert_eq!(plan(&["x"; 21], -1), ["/benefits too_many", "/discount_percent too_small"]);
}

fn service(number: u128, change: ServiceChange) -> ServiceFacts {
    ServiceFacts {
        id: id(number),
        terms: change.over(massage()),
        category_name: "Massages".to_owned(),
        currency: "USD".to_owned(),
        version: 1,
        archived_at: None,
    }
}

fn day() -> PackageFacts {
    PackageFacts {
        id: id(70),
        terms: PackageTerms {
            category: id(1),
            name: "Day".to_owned(),
            description: String::new(),
            mode: PackageMode::Sequence,
            price_minor: 15_000,
            online: true,
            services: vec![id(10), id(11)],
        },
        version: 1,
        archived_at: None,
    }
}

fn club() -> PlanFacts {
    PlanFacts {
        id: id(80),
        terms: PlanTerms {
            category: id(2),
            name: "Club".to_owned(),
            description: String::new(),
            benefits: Vec::new(),
            price_minor: 5_000,
            period: PlanPeriod::Year,
            discount_percent: 0,
            services: vec![id(10), id(11)],
        },
        version: 1,
        archived_at: None,
    }
}

fn asked(number: u128) -> FormFacts {
    FormFacts {
        id: id(number),
        name: "Terms".to_owned(),
        body: FormBody::Consent { text: "I agree.".to_owned() },
        version: 1,
        archived_at: None,
    }
}

fn oil(number: u128) -> AddonFacts {
    let terms = AddonTerms { name: "Oil".to_owned(), duration_minutes: 10, price_minor: 500 };
    AddonFacts { id: id(number), terms, version: 1, archived_at: None }
}

/// Customers see what they can book, and what belongs to it.
#[test]
fn what_customers_see_of_a_menu() {
    let hidden = ServiceChange {
        online: Some(false),
        members_only: Some(true),
        duration_minutes: Some(30),
        addons: Some(vec![id(31)]),
        forms: Some(vec![id(51)]),
        ..ServiceChange::default()
    };
    let shown = ServiceChange {
        addons: Some(vec![id(30)]),
        forms: Some(vec![id(50)]),
        ..ServiceChange::default()
    };
    let package = |number, change: fn(&mut PackageTerms)| {
        let mut package = PackageFacts { id: id(number), ..day() };
        change(&mut package.terms);
        package
    };
    let menu = chosen(
        &BTreeMap::from([
            (Uuid::from_u128(1), "Massages".into()),
            (Uuid::from_u128(2), "VIP".into()),
        ]),
        vec![service(10, shown), service(11, hidden)],
        Menu {
            addons: vec![oil(30), oil(31), oil(32)],
            forms: vec![asked(50), asked(51), asked(52)],
            ..Menu::default()
        },
        vec![
            package(70, |_| {}),
            package(71, |terms| terms.mode = PackageMode::Parallel),
            package(72, |terms| terms.online = false),
            // One of its services is off the menu.
            package(73, |terms| terms.services.push(id(12))),
            package(74, |terms| terms.services.clear()),
        ],
        vec![club()],
    );
    let services: Vec<_> = menu.services.iter().map(|service| service.id).collect();
    assert_eq!(services, [id(10)]);
    let addons: Vec<_> = menu.addons.iter().map(|addon| addon.id).collect();
    assert_eq!(addons, [id(30)], "nobody gets an add-on of what is hidden");
    let packages: Vec<_> = menu
        .packages
        .iter()
        .map(|menu| (menu.package.id, menu.duration_minutes, menu.items.len()))
        .collect();
    assert_eq!(packages, [(id(70), 90, 2), (id(71), 60, 2)]);
    assert!(menu.packages.iter().all(|package| package.members_only));
    assert_eq!(menu.packages[0].forms, [id(50), id(51)]);
    let forms: Vec<_> = menu.forms.iter().map(|form| form.id).collect();
    assert_eq!(forms, [id(50), id(51)], "a package asks what its services ask");
    assert_eq!(menu.plans[0].category_name, "VIP");
    assert_eq!(menu.plans[0].plan.terms.services, [id(10)]);
}
