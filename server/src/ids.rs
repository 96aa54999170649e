//! Ids as the API shows and takes them.

use std::borrow::Cow;

use openchair_domain::ids::{Id, Kind};
use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{
    ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToJSON, Type,
};
use serde_json::Value;

/// An id in a path, a query or a body. A malformed one names nothing, so that it is answered exactly
/// like one that doesn't exist, or is another tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ref<K: Kind>(pub Id<K>);

impl<K: Kind> From<Id<K>> for Ref<K> {
    fn from(id: Id<K>) -> Self {
        Self(id)
    }
}

impl<K: Kind> Type for Ref<K> {
    const IS_REQUIRED: bool = true;

    type RawValueType = Self;
    type RawElementValueType = Self;

    fn name() -> Cow<'static, str> {
        format!("string({})", K::PREFIX).into()
    }

    fn schema_ref() -> MetaSchemaRef {
        MetaSchemaRef::Inline(Box::new(MetaSchema {
            pattern: Some(format!("^{}_[0-9a-hjkmnp-tv-z]{{26}}$", K::PREFIX)),
            ..MetaSchema::new("string")
        }))
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }

    fn raw_element_iter<'a>(&'a self) -> Box<dyn Iterator<Item = &'a Self> + 'a> {
        Box::new(std::iter::once(self))
    }
}

impl<K: Kind> ToJSON for Ref<K> {
    fn to_json(&self) -> Option<Value> {
        Some(Value::String(self.0.to_string()))
    }
}

impl<K: Kind> ParseFromJSON for Ref<K> {
    fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
        match value {
            Some(Value::String(text)) => Ok(Self(Id::parse_or_nothing(&text))),
            other => Err(ParseError::expected_type(other.unwrap_or_default())),
        }
    }
}

impl<K: Kind> ParseFromParameter for Ref<K> {
    fn parse_from_parameter(text: &str) -> ParseResult<Self> {
        Ok(Self(Id::parse_or_nothing(text)))
    }
}
