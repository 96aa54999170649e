//! What the estimator is told of a line: who serves it, who waits, what is booked, and what was learned.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::Duration;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::booked::{self, Booked};
use super::entities::entry;
use super::estimate::{self, Busy, Habits, Pace, Paces, Planned, Seen, Server, Waiting, Work};
use super::expire::LONGEST;
use super::foresight::Gathered;
pub(super) use super::foresight::paces;
use super::line::Room;
use super::settings::serving;
use super::shift::Shift;
use super::state::{Source, State};
use super::{services, source, state};
use crate::availability::{Span, day_at};
use crate::bookings::SoldExtra;
use crate::diary::Shop;
use crate::ids::{Id, Service, StaffMember};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// Over so many days people's habits are looked at.
const HABITS_DAYS: i64 = 28;

/// All that decides how a line goes on.
pub(super) async fn gather(
    tx: &TenantTx,
    shop: &Shop,
    line: &[entry::Model],
    (paces, habits): (Arc<Paces>, Habits),
) -> Result<Gathered, StoreError> {
    let serving = serving(tx, shop.location).await?;
    let ids: Vec<Uuid> = serving.iter().map(|one| one.id.uuid()).collect();
    let booked = booked::read(tx, shop, &ids).await?;
    let last = last_served(tx, shop, &ids).await?;
    let now = tx.now();
    let mut servers = Vec::new();
    for one in serving {
        let Some(rules) = shop.rules.staff.iter().find(|rules| rules.id == one.id) else {
            continue;
        };
        let shift = Shift::of(&shop.rules, rules, now);
        let mut plan = booked.plan(one.id, now);
        plan.extend(shift.away.into_iter().map(Planned::Away));
        servers.push(Server {
            id: one.id,
            skills: rules.skills.keys().copied().collect::<HashSet<_>>(),
            since: one.since,
            until: shift.until,
            hands: hands(line, one.id, now, &booked)?,
            last: last.get(&one.id.uuid()).copied(),
            plan,
        });
    }
    let mut waits = Vec::new();
    for row in line {
        if state(row)? == State::Waiting {
            waits.push(waiting(row, &booked)?);
        }
    }
    Ok(Gathered { now, servers, line: waits, paces, habits, seed: seed(shop) })
}

/// The same for a location all the time: answers move because the line did, and not by chance.
fn seed(shop: &Shop) -> u64 {
    shop.location.uuid().as_u64_pair().1
}

/// What a party wants, for the estimator.
pub(super) fn work(row: &entry::Model) -> Result<Vec<Work>, StoreError> {
    Ok(services(row)?.iter().map(super::WantedHere::work).collect())
}

/// What is done for a party by whoever calls it, and for how many. What others do for it is booked with
/// them.
fn done_for(row: &entry::Model, booked: &Booked) -> Result<(Vec<Work>, u16), StoreError> {
    match booked.work(row.id) {
        Some(work) => Ok((work.to_vec(), 1)),
        None => Ok((work(row)?, u16::try_from(row.party).unwrap_or(1))),
    }
}

fn waiting(row: &entry::Model, booked: &Booked) -> Result<Waiting, StoreError> {
    let (services, party) = done_for(row, booked)?;
    let came_for_a_visit = source(row)? == Source::Appointment;
    Ok(Waiting {
        entry: row.id,
        services,
        party,
        wanted: row.staff_wanted.map(Id::from_uuid),
        joined: row.joined_at,
        due: row.due_at.filter(|_| came_for_a_visit),
    })
}

/// Whom somebody serves, and then whom they called.
fn hands(
    line: &[entry::Model],
    staff: Id<StaffMember>,
    now: Instant,
    booked: &Booked,
) -> Result<Vec<Busy>, StoreError> {
    let theirs = |row: &&entry::Model| row.staff_id == Some(staff.uuid());
    let mut hands = booked.hands(staff, now);
    for stands in [State::Serving, State::Called] {
        for row in line.iter().filter(theirs) {
            if state(row)? != stands || row.started_at.is_some_and(|at| at + LONGEST <= now) {
                continue;
            }
            let (services, party) = done_for(row, booked)?;
            let since = row.started_at.filter(|_| stands == State::Serving);
            hands.push(Busy { services, party, since });
        }
    }
    Ok(hands)
}

/// What the menu says of one line of a visit, its add-ons included.
pub(super) fn menu_minutes(
    shop: &Shop,
    service: Id<Service>,
    addons: &[SoldExtra],
    sold: Duration,
) -> u16 {
    let extra: u16 = addons.iter().map(|addon| addon.minutes).sum();
    let menu = shop.services.get(&service).map(|offer| offer.minutes.saturating_add(extra));
    menu.unwrap_or_else(|| u16::try_from(sold.num_minutes()).unwrap_or(0))
}

/// The time that one of the staff has for whom they call: from the end of what they are at until
/// something begins that keeps its time, a visit, a break, the end of their day. Who is booked and late
/// is waited for a while; a break that should have begun already keeps nobody from being called.
pub(super) async fn room(
    tx: &TenantTx,
    shop: &Shop,
    line: &[entry::Model],
    staff: Id<StaffMember>,
    paces: &Paces,
) -> Result<Room, StoreError> {
    let now = tx.now();
    let booked = booked::read(tx, shop, &[staff.uuid()]).await?;
    let hands = hands(line, staff, now, &booked)?;
    let begins = estimate::free_at(&hands, staff, paces, now);
    let rules = shop.rules.staff.iter().find(|rules| rules.id == staff);
    let shift = rules.map(|rules| Shift::of(&shop.rules, rules, now)).unwrap_or_default();
    let mut here = Vec::new();
    for row in line {
        if state(row)? == State::Waiting
            && source(row)? == Source::Appointment
            && row.staff_wanted == Some(staff.uuid())
        {
            here.extend(row.due_at);
        }
    }
    let away = shift.away.iter().map(|span| span.from);
    let ahead = here.into_iter().chain(away).filter(|at| *at > now);
    let until = ahead.chain(booked.next(staff, now)).chain(shift.until).min();
    Ok(Room { begins, until })
}

#[derive(FromQueryResult)]
struct Last {
    staff_id: Uuid,
    started_at: Instant,
    ended_at: Instant,
}

/// From when to when each served last today.
async fn last_served(
    tx: &TenantTx,
    shop: &Shop,
    staff: &[Uuid],
) -> Result<HashMap<Uuid, Span>, StoreError> {
    let sql = "
        select distinct on (staff_id) staff_id, started_at, ended_at from queue_entries
        where tenant_id = $1 and location_id = $2 and day = $3 and state = 'done'
          and staff_id = any($4) and started_at is not null and ended_at is not null
        order by staff_id, ended_at desc";
    let values = [
        tx.tenant().uuid().into(),
        shop.location.uuid().into(),
        day_at(shop.rules.zone, tx.now()).into(),
        staff.to_vec().into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Last::find_by_statement(statement).all(tx.conn()).await?;
    let span = |row: &Last| Span { from: row.started_at, to: row.ended_at };
    Ok(rows.iter().map(|row| (row.staff_id, span(row))).collect())
}

#[derive(FromQueryResult)]
struct PaceRow {
    service_id: Uuid,
    staff_id: Uuid,
    n: f64,
    mean: f64,
    m2: f64,
}

pub(super) async fn paces_now(tx: &TenantTx) -> Result<Paces, StoreError> {
    let sql = "select service_id, staff_id, n, mean, m2 from service_pace where tenant_id = $1";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = PaceRow::find_by_statement(statement).all(tx.conn()).await?;
    Ok(Paces::of(rows.into_iter().map(|row| {
        let pace = Pace { n: row.n, mean: row.mean, m2: row.m2 };
        (Id::from_uuid(row.service_id), Id::from_uuid(row.staff_id), pace)
    })))
}

/// What a location's rows say of its people. `$3` and `$4` are days, `$5` and `$6` the same as
/// instants, `$7` how long people are patient, `$8` what counts of a press that came late. Who was
/// forgotten in the line says nothing of anybody.
const SEEN: &str = "
    with entries as (
        select state, staff_id, day, joined_at, first_called_at, called_at, started_at, ended_at,
               extract(epoch from coalesce(first_called_at, started_at, ended_at) - joined_at)::float8
                   as waited
        from queue_entries
        where tenant_id = $1 and location_id = $2 and day between $3 and $4
          and source <> 'appointment'
          and state not in ('waiting', 'called', 'converted', 'expired')
    ), turns as (
        select joined_at, first_called_at,
               lag(case when state = 'done' then ended_at end)
                   over (partition by staff_id, day order by started_at) as free_at
        from entries where staff_id is not null and started_at is not null
    ), waits as (
        select extract(epoch from first_called_at - free_at)::float8 as seconds from turns
        where joined_at <= free_at and first_called_at >= free_at
          and first_called_at < free_at + interval '30 minutes'
    ), visits as (
        select status from appointments
        where tenant_id = $1 and location_id = $2 and starts_at between $5 and $6
          and status in ('completed', 'in_service', 'no_show')
    )
    select
        count(*) filter (where called_at is not null)::float8 as called,
        count(*) filter (where state = 'no_show')::float8 as no_shows,
        coalesce(sum(least(extract(epoch from ended_at - called_at)::float8, $8))
                 filter (where state = 'no_show'), 0)::float8 as lost_seconds,
        count(*) filter (where called_at is not null and started_at is not null)::float8 as came,
        coalesce(sum(least(extract(epoch from started_at - called_at)::float8, $8))
                 filter (where called_at is not null), 0)::float8 as reach_seconds,
        (select count(*) from waits)::float8 as turns,
        (select coalesce(sum(seconds), 0) from waits)::float8 as turn_seconds,
        count(*) filter (where state = 'left' and waited <= $7)::float8 as left_soon,
        count(*) filter (where state = 'left' and waited > $7)::float8 as left_late,
        coalesce(sum(least(greatest(waited, 0), $7)), 0)::float8 as waited_soon,
        coalesce(sum(greatest(waited - $7, 0)), 0)::float8 as waited_late,
        (select count(*) from visits)::float8 as visits,
        (select count(*) from visits where status = 'no_show')::float8 as absent
    from entries";

#[derive(FromQueryResult)]
struct SeenRow {
    called: f64,
    no_shows: f64,
    lost_seconds: f64,
    came: f64,
    reach_seconds: f64,
    turns: f64,
    turn_seconds: f64,
    left_soon: f64,
    left_late: f64,
    waited_soon: f64,
    waited_late: f64,
    visits: f64,
    absent: f64,
}

pub(super) async fn seen(tx: &TenantTx, shop: &Shop) -> Result<Seen, StoreError> {
    let (now, back) = (tx.now(), Duration::days(HABITS_DAYS));
    let today = day_at(shop.rules.zone, now);
    let values = [
        tx.tenant().uuid().into(),
        shop.location.uuid().into(),
        (today - back).into(),
        today.into(),
        (now - back).into(),
        now.into(),
        estimate::habits::PATIENT.into(),
        estimate::habits::LATEST.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, SEEN, values);
    let found = SeenRow::find_by_statement(statement).one(tx.conn()).await?;
    Ok(found.map_or_else(Seen::default, |row| Seen {
        called: row.called,
        no_shows: row.no_shows,
        lost_seconds: row.lost_seconds,
        came: row.came,
        reach_seconds: row.reach_seconds,
        turns: row.turns,
        turn_seconds: row.turn_seconds,
        left: [row.left_soon, row.left_late],
        waited_seconds: [row.waited_soon, row.waited_late],
        visits: row.visits,
        absent: row.absent,
    }))
}
