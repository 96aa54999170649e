//! The order of a line, and who of it is called next. Pure.

use chrono::Duration;
use uuid::Uuid;

use super::estimate;
use crate::bookings::BookingError;
use crate::bookings::workshop::fault;
use crate::ids::{Id, QueueEntry, StaffMember};
use crate::time::Instant;

/// Between two neighbours at first: somebody can be put between them twenty times before all get new
/// numbers.
pub(super) const GAP: i64 = 1 << 20;

/// One who waits, as far as it decides who is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub(super) id: Id<QueueEntry>,
    pub(super) rank: i64,
    pub(super) services: Vec<Uuid>,
    pub(super) wanted: Option<Id<StaffMember>>,
    /// When their appointment begins; none for who walked in.
    pub(super) due: Option<Instant>,
    /// How long it is expected to take with whoever calls.
    pub(super) takes: Duration,
}

/// Why nobody is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nobody {
    /// Nobody waits whom they can serve.
    Waits,
    /// Nobody of them would be done before what comes next; this is the first.
    Fits(Id<QueueEntry>),
}

/// The time that whoever calls has for somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Room {
    /// When they are free.
    pub(super) begins: Instant,
    /// When something of theirs comes that keeps its time.
    pub(super) until: Option<Instant>,
}

impl Room {
    fn fits(&self, one: &Standing) -> bool {
        estimate::is_done_in_time(self.begins, one.takes, self.until)
    }
}

impl Standing {
    /// Whether somebody who does these services may serve them.
    fn suits(&self, staff: Id<StaffMember>, does: &impl Fn(Uuid) -> bool) -> bool {
        self.wanted.is_none_or(|wanted| wanted == staff)
            && self.services.iter().all(|service| does(*service))
    }
}

/// Who walked in and may be served by one of the staff: it is their turn as soon as time allows.
fn theirs<'a>(
    waiting: &'a [Standing],
    staff: Id<StaffMember>,
    does: &impl Fn(Uuid) -> bool,
) -> Vec<&'a Standing> {
    let walked_in = waiting.iter().filter(|one| one.due.is_none());
    let mut theirs: Vec<_> = walked_in.filter(|one| one.suits(staff, does)).collect();
    theirs.sort_by_key(|one| (one.rank, one.id));
    theirs
}

/// Who is the first of those who walked in, for one of the staff.
pub(super) fn first(
    waiting: &[Standing],
    staff: Id<StaffMember>,
    does: impl Fn(Uuid) -> bool,
) -> Option<Id<QueueEntry>> {
    theirs(waiting, staff, &does).first().map(|one| one.id)
}

/// Whom one of the staff calls next: an appointment of theirs whose time has come, then the first in
/// line whom they can serve, who wants nobody else, and who will be done before something of theirs
/// comes that keeps its time. What is said to people of their waits is reckoned like that, too.
pub(super) fn next(
    waiting: &[Standing],
    staff: Id<StaffMember>,
    does: impl Fn(Uuid) -> bool,
    now: Instant,
    room: Room,
) -> Result<Id<QueueEntry>, Nobody> {
    // What was booked with them they do, whatever their skills say by now.
    let due = waiting.iter().filter(|one| {
        one.due.is_some_and(|due| due <= now)
            && match one.wanted {
                Some(wanted) => wanted == staff,
                None => one.suits(staff, &does),
            }
    });
    if let Some(one) = due.min_by_key(|one| (one.due, one.rank)) {
        return Ok(one.id);
    }
    let theirs = theirs(waiting, staff, &does);
    let Some(first) = theirs.first() else { return Err(Nobody::Waits) };
    let called = theirs.iter().find(|one| room.fits(one));
    called.map(|one| one.id).ok_or(Nobody::Fits(first.id))
}

/// Where somebody is put.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Before all others.
    First,
    /// Behind all others.
    Last,
    /// Right behind this one.
    After(Id<QueueEntry>),
    /// Right before this one.
    Before(Id<QueueEntry>),
}

impl Place {
    /// The one place that somebody named: behind this one, before that one, or at an end.
    pub fn of(
        after: Option<Id<QueueEntry>>,
        before: Option<Id<QueueEntry>>,
        end: Option<Self>,
    ) -> Result<Self, BookingError> {
        match (after, before, end) {
            (Some(id), None, None) => Ok(Self::After(id)),
            (None, Some(id), None) => Ok(Self::Before(id)),
            (None, None, Some(end)) => Ok(end),
            _ => Err(fault("/to", "one_of", "Name one place: `after`, `before` or `to`.")),
        }
    }
}

/// What becomes of the numbers of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Put {
    /// The one who moves gets this number.
    Between(i64),
    /// There is no room between their neighbours: all get new numbers, in this order.
    Respaced(Vec<(Id<QueueEntry>, i64)>),
}

/// Puts `who` to a place among the `others`, who come in their order. None: whom it was to be next to
/// isn't in the line.
pub(super) fn put(
    others: &[(Id<QueueEntry>, i64)],
    who: Id<QueueEntry>,
    place: Place,
) -> Option<Put> {
    let find = |id: Id<QueueEntry>| others.iter().position(|(other, _)| *other == id);
    let at = match place {
        Place::First => 0,
        Place::Last => others.len(),
        Place::After(id) => find(id)? + 1,
        Place::Before(id) => find(id)?,
    };
    let before = at.checked_sub(1).and_then(|at| others.get(at)).map(|(_, rank)| *rank);
    let behind = others.get(at).map(|(_, rank)| *rank);
    let between = match (before, behind) {
        (None, None) => Some(GAP),
        (Some(before), None) => before.checked_add(GAP),
        (None, Some(behind)) => behind.checked_sub(GAP),
        (Some(before), Some(behind)) => {
            (behind - before > 1).then(|| before + (behind - before) / 2)
        }
    };
    if let Some(rank) = between {
        return Some(Put::Between(rank));
    }
    let mut order: Vec<_> = others.iter().map(|(id, _)| *id).collect();
    order.insert(at, who);
    let numbers = (1..).map(|place: i64| place * GAP);
    Some(Put::Respaced(order.into_iter().zip(numbers).collect()))
}

/// What is printed on the ticket: `A01` to `Z99`, then `AA01`.
pub(crate) fn code(number: i32) -> String {
    let number = number.max(1) - 1;
    let (mut letters, digits) = (number / 99, number % 99 + 1);
    let mut text = String::new();
    loop {
        let letter = u8::try_from(letters % 26).unwrap_or(0);
        text.insert(0, char::from(b'A' + letter));
        if letters < 26 {
            return format!("{text}{digits:02}");
        }
        letters = letters / 26 - 1;
    }
}
