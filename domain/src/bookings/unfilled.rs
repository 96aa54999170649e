//! What customers haven't filled in or agreed to yet for visits that staff made for them: the day shows it,
//! and whoever holds a visit's link can do it before they come.

use chrono::Duration;
use sea_orm::{DbBackend, EntityTrait, FromQueryResult, Statement};
use serde_json::json;
use uuid::Uuid;

use super::ask::{Agreed, FilledIn, OnOffer};
use super::entities::appointment;
use super::error::{BookingError, Refusal};
use super::link::{Holder, locked};
use super::read::own_staff;
use super::{change, filled};
use crate::authz::Right;
use crate::customers;
use crate::fault::Faults;
use crate::forms::{self, FormFacts, FormKind};
use crate::ids::{Appointment, Form, Id, Location};
use crate::tenancy::{StoreError, TenantTx};
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
      and ($7::uuid is null or a.id = $7)
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

/// Which visits are meant. What is left out doesn't matter.
#[derive(Default)]
struct Which {
    location: Option<Id<Location>>,
    staff: Option<Uuid>,
    visit: Option<Uuid>,
}

async fn rows(
    tx: &TenantTx,
    (from, to): (Instant, Instant),
    which: Which,
) -> Result<Vec<Row>, StoreError> {
    let values = [
        tx.tenant().uuid().into(),
        from.into(),
        to.into(),
        which.location.map(Id::uuid).into(),
        which.staff.into(),
        MOST.into(),
        which.visit.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, UNFILLED, values);
    Ok(Row::find_by_statement(statement).all(tx.conn()).await?)
}

/// What is unfilled of the visits that end after `from` and begin before `to`: without the right to see
/// all, of one's own.
pub async fn unfilled(
    tx: &TenantTx,
    location: Option<Id<Location>>,
    within: (Instant, Instant),
) -> Result<Vec<Unfilled>, BookingError> {
    let staff = if tx.caller().may(Right::ReadBookings) {
        None
    } else {
        Some(own_staff(tx).await?.unwrap_or_default())
    };
    let rows = rows(tx, within, Which { location, staff, visit: None }).await?;
    let read = |row: Row| {
        Ok(Unfilled {
            visit: Id::from_uuid(row.visit),
            form: Id::from_uuid(row.form),
            kind: FormKind::stored(&row.kind)?,
            name: row.name,
        })
    };
    rows.into_iter().map(read).collect()
}

/// What one visit asks of its customer and isn't answered; nothing once it is over.
async fn still_asked(
    tx: &TenantTx,
    row: &appointment::Model,
) -> Result<Option<OnOffer>, BookingError> {
    let until = row.starts_at + Duration::seconds(1);
    let which = Which { visit: Some(row.id), ..Which::default() };
    let missing = rows(tx, (tx.now(), until), which).await?;
    if missing.is_empty() {
        return Ok(None);
    }
    let mut what = OnOffer::of(tx, row).await?;
    what.forms.retain(|asked| missing.iter().any(|row| row.form == asked.form.uuid()));
    Ok(Some(what))
}

/// What the customer of a visit is still asked, for whoever holds its link.
pub async fn asked_still(tx: &TenantTx, holder: &Holder) -> Result<Vec<FormFacts>, BookingError> {
    let found = appointment::Entity::find_by_id((tx.tenant().uuid(), holder.visit.uuid()));
    let row = found.one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    let Some(what) = still_asked(tx, &row).await? else { return Ok(Vec::new()) };
    let mut forms = forms::all(tx.conn(), tx.tenant(), false).await?;
    forms.retain(|form| what.forms.iter().any(|asked| asked.form == form.id));
    Ok(forms)
}

/// They fill in and agree to all that is still asked. Whoever sends it twice has done it.
pub async fn fill_in(
    tx: &mut TenantTx,
    holder: &Holder,
    answers: &[FilledIn],
    agreed: &[Agreed],
) -> Result<(), BookingError> {
    let found = appointment::Entity::find_by_id((tx.tenant().uuid(), holder.visit.uuid()));
    let seen = found.one(tx.conn()).await?.ok_or(Refusal::NotFound)?;
    // Whoever is nobody yet is asked nothing.
    let Some(whose) = seen.customer_id else { return Ok(()) };
    // A customer's record is held before visits, here as everywhere.
    customers::hold_still(tx, Id::from_uuid(whose)).await?;
    let row = locked(tx, holder).await?;
    if row.customer_id != Some(whose) {
        return Err(Refusal::Contended.into());
    }
    let Some(what) = still_asked(tx, &row).await? else { return Ok(()) };
    let mut faults = Faults::new();
    let filled_in = filled::check(answers, agreed, &what, &mut faults);
    if !faults.is_empty() {
        return Err(Refusal::from(faults).into());
    }
    let names: Vec<_> = what.forms.iter().map(|form| form.name.clone()).collect();
    let id = Id::from_uuid(row.id);
    filled::keep(tx, &what.forms, filled_in, Id::from_uuid(whose), id).await?;
    let same: appointment::ActiveModel = row.clone().into();
    change::noted(tx, &row, same, json!({ "filled_in": names })).await
}
