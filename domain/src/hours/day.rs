//! Windows of one day, instead of the week's.

use super::clock::{shown, stretch};
use crate::availability::Window;
use crate::fault::{Faults, ValueFault};

/// More than any day needs.
const MOST: usize = 12;

/// A stretch of a day, as it is typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewStretch {
    /// `09:00`.
    pub opens: String,
    /// `17:00`. Before the other it is the next day's; `24:00` is the end of the day.
    pub closes: String,
}

/// Which hours of a day can be meant, the earliest first. Faults point into `field`.
pub(crate) fn check(field: &str, typed: &[NewStretch], faults: &mut Faults) -> Vec<Window> {
    if typed.len() > MOST {
        let detail = format!("At most {MOST} stretches of time, please.");
        faults.note(field, ValueFault::new("too_many", detail));
        return Vec::new();
    }
    let mut open = Vec::with_capacity(typed.len());
    for (place, typed) in typed.iter().enumerate() {
        if let Some(window) =
            stretch(&format!("{field}/{place}"), &typed.opens, &typed.closes, faults)
        {
            open.push((window, place));
        }
    }
    open.sort_unstable();
    for pair in open.windows(2) {
        let [(before, place), (after, next_place)] = pair else { continue };
        if after.opens < before.closes {
            let at = format!("{field}/{}", place.max(next_place));
            faults.note(&at, ValueFault::new("overlap", "This overlaps another stretch of time."));
        }
    }
    open.into_iter().map(|(window, _)| window).collect()
}

/// As the audit log shows a day.
pub(crate) fn in_words(windows: &[Window]) -> Vec<String> {
    let words = |window: &Window| {
        let (opens, closes) = shown(*window);
        format!("{opens}-{closes}")
    };
    windows.iter().map(words).collect()
}

/// The two columns of a day: beginnings and ends.
pub(crate) fn to_store(windows: &[Window]) -> (Vec<i16>, Vec<i16>) {
    windows.iter().map(|window| (window.opens, window.closes)).unzip()
}

/// The windows of two columns.
pub(crate) fn stored(opens: &[i16], closes: &[i16]) -> Vec<Window> {
    opens.iter().zip(closes).map(|(&opens, &closes)| Window { opens, closes }).collect()
}
