//! Which times can be had, and why not.

use std::ops::RangeInclusive;
use std::sync::Arc;

use chrono::{Days, NaiveDate};

use super::book::place;
use super::error::{BookingError, Refusal, fault};
use super::price::PriceRange;
use super::wanted::{Asker, Planned, Wanted, plan};
use crate::availability::{self, Slot, Why};
use crate::diary::{self, Diary, Shop, Versions};
use crate::ids::{Appointment, Id, Location, StaffMember};
use crate::tenancy::{Caller, Db, RequestFacts, TenantTx};
use crate::time::Instant;

/// A month, and what a calendar shows around it.
const MOST_DAYS: u64 = 62;

/// How far the first free time is looked for before the whole horizon is read.
const FIRST_LOOK: u32 = 31;

/// Days to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// The first civil day.
    pub from: NaiveDate,
    /// The last one.
    pub to: NaiveDate,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Query {
    /// Where; the business's first location if left out.
    pub location: Option<Id<Location>>,
    /// What.
    pub wanted: Wanted,
    /// The visit that it would replace.
    pub instead_of: Option<Id<Appointment>>,
}

/// What was found.
#[derive(Debug, Clone)]
pub struct Found {
    /// Where.
    pub shop: Arc<Shop>,
    /// The times.
    pub slots: Vec<Slot>,
    /// What it would cost.
    pub price: PriceRange,
    /// Who was asked for by name.
    pub named: Vec<Id<StaffMember>>,
    /// Whether only members can have it.
    pub members_only: bool,
}

impl Found {
    fn of(shop: Arc<Shop>, planned: &Planned, slots: Vec<Slot>) -> Self {
        Self {
            price: planned.range(&shop),
            named: planned.named(),
            members_only: planned.is_for_members(&shop),
            slots,
            shop,
        }
    }
}

/// Why a time can't be had. None: it can.
#[derive(Debug, Clone)]
pub struct Explained {
    /// Where.
    pub shop: Arc<Shop>,
    /// The reasons.
    pub why: Vec<Why>,
    /// Whether only members can have it.
    pub members_only: bool,
}

/// Which days can be meant, as seen from `today`.
fn check(range: Range, today: NaiveDate) -> Result<RangeInclusive<NaiveDate>, BookingError> {
    let Range { from, to } = range;
    // Whoever is a day behind asks for their own today.
    if from < today - Days::new(1) {
        return Err(fault("from", "past", "This day is over."));
    }
    if to < from {
        return Err(fault("to", "before_start", "This must not be before the first day."));
    }
    if to.signed_duration_since(from).num_days().unsigned_abs() >= MOST_DAYS {
        return Err(fault("to", "too_long", "Look at up to 62 days at once, please."));
    }
    Ok(from..=to)
}

/// So many days later, or the last day that there is.
fn later(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

fn today(shop: &Shop, now: Instant) -> NaiveDate {
    now.with_timezone(&shop.rules.zone).date_naive()
}

/// Reading a diary, from outside or for staff.
enum Reader<'a> {
    Outside {
        db: &'a Db,
        caller: Box<Caller>,
        versions: Versions,
    },
    Staff {
        tx: &'a TenantTx,
        versions: Versions,
    },
    /// A customer with a link.
    Holder {
        tx: &'a TenantTx,
        versions: Versions,
    },
}

impl<'a> Reader<'a> {
    async fn outside(
        db: &'a Db,
        slug: &str,
        location: Option<Id<Location>>,
        request: RequestFacts,
    ) -> Result<Self, BookingError> {
        let found = diary::visit(db, slug, location, request).await?;
        let (caller, versions) = found.ok_or(Refusal::NotFound)?;
        Ok(Self::Outside { db, caller: Box::new(caller), versions })
    }

    async fn staff(tx: &'a TenantTx, location: Option<Id<Location>>) -> Result<Self, BookingError> {
        let versions = place(tx, location, "location").await?;
        Ok(Self::Staff { tx, versions })
    }

    fn now(&self) -> Instant {
        match self {
            Self::Outside { db, .. } => db.clock().now(),
            Self::Staff { tx, .. } | Self::Holder { tx, .. } => tx.now(),
        }
    }

    fn asker(&self) -> Asker {
        match self {
            Self::Outside { .. } | Self::Holder { .. } => Asker::Customer,
            Self::Staff { .. } => Asker::Staff,
        }
    }

    /// A question comes in a query: its faults are about parameters.
    fn plan(&self, shop: &Shop, query: &Query) -> Result<Planned, BookingError> {
        let planned = plan(shop, &query.wanted, self.asker(), query.instead_of);
        planned.map_err(|error| {
            error.about(|field| {
                let name = field.strip_prefix("/wanted/").unwrap_or(field.trim_start_matches('/'));
                name.split('/').next().unwrap_or(name).to_owned()
            })
        })
    }

    /// What is kept, or what is read.
    async fn diary(&self, days: &RangeInclusive<NaiveDate>) -> Result<Diary, BookingError> {
        let found = match self {
            Self::Outside { db, caller, versions } => {
                if let Some(kept) = diary::kept(db, caller.tenant(), *versions, days) {
                    return Ok(kept);
                }
                let tx = db.tenant_planned_once(caller).await?;
                diary::read(&tx, *versions, days).await?
            }
            Self::Staff { tx, versions } | Self::Holder { tx, versions } => {
                diary::read(tx, *versions, days).await?
            }
        };
        Ok(found.ok_or(Refusal::NotFound)?)
    }

    async fn slots(&self, query: &Query, range: Range) -> Result<Found, BookingError> {
        self.planned_slots(|shop| self.plan(shop, query), range).await
    }

    async fn planned_slots(
        &self,
        plan: impl Fn(&Shop) -> Result<Planned, BookingError> + Send,
        range: Range,
    ) -> Result<Found, BookingError> {
        // The zone is a rule: what can be meant is only known with it. A day more or less than any
        // zone's today is refused before anything is read.
        let now = self.now();
        let days = check(range, now.date_naive() - Days::new(1))?;
        let Diary { shop, busy } = self.diary(&days).await?;
        check(range, today(&shop, now))?;
        let planned = plan(&shop)?;
        let slots = availability::slots(&shop.rules, &busy, &planned.visit, days, now);
        Ok(Found::of(shop, &planned, slots))
    }

    async fn first(&self, query: &Query, from: Option<NaiveDate>) -> Result<Found, BookingError> {
        let now = self.now();
        let utc = now.date_naive();
        let from = from.unwrap_or(utc - Days::new(1)).max(utc - Days::new(1));
        let near = from..=later(from, FIRST_LOOK.into());
        let Diary { shop, busy } = self.diary(&near).await?;
        let planned = self.plan(&shop, query)?;
        let look = |busy: &_, from: NaiveDate, days| {
            availability::first_free(&shop.rules, busy, &planned.visit, from, days, now)
        };
        let near_days = usize::try_from(FIRST_LOOK).unwrap_or(0) + 1;
        let mut slot = look(&busy, from, near_days);
        let last = later(today(&shop, now), planned.policy.horizon_days.into());
        let beyond = later(*near.end(), 1);
        if slot.is_none() && beyond > *near.end() && beyond <= last {
            let Diary { busy, .. } = self.diary(&(beyond..=last)).await?;
            let days = last.signed_duration_since(beyond).num_days();
            let days = usize::try_from(days).unwrap_or(0) + 1;
            slot = look(&busy, beyond, days);
        }
        Ok(Found::of(shop, &planned, slot.into_iter().collect()))
    }

    async fn why(&self, query: &Query, start: Instant) -> Result<Explained, BookingError> {
        let day = start.date_naive();
        let days = near(day, self.now())?;
        let Diary { shop, busy } = self.diary(&days).await?;
        let planned = self.plan(&shop, query)?;
        let why = availability::explain(&shop.rules, &busy, &planned.visit, start, self.now());
        Ok(Explained { members_only: planned.is_for_members(&shop), shop, why })
    }
}

/// The days around a start that can be meant at all.
pub(crate) fn near(
    day: NaiveDate,
    now: Instant,
) -> Result<RangeInclusive<NaiveDate>, BookingError> {
    let away = day.signed_duration_since(now.date_naive()).num_days();
    if away < -2 {
        return Err(fault("/start", "past", "This time is over."));
    }
    if away > 800 {
        return Err(fault("/start", "too_far", "This is too far ahead."));
    }
    Ok((day - Days::new(1))..=(day + Days::new(1)))
}

/// The times that customers can have on these days.
pub async fn public_slots(
    db: &Db,
    slug: &str,
    query: &Query,
    range: Range,
    request: RequestFacts,
) -> Result<Found, BookingError> {
    Reader::outside(db, slug, query.location, request).await?.slots(query, range).await
}

/// The first time that customers can have, from a day on.
pub async fn public_first(
    db: &Db,
    slug: &str,
    query: &Query,
    from: Option<NaiveDate>,
    request: RequestFacts,
) -> Result<Found, BookingError> {
    Reader::outside(db, slug, query.location, request).await?.first(query, from).await
}

/// Why customers can't have this time.
pub async fn public_why(
    db: &Db,
    slug: &str,
    query: &Query,
    start: Instant,
    request: RequestFacts,
) -> Result<Explained, BookingError> {
    Reader::outside(db, slug, query.location, request).await?.why(query, start).await
}

/// The times that staff can give away on these days.
pub async fn slots(tx: &TenantTx, query: &Query, range: Range) -> Result<Found, BookingError> {
    Reader::staff(tx, query.location).await?.slots(query, range).await
}

/// The first of them, from a day on.
pub async fn first(
    tx: &TenantTx,
    query: &Query,
    from: Option<NaiveDate>,
) -> Result<Found, BookingError> {
    Reader::staff(tx, query.location).await?.first(query, from).await
}

/// The times that a customer can have who is let in already.
pub(super) async fn for_holder(
    tx: &TenantTx,
    location: Id<Location>,
    planned: &Planned,
    range: Range,
) -> Result<Found, BookingError> {
    let versions = diary::versions(tx, Some(location)).await?.ok_or(Refusal::NotFound)?;
    Reader::Holder { tx, versions }.planned_slots(|_| Ok(planned.clone()), range).await
}

/// Why staff can't give this time away, with names.
pub async fn why(tx: &TenantTx, query: &Query, start: Instant) -> Result<Explained, BookingError> {
    Reader::staff(tx, query.location).await?.why(query, start).await
}

/// What could be had instead of a start: the nearest times of that day and of the days around.
pub(crate) fn alternatives(
    diary: &Diary,
    planned: &Planned,
    start: Instant,
    now: Instant,
) -> Vec<Slot> {
    const MOST: usize = 5;
    let day = start.with_timezone(&diary.shop.rules.zone).date_naive();
    let days = (day - Days::new(1))..=(day + Days::new(1));
    let mut slots = availability::slots(&diary.shop.rules, &diary.busy, &planned.visit, days, now);
    slots.sort_by_key(|slot| (slot.start - start).abs());
    slots.truncate(MOST);
    slots.sort_by_key(|slot| slot.start);
    slots
}
