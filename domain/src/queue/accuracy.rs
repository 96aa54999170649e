//! How right the line was about its waits: what was said at joining against what came of it.

use chrono::NaiveDate;
use sea_orm::{DbBackend, FromQueryResult, Statement};

use crate::bookings::{BookingError, Refusal};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Location};
use crate::tenancy::TenantTx;

/// Longest time that is asked for, in days.
const MOST_DAYS: i64 = 366;

/// One day's waits.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct Day {
    /// The civil day.
    pub day: NaiveDate,
    /// How many were called.
    pub called: i64,
    /// To how many of them something had been said.
    pub quoted: i64,
    /// How long they waited on average, in seconds.
    pub waited_seconds: f64,
    /// By how much the middle of what was said was wrong, on average, in seconds.
    pub error_seconds: Option<f64>,
    /// The same with its sign: more than nothing if they waited longer than was said.
    pub bias_seconds: Option<f64>,
    /// Which part of them waited no longer than the longest that was said.
    pub within_p90: Option<f64>,
    /// Which part of them waited as long as was said, ten minutes more or less.
    pub within_ten: Option<f64>,
}

const DAYS: &str = "
    with waits as (
        select day, quoted_p50 as p50, quoted_p90 as p90,
               extract(epoch from coalesce(first_called_at, started_at) - joined_at)::float8 as waited
        from queue_entries
        where tenant_id = $1 and location_id = $2 and day between $3 and $4
          and source <> 'appointment' and coalesce(first_called_at, started_at) is not null
    )
    select day, count(*) as called, count(p50) as quoted, avg(waited)::float8 as waited_seconds,
           (avg(abs(waited - p50)) filter (where p50 is not null))::float8 as error_seconds,
           (avg(waited - p50) filter (where p50 is not null))::float8 as bias_seconds,
           (avg((waited <= p90)::int) filter (where p90 is not null))::float8 as within_p90,
           (avg((abs(waited - p50) <= 600)::int) filter (where p50 is not null))::float8 as within_ten
    from waits group by day order by day";

/// How right the line was, by day.
pub async fn accuracy(
    tx: &TenantTx,
    location: Id<Location>,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Day>, BookingError> {
    super::store::shop(tx, location).await?;
    let mut faults = Faults::new();
    if to < from {
        let detail = "This must not be before the first day.";
        faults.note("to", ValueFault::new("before_start", detail));
    } else if to.signed_duration_since(from).num_days() >= MOST_DAYS {
        faults.note("to", ValueFault::new("too_long", "Ask for up to a year, please."));
    }
    if !faults.is_empty() {
        return Err(Refusal::from(faults).into());
    }
    let values = [tx.tenant().uuid().into(), location.uuid().into(), from.into(), to.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, DAYS, values);
    Ok(Day::find_by_statement(statement).all(tx.conn()).await?)
}
