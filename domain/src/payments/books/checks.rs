//! A day of the provider's book beside ours: what differs and can be put right by a look is looked at, and what is
//! left is written down.

use chrono::{Days, NaiveDate, NaiveTime};
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::super::accounts::left;
use super::super::counter::Counter;
use super::super::error::PaymentError;
use super::compare::{Comparison, Difference, Sum, compare};
use super::keeper::Period;
use super::theirs::Theirs;
use crate::ids::{BookCheck, Id};
use crate::page::{Paged, Window};
use crate::tenancy::{Caller, StoreError, TenantTx};
use crate::time::Instant;

/// So much of what differs is written down; how much it is in all, is counted.
const MOST_SHOWN: usize = 100;

/// Both books of a day.
#[derive(Debug, Clone, PartialEq)]
pub struct CheckFacts {
    /// Its id.
    pub id: Id<BookCheck>,
    /// Which day, by UTC.
    pub day: NaiveDate,
    /// Whether it was over by then.
    pub complete: bool,
    /// Sums of each currency and way.
    pub sums: Vec<Sum>,
    /// What differs.
    pub differences: Vec<Difference>,
    /// How much differs that shouldn't.
    pub amiss: i32,
    /// How much was put right by looking.
    pub mended: i32,
    /// When they were compared.
    pub compared_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    day: NaiveDate,
    complete: bool,
    sums: serde_json::Value,
    differences: serde_json::Value,
    amiss: i32,
    mended: i32,
    compared_at: Instant,
}

impl TryFrom<Row> for CheckFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unreadable = |error: serde_json::Error| StoreError::Unreadable(error.to_string());
        Ok(Self {
            id: Id::from_uuid(row.id),
            day: row.day,
            complete: row.complete,
            sums: serde_json::from_value(row.sums).map_err(unreadable)?,
            differences: serde_json::from_value(row.differences).map_err(unreadable)?,
            amiss: row.amiss,
            mended: row.mended,
            compared_at: row.compared_at,
        })
    }
}

const LIST: &str = "
    select id, day, complete, sums, differences, amiss, mended, compared_at
    from book_checks
    where tenant_id = $1
      and ($2::uuid is null or day < (select day from book_checks where tenant_id = $1 and id = $2))
    order by day desc limit $3";

/// Comparisons, the newest day first.
pub async fn list(
    tx: &TenantTx,
    window: Window<BookCheck>,
) -> Result<Paged<CheckFacts>, PaymentError> {
    let values = [
        tx.tenant().uuid().into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LIST, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await.map_err(StoreError::from)?;
    let found = rows.into_iter().map(CheckFacts::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.cut(found, |check| check.id))
}

/// A day of the provider's: from midnight to midnight, by UTC.
fn period(day: NaiveDate) -> Option<Period> {
    let next = day.checked_add_days(Days::new(1))?;
    let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
    Some(Period { from: midnight(day), to: midnight(next) })
}

impl Counter {
    /// Compares both books of a day, puts right what a look can, and writes down what is left.
    pub async fn compare_day(
        &self,
        caller: &Caller,
        day: NaiveDate,
    ) -> Result<CheckFacts, PaymentError> {
        let caller = &Caller::worker(caller.facts().clone(), "payments");
        let keeper = self.keeper.as_ref().ok_or(PaymentError::NotOffered)?;
        let tx = self.db.tenant(caller).await?;
        let accounts = left::compared(&tx).await?;
        let begun = tx.now();
        tx.commit().await?;
        let period = period(day).filter(|period| period.from <= begun);
        let period = period.ok_or(PaymentError::TooEarly)?;
        if accounts.is_empty() {
            return Err(PaymentError::NotConnected);
        }
        let mut theirs = Vec::new();
        for account in &accounts {
            let asked = Theirs::of(&**keeper, account, period).await;
            theirs.extend(self.unless_left_and_gone(caller, account, asked).await?);
        }
        let before = self.beside(caller, &theirs).await?;
        for there in &theirs {
            Box::pin(self.mend(caller, there, &before)).await?;
        }
        Box::pin(self.mend_disputes(caller, &before)).await?;
        let after = self.beside(caller, &theirs).await?;
        let tx = self.db.tenant(caller).await?;
        let complete = begun >= period.to;
        let row = write(&tx, day, complete, amiss(&before), &after).await?;
        tx.commit().await?;
        let outcome = if row.amiss == 0 { "equal" } else { "different" };
        metrics::counter!("book_checks_total", "outcome" => outcome).increment(1);
        if row.amiss > 0 {
            tracing::warn!(tenant = %caller.tenant(), %day, amiss = row.amiss, "both books differ");
        }
        Ok(row)
    }

    async fn beside(&self, caller: &Caller, all: &[Theirs]) -> Result<Comparison, PaymentError> {
        let (mut theirs, mut ours) = (Vec::new(), Vec::new());
        for one in all {
            let (there, here) = self.both(caller, one).await?;
            theirs.extend(there);
            ours.extend(here);
        }
        Ok(compare(&theirs, &ours))
    }
}

fn amiss(comparison: &Comparison) -> usize {
    comparison.differences.iter().filter(|one| one.is_amiss()).count()
}

const WRITE: &str = "
    insert into book_checks (tenant_id, id, day, complete, sums, differences, amiss, mended, compared_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (tenant_id, day) do update
    set complete = excluded.complete, sums = excluded.sums, differences = excluded.differences,
        amiss = excluded.amiss, mended = book_checks.mended + excluded.mended,
        compared_at = excluded.compared_at
    returning id, day, complete, sums, differences, amiss, mended, compared_at";

async fn write(
    tx: &TenantTx,
    day: NaiveDate,
    complete: bool,
    before: usize,
    after: &Comparison,
) -> Result<CheckFacts, StoreError> {
    let left = amiss(after);
    let count = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
    // What is amiss comes first: the rest may be cut off.
    let mut shown: Vec<&Difference> = after.differences.iter().collect();
    shown.sort_by_key(|one| !one.is_amiss());
    shown.truncate(MOST_SHOWN);
    let unreadable = |error: serde_json::Error| StoreError::Unreadable(error.to_string());
    let values = [
        tx.tenant().uuid().into(),
        tx.new_id::<BookCheck>().uuid().into(),
        day.into(),
        complete.into(),
        serde_json::to_value(&after.sums).map_err(unreadable)?.into(),
        serde_json::to_value(&shown).map_err(unreadable)?.into(),
        count(left).into(),
        count(before.saturating_sub(left)).into(),
        tx.now().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, WRITE, values);
    let row = Row::find_by_statement(statement).one(tx.conn()).await?;
    row.ok_or_else(|| StoreError::Unreadable("a comparison just written".to_owned()))?.try_into()
}
