//! Who of those who wait is asked, and for which time. Pure.

use chrono::{NaiveDate, Timelike};
use chrono_tz::Tz;

use crate::availability::{self, Assignment, Busy, Slot, Span, Visit};
use crate::bookings::workshop::Planned;
use crate::diary::{Diary, WaitlistOrder};
use crate::time::Instant;

use super::freed::Freed;

/// Somebody who waits, as far as it decides.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) planned: Planned,
    pub(super) first_day: NaiveDate,
    pub(super) last_day: NaiveDate,
    pub(super) earliest: i16,
    pub(super) latest: i16,
    /// What they were offered before and didn't take.
    pub(super) before: Vec<Span>,
}

/// Who is asked for what.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pick {
    /// The place in the list of candidates.
    pub(super) place: usize,
    pub(super) way: Assignment,
}

impl Candidate {
    /// Whether a time is one that they wait for, and is among what has become free.
    pub(super) fn suits(&self, slot: &Slot, freed: Span, zone: Tz) -> bool {
        let local = slot.start.with_timezone(&zone);
        let (day, minute) = (local.date_naive(), local.hour() * 60 + local.minute());
        let minute = i16::try_from(minute).unwrap_or(i16::MAX);
        let with_buffers = with_buffers(&self.planned.visit, slot);
        overlap(with_buffers, freed)
            && (self.first_day..=self.last_day).contains(&day)
            && (self.earliest..=self.latest).contains(&minute)
            && !self.before.iter().any(|before| overlap(*before, span(slot)))
    }

    fn slots(&self, diary: &Diary, freed: &Freed, now: Instant) -> Vec<Slot> {
        let rules = &diary.shop.rules;
        let day = |at: Instant| at.with_timezone(&rules.zone).date_naive();
        // What begins before midnight may reach into it.
        let from = day(freed.from).pred_opt().unwrap_or(NaiveDate::MIN).max(self.first_day);
        let to = day(freed.to).min(self.last_day);
        if to < from {
            return Vec::new();
        }
        let visit = &self.planned.visit;
        let mut slots = availability::slots(rules, &diary.busy, visit, from..=to, now);
        let freed = Span { from: freed.from, to: freed.to };
        slots.retain(|slot| self.suits(slot, freed, rules.zone));
        slots
    }

    fn way(&self, diary: &Diary, start: Instant, now: Instant) -> Option<Assignment> {
        let visit = &self.planned.visit;
        let ways = availability::assignments(&diary.shop.rules, &diary.busy, visit, start, now);
        ways.ok()?.into_iter().next()
    }
}

fn span(slot: &Slot) -> Span {
    Span { from: slot.start, to: slot.end }
}

fn with_buffers(visit: &Visit, slot: &Slot) -> Span {
    let minutes = |minutes: Option<u16>| chrono::Duration::minutes(minutes.unwrap_or(0).into());
    Span {
        from: slot.start - minutes(visit.steps.first().map(|step| step.buffer_before)),
        to: slot.end + minutes(visit.steps.last().map(|step| step.buffer_after)),
    }
}

fn overlap(one: Span, other: Span) -> bool {
    one.from < other.to && other.from < one.to
}

/// The time that nobody could use next to a visit: to the neighbours of whom it takes, or to the edge
/// of what has become free where there is no neighbour.
pub(super) fn idle(way: &Assignment, busy: &Busy, freed: Span) -> chrono::Duration {
    let one = |(resource, take): &(uuid::Uuid, Span)| {
        let blocks = busy.0.get(resource).map_or(&[][..], Vec::as_slice);
        let before = blocks.iter().map(|block| block.span.to).filter(|to| *to <= take.from).max();
        let after = blocks.iter().map(|block| block.span.from).filter(|at| *at >= take.to).min();
        let left = before.map_or(freed.from, |before| before.max(freed.from));
        let right = after.map_or(freed.to, |after| after.min(freed.to));
        (take.from - left).max(chrono::Duration::zero())
            + (right - take.to).max(chrono::Duration::zero())
    };
    way.takes.iter().map(one).sum()
}

/// The next to be asked. The candidates come in the order in which they began to wait.
pub(super) fn pick(
    candidates: &[Candidate],
    diary: &Diary,
    freed: &Freed,
    now: Instant,
) -> Option<Pick> {
    let mut best: Option<(chrono::Duration, Pick)> = None;
    for (place, candidate) in candidates.iter().enumerate() {
        for slot in candidate.slots(diary, freed, now) {
            let Some(way) = candidate.way(diary, slot.start, now) else { continue };
            if diary.shop.waitlist_order == WaitlistOrder::FirstCome {
                return Some(Pick { place, way });
            }
            let idle = idle(&way, &diary.busy, Span { from: freed.from, to: freed.to });
            if best.as_ref().is_none_or(|(least, _)| idle < *least) {
                best = Some((idle, Pick { place, way }));
            }
        }
    }
    best.map(|(_, pick)| pick)
}
