//! From when to when something is paid for.

use chrono::{DateTime, Months};
use serde_json::Value;

const DAY: i64 = 24 * 60 * 60;

/// When the period ends that begins at `start`. Months count from the day of `anchor`, so that the 31st comes
/// back after a month that has none.
pub(crate) fn end_of(start: i64, anchor: i64, recurring: &Value) -> i64 {
    let count = recurring["interval_count"].as_i64().unwrap_or(1).max(1);
    let months = match recurring["interval"].as_str() {
        Some("day") => return start + count * DAY,
        Some("week") => return start + count * 7 * DAY,
        Some("year") => 12 * count,
        _ => count,
    };
    (1..)
        .map_while(|number| months_after(anchor, number * months))
        .find(|end| *end > start)
        .unwrap_or(start)
}

fn months_after(anchor: i64, months: i64) -> Option<i64> {
    let months = Months::new(u32::try_from(months).ok()?);
    let at = DateTime::from_timestamp(anchor, 0)?.checked_add_months(months)?;
    Some(at.timestamp())
}

/// A day, for people.
pub(crate) fn day(at: i64) -> String {
    DateTime::from_timestamp(at, 0)
        .map_or_else(String::new, |at| at.format("%-d %B %Y").to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn at(text: &str) -> i64 {
        DateTime::parse_from_rfc3339(&format!("{text}T12:00:00Z")).unwrap().timestamp()
    }

    #[test]
    fn how_long_a_period_is() {
        for (interval, start, end) in [
            ("month", "2026-01-31", "2026-02-28"),
            ("month", "2026-02-28", "2026-03-31"),
            ("month", "2026-12-31", "2027-01-31"),
            ("year", "2026-01-31", "2027-01-31"),
            ("week", "2026-01-31", "2026-02-07"),
            ("day", "2026-02-28", "2026-03-01"),
        ] {
            let recurring = json!({ "interval": interval, "interval_count": 1 });
            let ended = end_of(at(start), at("2026-01-31"), &recurring);
            assert_eq!(ended, at(end), "{interval} {start}");
        }
    }

    #[test]
    fn days_for_people() {
        assert_eq!(day(at("2026-03-02")), "2 March 2026");
    }
}
