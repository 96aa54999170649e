//! Nothing is missed: many who watch, with connections that break at any moment, over servers of which
//! one is killed and started again, while Redis goes and comes back, visits are booked, moved and
//! called off, and a line moves on. Some see their own column alone, some the line and its screen, some
//! read slowly. In the end everybody sees what is there, and nobody ever saw an older version after a
//! newer one. `OPENCHAIR_LONG=1` runs it with 500.

mod stage;
mod truth;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use openchair_tests::process::{Program, free_address};
use openchair_tests::redis::Redis;
use openchair_tests::{Browser, TestApp, bench, eventually_in, is_long};

use tokio::task::JoinSet;

use stage::Stage;
use truth::Truth;

/// Starting and catching up, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);
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

#[tokio::test(flavor = "multi_thread")]
async fn nobody_misses_anything() {
    let (watchers, hands, rounds) = if is_long() { (500, 8, 10) } else { (60, 3, 2) };
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
    let stage = Arc::new(Stage::set(&app, spa, [&one.url, &two.url]).await);
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
    let steps = stage.steps.load(Ordering::SeqCst);
    assert!(steps > 10, "{steps} steps in the line");
    let truth = Arc::new(Truth::read(&app, &stage.spa, &one.url).await);
    // All at once: nobody's connection waits for somebody else to be looked at.
    let mut held = JoinSet::new();
    for (number, watcher) in watching.into_iter().enumerate() {
        let truth = Arc::clone(&truth);
        held.spawn(async move { truth.hold_against(number as u64, watcher.await.unwrap()).await });
    }
    let (mut resumed, mut connections, mut resyncs) = (0, 0, 0);
    while let Some(follower) = held.join_next().await {
        let follower = follower.unwrap();
        assert!(follower.connections > 0);
        resyncs += follower.board.resyncs;
        resumed += follower.resumed;
        connections += follower.connections;
    }
    eprintln!(
        "{watchers} who watch, {} events, {rounds} servers killed and as many stops of Redis: \
         {connections} connections, {resumed} topics gone on with, {resyncs} told afresh",
        truth.last
    );
    assert!(resyncs > 0, "nobody ever fell behind");
    assert!(
        resumed > watchers,
        "{resumed} topics of {connections} connections went on where they were"
    );
}
