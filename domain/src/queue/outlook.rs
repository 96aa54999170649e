//! How long whoever waits will wait, as it is said to them.

use chrono::Duration;

use super::board::Front;
use super::estimate::{self, Work};
use super::foresight::{Scene, Wish};
use super::{Quote, WantedHere, check, store};
use crate::bookings::BookingError;
use crate::bookings::workshop::{fault, named_nothing};
use crate::ids::{Id, Location, QueueEntry, Service, StaffMember};
use crate::tenancy::{StoreError, TenantTx};

/// What can be said of one who waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// Who.
    pub id: Id<QueueEntry>,
    /// Their place among those who wait: the first is 1.
    pub position: u32,
    /// It may as well be longer as shorter. None: probably not today.
    pub p50: Option<Duration>,
    /// Nine of ten wait no longer. None: nobody can promise that.
    pub p90: Option<Duration>,
}

/// What can be said of a whole line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outlook {
    /// Of each who walked in and waits, in their order.
    pub waits: Vec<Wait>,
}

/// A wait as it is said: never a false minute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitRange {
    /// Minutes.
    pub low: i64,
    /// Minutes.
    pub high: i64,
}

impl WaitRange {
    /// The lower end to five minutes below, the upper to five above.
    pub fn of(p50: Duration, p90: Duration) -> Self {
        const STEP: i64 = 300;
        let (p50, p90) = (p50.num_seconds().max(0), p90.num_seconds().max(0));
        let high = (p90.max(p50) + STEP - 1) / STEP * STEP;
        Self { low: p50 / STEP * STEP / 60, high: high.max(STEP) / 60 }
    }
}

impl Wait {
    /// As it is said.
    pub fn range(&self) -> Option<WaitRange> {
        Some(WaitRange::of(self.p50?, self.p90?))
    }
}

impl From<estimate::Wait> for Wait {
    fn from(wait: estimate::Wait) -> Self {
        let estimate::Wait { entry, position, p50, p90 } = wait;
        Self { id: Id::from_uuid(entry), position, p50, p90 }
    }
}

/// The line of a location, to find out how long whoever waits there will wait: for who looks at a
/// picture of the database, and gives that back first.
pub async fn scene(tx: &TenantTx, location: Id<Location>) -> Result<Scene, BookingError> {
    let shop = store::shop(tx, location).await?;
    Ok(Scene::of(tx, &shop).await?)
}

/// What is said to somebody who joins right now.
pub(super) async fn quote(scene: Scene, wish: Wish) -> Result<Option<Quote>, StoreError> {
    let Some(wait) = scene.newcomer(wish).await? else { return Ok(None) };
    let (Some(p50), Some(p90)) = (wait.p50, wait.p90) else { return Ok(None) };
    let seconds = |wait: Duration| i32::try_from(wait.num_seconds()).unwrap_or(i32::MAX);
    let low = i32::try_from(WaitRange::of(p50, p90).low * 60).unwrap_or(i32::MAX);
    Ok(Some(Quote { low, p50: seconds(p50), p90: seconds(p90) }))
}

/// How long somebody would wait who joined now and wanted this, if anybody can say; without services,
/// what most who serve now can do. The picture of the database is given back before that is reckoned.
pub async fn newcomer(
    tx: TenantTx,
    front: &Front,
    services: &[Id<Service>],
    staff: Option<Id<StaffMember>>,
) -> Result<Option<WaitRange>, BookingError> {
    let Front { settings, offered, shop, .. } = front;
    let services = named(offered, services)?;
    // Who can't be asked for isn't there, as far as anybody knows.
    if staff.is_some_and(|id| shop.people.get(&id).is_none_or(|one| !one.online)) {
        return Err(named_nothing("staff", "There is nobody like that here."));
    }
    if !settings.open {
        return Ok(None);
    }
    let able = |id: &Id<Service>| {
        settings.staff.iter().filter(|one| check::does(shop, one.id, &[*id])).count()
    };
    let usual =
        offered.iter().map(|one| one.id).max_by_key(|id| (able(id), std::cmp::Reverse(*id)));
    let wanted = if services.is_empty() { usual.as_slice() } else { &services };
    let fits = settings
        .staff
        .iter()
        .any(|one| staff.is_none_or(|staff| staff == one.id) && check::does(shop, one.id, wanted));
    if wanted.is_empty() || !fits {
        return Ok(None);
    }
    let work = wanted
        .iter()
        .filter_map(|id| Some(Work { service: *id, minutes: shop.services.get(id)?.minutes }));
    let wish = Wish::new(work.collect(), 1, staff);
    let scene = Scene::of(&tx, shop).await?;
    drop(tx);
    let wait = scene.newcomer(wish).await?;
    Ok(wait.and_then(|wait| Some(WaitRange::of(wait.p50?, wait.p90?))))
}

/// What is asked about, each once; as for who joins, only what can be had here, and not too much of it.
fn named(
    offered: &[WantedHere],
    services: &[Id<Service>],
) -> Result<Vec<Id<Service>>, BookingError> {
    if services.len() > check::MOST {
        return Err(fault("services", "too_many", "Up to eight, please."));
    }
    let mut named = Vec::new();
    for (place, id) in services.iter().enumerate() {
        if !offered.iter().any(|one| one.id == *id) {
            let field = format!("services/{place}");
            return Err(named_nothing(&field, "There is no such service here."));
        }
        if !named.contains(id) {
            named.push(*id);
        }
    }
    Ok(named)
}
