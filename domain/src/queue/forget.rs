//! Whoever is erased doesn't stand in a line any more, and is not found among those who did.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::entities::entry;
use super::state::{Source, Step};
use super::store::{self, Taken};
use super::{source, state};
use crate::bookings::BookingError;
use crate::ids::{Id, QueueEntry};
use crate::tenancy::TenantTx;
use crate::text;
use crate::waitlist::Person;

/// Theirs by their record, or perhaps by a number: who walks in says no more than that.
const ALIKE: &str = "
    select e.* from queue_entries e
    where e.tenant_id = $1
      and (e.customer_id = any($2) or (e.customer_id is null and e.phone = any($3)))
    order by e.location_id, e.id";

fn is_theirs(row: &entry::Model, people: &[Person]) -> bool {
    people.iter().any(|person| {
        row.customer_id == Some(person.id)
            || (row.customer_id.is_none()
                && row.phone.is_some()
                && row.phone == person.phone
                && text::fold(&row.name) == person.name_key)
    })
}

/// Takes these people out of the lines, and what those say about them away. Their records are held.
/// Gives back which entries were theirs.
pub(crate) async fn forget(
    tx: &mut TenantTx,
    people: &[Person],
) -> Result<Vec<Id<QueueEntry>>, BookingError> {
    let ids: Vec<_> = people.iter().map(|person| person.id).collect();
    let phones: Vec<_> = people.iter().filter_map(|person| person.phone.clone()).collect();
    let values = [tx.tenant().uuid().into(), ids.into(), phones.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, ALIKE, values);
    let rows = entry::Model::find_by_statement(statement).all(tx.conn()).await?;
    let mut theirs = Vec::new();
    for row in rows.into_iter().filter(|row| is_theirs(row, people)) {
        theirs.push(row.id);
        // Who came for a visit stays as long as that does.
        if state(&row)?.is_in_line() && source(&row)? != Source::Appointment {
            let (_, row) = store::seen(tx, Id::from_uuid(row.id), None, false).await?;
            if state(&row)?.is_in_line() {
                let taken = Taken::by(Step::Leave, &row)?;
                store::write(tx, &row, row.clone().into(), taken).await?;
            }
        }
    }
    for sql in [
        "update queue_entries
         set name = 'Erased customer', phone = null, note = '', token_hash = null,
             taken_from = null, updated_at = $3
         where tenant_id = $1 and id = any($2)",
        "update queue_history set reason = null
         where tenant_id = $1 and entry_id = any($2) and reason is not null
           and $3::timestamptz is not null",
    ] {
        let values = [tx.tenant().uuid().into(), theirs.clone().into(), tx.now().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.conn().execute_raw(statement).await?;
    }
    Ok(theirs.into_iter().map(Id::from_uuid).collect())
}
