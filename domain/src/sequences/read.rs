//! Sequences as they are.

use std::collections::BTreeMap;

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{SequenceError, Trigger};
use crate::ids::{Id, Sequence, Service};
use crate::messaging::Channel;
use crate::messaging::templates::Own;
use crate::page::{Paged, Window};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// A sequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SequenceFacts {
    /// Its id.
    pub id: Id<Sequence>,
    /// What the team calls it.
    pub name: String,
    /// What takes customers in.
    pub trigger: Trigger,
    /// How long they weren't here, where that takes them in.
    pub days: Option<i32>,
    /// Only visits with one of these services; empty: all.
    pub services: Vec<Id<Service>>,
    /// Nobody is taken in again before so many days have passed.
    pub rest_days: i32,
    /// Since when it is on.
    pub on_since: Option<Instant>,
    /// What is said, one after the other.
    pub steps: Vec<Step>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// Grows with each change.
    pub version: i32,
}

/// One of its messages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// How long after the step before; of the first, after what took them in.
    pub wait_minutes: i32,
    /// The way that it takes if it can; none: the customer's own.
    pub channel: Option<Channel>,
    /// What it says, by language.
    pub words: BTreeMap<String, Words>,
}

/// What a step says in a language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Words {
    /// The words.
    #[serde(flatten)]
    pub own: Own,
    /// Whether they fit where each part costs; else they go by mail only.
    pub short: bool,
}

impl Step {
    /// What it says in a language; else in the shop's, else in any that there is.
    pub(super) fn in_words(&self, locale: &str, shop: &str) -> Option<(&str, &Words)> {
        let language = |locale: &str| {
            let language = locale.split(['-', '_']).next().unwrap_or_default().to_owned();
            self.words.get_key_value(&language)
        };
        let found =
            language(locale).or_else(|| language(shop)).or_else(|| self.words.iter().next());
        found.map(|(locale, words)| (locale.as_str(), words))
    }
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    trigger: String,
    days: Option<i32>,
    service_ids: Vec<Uuid>,
    rest_days: i32,
    on_since: Option<Instant>,
    steps: Value,
    created_at: Instant,
    updated_at: Instant,
    version: i32,
}

impl TryFrom<Row> for SequenceFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            name: row.name,
            trigger: Trigger::stored(&row.trigger)?,
            days: row.days,
            services: row.service_ids.into_iter().map(Id::from_uuid).collect(),
            rest_days: row.rest_days,
            on_since: row.on_since,
            steps: steps(row.steps)?,
            created_at: row.created_at,
            updated_at: row.updated_at,
            version: row.version,
        })
    }
}

/// Steps as the database writes them in JSON.
pub(super) fn steps(steps: Value) -> Result<Vec<Step>, StoreError> {
    let unreadable = |error| StoreError::Unreadable(format!("steps of a sequence: {error}"));
    serde_json::from_value(steps).map_err(unreadable)
}

const ROWS: &str = "
    select s.id, s.name, s.trigger, s.days, s.service_ids, s.rest_days, s.on_since, s.created_at,
           s.updated_at, s.version,
           (select coalesce(jsonb_agg(to_jsonb(t) order by t.position), '[]') from sequence_steps t
            where t.tenant_id = s.tenant_id and t.sequence_id = s.id) as steps
    from sequences s
    where s.tenant_id = $1 and s.archived_at is null";

/// The business's sequences, the newest first.
pub async fn list(
    tx: &TenantTx,
    window: Window<Sequence>,
) -> Result<Paged<SequenceFacts>, SequenceError> {
    let sql = format!("{ROWS} and ($2::uuid is null or s.id < $2) order by s.id desc limit $3");
    let values = [
        tx.tenant().uuid().into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let rows = rows.into_iter().map(SequenceFacts::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.cut(rows, |sequence| sequence.id))
}

/// One sequence.
pub async fn read(tx: &TenantTx, id: Id<Sequence>) -> Result<SequenceFacts, SequenceError> {
    find(tx, id, "").await
}

/// The same, and nobody else changes it meanwhile.
pub(super) async fn held(tx: &TenantTx, id: Id<Sequence>) -> Result<SequenceFacts, SequenceError> {
    find(tx, id, "for no key update of s").await
}

async fn find(tx: &TenantTx, id: Id<Sequence>, hold: &str) -> Result<SequenceFacts, SequenceError> {
    let sql = format!("{ROWS} and s.id = $2 {hold}");
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = Row::find_by_statement(statement).one(tx.conn()).await?;
    Ok(row.ok_or(SequenceError::NotFound)?.try_into()?)
}
