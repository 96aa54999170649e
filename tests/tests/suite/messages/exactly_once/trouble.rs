//! What makes trouble, and the time in which it does.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration as Span, Instant};

use chrono::{DateTime, Duration, Utc};
use openchair_domain::time::{Clock as _, FileClock, SystemClock};
use openchair_tests::post_office::{Deed, PostOffice};
use openchair_tests::process::Program;
use openchair_tests::{TestApp, bench};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};

/// Seconds. With it, [`super::WINDOW`] holds.
const LEASE: u32 = 24;

/// The workers' time, which flows, and jumps as it is told.
pub struct Time {
    file: PathBuf,
    shown: FileClock,
}

impl Time {
    pub fn at(app: &TestApp) -> Self {
        let file = bench().folder().join("exactly-once-clock");
        let time = Self { shown: FileClock::following(file.clone()), file };
        time.jump(app, app.now());
        time
    }

    /// To this time, if it isn't over.
    pub fn jump(&self, app: &TestApp, to: DateTime<Utc>) {
        self.shift(app, (to - SystemClock.now()).num_seconds() + 1);
    }

    pub fn tick(&self, app: &TestApp, by: Duration) {
        let shift = (self.shown.now() - SystemClock.now() + by).num_seconds();
        self.shift(app, shift);
    }

    fn shift(&self, app: &TestApp, seconds: i64) {
        // Whole or not at all: others may be reading.
        let beside = self.file.with_extension("new");
        std::fs::write(&beside, format!("{seconds:+}")).unwrap();
        std::fs::rename(beside, &self.file).unwrap();
        app.clock.set(self.shown.now());
    }
}

/// What makes trouble.
pub struct Chaos {
    dice: StdRng,
    workers: [Option<Program>; 2],
    settings: Vec<(&'static str, String)>,
    next: Instant,
    closed: bool,
    pub kills: u32,
    pub cuts: u32,
    pub closings: u32,
}

impl Chaos {
    pub fn new(app: &TestApp, office: &PostOffice, time: &Time, seed: u64) -> Self {
        let settings = vec![
            ("database.url", app.database.app_url()),
            ("database.max_connections", "10".to_owned()),
            ("testing.clock_file", time.file.display().to_string()),
            ("server.public_url", app.url.clone()),
            ("worker.lease_seconds", LEASE.to_string()),
            ("mail.transport", "smtp".to_owned()),
            ("mail.smtp_url", office.url()),
        ];
        let mut chaos = Self {
            dice: StdRng::seed_from_u64(seed),
            workers: [None, None],
            settings,
            next: Instant::now(),
            closed: false,
            kills: 0,
            cuts: 0,
            closings: 0,
        };
        for which in 0..2 {
            chaos.start(which);
        }
        chaos
    }

    fn start(&mut self, which: usize) {
        let log = bench().folder().join(format!("exactly-once-worker-{which}.log"));
        self.workers[which] = Some(Program::start("openchair-worker", &log, &self.settings));
    }

    /// Every other second, something happens.
    pub async fn strike(&mut self, app: &TestApp, office: &PostOffice) {
        if Instant::now() < self.next {
            return;
        }
        self.next = Instant::now() + Span::from_millis(self.dice.random_range(800..2_500));
        if self.closed {
            self.closed = false;
            office.doors(true);
            return;
        }
        match self.dice.random_range(0..8) {
            0..4 => {
                let which = self.dice.random_range(0..2);
                if let Some(victim) = self.workers[which].take() {
                    victim.kill();
                }
                self.start(which);
                self.kills += 1;
            }
            4..7 => {
                let sql = "select count(pg_terminate_backend(pid)) from (
                               select pid from pg_stat_activity
                               where datname = current_database() and application_name = 'openchair'
                               order by random() limit 3) these";
                self.cuts += u32::try_from(app.database.count(sql).await).unwrap();
            }
            _ => {
                self.closed = true;
                office.doors(false);
                self.closings += 1;
            }
        }
    }

    pub fn stop(self) {
        for worker in self.workers.into_iter().flatten() {
            let log = worker.log();
            assert!(!log.contains("panicked") && !log.contains("\"ERROR\""), "{log}");
            assert!(worker.stop(), "the worker ends well");
        }
    }
}

/// Takes most of what it gets.
pub fn moody(office: &PostOffice, seed: u64) {
    let dice = Mutex::new(StdRng::seed_from_u64(seed));
    office.always(move |_| match dice.lock().unwrap().random_range(0..100) {
        0..3 => Deed::Refuse(451),
        3..5 => Deed::Busy,
        5..8 => Deed::Cut,
        8..12 => Deed::Slowly(Span::from_millis(200)),
        12 => Deed::Stall,
        _ => Deed::Take,
    });
}
