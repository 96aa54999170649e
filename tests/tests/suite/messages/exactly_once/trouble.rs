//! The time in which there is trouble, and whom messages are handed to in it.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration as Span, Instant};

use chrono::{DateTime, Duration, Utc};
use openchair_domain::time::{Clock as _, FileClock, SystemClock};
use openchair_tests::post_office::{Deed, PostOffice};
use openchair_tests::texts::{Act, Texts};
use openchair_tests::trouble::{Blow, Trouble};
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

/// Whom messages are handed to: a mail server, and a provider of texts.
pub struct Outside {
    office: PostOffice,
    texts: Texts,
}

/// A message that somebody has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// When.
    pub at: Instant,
    /// By which way.
    pub way: &'static str,
    /// What tells it from all others, wherever it is handed over.
    pub key: String,
}

impl Outside {
    pub async fn start() -> Self {
        let texts = Texts::start().await;
        texts.tells_by_itself();
        Self { office: PostOffice::open().await, texts }
    }

    /// What a server or a worker needs to know of the texts.
    pub fn settings(&self) -> [(&'static str, &str); 5] {
        self.texts.settings()
    }

    /// From now on it is as on a bad day, when most of what it gets is still taken.
    pub fn is_moody(&self, seed: u64) {
        let dice = Mutex::new(StdRng::seed_from_u64(seed));
        self.office.always(move |_| match dice.lock().unwrap().random_range(0..100) {
            0..3 => Deed::Refuse(451),
            3..5 => Deed::Busy,
            5..8 => Deed::Cut,
            8..12 => Deed::Slowly(Span::from_millis(200)),
            12 => Deed::Stall,
            _ => Deed::Take,
        });
        let dice = Mutex::new(StdRng::seed_from_u64(seed + 1));
        self.texts.always(move |_| match dice.lock().unwrap().random_range(0..100) {
            0..3 => Act::Refuse(500, 20_500),
            3..5 => Act::Busy(2),
            5..7 => Act::Drop,
            7..10 => Act::TakeAndDrop,
            10..14 => Act::Slowly(Span::from_millis(200)),
            14 => Act::TakeAndStall,
            _ => Act::Take,
        });
    }

    /// Whether anything is taken at all.
    pub fn doors(&self, open: bool) {
        self.office.doors(open);
        self.texts.doors(open);
    }

    /// Everything that customers were handed; logins get mails, too.
    pub fn handed(&self) -> Vec<Handed> {
        let mails =
            self.office.letters().into_iter().map(|letter| (letter.at, "email", letter.key));
        let texts = self.texts.sent().into_iter().map(|sent| (sent.at, "sms", sent.key));
        mails
            .chain(texts)
            .filter(|(_, _, key)| !key.starts_with("job_"))
            .map(|(at, way, key)| Handed { at, way, key })
            .collect()
    }
}

/// The workers, and whatever happens to them.
pub struct Chaos(pub Trouble);

impl Chaos {
    pub fn new(app: &TestApp, outside: &Outside, time: &Time, seed: u64) -> Self {
        let mut settings = vec![
            ("database.max_connections", "10".to_owned()),
            ("testing.clock_file", time.file.display().to_string()),
            ("server.public_url", app.url.clone()),
            ("worker.lease_seconds", LEASE.to_string()),
            ("mail.transport", "smtp".to_owned()),
            ("mail.smtp_url", outside.office.url()),
        ];
        settings.extend(outside.settings().map(|(key, value)| (key, value.to_owned())));
        Self(Trouble::new("exactly-once", &app.database, settings, seed))
    }

    /// Every other second, something happens.
    pub async fn strike(&mut self, app: &TestApp, outside: &Outside) {
        match self.0.strike(&app.database).await {
            Some(Blow::Away) => outside.doors(false),
            Some(Blow::Back) => outside.doors(true),
            Some(Blow::Killed | Blow::Cut) | None => {}
        }
    }
}
