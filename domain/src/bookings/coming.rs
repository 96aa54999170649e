//! Visits that are still to come, for who asks what a change of the rules would do to them.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use chrono::{Days, NaiveDate};
use sea_orm::{
    ColumnTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, Statement,
};
use uuid::Uuid;

use super::entities::{appointment, line};
use super::read::{self, LineFacts, VisitFacts};
use super::sold::{Keep, Retired, Sold};
use super::state::{Action, Status};
use super::wanted::{Asker, Planned};
use crate::authz::Right;
use crate::availability::{
    self, Assignment, Busy, Placed, PlacedIn, PlacedLine, RoomNeed, Slot, Span,
};
use crate::diary::{Offer, Shop};
use crate::ids::{Id, Location, Room, Service, StaffMember};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// No more are looked at in one question.
const MOST: usize = 2_000;

/// So many other times are offered for each.
const OFFERED: usize = 3;

/// How many days around a visit are looked at for another time: first the near ones.
const NEAR: [u64; 2] = [2, 14];

/// How many days behind those are looked at if nothing was found: whole weeks may be closed.
const FAR: u64 = 62;

/// Which visits are meant. What is left out doesn't matter.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reach {
    /// Where.
    pub(crate) location: Option<Id<Location>>,
    /// With these hands.
    pub(crate) staff: Option<Id<StaffMember>>,
    /// In this room.
    pub(crate) room: Option<Id<Room>>,
    /// With this service.
    pub(crate) service: Option<Id<Service>>,
    /// Within this time.
    pub(crate) span: Option<Span>,
}

/// A visit that is still to come.
#[derive(Debug, Clone)]
pub(crate) struct Coming {
    row: appointment::Model,
    lines: Vec<line::Model>,
}

/// Another time for a visit, as the move of a visit takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alternative {
    /// When it would begin.
    pub start: Instant,
    /// When it would end.
    pub end: Instant,
    /// Who would have to be named: nobody if it stays with whom it is with; none in the list if whoever
    /// can must be asked for.
    pub staff: Option<Vec<Id<StaffMember>>>,
    /// What those who would do it are called.
    pub staff_names: Vec<String>,
    /// Into which other room, if it is one for all of it.
    pub room: Option<Id<Room>>,
    /// What the rooms are called.
    pub room_names: Vec<String>,
}

/// Time that is only kept isn't a visit yet.
const LIVE: [Status; 5] = [
    Status::PendingApproval,
    Status::PendingPayment,
    Status::Confirmed,
    Status::CheckedIn,
    Status::InService,
];

const COMING: &str = "
    select a.* from appointments a
    where a.tenant_id = $1
      and a.status = any($2)
      and (a.lapses_at is null or a.lapses_at > $3)
      -- No visit lasts longer than this: an index knows where visits begin.
      and a.starts_at > $3 - interval '2 days' and a.ends_at > $3
      and ($4::uuid is null or a.location_id = $4)
      and (($5::uuid is null and $6::uuid is null and $7::uuid is null) or exists (
          select 1 from appointment_lines l
          where l.tenant_id = $1 and l.appointment_id = a.id
            and ($5::uuid is null or l.staff_id = $5)
            and ($6::uuid is null or l.room_id = $6)
            and ($7::uuid is null or l.service_id = $7)))
      and ($8::timestamptz is null or (a.starts_at > $8 - interval '2 days' and a.ends_at > $8))
      and ($9::timestamptz is null or a.starts_at < $9)
    order by a.starts_at, a.id limit $10";

/// The next visits that are meant, by their beginning, and whether that is all of them.
pub(crate) async fn coming(
    tx: &TenantTx,
    reach: &Reach,
) -> Result<(Vec<Coming>, bool), StoreError> {
    let live: Vec<String> = LIVE.iter().map(|status| status.key().to_owned()).collect();
    let values = [
        tx.tenant().uuid().into(),
        live.into(),
        tx.now().into(),
        reach.location.map(Id::uuid).into(),
        reach.staff.map(Id::uuid).into(),
        reach.room.map(Id::uuid).into(),
        reach.service.map(Id::uuid).into(),
        reach.span.map(|span| span.from).into(),
        reach.span.map(|span| span.to).into(),
        i64::try_from(MOST + 1).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, COMING, values);
    let mut rows = appointment::Model::find_by_statement(statement).all(tx.conn()).await?;
    let complete = rows.len() <= MOST;
    rows.truncate(MOST);
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    let found = line::Entity::find()
        .filter(line::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(line::Column::AppointmentId.eq_any(ids))
        .order_by_asc(line::Column::AppointmentId)
        .order_by_asc(line::Column::Position)
        .all(tx.conn())
        .await?;
    let mut lines: HashMap<Uuid, Vec<line::Model>> = HashMap::new();
    for row in found {
        lines.entry(row.appointment_id).or_default().push(row);
    }
    let with_lines = |row: appointment::Model| {
        let lines = lines.remove(&row.id).unwrap_or_default();
        Coming { row, lines }
    };
    Ok((rows.into_iter().map(with_lines).collect(), complete))
}

/// The visits as they are shown. Whose they are is told to who may see them.
pub(crate) async fn shown(
    tx: &TenantTx,
    visits: impl IntoIterator<Item = &Coming>,
) -> Result<Vec<VisitFacts>, StoreError> {
    let rows = visits.into_iter().map(|visit| visit.row.clone()).collect();
    let mut facts = read::complete(tx, rows).await?;
    if !tx.caller().may(Right::ReadBookings) {
        let own = read::own_staff(tx).await?.map(Id::from_uuid);
        let is_own =
            |visit: &VisitFacts| own.is_some() && visit.lines.iter().any(|line| line.staff == own);
        for visit in facts.iter_mut().filter(|visit| !is_own(visit)) {
            visit.customer = None;
        }
    }
    Ok(facts)
}

impl Coming {
    /// Where.
    pub(crate) fn location(&self) -> Id<Location> {
        Id::from_uuid(self.row.location_id)
    }

    /// The civil days on which another time is looked for.
    pub(crate) fn days(&self) -> (NaiveDate, NaiveDate) {
        let day = self.row.starts_at.date_naive();
        // A day more on both sides is any zone's.
        (day - Days::new(NEAR[1] + 1), day + Days::new(NEAR[1] + FAR + 1))
    }

    /// What it takes, as far as rules can have something against it.
    pub(crate) fn placed(&self, shop: &Shop) -> Placed {
        let seat = |line: &line::Model| PlacedLine {
            service: Id::from_uuid(line.service_id),
            staff: line.staff_id.map(Id::from_uuid),
            span: Span { from: line.starts_at, to: line.ends_at },
        };
        let mut steps: BTreeMap<i16, (Uuid, Vec<&Offer>)> = BTreeMap::new();
        for line in &self.lines {
            let Some(room) = line.room_id else { continue };
            let step = steps.entry(line.step).or_insert((room, Vec::new()));
            step.1.extend(shop.services.get(&Id::from_uuid(line.service_id)));
        }
        let places = u8::try_from(self.row.party).unwrap_or(1);
        let room = |(room, offers): (Uuid, Vec<&Offer>)| PlacedIn {
            room: Id::from_uuid(room),
            need: need(places, &offers),
        };
        Placed {
            seats: self.lines.iter().map(seat).collect(),
            rooms: steps.into_values().map(room).collect(),
        }
    }

    /// The nearest times that the rules of a shop leave for it: with whom it is first, then with
    /// whoever can. `busy` must reach over its [days](Self::days).
    pub(crate) fn alternatives(
        &self,
        shop: &Shop,
        retired: &Retired,
        busy: &Busy,
        now: Instant,
    ) -> Vec<Alternative> {
        let movable = read::status(&self.row).is_ok_and(|at| at.after(Action::Move).is_some());
        let mut found: Vec<Alternative> = Vec::new();
        if !movable {
            return found;
        }
        let lines = self.facts();
        for keep in [Keep::ALL, Keep::NOTHING] {
            let planned = Sold::of(&self.row, &lines).plan(shop, retired, keep, Asker::Staff);
            for slot in self.nearest(shop, busy, &planned, now) {
                if found.len() < OFFERED && found.iter().all(|other| other.start != slot.start) {
                    found.extend(self.done(shop, busy, &planned, slot.start, now));
                }
            }
        }
        found
    }

    fn facts(&self) -> Vec<LineFacts> {
        self.lines.iter().cloned().map(LineFacts::from).collect()
    }

    /// What of it is no longer on the menu.
    pub(crate) async fn retired(&self, tx: &TenantTx, shop: &Shop) -> Result<Retired, StoreError> {
        Retired::of(tx, shop, &self.facts()).await
    }

    fn nearest(&self, shop: &Shop, busy: &Busy, planned: &Planned, now: Instant) -> Vec<Slot> {
        let (rules, visit, start) = (&shop.rules, &planned.visit, self.row.starts_at);
        let day = start.with_timezone(&rules.zone).date_naive();
        let mut slots = Vec::new();
        for reach in NEAR.map(Days::new) {
            slots = availability::slots(rules, busy, visit, (day - reach)..=(day + reach), now);
            if slots.len() >= OFFERED {
                break;
            }
        }
        if slots.is_empty() {
            let from = day + Days::new(NEAR[1] + 1);
            let days = usize::try_from(FAR).unwrap_or_default();
            slots.extend(availability::first_free(rules, busy, visit, from, days, now));
        }
        slots.sort_by_key(|slot| ((slot.start - start).abs(), slot.start));
        // Some may turn out to be at a start that is offered with the same staff already.
        slots.truncate(2 * OFFERED);
        slots
    }

    fn done(
        &self,
        shop: &Shop,
        busy: &Busy,
        planned: &Planned,
        start: Instant,
        now: Instant,
    ) -> Option<Alternative> {
        let ways = availability::assignments(&shop.rules, busy, &planned.visit, start, now).ok()?;
        let way = ways.into_iter().next()?;
        let (hands, rooms) = (self.hands(planned, &way), self.rooms(&way));
        let staff = way.seats.iter().filter_map(|seat| seat.staff);
        let staff_names = staff.filter_map(|id| Some(shop.people.get(&id)?.name.clone()));
        let room_names = way.rooms.iter().filter_map(|room| shop.rooms.get(&room.room).cloned());
        Some(Alternative {
            start: way.start,
            end: way.end,
            staff: hands,
            staff_names: once(staff_names),
            room: rooms,
            room_names: once(room_names),
        })
    }

    /// Who must be named to get it done this way.
    fn hands(&self, planned: &Planned, way: &Assignment) -> Option<Vec<Id<StaffMember>>> {
        let seat = |step: usize, seat: usize| {
            let found = way.seats.iter().find(|placed| (placed.step, placed.seat) == (step, seat));
            found.and_then(|placed| placed.staff)
        };
        let whom: Vec<_> =
            planned.lines.iter().map(|line| (line.customer, seat(line.step, line.seat))).collect();
        let same = self.lines.iter().map(|line| line.staff_id.map(Id::from_uuid));
        if same.eq(whom.iter().map(|(_, staff)| *staff)) {
            return None;
        }
        let mut named = Vec::new();
        for customer in 1..=planned.party {
            let of = whom.iter().filter(|(who, _)| *who == customer);
            match once(of.filter_map(|(_, staff)| *staff))[..] {
                [one] => named.push(one),
                // A move names one for each: whoever can, then.
                _ => return Some(Vec::new()),
            }
        }
        Some(named)
    }

    /// The room that must be named to get it done this way: one other for all of it.
    fn rooms(&self, way: &Assignment) -> Option<Id<Room>> {
        let now = once(self.lines.iter().filter_map(|line| line.room_id.map(Id::from_uuid)));
        let then = once(way.rooms.iter().map(|room| room.room));
        let everywhere = self.lines.iter().all(|line| line.room_id.is_some());
        match then[..] {
            [one] if everywhere && now != then => Some(one),
            _ => None,
        }
    }
}

/// What the room of a step must be like for what is offered there today. Nothing that needs a room:
/// staff chose it.
fn need(places: u8, offers: &[&Offer]) -> Option<RoomNeed> {
    let mut needing = offers.iter().filter(|offer| offer.needs_room).peekable();
    needing.peek()?;
    let of = |offer: &&Offer| -> Vec<Arc<str>> {
        let for_two: &[_] = if places == 2 { &offer.features_for_two } else { &[] };
        offer.features.iter().chain(for_two).cloned().collect()
    };
    Some(RoomNeed { places, features: once(needing.flat_map(of)), given: None })
}

/// Each once, in the order in which they come first.
fn once<T: PartialEq>(all: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut seen = Vec::new();
    for one in all {
        if !seen.contains(&one) {
            seen.push(one);
        }
    }
    seen
}
