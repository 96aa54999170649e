//! From what is known to points: pure.

use serde::{Deserialize, Serialize};

use crate::tenancy::StoreError;
use crate::words::words;

words! {
    /// What became of an earlier visit, as far as that says something.
    Past {
        /// It took place.
        Kept = "kept",
        /// Nobody came.
        Missed = "missed",
        /// It was called off when that already cost a fee.
        CalledOffLate = "called_off_late",
        /// What was asked for before was never paid.
        Unpaid = "unpaid",
    }

    /// Something that makes it more or less likely that nobody comes.
    Sign {
        /// They didn't come to visits of the last twelve months.
        NoShows = "no_shows",
        /// They called visits of the last twelve months off late.
        LateCancellations = "late_cancellations",
        /// They let visits lapse that something was to be paid for.
        LapsedDeposits = "lapsed_deposits",
        /// They have never been here.
        FirstVisit = "first_visit",
        /// They booked much within a day.
        ManyAtOnce = "many_at_once",
        /// Much of theirs is still to come.
        ManyToCome = "many_to_come",
        /// The address is known under another name.
        OtherName = "other_name",
        /// The address is known with another number.
        OtherPhone = "other_phone",
        /// The number is one of another country than the business's.
        ForeignPhone = "foreign_phone",
        /// The address is one that is made to be thrown away.
        ThrowawayMail = "throwaway_mail",
        /// It begins soon, and is long or dear.
        ShortNotice = "short_notice",
        /// They keep what they book: this takes points off.
        KeptVisits = "kept_visits",
    }
}

/// A sign with its points; those of kept visits are below nought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// Which.
    pub sign: Sign,
    /// How much it counts.
    pub points: i16,
}

/// How likely it looked that nobody comes, when it was booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Risk {
    /// 0 to 100.
    pub points: u8,
    /// What they are made of, the weightiest first.
    pub reasons: Vec<Reason>,
}

/// What is known of who books, and of what they book.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a sign of its own")]
pub struct Facts {
    /// Their visits of the last twelve months, in any order.
    pub past: Vec<Past>,
    /// Whether any visit of theirs ever took place.
    pub has_been_here: bool,
    /// What else they booked online within a day, whoever of those with the same address or number it was.
    pub booked_lately: u32,
    /// What else they booked online that is still to come.
    pub to_come: u32,
    /// Whether their address is known under another name, and not under theirs.
    pub other_name: bool,
    /// Whether their address is known with another number, and not with theirs.
    pub other_phone: bool,
    /// Whether their number is one of another country.
    pub foreign_phone: bool,
    /// Whether their address is made to be thrown away.
    pub throwaway_mail: bool,
    /// Minutes from now to its beginning.
    pub notice_minutes: i64,
    /// How long it takes.
    pub minutes: i64,
    /// Whether it costs at least twice what visits here usually do.
    pub is_dear: bool,
}

/// What begins within so many minutes begins soon.
const SOON: i64 = 24 * 60;
/// What takes so many minutes is long.
const LONG: i64 = 120;

/// The points of what is known, with the reasons.
pub fn score(facts: &Facts) -> Risk {
    let count = |past: Past| {
        i64::try_from(facts.past.iter().filter(|one| **one == past).count()).unwrap_or(i64::MAX)
    };
    let (kept, missed, late) = (count(Past::Kept), count(Past::Missed), count(Past::CalledOffLate));
    let so_often = |number: u32| i64::from(number);
    let short = facts.notice_minutes < SOON && (facts.minutes >= LONG || facts.is_dear);
    let counted = [
        (Sign::NoShows, weighed(steps(missed, 1, 30, 20, 60), missed, kept)),
        (Sign::LateCancellations, weighed(steps(late, 1, 10, 10, 30), late, kept)),
        (Sign::LapsedDeposits, steps(count(Past::Unpaid), 1, 15, 10, 25)),
        (Sign::FirstVisit, when(!facts.has_been_here, 10)),
        (Sign::ManyAtOnce, steps(so_often(facts.booked_lately), 2, 10, 10, 30)),
        (Sign::ManyToCome, steps(so_often(facts.to_come), 4, 10, 5, 20)),
        (Sign::OtherName, when(facts.other_name, 15)),
        (Sign::OtherPhone, when(facts.other_phone, 15)),
        (Sign::ForeignPhone, when(facts.foreign_phone, 10)),
        (Sign::ThrowawayMail, when(facts.throwaway_mail, 30)),
        (Sign::ShortNotice, when(short, 10)),
        (Sign::KeptVisits, -steps(kept, 1, 3, 3, 30)),
    ];
    let mut reasons: Vec<Reason> = (counted.into_iter().filter(|(_, points)| *points != 0))
        .map(|(sign, points)| Reason { sign, points: i16::try_from(points).unwrap_or(0) })
        .collect();
    let points = reasons.iter().map(|reason| reason.points).sum::<i16>().clamp(0, 100);
    // What weighs the same stands as it is listed above.
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.points));
    Risk { points: u8::try_from(points).unwrap_or(0), reasons }
}

const fn when(so: bool, points: i64) -> i64 {
    if so { points } else { 0 }
}

/// From `least` of something on `first` points, for each further one `next`, and no more than `most`.
fn steps(count: i64, least: i64, first: i64, next: i64, most: i64) -> i64 {
    if count < least {
        return 0;
    }
    (count - least).saturating_mul(next).saturating_add(first).min(most)
}

/// Points for what happened `times`, weighed against visits that were kept: one slip among four visits kept
/// counts half, among twelve a quarter; never nothing.
fn weighed(points: i64, times: i64, kept: i64) -> i64 {
    if points == 0 {
        return 0;
    }
    let times = times.saturating_mul(4);
    (points.saturating_mul(times) / times.saturating_add(kept)).max(1)
}

impl Risk {
    /// As its visit has it stored.
    pub(crate) fn stored(
        points: Option<i16>,
        reasons: Option<serde_json::Value>,
    ) -> Result<Option<Self>, StoreError> {
        let (Some(points), Some(reasons)) = (points, reasons) else { return Ok(None) };
        let unreadable = |error: &dyn std::fmt::Display| {
            StoreError::Unreadable(format!("the risk of a visit: {error}"))
        };
        let points = u8::try_from(points).map_err(|error| unreadable(&error))?;
        let reasons = serde_json::from_value(reasons).map_err(|error| unreadable(&error))?;
        Ok(Some(Self { points, reasons }))
    }
}
