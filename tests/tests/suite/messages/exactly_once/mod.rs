//! Two workers that are killed again and again, a database that hangs up, a mail server that refuses,
//! hangs up and closes: afterwards everybody was told everything exactly once.
//!
//! What is guaranteed: a mail server that was handed a mail and hung up before it said so, or whose
//! worker was killed before it wrote that down, is handed the same mail again, under the same id: that is
//! one delivery, by its key. And whoever looks at a message and hands it over does so within [`WINDOW`]:
//! what is changed meanwhile may cross it.

mod trouble;

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration as Span, Instant};

use chrono::{DateTime, Duration, Utc};
use openchair_domain::ids::{Appointment, Id, Message};
use openchair_domain::messaging;
use openchair_tests::post_office::{Letter, PostOffice};
use openchair_tests::spa::{Spa, at};
use openchair_tests::{TestApp, is_long, seed};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};
use serde_json::{Value, json};
use sqlx::Row;
use uuid::Uuid;

use self::trouble::{Chaos, Time, moody};
use super::path;

/// How long after a look a mail is handed over at most, with the lease that the workers have here.
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
                let number = visits.len();
                let customer = json!({ "name": format!("C {number}"),
                                       "email": format!("c{number}@example.com") });
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
                visits.push(Visit { shown, start, told: app.now(), fate, turn, done: None });
            }
        }
    }
    visits
}

/// It is this time now, until all that is due by then is dealt with; the clock goes on meanwhile.
async fn play(app: &TestApp, office: &PostOffice, time: &Time, chaos: &mut Chaos) {
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
        chaos.strike(app, office).await;
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

/// What the office has of one message.
struct Sent {
    kind: String,
    step: i64,
    current: bool,
    letters: Vec<Letter>,
}

/// What customers get; logins get mails, too.
fn letters(office: &PostOffice) -> impl Iterator<Item = Letter> {
    office.letters().into_iter().filter(|letter| !letter.key.starts_with("job_"))
}

/// By visit.
async fn sent(app: &TestApp, office: &PostOffice) -> HashMap<Uuid, Vec<Sent>> {
    let mut letters: HashMap<String, Vec<Letter>> = HashMap::new();
    for letter in self::letters(office) {
        letters.entry(letter.key.clone()).or_default().push(letter);
    }
    let sql = "select m.id, m.kind, m.step, a.id as visit,
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
            current: row.get("current"),
            letters: letters.remove(&key).unwrap_or_default(),
        };
        sent.entry(row.get("visit")).or_default().push(one);
    }
    assert!(letters.is_empty(), "nobody wrote {:?}", letters.keys());
    sent
}

/// Everything that is wrong with what a visit's customer was told.
fn wrong(visit: &Visit, told: &[Sent]) -> Vec<String> {
    let mut wrong = Vec::new();
    // By key, each counts once.
    let mut times: BTreeMap<(&str, i64), usize> = BTreeMap::new();
    for one in told.iter().filter(|one| !one.letters.is_empty()) {
        let stale = one.kind == "reminder" && !one.current;
        if !stale {
            *times.entry((&one.kind, one.step)).or_default() += 1;
        } else if visit.done.is_none_or(|done| one.letters.iter().any(|it| it.at > done + WINDOW)) {
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
    let mut app = TestApp::with(&[("worker.inside", "false")]).await;
    // Its connections are cut, too.
    app.may_log_errors();
    let (spa, names) = staffed(&app, &size).await;
    let mut dice = StdRng::seed_from_u64(seed());
    let mut visits = booked(&app, &spa, &names, &size, &mut dice).await;
    let office = PostOffice::open().await;
    moody(&office, seed());
    let time = Time::at(&app);
    let mut chaos = Chaos::new(&app, &office, &time, seed());
    play(&app, &office, &time, &mut chaos).await;
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
        play(&app, &office, &time, &mut chaos).await;
    }
    office.doors(true);
    let sent = sent(&app, &office).await;
    let mut faults = Vec::new();
    for visit in &visits {
        let id: Uuid = visit.id().parse::<Id<Appointment>>().unwrap().uuid();
        faults.extend(wrong(visit, sent.get(&id).map_or(&[], Vec::as_slice)));
    }
    let all = letters(&office).count();
    let keys = sent.values().flatten().filter(|one| !one.letters.is_empty()).count();
    let stale = |one: &&Sent| one.kind == "reminder" && !one.current && !one.letters.is_empty();
    let crossed = sent.values().flatten().filter(stale).count();
    report(&format!(
        "{} visits, {keys} messages, {} duplicates by key, {crossed} before or while it changed; {} kills, {} \
         connections cut, {} times closed",
        visits.len(),
        all - keys,
        chaos.kills,
        chaos.cuts,
        chaos.closings,
    ));
    assert!(faults.is_empty(), "{faults:#?}");
    let dead = "select count(*) from jobs where state = 'dead'";
    assert_eq!(app.database.count(dead).await, 0);
    assert!(chaos.kills > 3, "nobody was killed");
    chaos.stop();
}

#[expect(clippy::print_stdout, reason = "whoever reads a run wants to know what the office saw")]
fn report(text: &str) {
    println!("exactly once: {text}");
}
