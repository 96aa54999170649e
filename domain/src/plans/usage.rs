//! What a business uses of its plan.

use chrono::{Datelike as _, NaiveDate};
use chrono_tz::Tz;
use sea_orm::{DbBackend, FromQueryResult, Statement};

use crate::config::Plan;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// What is in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, FromQueryResult)]
pub struct Usage {
    /// Staff on the calendar.
    pub staff: i64,
    /// Locations that aren't closed.
    pub locations: i64,
    /// Texts that went out in this month.
    pub texts: i64,
}

impl Usage {
    /// Whether all of it has room in a plan. Texts come anew with each month.
    pub fn fits(&self, plan: &Plan) -> bool {
        self.staff <= plan.staff.into() && self.locations <= plan.locations.into()
    }
}

/// The month that it is somewhere, by its first day.
fn month(now: Instant, zone: &str) -> NaiveDate {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let day = now.with_timezone(&zone).date_naive();
    day.with_day(1).unwrap_or(day)
}

const USAGE: &str = "
    select (select count(*) from staff where tenant_id = $1 and archived_at is null) as staff,
           (select count(*) from locations where tenant_id = $1 and archived_at is null) as locations,
           coalesce((select texts from text_counts where tenant_id = $1 and month = $2), 0) as texts";

pub(super) async fn usage(tx: &TenantTx, zone: &str) -> Result<Usage, StoreError> {
    let values = [tx.tenant().uuid().into(), month(tx.now(), zone).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, USAGE, values);
    let found = Usage::find_by_statement(statement).one(tx.conn()).await?;
    found.ok_or_else(|| StoreError::Unreadable("what is in use".to_owned()))
}

#[cfg(test)]
mod tests {
    use chrono::{TimeZone as _, Utc};

    use super::*;
    use crate::config::Plans;

    #[test]
    fn a_month_begins_where_the_business_is() {
        let at = Utc.with_ymd_and_hms(2026, 2, 28, 23, 30, 0).unwrap();
        let cases = [("Europe/Vienna", (2026, 3)), ("UTC", (2026, 2)), ("nowhere", (2026, 2))];
        for (zone, (year, of)) in cases {
            assert_eq!(month(at, zone), NaiveDate::from_ymd_opt(year, of, 1).unwrap(), "{zone}");
        }
    }

    #[test]
    fn what_fits_into_a_plan() {
        let solo = Plans::shipped().get("solo").unwrap();
        for (staff, locations, fits) in [(0, 0, true), (1, 1, true), (2, 1, false), (1, 2, false)] {
            assert_eq!(Usage { staff, locations, texts: 1_000_000 }.fits(solo), fits);
        }
    }
}
