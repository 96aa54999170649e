//! Who is next in a line: for each who serves, the first whom they would call.

use std::collections::HashSet;

use chrono::Duration;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use super::entities::entry;
use super::settings::serving;
use super::state::{Source, State};
use super::{call, check, line, said, source, state, store};
use crate::bookings::BookingError;
use crate::ids::{Id, Location, Service};
use crate::messaging::Kind;
use crate::tenancy::{StoreError, TenantTx};

/// Tells those who are next, once each. Who has just let others pass is told again when their turn
/// comes again.
pub(super) async fn tell(
    tx: &mut TenantTx,
    location: Id<Location>,
    passed: Option<Uuid>,
) -> Result<(), BookingError> {
    let mut waiting = Vec::new();
    for row in store::in_line(tx, location).await? {
        if state(&row)? == State::Waiting && source(&row)? != Source::Appointment {
            waiting.push(row);
        }
    }
    let passed = |row: &entry::Model| Some(row.id) == passed && row.next_at.is_some();
    if !waiting.iter().any(|row| row.next_at.is_none() || passed(row)) {
        return Ok(());
    }
    let first = first(tx, location, &waiting).await?;
    for row in &waiting {
        match (first.contains(&row.id), row.next_at) {
            (true, None) => {
                note(tx, row, true).await?;
                let shop = store::shop(tx, location).await?;
                said::say(tx, Kind::QueueNext, row, None, &shop).await?;
                tx.emit(store::event("queue.next", row.id, row.location_id, row.version));
            }
            (false, Some(_)) if passed(row) => note(tx, row, false).await?,
            _ => {}
        }
    }
    Ok(())
}

/// Whom those who serve would call, if time were no matter.
async fn first(
    tx: &TenantTx,
    location: Id<Location>,
    waiting: &[entry::Model],
) -> Result<HashSet<Uuid>, BookingError> {
    let shop = store::shop(tx, location).await?;
    let standing = waiting.iter().map(|row| call::standing(row, Duration::zero()));
    let standing: Vec<_> = standing.collect::<Result<_, _>>()?;
    let first = serving(tx, location).await?.into_iter().filter_map(|one| {
        let does = |service| check::does(&shop, one.id, &[Id::<Service>::from_uuid(service)]);
        line::first(&standing, one.id, does).map(Id::uuid)
    });
    Ok(first.collect())
}

async fn note(tx: &TenantTx, row: &entry::Model, next: bool) -> Result<(), StoreError> {
    let sql = "update queue_entries set next_at = $3 where tenant_id = $1 and id = $2";
    let at = next.then(|| tx.now());
    let values = [tx.tenant().uuid().into(), row.id.into(), at.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
