//! Whoever runs the deployment hears when it isn't well: too many faults, jobs that begin too late or
//! fail for good, messages or webhooks that don't arrive. What is found is a row; whom it was told is
//! another: whoever couldn't be reached is told at the next look.

mod condition;
mod look;
mod rule;
mod tell;
mod words;

use uuid::Uuid;

use crate::ids::{Alert, Id};
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, SystemTx};
use crate::time::Instant;

use sea_orm::{DbBackend, FromQueryResult, Statement, Value};

pub use condition::{Condition, Reading, Thresholds};
pub use look::{look, now};
pub use tell::{Owed, owed, told};
pub use words::{Words, trial};

/// Where one is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// By mail.
    Email,
    /// In a channel of Slack's, or of what speaks like it.
    Slack,
    /// A program.
    Webhook,
}

impl Target {
    /// As it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Slack => "slack",
            Self::Webhook => "webhook",
        }
    }

    fn stored(key: &str) -> Result<Self, StoreError> {
        [Self::Email, Self::Slack, Self::Webhook]
            .into_iter()
            .find(|target| target.key() == key)
            .ok_or_else(|| StoreError::Unreadable(format!("where alerts go: {key}")))
    }
}

/// What one is told about an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// That something is wrong, or still is.
    Raised,
    /// That it is over.
    Cleared,
}

impl About {
    /// As it is stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Raised => "raised",
            Self::Cleared => "cleared",
        }
    }

    fn stored(key: &str) -> Result<Self, StoreError> {
        [Self::Raised, Self::Cleared]
            .into_iter()
            .find(|about| about.key() == key)
            .ok_or_else(|| StoreError::Unreadable(format!("what was told: {key}")))
    }
}

/// Something that isn't well, or wasn't.
#[derive(Debug, Clone, PartialEq)]
pub struct AlertFacts {
    /// Its id.
    pub id: Id<Alert>,
    /// What.
    pub condition: Condition,
    /// What was found at the last look.
    pub value: f64,
    /// How bad it was at the worst.
    pub worst: f64,
    /// From where on it is bad.
    pub threshold: f64,
    /// Since when.
    pub raised_at: Instant,
    /// When it was bad last.
    pub last_bad_at: Instant,
    /// When it was over.
    pub cleared_at: Option<Instant>,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    condition: String,
    value: f64,
    worst: f64,
    threshold: f64,
    raised_at: Instant,
    last_bad_at: Instant,
    cleared_at: Option<Instant>,
}

const FACTS: &str = "a.id, a.condition, a.value, a.worst, a.threshold, a.raised_at, a.last_bad_at,
    a.cleared_at";

impl TryFrom<Row> for AlertFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            condition: Condition::stored(&row.condition)?,
            value: row.value,
            worst: row.worst,
            threshold: row.threshold,
            raised_at: row.raised_at,
            last_bad_at: row.last_bad_at,
            cleared_at: row.cleared_at,
        })
    }
}

/// What isn't well and what wasn't, the newest first.
pub async fn list(tx: &SystemTx, window: Window<Alert>) -> Result<Paged<AlertFacts>, StoreError> {
    let limit = i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX);
    let mut values: Vec<Value> = vec![limit.into()];
    let mut sql = format!("select {FACTS} from alerts a");
    if let Some(after) = window.after {
        values.push(after.uuid().into());
        sql.push_str(" where a.id < $2");
    }
    sql.push_str(" order by a.id desc limit $1");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, &sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let alerts = rows.into_iter().map(AlertFacts::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.cut(alerts, |alert| alert.id))
}
