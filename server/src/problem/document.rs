//! The problem as the OpenAPI document describes it.

use std::borrow::Cow;

use poem_openapi::registry::{MetaHeader, MetaMediaType, MetaResponse, MetaResponses, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiResponse, Object};

use super::{ApiError, PROBLEM_JSON};

/// Why something was refused (RFC 9457).
#[derive(Debug, Clone, PartialEq, Eq, Object)]
pub struct Problem {
    /// Where this kind of problem is described.
    pub r#type: String,
    /// The name of the HTTP status.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable word for programs.
    pub code: String,
    /// A sentence that may be shown to a person.
    pub detail: String,
    /// Names this request in the server's log.
    pub request_id: String,
    /// What is wrong with which field.
    #[oai(skip_serializing_if_is_empty, default)]
    pub fields: Vec<FieldFault>,
    /// What else helps, by the code: the times near one that is taken, what changed since a version.
    #[oai(skip_serializing_if_is_none, default)]
    pub particulars: Option<serde_json::Value>,
}

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Object)]
pub struct FieldFault {
    /// JSON pointer into the body, `/owner/email`, or the name of a parameter.
    pub field: String,
    /// A stable word for programs.
    pub code: String,
    /// A sentence that may be shown beside the field.
    pub detail: String,
}

impl FieldFault {
    /// A fault at a JSON pointer.
    pub fn new(
        field: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self { field: field.into(), code: code.into().into_owned(), detail: detail.into() }
    }

    /// The field's name in words: `/owner/first_name` is "first name".
    pub(super) fn name(&self) -> String {
        let is_name = |part: &&str| !part.is_empty() && !part.bytes().all(|b| b.is_ascii_digit());
        self.field.rsplit('/').find(is_name).unwrap_or("request").replace('_', " ")
    }
}

/// Every refusal that any operation may answer, so that the document hides none.
const REFUSALS: [(u16, &str); 13] = [
    (400, "The request can't be understood"),
    (401, "Not signed in, or the credentials are wrong"),
    (403, "Signed in, but not allowed to do this"),
    (404, "There is nothing here, as far as the caller may know"),
    (409, "The present state doesn't permit this"),
    (412, "Changed by someone else meanwhile"),
    (413, "The body is too large"),
    (415, "The body is not application/json"),
    (422, "Understood, but something in it is not valid; `fields` says what"),
    (428, "The header If-Match is missing"),
    (429, "Too many requests; Retry-After says how long to wait"),
    (500, "A fault of the server"),
    (503, "The server can't answer now; Retry-After says when to try again"),
];

impl ApiResponse for ApiError {
    fn meta() -> MetaResponses {
        let responses = REFUSALS.iter().map(|&(status, description)| MetaResponse {
            description,
            status: Some(status),
            status_range: None,
            content: vec![MetaMediaType {
                content_type: PROBLEM_JSON,
                schema: Problem::schema_ref(),
            }],
            headers: if matches!(status, 429 | 503) { vec![retry_after()] } else { Vec::new() },
        });
        MetaResponses { responses: responses.collect() }
    }

    fn register(registry: &mut Registry) {
        Problem::register(registry);
    }
}

fn retry_after() -> MetaHeader {
    MetaHeader {
        name: "RETRY-AFTER".into(),
        description: Some("Seconds to wait before the next try".into()),
        required: false,
        deprecated: false,
        schema: u32::schema_ref(),
    }
}
