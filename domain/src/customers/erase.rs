//! A customer's data go, for good. That somebody was here, when and for what, stays: the books need
//! it.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use serde_json::json;

use super::find::held_at;
use super::{CustomerError, line_about};
use crate::bookings::BookingError;
use crate::ids::{Customer, Id};
use crate::messaging;
use crate::outbox::NewEvent;
use crate::queue;
use crate::sequences;
use crate::tenancy::{StoreError, TenantTx};
use crate::waitlist::{self, Person};
use crate::webhooks;

/// Everybody who was merged into this one, and into those, held in the order of their ids.
const SAME_PERSON: &str = "
    with recursive same (id) as (
        select $2::uuid
        union
        select c.id from same join customers c on c.tenant_id = $1 and c.merged_into = same.id
    )
    select c.id, c.name_key, c.email_key, c.phone from customers c
    where c.tenant_id = $1 and c.id = any(array(select id from same))
    order by c.id for update";

/// What is left of whom, by table. `$2` is all their ids, `$3` the time.
const ERASURES: [&str; 12] = [
    // What was given by them or to them stays as good as it was: whoever has the code pays with it.
    "update vouchers
     set recipient_name = '', recipient_email = null, message = '', updated_at = $3
     where tenant_id = $1
       and (sale_id in (select id from sales where tenant_id = $1 and customer_id = any($2))
            or lower(recipient_email) in (select email_key from customers
                                          where tenant_id = $1 and id = any($2)))",
    // What they buy and haven't paid for yet is still theirs by its link.
    "update voucher_orders
     set buyer_name = '', buyer_email = null, recipient_name = '', recipient_email = null,
         message = '', token_sealed = null, updated_at = $3
     where tenant_id = $1
       and (sale_id in (select id from sales where tenant_id = $1 and customer_id = any($2))
            or lower(buyer_email) in (select email_key from customers
                                      where tenant_id = $1 and id = any($2)))",
    "update voucher_orders
     set recipient_name = '', recipient_email = null, message = '', updated_at = $3
     where tenant_id = $1
       and lower(recipient_email) in (select email_key from customers
                                      where tenant_id = $1 and id = any($2))",
    "update customers
     set name = 'Erased customer', name_key = '', email = null, email_key = null, phone = null,
         locale = null, note = '', tags = '{}', medical = null, medical_at = null,
         erased_at = $3, updated_at = $3, version = version + 1
     where tenant_id = $1 and id = any($2)",
    "delete from form_answers where tenant_id = $1 and customer_id = any($2) and $3::timestamptz is not null",
    "update appointments
     set note = '', staff_note = '', cancel_reason = null, contact_email = null,
         contact_locale = null, link_sealed = null, risk_points = null, risk_reasons = null,
         updated_at = $3
     where tenant_id = $1 and customer_id = any($2)",
    "update appointment_history set reason = null
     where tenant_id = $1 and reason is not null and $3::timestamptz is not null
       and appointment_id in (select id from appointments
                              where tenant_id = $1 and customer_id = any($2))",
    "update payments set note = ''
     where tenant_id = $1 and note <> '' and $3::timestamptz is not null
       and appointment_id in (select id from appointments
                              where tenant_id = $1 and customer_id = any($2))",
    "update refunds set reason = ''
     where tenant_id = $1 and reason <> '' and $3::timestamptz is not null
       and payment_id in (select p.id from payments p
                          join appointments a on a.tenant_id = p.tenant_id and a.id = p.appointment_id
                          where p.tenant_id = $1 and a.customer_id = any($2))",
    "update payments set note = ''
     where tenant_id = $1 and note <> '' and $3::timestamptz is not null
       and sale_id in (select id from sales where tenant_id = $1 and customer_id = any($2))",
    "update refunds set reason = ''
     where tenant_id = $1 and reason <> '' and $3::timestamptz is not null
       and payment_id in (select p.id from payments p
                          join sales s on s.tenant_id = p.tenant_id and s.id = p.sale_id
                          where p.tenant_id = $1 and s.customer_id = any($2))",
    // What it would take to undo a merge is their data, too.
    "update customer_merges set undo = '{}'
     where tenant_id = $1 and (kept_id = any($2) or gone_id = any($2)) and $3::timestamptz is not null",
];

/// Erases a customer, and every record that was merged into theirs; `seen` is the version that the
/// caller knows. There is no way back.
pub async fn erase(tx: &mut TenantTx, id: Id<Customer>, seen: i64) -> Result<(), CustomerError> {
    held_at(tx, id, seen).await?;
    let people = same_person(tx, id).await?;
    let ids: Vec<_> = people.iter().map(|person| person.id).collect();
    let waiting = waitlist::forget(tx, &people).await.map_err(BookingError::into_store)?;
    let entries = queue::forget(tx, &people).await.map_err(BookingError::into_store)?;
    messaging::forget(tx, &ids).await?;
    sequences::forget(tx, &ids).await?;
    for sql in ERASURES {
        let values: [Value; 3] = [tx.tenant().uuid().into(), ids.clone().into(), tx.now().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.conn().execute_raw(statement).await?;
    }
    let waiting = waiting.iter().map(ToString::to_string);
    let about = waiting.chain(entries.iter().map(ToString::to_string)).collect();
    webhooks::forget(tx, &ids, about).await?;
    tx.record(line_about("customer.erased", id));
    tx.emit(NewEvent::new("customer.erased", &json!({ "id": id })));
    Ok(())
}

async fn same_person(tx: &TenantTx, id: Id<Customer>) -> Result<Vec<Person>, StoreError> {
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, SAME_PERSON, values);
    Ok(Person::find_by_statement(statement).all(tx.conn()).await?)
}
