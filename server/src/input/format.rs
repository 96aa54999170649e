//! The formats that a text field's schema may name.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, Datelike, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use uuid::Uuid;

/// Checks a text; the error is a sentence for people.
pub type FormatCheck = fn(&str) -> Result<(), &'static str>;

static CUSTOM: RwLock<BTreeMap<&'static str, FormatCheck>> = RwLock::new(BTreeMap::new());

/// Teaches [`super::Input`] a format of our own (ids, slugs), so that its faults point at the field.
/// Called once, before the first request.
pub fn define_format(name: &'static str, check: FormatCheck) {
    CUSTOM.write().unwrap_or_else(PoisonError::into_inner).insert(name, check);
}

/// Nothing that a business books, or anybody's birthday, lies outside. PostgreSQL and chrono both
/// know far wilder years, and disagree about them.
const YEARS: std::ops::RangeInclusive<i32> = 1800..=2399;

/// Looks whether a text has the format that the schema names.
pub(super) fn check(format: &str, text: &str) -> Result<(), &'static str> {
    match format {
        "uuid" => Uuid::parse_str(text).map(drop).map_err(|_| "This is not a valid id."),
        "date-time" => text
            .parse::<DateTime<FixedOffset>>()
            .map_err(|_| "This should be a date and time like 2026-05-01T09:30:00Z.")
            .and_then(|at| sane_year(at.year())),
        "date" | "naive-date" => text
            .parse::<NaiveDate>()
            .map_err(|_| "This should be a date like 2026-05-01.")
            .and_then(|date| sane_year(date.year())),
        "naive-date-time" => text
            .parse::<NaiveDateTime>()
            .map_err(|_| "This should be a date and time like 2026-05-01T09:30:00.")
            .and_then(|at| sane_year(at.year())),
        "time" | "naive-time" => text
            .parse::<NaiveTime>()
            .map(drop)
            .map_err(|_| "This should be a time of day like 09:30:00."),
        "email" => email(text),
        "uri" | "url" => url(text),
        custom => {
            let known = CUSTOM.read().unwrap_or_else(PoisonError::into_inner);
            known.get(custom).map_or(Ok(()), |check| check(text))
        }
    }
}

pub(crate) fn sane_year(year: i32) -> Result<(), &'static str> {
    if YEARS.contains(&year) { Ok(()) } else { Err("This date is too far away.") }
}

/// What mail servers accept is wider than any pattern; this catches slips, a sent mail proves it.
fn email(text: &str) -> Result<(), &'static str> {
    let plausible = text.len() <= 254
        && !text
            .contains(|c: char| c.is_whitespace() || c.is_control() || "<>,;:\"()[]".contains(c))
        && text.rsplit_once('@').is_some_and(|(name, host)| {
            !name.is_empty()
                && name.len() <= 64
                && !name.contains('@')
                && host.contains('.')
                && host.split('.').all(|label| {
                    !label.is_empty() && !label.starts_with('-') && !label.ends_with('-')
                })
        });
    if plausible { Ok(()) } else { Err("This should be an e-mail address like sam@example.com.") }
}

fn url(text: &str) -> Result<(), &'static str> {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let plausible = host.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace)
    });
    if plausible { Ok(()) } else { Err("This should be a web address like https://example.com.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats() {
        define_format("test_even_length", |text| {
            if text.len().is_multiple_of(2) { Ok(()) } else { Err("Odd.") }
        });
        for (format, good, bad) in [
            ("uuid", "0190a5b0-0000-7000-8000-000000000000", "0190a5b0"),
            ("date-time", "2026-05-01T09:30:00+02:00", "2026-05-01"),
            ("date-time", "2026-05-01T09:30:00Z", "+262142-01-01T00:00:00Z"),
            ("date-time", "2399-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
            ("date", "1931-02-28", "1931-02-29"),
            ("naive-date", "2028-02-29", "0001-01-01"),
            ("naive-time", "09:30:00", "25:00:00"),
            ("naive-date-time", "2026-05-01T09:30:00", "2026-05-01T09:30:00Z"),
            ("email", "sam@example.com", "sam@example"),
            ("email", "s.o+n@mail.example.co", "sam@@example.com"),
            ("email", "jürgen@bücher.example", "sam smith@example.com"),
            ("email", "a@b.co", "a@b..co"),
            ("url", "https://example.com/a?b", "javascript:alert(1)"),
            ("uri", "http://example.com", "https:// example.com"),
            ("test_even_length", "ab", "abc"),
        ] {
            assert_eq!(check(format, good), Ok(()), "{format} {good}");
            assert!(check(format, bad).is_err(), "{format} {bad}");
        }
        assert_eq!(check("not-a-format", "anything"), Ok(()));
    }
}
