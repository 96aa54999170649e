//! Visits as they are shown.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QueryResult, QuerySelect, Statement,
};
use serde::Deserialize;
use uuid::Uuid;

use super::entities::{appointment, line};
use super::error::{BookingError, Refusal, fault};
use super::history::{self, Event};
use super::state::Status;
use super::terms::Terms;
use super::wanted::SoldExtra;
use crate::authz::Right;
pub use crate::customers::Whose;
use crate::ids::{
    Appointment, Customer, Id, Location, Package, Room, Series, Service, StaffMember,
};
use crate::keys;
use crate::messaging::Channel;
use crate::page::{Paged, Window};
use crate::risk::Risk;
use crate::tenancy::{Caller, StoreError, TenantTx};
use crate::time::Instant;

/// A visit with all that is known of it.
#[derive(Debug, Clone, PartialEq)]
pub struct VisitFacts {
    /// Its id.
    pub id: Id<Appointment>,
    /// Where.
    pub location: Id<Location>,
    /// Where it stands.
    pub status: Status,
    /// How often it was changed.
    pub version: i32,
    /// When it begins for the customer.
    pub starts_at: Instant,
    /// When it ends for the customer.
    pub ends_at: Instant,
    /// Whose it is, once they said who they are.
    pub customer: Option<Whose>,
    /// Where mails about it go: to the address that it was booked with, else to that of the record.
    pub email: Option<String>,
    /// And in which language, if they ever said.
    pub locale: Option<String>,
    /// How many come.
    pub party: i16,
    /// What it is, in one line.
    pub title: String,
    /// The package, if it is one.
    pub package: Option<Id<Package>>,
    /// What it costs.
    pub price_minor: i64,
    /// How much less that is because they are a member.
    pub discount_minor: i64,
    /// In which currency.
    pub currency: String,
    /// What was due when it was booked.
    pub deposit_minor: i64,
    /// What it costs that it didn't happen.
    pub fee_minor: i64,
    /// The rules that it was made under.
    pub terms: Terms,
    /// Who made it: `public`, `staff`, `series`, `waitlist`, `queue`, `demo`.
    pub source: String,
    /// What the customer wrote.
    pub note: String,
    /// What staff wrote.
    pub staff_note: String,
    /// Whether it was put over something else on purpose.
    pub overridden: bool,
    /// The series that it belongs to, and its place in it.
    pub series: Option<(Id<Series>, i16)>,
    /// Until when its time is kept, if it isn't certain.
    pub lapses_at: Option<Instant>,
    /// How often calendars were told of a change.
    pub sequence: i32,
    /// Who called it off: `customer`, `staff`, `system`.
    pub cancelled_by: Option<String>,
    /// Why.
    pub cancel_reason: Option<String>,
    /// How likely it looked when it was booked that nobody comes. For staff: its customer is never told.
    pub risk: Option<Risk>,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// Who gets what from whom, and when.
    pub lines: Vec<LineFacts>,
}

/// One pair of hands for one customer.
#[derive(Debug, Clone, PartialEq)]
pub struct LineFacts {
    /// Its place.
    pub position: i16,
    /// Lines of one step happen at the same time.
    pub step: i16,
    /// What.
    pub service: Id<Service>,
    /// What it was called.
    pub service_name: String,
    /// For which of the party.
    pub customer: i16,
    /// By whom.
    pub staff: Option<Id<StaffMember>>,
    /// What they were called.
    pub staff_name: Option<String>,
    /// Whether they were asked for by name.
    pub staff_chosen: bool,
    /// Where.
    pub room: Option<Id<Room>>,
    /// What that was called.
    pub room_name: Option<String>,
    /// Whether staff chose it.
    pub room_chosen: bool,
    /// From.
    pub starts_at: Instant,
    /// To.
    pub ends_at: Instant,
    /// What it costs.
    pub price_minor: i64,
    /// With what.
    pub addons: Vec<SoldExtra>,
}

impl From<line::Model> for LineFacts {
    fn from(row: line::Model) -> Self {
        Self {
            position: row.position,
            step: row.step,
            service: Id::from_uuid(row.service_id),
            service_name: row.service_name,
            customer: row.customer,
            staff: row.staff_id.map(Id::from_uuid),
            staff_name: row.staff_name,
            staff_chosen: row.staff_chosen,
            room: row.room_id.map(Id::from_uuid),
            room_name: row.room_name,
            room_chosen: row.room_chosen,
            starts_at: row.starts_at,
            ends_at: row.ends_at,
            price_minor: row.price_minor,
            addons: serde_json::from_value(row.addons).unwrap_or_default(),
        }
    }
}

/// The status of a row. Nothing else is ever stored.
pub(crate) fn status(row: &appointment::Model) -> Result<Status, StoreError> {
    Status::from_key(&row.status)
        .ok_or_else(|| StoreError::Unreadable(format!("the status {}", row.status)))
}

pub(super) fn facts(
    row: appointment::Model,
    lines: Vec<LineFacts>,
    customer: Option<Whose>,
) -> Result<VisitFacts, StoreError> {
    let status = status(&row)?;
    let terms = Terms::read(&row.terms)?;
    let known = |field: fn(&Whose) -> &Option<String>| {
        customer.as_ref().and_then(|whose| field(whose).clone())
    };
    Ok(VisitFacts {
        email: row.contact_email.or_else(|| known(|whose| &whose.email)),
        locale: row.contact_locale.or_else(|| known(|whose| &whose.locale)),
        id: Id::from_uuid(row.id),
        location: Id::from_uuid(row.location_id),
        status,
        version: row.version,
        starts_at: row.starts_at,
        ends_at: row.ends_at,
        customer,
        party: row.party,
        title: row.title,
        package: row.package_id.map(Id::from_uuid),
        price_minor: row.price_minor,
        discount_minor: row.discount_minor,
        currency: row.currency,
        deposit_minor: row.deposit_minor,
        fee_minor: row.fee_minor,
        terms,
        source: row.source,
        note: row.note,
        staff_note: row.staff_note,
        overridden: row.overridden,
        series: row.series_id.map(Id::from_uuid).zip(row.series_place),
        lapses_at: row.lapses_at,
        sequence: row.sequence,
        cancelled_by: row.cancelled_by,
        cancel_reason: row.cancel_reason,
        risk: Risk::stored(row.risk_points, row.risk_reasons)?,
        created_at: row.created_at,
        updated_at: row.updated_at,
        lines,
    })
}

#[derive(FromQueryResult, Deserialize)]
struct Known {
    id: Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    channel: Option<Channel>,
}

impl From<Known> for Whose {
    fn from(row: Known) -> Self {
        let Known { id, name, email, phone, locale, channel } = row;
        Self { id: Id::from_uuid(id), name, email, phone, locale, channel }
    }
}

/// The rows with their lines and customers: two queries, however many there are.
pub(crate) async fn complete(
    tx: &TenantTx,
    rows: Vec<appointment::Model>,
) -> Result<Vec<VisitFacts>, StoreError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let found = line::Entity::find()
        .filter(line::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(line::Column::AppointmentId.eq_any(ids))
        .order_by_asc(line::Column::AppointmentId)
        .order_by_asc(line::Column::Position)
        .all(tx.conn())
        .await?;
    let mut lines: HashMap<Uuid, Vec<LineFacts>> = HashMap::new();
    for row in found {
        lines.entry(row.appointment_id).or_default().push(row.into());
    }
    let mut customers = customers(tx, &rows).await?;
    let together = |row: appointment::Model| {
        let own = lines.remove(&row.id).unwrap_or_default();
        let whose = row.customer_id.and_then(|id| customers.get_mut(&id).map(|one| one.clone()));
        facts(row, own, whose)
    };
    rows.into_iter().map(together).collect()
}

async fn customers(
    tx: &TenantTx,
    rows: &[appointment::Model],
) -> Result<HashMap<Uuid, Whose>, DbErr> {
    let mut ids: Vec<_> = rows.iter().filter_map(|row| row.customer_id).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = "select id, name, email, phone, locale, channel from customers where tenant_id = $1 and id = any($2)";
    let values = [tx.tenant().uuid().into(), ids.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Known::find_by_statement(statement).all(tx.conn()).await?;
    Ok(found.into_iter().map(|row| (row.id, row.into())).collect())
}

/// One visit.
pub async fn read(tx: &TenantTx, id: Id<Appointment>) -> Result<VisitFacts, BookingError> {
    let visit = read_any(tx, id).await?;
    if !sees(tx, &visit).await? {
        return Err(Refusal::NotFound.into());
    }
    Ok(visit)
}

/// A visit with all that belongs to it, in one query: every change of a visit ends with it.
const WHOLE: &str = "
    select a.*,
           (select coalesce(jsonb_agg(l order by l.position), '[]') from appointment_lines l
            where l.tenant_id = a.tenant_id and l.appointment_id = a.id) as lines,
           (select to_jsonb(w) from (
                select c.id, c.name, c.email, c.phone, c.locale, c.channel from customers c
                where c.tenant_id = a.tenant_id and c.id = a.customer_id) w) as whose
    from appointments a where a.tenant_id = $1 and a.id = $2";

struct Whole {
    row: appointment::Model,
    lines: serde_json::Value,
    whose: Option<serde_json::Value>,
}

impl FromQueryResult for Whole {
    fn from_query_result(found: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        Ok(Self {
            row: appointment::Model::from_query_result(found, prefix)?,
            lines: found.try_get(prefix, "lines")?,
            whose: found.try_get(prefix, "whose")?,
        })
    }
}

impl Whole {
    fn into_facts(self) -> Result<VisitFacts, StoreError> {
        let unreadable = |error: serde_json::Error| {
            StoreError::Unreadable(format!("the visit {}: {error}", self.row.id))
        };
        let lines: Vec<line::Model> = serde_json::from_value(self.lines).map_err(unreadable)?;
        let whose: Option<Known> =
            self.whose.map(serde_json::from_value).transpose().map_err(unreadable)?;
        facts(self.row, lines.into_iter().map(LineFacts::from).collect(), whose.map(Whose::from))
    }
}

/// A visit's row alone, for whom somebody else let in.
pub(crate) async fn row(
    tx: &TenantTx,
    id: Id<Appointment>,
) -> Result<appointment::Model, BookingError> {
    let found = appointment::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    Ok(found.one(tx.conn()).await?.ok_or(Refusal::NotFound)?)
}

/// The same, held until the transaction ends.
pub(crate) async fn held(
    tx: &TenantTx,
    id: Id<Appointment>,
) -> Result<appointment::Model, BookingError> {
    let found = appointment::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    Ok(found.lock_exclusive().one(tx.conn()).await?.ok_or(Refusal::NotFound)?)
}

/// One visit, for whom somebody else let in.
pub(crate) async fn read_any(
    tx: &TenantTx,
    id: Id<Appointment>,
) -> Result<VisitFacts, BookingError> {
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, WHOLE, values);
    let found = Whole::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.ok_or(Refusal::NotFound)?.into_facts()?)
}

/// A visit's life, the oldest step first.
pub async fn history(tx: &TenantTx, id: Id<Appointment>) -> Result<Vec<Event>, BookingError> {
    read(tx, id).await?;
    Ok(history::since(tx, id.uuid(), 0).await?)
}

/// The staff member that the caller's login, or that of a key's maker, belongs to.
pub(crate) async fn own_staff(tx: &TenantTx) -> Result<Option<Uuid>, StoreError> {
    #[derive(FromQueryResult)]
    struct Own {
        id: Uuid,
    }
    let Some(user) = keys::person_behind(tx).await? else { return Ok(None) };
    let sql = "select id from staff where tenant_id = $1 and user_id = $2 and archived_at is null";
    let values = [tx.tenant().uuid().into(), user.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Own::find_by_statement(statement).one(tx.conn()).await?.map(|own| own.id))
}

/// Whether the caller may see this visit: all, or those with one's own hands in them.
pub(crate) async fn sees(tx: &TenantTx, visit: &VisitFacts) -> Result<bool, StoreError> {
    if tx.caller().may(Right::ReadBookings) {
        return Ok(true);
    }
    let own = own_staff(tx).await?.map(Id::from_uuid);
    Ok(own.is_some() && visit.lines.iter().any(|line| line.staff == own))
}

/// Whether the caller may know how the customers of the visits that they see are reached: with the
/// right to see customers, all of them or, like the visits, their own.
pub fn sees_contacts(caller: &Caller) -> bool {
    caller.may(Right::ReadCustomers)
        || (caller.may(Right::ReadOwnCustomers) && !caller.may(Right::ReadBookings))
}

/// Which visits are wanted.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Where.
    pub location: Option<Id<Location>>,
    /// Ending after this.
    pub from: Option<Instant>,
    /// Beginning before this.
    pub to: Option<Instant>,
    /// With these hands.
    pub staff: Option<Id<StaffMember>>,
    /// Whose.
    pub customer: Option<Id<Customer>>,
    /// Standing here.
    pub status: Option<Status>,
}

const LIST: &str = "
    select a.* from appointments a
    where a.tenant_id = $1
      and ($2::uuid is null or a.location_id = $2)
      -- No visit lasts longer than this: an index knows where visits begin.
      and ($3::timestamptz is null or (a.starts_at > $3 - interval '2 days' and a.ends_at > $3))
      and ($4::timestamptz is null or a.starts_at < $4)
      and ($5::uuid is null or exists (
          select 1 from appointment_lines l
          where l.tenant_id = $1 and l.appointment_id = a.id and l.staff_id = $5))
      and ($6::uuid is null or a.customer_id = $6)
      and case when $7::text is null then a.status <> 'expired' else a.status = $7 end
      and ($8::timestamptz is null or a.starts_at > $8 or (a.starts_at = $8 and a.id > $9))
    order by a.starts_at, a.id limit $10";

/// Visits by their beginning. What lapsed is only shown to who asks for it.
pub async fn list(
    tx: &TenantTx,
    filter: &Filter,
    window: Window<Appointment>,
) -> Result<Paged<VisitFacts>, BookingError> {
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && to <= from
    {
        return Err(fault("to", "before_start", "This must be behind the beginning."));
    }
    let mut staff = filter.staff.map(Id::uuid);
    if !tx.caller().may(Right::ReadBookings) {
        let own = own_staff(tx).await?.unwrap_or_default();
        if staff.is_some_and(|staff| staff != own) {
            return Err(Refusal::NotYours.into());
        }
        staff = Some(own);
    }
    let behind = match window.after {
        Some(id) => {
            let found = appointment::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
            found.one(tx.conn()).await?.map(|row| row.starts_at)
        }
        None => None,
    };
    let values = [
        tx.tenant().uuid().into(),
        filter.location.map(Id::uuid).into(),
        filter.from.into(),
        filter.to.into(),
        staff.into(),
        filter.customer.map(Id::uuid).into(),
        filter.status.map(|status| status.key().to_owned()).into(),
        behind.into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LIST, values);
    let rows = appointment::Model::find_by_statement(statement).all(tx.conn()).await?;
    let visits = complete(tx, rows).await?;
    Ok(window.cut(visits, |visit| visit.id))
}
