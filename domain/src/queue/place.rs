//! Another place in the line.

use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use super::EntryFacts;
use super::entities::entry;
use super::line::{self, Place, Put};
use super::state::{State, Step};
use super::store::{self, Seen, Taken};
use crate::bookings::workshop::named_nothing;
use crate::bookings::{BookingError, Refusal};
use crate::ids::{Id, Location, QueueEntry};
use crate::tenancy::{StoreError, TenantTx};

/// Puts somebody who waits to another place in the line.
pub async fn put(
    tx: &mut TenantTx,
    id: Id<QueueEntry>,
    version: Seen,
    place: Place,
) -> Result<EntryFacts, BookingError> {
    let (held, row) = store::seen(tx, id, version, false).await?;
    let taken = Taken::by(Step::Move, &row)?;
    let missing = || {
        let field = if matches!(place, Place::Before(_)) { "/before" } else { "/after" };
        named_nothing(field, "Nobody like that waits here.")
    };
    let rank = rank(tx, held.location, &row, place).await?.ok_or_else(missing)?;
    let mut change: entry::ActiveModel = row.clone().into();
    change.rank = Set(rank);
    Ok(store::write(tx, &row, change, taken).await?.try_into()?)
}

/// The number that puts an entry to a place; where there is none, all get new ones. None: whom it was
/// to be next to doesn't wait there.
pub(super) async fn rank(
    tx: &mut TenantTx,
    location: Id<Location>,
    row: &entry::Model,
    place: Place,
) -> Result<Option<i64>, BookingError> {
    let line = store::in_line(tx, location).await?;
    // Who is called may come back to their place, so it stays theirs.
    let others = line.iter().filter(|other| {
        other.id != row.id && [State::Waiting.key(), State::Called.key()].contains(&&*other.state)
    });
    let others: Vec<_> = others.map(|other| (Id::from_uuid(other.id), other.rank)).collect();
    match line::put(&others, Id::from_uuid(row.id), place) {
        None => Ok(None),
        Some(Put::Between(rank)) => Ok(Some(rank)),
        Some(Put::Respaced(ranks)) => {
            respace(tx, &ranks).await?;
            store::changed(tx, location);
            let own = ranks.iter().find(|(id, _)| id.uuid() == row.id);
            Ok(Some(own.map(|(_, rank)| *rank).ok_or(Refusal::EntryState)?))
        }
    }
}

/// Gives everybody in the line a new number. Their order stays, so this is no step of theirs.
async fn respace(tx: &TenantTx, ranks: &[(Id<QueueEntry>, i64)]) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = ranks.iter().map(|(id, _)| id.uuid()).collect();
    let ranks: Vec<i64> = ranks.iter().map(|(_, rank)| *rank).collect();
    let sql = "
        update queue_entries e set rank = n.rank
        from unnest($2::uuid[], $3::bigint[]) as n (id, rank)
        where e.tenant_id = $1 and e.id = n.id";
    let values = [tx.tenant().uuid().into(), ids.into(), ranks.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
