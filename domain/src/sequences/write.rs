//! Sequences are made, changed, and laid aside.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde_json::json;
use uuid::Uuid;

use super::check::{Wanted, check};
use super::read::{SequenceFacts, Step, held, read};
use super::{SequenceError, Trigger, runs};
use crate::audit::{Change, NewEntry};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Sequence, Service};
use crate::messaging::Channel;
use crate::messaging::templates::{Own, Templates};
use crate::outbox::NewEvent;
use crate::patch::Patch;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// So many sequences a business can have.
const MOST: i64 = 50;

/// A new sequence.
#[derive(Debug, Clone)]
pub struct NewSequence {
    /// What the team calls it.
    pub name: String,
    /// What takes customers in.
    pub trigger: Trigger,
    /// How long they weren't here, where that takes them in.
    pub days: Option<i32>,
    /// Only visits with one of these services; empty: all.
    pub services: Vec<Id<Service>>,
    /// Nobody is taken in again before so many days have passed.
    pub rest_days: Option<i32>,
    /// Whether it begins at once.
    pub on: bool,
    /// What is said.
    pub steps: Vec<NewStep>,
}

/// What may be changed; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct SequenceChange {
    /// What the team calls it.
    pub name: Option<String>,
    /// What takes customers in.
    pub trigger: Option<Trigger>,
    /// How long they weren't here.
    pub days: Patch<i32>,
    /// Only visits with one of these services.
    pub services: Option<Vec<Id<Service>>>,
    /// Nobody is taken in again before so many days have passed.
    pub rest_days: Option<i32>,
    /// Whether it is on.
    pub on: Option<bool>,
    /// All steps, in the place of those that are there.
    pub steps: Option<Vec<NewStep>>,
}

/// A step as it is typed.
#[derive(Debug, Clone)]
pub struct NewStep {
    /// How long after the step before.
    pub wait_minutes: i32,
    /// The way that it takes if it can.
    pub channel: Option<Channel>,
    /// What it says.
    pub words: Vec<NewWords>,
}

/// Words as they are typed.
#[derive(Debug, Clone)]
pub struct NewWords {
    /// In which language.
    pub locale: String,
    /// What they say.
    pub own: Own,
}

#[derive(FromQueryResult)]
struct Count {
    count: i64,
}

#[derive(FromQueryResult)]
struct Shop {
    locale: String,
}

/// The language of the shop.
async fn language(tx: &TenantTx) -> Result<String, SequenceError> {
    let sql = "select locale from tenants where id = $1";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let shop = Shop::find_by_statement(statement).one(tx.conn()).await?;
    let locale = shop.ok_or(SequenceError::NotFound)?.locale;
    // Of `de-CH`, the language: words are by language.
    Ok(locale.split(['-', '_']).next().unwrap_or_default().to_owned())
}

/// Makes a sequence.
pub async fn create(
    tx: &mut TenantTx,
    templates: &Templates,
    new: NewSequence,
) -> Result<SequenceFacts, SequenceError> {
    let change = SequenceChange {
        name: Some(new.name),
        trigger: Some(new.trigger),
        days: new.days.map_or(Patch::Keep, Patch::Put),
        services: Some(new.services),
        rest_days: new.rest_days,
        on: Some(new.on),
        steps: Some(new.steps),
    };
    let wanted = check(templates, &language(tx).await?, None, change)?;
    there_are(tx, &wanted.services).await?;
    let sql = "select count(*) from sequences where tenant_id = $1 and archived_at is null";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let count = Count::find_by_statement(statement).one(tx.conn()).await?;
    if count.is_some_and(|count| count.count >= MOST) {
        return Err(SequenceError::TooMany);
    }
    let id = tx.new_id::<Sequence>();
    let sql = "
        insert into sequences (tenant_id, id, name, trigger, days, service_ids, rest_days, on_since,
                               created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    put(tx, sql, id, &wanted, tx.now()).await?;
    put_steps(tx, id, &wanted.steps).await?;
    let facts = read(tx, id).await?;
    note(tx, "sequence.created", &facts, vec![]);
    Ok(facts)
}

/// Writes down what is wanted; `since` is when it was turned on, if it is on.
async fn put(
    tx: &TenantTx,
    sql: &str,
    id: Id<Sequence>,
    wanted: &Wanted,
    since: Instant,
) -> Result<(), StoreError> {
    let services: Vec<Uuid> = wanted.services.iter().map(|service| service.uuid()).collect();
    let values = [
        tx.tenant().uuid().into(),
        id.uuid().into(),
        wanted.name.clone().into(),
        wanted.trigger.key().into(),
        wanted.days.into(),
        services.into(),
        wanted.rest_days.into(),
        wanted.on.then_some(since).into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Changes a sequence; `seen` is the version that the caller knows. Turned off, it ends for all who are
/// in it. Whatever takes customers in from now on doesn't do so for what was before.
pub async fn update(
    tx: &mut TenantTx,
    templates: &Templates,
    id: Id<Sequence>,
    seen: i64,
    change: SequenceChange,
) -> Result<SequenceFacts, SequenceError> {
    let before = held(tx, id).await?;
    if i64::from(before.version) != seen {
        return Err(SequenceError::Stale);
    }
    let (says_services, says_steps) = (change.services.is_some(), change.steps.is_some());
    let wanted = check(templates, &language(tx).await?, Some(&before), change)?;
    if says_services {
        there_are(tx, &wanted.services).await?;
    }
    let same = (wanted.trigger, wanted.days, &wanted.services)
        == (before.trigger, before.days, &before.services);
    let since = before.on_since.filter(|_| same).unwrap_or(tx.now());
    let sql = "
        update sequences
        set name = $3, trigger = $4, days = $5, service_ids = $6, rest_days = $7,
            on_since = $8, updated_at = $9, version = version + 1
        where tenant_id = $1 and id = $2";
    put(tx, sql, id, &wanted, since).await?;
    if says_steps {
        let sql = "delete from sequence_steps where tenant_id = $1 and sequence_id = $2";
        let values = [tx.tenant().uuid().into(), id.uuid().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.conn().execute_raw(statement).await?;
        put_steps(tx, id, &wanted.steps).await?;
    }
    if before.on_since.is_some() && !wanted.on {
        runs::turned_off(tx, id).await?;
    }
    let after = read(tx, id).await?;
    note(tx, "sequence.updated", &after, changes(&before, &after));
    Ok(after)
}

/// Lays a sequence aside: it is off for good, and who was in it can still be looked up in the log.
pub async fn archive(tx: &mut TenantTx, id: Id<Sequence>) -> Result<(), SequenceError> {
    let before = held(tx, id).await?;
    let sql = "
        update sequences
        set on_since = null, archived_at = $3, updated_at = $3, version = version + 1
        where tenant_id = $1 and id = $2";
    let values = [tx.tenant().uuid().into(), id.uuid().into(), tx.now().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    runs::turned_off(tx, id).await?;
    note(tx, "sequence.archived", &before, vec![]);
    Ok(())
}

/// Whether the business has these services.
async fn there_are(tx: &TenantTx, services: &[Id<Service>]) -> Result<(), SequenceError> {
    if services.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = services.iter().map(|service| service.uuid()).collect();
    let sql = "select count(*) from services where tenant_id = $1 and id = any($2)";
    let values = [tx.tenant().uuid().into(), ids.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let count = Count::find_by_statement(statement).one(tx.conn()).await?;
    let found = count.and_then(|count| usize::try_from(count.count).ok()).unwrap_or_default();
    if found == services.len() {
        return Ok(());
    }
    let mut faults = Faults::new();
    faults.note("/service_ids", ValueFault::new("unknown", "There is no such service."));
    Err(faults.into())
}

async fn put_steps(tx: &TenantTx, id: Id<Sequence>, steps: &[Step]) -> Result<(), StoreError> {
    let unreadable = |error| StoreError::Unreadable(format!("steps of a sequence: {error}"));
    let steps = serde_json::to_value(steps).map_err(unreadable)?;
    let sql = "
        insert into sequence_steps (tenant_id, sequence_id, position, wait_minutes, channel, words)
        select $1, $2, step.position, wait.minutes, step.said ->> 'channel', step.said -> 'words'
        from jsonb_array_elements($3) with ordinality as step (said, position)
        cross join lateral (select (step.said ->> 'wait_minutes')::integer as minutes) wait";
    let values = [tx.tenant().uuid().into(), id.uuid().into(), steps.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

fn changes(before: &SequenceFacts, after: &SequenceFacts) -> Vec<Change> {
    let services =
        |facts: &SequenceFacts| facts.services.iter().map(ToString::to_string).collect::<Vec<_>>();
    // The words are long; that they changed is what the log says.
    let steps = |facts: &SequenceFacts| {
        let step =
            |step: &Step| json!({ "wait_minutes": step.wait_minutes, "channel": step.channel });
        facts.steps.iter().map(step).collect::<Vec<_>>()
    };
    let said = |facts: &SequenceFacts| {
        facts.steps.iter().map(|step| json!(step.words)).collect::<Vec<_>>()
    };
    vec![
        Change::of("name", before.name.clone(), after.name.clone()),
        Change::of("trigger", before.trigger.key(), after.trigger.key()),
        Change::of("days", before.days, after.days),
        Change::of("services", services(before), services(after)),
        Change::of("rest_days", before.rest_days, after.rest_days),
        Change::of("on", before.on_since.is_some(), after.on_since.is_some()),
        Change::of("steps", steps(before), steps(after)),
        Change::of("words", said(before), said(after)),
    ]
}

fn note(tx: &mut TenantTx, action: &'static str, facts: &SequenceFacts, changes: Vec<Change>) {
    let entry = NewEntry::new(action, "sequence").on(facts.id, facts.name.clone());
    tx.record(entry.changed(changes));
    tx.emit(NewEvent::new(action, &json!({ "id": facts.id })));
}
