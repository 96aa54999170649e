//! A visit that was sold, to be done at another time. What was sold is planned, whatever the menu has
//! become since: its steps, who gets what with what, and with whose hands. Of what a service needs the
//! menu decides as it is now; if the service is no longer on it, as it was when it went.

use std::collections::HashMap;
use std::sync::Arc;

use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::entities::appointment;
use super::read::{LineFacts, VisitFacts};
use super::wanted::{Asker, Planned, PlannedLine, Wanted, WantedService, name_hands};
use crate::availability::{self, Choice, RoomNeed, Seat, Step, Visit, Why};
use crate::diary::{Policy, Shop};
use crate::ids::{Appointment, Id, Room, Service, StaffMember};
use crate::tenancy::{StoreError, TenantTx};

/// Whose hands it shall be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hands<'a> {
    /// Those who have it now.
    Same,
    /// Those who were asked for; else whoever can.
    Chosen,
    /// These, for the first of the party and the second; nobody named: whoever can.
    Named(&'a [Id<StaffMember>]),
}

/// Which room it shall be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The one that was chosen; else any that will do.
    Chosen,
    /// This one.
    This(Id<Room>),
    /// Any that will do.
    Any,
}

/// What of a visit stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Keep<'a> {
    pub(crate) hands: Hands<'a>,
    pub(crate) place: Place,
}

impl Keep<'_> {
    /// Of a visit that staff move: all of it.
    pub(crate) const ALL: Self = Self { hands: Hands::Same, place: Place::Chosen };
    /// Of a visit that its customer moves: what they asked for.
    pub(crate) const CHOSEN: Self = Self { hands: Hands::Chosen, place: Place::Chosen };
    /// Nothing of who and where.
    pub(crate) const NOTHING: Self = Self { hands: Hands::Named(&[]), place: Place::Any };
}

/// What a service needs.
#[derive(Debug, Clone)]
struct Needs {
    minutes: u16,
    buffers: (u16, u16),
    /// If it needs a room: what that must have, and what besides for two.
    room: Option<(Vec<Arc<str>>, Vec<Arc<str>>)>,
    policy: Option<Policy>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    duration_minutes: i32,
    buffer_before_minutes: i32,
    buffer_after_minutes: i32,
    needs_room: bool,
    room_features: Vec<String>,
    room_features_for_two: Vec<String>,
}

/// Services that were sold and are no longer on the menu, as they were when they went.
#[derive(Debug, Default)]
pub(crate) struct Retired(HashMap<Id<Service>, Needs>);

impl Retired {
    /// Those of these lines. Most visits have none, and ask nothing.
    pub(crate) async fn of(
        tx: &TenantTx,
        shop: &Shop,
        lines: &[LineFacts],
    ) -> Result<Self, StoreError> {
        let gone = lines.iter().map(|line| line.service);
        let gone: Vec<Uuid> =
            gone.filter(|id| !shop.services.contains_key(id)).map(Id::uuid).collect();
        if gone.is_empty() {
            return Ok(Self::default());
        }
        let sql = "
            select id, duration_minutes, buffer_before_minutes::int as buffer_before_minutes,
                   buffer_after_minutes::int as buffer_after_minutes, needs_room, room_features,
                   room_features_for_two
            from services where tenant_id = $1 and id = any($2)";
        let values = [tx.tenant().uuid().into(), gone.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
        Ok(Self(rows.into_iter().map(|row| (Id::from_uuid(row.id), row.into())).collect()))
    }
}

impl From<Row> for Needs {
    fn from(row: Row) -> Self {
        let minutes = |minutes: i32| u16::try_from(minutes).unwrap_or(0);
        let words =
            |words: Vec<String>| -> Vec<Arc<str>> { words.into_iter().map(Arc::from).collect() };
        let features = (words(row.room_features), words(row.room_features_for_two));
        Self {
            minutes: minutes(row.duration_minutes),
            buffers: (minutes(row.buffer_before_minutes), minutes(row.buffer_after_minutes)),
            room: row.needs_room.then_some(features),
            policy: None,
        }
    }
}

impl Needs {
    /// Of one line. Of a service that is nowhere any more: what can be seen of the line itself.
    fn of(shop: &Shop, retired: &Retired, line: &LineFacts, extra: u16) -> Self {
        if let Some(offer) = shop.services.get(&line.service) {
            let features = || (offer.features.clone(), offer.features_for_two.clone());
            return Self {
                minutes: offer.minutes,
                buffers: (offer.buffer_before, offer.buffer_after),
                room: offer.needs_room.then(features),
                policy: Some(offer.policy),
            };
        }
        retired.0.get(&line.service).cloned().unwrap_or_else(|| {
            let took = (line.ends_at - line.starts_at).num_minutes() - i64::from(extra);
            Self {
                minutes: u16::try_from(took).unwrap_or(0),
                buffers: (0, 0),
                room: line.room.map(|_| (Vec::new(), Vec::new())),
                policy: None,
            }
        })
    }
}

/// A visit as it was sold.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sold<'a> {
    pub(crate) id: Id<Appointment>,
    pub(crate) title: &'a str,
    pub(crate) party: i16,
    /// By their positions.
    pub(crate) lines: &'a [LineFacts],
}

impl<'a> Sold<'a> {
    /// A stored one.
    pub(crate) fn of(row: &'a appointment::Model, lines: &'a [LineFacts]) -> Self {
        Self { id: Id::from_uuid(row.id), title: &row.title, party: row.party, lines }
    }

    /// What it means at a location, line by line.
    pub(crate) fn plan(
        &self,
        shop: &Shop,
        retired: &Retired,
        keep: Keep<'_>,
        asker: Asker,
    ) -> Planned {
        let party = u8::try_from(self.party).unwrap_or(1);
        let mut steps: Vec<Step> = Vec::new();
        let mut lines: Vec<PlannedLine> = Vec::new();
        let mut policy: Option<Policy> = None;
        let mut before = None;
        for line in self.lines {
            if before != Some(line.step) {
                before = Some(line.step);
                let seats = Vec::new();
                steps.push(Step { seats, room: None, buffer_before: 0, buffer_after: 0 });
            }
            let place = steps.len() - 1;
            let step = &mut steps[place];
            let extra = self.extra_minutes(line);
            let needs = Needs::of(shop, retired, line, extra);
            step.buffer_before = step.buffer_before.max(needs.buffers.0);
            step.buffer_after = step.buffer_after.max(needs.buffers.1);
            if let Some(also) = needs.policy {
                policy = Some(policy.map_or(also, |policy| policy.and(also)));
            }
            let given = match keep.place {
                Place::This(room) => Some(room),
                Place::Chosen => line.room.filter(|_| line.room_chosen),
                Place::Any => None,
            };
            add_room(step, needs.room, given, party);
            let staff = hand(line, keep.hands, asker);
            let customer = u8::try_from(line.customer).unwrap_or(1);
            lines.push(PlannedLine {
                step: place,
                seat: step.seats.len(),
                service: line.service,
                name: line.service_name.clone(),
                customer,
                chosen: line.staff_chosen && matches!(staff, Choice::Given(_) | Choice::Kept(_)),
                priced: false,
                price_minor: line.price_minor,
                addons: line.addons.clone(),
            });
            step.seats.push(Seat {
                service: line.service,
                customer,
                minutes: needs.minutes,
                extra_minutes: extra,
                staff,
            });
        }
        if let Hands::Named(whom) = keep.hands {
            name_hands(shop, &mut steps, &mut lines, whom);
        }
        let policy = policy.unwrap_or(shop.policy);
        Planned {
            visit: Visit {
                steps,
                online: asker == Asker::Customer,
                rules: policy.slots(),
                instead_of: Some(self.id),
            },
            lines,
            title: self.title.to_owned(),
            policy,
            package: None,
            forms: Vec::new(),
            party,
        }
    }

    /// How much longer it takes with what was sold with it, which stands on one line of each customer.
    fn extra_minutes(&self, line: &LineFacts) -> u16 {
        let of = |line: &LineFacts| (line.step, line.service, line.customer);
        let same = self.lines.iter().filter(|other| of(other) == of(line));
        let minutes = same.map(|other| other.addons.iter().map(|addon| addon.minutes).sum());
        minutes.max().unwrap_or(0)
    }

    /// Why its customer can't move it, whenever: what they were sold can't be done any more.
    pub(crate) fn hopeless(&self, shop: &Shop, retired: &Retired) -> Vec<Why> {
        let planned = self.plan(shop, retired, Keep::CHOSEN, Asker::Customer);
        availability::never(&shop.rules, &planned.visit)
    }

    /// The same once more, as a customer asks for it.
    pub(crate) fn again(&self, row: &appointment::Model) -> Wanted {
        let chosen = |line: &LineFacts| line.staff.filter(|_| line.staff_chosen);
        let first_of = |customer: i16| {
            let mut lines = self.lines.iter().filter(|line| line.customer == customer);
            lines.find_map(chosen)
        };
        let party = u8::try_from(self.party).unwrap_or(1);
        if let Some(package) = row.package_id {
            let (first, second) = (first_of(1), first_of(2));
            // Without one for the first of the party, none can be named for the second.
            let staff = first.into_iter().chain(second.filter(|_| first.is_some())).collect();
            let package = Some(Id::from_uuid(package));
            return Wanted { services: Vec::new(), package, party, staff, room: None };
        }
        let mut steps: Vec<(i16, WantedService)> = Vec::new();
        for line in self.lines {
            if steps.last().is_none_or(|(step, _)| *step != line.step) {
                let service = line.service;
                let addons = line.addons.iter().map(|addon| addon.id).collect();
                steps.push((
                    line.step,
                    WantedService { service, addons, staff: None, second: None },
                ));
            }
            let Some((_, service)) = steps.last_mut() else { continue };
            let named = if line.customer == 2 { &mut service.second } else { &mut service.staff };
            *named = named.or_else(|| chosen(line));
        }
        let services = steps.into_iter().map(|(_, service)| service).collect();
        Wanted { services, package: None, party, staff: Vec::new(), room: None }
    }
}

impl VisitFacts {
    /// It as it was sold.
    pub(crate) fn sold(&self) -> Sold<'_> {
        Sold { id: self.id, title: &self.title, party: self.party, lines: &self.lines }
    }
}

/// Who takes a seat.
fn hand(line: &LineFacts, hands: Hands<'_>, asker: Asker) -> Choice {
    let Some(staff) = line.staff else { return Choice::Nobody };
    match (hands, asker) {
        (Hands::Named(_), _) => Choice::Any,
        (Hands::Chosen, _) if !line.staff_chosen => Choice::Any,
        // They may be in nobody's choice any more: this customer has made theirs.
        (_, Asker::Customer) => Choice::Kept(staff),
        (_, Asker::Staff) => Choice::Given(staff),
    }
}

/// All of a step happens in one room.
fn add_room(
    step: &mut Step,
    needs: Option<(Vec<Arc<str>>, Vec<Arc<str>>)>,
    given: Option<Id<Room>>,
    party: u8,
) {
    if needs.is_none() && given.is_none() {
        return;
    }
    let room =
        step.room.get_or_insert_with(|| RoomNeed { places: party, features: Vec::new(), given });
    let (features, for_two) = needs.unwrap_or_default();
    let for_two = if party == 2 { for_two } else { Vec::new() };
    for feature in features.into_iter().chain(for_two) {
        if !room.features.contains(&feature) {
            room.features.push(feature);
        }
    }
}
