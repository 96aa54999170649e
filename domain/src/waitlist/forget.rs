//! Whoever is erased doesn't wait any more, and is not found among those who did.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::entities::entry;
use super::leave::go;
use super::{State, state};
use crate::bookings::workshop::told;
use crate::bookings::{BookingError, these};
use crate::ids::{Id, WaitlistEntry};
use crate::tenancy::TenantTx;
use crate::text;

/// Somebody, by what they are recognised by.
#[derive(Debug, FromQueryResult)]
pub(crate) struct Person {
    pub(crate) id: Uuid,
    pub(crate) name_key: String,
    pub(crate) email_key: Option<String>,
    pub(crate) phone: Option<String>,
}

/// Theirs by their record, or perhaps by an address or a number: visitors say no more than that.
const ALIKE: &str = "
    select w.* from waitlist_entries w
    where w.tenant_id = $1
      and (w.customer_id = any($2)
           or (w.customer_id is null and (lower(w.email) = any($3) or w.phone = any($4))))
    order by w.id";

impl Person {
    /// The same name with the same address or number is the same person, as when somebody books.
    fn is(&self, row: &entry::Model) -> bool {
        let email = row.email.as_ref().map(|email| email.to_lowercase());
        let reached = (email.is_some() && email == self.email_key)
            || (row.phone.is_some() && row.phone == self.phone);
        row.customer_id == Some(self.id)
            || (row.customer_id.is_none() && reached && text::fold(&row.name) == self.name_key)
    }
}

/// Takes these people off the waiting list, and what it says about them away. Their records are held.
/// Gives back which entries were theirs.
pub(crate) async fn forget(
    tx: &mut TenantTx,
    people: &[Person],
) -> Result<Vec<Id<WaitlistEntry>>, BookingError> {
    let ids: Vec<_> = people.iter().map(|person| person.id).collect();
    let emails: Vec<_> = people.iter().filter_map(|person| person.email_key.clone()).collect();
    let phones: Vec<_> = people.iter().filter_map(|person| person.phone.clone()).collect();
    let values = [tx.tenant().uuid().into(), ids.into(), emails.into(), phones.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, ALIKE, values);
    let rows = entry::Model::find_by_statement(statement).all(tx.conn()).await?;
    let mut theirs = Vec::new();
    for row in rows.iter().filter(|row| people.iter().any(|person| person.is(row))) {
        if matches!(state(row)?, State::Waiting | State::Offered) {
            go(tx, Id::from_uuid(row.id), "staff").await?;
        }
        theirs.push(row.id);
    }
    let entries = "
        update waitlist_entries
        set name = 'Erased customer', email = null, phone = null, note = '', updated_at = $3
        where tenant_id = $1 and id = any($2)";
    // What they wanted said went with the time that was kept for them.
    let kept = "
        update appointments set note = '', updated_at = $3
        where tenant_id = $1 and customer_id is null and note <> '' and id in (
            select appointment_id from waitlist_offers where tenant_id = $1 and entry_id = any($2))
        returning id";
    let values = [tx.tenant().uuid().into(), theirs.clone().into(), tx.now().into()];
    let change = |sql| Statement::from_sql_and_values(DbBackend::Postgres, sql, values.clone());
    tx.conn().execute_raw(change(entries)).await?;
    let changed = Kept::find_by_statement(change(kept)).all(tx.conn()).await?;
    let changed = changed.into_iter().map(|row| Id::from_uuid(row.id));
    // Who has them on the screen looks again.
    for visit in these(tx, changed).await? {
        tx.emit(told("appointment.noted", &visit));
    }
    Ok(theirs.into_iter().map(Id::from_uuid).collect())
}

#[derive(FromQueryResult)]
struct Kept {
    id: Uuid,
}
