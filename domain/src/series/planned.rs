//! Where each visit of a series would go, and what stands in its way.

use std::sync::Arc;

use chrono::{Duration, NaiveDateTime};
use chrono_tz::Tz;
use serde_json::{Value, json};

use crate::availability::{self, Assignment, Block, Busy, Slot, Why, on_the_wall};
use crate::bookings::workshop::{Planned, Setting, alternatives, codes, lapsed};
use crate::bookings::{BookingError, Refusal};
use crate::diary::{Diary, Shop};
use crate::ids::{Appointment, Id};
use crate::time::Instant;

use super::pattern::Local;

/// One visit of a series that shall be at another time than the pattern says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift {
    /// Its place, from 1.
    pub place: i16,
    /// When it shall begin.
    pub start: Instant,
}

/// One visit of a series, as it would be.
#[derive(Debug, Clone)]
pub struct Occurrence {
    /// Its place, from 1.
    pub place: i16,
    /// The time on the clock that the pattern asks for, or the nearest where there is none.
    pub local: NaiveDateTime,
    /// When it would begin; none if there is no such time.
    pub start: Option<Instant>,
    /// When it would end, if it can be had.
    pub end: Option<Instant>,
    /// Left out on purpose.
    pub skipped: bool,
    /// Why it can't be had; empty if it can.
    pub reasons: Vec<&'static str>,
    /// The times near it that can be had, if it can't.
    pub alternatives: Vec<Slot>,
}

impl Occurrence {
    /// Whether it stands in the way of the series.
    pub fn is_conflict(&self) -> bool {
        !self.skipped && !self.reasons.is_empty()
    }

    fn in_short(&self) -> Value {
        let slot = |slot: &Slot| json!({ "start": slot.start, "end": slot.end });
        let near: Vec<_> = self.alternatives.iter().map(slot).collect();
        json!({
            "place": self.place, "start": self.start, "reasons": self.reasons,
            "local": self.local.format("%Y-%m-%dT%H:%M").to_string(), "alternatives": near,
        })
    }
}

/// Refuses, with all that stands in the way.
pub(super) fn conflicts(occurrences: &[Occurrence]) -> Result<(), BookingError> {
    let found: Vec<_> =
        occurrences.iter().filter(|one| one.is_conflict()).map(Occurrence::in_short).collect();
    if found.is_empty() {
        return Ok(());
    }
    Err(BookingError::with(Refusal::SeriesConflicts, json!({ "conflicts": found })))
}

/// A time that one visit asks for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) place: i16,
    pub(super) local: NaiveDateTime,
    start: Result<Instant, &'static str>,
    /// Where others are looked for.
    around: Instant,
}

impl Wish {
    /// What the pattern says.
    pub(super) fn of(place: i16, zone: Tz, local: Local) -> Self {
        let near = local.near();
        let start = match local {
            Local::At(local) => on_the_wall(zone, local).map_err(|why| why.code()),
            Local::NoSuchDay(_) => Err("no_such_day"),
        };
        // What the clocks skip is followed by times that they don't.
        let exact = on_the_wall(zone, near);
        let later = exact.or_else(|_| on_the_wall(zone, near + Duration::hours(1)));
        let around = later.unwrap_or_else(|_| near.and_utc());
        Self { place, local: near, start, around }
    }

    /// This very instant.
    pub(super) fn at(place: i16, zone: Tz, start: Instant) -> Self {
        let local = start.with_timezone(&zone).naive_local();
        Self { place, local, start: Ok(start), around: start }
    }

    /// The instant that decides what has to be read.
    pub(super) fn around(&self) -> Instant {
        self.around
    }

    pub(super) fn refused(
        &self,
        reasons: Vec<&'static str>,
        alternatives: Vec<Slot>,
    ) -> Occurrence {
        Occurrence {
            place: self.place,
            local: self.local,
            start: self.start.ok(),
            end: None,
            skipped: false,
            reasons,
            alternatives,
        }
    }

    pub(super) fn skipped(&self) -> Occurrence {
        Occurrence { skipped: true, ..self.refused(Vec::new(), Vec::new()) }
    }

    /// Too far away to be looked at.
    pub(super) fn out_of_reach(&self, now: Instant) -> Occurrence {
        let why = if self.around < now { Why::Past } else { Why::Horizon };
        self.refused(vec![why.code()], Vec::new())
    }

    /// The best way to have it, beside all that is taken.
    pub(super) fn look(
        &self,
        setting: &Setting,
        now: Instant,
    ) -> Result<(Occurrence, Option<Assignment>), BookingError> {
        let Setting { diary, planned } = setting;
        let near = || alternatives(diary, planned, self.around, now);
        let start = match self.start {
            Ok(start) => start,
            Err(code) => return Ok((self.refused(vec![code], near()), None)),
        };
        let rules = &diary.shop.rules;
        let found = availability::assignments(rules, &diary.busy, &planned.visit, start, now);
        let way = match found.map(|ways| ways.into_iter().next()) {
            Ok(Some(way)) => way,
            Ok(None) => return Ok((self.refused(vec!["staff_busy"], near()), None)),
            Err(why) => return Ok((self.refused(codes(&why), near()), None)),
        };
        if lapsed(setting, &way, now) {
            return Err(Refusal::Lapsed.into());
        }
        let fine = Occurrence { end: Some(way.end), ..self.refused(Vec::new(), Vec::new()) };
        Ok((fine, Some(way)))
    }
}

/// What the visits of a series take that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Taken(Vec<Block>);

impl Taken {
    pub(super) fn add(&mut self, visit: Id<Appointment>, way: &Assignment) {
        let block = |(resource, span): &(uuid::Uuid, availability::Span)| Block {
            resource: *resource,
            span: *span,
            appointment: visit,
            lapses_at: None,
        };
        self.0.extend(way.takes.iter().map(block));
    }

    /// The place with these and without what `leaving` take now.
    pub(super) fn beside(
        &self,
        shop: &Arc<Shop>,
        busy: &Busy,
        planned: &Planned,
        leaving: &[Id<Appointment>],
    ) -> Setting {
        let stays = |block: &&Block| !leaving.contains(&block.appointment);
        let known = busy.0.values().flatten().filter(stays).copied();
        let busy = Busy::of(known.chain(self.0.iter().copied()));
        let diary = Diary { shop: Arc::clone(shop), busy: busy.into() };
        Setting { diary, planned: planned.clone() }
    }
}
