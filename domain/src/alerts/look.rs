//! One look at how the deployment does.

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::condition::{Jobs, Reading, readings};
use super::rule::{Step, step};
use super::{Condition, Thresholds};
use crate::ids::{Alert, Id};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;
use crate::{jobs, tallies};

/// How long counts are kept.
const COUNTS: Duration = Duration::days(2);
/// How long alerts are kept that are over.
const ALERTS: Duration = Duration::days(180);

#[derive(FromQueryResult)]
struct Open {
    id: Uuid,
    condition: String,
    last_bad_at: Instant,
}

/// What failed is asked of an index that begins with what failed last.
const DEAD: &str = "select count(*) as dead from jobs where state = 'dead' and finished_at > $1";

/// Each day is compared once it is over: so long what was found then is news.
const BOOKS_NEWS: Duration = Duration::hours(36);
const BOOKS: &str = "
    select count(distinct tenant_id) as businesses from book_checks
    where amiss > 0 and complete and compared_at > $1";

#[derive(FromQueryResult)]
struct Books {
    businesses: i64,
}

#[derive(FromQueryResult)]
struct Dead {
    dead: i64,
}

/// Looks how everything does, raises and clears alerts, and says of how many it did.
pub async fn look(db: &Db, thresholds: &Thresholds) -> Result<u64, StoreError> {
    let tx = db.system(SystemReason::Watch).await?;
    let readings = now(&tx, thresholds).await?;
    let open = open(&tx).await?;
    let mut changed = 0;
    for reading in readings {
        let standing = open.iter().find(|(condition, _)| *condition == reading.condition);
        let last_bad_at = standing.map(|(_, open)| open.last_bad_at);
        let step = step(reading.bad, last_bad_at, thresholds.window, tx.now());
        match (step, standing) {
            (Step::Raise, _) => changed += raise(&tx, reading).await?,
            (Step::Keep, Some((_, open))) => found(&tx, open.id, reading, true).await?,
            (Step::Nothing, Some((_, open))) => found(&tx, open.id, reading, false).await?,
            (Step::Clear, Some((_, open))) => changed += clear(&tx, open.id, reading).await?,
            (_, None) => {}
        }
    }
    tallies::forget(&tx, COUNTS).await?;
    let values = [(tx.now() - ALERTS).into()];
    run(&tx, "delete from alerts where cleared_at < $1", values).await?;
    tx.commit().await?;
    Ok(changed)
}

/// How everything stands now.
pub async fn now(tx: &SystemTx, thresholds: &Thresholds) -> Result<Vec<Reading>, StoreError> {
    let counted = tallies::within(tx, thresholds.window).await?;
    let jobs = jobs(tx, thresholds.window).await?;
    Ok(readings(&counted, jobs, thresholds))
}

async fn jobs(tx: &SystemTx, window: Duration) -> Result<Jobs, StoreError> {
    let now = tx.now();
    let oldest_due = jobs::oldest_due_in(tx).await?.map_or(Duration::zero(), |since| now - since);
    let values = [(now - window).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, DEAD, values);
    let dead = Dead::find_by_statement(statement).one(tx.conn()).await?.map_or(0, |row| row.dead);
    let values = [(now - BOOKS_NEWS).into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, BOOKS, values);
    let found = Books::find_by_statement(statement).one(tx.conn()).await?;
    Ok(Jobs { oldest_due, dead, books: found.map_or(0, |row| row.businesses) })
}

async fn open(tx: &SystemTx) -> Result<Vec<(Condition, Open)>, StoreError> {
    let sql = "select id, condition, last_bad_at from alerts where cleared_at is null";
    let statement = Statement::from_string(DbBackend::Postgres, sql);
    let rows = Open::find_by_statement(statement).all(tx.conn()).await?;
    rows.into_iter().map(|row| Ok((Condition::stored(&row.condition)?, row))).collect()
}

async fn raise(tx: &SystemTx, reading: Reading) -> Result<u64, StoreError> {
    let sql = "
        insert into alerts (id, condition, value, worst, threshold, raised_at, last_bad_at)
        values ($1, $2, $3, $3, $4, $5, $5) on conflict do nothing";
    let id = Id::<Alert>::new(tx.now(), &*tx.tools().entropy);
    let values = [
        id.uuid().into(),
        reading.condition.key().into(),
        reading.value.into(),
        reading.threshold.into(),
        tx.now().into(),
    ];
    run(tx, sql, values).await
}

async fn found(tx: &SystemTx, id: Uuid, reading: Reading, bad: bool) -> Result<(), StoreError> {
    let sql = "
        update alerts
        set value = $2, worst = greatest(worst, $2), threshold = $3,
            last_bad_at = case when $4 then $5 else last_bad_at end
        where id = $1";
    let values =
        [id.into(), reading.value.into(), reading.threshold.into(), bad.into(), tx.now().into()];
    run(tx, sql, values).await?;
    Ok(())
}

async fn clear(tx: &SystemTx, id: Uuid, reading: Reading) -> Result<u64, StoreError> {
    let sql = "update alerts set value = $2, cleared_at = $3 where id = $1 and cleared_at is null";
    run(tx, sql, [id.into(), reading.value.into(), tx.now().into()]).await
}

async fn run<const N: usize>(
    tx: &SystemTx,
    sql: &str,
    values: [sea_orm::Value; N],
) -> Result<u64, StoreError> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(tx.conn().execute_raw(statement).await?.rows_affected())
}
