//! What is booked with those who serve a line. It keeps its time: the estimator and "call next" are told
//! of it here, both the same.
//!
//! Who came for a visit stands in the line for the first who does something for them. What that one does
//! is this entry's work. What others do for them keeps its time like any visit.

use std::collections::{BTreeMap, HashMap};

use chrono::Duration;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde_json::Value;
use uuid::Uuid;

use super::estimate::{self, Busy, Planned, Work};
use super::situation::menu_minutes;
use crate::bookings::SoldExtra;
use crate::diary::Shop;
use crate::ids::{Id, StaffMember};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// How far back is looked for what goes on still.
const BACK: Duration = Duration::hours(12);
/// How far ahead.
const AHEAD: Duration = Duration::hours(16);
/// What one does for somebody within so long is done in one go.
const TOGETHER: Duration = Duration::minutes(15);

/// What one of the staff does for a visit in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stint {
    pub(super) from: Instant,
    pub(super) to: Instant,
    pub(super) work: Vec<Work>,
    /// Whether those who booked it are there.
    pub(super) here: bool,
}

impl Stint {
    /// From when on it keeps the chair. Who is late is waited for a while; whoever is there has all of
    /// their time, since nobody presses anything when others go on with them.
    pub(super) fn keeps_from(&self, now: Instant) -> Option<Instant> {
        let until = if self.here { self.to } else { self.from + estimate::grace() };
        (now < until).then(|| self.from.max(now))
    }

    /// Whether it goes on now.
    fn goes_on(&self, now: Instant) -> bool {
        self.here && self.from <= now && now < self.to
    }
}

/// What is booked with some of the staff.
#[derive(Debug, Default)]
pub(super) struct Booked {
    stints: HashMap<Id<StaffMember>, Vec<Stint>>,
    /// By their entries: what those get who came for a visit, from the one for whom they wait.
    works: HashMap<Uuid, Vec<Work>>,
}

impl Booked {
    fn of(&self, staff: Id<StaffMember>) -> &[Stint] {
        self.stints.get(&staff).map_or(&[], Vec::as_slice)
    }

    /// When something begins that keeps its time.
    pub(super) fn next(&self, staff: Id<StaffMember>, now: Instant) -> Option<Instant> {
        self.of(staff).iter().filter_map(|stint| stint.keeps_from(now)).min()
    }

    /// What is still to come.
    pub(super) fn plan(&self, staff: Id<StaffMember>, now: Instant) -> Vec<Planned> {
        let ahead = |stint: &&Stint| stint.keeps_from(now).is_some() && !stint.goes_on(now);
        let planned = |stint: &Stint| Planned::Visit {
            at: stint.from,
            services: stint.work.clone(),
            party: 1,
        };
        self.of(staff).iter().filter(ahead).map(planned).collect()
    }

    /// Whom they are at work for, besides those of the line.
    pub(super) fn hands(&self, staff: Id<StaffMember>, now: Instant) -> Vec<Busy> {
        let busy = |stint: &Stint| Busy {
            services: stint.work.clone(),
            party: 1,
            since: Some(stint.from),
        };
        self.of(staff).iter().filter(|stint| stint.goes_on(now)).map(busy).collect()
    }

    /// What somebody who came for a visit gets from the one for whom they wait.
    pub(super) fn work(&self, entry: Uuid) -> Option<&[Work]> {
        self.works.get(&entry).map(Vec::as_slice)
    }
}

/// One line of a visit.
#[derive(Debug, Clone, FromQueryResult)]
struct Line {
    appointment_id: Uuid,
    here: bool,
    /// Their entry in this line, and for whom they stand there.
    entry_id: Option<Uuid>,
    entry_hands: Option<Uuid>,
    staff_id: Uuid,
    service_id: Uuid,
    starts_at: Instant,
    ends_at: Instant,
    addons: Value,
}

/// Visits that are still to come today or go on, by who does what.
const LINES: &str = "
    select a.id as appointment_id, a.status in ('checked_in', 'in_service') as here,
           e.id as entry_id, e.staff_wanted as entry_hands,
           l.staff_id, l.service_id, l.starts_at, l.ends_at, l.addons
    from appointments a
    join appointment_lines l on l.tenant_id = a.tenant_id and l.appointment_id = a.id
    left join queue_entries e
        on e.tenant_id = a.tenant_id and e.appointment_id = a.id and e.location_id = $3
        and e.source = 'appointment' and e.state in ('waiting', 'called', 'serving')
    where a.tenant_id = $1 and a.starts_at > $4 and a.starts_at < $5
      and a.status in ('held', 'pending_approval', 'pending_payment', 'confirmed', 'checked_in',
                       'in_service')
      and (a.lapses_at is null or a.lapses_at > $6)
      and (l.staff_id = any($2) or l.staff_id = e.staff_wanted)
    order by a.id, l.staff_id, l.starts_at, l.position";

/// What is booked with these of the staff, as far as it is not over.
pub(super) async fn read(tx: &TenantTx, shop: &Shop, staff: &[Uuid]) -> Result<Booked, StoreError> {
    let now = tx.now();
    let values = [
        tx.tenant().uuid().into(),
        staff.to_vec().into(),
        shop.location.uuid().into(),
        (now - BACK).into(),
        (now + AHEAD).into(),
        now.into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LINES, values);
    let lines = Line::find_by_statement(statement).all(tx.conn()).await?;
    let work = |line: &Line| {
        let service = Id::from_uuid(line.service_id);
        let addons: Vec<SoldExtra> =
            serde_json::from_value(line.addons.clone()).unwrap_or_default();
        let minutes = menu_minutes(shop, service, &addons, line.ends_at - line.starts_at);
        Work { service, minutes }
    };
    Ok(sorted(&lines, work))
}

/// Which of it is whose. The lines come by visit, staff and time.
fn sorted(lines: &[Line], work: impl Fn(&Line) -> Work) -> Booked {
    let mut booked = Booked::default();
    let mut stints: BTreeMap<(Uuid, Uuid), Vec<Stint>> = BTreeMap::new();
    for line in lines {
        if let Some(entry) = line.entry_id.filter(|_| line.entry_hands == Some(line.staff_id)) {
            booked.works.entry(entry).or_default().push(work(line));
            continue;
        }
        let all = stints.entry((line.staff_id, line.appointment_id)).or_default();
        match all.last_mut() {
            Some(last) if line.starts_at <= last.to + TOGETHER => {
                last.to = last.to.max(line.ends_at);
                last.work.push(work(line));
            }
            _ => all.push(Stint {
                from: line.starts_at,
                to: line.ends_at,
                work: vec![work(line)],
                here: line.here,
            }),
        }
    }
    for ((staff, _), of_visit) in stints {
        booked.stints.entry(Id::from_uuid(staff)).or_default().extend(of_visit);
    }
    booked
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: i64) -> Instant {
        Instant::UNIX_EPOCH + Duration::days(1) + Duration::minutes(minutes)
    }

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// Whether they are there, who does it, and from when to when.
    fn line(here: bool, staff: u128, (from, to): (i64, i64)) -> Line {
        Line {
            appointment_id: id(1),
            here,
            entry_id: here.then(|| id(90)),
            entry_hands: here.then(|| id(1)),
            staff_id: id(staff),
            service_id: id(7),
            starts_at: at(from),
            ends_at: at(to),
            addons: Value::Null,
        }
    }

    fn booked(lines: &[Line]) -> Booked {
        let minutes =
            |line: &Line| u16::try_from((line.ends_at - line.starts_at).num_minutes()).unwrap_or(0);
        sorted(lines, |line| Work {
            service: Id::from_uuid(line.service_id),
            minutes: minutes(line),
        })
    }

    fn of(booked: &Booked, staff: u128) -> Vec<(Instant, Instant, usize)> {
        let stints = booked.of(Id::from_uuid(id(staff))).iter();
        stints.map(|stint| (stint.from, stint.to, stint.work.len())).collect()
    }

    /// Colour with the first, a cut with the second, and the first again: who is not there yet takes the
    /// time of both.
    #[test]
    fn each_has_their_own_part_of_a_visit() {
        let parts = |here| {
            [
                line(here, 1, (0, 60)),
                line(here, 1, (90, 120)),
                line(here, 2, (60, 75)),
                line(here, 2, (80, 90)),
            ]
        };
        let ahead = booked(&parts(false));
        assert_eq!(of(&ahead, 1), [(at(0), at(60), 1), (at(90), at(120), 1)]);
        assert_eq!(of(&ahead, 2), [(at(60), at(90), 2)], "in one go");
        assert!(ahead.work(id(90)).is_none());
        // Once they are there, their entry stands for the first.
        let here = booked(&parts(true));
        assert_eq!(of(&here, 1), []);
        assert_eq!(of(&here, 2), [(at(60), at(90), 2)]);
        let minutes: Vec<_> = here.work(id(90)).unwrap().iter().map(|work| work.minutes).collect();
        assert_eq!(minutes, [60, 30]);
    }

    #[test]
    fn what_keeps_its_time_and_who_is_at_work() {
        let stint = |here| Stint { from: at(0), to: at(30), work: Vec::new(), here };
        // Minute, whether they are there, when it keeps the chair, whether it is being done.
        for (now, here, keeps, hands) in [
            (-20, false, Some(0), false),
            (-20, true, Some(0), false),
            // They are late.
            (5, false, Some(5), false),
            (10, false, None, false),
            // It has begun.
            (0, true, Some(0), true),
            (29, true, Some(29), true),
            (30, true, None, false),
        ] {
            let stint = stint(here);
            assert_eq!(stint.keeps_from(at(now)), keeps.map(at), "{now} {here}");
            assert_eq!(stint.goes_on(at(now)), hands, "{now} {here}");
        }
    }
}
