//! Writing a visit: all of it in one statement, or nothing.
//!
//! Shared locks on whom it takes, in their order (who moves a visit takes the same ones alone); then
//! the time of all staff and rooms, in the same order, skipping what is taken; and only if nothing was
//! skipped the visit, its lines and its history. Nobody can wait in a circle, and nobody can have half
//! a visit. docs/adr/0009 has the measurements.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement, Value};
use serde::Serialize;
use uuid::Uuid;

use super::history::Hand;
use super::read::{LineFacts, VisitFacts, Whose};
use super::state::Status;
use super::terms::Terms;
use super::wanted::SoldExtra;
use crate::availability::{Assignment, Span};
use crate::ids::{Appointment, Id, Location, Package, Series};
use crate::secrets::TokenHash;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// How whoever books is written to, as far as they said so.
#[derive(Debug, Clone, Default)]
pub(crate) struct WrittenTo {
    pub(crate) email: Option<String>,
    pub(crate) locale: Option<String>,
}

/// A visit that is about to be written.
#[derive(Debug)]
pub(super) struct NewVisit {
    pub(super) id: Id<Appointment>,
    pub(super) location: Id<Location>,
    pub(super) status: Status,
    pub(super) customer: Option<Whose>,
    pub(super) contact: WrittenTo,
    pub(super) party: u8,
    pub(super) title: String,
    pub(super) package: Option<Id<Package>>,
    pub(super) price_minor: i64,
    pub(super) discount_minor: i64,
    pub(super) currency: String,
    pub(super) deposit_minor: i64,
    pub(super) terms: Terms,
    pub(super) source: &'static str,
    pub(super) note: String,
    pub(super) staff_note: String,
    pub(super) overridden: bool,
    pub(super) series: Option<(Id<Series>, i16)>,
    pub(super) lapses_at: Option<Instant>,
    pub(super) visitor_hash: Option<Vec<u8>>,
    pub(super) link: Option<TokenHash>,
    /// The same, sealed, for what is said of it later.
    pub(super) link_sealed: Option<Vec<u8>>,
    pub(super) lines: Vec<Line>,
    pub(super) takes: Takes,
    pub(super) span: Span,
    pub(super) action: &'static str,
    pub(super) reason: Option<String>,
}

/// What a visit takes, sorted by whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Takes(Vec<Take>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Take {
    resource: Uuid,
    span: Span,
    room: bool,
}

impl Take {
    const fn kind(&self) -> &'static str {
        if self.room { "room" } else { "staff" }
    }
}

impl Takes {
    pub(super) fn of(done: &Assignment) -> Self {
        let rooms: Vec<_> = done.rooms.iter().map(|placed| placed.room.uuid()).collect();
        let take = |(resource, span): &(Uuid, Span)| Take {
            resource: *resource,
            span: *span,
            room: rooms.contains(resource),
        };
        let mut takes: Vec<_> = done.takes.iter().map(take).collect();
        takes.sort_unstable();
        Self(takes)
    }

    /// Who or what, when, and which of the two kinds.
    pub(super) fn each(&self) -> impl Iterator<Item = (Uuid, Span, &'static str)> {
        self.0.iter().map(|take| (take.resource, take.span, take.kind()))
    }

    pub(super) fn resources(&self) -> impl Iterator<Item = Uuid> {
        self.0.iter().map(|take| take.resource)
    }

    fn columns(&self) -> [Value; 4] {
        [
            self.0.iter().map(|take| take.resource).collect::<Vec<_>>().into(),
            self.0.iter().map(|take| take.span.from).collect::<Vec<_>>().into(),
            self.0.iter().map(|take| take.span.to).collect::<Vec<_>>().into(),
            self.0.iter().map(|take| take.kind().to_owned()).collect::<Vec<_>>().into(),
        ]
    }
}

/// The advisory locks that stand for resources, in the order in which everybody takes them.
pub(super) fn locks(resources: impl IntoIterator<Item = Uuid>) -> Vec<i64> {
    // An id ends with random bits.
    let mut locks: Vec<_> = (resources.into_iter())
        .map(|resource| i64::from_ne_bytes(std::array::from_fn(|at| resource.as_bytes()[8 + at])))
        .collect();
    locks.sort_unstable();
    locks.dedup();
    locks
}

/// A line as the statement reads it.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Line {
    pub(super) position: i16,
    pub(super) step: i16,
    pub(super) service_id: Uuid,
    pub(super) service_name: String,
    pub(super) customer: i16,
    pub(super) staff_id: Option<Uuid>,
    pub(super) staff_name: Option<String>,
    pub(super) staff_chosen: bool,
    pub(super) room_id: Option<Uuid>,
    pub(super) room_name: Option<String>,
    pub(super) room_chosen: bool,
    pub(super) starts_at: Instant,
    pub(super) ends_at: Instant,
    pub(super) price_minor: i64,
    pub(super) addons: Vec<SoldExtra>,
}

const NEW: &str = "
    with locked as materialized (
        select count(pg_advisory_xact_lock_shared(key)) as keys from unnest($4::bigint[]) as key
    ), taken as (
        insert into allocations (tenant_id, resource_id, blocked_from, blocked_to, appointment_id,
                                 location_id, kind, lapses_at, overridden)
        select $1, t.resource_id, t.blocked_from, t.blocked_to, $2, $3, t.kind, $9, $10
        from locked, unnest($5::uuid[], $6::timestamptz[], $7::timestamptz[], $8::text[])
             with ordinality as t (resource_id, blocked_from, blocked_to, kind, place)
        where locked.keys >= 0
        order by t.place
        on conflict do nothing
        returning 1
    ), visit as (
        insert into appointments (
            tenant_id, id, location_id, status, starts_at, ends_at, customer_id, party, title,
            package_id, price_minor, currency, deposit_minor, terms, source, note, staff_note,
            overridden, series_id, series_place, lapses_at, visitor_hash, link_hash, created_at,
            updated_at, contact_email, contact_locale, discount_minor, link_sealed)
        select $1, $2, $3, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
               $10, $25, $26, $9, $27, $28, $29, $29, $36, $37, $38, $39
        where (select count(*) from taken) = cardinality($5::uuid[])
        returning id
    ), lines as (
        insert into appointment_lines (
            tenant_id, appointment_id, position, step, service_id, service_name, customer, staff_id,
            staff_name, staff_chosen, room_id, room_name, room_chosen, starts_at, ends_at, price_minor,
            addons)
        select $1, $2, l.position, l.step, l.service_id, l.service_name, l.customer, l.staff_id,
               l.staff_name, l.staff_chosen, l.room_id, l.room_name, l.room_chosen, l.starts_at,
               l.ends_at, l.price_minor, l.addons
        from visit, jsonb_to_recordset($30) as l (
            position smallint, step smallint, service_id uuid, service_name text, customer smallint,
            staff_id uuid, staff_name text, staff_chosen boolean, room_id uuid, room_name text,
            room_chosen boolean, starts_at timestamptz, ends_at timestamptz, price_minor bigint, addons jsonb)
    ), told as (
        insert into appointment_history (
            tenant_id, appointment_id, version, at, action, to_status, actor_kind, actor_id,
            actor_name, reason)
        select $1, $2, 1, $29, $31, $11, $32, $33, $34, $35 from visit
    )
    select count(*) as written from visit";

#[derive(FromQueryResult)]
struct Written {
    written: i64,
}

impl NewVisit {
    /// What there is once it is written. Nothing has to be read again.
    fn written(self, now: Instant) -> VisitFacts {
        let whose = self.customer.as_ref();
        let email = self.contact.email.or_else(|| whose.and_then(|one| one.email.clone()));
        let locale = self.contact.locale.or_else(|| whose.and_then(|one| one.locale.clone()));
        VisitFacts {
            email,
            locale,
            id: self.id,
            location: self.location,
            status: self.status,
            version: 1,
            starts_at: self.span.from,
            ends_at: self.span.to,
            customer: self.customer,
            party: self.party.into(),
            title: self.title,
            package: self.package,
            price_minor: self.price_minor,
            currency: self.currency,
            discount_minor: self.discount_minor,
            deposit_minor: self.deposit_minor,
            fee_minor: 0,
            terms: self.terms,
            source: self.source.to_owned(),
            note: self.note,
            staff_note: self.staff_note,
            overridden: self.overridden,
            series: self.series,
            lapses_at: self.lapses_at,
            sequence: 0,
            cancelled_by: None,
            cancel_reason: None,
            risk: None,
            created_at: now,
            updated_at: now,
            lines: self.lines.into_iter().map(LineFacts::from).collect(),
        }
    }
}

impl From<Line> for LineFacts {
    fn from(line: Line) -> Self {
        Self {
            position: line.position,
            step: line.step,
            service: Id::from_uuid(line.service_id),
            service_name: line.service_name,
            customer: line.customer,
            staff: line.staff_id.map(Id::from_uuid),
            staff_name: line.staff_name,
            staff_chosen: line.staff_chosen,
            room: line.room_id.map(Id::from_uuid),
            room_name: line.room_name,
            room_chosen: line.room_chosen,
            starts_at: line.starts_at,
            ends_at: line.ends_at,
            price_minor: line.price_minor,
            addons: line.addons,
        }
    }
}

/// Writes a visit. None: it couldn't be, and the transaction must be given up.
pub(super) async fn insert(tx: &TenantTx, new: NewVisit) -> Result<Option<VisitFacts>, StoreError> {
    let hand = Hand::of(tx.caller());
    let lines = serde_json::to_value(&new.lines).unwrap_or_default();
    let [resources, from, to, kinds] = new.takes.columns();
    let values = [
        tx.tenant().uuid().into(),
        new.id.uuid().into(),
        new.location.uuid().into(),
        locks(new.takes.resources()).into(),
        resources,
        from,
        to,
        kinds,
        new.lapses_at.into(),
        new.overridden.into(),
        new.status.key().into(),
        new.span.from.into(),
        new.span.to.into(),
        new.customer.as_ref().map(|whose| whose.id.uuid()).into(),
        i16::from(new.party).into(),
        new.title.clone().into(),
        new.package.map(Id::uuid).into(),
        new.price_minor.into(),
        new.currency.clone().into(),
        new.deposit_minor.into(),
        serde_json::to_value(new.terms).unwrap_or_default().into(),
        new.source.into(),
        new.note.clone().into(),
        new.staff_note.clone().into(),
        new.series.map(|(id, _)| id.uuid()).into(),
        new.series.map(|(_, place)| place).into(),
        new.visitor_hash.clone().into(),
        new.link.as_ref().map(TokenHash::to_vec).into(),
        tx.now().into(),
        lines.into(),
        new.action.into(),
        hand.kind.into(),
        hand.id.into(),
        hand.name.into(),
        new.reason.clone().into(),
        new.contact.email.clone().into(),
        new.contact.locale.clone().into(),
        new.discount_minor.into(),
        new.link_sealed.clone().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, NEW, values);
    let written = Written::find_by_statement(statement).one(tx.conn()).await?;
    Ok(written.filter(|found| found.written == 1).map(|_| new.written(tx.now())))
}

/// Keeps everybody else who would book or move these people and rooms out until the end.
pub(crate) async fn lock_alone(tx: &TenantTx, resources: Vec<Uuid>) -> Result<(), StoreError> {
    let sql = "select pg_advisory_xact_lock(key) from unnest($1::bigint[]) as key";
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, sql, [locks(resources).into()]);
    tx.conn().execute_raw(statement).await?;
    Ok(())
}

const RETAKE: &str = "
    insert into allocations (tenant_id, resource_id, blocked_from, blocked_to, appointment_id,
                             location_id, kind, lapses_at, overridden)
    select $1, t.resource_id, t.blocked_from, t.blocked_to, $2, $3, t.kind, $8, $9
    from unnest($4::uuid[], $5::timestamptz[], $6::timestamptz[], $7::text[])
         with ordinality as t (resource_id, blocked_from, blocked_to, kind, place)
    order by t.place
    on conflict do nothing";

/// Gives back what a visit takes.
pub(crate) async fn give_back(tx: &TenantTx, id: Id<Appointment>) -> Result<(), StoreError> {
    let sql = "delete from allocations where tenant_id = $1 and appointment_id = $2";
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Takes other time instead of what was given back, and says whether all of it could be had. Only to
/// be asked while the resources are locked.
pub(super) async fn retake(
    tx: &TenantTx,
    id: Id<Appointment>,
    location: Id<Location>,
    takes: &Takes,
    lapses_at: Option<Instant>,
    overridden: bool,
) -> Result<bool, StoreError> {
    let [resources, from, to, kinds] = takes.columns();
    let values = [
        tx.tenant().uuid().into(),
        id.uuid().into(),
        location.uuid().into(),
        resources,
        from,
        to,
        kinds,
        lapses_at.into(),
        overridden.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, RETAKE, values);
    let written = tx.conn().execute_raw(statement).await?.rows_affected();
    Ok(usize::try_from(written).is_ok_and(|written| written == takes.0.len()))
}
