//! Nothing is missed: many who watch, with connections that break at any moment, over servers of which
//! one is killed and started again, while Redis goes and comes back, visits are booked, moved and
//! called off, and a line moves on. Some see their own column alone, some the line and its screen, some
//! read slowly. In the end everybody sees what is there, and nobody ever saw an older version after a
//! newer one. `OPENCHAIR_LONG=1` runs it with 500.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use openchair_domain::authz::BuiltIn;
use openchair_domain::ids::{Appointment, Id, Location, QueueEntry, StaffMember};
use openchair_live_client::{Board, Follower, Plan};
use openchair_tests::live::schedule;
use openchair_tests::process::{Program, free_address};
use openchair_tests::redis::Redis;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Browser, TestApp, bench, eventually_in, is_long};
use serde_json::{Value, json};
use tokio::time::timeout;

/// Starting and catching up, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);
/// The first and the last day that is watched.
const DAYS: std::ops::Range<u32> = 9..15;

/// A server that can be killed.
struct Server {
    log: PathBuf,
    url: String,
    settings: Vec<(&'static str, String)>,
    program: Option<Program>,
}

impl Server {
    fn new(app: &TestApp, (name, buffer): (&str, u8), clock: &str, redis: Option<&Redis>) -> Self {
        let folder = bench().folder().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let address = free_address();
        let url = format!("http://{address}");
        let settings = vec![
            ("server.bind", address.to_string()),
            ("server.public_url", url.clone()),
            ("database.url", app.database.app_url()),
            ("database.max_connections", "8".to_owned()),
            ("testing.clock_file", clock.to_owned()),
            ("redis.url", redis.map(Redis::url).unwrap_or_default()),
            ("limits.per_ip_per_minute", "1000000".to_owned()),
            ("limits.per_ip_burst", "1000000".to_owned()),
            ("limits.plan_factor", "1000".to_owned()),
            ("live.buffer", buffer.to_string()),
            ("live.sockets_per_user", "100000".to_owned()),
            ("live.sockets_per_ip", "100000".to_owned()),
            ("worker.inside", "false".to_owned()),
        ];
        Self { log: folder.join("server.log"), url, settings, program: None }
    }

    async fn start(&mut self) {
        let mut program = Program::start("openchair-server", &self.log, &self.settings);
        let browser = Browser::at(&self.url);
        eventually_in(PATIENCE, "the server is ready", async || {
            assert!(program.runs(), "{}", program.log());
            let answer = browser.get("/readyz").may_fail().send().await.ok();
            answer.filter(|answer| answer.status == 200).map(drop)
        })
        .await;
        self.program = Some(program);
    }

    fn kill(&mut self) {
        self.program.take().into_iter().for_each(Program::kill);
    }
}

/// A number that looks like any other, from one to the next.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or_default() % sides
    }
}

struct Stage {
    spa: Spa,
    stop: AtomicBool,
    done: AtomicUsize,
    /// What happened in the line.
    steps: AtomicUsize,
    doors: Vec<Browser>,
    /// Those of one who sees their own column.
    own_doors: Vec<Browser>,
}

/// What somebody looks at, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Eyes {
    All,
    /// Eve's own column.
    Own,
    /// The line and its screen, too.
    Line,
    /// Everything, later than the others.
    Slow,
}

impl Eyes {
    fn of(number: u64) -> Self {
        [Self::All, Self::Own, Self::Line, Self::All, Self::Slow]
            [usize::try_from(number % 5).unwrap()]
    }
}

fn day(day: u32) -> String {
    format!("2026-03-{day:02}")
}

impl Stage {
    /// Somebody who books, moves and calls off, wherever there is an answer.
    async fn hand(self: Arc<Self>, seed: u64) {
        let mut dice = Dice(seed);
        let mut known: Vec<Value> = Vec::new();
        while !self.stop.load(Ordering::SeqCst) {
            let door = &self.doors[dice.roll(self.doors.len())];
            let start = at(
                DAYS.start + u32::try_from(dice.roll(DAYS.len())).unwrap(),
                &format!("{:02}:{}", 9 + dice.roll(10), ["00", "30"][dice.roll(2)]),
            );
            let who = ["Eve", "Wanda"][dice.roll(2)];
            let what = dice.roll(if known.is_empty() { 1 } else { 5 });
            let call = if what < 2 {
                let wanted = self.spa.wanted(&["Wax"], 1, &[who]);
                let customer = json!({ "name": format!("Guest {}", dice.roll(1_000)) });
                let body = json!({ "wanted": wanted, "start": start, "customer": customer });
                door.post("/v1/appointments", &body)
            } else {
                let visit = known.swap_remove(dice.roll(known.len()));
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
                _ => tokio::time::sleep(Duration::from_millis(5)).await,
            }
        }
    }

    /// Somebody who puts people into the line, calls the next, serves them and lets them go.
    async fn desk(self: Arc<Self>) {
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
    async fn watcher(self: Arc<Self>, number: u64) -> Follower {
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
        let mut follower = Follower::new(Plan { doors, topics, pause, seed: number + 1 });
        while !self.stop.load(Ordering::SeqCst) {
            let time = Duration::from_millis(100 + dice.roll(1_500) as u64);
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

/// What a day shows, by the tables: versions by ids; of all, or of one's own column.
async fn by_the_tables(app: &TestApp, spa: &Spa, one: u32, own: bool) -> BTreeMap<String, i64> {
    let eve = spa.id("Eve").parse::<Id<StaffMember>>().unwrap();
    let rows: Vec<(uuid::Uuid, i32)> = sqlx::query_as(
        "select id, version from appointments a
         where location_id = $1 and status <> 'expired' and ends_at > $2 and starts_at < $3
           and ($4::uuid is null or exists (
               select 1 from appointment_lines l where l.appointment_id = a.id and l.staff_id = $4))",
    )
    .bind(spa.location.parse::<Id<Location>>().unwrap().uuid())
    .bind(at(one, "00:00"))
    .bind(at(one + 1, "00:00"))
    .bind(own.then_some(eve.uuid()))
    .fetch_all(app.database.owner())
    .await
    .unwrap();
    let id = |id| Id::<Appointment>::from_uuid(id);
    rows.into_iter().map(|(row, version)| (id(row).to_string(), version.into())).collect()
}

/// Those in the line, by the tables.
async fn in_line(app: &TestApp) -> BTreeMap<String, i64> {
    let sql = "select id, version from queue_entries where ended_at is null";
    let rows: Vec<(uuid::Uuid, i32)> =
        sqlx::query_as(sql).fetch_all(app.database.owner()).await.unwrap();
    let id = |id| Id::<QueueEntry>::from_uuid(id);
    rows.into_iter().map(|(row, version)| (id(row).to_string(), version.into())).collect()
}

/// Those in the line, as it is shown.
fn line_shown(board: &Board, spa: &Spa) -> BTreeMap<String, i64> {
    let shown = board.topic(&format!("queue:{}", spa.location)).map(|shown| shown.items.values());
    let entries = shown.into_iter().flatten().filter(|item| item.kind == "entry");
    let there = entries.filter(|item| item.body["entry"]["ended_at"].is_null());
    there.map(|item| (item.id.clone(), item.version)).collect()
}

fn shown(board: &Board, topic: &str) -> BTreeMap<String, i64> {
    let shown = board.topic(topic).map(|shown| shown.items.values());
    shown.into_iter().flatten().map(|item| (item.id.clone(), item.version)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_misses_anything() {
    let (watchers, hands, rounds) = if is_long() { (500, 8, 6) } else { (60, 3, 2) };
    let app = TestApp::with(&[("limits.plan_factor", "1000")]).await;
    let spa = app.spa().await;
    let folder = bench().folder().join("missed");
    std::fs::create_dir_all(&folder).unwrap();
    let clock = folder.join("clock");
    std::fs::write(&clock, "2026-03-02T09:00:00Z").unwrap();
    let clock = clock.display().to_string();
    let mut redis = Redis::start();
    // At the one, few fall behind; at the other, everybody does now and then.
    let mut one = Server::new(&app, ("missed-one", 64), &clock, redis.as_ref());
    let mut two = Server::new(&app, ("missed-two", 2), &clock, redis.as_ref());
    tokio::join!(one.start(), two.start());
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
    let doors = [&one.url, &two.url].map(|url| Browser::at(url).with_bearer(&key.secret));
    spa.open_line(&["Eve", "Wanda"]).await;
    let eve = app.member(&spa.business, BuiltIn::Provider).await;
    app.be_staff(&spa.business, &eve, spa.id("Eve").parse().unwrap()).await;
    let eve = app.sign_in(&eve).await;
    let own_doors = [&one.url, &two.url].map(|url| {
        let browser = Browser::at(url);
        browser.set_cookie(eve.cookie().as_deref());
        browser.in_tenant(&spa.business)
    });
    let stage = Arc::new(Stage {
        spa,
        stop: AtomicBool::new(false),
        done: AtomicUsize::new(0),
        steps: AtomicUsize::new(0),
        doors: doors.into(),
        own_doors: own_doors.into(),
    });
    let watching: Vec<_> =
        (0..watchers).map(|number| tokio::spawn(Arc::clone(&stage).watcher(number))).collect();
    let mut working: Vec<_> =
        (0..hands).map(|seed| tokio::spawn(Arc::clone(&stage).hand(seed + 1))).collect();
    working.push(tokio::spawn(Arc::clone(&stage).desk()));
    let more = async |count: usize| {
        let until = stage.done.load(Ordering::SeqCst) + count;
        eventually_in(PATIENCE, "visits are booked and moved", async || {
            (stage.done.load(Ordering::SeqCst) >= until).then_some(())
        })
        .await;
    };
    for _ in 0..rounds {
        more(40).await;
        two.kill();
        more(20).await;
        redis.iter_mut().for_each(Redis::stop);
        more(20).await;
        two.start().await;
        more(20).await;
        assert!(redis.iter_mut().all(Redis::go_on));
        more(40).await;
    }
    stage.stop.store(true, Ordering::SeqCst);
    for hand in working {
        hand.await.unwrap();
    }
    let (mut expected, mut own) = (BTreeMap::new(), BTreeMap::new());
    for one in DAYS {
        let topic = format!("schedule:{}:{}", stage.spa.location, day(one));
        expected.insert(topic.clone(), by_the_tables(&app, &stage.spa, one, false).await);
        own.insert(topic, by_the_tables(&app, &stage.spa, one, true).await);
    }
    let many =
        |shown: &BTreeMap<_, BTreeMap<_, _>>| shown.values().map(BTreeMap::len).sum::<usize>();
    assert!(many(&own) > 5 && many(&expected) > many(&own) + 5, "{expected:?} {own:?}");
    let steps = stage.steps.load(Ordering::SeqCst);
    assert!(steps > 10, "{steps} steps in the line");
    let line = in_line(&app).await;
    let screen = format!("/v1/public/{}/queue/board", stage.spa.business.slug);
    let screen = Browser::at(&one.url).get(&screen).await.expect(200);
    let last = app.database.count("select max(last_seq) from event_counters").await;
    let (mut resumed, mut connections, mut resyncs) = (0, 0, 0);
    for (number, watcher) in watching.into_iter().enumerate() {
        let mut follower = watcher.await.unwrap();
        let caught_up = |board: &Board| {
            let mut topics = board.topics().peekable();
            topics.peek().is_some() && topics.all(|(_, shown)| shown.seq >= last)
        };
        let catching_up = async {
            while !caught_up(&follower.board) {
                let _more = timeout(Duration::from_millis(200), follower.next()).await;
                follower.say(&json!({ "ping": 1 })).await;
            }
        };
        let done = timeout(PATIENCE, catching_up).await;
        done.unwrap_or_else(|_| panic!("{number} doesn't catch up: {:?}", follower.last_end));
        assert_eq!(follower.board.faults, [], "{number}");
        let eyes = Eyes::of(number as u64);
        let expected = if eyes == Eyes::Own { &own } else { &expected };
        for (topic, _) in follower.board.topics().filter(|(topic, _)| topic.starts_with("sch")) {
            assert_eq!(shown(&follower.board, topic), expected[topic], "{number} {topic}");
        }
        if eyes == Eyes::Line {
            assert_eq!(line_shown(&follower.board, &stage.spa), line, "{number}");
            let board = follower.board.topic(&format!("board:{}", stage.spa.location)).unwrap();
            assert_eq!(board.items.values().next().unwrap().body["board"], screen, "{number}");
        }
        resyncs += follower.board.resyncs;
        resumed += follower.resumed;
        connections += follower.connections;
    }
    assert!(resyncs > 0, "nobody ever fell behind");
    assert!(resumed > watchers, "{resumed} of {connections} connections went on where they were");
}
