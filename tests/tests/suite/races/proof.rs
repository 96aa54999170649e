//! The race: clients without number after few hands and rooms, a server that is killed under them,
//! and a clock that runs ahead so that what was kept for nobody lapses.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use chrono::Duration as Span;
use openchair_domain::time::{Clock as _, FileClock, SystemClock};
use openchair_tests::process::{Program, free_address};
use openchair_tests::{Browser, TestApp, bench, eventually_in, is_long, seed};

use super::check;
use super::client::{Crowd, Deed, Said};
use super::house::House;
use super::judge::Judge;

/// Starting again on a busy machine, with everybody knocking.
const PATIENCE: Duration = Duration::from_mins(3);

/// A server in a process of its own, whose time we move.
struct Stage {
    url: String,
    log: PathBuf,
    clock: PathBuf,
    settings: Vec<(&'static str, String)>,
    ahead: i64,
}

impl Stage {
    fn new(app: &TestApp) -> Self {
        let folder = bench().folder().join("races");
        std::fs::create_dir_all(&folder).unwrap();
        let (address, clock) = (free_address(), folder.join("now"));
        let url = format!("http://{address}");
        let settings = vec![
            ("database.url", app.database.app_url()),
            ("testing.clock_file", clock.display().to_string()),
            ("server.bind", address.to_string()),
            ("server.public_url", url.clone()),
            // More come to one shop than any plan allows.
            ("limits.plan_factor", "1000".to_owned()),
        ];
        // Goes on from the time at which the spa was opened.
        let ahead = (app.now() - SystemClock.now()).num_seconds();
        let mut stage = Self { url, log: folder.join("server.log"), clock, settings, ahead };
        stage.forward(Span::zero());
        stage
    }

    fn forward(&mut self, by: Span) {
        self.ahead += by.num_seconds();
        let beside = self.clock.with_extension("new");
        std::fs::write(&beside, self.ahead.to_string()).unwrap();
        std::fs::rename(beside, &self.clock).unwrap();
    }

    fn clock(&self) -> FileClock {
        FileClock::following(self.clock.clone())
    }

    async fn start(&self) -> Program {
        let mut server = Program::start("openchair-server", &self.log, &self.settings);
        let browser = Browser::at(&self.url);
        eventually_in(PATIENCE, "the server is ready", async || {
            assert!(server.runs(), "{}", server.log());
            let answer = browser.get("/readyz").may_fail().send().await.ok();
            answer.filter(|answer| answer.status == 200).map(drop)
        })
        .await;
        server
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_gets_what_somebody_has_whatever_happens() {
    let (clients, rounds, answers) = if is_long() { (200, 12, 3_000) } else { (40, 3, 250) };
    let mut app = TestApp::start().await;
    let house = House::open(app.spa().await).await;
    app.stop().await;
    let mut stage = Stage::new(&app);
    let mut server = stage.start().await;
    let crowd = Arc::new(Crowd::gather(house, &stage.url, stage.clock(), seed()));
    let running: Vec<_> = (0..clients)
        .map(|number| {
            let crowd = Arc::clone(&crowd);
            tokio::spawn(async move { crowd.client(number).await })
        })
        .collect();
    for round in 1..=rounds {
        let goal = answers * round;
        eventually_in(PATIENCE, "the race goes on", async || {
            assert!(server.runs(), "{}", server.log());
            (crowd.answered() >= goal).then_some(())
        })
        .await;
        // Whatever is kept now and not taken up lapses while they go on.
        stage.forward(Span::minutes(if round % 2 == 0 { 6 } else { 5 }));
        if round < rounds {
            server.kill();
            server = stage.start().await;
        }
    }
    crowd.stop();
    for client in running {
        client.await.unwrap();
    }
    assert!(server.stop(), "the server ends well");
    let said = std::fs::read_to_string(&stage.log).unwrap_or_default();
    assert!(!said.contains("panicked") && !said.contains(r#""level":"ERROR""#), "{said}");

    let owner = app.database.owner();
    let log = crowd.log().clone();
    let mut wrong = check::tables(owner).await;
    wrong.extend(Judge::read(owner, crowd.house(), &log).await.lies());
    assert!(
        wrong.is_empty(),
        "seed {}: {} faults, {:#?}",
        seed(),
        wrong.len(),
        &wrong[..wrong.len().min(20)]
    );
    assert_eq!(check::deadlocks(owner).await, 0);
    let postgres = std::fs::read_to_string(bench().folder().join("postgres.log")).unwrap();
    for fault in ["deadlock detected", "could not serialize"] {
        assert!(!postgres.contains(fault), "{fault}: see PostgreSQL's log");
    }

    // It was a race: everything was done, and everything was refused to somebody.
    let count = |such: &dyn Fn(&Deed, &Said) -> bool| {
        log.iter().filter(|entry| such(&entry.deed, &entry.said)).count()
    };
    let done = |said: &Said| matches!(said, Said::Answer(200..300, _));
    for (what, found) in [
        ("booked", count(&|deed, said| matches!(deed, Deed::Book { .. }) && done(said))),
        ("held", count(&|deed, said| matches!(deed, Deed::Hold { .. }) && done(said))),
        ("taken up", count(&|deed, said| matches!(deed, Deed::TakeUp { .. }) && done(said))),
        ("moved", count(&|deed, said| matches!(deed, Deed::Move { .. }) && done(said))),
        ("cancelled", count(&|deed, said| matches!(deed, Deed::Cancel { .. }) && done(said))),
        ("refused", count(&|_, said| matches!(said, Said::Answer(409, _)))),
    ] {
        assert!(found > 0, "nothing was {what}");
    }
    // And whoever looks, sees: one row less, and somebody has no time.
    app.database
        .run("delete from allocations where ctid in (select ctid from allocations limit 1)")
        .await;
    assert!(!check::tables(owner).await.is_empty(), "the checker is blind");
}
