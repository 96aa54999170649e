//! What a change of the rules would do to the visits that are still to come, told before it is saved.
//! It writes nothing: the rules are changed in memory, the visits are held against them, and other
//! times are looked for under them.
//!
//! A visit is listed with what the rules have against it after the change and had not before. So one
//! that was put where it doesn't fit on purpose isn't listed anew for the same reason.

mod ask;
mod change;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;

use crate::availability::{Busy, Why};
use crate::bookings::{self, Alternative, Coming, Reach, VisitFacts};
use crate::diary::{self, Shop};
use crate::ids::{Id, Location};
use crate::tenancy::{StoreError, TenantTx};

use change::{Change, apply, newly};

pub use ask::{
    DayWish, LocationWish, RoomWish, StaffWish, of_closure, of_location, of_policy, of_room,
    of_service, of_staff,
};

/// So many are shown, with other times for each; all are counted.
const SHOWN: usize = 100;

/// What a change would do.
#[derive(Debug, Default)]
pub struct Impact {
    /// The visits that would no longer fit, by their beginning: the next of them.
    pub items: Vec<Affected>,
    /// How many there are of them.
    pub total: usize,
    /// Whether all coming visits were looked at, and not just the next of very many.
    pub complete: bool,
}

/// A visit that would no longer fit.
#[derive(Debug)]
pub struct Affected {
    /// The visit. Whose it is is told to who may see it.
    pub visit: VisitFacts,
    /// The zone of its place after the change.
    pub zone: Tz,
    /// What would be against it.
    pub reasons: Vec<&'static str>,
    /// The nearest times that would be left for it. Each is free by itself: two visits may be offered
    /// the same.
    pub alternatives: Vec<Alternative>,
}

/// A location as it is, and as it would be.
struct Place {
    before: Arc<Shop>,
    after: Shop,
}

async fn places(
    tx: &TenantTx,
    coming: &[Coming],
    changes: &[Change],
) -> Result<HashMap<Id<Location>, Place>, StoreError> {
    let mut places = HashMap::new();
    for visit in coming {
        let location = visit.location();
        if places.contains_key(&location) {
            continue;
        }
        // What is closed for good has no rules that a visit could fit.
        let Some(versions) = diary::versions(tx, Some(location)).await? else { continue };
        let Some(before) = diary::shop(tx, versions).await? else { continue };
        let mut after = Shop::clone(&before);
        for change in changes {
            apply(&mut after, change);
        }
        places.insert(location, Place { before, after });
    }
    Ok(places)
}

/// What these changes would do to the visits within reach.
async fn preview(tx: &TenantTx, reach: &Reach, changes: &[Change]) -> Result<Impact, StoreError> {
    if changes.is_empty() {
        return Ok(Impact { complete: true, ..Impact::default() });
    }
    let (coming, complete) = bookings::coming(tx, reach).await?;
    let places = places(tx, &coming, changes).await?;
    let now = tx.now();
    let hit = |visit: Coming| {
        let place = places.get(&visit.location())?;
        let why = newly(&place.before, &place.after, &visit.placed(&place.before), now);
        (!why.is_empty()).then_some((visit, why))
    };
    let mut hit: Vec<(Coming, Vec<Why>)> = coming.into_iter().filter_map(hit).collect();
    let total = hit.len();
    hit.truncate(SHOWN);
    let busy = busy(tx, &places, &hit).await?;
    let facts = bookings::shown(tx, hit.iter().map(|(visit, _)| visit)).await?;
    let mut items = Vec::with_capacity(hit.len());
    for ((coming, why), visit) in hit.iter().zip(facts) {
        let at = coming.location();
        let (Some(place), Some(busy)) = (places.get(&at), busy.get(&at)) else { continue };
        let reasons = bookings::codes(why);
        // No other time helps where it is the service that goes, and none that is near where it is too
        // far ahead.
        let far = |why: &Why| matches!(why, Why::NobodyCan(_) | Why::Horizon);
        let alternatives = if why.iter().any(far) {
            Vec::new()
        } else {
            let retired = coming.retired(tx, &place.after).await?;
            coming.alternatives(&place.after, &retired, busy, tx.now())
        };
        items.push(Affected { visit, zone: place.after.rules.zone, reasons, alternatives });
        // A hundred searches are work: others get their turn in between.
        tokio::task::yield_now().await;
    }
    Ok(Impact { items, total, complete })
}

/// What is taken at each place, over all days on which other times are looked for.
async fn busy(
    tx: &TenantTx,
    places: &HashMap<Id<Location>, Place>,
    hit: &[(Coming, Vec<Why>)],
) -> Result<HashMap<Id<Location>, Busy>, StoreError> {
    let mut days = HashMap::new();
    for (visit, _) in hit {
        let (first, last) = visit.days();
        let all = days.entry(visit.location()).or_insert((first, last));
        *all = (all.0.min(first), all.1.max(last));
    }
    let mut busy = HashMap::new();
    for (location, (first, last)) in days {
        let Some(place) = places.get(&location) else { continue };
        let days = first..=last;
        let taken = diary::busy_now(tx, &place.before, &days).await?;
        busy.insert(location, taken);
    }
    Ok(busy)
}
