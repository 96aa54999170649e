//! How long whoever waits will wait, as it is said to them.

use chrono::Duration;
use uuid::Uuid;

use super::board::Front;
use super::entities::entry;
use super::estimate::{Waiting, Work};
use super::state::Source;
use super::{Quote, check, situation, source, store};
use crate::bookings::BookingError;
use crate::bookings::workshop::named_nothing;
use crate::diary::Shop;
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

/// How long whoever waits at a location will wait.
pub async fn outlook(tx: &TenantTx, location: Id<Location>) -> Result<Outlook, BookingError> {
    let shop = store::shop(tx, location).await?;
    let line = store::in_line(tx, location).await?;
    Ok(of(tx, &shop, &line).await?)
}

pub(super) async fn of(
    tx: &TenantTx,
    shop: &Shop,
    line: &[entry::Model],
) -> Result<Outlook, StoreError> {
    let forecast = situation::forecast(tx, shop, line, Vec::new()).await?;
    let mut waits = Vec::new();
    for wait in forecast.line {
        // Who came for an appointment has a time of their own.
        let Some(row) = line.iter().find(|row| row.id == wait.entry) else { continue };
        if source(row)? != Source::Appointment {
            let id = Id::from_uuid(wait.entry);
            waits.push(Wait { id, position: wait.position, p50: wait.p50, p90: wait.p90 });
        }
    }
    Ok(Outlook { waits })
}

/// Somebody who might join.
fn newcomer_of(
    tx: &TenantTx,
    services: Vec<Work>,
    party: u16,
    wanted: Option<Id<StaffMember>>,
) -> Waiting {
    let (entry, joined) = (Uuid::nil(), tx.now());
    Waiting { entry, services, party, wanted, joined, due: None }
}

/// What is said to somebody who joins right now.
pub(super) async fn quote(
    tx: &TenantTx,
    shop: &Shop,
    line: &[entry::Model],
    (services, party): (Vec<Work>, i16),
    wanted: Option<Id<StaffMember>>,
) -> Result<Option<Quote>, StoreError> {
    let party = u16::try_from(party).unwrap_or(1);
    let newcomer = newcomer_of(tx, services, party, wanted);
    let forecast = situation::forecast(tx, shop, line, vec![newcomer]).await?;
    let Some(wait) = forecast.newcomers.first() else { return Ok(None) };
    let (Some(p50), Some(p90)) = (wait.p50, wait.p90) else { return Ok(None) };
    let seconds = |wait: Duration| i32::try_from(wait.num_seconds()).unwrap_or(i32::MAX);
    let low = i32::try_from(WaitRange::of(p50, p90).low * 60).unwrap_or(i32::MAX);
    Ok(Some(Quote { low, p50: seconds(p50), p90: seconds(p90) }))
}

/// How long somebody would wait who joined now and wanted this, if anybody can say; without services,
/// what most who serve now can do.
pub async fn newcomer(
    tx: &TenantTx,
    front: &Front,
    services: &[Id<Service>],
    staff: Option<Id<StaffMember>>,
) -> Result<Option<WaitRange>, BookingError> {
    let Front { settings, offered, shop, .. } = front;
    if let Some(place) = services.iter().position(|id| !shop.services.contains_key(id)) {
        let field = format!("services/{place}");
        return Err(named_nothing(&field, "There is no such service here."));
    }
    if staff.is_some_and(|id| !shop.people.contains_key(&id)) {
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
    let wanted = if services.is_empty() { usual.as_slice() } else { services };
    let serving: Vec<_> = settings.staff.iter().map(|one| one.id).collect();
    let fits = serving
        .iter()
        .any(|one| staff.is_none_or(|staff| staff == *one) && check::does(shop, *one, wanted));
    if wanted.is_empty() || !fits {
        return Ok(None);
    }
    let work = wanted
        .iter()
        .filter_map(|id| Some(Work { service: *id, minutes: shop.services.get(id)?.minutes }));
    let line = store::in_line(tx, shop.location).await?;
    let newcomer = newcomer_of(tx, work.collect(), 1, staff);
    let forecast = situation::forecast(tx, shop, &line, vec![newcomer]).await?;
    let wait = forecast.newcomers.first();
    Ok(wait.and_then(|wait| Some(WaitRange::of(wait.p50?, wait.p90?))))
}
