//! Those who change something, and those who look on.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use chrono::SecondsFormat;
use openchair_domain::authz::BuiltIn;
use openchair_live_client::{Follower, Plan};
use openchair_tests::live::schedule;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Browser, TestApp, is_long};
use serde_json::{Value, json};
use tokio::time::timeout;

/// The first and the last day that is watched.
pub(super) const DAYS: std::ops::Range<u32> = 9..15;

/// Who has booked so many books no more.
const ENOUGH: usize = 10;

const STALE: &str = "stale_version";

/// A number that looks like any other, from one to the next.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides
    }
}

pub(super) struct Stage {
    pub(super) spa: Spa,
    pub(super) stop: AtomicBool,
    pub(super) done: AtomicUsize,
    /// What happened in the line.
    pub(super) steps: AtomicUsize,
    doors: Vec<Browser>,
    /// Those of one who sees their own column.
    own_doors: Vec<Browser>,
}

/// What somebody looks at, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Eyes {
    All,
    /// Eve's own column.
    Own,
    /// The line and its screen, too.
    Line,
    /// Everything, later than the others.
    Slow,
}

impl Eyes {
    pub(super) fn of(number: u64) -> Self {
        [Self::All, Self::Own, Self::Line, Self::All, Self::Slow]
            [usize::try_from(number % 5).unwrap()]
    }
}

pub(super) fn day(day: u32) -> String {
    format!("2026-03-{day:02}")
}

impl Stage {
    /// The line is open, and there are keys and logins for servers at these addresses.
    pub(super) async fn set(app: &TestApp, spa: Spa, urls: [&String; 2]) -> Self {
        let scopes = [
            "booking:read",
            "booking:create",
            "booking:move",
            "booking:cancel",
            "booking:update",
            "queue:read",
            "queue:join",
            "queue:call",
        ];
        let key = app.api_key(&spa.business, &scopes).await;
        spa.open_line(&["Eve", "Wanda"]).await;
        let eve = app.member(&spa.business, BuiltIn::Provider).await;
        app.be_staff(&spa.business, &eve, spa.id("Eve").parse().unwrap()).await;
        let eve = app.sign_in(&eve).await;
        let own_door = |url: &String| {
            let browser = Browser::at(url);
            browser.set_cookie(eve.cookie().as_deref());
            browser.in_tenant(&spa.business)
        };
        Self {
            stop: AtomicBool::new(false),
            done: AtomicUsize::new(0),
            steps: AtomicUsize::new(0),
            doors: urls.map(|url| Browser::at(url).with_bearer(&key.secret)).into(),
            own_doors: urls.map(own_door).into(),
            spa,
        }
    }

    /// Somebody who books, moves and calls off, wherever there is an answer.
    pub(super) async fn hand(self: Arc<Self>, seed: u64) {
        let mut dice = Dice(seed);
        let mut known: Vec<Value> = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            let door = &self.doors[dice.roll(self.doors.len())];
            let start = at(
                DAYS.start + u32::try_from(dice.roll(DAYS.len())).unwrap(),
                &format!("{:02}:{}", 9 + dice.roll(10), ["00", "30"][dice.roll(2)]),
            );
            let who = ["Eve", "Wanda"][dice.roll(2)];
            let what = match known.len() {
                0 => 0,
                1..ENOUGH => dice.roll(5),
                _ => 2 + dice.roll(3),
            };
            let mut held = None;
            let call = if what < 2 {
                let wanted = self.spa.wanted(&["Wax"], 1, &[who]);
                let customer = json!({ "name": format!("Guest {}", dice.roll(1_000)) });
                let body = json!({ "wanted": wanted, "start": start, "customer": customer });
                door.post("/v1/appointments", &body)
            } else {
                let visit = &*held.insert(known.swap_remove(dice.roll(known.len())));
                let path = |deed: &str| {
                    format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap())
                };
                match what {
                    2 => door.post(
                        &path("move"),
                        &json!({ "version": visit["version"], "start": start,
                                 "staff": [self.spa.id(who)] }),
                    ),
                    3 => door.post(&path("cancel"), &json!({ "version": visit["version"] })),
                    _ => door.put(
                        &path("notes"),
                        &json!({ "version": visit["version"], "staff_note": "seen" }),
                    ),
                }
            };
            // A server that was killed in the middle says nothing; what it did is seen, or not.
            match timeout(Duration::from_secs(10), call.may_fail().send()).await {
                Ok(Ok(answer)) if answer.status < 300 => {
                    self.done.fetch_add(1, Ordering::SeqCst);
                    let visit = answer.json().clone();
                    if visit["status"] == "confirmed" {
                        known.push(visit);
                    }
                }
                // Where it would go, somebody else is: it stays where it was, and may be called off.
                Ok(Ok(answer)) if answer.status == 409 && answer.json()["code"] != STALE => {
                    known.extend(held);
                }
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
            // What became of some nobody knows. Whoever comes across one goes on with it, or the days
            // would be full for good of those that nobody knows of.
            if known.is_empty() {
                known.extend(self.come_across(door, &mut dice).await);
            }
        }
    }

    /// Any visit of any day.
    async fn come_across(&self, door: &Browser, dice: &mut Dice) -> Option<Value> {
        let one = DAYS.start + u32::try_from(dice.roll(DAYS.len())).unwrap();
        let midnight = |one| at(one, "00:00").to_rfc3339_opts(SecondsFormat::Secs, true);
        let (location, from, to) = (&self.spa.location, midnight(one), midnight(one + 1));
        let path = format!("/v1/appointments?location={location}&from={from}&to={to}&limit=100");
        let call = door.get(&path).may_fail().send();
        let answer = timeout(Duration::from_secs(10), call).await.ok()?.ok()?;
        let mut listed = answer.json()["items"].as_array().cloned().unwrap_or_default();
        listed.retain(|visit| visit["status"] == "confirmed");
        (!listed.is_empty()).then(|| listed.swap_remove(dice.roll(listed.len())))
    }

    /// Somebody who puts people into the line, calls the next, serves them and lets them go.
    pub(super) async fn desk(self: Arc<Self>) {
        let (mut dice, mut known) = (Dice(4_711), Vec::<Value>::new());
        while !self.stop.load(Ordering::SeqCst) {
            let door = &self.doors[dice.roll(self.doors.len())];
            let what = if known.len() < 3 { dice.roll(2) } else { 1 + dice.roll(4) };
            let call = match what {
                0 => {
                    let party = self.spa.party("Guest", &["Wax"], &json!({}));
                    door.post("/v1/queue/entries", &party)
                }
                1 => {
                    let staff = self.spa.id(["Eve", "Wanda"][dice.roll(2)]);
                    let body = json!({ "location": self.spa.location, "staff": staff });
                    door.post("/v1/queue/call-next", &body)
                }
                _ => {
                    let entry = known.swap_remove(dice.roll(known.len()));
                    let deed = match entry["state"].as_str() {
                        Some("called") => "start",
                        Some("serving") => "finish",
                        _ => "leave",
                    };
                    let path =
                        format!("/v1/queue/entries/{}/{deed}", entry["id"].as_str().unwrap());
                    door.post(&path, &json!({ "version": entry["version"] }))
                }
            };
            if let Ok(Ok(answer)) = timeout(Duration::from_secs(10), call.may_fail().send()).await
                && answer.status < 300
            {
                self.steps.fetch_add(1, Ordering::SeqCst);
                let told = answer.json();
                let entry = told.get("entry").unwrap_or(&told).clone();
                known.retain(|one| one["id"] != entry["id"]);
                if entry["ended_at"].is_null() {
                    known.push(entry);
                }
            }
            // What can be said of the waits is worked out at each step.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Somebody who watches some days, and whose connection breaks now and then.
    pub(super) async fn watcher(self: Arc<Self>, number: u64) -> Follower {
        let (mut dice, eyes) = (Dice(number.wrapping_mul(77) + 5), Eyes::of(number));
        let doors = if eyes == Eyes::Own { &self.own_doors } else { &self.doors };
        let mut doors: Vec<_> = doors.iter().map(Browser::live_door).collect();
        for door in &mut doors {
            door.narrow = eyes == Eyes::Slow;
        }
        let first = dice.roll(doors.len());
        doors.rotate_left(first);
        let days: Vec<_> = DAYS.filter(|_| dice.roll(2) == 0).collect();
        let days = if days.is_empty() { DAYS.collect() } else { days };
        let days = days.iter().map(|one| schedule(&self.spa.location, &day(*one)));
        let mut topics: Vec<_> = days.collect();
        if eyes == Eyes::Line {
            topics.push(json!({ "sub": "queue", "location": self.spa.location }));
            topics.push(json!({ "sub": "board" }));
        }
        let pause = Duration::from_millis(100);
        let longest = if is_long() { 12_000 } else { 1_500 };
        let mut follower = Follower::new(Plan { doors, topics, pause, seed: number + 1 });
        while !self.stop.load(Ordering::SeqCst) {
            // However many they are, about as many come back in a second: else servers on one machine
            // do nothing but show everything afresh, and nobody gets round to changing anything.
            let time = Duration::from_millis(100 + dice.roll(longest) as u64);
            if eyes == Eyes::Slow {
                let until = tokio::time::Instant::now() + time;
                while tokio::time::Instant::now() < until {
                    follower.follow(Duration::from_millis(5)).await;
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            } else {
                follower.follow(time).await;
            }
            if dice.roll(3) == 0 {
                follower.break_off();
            }
        }
        follower
    }
}
