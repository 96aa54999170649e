//! Times of a clock.

use crate::availability::Window;
use crate::fault::{Faults, ValueFault};

pub(super) const DAY: i16 = 24 * 60;

/// A stretch as it is typed: `09:00` to `17:00`, or to `24:00`. Not after the first, the second time
/// is the next day's.
pub fn shown(window: Window) -> (String, String) {
    let Window { opens, closes } = window;
    (text(opens), text(if closes > DAY { closes - DAY } else { closes }))
}

/// `09:30`
pub fn text(minutes: i16) -> String {
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The minutes of `HH:MM`.
pub(crate) fn minutes(text: &str) -> Option<i16> {
    let bytes = text.as_bytes();
    let digits =
        |at: std::ops::Range<usize>| bytes[at].iter().all(u8::is_ascii_digit).then_some(());
    if bytes.len() != 5 || bytes[2] != b':' {
        return None;
    }
    digits(0..2).and(digits(3..5))?;
    let number = |at: usize| i16::from((bytes[at] - b'0') * 10 + (bytes[at + 1] - b'0'));
    let (hour, minute) = (number(0), number(3));
    let fits = (hour < 24 && minute < 60) || (hour == 24 && minute == 0);
    fits.then_some(hour * 60 + minute)
}

/// Which stretch can be meant. Faults point into `field`.
pub(super) fn stretch(
    field: &str,
    opens: &str,
    closes: &str,
    faults: &mut Faults,
) -> Option<Window> {
    let mut time = |name: &str, text: &str, latest: i16| {
        let read = minutes(text).filter(|minutes| *minutes <= latest);
        let fault = || ValueFault::new("invalid_time", "This should be a time like 09:30.");
        faults.take(&format!("{field}/{name}"), read.ok_or_else(fault))
    };
    let opens = time("opens", opens, DAY - 1);
    let closes = time("closes", closes, DAY);
    let (opens, closes) = (opens?, closes?);
    if opens == closes {
        let detail = "This must differ from the time before. For a whole day: 00:00 to 24:00.";
        faults.note(&format!("{field}/closes"), ValueFault::new("empty", detail));
        return None;
    }
    let closes = if closes < opens { closes + DAY } else { closes };
    Some(Window { opens, closes })
}
