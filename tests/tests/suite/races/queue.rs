//! Ten of the staff press whatever they like at once, for as long as it takes, and customers come, go
//! and come again. What the tables and the clients' logs say afterwards is held against the rules of a
//! line (`line_judge`).

use std::collections::BTreeMap;
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
use super::line_judge::{Told, verdict};

/// Who serves, and what they do.
const STAFF: [(&str, &[&str]); 10] = [
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

/// What everybody shares.
struct Crowd {
    spa: Spa,
    stop: AtomicBool,
    /// Entries that somebody saw lately, in the version that they saw.
    seen: Mutex<Vec<Value>>,
    told: Mutex<Vec<Told>>,
}

impl Crowd {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::SeqCst)
    }

    /// Writes down what was answered, if it was done, and shows it to the others.
    async fn note(&self, answer: &Answer, next: bool, staff: Option<&str>) -> Option<Value> {
        assert!(answer.status < 500, "{answer}");
        if answer.status >= 300 {
            let known =
                ["stale_version", "wrong_state", "already_calling", "nobody_to_call", "not_found"];
            let code = answer.json()["code"].as_str().unwrap_or_default().to_owned();
            assert!(known.contains(&&*code), "{answer}");
            return None;
        }
        let entry = answer.json();
        self.told.lock().await.push(Told {
            entry: entry["id"].as_str().unwrap().parse().unwrap(),
            version: i32::try_from(entry["version"].as_i64().unwrap()).unwrap(),
            state: entry["state"].as_str().unwrap().to_owned(),
            next: next.then(|| staff.unwrap().parse().unwrap()),
        });
        let mut seen = self.seen.lock().await;
        if seen.len() >= 30 {
            seen.remove(0);
        }
        seen.push(entry.clone());
        Some(entry)
    }
}

async fn press(crowd: &Crowd, entry: &Value, deed: &str, more: Value) -> Option<Value> {
    let answer = crowd.spa.press(entry, deed, more).await;
    crowd.note(&answer, false, None).await
}

/// One of the staff: calls whoever is next and serves them, or not; and now and then presses on what
/// is somebody else's.
async fn serve(crowd: Arc<Crowd>, name: &'static str, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    let id = crowd.spa.id(name).to_owned();
    let mut serving: Vec<Value> = Vec::new();
    while crowd.goes_on() {
        let answer = crowd.spa.call_next(name).await;
        if let Some(called) = crowd.note(&answer, true, Some(&id)).await {
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
        let other = crowd.seen.lock().await.choose(&mut random).cloned();
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
            let able =
                STAFF.iter().filter(|(_, does)| services.iter().all(|one| does.contains(one)));
            let able: Vec<_> = able.map(|(name, _)| *name).collect();
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

/// Nobody comes any more: whoever is left is served. Says how many there were.
async fn close(crowd: &Crowd) -> usize {
    let mut left = 0;
    loop {
        let board = crowd.spa.line().await;
        let entries = board["entries"].as_array().unwrap().clone();
        if entries.is_empty() {
            return left;
        }
        for entry in entries {
            match entry["state"].as_str().unwrap() {
                "serving" => {
                    press(crowd, &entry, "finish", json!({})).await.expect("they are done");
                }
                "called" => {
                    press(crowd, &entry, "start", json!({})).await.expect("they are begun with");
                }
                _ => left += 1,
            }
        }
        for (name, _) in STAFF {
            let answer = crowd.spa.call_next(name).await;
            crowd.note(&answer, true, Some(crowd.spa.id(name))).await;
        }
    }
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
    app.clock.set(at(2, "10:00"));
    for (name, does) in STAFF {
        spa.person(name, does, &[1], None).await;
    }
    spa.open_line(&STAFF.map(|(name, _)| name)).await;
    spa.keep_line(&json!({ "capacity": 500 })).await.expect(200);
    let crowd = Arc::new(Crowd {
        spa,
        stop: AtomicBool::new(false),
        seen: Mutex::default(),
        told: Mutex::default(),
    });
    let (mut staff, mut customers) = (JoinSet::new(), JoinSet::new());
    for (number, (name, _)) in (1..).zip(STAFF) {
        staff.spawn(serve(Arc::clone(&crowd), name, seed().wrapping_add(number)));
    }
    for number in 0..CUSTOMERS {
        let seed = seed().wrapping_mul(31).wrapping_add(number.into());
        customers.spawn(walk_in(Arc::clone(&crowd), number, seed));
    }
    let long = Duration::from_secs(if is_long() { 180 } else { 6 });
    let began = Instant::now();
    // A machine that is slow takes longer for as much.
    while began.elapsed() < long || crowd.told.lock().await.len() < 150 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        app.clock.advance(chrono::Duration::milliseconds(50));
        assert!(began.elapsed() < long + Duration::from_mins(1), "they stand still");
    }
    crowd.stop.store(true, Ordering::SeqCst);
    let joined: usize = customers.join_all().await.into_iter().sum();
    staff.join_all().await;
    close(&crowd).await;

    let pool = app.database.owner();
    let told = crowd.told.lock().await.clone();
    let skills: BTreeMap<_, Vec<_>> = STAFF
        .iter()
        .map(|(name, does)| {
            let services = does.iter().map(|service| crowd.spa.id(service).parse().unwrap());
            (crowd.spa.id(name).parse().unwrap(), services.collect())
        })
        .collect();
    let (faults, tally) = verdict(pool, &skills, &told).await;
    assert!(faults.is_empty(), "{:#?}", &faults[..faults.len().min(20)]);
    assert_eq!(check::deadlocks(pool).await, 0);
    // Nobody is lost: all who joined are there, and all came to an end.
    assert_eq!(tally.joined, joined);
    assert_eq!(tally.ended, joined);
    // It was a race, and not a walk.
    for action in ["called", "returned", "more_time", "started", "finished", "left", "no_show"] {
        let count = tally.steps.get(action).copied().unwrap_or(0);
        assert!(count >= 1, "{action} never happened: {:?}", tally.steps);
    }
    assert!(tally.next > 20, "{}", tally.next);
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
