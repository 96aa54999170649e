//! Trouble: two workers, each of which is killed again and again as by `kill -9` and comes back, a database
//! that hangs up on whoever is connected, and others who are away for a while.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};

use crate::bench::bench;
use crate::database::TestDatabase;
use crate::process::Program;

/// So long after one blow comes the next, in milliseconds.
const PAUSE: std::ops::Range<u64> = 800..2_500;

/// What the workers call themselves in the database: on whoever works at the desk nobody hangs up here.
const NAME: &str = "worker-in-trouble";

/// Two workers in trouble.
#[derive(Debug)]
pub struct Trouble {
    name: &'static str,
    settings: Vec<(&'static str, String)>,
    workers: [Option<Program>; 2],
    /// How often each was started.
    starts: [usize; 2],
    dice: StdRng,
    next: Instant,
    /// Whether the others are away.
    away: bool,
    /// How often a worker was killed.
    pub kills: u32,
    /// How many connections the database hung up.
    pub cuts: u32,
    /// How often the others were away.
    pub absences: u32,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blow {
    /// A worker was killed, and another one started in its place.
    Killed,
    /// The database hung up on some of the workers' connections.
    Cut,
    /// Whoever the workers send to is away from now on: that is for who asks to bring about.
    Away,
    /// And is back.
    Back,
}

impl Trouble {
    /// Two workers with these settings, and a log by this name.
    pub fn new(
        name: &'static str,
        database: &TestDatabase,
        more: Vec<(&'static str, String)>,
        seed: u64,
    ) -> Self {
        let own = [
            ("database.url", format!("{}?application_name={NAME}", database.app_url())),
            // Who is up says so.
            ("log.level", "info".to_owned()),
        ];
        let mut trouble = Self {
            name,
            settings: own.into_iter().chain(more).collect(),
            workers: [None, None],
            starts: [0, 0],
            dice: StdRng::seed_from_u64(seed),
            next: Instant::now(),
            away: false,
            kills: 0,
            cuts: 0,
            absences: 0,
        };
        for which in 0..2 {
            trouble.start(which);
        }
        trouble
    }

    fn start(&mut self, which: usize) {
        self.starts[which] += 1;
        let log = bench().folder().join(format!("{}-worker-{which}.log", self.name));
        self.workers[which] = Some(Program::start("openchair-worker", &log, &self.settings));
    }

    /// Whether both have come up since they were hit: where everything is slow, they would never get
    /// to anything.
    fn up(&self) -> bool {
        self.workers.iter().zip(self.starts).all(|(worker, starts)| {
            let log = worker.as_ref().map(Program::log).unwrap_or_default();
            log.matches("the worker runs").count() >= starts
        })
    }

    /// Whether something may happen again.
    pub fn is_near(&self) -> bool {
        Instant::now() >= self.next && self.up()
    }

    /// Every other second, something happens.
    pub async fn strike(&mut self, database: &TestDatabase) -> Option<Blow> {
        if !self.is_near() {
            return None;
        }
        self.next = Instant::now() + Duration::from_millis(self.dice.random_range(PAUSE));
        if std::mem::take(&mut self.away) {
            return Some(Blow::Back);
        }
        Some(match self.dice.random_range(0..8) {
            0..4 => {
                self.kill();
                Blow::Killed
            }
            4..7 => {
                self.cut(database).await;
                Blow::Cut
            }
            _ => {
                self.away = true;
                self.absences += 1;
                Blow::Away
            }
        })
    }

    fn kill(&mut self) {
        // Not always the one that has something in its hands.
        let which = self.dice.random_range(0..2);
        if let Some(victim) = self.workers[which].take() {
            victim.kill();
        }
        self.start(which);
        self.kills += 1;
    }

    async fn cut(&mut self, database: &TestDatabase) {
        let sql = format!(
            "select count(pg_terminate_backend(pid)) from (
                 select pid from pg_stat_activity
                 where datname = current_database() and application_name = '{NAME}'
                 order by random() limit 3) these"
        );
        self.cuts += u32::try_from(database.count(&sql).await).unwrap_or_default();
    }

    /// It is over: whoever is there still ends well, and nobody ever panicked or logged an error.
    pub fn end(self) {
        for worker in self.workers.into_iter().flatten() {
            let log = worker.log();
            assert!(!log.contains("panicked") && !log.contains("\"ERROR\""), "{log}");
            assert!(worker.stop(), "the worker ends well");
        }
    }
}
