//! A day in a path or a query.

use std::borrow::Cow;

use chrono::NaiveDate;
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{ParseError, ParseFromParameter, ParseResult, Type};

use super::format;

/// A day of the calendar in a path or a query, held to the same years as one in a body: PostgreSQL
/// would answer one beyond its own with an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub NaiveDate);

impl Type for Day {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        "string(date)".into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema::new_with_format("string", "date")))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl ParseFromParameter for Day {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        format::check("date", text).map_err(ParseError::custom)?;
        // Checked just before, by the same parser.
        text.parse().map(Self).map_err(|_| ParseError::custom("This should be a date."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_of_this_age() {
        let read = |text: &str| Day::parse_from_parameter(text).map(|day| day.0);
        for good in ["2026-05-01", "2028-02-29", "1800-01-01", "2399-12-31"] {
            assert_eq!(read(good).unwrap().to_string(), good);
        }
        for bad in ["", "2026-02-29", "2026-05-01T00:00:00Z", "-4713-01-01", "+262142-01-01", "now"]
        {
            assert!(read(bad).is_err(), "{bad:?}");
        }
    }
}
