//! Every answer that is not a success is one shape: `application/problem+json` with a stable code,
//! a sentence that may be shown to a person, and, for input, each field's fault.

mod document;
mod normalise;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use poem::error::ResponseError;
use poem::http::header::{RETRY_AFTER, WWW_AUTHENTICATE};
use poem::http::{HeaderName, HeaderValue, StatusCode};
use poem::{Body, Response};
use poem_openapi::types::ToJSON;

pub use self::document::{FieldFault, Problem};
pub use self::normalise::{AllowTable, Normalise, normalise, route_label};
use crate::middleware::request_id;

/// The media type of every problem.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// What an operation answers when it does not succeed. Turns into a problem at the edge.
#[derive(Debug, Clone)]
pub struct ApiError {
    /// The HTTP status.
    pub status: StatusCode,
    /// A stable word for programs, `slot_taken`.
    pub code: Cow<'static, str>,
    /// A sentence for people. It says nothing about the inside.
    pub detail: String,
    /// What is wrong with which field, for 400 and 422, and for 404 which one named nothing.
    pub fields: Vec<FieldFault>,
    /// When to try again, for 429 and 503.
    pub retry_after: Option<Duration>,
    /// What else helps: the times near the one that is taken.
    pub particulars: Option<Box<serde_json::Value>>,
    /// Further headers of the answer (`Allow`, `RateLimit-*`).
    pub headers: Vec<(HeaderName, HeaderValue)>,
}

impl ApiError {
    /// The general way; the named constructors below read better where one fits.
    pub fn new(
        status: StatusCode,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self {
            status,
            code: code.into(),
            detail: detail.into(),
            fields: Vec::new(),
            retry_after: None,
            particulars: None,
            headers: Vec::new(),
        }
    }

    /// 400 for a request that can't be understood.
    pub fn bad_request(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    /// 401 `not_signed_in`.
    pub fn unauthenticated() -> Self {
        Self::unauthorized("not_signed_in", "Please sign in first.")
    }

    /// 401 with a code of its own (`session_expired`, `bad_credentials`, `link_invalid`).
    pub fn unauthorized(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, code, detail)
    }

    /// 403 `not_allowed`; `permission` is the permission's sentence, "invite people to the team".
    pub fn not_allowed(permission: &str) -> Self {
        let detail = format!(
            "Your role doesn't allow this. It needs the permission “{}”.",
            permission.trim_end_matches('.')
        );
        Self::forbidden("not_allowed", detail)
    }

    /// 403 with a code of its own (`wrong_origin`, `second_factor_setup_required`).
    pub fn forbidden(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, code, detail)
    }

    /// 404, byte for byte the same for what does not exist and what one may not know to exist.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing here.")
    }

    /// 404 for what isn't offered at an address that everybody knows. It tells nobody what there is.
    pub fn not_offered(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// 409 for a state that doesn't permit it.
    pub fn conflict(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// 412 `version_conflict`.
    pub fn version_conflict() -> Self {
        Self::new(
            StatusCode::PRECONDITION_FAILED,
            "version_conflict",
            "Someone else has changed this meanwhile. Load it again and repeat your change.",
        )
    }

    /// 428 `precondition_required`.
    pub fn precondition_required() -> Self {
        Self::new(
            StatusCode::PRECONDITION_REQUIRED,
            "precondition_required",
            "Changing this needs the header If-Match with the version that you have seen.",
        )
    }

    /// 413 `body_too_large`.
    pub fn body_too_large(limit: usize) -> Self {
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body_too_large",
            format!("This is more than the server takes at once ({limit} bytes)."),
        )
    }

    /// 415 `unsupported_media_type`.
    pub fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "The body must be JSON in UTF-8, sent as Content-Type: application/json.",
        )
    }

    /// 422 `validation_failed` with each field's fault.
    pub fn validation(fields: Vec<FieldFault>) -> Self {
        let detail = match fields.as_slice() {
            [only] if only.field.is_empty() => only.detail.clone(),
            [only] => format!("Please check “{}”. {}", only.name(), only.detail),
            several => format!("Please check {} fields.", several.len()),
        };
        Self { fields, ..Self::unprocessable("validation_failed", detail) }
    }

    /// 422 for one field that only the domain could judge.
    pub fn invalid_field(
        field: impl Into<String>,
        code: impl Into<Cow<'static, str>>,
        detail: impl Into<String>,
    ) -> Self {
        Self::validation(vec![FieldFault::new(field, code, detail)])
    }

    /// 422 with a code of its own (`idempotency_mismatch`).
    pub fn unprocessable(code: impl Into<Cow<'static, str>>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// 429 `rate_limited`.
    pub fn rate_limited(retry_after: Duration) -> Self {
        let wait = whole_seconds(retry_after);
        let unit = if wait == 1 { "second" } else { "seconds" };
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limited",
                format!("That was a lot at once. Please wait {wait} {unit} and try again."),
            )
        }
    }

    /// 500. The cause goes to the log, once, here; the answer says nothing of it.
    pub fn internal(cause: &dyn StdError) -> Self {
        tracing::error!(error = %Chain(cause), "a request failed inside");
        Self::internal_logged()
    }

    /// 500 whose cause has been logged by somebody else already (a panic).
    pub fn internal_logged() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "Something went wrong on our side. It has been noted; please try again.",
        )
    }

    /// 503 with a time after which it is worth trying again.
    pub fn unavailable(code: impl Into<Cow<'static, str>>, retry_after: Duration) -> Self {
        Self {
            retry_after: Some(retry_after),
            ..Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code,
                "The server can't answer this right now. Please try again in a moment.",
            )
        }
    }

    /// Names the field that this is about (409 `email_in_use` on `/owner/email`).
    #[must_use]
    pub fn on_field(mut self, field: impl Into<String>) -> Self {
        let fault = FieldFault::new(field, self.code.clone(), self.detail.clone());
        self.fields.push(fault);
        self
    }

    /// Adds a header to the answer; a value that can't be a header is left out.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.push((name, value));
        }
        self
    }

    /// The problem document as the answer.
    pub fn to_response(&self) -> Response {
        let problem = Problem {
            r#type: format!("/problems/{}", self.code),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            code: self.code.to_string(),
            detail: self.detail.clone(),
            request_id: request_id::current().map(|id| id.to_string()).unwrap_or_default(),
            fields: self.fields.clone(),
            particulars: self.particulars.as_deref().cloned(),
        };
        let mut response = Response::builder()
            .status(self.status)
            .content_type(PROBLEM_JSON)
            .body(Body::from_string(problem.to_json_string()));
        let headers = response.headers_mut();
        for (name, value) in &self.headers {
            headers.insert(name, value.clone());
        }
        if let Some(wait) = self.retry_after {
            headers.insert(RETRY_AFTER, whole_seconds(wait).into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers
                .insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"Openchair\""));
        }
        response
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.status.as_u16(), self.code, self.detail)
    }
}

impl StdError for ApiError {}

/// Gives `From<ApiError> for poem::Error`.
impl ResponseError for ApiError {
    fn status(&self) -> StatusCode {
        self.status
    }

    fn as_response(&self) -> Response {
        self.to_response()
    }
}

/// Rounds up: a client that waits that long has waited long enough.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    (wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1)
}

/// An error with all its causes in one line.
struct Chain<'a>(&'a dyn StdError);

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut last = self.0.to_string();
        let mut next = self.0.source();
        while let Some(cause) = next {
            let text = cause.to_string();
            // Transparent wrappers repeat what they wrap.
            if !last.contains(&text) {
                write!(f, ": {text}")?;
            }
            last = text;
            next = cause.source();
        }
        Ok(())
    }
}

/// The sentence that a type of our own gave when it refused a text. poem-openapi wraps it:
/// `failed to parse "Slug": It is too short. (occurred while parsing "NewShop")`.
pub(crate) fn own_sentence(message: &str) -> Option<&str> {
    let message = message.split(" (occurred while parsing").next()?;
    let (_, sentence) = message.strip_prefix("failed to parse ")?.split_once("\": ")?;
    // Sentences of foreign parsers neither begin nor end like ours.
    (sentence.starts_with(char::is_uppercase) && sentence.ends_with('.')).then_some(sentence)
}
