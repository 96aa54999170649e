//! Ten of the staff press whatever they like at once, for as long as it takes, customers come, go and
//! come again, and others come for what they have booked (`visitors`). What the tables and the clients'
//! logs say afterwards is held against the rules of a line (`line_judge`).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, Browser, TestApp, is_long, seed};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use tokio::task::JoinSet;

use super::check;
use super::line_judge::{Asked, House, Told, verdict};
use super::visitors;

/// Who serves, and what they do.
pub(super) const STAFF: [(&str, &[&str]); 10] = [
    ("Ann", &["Wax"]),
    ("Ben", &["Wax", "Facial"]),
    ("Cat", &["Facial"]),
    ("Dov", &["Wax", "Facial", "Massage"]),
    ("Ema", &["Massage", "Scrub"]),
    ("Flo", &["Wax", "Scrub"]),
    ("Gil", &["Wax", "Facial", "Massage", "Scrub"]),
    ("Hal", &["Scrub"]),
    ("Ida", &["Facial", "Massage"]),
    ("Jon", &["Wax"]),
];
const SERVICES: [&str; 4] = ["Wax", "Facial", "Massage", "Scrub"];
const CUSTOMERS: u32 = 6;
/// So many tickets a customer holds at once.
const TICKETS: usize = 3;

/// How staff may be refused, where others press at the same time.
const REFUSED: [&str; 9] = [
    "stale_version",
    "wrong_state",
    "already_calling",
    "nobody_to_call",
    "nobody_fits",
    "not_found",
    "booked_visit",
    "slot_taken",
    "not_possible",
];

/// What everybody shares.
pub(super) struct Crowd {
    pub(super) app: TestApp,
    pub(super) spa: Spa,
    stop: AtomicBool,
    /// Entries that somebody saw lately, in the version that they saw.
    seen: Mutex<Vec<Value>>,
    told: Mutex<Vec<Told>>,
}

impl Crowd {
    pub(super) fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::SeqCst)
    }

    /// Whether it was a race so far.
    async fn has_seen_enough(&self) -> bool {
        let told = self.told.lock().await;
        let converted = told.iter().any(|told| told.state == "converted");
        told.len() >= 200 && converted
    }

    /// Something that somebody saw lately.
    pub(super) async fn glance(&self, random: &mut StdRng) -> Option<Value> {
        self.seen.lock().await.choose(random).cloned()
    }

    /// Writes down what was answered, if it was done, and shows it to the others.
    pub(super) async fn note(&self, answer: &Answer, asked: Asked) -> Option<Value> {
        assert!(answer.status < 500, "{answer}");
        if answer.status >= 300 {
            let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
            assert!(REFUSED.contains(&&*code), "{answer}");
            return None;
        }
        // What comes of a conversion is an entry and a visit.
        let entry = answer.json();
        let entry = entry.get("entry").unwrap_or(&entry).clone();
        self.told.lock().await.push(Told {
            entry: entry["id"].as_str().unwrap().parse().unwrap(),
            version: i32::try_from(entry["version"].as_i64().unwrap()).unwrap(),
            state: entry["state"].as_str().unwrap().to_owned(),
            asked,
        });
        let mut seen = self.seen.lock().await;
        if seen.len() >= 30 {
            seen.remove(0);
        }
        seen.push(entry.clone());
        Some(entry)
    }
}

pub(super) async fn press(crowd: &Crowd, entry: &Value, deed: &str, more: Value) -> Option<Value> {
    let answer = crowd.spa.press(entry, deed, more).await;
    crowd.note(&answer, Asked::This).await
}

async fn call_next(crowd: &Crowd, name: &str) -> Option<Value> {
    let answer = crowd.spa.call_next(name).await;
    crowd.note(&answer, Asked::Next(crowd.spa.id(name).parse().unwrap())).await
}

/// One of the staff: calls whoever is next and serves them, or not; and now and then presses on what
/// is somebody else's.
async fn serve(crowd: Arc<Crowd>, name: &'static str, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let id = crowd.spa.id(name).to_owned();
    let mut serving: Vec<Value> = Vec::new();
    while crowd.goes_on() {
        if let Some(called) = call_next(&crowd, name).await {
            let now = match random.random_range(0..10) {
                0..=5 => press(&crowd, &called, "start", json!({})).await,
                6 | 7 => press(&crowd, &called, "return", json!({})).await,
                8 => press(&crowd, &called, "no-show", json!({})).await,
                _ => None,
            };
            serving.extend(now.filter(|entry| entry["state"] == "serving"));
        }
        if (serving.len() > 1 || random.random_range(0..3) == 0)
            && let Some(entry) = serving.pop()
        {
            press(&crowd, &entry, "finish", json!({})).await;
        }
        // Two at one screen.
        let other = crowd.glance(&mut random).await;
        if let Some(entry) = other.filter(|_| random.random_range(0..3) == 0) {
            let deed = ["call", "start", "return", "finish", "leave", "no-show"];
            let deed = *deed.choose(&mut random).unwrap();
            let hands = ["call", "start"].contains(&deed);
            let more = if hands { json!({ "staff": id }) } else { json!({}) };
            if let Some(entry) = press(&crowd, &entry, deed, more).await
                && entry["state"] == "serving"
            {
                serving.push(entry);
            }
        }
    }
    for entry in serving {
        press(&crowd, &entry, "finish", json!({})).await;
    }
}

/// Somebody who comes, goes and comes again.
async fn walk_in(crowd: Arc<Crowd>, number: u32, seed: u64) -> usize {
    let mut random = StdRng::seed_from_u64(seed);
    let (spa, guest): (&Spa, &Browser) = (&crowd.spa, &crowd.spa.guest);
    let (mut tickets, mut joined): (Vec<String>, usize) = (Vec::new(), 0);
    while crowd.goes_on() {
        if tickets.len() < TICKETS {
            let count = random.random_range(1..=2);
            let services: Vec<_> = SERVICES.sample(&mut random, count).copied().collect();
            let names: Vec<Value> = services.iter().map(|name| json!(name)).collect();
            let able: Vec<_> = able(names.iter()).collect();
            let wish = match able.choose(&mut random) {
                Some(name) if random.random_range(0..3) == 0 => json!({ "staff": spa.id(name) }),
                _ => json!({}),
            };
            let answer = spa.walk_in(&format!("{number}"), &services, &wish).await;
            assert_eq!(answer.status, 201, "{answer}");
            tickets.push(answer.json()["token"].as_str().unwrap().to_owned());
            joined += 1;
        }
        let at = random.random_range(0..tickets.len());
        let path = |deed: &str| format!("/v1/q/{}{deed}", tickets[at]);
        let deed = ["/leave", "/leave", "/more-time", "/more-time", "/here"];
        let answer = guest.post_empty(&path(deed.choose(&mut random).unwrap())).await;
        assert!(answer.status < 300 || answer.status == 409, "{answer}");
        // Too late for them, or they are gone: they come again. Now and then they look.
        if answer.status == 204 || answer.status == 409 {
            guest.get(&path("")).await.expect(200);
            tickets.swap_remove(at);
        }
    }
    joined
}

/// Nobody comes any more: whoever is left is served, those who would not be done in time, too.
async fn close(crowd: &Crowd) {
    loop {
        let board = crowd.spa.line().await;
        let entries = board["entries"].as_array().unwrap().clone();
        if entries.is_empty() {
            return;
        }
        for entry in &entries {
            match entry["state"].as_str().unwrap() {
                "serving" => {
                    press(crowd, entry, "finish", json!({})).await.expect("they are done");
                }
                "called" => {
                    press(crowd, entry, "start", json!({})).await.expect("they are begun with");
                }
                _ => {}
            }
        }
        for (name, _) in STAFF {
            call_next(crowd, name).await;
        }
        for entry in entries.iter().filter(|entry| entry["state"] == "waiting") {
            let staff = match entry["staff_wanted"].as_str() {
                Some(wanted) => wanted,
                None => able(entry["services"].as_array().unwrap().iter().map(|of| &of["name"]))
                    .map(|name| crowd.spa.id(name))
                    .next()
                    .unwrap(),
            };
            press(crowd, entry, "call", json!({ "staff": staff })).await;
        }
    }
}

/// Who does all of this.
pub(super) fn able<'a>(
    services: impl Iterator<Item = &'a Value>,
) -> impl Iterator<Item = &'static str> {
    let services: Vec<_> = services.filter_map(Value::as_str).collect();
    let does = move |does: &[&str]| services.iter().all(|one| does.contains(one));
    STAFF.iter().filter(move |(_, can)| does(can)).map(|(name, _)| *name)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_staff_and_one_line() {
    let app = TestApp::with(&[
        ("limits.per_ip_per_minute", "1000000"),
        ("limits.per_ip_burst", "1000000"),
        ("limits.plan_factor", "1000"),
        ("limits.public_per_ip_per_minute", "1000000"),
        ("limits.bookings_per_ip_per_hour", "1000000"),
    ])
    .await;
    let mut spa = app.spa().await;
    app.clock.set(at(2, "09:00"));
    for (name, does) in STAFF {
        spa.person(name, does, &[1], None).await;
    }
    spa.open_line(&STAFF.map(|(name, _)| name)).await;
    spa.keep_line(&json!({ "capacity": 500 })).await.expect(200);
    let clock = Arc::clone(&app.clock);
    let (stop, seen, told) = (AtomicBool::new(false), Mutex::default(), Mutex::default());
    let crowd = Arc::new(Crowd { app, spa, stop, seen, told });
    let visits = visitors::book(&crowd).await;
    clock.set(at(2, "10:00"));
    let (mut staff, mut customers) = (JoinSet::new(), JoinSet::new());
    for (number, (name, _)) in (1..).zip(STAFF) {
        staff.spawn(serve(Arc::clone(&crowd), name, seed().wrapping_add(number)));
    }
    let shuffled = |number: u64| seed().wrapping_mul(31).wrapping_add(number);
    for number in 0..CUSTOMERS {
        customers.spawn(walk_in(Arc::clone(&crowd), number, shuffled(number.into())));
    }
    staff.spawn(visitors::visit(Arc::clone(&crowd), visits, shuffled(100)));
    for desk in 101..104 {
        staff.spawn(visitors::desk(Arc::clone(&crowd), shuffled(desk)));
    }
    let long = Duration::from_secs(if is_long() { 180 } else { 6 });
    let began = Instant::now();
    // A machine that is slow takes longer for as much.
    for tick in 1.. {
        if began.elapsed() >= long && crowd.has_seen_enough().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        clock.advance(chrono::Duration::milliseconds(50));
        if tick % 8 == 0 {
            visitors::forget(&crowd).await;
        }
        assert!(began.elapsed() < long + Duration::from_mins(1), "they stand still");
    }
    crowd.stop.store(true, Ordering::SeqCst);
    let joined: usize = customers.join_all().await.into_iter().sum();
    staff.join_all().await;
    close(&crowd).await;

    let pool = crowd.app.database.owner();
    let told = crowd.told.lock().await.clone();
    let does = |(name, does): &(&str, &[&str])| {
        let services = does.iter().map(|service| crowd.spa.id(service).parse().unwrap());
        (crowd.spa.id(name).parse().unwrap(), services.collect())
    };
    let house = House { skills: STAFF.iter().map(does).collect(), until: at(2, "19:00") };
    let (faults, tally) = verdict(pool, &house, &told).await;
    assert!(faults.is_empty(), "{:#?}", &faults[..faults.len().min(20)]);
    assert_eq!(check::deadlocks(pool).await, 0);
    // The judge reckons as if nothing had been learned.
    let learned = "select count(*) from service_pace where n > 0";
    assert_eq!(crowd.app.database.count(learned).await, 0);
    // Nobody is lost: all who joined are there, and all came to an end.
    assert_eq!((tally.joined, tally.open), (joined, 0));
    // It was a race, and not a walk.
    let happens = [
        "called",
        "returned",
        "more_time",
        "started",
        "finished",
        "left",
        "no_show",
        "moved",
        "converted",
        "expired",
    ];
    for action in happens {
        let count = tally.steps.get(action).copied().unwrap_or(0);
        assert!(count >= 1, "{action} never happened: {:?}", tally.steps);
    }
    assert!(tally.next > 20 && tally.visits >= 1 && tally.passed_over >= 1, "{tally:?}");
}

/// A visit and its entry, pressed at the same time: whichever comes first has it, the other is told,
/// both stand alike afterwards, and nobody waits in a circle.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_and_its_entry_are_pressed_at_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    app.clock.set(at(2, "09:00"));
    spa.open_line(&["Eve"]).await;
    let heats = if is_long() { 18 } else { 9 };
    for heat in 0..heats {
        let start = at(2, "10:00") + chrono::Duration::minutes(30 * heat);
        let visit = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), start).await.expect(201);
        let on_visit =
            |deed: &str| format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap());
        let seen = |version: i32| json!({ "version": version });
        spa.owner.post(&on_visit("check-in"), &seen(1)).await.expect(200);
        let board = spa.line().await;
        let entries = board["entries"].as_array().unwrap();
        let entry = entries.iter().find(|entry| entry["appointment"] == visit["id"]).unwrap();
        let (on_entry, other) = match heat % 3 {
            0 => ("start", "start"),
            1 => ("start", "cancel"),
            _ => ("call", "move"),
        };
        let mut body = seen(2);
        if other == "move" {
            body["start"] = json!(start + chrono::Duration::days(1));
        }
        let path = on_visit(other);
        let (one, two) =
            tokio::join!(spa.press(entry, on_entry, json!({})), spa.owner.post(&path, &body),);
        let done = [&one, &two].iter().filter(|answer| answer.status < 300).count();
        assert!(done >= 1 && one.status < 500 && two.status < 500, "{one}\n{two}");
        if other != "move" {
            assert_eq!(done, 1, "{one}\n{two}");
        }
        let entry = spa.entry(entry).await;
        if entry["state"] == "serving" {
            let (path, seen) = (on_visit("complete"), seen(3));
            let (one, two) =
                tokio::join!(spa.press(&entry, "finish", json!({})), spa.owner.post(&path, &seen),);
            assert_eq!([&one, &two].iter().filter(|answer| answer.status < 300).count(), 1);
        } else if entry["state"] == "called" {
            spa.press(&entry, "return", json!({})).await.expect(200);
        }
    }
    let apart = "
        select count(*) from queue_entries e
        join appointments a on a.tenant_id = e.tenant_id and a.id = e.appointment_id
        where (a.status, e.state) not in (
            ('checked_in', 'waiting'), ('checked_in', 'called'), ('in_service', 'serving'),
            ('completed', 'done'), ('cancelled', 'left'))
           or (e.state in ('waiting', 'called') and e.due_at <> a.starts_at)";
    assert_eq!(app.database.count(apart).await, 0);
    assert_eq!(check::deadlocks(app.database.owner()).await, 0);
}
