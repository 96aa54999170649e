//! Request bodies. [`Input`] takes JSON, refuses what is not exactly what the document promises,
//! and says everything that is wrong at once.

mod check;
mod day;
mod format;
mod json;
mod moment;
mod perhaps;
mod schema;
#[cfg(test)]
mod tests;

use std::any::TypeId;
use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use futures_util::StreamExt as _;
use poem::{Request, RequestBody};
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaMediaType, MetaRequest, MetaSchemaRef, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::Value;

pub use self::day::Day;
pub(crate) use self::format::sane_year;
pub use self::format::{FormatCheck, define_format};
use self::json::Reject;
pub use self::moment::Moment;
pub use self::perhaps::Perhaps;
use self::schema::Schema;
use crate::middleware::body_limit;
use crate::problem::{ApiError, FieldFault, own_sentence};

/// A JSON request body of type `T`, checked against `T`'s own schema before it is parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input<T>(pub T);

impl<T> Deref for Input<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

/// Checks and parses a JSON text; what [`Input`] does to a body.
pub fn parse<T: ParseFromJSON + 'static>(bytes: &[u8]) -> Result<T, ApiError> {
    let text = std::str::from_utf8(bytes)
        .map_err(|_| ApiError::bad_request("not_utf8", "The body is not UTF-8 text."))?;
    if text.trim_ascii().is_empty() {
        return Err(ApiError::bad_request("malformed_json", "The body is empty; JSON is needed."));
    }
    let value = json::read(text).map_err(rejected)?;
    parse_value(value)
}

/// The same for JSON that has been read already.
pub fn parse_value<T: ParseFromJSON + 'static>(value: Value) -> Result<T, ApiError> {
    let faults = check::check(&schema_of::<T>(), &value);
    if !faults.is_empty() {
        return Err(ApiError::validation(faults));
    }
    // What only the type itself can tell (an id's checksum) has no place to point at.
    T::parse_from_json(Some(value)).map_err(|error| {
        let detail = own_sentence(error.message());
        let detail = detail.unwrap_or("A value in the request is not valid.");
        ApiError::validation(vec![FieldFault::new("", "invalid", detail)])
    })
}

fn rejected(reason: Reject) -> ApiError {
    match reason {
        Reject::Malformed { line, column } => ApiError::bad_request(
            "malformed_json",
            format!("The body is not JSON: it breaks at line {line}, column {column}."),
        ),
        Reject::TooDeep => ApiError::bad_request(
            "too_deep",
            format!("The body nests deeper than {} levels.", json::MAX_DEPTH),
        ),
        Reject::DuplicateKey(pointer) => {
            ApiError::bad_request("duplicate_key", "A field is there twice.").on_field(pointer)
        }
    }
}

/// Compiled once per type; the registry is slow and the same each time.
fn schema_of<T: Type + 'static>() -> Arc<Schema> {
    static CACHE: LazyLock<RwLock<HashMap<TypeId, Arc<Schema>>>> = LazyLock::new(RwLock::default);
    let key = TypeId::of::<T>();
    let known = CACHE.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    known.unwrap_or_else(|| {
        let schema = Arc::new(Schema::of::<T>());
        let mut cache = CACHE.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cache.entry(key).or_insert(schema))
    })
}

/// `application/json`, alone or with `charset=utf-8`.
fn is_json(content_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let json = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case("application/json"));
    json && parts.filter(|part| !part.is_empty()).all(|part| {
        part.split_once('=').is_some_and(|(name, value)| {
            name.trim().eq_ignore_ascii_case("charset")
                && value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        })
    })
}

/// The whole body, as long as it may be.
pub(crate) async fn read(body: &mut RequestBody) -> Result<Vec<u8>, ApiError> {
    let body = body.take().map_err(|error| ApiError::internal(&error))?;
    let mut stream = std::pin::pin!(body.into_bytes_stream());
    let mut bytes = Vec::new();
    while let Some(part) = stream.next().await {
        let part = part.map_err(|error| match body_limit::exceeded(&error) {
            Some(limit) => ApiError::body_too_large(limit),
            None => ApiError::bad_request("body_unreadable", "The body broke off."),
        })?;
        bytes.extend_from_slice(&part);
    }
    Ok(bytes)
}

impl<T: Type> Payload for Input<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        is_json(content_type)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: ParseFromJSON + 'static> ParsePayload for Input<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        if !request.content_type().is_some_and(is_json) {
            return Err(ApiError::unsupported_media_type().into());
        }
        let bytes = read(body).await?;
        Ok(Self(parse(&bytes)?))
    }
}

impl<'a, T: ParseFromJSON + 'static> ApiExtractor<'a> for Input<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        <Self as Payload>::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: Self::CONTENT_TYPE,
                schema: <Self as Payload>::schema_ref(),
            }],
            required: true,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        <Self as ParsePayload>::from_request(request, body).await
    }
}
