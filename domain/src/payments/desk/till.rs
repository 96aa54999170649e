//! A day's money at one place: what came by which way, what should be in the till, and what was counted.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, NaiveTime};
use chrono_tz::Tz;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::drawer;
use crate::audit::{Actor, NewEntry};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Location, TillClose};
use crate::locations::{self, LocationError, LocationFacts};
use crate::page::{Paged, Window};
use crate::payments::error::PaymentError;
use crate::payments::words::Way;
use crate::tenancy::{Outcome, StoreError, TenantTx};
use crate::tenants;
use crate::text;
use crate::time::Instant;

/// What came by one way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaySum {
    /// Which.
    pub way: Way,
    /// All that was paid, tips included.
    pub paid_minor: i64,
    /// The tips of it, less what was given back of them.
    pub tips_minor: i64,
    /// What was given back, less what of that came back: less than nothing, if more came back than went.
    pub refunded_minor: i64,
    /// How often somebody paid.
    pub count: i64,
}

impl WaySum {
    /// What is left.
    pub const fn net_minor(&self) -> i64 {
        self.paid_minor - self.refunded_minor
    }
}

/// A day at the till.
#[derive(Debug, Clone)]
pub struct TillDay {
    /// Where.
    pub location: Id<Location>,
    /// Which day, there.
    pub day: NaiveDate,
    /// In which currency.
    pub currency: String,
    /// What came by each way.
    pub ways: Vec<WaySum>,
    /// What should be in the till at the end of the day: all cash since it was closed last.
    pub cash_expected_minor: i64,
    /// How it was closed, if it was.
    pub closed: Option<CloseFacts>,
    /// What came in other currencies, or is still there of them.
    pub others: Vec<OtherSums>,
}

impl TillDay {
    /// What came by all ways, less what was given back. What was paid with vouchers and passes came before: when
    /// they were sold.
    pub fn total_minor(&self) -> i64 {
        total(&self.ways)
    }
}

fn total(ways: &[WaySum]) -> i64 {
    ways.iter().filter(|sum| sum.way.is_money()).map(WaySum::net_minor).sum()
}

/// What a day brought in a currency that isn't the business's any more. No close counts it.
#[derive(Debug, Clone)]
pub struct OtherSums {
    /// Which.
    pub currency: String,
    /// What came by each way.
    pub ways: Vec<WaySum>,
    /// All cash since the till was closed last in this currency.
    pub cash_expected_minor: i64,
}

impl OtherSums {
    /// What came by all ways, less what was given back.
    pub fn total_minor(&self) -> i64 {
        total(&self.ways)
    }
}

/// The end of a day at the till.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloseFacts {
    /// Its id.
    pub id: Id<TillClose>,
    /// Where.
    pub location: Id<Location>,
    /// Which day.
    pub day: NaiveDate,
    /// In which currency.
    pub currency: String,
    /// What came by all ways, less what was given back.
    pub total_minor: i64,
    /// What should have been in the till.
    pub cash_expected_minor: i64,
    /// What was.
    pub cash_counted_minor: i64,
    /// What was said about it.
    pub note: String,
    /// By whom.
    pub closed_by: String,
    /// When.
    pub closed_at: Instant,
}

/// The end of a day.
#[derive(Debug, Clone)]
pub struct NewClose {
    /// Where.
    pub location: Id<Location>,
    /// Which day.
    pub day: NaiveDate,
    /// What was counted.
    pub cash_counted_minor: i64,
    /// What is said about it.
    pub note: String,
}

/// The most that is counted.
const MOST: i64 = 99_999_999_999;

/// A place and its day, from instant to instant.
pub(in crate::payments) struct Span {
    pub(in crate::payments) from: Instant,
    pub(in crate::payments) to: Instant,
}

pub(in crate::payments) async fn place(
    tx: &TenantTx,
    id: Id<Location>,
) -> Result<LocationFacts, PaymentError> {
    locations::read(tx, id).await.map_err(|error| match error {
        LocationError::Store(store) => store.into(),
        _ => PaymentError::NotFound,
    })
}

/// When a day begins somewhere: where clocks skip midnight, with the first minute that there is.
pub(crate) fn begins(zone: Tz, day: NaiveDate) -> Option<Instant> {
    let midnight = day.and_time(NaiveTime::MIN);
    (0..24 * 4)
        .map(|quarter| midnight + chrono::Duration::minutes(15 * quarter))
        .find_map(|local| local.and_local_timezone(zone).earliest())
        .map(|at| at.to_utc())
}

pub(in crate::payments) fn span(
    place: &LocationFacts,
    from: NaiveDate,
    to: NaiveDate,
) -> Result<Span, PaymentError> {
    let zone: Tz = place
        .time_zone
        .parse()
        .map_err(|_| StoreError::Unreadable(format!("the zone {}", place.time_zone)))?;
    let end = to.checked_add_days(Days::new(1));
    match (begins(zone, from), end.and_then(|end| begins(zone, end))) {
        (Some(from), Some(to)) => Ok(Span { from, to }),
        _ => Err(PaymentError::NotFound),
    }
}

#[derive(FromQueryResult)]
struct Sum {
    currency: String,
    way: String,
    paid: i64,
    tips: i64,
    refunded: i64,
    count: i64,
}

/// What was paid counts on the day on which it was paid, and what was given back on the day of that; if it
/// came back, that is of a day of its own.
const SUMS: &str = "
    with paid as (
        select currency, way, sum(amount_minor) as paid, sum(tip_minor) as tips, count(*) as count
        from payments
        where tenant_id = $1 and location_id = $2 and paid_at >= $3 and paid_at < $4
        group by currency, way
    ), back as (
        select p.currency, p.way, sum(r.amount_minor) as refunded, sum(r.tip_minor) as tips
        from (
            select tenant_id, payment_id, amount_minor, tip_minor from refunds
            where tenant_id = $1 and done_at >= $3 and done_at < $4
            union all
            select tenant_id, payment_id, -amount_minor, -tip_minor from refunds
            where tenant_id = $1 and came_back_at >= $3 and came_back_at < $4
        ) r join payments p on p.tenant_id = r.tenant_id and p.id = r.payment_id
        where p.location_id = $2
        group by p.currency, p.way
    )
    select coalesce(paid.currency, back.currency) as currency,
           coalesce(paid.way, back.way) as way, coalesce(paid.paid, 0)::bigint as paid,
           (coalesce(paid.tips, 0) - coalesce(back.tips, 0))::bigint as tips,
           coalesce(paid.count, 0) as count, coalesce(back.refunded, 0)::bigint as refunded
    from paid full join back on back.currency = paid.currency and back.way = paid.way";

/// What came and went, by currency and way.
struct Sums(Vec<Sum>);

impl Sums {
    async fn of(tx: &TenantTx, location: Id<Location>, span: &Span) -> Result<Self, StoreError> {
        let values =
            [tx.tenant().uuid().into(), location.uuid().into(), span.from.into(), span.to.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, SUMS, values);
        Ok(Self(Sum::find_by_statement(statement).all(tx.conn()).await?))
    }

    fn currencies(&self) -> impl Iterator<Item = &String> {
        self.0.iter().map(|sum| &sum.currency)
    }

    fn ways(&self, currency: &str) -> Vec<WaySum> {
        let of = |way: Way| {
            let sum = self.0.iter().find(|sum| sum.currency == currency && sum.way == way.key());
            WaySum {
                way,
                paid_minor: sum.map_or(0, |sum| sum.paid),
                tips_minor: sum.map_or(0, |sum| sum.tips),
                refunded_minor: sum.map_or(0, |sum| sum.refunded),
                count: sum.map_or(0, |sum| sum.count),
            }
        };
        Way::ALL.map(of).to_vec()
    }

    fn cash(&self, currency: &str) -> i64 {
        let ways = self.ways(currency);
        ways.iter().find(|sum| sum.way == Way::Cash).map_or(0, WaySum::net_minor)
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    location_id: Uuid,
    day: NaiveDate,
    currency: String,
    total_minor: i64,
    cash_expected_minor: i64,
    cash_counted_minor: i64,
    note: String,
    closed_by: String,
    closed_at: Instant,
}

impl From<Row> for CloseFacts {
    fn from(row: Row) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            location: Id::from_uuid(row.location_id),
            day: row.day,
            currency: row.currency,
            total_minor: row.total_minor,
            cash_expected_minor: row.cash_expected_minor,
            cash_counted_minor: row.cash_counted_minor,
            note: row.note,
            closed_by: row.closed_by,
            closed_at: row.closed_at,
        }
    }
}

const CLOSES: &str = "
    select id, location_id, day, currency, total_minor, cash_expected_minor, cash_counted_minor,
           note, closed_by, closed_at
    from till_closes where tenant_id = $1";

async fn find_closes(
    tx: &TenantTx,
    which: &str,
    values: Vec<sea_orm::Value>,
) -> Result<Vec<CloseFacts>, StoreError> {
    let sql = format!("{CLOSES} {which}");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(CloseFacts::from).collect())
}

/// A day at the till, as it is now.
pub async fn till(
    tx: &TenantTx,
    location: Id<Location>,
    day: NaiveDate,
) -> Result<TillDay, PaymentError> {
    let place = place(tx, location).await?;
    let of_day = span(&place, day, day)?;
    let key = || vec![tx.tenant().uuid().into(), location.uuid().into(), day.into()];
    let closed = find_closes(tx, "and location_id = $2 and day = $3", key()).await?.pop();
    // It was counted in the currency that the business had then.
    let currency = match &closed {
        Some(closed) => closed.currency.clone(),
        None => currency(tx).await?,
    };
    let sums = Sums::of(tx, location, &of_day).await?;
    // Whatever was put into the till after it was closed last is in it until it is closed again: in each currency.
    let earlier = "and location_id = $2 and day < $3
                   and day = (select max(c.day) from till_closes c
                              where c.tenant_id = $1 and c.location_id = $2 and c.day < $3
                                and c.currency = till_closes.currency)";
    let lasts = find_closes(tx, earlier, key()).await?;
    let since = |currency: &str| -> Result<Span, PaymentError> {
        let from = match lasts.iter().find(|last| last.currency == currency) {
            // It may have been closed on a later day: that counted until the end of its own.
            Some(last) => {
                let end = span(&place, last.day, last.day)?.to;
                end.min(last.closed_at + chrono::Duration::microseconds(1))
            }
            None => chrono::DateTime::UNIX_EPOCH,
        };
        Ok(Span { from: from.min(of_day.to), to: of_day.to })
    };
    let there = Sums::of(tx, location, &since(&currency)?).await?;
    let known = sums.currencies().chain(there.currencies());
    let others: BTreeSet<&String> = known.chain(lasts.iter().map(|last| &last.currency)).collect();
    let mut kept = Vec::new();
    for other in others.into_iter().filter(|other| **other != currency) {
        let cash_expected_minor = Sums::of(tx, location, &since(other)?).await?.cash(other);
        let ways = sums.ways(other);
        let nothing = ways.iter().all(|sum| sum.count == 0 && sum.refunded_minor == 0);
        if cash_expected_minor != 0 || !nothing {
            kept.push(OtherSums { currency: other.clone(), ways, cash_expected_minor });
        }
    }
    let cash = there.cash(&currency);
    Ok(TillDay {
        location,
        day,
        ways: sums.ways(&currency),
        currency,
        cash_expected_minor: closed.as_ref().map_or(cash, |closed| closed.cash_expected_minor),
        closed,
        others: kept,
    })
}

async fn currency(tx: &TenantTx) -> Result<String, PaymentError> {
    Ok(tenants::read(tx).await?.currency)
}

/// Closes a day, once.
pub async fn close(tx: &mut TenantTx, new: &NewClose) -> Result<CloseFacts, PaymentError> {
    let mut faults = Faults::new();
    let note = faults.take("/note", text::prose(&new.note, 0, 300));
    if !(0..=MOST).contains(&new.cash_counted_minor) {
        let fault = ValueFault::new("out_of_range", format!("Between 0 and {MOST}."));
        faults.note("/counted_cash_minor", fault);
    }
    let Some(note) = note.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    let place = place(tx, new.location).await?;
    if span(&place, new.day, new.day)?.from > tx.now() {
        return Err(PaymentError::TooEarly);
    }
    // What is in cash is moved before this or after it.
    drawer::hold_to_count(tx, new.location.uuid()).await?;
    let closed_at = drawer::counted_at(tx, new.location.uuid()).await?;
    let found = till(tx, new.location, new.day).await?;
    if found.closed.is_some() {
        return Err(PaymentError::TillClosed);
    }
    let later = "and location_id = $2 and day > $3 limit 1";
    let key = vec![tx.tenant().uuid().into(), new.location.uuid().into(), new.day.into()];
    if !find_closes(tx, later, key).await?.is_empty() {
        return Err(PaymentError::ClosedSince);
    }
    let total_minor = found.total_minor();
    let facts = CloseFacts {
        id: tx.new_id(),
        location: new.location,
        day: new.day,
        currency: found.currency,
        total_minor,
        cash_expected_minor: found.cash_expected_minor,
        cash_counted_minor: new.cash_counted_minor,
        note,
        closed_by: Actor::from(tx.caller().principal()).name,
        closed_at,
    };
    insert(tx, &facts).await?;
    tx.record(
        NewEntry::new("till.closed", "till_close")
            .on(facts.id, format!("{} {}", place.name, facts.day)),
    );
    Ok(facts)
}

async fn insert(tx: &TenantTx, facts: &CloseFacts) -> Result<(), PaymentError> {
    use sea_orm::ConnectionTrait;
    let sql = "
        insert into till_closes (tenant_id, id, location_id, day, currency, total_minor,
                                 cash_expected_minor, cash_counted_minor, note, closed_by, closed_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    let values = [
        tx.tenant().uuid().into(),
        facts.id.uuid().into(),
        facts.location.uuid().into(),
        facts.day.into(),
        facts.currency.clone().into(),
        facts.total_minor.into(),
        facts.cash_expected_minor.into(),
        facts.cash_counted_minor.into(),
        facts.note.clone().into(),
        facts.closed_by.clone().into(),
        facts.closed_at.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    // Two who close at once: one of them did.
    let written = tx.conn().execute_raw(statement).await;
    written.on_constraint("till_closes_once", PaymentError::TillClosed)?;
    Ok(())
}

/// Earlier closes, the newest first.
pub async fn closes(
    tx: &TenantTx,
    location: Option<Id<Location>>,
    window: Window<TillClose>,
) -> Result<Paged<CloseFacts>, PaymentError> {
    let which = "
        and ($2::uuid is null or location_id = $2) and ($3::uuid is null or id < $3)
        order by id desc limit $4";
    let values = vec![
        tx.tenant().uuid().into(),
        location.map(Id::uuid).into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let found = find_closes(tx, which, values).await?;
    Ok(window.cut(found, |close| close.id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_begins_when_its_clocks_say_so() {
        let begins = |zone: &str, day: &str| {
            begins(zone.parse().unwrap(), day.parse().unwrap()).unwrap().to_string()
        };
        // Summer time begins and ends; clocks that skip midnight; an ordinary day.
        assert_eq!(begins("Europe/Berlin", "2026-03-29"), "2026-03-28 23:00:00 UTC");
        assert_eq!(begins("Europe/Berlin", "2026-03-30"), "2026-03-29 22:00:00 UTC");
        assert_eq!(begins("Africa/Cairo", "2026-04-24"), "2026-04-23 22:00:00 UTC");
        assert_eq!(begins("Asia/Tokyo", "2026-05-04"), "2026-05-03 15:00:00 UTC");
    }
}
