//! What is known of who books, read in the transaction in which their visit becomes theirs: one query by the
//! index of customers.

use chrono::Duration;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::score::{Facts, Past};
use super::throwaway::is_throwaway;
use crate::customers::Likeness;
use crate::diary::Shop;
use crate::ids::{Appointment, Customer, Id};
use crate::phone::Phone;
use crate::tenancy::{StoreError, TenantTx};
use crate::text::Email;
use crate::time::Instant;

/// Whose visit it is, and which.
pub(crate) struct About<'a> {
    pub(crate) visit: Id<Appointment>,
    pub(crate) customer: Id<Customer>,
    /// Who else is known with this address or number.
    pub(crate) likeness: &'a Likeness,
    pub(crate) email: Option<&'a Email>,
    pub(crate) phone: Option<&'a Phone>,
    pub(crate) starts_at: Instant,
    pub(crate) ends_at: Instant,
    pub(crate) price_minor: i64,
}

/// What was never marked as missed took place. A fee is there only where it was called off late and nobody waived
/// it. Visits of one series were booked at once: they count as one.
const PAST: &str = "
    with own as (
        select a.id, a.status, a.starts_at, a.ends_at, a.fee_minor, a.created_at, a.customer_id,
               a.series_id, a.source
        from appointments a
        where a.tenant_id = $1 and a.customer_id = any($3) and a.id <> $4 and a.status <> 'held'
    ), past as (
        select case
                 when status in ('checked_in', 'in_service', 'completed')
                      or (status = 'confirmed' and ends_at <= $5) then 'kept'
                 when status = 'no_show' then 'missed'
                 when status = 'cancelled' and fee_minor > 0 then 'called_off_late'
                 when status = 'expired' and exists (
                      select 1 from appointment_history h
                      where h.tenant_id = $1 and h.appointment_id = own.id
                        and h.action = 'lapsed' and h.from_status = 'pending_payment') then 'unpaid'
               end as word, starts_at
        from own where customer_id = $2
    ), online as (
        select * from own where source in ('public', 'waitlist')
    )
    select coalesce((select array_agg(word) from past where word is not null and starts_at > $6), '{}') as past,
           exists (select 1 from past where word = 'kept') as has_been_here,
           (select count(distinct coalesce(series_id, id)) from online
            where created_at > $7) as booked_lately,
           (select count(distinct coalesce(series_id, id)) from online
            where customer_id = $2 and starts_at > $5
              and status in ('pending_approval', 'pending_payment', 'confirmed')) as to_come";

#[derive(FromQueryResult)]
struct Row {
    past: Vec<String>,
    has_been_here: bool,
    booked_lately: i64,
    to_come: i64,
}

/// Reads what the points are made of.
pub(crate) async fn gather(
    tx: &TenantTx,
    shop: &Shop,
    about: &About<'_>,
) -> Result<Facts, StoreError> {
    let now = tx.now();
    let mut people: Vec<Uuid> = about.likeness.ids.iter().map(|id| id.uuid()).collect();
    people.push(about.customer.uuid());
    let values = [
        tx.tenant().uuid().into(),
        about.customer.uuid().into(),
        people.into(),
        about.visit.uuid().into(),
        now.into(),
        (now - Duration::days(365)).into(),
        (now - Duration::days(1)).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, PAST, values);
    let missing = || StoreError::Unreadable("nothing is known of a customer's past".to_owned());
    let row = Row::find_by_statement(statement).one(tx.conn()).await?.ok_or_else(missing)?;
    let count = |number: i64| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(Facts {
        past: row.past.iter().map(|word| Past::stored(word)).collect::<Result<_, _>>()?,
        has_been_here: row.has_been_here,
        booked_lately: count(row.booked_lately),
        to_come: count(row.to_come),
        other_name: about.likeness.other_name,
        other_phone: about.likeness.other_phone,
        foreign_phone: about.phone.is_some_and(|phone| phone.is_foreign(&shop.country)),
        throwaway_mail: about.email.is_some_and(|email| is_throwaway(email.key())),
        notice_minutes: (about.starts_at - now).num_minutes(),
        minutes: (about.ends_at - about.starts_at).num_minutes(),
        is_dear: is_dear(about.price_minor, shop.services.values().map(|offer| offer.price_minor)),
    })
}

/// Whether a price is at least twice the middle one of the menu.
pub(super) fn is_dear(price_minor: i64, menu: impl Iterator<Item = i64>) -> bool {
    let mut menu: Vec<i64> = menu.filter(|price| *price > 0).collect();
    menu.sort_unstable();
    let middle = menu.get(menu.len() / 2);
    middle.is_some_and(|middle| price_minor >= middle.saturating_mul(2))
}
