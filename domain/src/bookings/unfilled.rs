//! What customers haven't filled in or agreed to yet for visits that staff made for them.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::error::BookingError;
use super::read::own_staff;
use crate::authz::Right;
use crate::forms::FormKind;
use crate::ids::{Appointment, Form, Id, Location};
use crate::tenancy::TenantTx;
use crate::time::Instant;

/// So many are told at once: more than a busy day has.
const MOST: i64 = 500;

/// A form that somebody hasn't filled in, or a text that they haven't agreed to.
#[derive(Debug, Clone)]
pub struct Unfilled {
    /// For which visit.
    pub visit: Id<Appointment>,
    /// Which form.
    pub form: Id<Form>,
    /// Of which kind.
    pub kind: FormKind,
    /// What it is called.
    pub name: String,
}

/// Answers are good for every later visit, and so is what was agreed to until it is withdrawn.
const UNFILLED: &str = "
    select distinct a.starts_at, a.id as visit, f.id as form, f.kind, f.name
    from appointments a
    join appointment_lines l on l.tenant_id = a.tenant_id and l.appointment_id = a.id
    join service_forms s on s.tenant_id = a.tenant_id and s.service_id = l.service_id
    join forms f on f.tenant_id = a.tenant_id and f.id = s.form_id and f.archived_at is null
    where a.tenant_id = $1
      and a.status in ('pending_approval', 'pending_payment', 'confirmed', 'checked_in', 'in_service')
      and a.customer_id is not null
      -- No visit lasts longer than this: an index knows where visits begin.
      and a.starts_at > $2 - interval '2 days' and a.ends_at > $2 and a.starts_at < $3
      and ($4::uuid is null or a.location_id = $4)
      and ($5::uuid is null or exists (
          select 1 from appointment_lines own
          where own.tenant_id = $1 and own.appointment_id = a.id and own.staff_id = $5))
      and case f.kind
          when 'consent' then not coalesce((
              select c.granted from consents c
              where c.tenant_id = $1 and c.customer_id = a.customer_id and c.form_id = f.id
              order by c.id desc limit 1), false)
          else not exists (
              select 1 from form_answers g
              where g.tenant_id = $1 and g.customer_id = a.customer_id and g.form_id = f.id)
          end
    order by a.starts_at, a.id, f.name limit $6";

#[derive(FromQueryResult)]
struct Row {
    visit: Uuid,
    form: Uuid,
    kind: String,
    name: String,
}

/// What is unfilled of the visits that end after `from` and begin before `to`: without the right to see
/// all, of one's own.
pub async fn unfilled(
    tx: &TenantTx,
    location: Option<Id<Location>>,
    (from, to): (Instant, Instant),
) -> Result<Vec<Unfilled>, BookingError> {
    let own = if tx.caller().may(Right::ReadBookings) {
        None
    } else {
        Some(own_staff(tx).await?.unwrap_or_default())
    };
    let values = [
        tx.tenant().uuid().into(),
        from.into(),
        to.into(),
        location.map(Id::uuid).into(),
        own.into(),
        MOST.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, UNFILLED, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let read = |row: Row| Unfilled {
        visit: Id::from_uuid(row.visit),
        form: Id::from_uuid(row.form),
        kind: if row.kind == "consent" { FormKind::Consent } else { FormKind::Intake },
        name: row.name,
    };
    Ok(rows.into_iter().map(read).collect())
}
