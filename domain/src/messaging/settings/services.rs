//! Services that are brought to mind at other times than the rest.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use serde_json::Value;
use uuid::Uuid;

use super::{SettingsError, check};
use crate::audit::{Change, NewEntry};
use crate::fault::Faults;
use crate::ids::{Id, Service};
use crate::tenancy::{StoreError, TenantTx};

/// When visits with a service are brought to mind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceReminders {
    /// Which service.
    pub service: Id<Service>,
    /// What it is called.
    pub name: String,
    /// How many minutes before, the longest first; none: never.
    pub minutes: Vec<i32>,
}

#[derive(FromQueryResult)]
struct Row {
    service_id: Uuid,
    name: String,
    minutes: Vec<i32>,
}

/// All services that have times of their own.
pub async fn service_reminders(tx: &TenantTx) -> Result<Vec<ServiceReminders>, SettingsError> {
    let sql = "select r.service_id, s.name, r.minutes
               from service_reminders r
               join services s on s.tenant_id = r.tenant_id and s.id = r.service_id
               where r.tenant_id = $1 order by s.name, r.service_id";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let facts = |row: Row| ServiceReminders {
        service: Id::from_uuid(row.service_id),
        name: row.name,
        minutes: row.minutes,
    };
    Ok(rows.into_iter().map(facts).collect())
}

#[derive(FromQueryResult)]
struct Known {
    name: String,
    minutes: Option<Vec<i32>>,
}

async fn known(tx: &TenantTx, service: Id<Service>) -> Result<Known, SettingsError> {
    let sql = "select s.name, r.minutes from services s
               left join service_reminders r on r.tenant_id = s.tenant_id and r.service_id = s.id
               where s.tenant_id = $1 and s.id = $2 for key share of s";
    let values = [tx.tenant().uuid().into(), service.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Known::find_by_statement(statement).one(tx.conn()).await?;
    found.ok_or(SettingsError::NotFound)
}

/// Says when visits with a service are brought to mind.
pub async fn put_service_reminders(
    tx: &mut TenantTx,
    service: Id<Service>,
    minutes: Vec<i32>,
) -> Result<ServiceReminders, SettingsError> {
    let mut faults = Faults::new();
    let minutes = faults.take("/minutes", check::times(minutes)).ok_or(faults)?;
    let before = known(tx, service).await?;
    let sql = "insert into service_reminders (tenant_id, service_id, minutes) values ($1, $2, $3)
               on conflict (tenant_id, service_id) do update set minutes = excluded.minutes";
    let values = [tx.tenant().uuid().into(), service.uuid().into(), minutes.clone().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    note(tx, service, &before, Some(&minutes));
    Ok(ServiceReminders { service, name: before.name, minutes })
}

/// The same times as for the rest again.
pub async fn remove_service_reminders(
    tx: &mut TenantTx,
    service: Id<Service>,
) -> Result<(), SettingsError> {
    let before = known(tx, service).await?;
    if before.minutes.is_none() {
        return Err(SettingsError::NotFound);
    }
    remove(tx, service).await?;
    note(tx, service, &before, None);
    Ok(())
}

async fn remove(tx: &TenantTx, service: Id<Service>) -> Result<(), StoreError> {
    let sql = "delete from service_reminders where tenant_id = $1 and service_id = $2";
    let values = [tx.tenant().uuid().into(), service.uuid().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

fn note(tx: &mut TenantTx, service: Id<Service>, before: &Known, after: Option<&[i32]>) {
    let value = |minutes: Option<&[i32]>| minutes.map_or(Value::Null, |all| all.to_vec().into());
    let change = Change::of("reminder_minutes", value(before.minutes.as_deref()), value(after));
    let entry = NewEntry::new("message_settings.updated", "service");
    tx.record(entry.on(service, before.name.clone()).changed([change]));
}
