//! A day of a location.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use openchair_domain::authz::{Permission as _, Right, perm};
use openchair_domain::bookings::{self, Day, Sight, VisitFacts};
use openchair_domain::ids::{Appointment, Id, Location};
use openchair_domain::live::{Stirred, Traces};
use openchair_domain::tenancy::{Caller, Db, StoreError, TenantTx};

use super::protocol::{LiveItem, News};
use super::topic::{Audience, Reach};
use crate::problem::ApiError;

/// Whether somebody may watch this.
pub(super) fn may_watch(caller: &Caller) -> Result<(), ApiError> {
    if caller.may(Right::ReadOwnBookings) {
        Ok(())
    } else {
        Err(ApiError::not_allowed(perm::ReadOwnBookings::VALUE.sentence()))
    }
}

/// How far it reaches, and as one of which audience somebody watches it.
pub(super) async fn open(
    db: &Db,
    caller: &Caller,
    (location, date): (Id<Location>, NaiveDate),
) -> Result<(Reach, Audience), ApiError> {
    let tx = db.picture(caller).await?;
    let day = Day::of(&tx, location, date).await?.ok_or_else(ApiError::not_found)?;
    let sight = Sight::of(&tx).await?;
    Ok((Some(day), Audience { rights: caller.rights(), sight }))
}

/// Everything that is shown of a day.
pub(super) async fn snapshot(
    tx: &TenantTx,
    day: &Day,
    sight: Sight,
) -> Result<Vec<LiveItem>, StoreError> {
    let visits = bookings::on_day(tx, day, sight).await?;
    let item = |visit| LiveItem::visit(visit, tx.caller());
    Ok(visits.into_iter().map(item).collect())
}

/// Visits that something has happened to, as they are now.
#[derive(Debug, Default)]
pub(super) struct Touched {
    ids: HashSet<Id<Appointment>>,
    now: HashMap<Id<Appointment>, VisitFacts>,
}

impl Touched {
    /// Those of the touched visits that are or were on one of these days.
    pub(super) async fn load(
        tx: &TenantTx,
        stirred: &Stirred,
        days: &[Day],
    ) -> Result<Self, StoreError> {
        if days.is_empty() {
            return Ok(Self::default());
        }
        let was_there = |traces: &Traces| {
            let at = |(location, from, to)| days.iter().any(|day| day.has(location, from, to));
            let left = traces.left.iter().map(|left| (left.location, left.starts_at, left.ends_at));
            traces.at.iter().copied().chain(left).any(at)
        };
        let told = stirred.visits.iter().filter(|(_, traces)| was_there(traces)).map(|(id, _)| *id);
        let mut ids: HashSet<_> = told.collect();
        let (customers, series) = (stirred.customers.iter(), stirred.series.iter());
        ids.extend(bookings::of_whom(tx, customers.copied(), series.copied(), days).await?);
        let now = bookings::these(tx, ids.iter().copied()).await?;
        Ok(Self { ids, now: now.into_iter().map(|visit| (visit.id, visit)).collect() })
    }

    /// What of it an audience of a day is told.
    pub(super) fn change(
        &self,
        day: &Day,
        stirred: &Stirred,
        (audience, caller): (Audience, &Caller),
    ) -> News {
        let (mut items, mut gone) = (Vec::new(), Vec::new());
        for id in &self.ids {
            let now = self.now.get(id);
            if let Some(visit) = now.filter(|visit| day.shows(visit) && audience.sight.has(visit)) {
                items.push(visit);
            } else if was_seen(*id, now, day, stirred, audience.sight) {
                gone.push(id.to_string());
            }
        }
        items.sort_by_key(|visit| (visit.starts_at, visit.id));
        gone.sort_unstable();
        let items = items.into_iter().map(|visit| LiveItem::visit(visit.clone(), caller)).collect();
        News { items, gone }
    }
}

/// Whether a visit that isn't shown on a day may have been: it was there, with somebody whose visits
/// are seen. Whoever doesn't see a visit isn't told that it has gone, either.
fn was_seen(
    id: Id<Appointment>,
    now: Option<&VisitFacts>,
    day: &Day,
    stirred: &Stirred,
    sight: Sight,
) -> bool {
    let Some(traces) = stirred.visits.get(&id) else { return false };
    let mut left = traces.left.iter().filter(|left| sight.had(&left.staff));
    if left.any(|left| day.has(left.location, left.starts_at, left.ends_at)) {
        return true;
    }
    let was_here = traces.at.iter().any(|(location, from, to)| day.has(*location, *from, *to));
    // Whose it was when it was told before it left is what it left with.
    was_here && now.map_or(sight == Sight::All, |visit| sight.has(visit))
}
