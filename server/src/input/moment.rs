//! A moment in a query.

use std::borrow::Cow;

use chrono::{DateTime, Utc};
use poem_openapi::registry::MetaSchemaRef;
use poem_openapi::types::{ParseError, ParseFromParameter, ParseResult, Type};

use super::format;

/// A moment in a query, held to the same calendar as one in a body: PostgreSQL would answer a year
/// beyond its own with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment(pub DateTime<Utc>);

impl Type for Moment {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        DateTime::<Utc>::name()
    }

    fn schema_ref() -> MetaSchemaRef {
        DateTime::<Utc>::schema_ref()
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromParameter for Moment {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        format::check("date-time", text).map_err(ParseError::custom)?;
        // Checked just before, by the same parser.
        text.parse().map(Self).map_err(|_| ParseError::custom("This should be a date and time."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_of_this_age() {
        let read = |text: &str| Moment::parse_from_parameter(text).map(|moment| moment.0);
        for good in ["2026-05-01T09:30:00Z", "2026-05-01T09:30:00+02:00", "1800-01-01T00:00:00Z"] {
            assert!(read(good).is_ok(), "{good}");
        }
        for bad in ["", "2026-05-01", "-4713-01-01T00:00:00Z", "+262142-01-01T00:00:00Z", "now"] {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
