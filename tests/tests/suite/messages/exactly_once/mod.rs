//! Two workers that are killed again and again, a database that hangs up, a mail server and a provider of
//! texts that refuse, hang up, say nothing and close: afterwards everybody was told everything exactly
//! once, by the way that they chose.
//!
//! Each message has a key, its id, which whoever is handed it sees: of a mail it is the `Message-ID`, of a
//! text the `Idempotency-Key`. What is counted here are keys: each visit has one for each kind and step,
//! and it came by the customer's way. That is exactly one delivery with whoever goes by keys.
//!
//! Who was handed a message and hung up before saying so, or whose worker was killed before it wrote that
//! down, is handed it again, under the same key. The mail server here takes it again, as mail servers do:
//! a mailbox may go by the `Message-ID`. The provider is like Twilio, which has no keys either and sends
//! the text again; but it tells of each text that it arrived, and that settles the message unless the next
//! try comes first. How many were handed over again is printed.
//!
//! And whoever looks at a message and hands it over does so within [`WINDOW`]: what is changed meanwhile
//! may cross it.

mod trouble;

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration as Span, Instant};

use chrono::{DateTime, Duration, Utc};
use openchair_domain::ids::{Appointment, Id, Message};
use openchair_domain::messaging;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{TestApp, is_long, seed};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use self::trouble::{Chaos, Handed, Outside, Time};
use super::path;

/// How long after a look a message is handed over at most, with the lease that the workers have here.
const WINDOW: Span = Span::from_secs(8);

/// So many minutes before a visit.
const STEPS: [i64; 2] = [1_440, 60];

/// What becomes of a visit, and when.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Stands,
    Moved(DateTime<Utc>),
    Cancelled,
}

struct Visit {
    shown: Value,
    /// By which way its customer wants to hear.
    way: &'static str,
    start: DateTime<Utc>,
    /// When its customer was last told of it, by the workers' time.
    told: DateTime<Utc>,
    fate: Fate,
    /// When that happens; afterwards, when it had happened.
    turn: Option<DateTime<Utc>>,
    done: Option<Instant>,
}

impl Visit {
    fn id(&self) -> &str {
        self.shown["id"].as_str().unwrap()
    }

    /// Which reminders there must be of it.
    fn steps(&self) -> Vec<i64> {
        let comes = |step: &i64| self.told < self.start - Duration::minutes(*step);
        if self.fate == Fate::Cancelled {
            return Vec::new();
        }
        STEPS.into_iter().filter(comes).collect()
    }
}

/// How many stand in a row, who books whom.
struct Size {
    staff: usize,
    days: u32,
}

fn size() -> Size {
    // Twenty visits a day each.
    if is_long() { Size { staff: 50, days: 5 } } else { Size { staff: 10, days: 1 } }
}

async fn staffed(app: &TestApp, size: &Size) -> (Spa, Vec<&'static str>) {
    let mut spa = app.spa().await;
    let names: Vec<&'static str> =
        (0..size.staff).map(|nth| &*Box::leak(format!("Person {nth}").into_boxed_str())).collect();
    for name in &names {
        spa.person(name, &["Wax"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    }
    (spa, names)
}

/// A new customer; every third wants texts. Everybody could be reached by both ways.
async fn customer(spa: &Spa, number: usize) -> (Value, &'static str) {
    let (name, email) = (format!("C {number}"), format!("c{number}@example.com"));
    let phone = format!("+1415{}", 2_000_000 + number);
    let new = json!({ "name": name, "email": email, "phone": phone });
    if !number.is_multiple_of(3) {
        return (new, "email");
    }
    let made = spa.owner.post("/v1/customers", &new).await.expect(201);
    let path = format!("/v1/customers/{}", made["id"].as_str().unwrap());
    spa.owner.patch(&path, 1, &json!({ "channel": "sms" })).await.expect(200);
    let yes = json!({ "purpose": "reminders_sms", "granted": true });
    spa.owner.post(&format!("{path}/consents"), &yes).await.expect(201);
    (json!({ "id": made["id"] }), "sms")
}

/// Books everything there is room for, and decides what will become of it.
async fn booked(
    app: &TestApp,
    spa: &Spa,
    names: &[&str],
    size: &Size,
    dice: &mut StdRng,
) -> Vec<Visit> {
    let mut visits = Vec::new();
    for day in 9..9 + size.days {
        for half in 0..20 {
            let start = at(day, "09:00") + Duration::minutes(30 * half);
            for name in names {
                let (customer, way) = customer(spa, visits.len()).await;
                let body = json!({ "wanted": spa.wanted(&["Wax"], 1, &[name]), "start": start,
                                   "customer": customer });
                let shown = spa.owner.post("/v1/appointments", &body).await.expect(201);
                let fate = match dice.random_range(0..6) {
                    0 => Fate::Moved(start + Duration::days(size.days.into())),
                    1 => Fate::Cancelled,
                    _ => Fate::Stands,
                };
                // At the very time of a reminder, shortly before it, or at some other time.
                let before = match dice.random_range(0..5) {
                    0 => 1_440,
                    1 => 60,
                    2 => 1_445,
                    3 => 65,
                    _ => dice.random_range(46..2_000),
                };
                let turn = (fate != Fate::Stands).then(|| start - Duration::minutes(before));
                visits.push(Visit { shown, way, start, told: app.now(), fate, turn, done: None });
            }
        }
    }
    visits
}

/// It is this time now, until all that is due by then is dealt with; the clock goes on meanwhile.
async fn play(app: &TestApp, outside: &Outside, time: &Time, chaos: &mut Chaos) {
    let begun = Instant::now();
    let sql = "select count(*) from messages where state = 'queued' and due_at <= ";
    loop {
        // Whoever is thrown out of the database comes again.
        let _swept = messaging::sweep_reminders(&app.app().db).await;
        app.app().db.bell().ring();
        if app.database.count(&format!("{sql} '{}'", app.now())).await == 0 {
            return;
        }
        assert!(begun.elapsed() < Span::from_mins(4), "what is due isn't dealt with");
        chaos.strike(app, outside).await;
        tokio::time::sleep(Span::from_millis(50)).await;
        time.tick(app, Duration::seconds(2));
    }
}

/// What becomes of those whose turn it is.
async fn turn(app: &TestApp, spa: &Spa, visits: &mut [Visit]) {
    let now = app.now();
    for visit in
        visits.iter_mut().filter(|one| one.done.is_none() && one.turn.is_some_and(|at| at <= now))
    {
        let version = &visit.shown["version"];
        match visit.fate {
            Fate::Moved(to) => {
                let body = json!({ "version": version, "start": to });
                spa.owner.post(&path(&visit.shown, "move"), &body).await.expect(200);
                visit.start = to;
            }
            Fate::Cancelled => {
                let body = json!({ "version": version });
                spa.owner.post(&path(&visit.shown, "cancel"), &body).await.expect(200);
            }
            Fate::Stands => {}
        }
        visit.told = app.now();
        visit.done = Some(Instant::now());
    }
}

/// What was handed over of one message.
struct Sent {
    kind: String,
    step: i64,
    /// By which way it was to go.
    way: String,
    current: bool,
    handed: Vec<Handed>,
}

/// By visit.
async fn sent(app: &TestApp, outside: &Outside) -> HashMap<Uuid, Vec<Sent>> {
    let mut handed: HashMap<String, Vec<Handed>> = HashMap::new();
    for one in outside.handed() {
        handed.entry(one.key.clone()).or_default().push(one);
    }
    let sql = "select m.id, m.kind, m.step, m.channel, a.id as visit,
                      m.appointment_sequence = a.sequence and a.status <> 'cancelled' as current
               from messages m join appointments a
                   on a.tenant_id = m.tenant_id and a.id = m.appointment_id";
    let rows = sqlx::query(sql).fetch_all(app.database.owner()).await.unwrap();
    let mut sent: HashMap<Uuid, Vec<Sent>> = HashMap::new();
    for row in rows {
        let key = Id::<Message>::from_uuid(row.get("id")).to_string();
        let one = Sent {
            kind: row.get("kind"),
            step: row.get::<i32, _>("step").into(),
            way: row.get("channel"),
            current: row.get("current"),
            handed: handed.remove(&key).unwrap_or_default(),
        };
        sent.entry(row.get("visit")).or_default().push(one);
    }
    assert!(handed.is_empty(), "nobody wrote {:?}", handed.keys());
    sent
}

/// Everything that is wrong with what a visit's customer was told.
fn wrong(visit: &Visit, told: &[Sent]) -> Vec<String> {
    let mut wrong = Vec::new();
    // By key, each counts once.
    let mut times: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    for one in told.iter().filter(|one| !one.handed.is_empty()) {
        if one.way != visit.way || one.handed.iter().any(|handed| handed.way != visit.way) {
            wrong.push(format!("{}: {} went by {}", visit.id(), one.kind, one.way));
        }
        let stale = one.kind == "reminder" && !one.current;
        if !stale {
            *times.entry((&one.kind, one.step)).or_default() += 1;
        } else if visit.done.is_none_or(|done| one.handed.iter().any(|it| it.at > done + WINDOW)) {
            wrong.push(format!("{}: an old reminder, {} before", visit.id(), one.step));
        }
    }
    let mut expected = BTreeMap::from([(("confirmed", 0), 1)]);
    expected.extend(visit.steps().into_iter().map(|step| (("reminder", step), 1)));
    match visit.fate {
        Fate::Moved(_) => expected.insert(("moved", 0), 1),
        Fate::Cancelled => expected.insert(("cancelled", 0), 1),
        Fate::Stands => None,
    };
    if times != expected {
        wrong.push(format!("{}: {:?}, {times:?} where {expected:?}", visit.id(), visit.fate));
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_killed_everybody_is_told_once() {
    let size = size();
    let outside = Outside::start().await;
    // Nobody at a desk books as fast as this.
    let mut settings = vec![("worker.inside", "false"), ("limits.plan_factor", "1000")];
    settings.extend(outside.settings());
    let app = TestApp::with(&settings).await;
    let (spa, names) = staffed(&app, &size).await;
    let ways = json!({ "channels": ["email", "sms"] });
    spa.owner.patch("/v1/message-settings", 1, &ways).await.expect(200);
    let mut dice = StdRng::seed_from_u64(seed());
    let mut visits = booked(&app, &spa, &names, &size, &mut dice).await;
    outside.is_moody(seed());
    let time = Time::at(&app);
    let mut chaos = Chaos::new(&app, &outside, &time, seed());
    play(&app, &outside, &time, &mut chaos).await;
    // Each time at which a reminder is due, and each at which something becomes of a visit.
    let mut points: Vec<_> = visits.iter().filter_map(|visit| visit.turn).collect();
    for visit in &visits {
        for step in STEPS {
            points.push(visit.start - Duration::minutes(step));
            if let Fate::Moved(to) = visit.fate {
                points.push(to - Duration::minutes(step));
            }
        }
    }
    points.sort_unstable();
    points.dedup();
    for point in points {
        if point > app.now() {
            time.jump(&app, point);
        }
        let _swept = messaging::sweep_reminders(&app.app().db).await;
        app.app().db.bell().ring();
        turn(&app, &spa, &mut visits).await;
        play(&app, &outside, &time, &mut chaos).await;
    }
    outside.doors(true);
    let sent = sent(&app, &outside).await;
    let mut faults = Vec::new();
    for visit in &visits {
        let id: Uuid = visit.id().parse::<Id<Appointment>>().unwrap().uuid();
        faults.extend(wrong(visit, sent.get(&id).map_or(&[], Vec::as_slice)));
    }
    let Chaos(trouble) = chaos;
    let reached = |one: &&Sent| !one.handed.is_empty();
    let of = |way: &str| {
        let keys = sent.values().flatten().filter(reached).filter(|one| one.way == way);
        let (keys, all) = keys.fold((0, 0), |(keys, all), one| (keys + 1, all + one.handed.len()));
        format!("{keys} by {way}, {} of them once more", all - keys)
    };
    let stale = |one: &&Sent| one.kind == "reminder" && !one.current && !one.handed.is_empty();
    let crossed = sent.values().flatten().filter(stale).count();
    report(&format!(
        "{} visits; {}; {}; {crossed} before or while it changed; {} kills, {} connections cut, \
         {} times closed",
        visits.len(),
        of("email"),
        of("sms"),
        trouble.kills,
        trouble.cuts,
        trouble.absences,
    ));
    assert!(faults.is_empty(), "{faults:#?}");
    let dead = "select count(*) from jobs where state = 'dead'";
    assert_eq!(app.database.count(dead).await, 0);
    assert!(trouble.kills > 3, "nobody was killed");
    assert!(trouble.cuts > 0, "the database hung up on nobody");
    trouble.end();
}

#[expect(clippy::print_stdout, reason = "whoever reads a run wants to know what was seen outside")]
fn report(text: &str) {
    println!("exactly once: {text}");
}
