//! What the product's tables would show of a day, and no more: that is all that the estimator gets.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, TimeDelta};

use super::super::{Busy, Habits, Pace, Paces, Planned, Seen, Server, Situation, Waiting, habits};
use super::day::{Day, Doing, Entry, Event, State};
use super::shop::{self, CHAIRS, MINUTE};
use crate::availability::Span;
use crate::ids::{Id, Service, StaffMember};
use crate::time::Instant;

/// What is learned as customers come and go.
#[derive(Debug, Default)]
pub(super) struct Tables {
    rows: BTreeMap<(Id<Service>, Id<StaffMember>), Pace>,
    seen: Seen,
    /// How long customers took, all together, and how many.
    taken: (f64, f64),
}

impl Tables {
    /// What is written down of an event.
    pub(super) fn note(&mut self, day: &Day, event: Event) {
        let seen = &mut self.seen;
        match event {
            Event::Joins(_) => {}
            Event::Called(who) => {
                seen.called += 1.0;
                wait(seen, day, who, false);
            }
            Event::Turn(after) => {
                seen.turns += 1.0;
                seen.turn_seconds += after;
            }
            Event::Started(who) => {
                seen.came += 1.0;
                seen.reach_seconds += (day.now - day.entries[who].called).min(habits::LATEST);
            }
            Event::NoShow(who) => {
                seen.no_shows += 1.0;
                seen.lost_seconds += (day.now - day.entries[who].called).min(habits::LATEST);
            }
            Event::Left(who) => wait(seen, day, who, true),
            Event::VisitDue { came } => {
                seen.visits += 1.0;
                seen.absent += f64::from(u8::from(!came));
            }
            Event::Finished(who, chair) => self.finish(&day.entries[who], chair, day.now),
        }
    }

    fn finish(&mut self, entry: &Entry, chair: usize, now: f64) {
        let took = now - entry.started;
        self.taken = (self.taken.0 + took, self.taken.1 + 1.0);
        let of_menu = took / entry.wish.menu_seconds();
        for work in entry.wish.work() {
            let row = self.rows.entry((work.service, shop::staff(chair))).or_default();
            let menu = f64::from(work.minutes);
            row.observe(menu, menu * of_menu);
        }
    }

    /// How long a customer takes, on the average; half an hour as long as nobody was there.
    pub(super) fn average(&self) -> f64 {
        (self.taken.0 + 30.0 * MINUTE) / (self.taken.1 + 1.0)
    }

    pub(super) fn paces(&self) -> Paces {
        Paces::of(self.rows.iter().map(|((service, staff), pace)| (*service, *staff, *pace)))
    }

    /// What was learned of each, taken for the next one's.
    pub(super) fn swapped(&self) -> Paces {
        let next = |staff: &Id<StaffMember>| {
            let chair = (0..CHAIRS).find(|chair| shop::staff(*chair) == *staff);
            shop::staff(chair.map_or(0, |chair| (chair + 1) % CHAIRS))
        };
        let rows = self.rows.iter();
        Paces::of(rows.map(|((service, staff), pace)| (*service, next(staff), *pace)))
    }

    /// The line as it stands, with those who are there, or also with those whose shift begins later.
    pub(super) fn show<'a>(&self, day: &Day, paces: &'a Paces, roster: bool) -> Situation<'a> {
        Situation {
            now: instant(day.now),
            servers: (0..CHAIRS).filter_map(|chair| server(day, chair, roster)).collect(),
            line: day.waiting().map(|who| waiting(day, who)).collect(),
            newcomers: Vec::new(),
            paces,
            habits: Habits::learned(&self.seen),
        }
    }
}

/// Somebody has waited until now, and left or was called.
fn wait(seen: &mut Seen, day: &Day, who: usize, left: bool) {
    let waited = day.now - day.entries[who].joined;
    let over = (waited - habits::PATIENT).max(0.0);
    seen.waited_seconds[0] += waited - over;
    seen.waited_seconds[1] += over;
    seen.left[usize::from(over > 0.0)] += f64::from(u8::from(left));
}

/// How many serve at the moment.
pub(super) fn serving(day: &Day) -> usize {
    day.barbers.iter().filter(|one| one.comes <= day.now && one.ends > day.now).count()
}

fn waiting(day: &Day, who: usize) -> Waiting {
    let entry = &day.entries[who];
    Waiting {
        entry: shop::named(3, who),
        services: entry.wish.work(),
        party: entry.wish.party,
        wanted: entry.wanted.map(shop::staff),
        joined: instant(entry.joined),
        due: entry.due.map(instant),
    }
}

fn server(day: &Day, chair: usize, roster: bool) -> Option<Server> {
    let (begins, ends, _) = shop::shift(chair);
    let barber = &day.barbers[chair];
    let here = barber.comes <= day.now;
    // Who should be there and isn't is not reckoned with.
    if !here && (!roster || begins <= day.now) {
        return None;
    }
    let since = if here { barber.comes } else { begins };
    let hands = match barber.doing {
        Doing::With(who, _) => vec![busy(&day.entries[who])],
        _ => Vec::new(),
    };
    let open = day.visits.iter().filter(|visit| visit.chair == chair && !visit.closed);
    let visits = open.filter(|visit| visit.known <= day.now).map(|visit| Planned::Visit {
        at: instant(visit.at),
        services: visit.wish.work(),
        party: visit.wish.party,
    });
    let (_, _, away) = shop::shift(chair);
    let away = Span { from: instant(away), to: instant(away + 30.0 * MINUTE) };
    Some(Server {
        id: shop::staff(chair),
        skills: shop::skills(chair).map(shop::service).collect(),
        since: instant(since),
        until: Some(instant(ends)),
        hands,
        last: barber.last.map(|(from, to)| Span { from: instant(from), to: instant(to) }),
        plan: visits.chain([Planned::Away(away)]).collect(),
    })
}

fn busy(entry: &Entry) -> Busy {
    let since = (entry.state == State::Serving).then(|| instant(entry.started));
    Busy { services: entry.wish.work(), party: entry.wish.party, since }
}

fn instant(seconds: f64) -> Instant {
    let after = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default();
    DateTime::UNIX_EPOCH + TimeDelta::from_std(after).unwrap_or(Duration::zero())
}
