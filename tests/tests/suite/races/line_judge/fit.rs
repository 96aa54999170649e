//! Whom one of the staff has to call next: an appointment of theirs whose time has come, else the first
//! in line whom they can serve, who wants nobody else, and who will be done before what they have next.

use std::collections::HashMap;

use chrono::Duration;
use openchair_domain::ids::{Id, StaffMember};
use openchair_domain::queue::estimate::{Paces, expected};
use uuid::Uuid;

use super::replay::Now;
use super::{House, Instant, Parties, Party, Visit};

/// A visit that nobody checked in is waited for so long.
const GRACE: Duration = Duration::minutes(10);
/// So much over doesn't count.
const OVER: Duration = Duration::minutes(8);
/// Visits that keep their time without standing in the line.
const AHEAD: [&str; 4] = ["held", "pending_approval", "pending_payment", "confirmed"];

/// A visit as it is, and as it was when the line was last seen to change.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) now: Visit,
    /// Whoever calls may have seen it like this, or not at all: it has changed since the line did, and
    /// visits that aren't in the line change without it.
    pub(super) before: Vec<Option<Visit>>,
}

pub(super) type Visits = HashMap<Uuid, Known>;

/// When a visit begins that keeps its time with one of the staff.
fn ahead(visit: &Visit, staff: Uuid, now: Instant) -> Option<Instant> {
    let booked = visit.staff == staff && AHEAD.contains(&&*visit.status);
    (booked && visit.starts_at > now - GRACE).then(|| visit.starts_at.max(now))
}

/// Whom somebody may rightly have been told to call. With each of them, whether somebody before them
/// would not have been done in time.
#[derive(Debug, Default)]
pub(super) struct Right {
    pub(super) who: Vec<(Uuid, bool)>,
}

pub(super) struct Asking<'a> {
    pub(super) staff: Uuid,
    pub(super) now: Instant,
    /// Who is in line, in their order.
    pub(super) line: &'a [Now],
    pub(super) parties: &'a Parties,
    pub(super) visits: &'a Visits,
    pub(super) house: &'a House,
}

impl Asking<'_> {
    fn party(&self, now: &Now) -> &Party {
        &self.parties[&now.id]
    }

    /// When the visit is due that somebody in line came for, if it is one of this staff's.
    fn due(&self, now: &Now) -> Option<Instant> {
        let visit = &self.visits[&self.party(now).visit?].now;
        (visit.staff == self.staff).then_some(visit.starts_at)
    }

    fn takes(&self, party: &Party) -> Duration {
        // Nothing is learned in so short a time.
        expected(&party.services, 1, Id::from_uuid(self.staff), &Paces::default())
    }

    /// Whether they walked in and could be served by this one.
    fn suits(&self, party: &Party) -> bool {
        let does = self.house.skills.get(&Id::<StaffMember>::from_uuid(self.staff));
        let does = |service| does.is_some_and(|does| does.contains(service));
        party.visit.is_none()
            && party.services.iter().all(|work| does(&work.service))
            && party.wanted.is_none_or(|wanted| wanted == self.staff)
    }

    /// When something of theirs may begin that keeps its time: the earliest of what is sure, and
    /// whatever before it is not.
    fn until(&self) -> Vec<Instant> {
        let (staff, now) = (self.staff, self.now);
        let waiting = self.line.iter().filter(|now| now.state == "waiting");
        let mut sure: Vec<Instant> =
            waiting.filter_map(|one| self.due(one)).filter(|due| *due > now).collect();
        sure.push(self.house.until);
        let mut perhaps = Vec::new();
        for known in self.visits.values() {
            let at = ahead(&known.now, staff, now);
            if known.before.is_empty() {
                sure.extend(at);
            } else {
                let before = known.before.iter().flatten();
                perhaps.extend(before.filter_map(|visit| ahead(visit, staff, now)));
                perhaps.extend(at);
            }
        }
        let first = sure.into_iter().min().unwrap_or(self.house.until);
        perhaps.retain(|at| *at < first);
        perhaps.push(first);
        perhaps
    }

    /// When they may begin: at once, or when they are done with whom they serve.
    fn begin(&self) -> [Instant; 2] {
        let served = self.line.iter().filter(|now| now.state == "serving");
        let theirs = served.filter(|now| now.staff == Some(self.staff));
        let left = theirs.map(|now| {
            let spent = now.since.map_or(Duration::zero(), |since| self.now - since);
            (self.takes(self.party(now)) - spent).max(Duration::zero())
        });
        [self.now, left.fold(self.now, |free, left| free + left)]
    }

    /// Whom they may rightly have been told to call.
    pub(super) fn right(&self) -> Right {
        let mut right = Right::default();
        let waiting = || self.line.iter().filter(|now| now.state == "waiting");
        let due = waiting().filter_map(|one| Some((self.due(one)?, one.id)));
        // Who stands first of those who are due at the same time.
        let due = due.filter(|(due, _)| *due <= self.now).min_by_key(|(due, _)| *due);
        if let Some((_, id)) = due {
            right.who.push((id, false));
            return right;
        }
        let theirs: Vec<_> = waiting().filter(|one| self.suits(self.party(one))).collect();
        for until in self.until() {
            for begin in self.begin() {
                let fits = |one: &&&Now| begin + self.takes(self.party(one)) <= until + OVER;
                if let Some(first) = theirs.iter().find(fits) {
                    right
                        .who
                        .push((first.id, theirs.first().is_some_and(|one| one.id != first.id)));
                }
            }
        }
        right
    }
}
