//! Civil time and instants.
//!
//! A civil time means the first instant at which the clock on the wall shows it or a later time.
//! That one sentence says it all: a time that a change of clocks skips is the instant of the change
//! (so that a window within the gap is empty), one that happens twice is its first occurrence, and
//! what comes first in civil time never comes later in fact.
//!
//! Instants are whole microseconds here, civil times are microseconds from 1970-01-01T00:00 on the
//! wall, civil days are counted from there. Arithmetic on integers is what makes a search quick: the
//! zone is asked once for the whole range of days.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Offset, TimeZone};
use chrono_tz::Tz;

use super::answer::Why;
use crate::time::Instant;

pub(super) const SECOND: i64 = 1_000_000;
pub(super) const MINUTE: i64 = 60 * SECOND;
pub(super) const DAY: i64 = 1_440 * MINUTE;

/// No zone has changed its clocks twice within so short a time, so that a change can't be missed.
const PROBE: i64 = 6 * 60 * MINUTE;

/// Around the days asked for: a day for windows that cross midnight, another for the distance
/// between the wall and UTC, and one because whole days have been skipped.
const MARGIN: i64 = 3;

/// A stretch under one offset.
#[derive(Debug, Clone, Copy)]
struct Piece {
    /// Its first instant.
    from: i64,
    /// What the wall is ahead of UTC.
    offset: i64,
    /// The first time on the wall that was not shown before.
    fresh: i64,
}

/// A zone's clock over some days.
#[derive(Debug)]
pub(super) struct Civil {
    pieces: Vec<Piece>,
}

/// A stretch in which the wall shows every time once and for the first time.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// The first time on the wall.
    pub(super) from: i64,
    /// The first after it.
    pub(super) to: i64,
    offset: i64,
}

impl Stretch {
    /// The instant of a time within.
    pub(super) fn instant(self, wall: i64) -> i64 {
        wall - self.offset
    }
}

impl Civil {
    /// The clock of `zone` that is right from a day before `first` until a day after `last`.
    pub(super) fn over(zone: Tz, first: i64, last: i64) -> Self {
        let mut at = (first - MARGIN) * DAY;
        let end = (last + MARGIN) * DAY;
        let mut offset = offset_of(zone, at);
        let mut pieces = vec![Piece { from: i64::MIN, offset, fresh: i64::MIN }];
        while at < end {
            let next = at + PROBE;
            let then = offset_of(zone, next);
            if then != offset {
                let from = change(zone, at, next);
                let shown = pieces.last().map_or(i64::MIN, |piece| piece.fresh.max(from + offset));
                pieces.push(Piece { from, offset: then, fresh: shown });
                offset = then;
            }
            at = next;
        }
        Self { pieces }
    }

    /// What the wall shows.
    pub(super) fn wall(&self, at: i64) -> i64 {
        at + self.piece(at).offset
    }

    /// The civil day.
    pub(super) fn day(&self, at: i64) -> i64 {
        self.wall(at).div_euclid(DAY)
    }

    /// Whether the wall shows this time for the first time.
    pub(super) fn is_first(&self, at: i64) -> bool {
        let piece = self.piece(at);
        at + piece.offset >= piece.fresh
    }

    /// The first instant at which the wall shows this time or a later one.
    pub(super) fn instant(&self, wall: i64) -> i64 {
        let mut place = 0;
        while let Some(next) = self.pieces.get(place + 1)
            && wall >= next.from + self.pieces[place].offset
        {
            place += 1;
        }
        let piece = self.pieces[place];
        piece.from.max(wall - piece.offset)
    }

    /// The instant at which the wall shows just this time, unless it never does.
    pub(super) fn exactly(&self, wall: i64) -> Option<i64> {
        let at = self.instant(wall);
        (self.wall(at) == wall).then_some(at)
    }

    /// The first instant of a civil day, or of what follows if it is skipped.
    pub(super) fn midnight(&self, day: i64) -> i64 {
        self.instant(day * DAY)
    }

    /// The times that the wall shows for the first time between two instants.
    pub(super) fn stretches(&self, from: i64, to: i64) -> impl Iterator<Item = Stretch> + '_ {
        let ends = self.pieces.iter().skip(1).map(|next| next.from).chain([i64::MAX]);
        self.pieces.iter().zip(ends).filter_map(move |(piece, end)| {
            let (from, to) = (from.max(piece.from), to.min(end));
            let offset = piece.offset;
            let first = (from < to).then(|| piece.fresh.max(from + offset))?;
            (first < to + offset).then_some(Stretch { from: first, to: to + offset, offset })
        })
    }

    fn piece(&self, at: i64) -> Piece {
        let later = self.pieces.iter().rev().find(|piece| piece.from <= at);
        *later.unwrap_or(&self.pieces[0])
    }
}

/// The instant at which a clock on the wall shows a time: the first, if it does twice.
pub fn on_the_wall(zone: Tz, local: NaiveDateTime) -> Result<Instant, Why> {
    let day = day_number(local.date());
    let wall = local.and_utc().timestamp_micros();
    Civil::over(zone, day, day).exactly(wall).map(instant).ok_or(Why::SkippedTime)
}

/// The first instant at which a clock on the wall shows this time or a later one: what is skipped is the
/// instant of the change.
pub fn reached(zone: Tz, local: NaiveDateTime) -> Instant {
    let day = day_number(local.date());
    let wall = local.and_utc().timestamp_micros();
    instant(Civil::over(zone, day, day).instant(wall))
}

/// The first instant of a civil day, or of what follows if the clocks skip its midnight.
pub fn midnight(zone: Tz, day: NaiveDate) -> Instant {
    let day = day_number(day);
    instant(Civil::over(zone, day, day).midnight(day))
}

/// The civil day of an instant.
pub fn day_at(zone: Tz, at: Instant) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

pub(super) fn day_number(day: NaiveDate) -> i64 {
    i64::from(day.to_epoch_days())
}

/// Beyond the calendar's ends it is its last day.
pub(super) fn date(day: i64) -> NaiveDate {
    i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days).unwrap_or(NaiveDate::MAX)
}

/// Monday is 0.
pub(super) fn weekday(day: i64) -> usize {
    date(day).weekday().num_days_from_monday() as usize
}

/// Beyond the calendar's ends it is its last instant.
pub(super) fn instant(at: i64) -> Instant {
    DateTime::from_timestamp_micros(at).unwrap_or(DateTime::<chrono::Utc>::MAX_UTC)
}

fn offset_of(zone: Tz, at: i64) -> i64 {
    let seconds = zone.offset_from_utc_datetime(&instant(at).naive_utc()).fix().local_minus_utc();
    i64::from(seconds) * SECOND
}

/// The first instant of the new offset, to the second, between one before and one after.
fn change(zone: Tz, mut before: i64, mut after: i64) -> i64 {
    let old = offset_of(zone, before);
    while after - before > SECOND {
        let middle = before + (after - before) / (2 * SECOND) * SECOND;
        if offset_of(zone, middle) == old {
            before = middle;
        } else {
            after = middle;
        }
    }
    after
}
