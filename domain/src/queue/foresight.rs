//! What was found out about a line, kept for who asks next: a line that a thousand look at is played
//! forward once, and so is each wish of somebody who might join.
//!
//! What was learned is kept for a minute. How a line stands, and what is said of it, is kept under the
//! number of the business's last event, and for half a minute of the clock: time passes, too.
//!
//! It is for those who only look, in a picture of the database ([`Db::picture`]): there the number and
//! the rows are of one moment. Who writes has written what has no number yet. Out of the picture comes a
//! [`Scene`], and the picture is given back: playing takes a while, in which nobody ought to wait for a
//! connection.
//!
//! [`Db::picture`]: crate::tenancy::Db::picture

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::available_parallelism;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use quick_cache::sync::{Cache, DefaultLifecycle};
use quick_cache::{DefaultHashBuilder, Weighter};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use uuid::Uuid;

use super::estimate::{self, Forecast, Habits, Paces, Server, Situation, Waiting, Work, estimate};
use super::outlook::Outlook;
use super::{situation, store};
use crate::diary::Shop;
use crate::ids::{Id, Location, StaffMember, Tenant};
use crate::live;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// How long what was learned is kept, in seconds.
const LEARNED: i64 = 60;
/// How long what is said of a line is kept while nothing happens, in seconds.
const SAID: i64 = 30;
/// So many people at so many chairs are played elsewhere than among those who serve requests: their
/// product.
const BIG: usize = 60;
/// About how many lines are kept, and how many people may be in them, all together.
const LINES: usize = 1_000;
const PEOPLE: u64 = 50_000;
/// Of about how many businesses it is kept how long things take, and for how many pairs of a service
/// and one of the staff.
const BUSINESSES: usize = 1_000;
const PAIRS: u64 = 200_000;

/// A line, at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Moment {
    tenant: Id<Tenant>,
    location: Id<Location>,
    /// The number of the business's last event.
    seq: i64,
    /// Which half minute of all times it is.
    slot: i64,
}

/// What somebody would want who joined.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Wish {
    services: Vec<Work>,
    party: u16,
    wanted: Option<Id<StaffMember>>,
}

impl Wish {
    pub(super) fn new(
        mut services: Vec<Work>,
        party: u16,
        wanted: Option<Id<StaffMember>>,
    ) -> Self {
        // In whatever order they are named.
        services.sort_unstable();
        Self { services, party, wanted }
    }

    fn at(&self, now: Instant) -> Waiting {
        let Self { services, party, wanted } = self.clone();
        Waiting { entry: Uuid::nil(), services, party, wanted, joined: now, due: None }
    }
}

/// All that is known of a line: enough to play it forward.
#[derive(Debug)]
pub(super) struct Gathered {
    pub(super) now: Instant,
    pub(super) servers: Vec<Server>,
    pub(super) line: Vec<Waiting>,
    pub(super) paces: Arc<Paces>,
    pub(super) habits: Habits,
    pub(super) seed: u64,
}

impl Gathered {
    fn play(&self, newcomers: Vec<Waiting>) -> Forecast {
        let Self { now, ref servers, ref line, ref paces, habits, seed } = *self;
        let (servers, line) = (servers.clone(), line.clone());
        estimate(&Situation { now, servers, line, newcomers, paces, habits }, seed)
    }
}

#[derive(Debug, Clone, Copy)]
struct ByRows;

impl Weighter<(Id<Tenant>, i64), Arc<Paces>> for ByRows {
    fn weight(&self, _: &(Id<Tenant>, i64), kept: &Arc<Paces>) -> u64 {
        (16 + kept.len()) as u64
    }
}

impl Weighter<Moment, Arc<Gathered>> for ByRows {
    fn weight(&self, _: &Moment, kept: &Arc<Gathered>) -> u64 {
        (16 + kept.line.len() + kept.servers.len()) as u64
    }
}

impl Weighter<Moment, Arc<Outlook>> for ByRows {
    fn weight(&self, _: &Moment, kept: &Arc<Outlook>) -> u64 {
        (16 + kept.waits.len()) as u64
    }
}

/// What a process has found out. Everything is kept under the tenant that it is of.
#[derive(Debug)]
pub(crate) struct Foresight {
    paces: Cache<(Id<Tenant>, i64), Arc<Paces>, ByRows>,
    habits: Cache<(Id<Tenant>, Id<Location>, i64), Habits>,
    gathered: Cache<Moment, Arc<Gathered>, ByRows>,
    lines: Cache<Moment, Arc<Outlook>, ByRows>,
    newcomers: Cache<(Moment, Wish), Option<estimate::Wait>>,
    /// Strangers may wish for one thing after another: however many do, the rest goes on.
    players: Semaphore,
    played: AtomicU64,
}

impl Default for Foresight {
    fn default() -> Self {
        fn cache<K: Eq + std::hash::Hash, V: Clone>(
            items: usize,
            weight: u64,
        ) -> Cache<K, V, ByRows>
        where
            ByRows: Weighter<K, V>,
        {
            let hasher = DefaultHashBuilder::default();
            Cache::with(items, weight, ByRows, hasher, DefaultLifecycle::default())
        }
        Self {
            paces: cache(BUSINESSES, PAIRS),
            habits: Cache::new(LINES),
            gathered: cache(LINES, PEOPLE),
            lines: cache(LINES, PEOPLE),
            newcomers: Cache::new(10 * LINES),
            players: Semaphore::new(available_parallelism().map_or(1, usize::from)),
            played: AtomicU64::new(0),
        }
    }
}

impl Foresight {
    /// How often a line was played forward.
    pub(crate) fn played(&self) -> u64 {
        self.played.load(Ordering::Relaxed)
    }
}

/// How long things take in this business.
pub(super) async fn paces(tx: &TenantTx) -> Result<Arc<Paces>, StoreError> {
    let key = (tx.tenant(), tx.now().timestamp().div_euclid(LEARNED));
    let read = async { Ok(Arc::new(situation::paces_now(tx).await?)) };
    tx.tools().foresight.paces.get_or_insert_async(&key, read).await
}

async fn habits(tx: &TenantTx, shop: &Shop) -> Result<Habits, StoreError> {
    let key = (tx.tenant(), shop.location, tx.now().timestamp().div_euclid(LEARNED));
    let read = async { Ok(Habits::learned(&situation::seen(tx, shop).await?)) };
    tx.tools().foresight.habits.get_or_insert_async(&key, read).await
}

async fn moment(tx: &TenantTx, shop: &Shop) -> Result<Moment, StoreError> {
    let slot = tx.now().timestamp().div_euclid(SAID);
    let (tenant, location) = (tx.tenant(), shop.location);
    Ok(Moment { tenant, location, seq: live::last_seq(tx).await?, slot })
}

async fn gathered(tx: &TenantTx, shop: &Shop, moment: Moment) -> Result<Arc<Gathered>, StoreError> {
    let read = async {
        let line = store::in_line(tx, shop.location).await?;
        let learned = (paces(tx).await?, habits(tx, shop).await?);
        Ok(Arc::new(situation::gather(tx, shop, &line, learned).await?))
    };
    tx.tools().foresight.gathered.get_or_insert_async(&moment, read).await
}

/// A line as it stands in a picture of the database, to be played forward when that is given back.
#[derive(Debug, Clone)]
pub struct Scene {
    foresight: Arc<Foresight>,
    moment: Moment,
    gathered: Arc<Gathered>,
}

/// What can be found out by playing. Boxed, since all that is told of lines hangs on it: the compiler
/// looks through each of its futures once, and not again wherever somebody asks.
pub(super) type FoundOut<T> = BoxFuture<'static, Result<T, StoreError>>;

impl Scene {
    pub(super) async fn of(tx: &TenantTx, shop: &Shop) -> Result<Self, StoreError> {
        let moment = moment(tx, shop).await?;
        let gathered = gathered(tx, shop, moment).await?;
        Ok(Self { foresight: Arc::clone(&tx.tools().foresight), moment, gathered })
    }

    /// What can be said of everybody in the line.
    #[must_use]
    pub fn outlook(self) -> FoundOut<Arc<Outlook>> {
        let find_out = async move {
            let found = async {
                let waits = self.play(Vec::new()).await?.line;
                // Who came for an appointment has a time of their own.
                let both = self.gathered.line.iter().zip(waits);
                let waits = both.filter(|(one, _)| one.due.is_none());
                Ok(Arc::new(Outlook { waits: waits.map(|(_, wait)| wait.into()).collect() }))
            };
            self.foresight.lines.get_or_insert_async(&self.moment, found).await
        };
        find_out.boxed()
    }

    /// What can be said to somebody who would join now.
    pub(super) fn newcomer(self, wish: Wish) -> FoundOut<Option<estimate::Wait>> {
        let find_out = async move {
            let newcomer = wish.at(self.gathered.now);
            let key = (self.moment, wish);
            let found = async { Ok(self.play(vec![newcomer]).await?.newcomers.first().copied()) };
            self.foresight.newcomers.get_or_insert_async(&key, found).await
        };
        find_out.boxed()
    }

    /// Plays it forward: for who is in it, and for who might join.
    async fn play(&self, newcomers: Vec<Waiting>) -> Result<Forecast, StoreError> {
        let _turn = self.foresight.players.acquire().await.map_err(unplayed)?;
        self.foresight.played.fetch_add(1, Ordering::Relaxed);
        let gathered = Arc::clone(&self.gathered);
        let people = gathered.line.len() + newcomers.len();
        if people * gathered.servers.len() < BIG {
            return Ok(gathered.play(newcomers));
        }
        match spawn_blocking(move || gathered.play(newcomers)).await {
            Ok(forecast) => Ok(forecast),
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(stopped) => Err(unplayed(stopped)),
            },
        }
    }
}

fn unplayed(why: impl std::fmt::Display) -> StoreError {
    StoreError::Unreadable(format!("a line that wasn't played: {why}"))
}
