//! Ids by which lists are narrowed down.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::error::{BookingError, Refusal, nothing};
use crate::fault::Faults;
use crate::ids::{Customer, Id, Location, StaffMember};
use crate::tenancy::TenantTx;

#[derive(FromQueryResult)]
struct There {
    location: bool,
    staff: bool,
    customer: bool,
}

/// Whether these are there, or were: whoever asks for the visits of another business's staff asks for
/// nothing that there is.
pub async fn are_there(
    tx: &TenantTx,
    location: Option<Id<Location>>,
    staff: Option<Id<StaffMember>>,
    customer: Option<Id<Customer>>,
) -> Result<(), BookingError> {
    if location.is_none() && staff.is_none() && customer.is_none() {
        return Ok(());
    }
    let sql = "
        select $2::uuid is null
               or exists (select 1 from locations where tenant_id = $1 and id = $2) as location,
               $3::uuid is null
               or exists (select 1 from staff where tenant_id = $1 and id = $3) as staff,
               $4::uuid is null
               or exists (select 1 from customers where tenant_id = $1 and id = $4) as customer";
    let values = [
        tx.tenant().uuid().into(),
        location.map(Id::uuid).into(),
        staff.map(Id::uuid).into(),
        customer.map(Id::uuid).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = There::find_by_statement(statement).one(tx.conn()).await?;
    let found = found.unwrap_or(There { location: false, staff: false, customer: false });
    let mut faults = Faults::new();
    for (there, field, detail) in [
        (found.location, "location", "There is no such place."),
        (found.staff, "staff", "There is nobody like that here."),
        (found.customer, "customer", "There is no such customer."),
    ] {
        if !there {
            faults.note(field, nothing(detail));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::from(faults).into()) }
}
