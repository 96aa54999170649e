//! Somebody who books, holds, moves and gives up without end, and writes down what they were told.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use openchair_domain::time::{Clock as _, FileClock};
use openchair_tests::{Browser, Call};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::house::{ALL_STARTS, House, KINDS, start};

/// What somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Deed {
    Book { kind: usize, start: DateTime<Utc>, staff: Option<&'static str>, over: bool },
    Hold { kind: usize, start: DateTime<Utc> },
    TakeUp { hold: String },
    Release { hold: String },
    Move { visit: String, version: i64, kind: usize, start: DateTime<Utc> },
    Cancel { visit: String, version: i64 },
    MoveOwn { hold: String, link: String, kind: usize, start: DateTime<Utc> },
    CancelOwn { hold: String, link: String },
}

/// What somebody was told.
#[derive(Debug, Clone)]
pub(super) enum Said {
    Answer(u16, Value),
    /// Nobody knows what became of it.
    Nothing,
}

/// A line of a log: between the two instants it happened, or didn't.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) deed: Deed,
    pub(super) began: DateTime<Utc>,
    pub(super) ended: DateTime<Utc>,
    pub(super) said: Said,
}

impl Entry {
    /// What was answered, if it was done.
    pub(super) fn done(&self) -> Option<&Value> {
        match &self.said {
            Said::Answer(200..300, body) => Some(body),
            _ => None,
        }
    }

    /// The code of a refusal.
    pub(super) fn refusal(&self) -> Option<&str> {
        match &self.said {
            Said::Answer(400.., body) => body["code"].as_str(),
            _ => None,
        }
    }
}

#[derive(Debug, Clone)]
struct Seen {
    visit: String,
    version: i64,
    kind: usize,
}

#[derive(Debug, Clone)]
struct Own {
    hold: String,
    link: String,
    kind: usize,
}

/// What everybody knows of: several are after the same.
#[derive(Debug, Default)]
struct Known {
    visits: Vec<Seen>,
    holds: Vec<String>,
    own: Vec<Own>,
}

/// Everybody.
#[derive(Debug)]
pub(super) struct Crowd {
    house: House,
    desk: Browser,
    guest: Browser,
    clock: FileClock,
    seed: u64,
    stop: AtomicBool,
    taps: AtomicUsize,
    known: Mutex<Known>,
    log: Mutex<Vec<Entry>>,
}

/// A server that is being started again has not long to be waited for.
const PAUSE: Duration = Duration::from_millis(20);

impl Crowd {
    pub(super) fn gather(house: House, url: &str, clock: FileClock, seed: u64) -> Self {
        let desk = Browser::at(url);
        desk.set_cookie(house.spa.owner.cookie().as_deref());
        Self {
            desk: desk.in_tenant(&house.spa.business),
            guest: Browser::at(url),
            house,
            clock,
            seed,
            stop: AtomicBool::new(false),
            taps: AtomicUsize::new(0),
            known: Mutex::default(),
            log: Mutex::default(),
        }
    }

    pub(super) fn house(&self) -> &House {
        &self.house
    }

    /// How much was answered.
    pub(super) fn answered(&self) -> usize {
        self.log().iter().filter(|entry| matches!(entry.said, Said::Answer(..))).count()
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    pub(super) fn log(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The life of one of them.
    pub(super) async fn client(&self, number: u64) {
        let mut random = StdRng::seed_from_u64(self.seed.wrapping_add(number * 7919));
        while !self.stop.load(Ordering::SeqCst) {
            if random.random_bool(0.04) {
                self.look(&mut random).await;
                continue;
            }
            let Some(deed) = self.choose(&mut random) else { continue };
            let tap = self.taps.fetch_add(1, Ordering::SeqCst);
            let entry = self.does(deed, tap, number).await;
            self.learn(&entry);
            self.log().push(entry);
        }
    }

    fn choose(&self, random: &mut StdRng) -> Option<Deed> {
        let kind = random.random_range(0..KINDS.len());
        let start = start(random.random_range(0..ALL_STARTS));
        let some = |count: usize, random: &mut StdRng| {
            (count > 0).then(|| random.random_range(0..count.max(1)))
        };
        let mut known = self.known();
        Some(match random.random_range(0..100) {
            0..22 => {
                let named = KINDS[kind].party == 1 && random.random_bool(0.3);
                let staff = KINDS[kind].staff[random.random_range(0..KINDS[kind].staff.len())];
                let over = random.random_bool(0.02);
                Deed::Book { kind, start, staff: named.then_some(staff), over }
            }
            22..48 => Deed::Hold { kind, start },
            48..62 => {
                let place = some(known.holds.len(), random)?;
                // Mostly for oneself, but now and then two have the same hold in hand.
                let hold = if random.random_bool(0.8) {
                    known.holds.swap_remove(place)
                } else {
                    known.holds[place].clone()
                };
                Deed::TakeUp { hold }
            }
            62..68 => Deed::Release { hold: known.holds[some(known.holds.len(), random)?].clone() },
            68..78 => {
                let Seen { visit, version, kind } =
                    known.visits[some(known.visits.len(), random)?].clone();
                Deed::Move { visit, version, kind, start }
            }
            78..88 => {
                let Seen { visit, version, .. } =
                    known.visits[some(known.visits.len(), random)?].clone();
                Deed::Cancel { visit, version }
            }
            88..95 => {
                let Own { hold, link, kind } = known.own[some(known.own.len(), random)?].clone();
                Deed::MoveOwn { hold, link, kind, start }
            }
            _ => {
                let Own { hold, link, .. } = known.own[some(known.own.len(), random)?].clone();
                Deed::CancelOwn { hold, link }
            }
        })
    }

    /// Does it. What carries a key is sent until there is an answer.
    async fn does(&self, deed: Deed, tap: usize, number: u64) -> Entry {
        let began = self.clock.now();
        let said = loop {
            let said = match self.call(&deed, tap, number).may_fail().send().await {
                Ok(answer) if answer.status == 503 => Said::Nothing,
                Ok(answer) => Said::Answer(answer.status, answer.json()),
                Err(_) => Said::Nothing,
            };
            let keyed = matches!(deed, Deed::Book { .. } | Deed::Hold { .. } | Deed::TakeUp { .. });
            if matches!(said, Said::Answer(..)) || !keyed {
                break said;
            }
            tokio::time::sleep(PAUSE).await;
        };
        if matches!(said, Said::Nothing) {
            tokio::time::sleep(PAUSE).await;
        }
        Entry { deed, began, ended: self.clock.now(), said }
    }

    fn call(&self, deed: &Deed, tap: usize, number: u64) -> Call {
        let public = |path: &str| format!("/v1/public/{}/{path}", self.house.spa.business.slug);
        let visit = |visit: &str, deed: &str| format!("/v1/appointments/{visit}/{deed}");
        let key = format!("tap-{tap}");
        match deed {
            Deed::Book { kind, start, staff, over } => {
                let kind = &KINDS[*kind];
                let customer = json!({ "name": format!("Guest {number}"), "email": email(number) });
                let staff: Vec<_> = staff.iter().copied().collect();
                let body = json!({ "wanted": self.house.wanted(kind, &staff), "start": start,
                                   "customer": customer, "over": over });
                self.desk.post("/v1/appointments", &body).header("idempotency-key", &key)
            }
            Deed::Hold { kind, start } => {
                // A few devices each: whoever keeps another time for the same gives one back.
                let visitor = format!("visitor {number} {}", tap % 3);
                let wanted = self.house.wanted(&KINDS[*kind], &[]);
                let body = json!({ "wanted": wanted, "start": start, "visitor": visitor });
                self.guest.post(&public("holds"), &body).header("idempotency-key", &key)
            }
            Deed::TakeUp { hold } => {
                let body = json!({ "hold": hold, "name": format!("Guest {number}"),
                                   "email": email(number) });
                self.guest.post(&public("appointments"), &body).header("idempotency-key", &key)
            }
            Deed::Release { hold } => {
                self.guest.post(&public("holds/release"), &json!({ "hold": hold }))
            }
            Deed::Move { visit: id, version, start, .. } => {
                let body = json!({ "version": version, "start": start, "staff": [] });
                self.desk.post(&visit(id, "move"), &body)
            }
            Deed::Cancel { visit: id, version } => {
                self.desk.post(&visit(id, "cancel"), &json!({ "version": version }))
            }
            Deed::MoveOwn { link, start, .. } => {
                self.guest.post(&format!("/v1/b/{link}/move"), &json!({ "start": start }))
            }
            Deed::CancelOwn { link, .. } => {
                self.guest.post(&format!("/v1/b/{link}/cancel"), &json!({}))
            }
        }
    }

    /// Sees some of what the others did.
    async fn look(&self, random: &mut StdRng) {
        let from = start(random.random_range(0..ALL_STARTS)).to_rfc3339().replace('+', "%2B");
        let path = format!("/v1/appointments?status=confirmed&limit=20&from={from}");
        let Ok(answer) = self.desk.get(&path).may_fail().send().await else {
            return tokio::time::sleep(PAUSE).await;
        };
        for visit in answer.json()["items"].as_array().into_iter().flatten() {
            self.saw(visit);
        }
    }

    fn saw(&self, visit: &Value) {
        let (Some(id), Some(version)) = (visit["id"].as_str(), visit["version"].as_i64()) else {
            return;
        };
        let title = visit["title"].as_str().unwrap_or_default();
        let Some(kind) = House::kind(title, visit["party"].as_i64().unwrap_or(1)) else { return };
        let known = &mut self.known().visits;
        match known.iter_mut().find(|seen| seen.visit == id) {
            Some(seen) => seen.version = seen.version.max(version),
            None => known.push(Seen { visit: id.to_owned(), version, kind }),
        }
    }

    fn learn(&self, entry: &Entry) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let Said::Answer(status, body) = &entry.said else { return };
        let done = *status < 300;
        let gone = !done && entry.refusal() != Some("slot_taken");
        match &entry.deed {
            Deed::Book { .. } | Deed::Move { .. } if done => self.saw(body),
            Deed::Hold { .. } if done => self.known().holds.push(text(&body["hold"])),
            Deed::TakeUp { hold } if done => {
                let title = body["visit"]["title"].as_str().unwrap_or_default();
                let party = body["visit"]["party"].as_i64().unwrap_or(1);
                if let Some(kind) = House::kind(title, party) {
                    let (hold, link) = (hold.clone(), text(&body["link"]));
                    self.known().own.push(Own { hold, link, kind });
                }
            }
            Deed::TakeUp { hold } | Deed::Release { hold } if done || gone => {
                self.known().holds.retain(|kept| kept != hold);
            }
            Deed::MoveOwn { hold, kind, .. } if done => {
                self.known().own.retain(|own| own.hold != *hold);
                let (hold, link) = (hold.clone(), text(&body["link"]));
                self.known().own.push(Own { hold, link, kind: *kind });
            }
            Deed::MoveOwn { link, .. } | Deed::CancelOwn { link, .. } if done || gone => {
                self.known().own.retain(|own| own.link != *link);
            }
            Deed::Move { visit, .. } | Deed::Cancel { visit, .. } if done || gone => {
                // One who comes with an old version learns the new one, half of the time.
                let now = body["particulars"]["version"].as_i64();
                let known = &mut self.known().visits;
                known.retain(|seen| seen.visit != *visit || now.is_some_and(|now| now % 2 == 0));
                for seen in known.iter_mut().filter(|seen| seen.visit == *visit) {
                    seen.version = now.unwrap_or(seen.version);
                }
            }
            _ => {}
        }
    }
}

fn email(number: u64) -> String {
    format!("guest.{number}@example.com")
}
