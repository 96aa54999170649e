//! The outermost ear: whatever poem, the router or an extractor says in its own words leaves the
//! server as a problem.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use poem::error::{MethodNotAllowedError, NotFoundError, ReadBodyError};
use poem::http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use poem::http::{Extensions, Method, StatusCode};
use poem::{Endpoint, Error, IntoResponse, Middleware, PathPattern, Request, Response, Result};
use poem_openapi::OpenApi;
use poem_openapi::error as oai;

use super::{ApiError, FieldFault, own_sentence};

/// Which methods each path knows. Poem's router doesn't say, and a 405 must.
#[derive(Debug, Clone, Default)]
pub struct AllowTable(HashMap<String, Vec<Method>>);

impl AllowTable {
    /// An empty table: a 405 then goes without `Allow`.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the paths of an API that is mounted under `prefix`.
    #[must_use]
    pub fn api<T: OpenApi>(mut self, prefix: &str) -> Self {
        for path in T::meta().into_iter().flat_map(|api| api.paths) {
            let methods: Vec<_> = path.operations.iter().map(|op| op.method.clone()).collect();
            self = self.path(&format!("{prefix}{}", path.path), &methods);
        }
        self
    }

    /// Adds one path, written with `{name}` or `:name`.
    #[must_use]
    pub fn path(mut self, pattern: &str, methods: &[Method]) -> Self {
        let known = self.0.entry(route_label(pattern)).or_default();
        for method in methods {
            if !known.contains(method) {
                known.push(method.clone());
            }
            if method == Method::GET && !known.contains(&Method::HEAD) {
                known.push(Method::HEAD);
            }
        }
        known.sort_by(|a, b| a.as_str().cmp(b.as_str()));
        self
    }

    fn allow(&self, pattern: &str) -> Option<String> {
        let methods = self.0.get(&route_label(pattern))?;
        Some(methods.iter().map(Method::as_str).collect::<Vec<_>>().join(", "))
    }
}

/// A route's pattern without its parameters' names: `/v1/members/{}`. Few distinct values, so it
/// is also the label of metrics.
pub fn route_label(pattern: &str) -> String {
    let parts = pattern.split('/').map(|part| {
        if part.starts_with([':', '{']) {
            "{}"
        } else if part.starts_with('*') {
            "*"
        } else {
            part
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Makes a problem of anything that is not one yet.
pub fn normalise(result: Result<Response>, allow: &AllowTable) -> Response {
    match result {
        Ok(response) => normalise_response(response, allow),
        Err(error) => normalise_error(error, allow),
    }
}

fn normalise_error(error: Error, allow: &AllowTable) -> Response {
    let pattern = error.data::<PathPattern>().cloned();
    if error.is_from_response() {
        let mut response = error.into_response();
        if let Some(pattern) = pattern {
            response.set_data(pattern);
        }
        return normalise_response(response, allow);
    }
    let problem = match error.downcast_ref::<ApiError>() {
        Some(known) => known.clone(),
        None => translate(&error, pattern.as_ref(), allow),
    };
    // Keeps what layers have noted on the error, such as the route's pattern.
    let mut noted = error.into_response();
    let mut response = problem.to_response();
    *response.extensions_mut() = std::mem::take::<Extensions>(noted.extensions_mut());
    response
}

fn translate(error: &Error, pattern: Option<&PathPattern>, allow: &AllowTable) -> ApiError {
    if error.is::<NotFoundError>() || error.is::<oai::ParsePathError>() {
        // An id that can't be read names nothing: it must look like one that doesn't exist.
        return ApiError::not_found();
    }
    if error.is::<MethodNotAllowedError>() {
        return method_not_allowed(pattern, allow);
    }
    if let Some(bad) = error.downcast_ref::<oai::ParseParamError>() {
        return bad_parameter(bad.name, &bad.reason);
    }
    if error.is::<oai::ContentTypeError>() {
        return ApiError::unsupported_media_type();
    }
    if let Some(bad) = error.downcast_ref::<ReadBodyError>() {
        match bad {
            ReadBodyError::PayloadTooLarge => return from_status(StatusCode::PAYLOAD_TOO_LARGE),
            ReadBodyError::Io(_) => {
                return ApiError::bad_request("body_unreadable", "The body broke off.");
            }
            _ => {}
        }
    }
    let status = error.status();
    if status.is_server_error() {
        return ApiError { status, ..ApiError::internal(error) };
    }
    from_status(status)
}

fn method_not_allowed(pattern: Option<&PathPattern>, allow: &AllowTable) -> ApiError {
    let problem = from_status(StatusCode::METHOD_NOT_ALLOWED);
    match pattern.and_then(|pattern| allow.allow(&pattern.0)) {
        Some(methods) => problem.with_header(ALLOW, &methods),
        None => problem,
    }
}

fn bad_parameter(name: &str, reason: &str) -> ApiError {
    let why = parameter_sentence(reason);
    ApiError {
        fields: vec![FieldFault::new(name, "invalid", why.clone())],
        ..ApiError::bad_request("bad_parameter", format!("The parameter “{name}” is wrong. {why}"))
    }
}

/// poem-openapi says `verification failed. maximum(100, exclusive: false)`, or what the type's
/// parser said in its own words.
fn parameter_sentence(reason: &str) -> String {
    let first = |text: &str| {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-'))
            .find(|part| !part.is_empty())
            .map(|part| part.trim_end_matches(".0").to_owned())
    };
    let rule = reason.strip_prefix("verification failed. ").unwrap_or_default();
    let sentence = |prefix: &str, before: &str, after: &str| {
        rule.strip_prefix(prefix).and_then(first).map(|n| format!("{before}{n}{after}."))
    };
    if reason.contains("expects an input value") {
        return "It is missing.".into();
    }
    if let Some(own) = own_sentence(reason) {
        return own.into();
    }
    sentence("minimum(", "It must be at least ", "")
        .or_else(|| sentence("maximum(", "It must be at most ", ""))
        .or_else(|| sentence("minLength(", "It needs at least ", " characters"))
        .or_else(|| sentence("maxLength(", "It may have at most ", " characters"))
        .unwrap_or_else(|| "It can't be read.".into())
}

fn normalise_response(response: Response, allow: &AllowTable) -> Response {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    // Other shapes with an error status are meant: `/readyz` answers 503 with its checks as JSON.
    let plain = response.content_type().is_none_or(|kind| kind.starts_with("text/plain"));
    if !plain {
        return response;
    }
    let (parts, _body) = response.into_parts();
    let problem = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            method_not_allowed(parts.extensions.get::<PathPattern>(), allow)
        }
        other => from_status(other),
    };
    let mut answer = problem.to_response();
    for (name, value) in &parts.headers {
        if name != CONTENT_TYPE && name != CONTENT_LENGTH {
            answer.headers_mut().append(name, value.clone());
        }
    }
    *answer.extensions_mut() = parts.extensions;
    answer
}

/// The problem for a status about which nothing else is known.
fn from_status(status: StatusCode) -> ApiError {
    let (code, detail) = match status.as_u16() {
        401 => return ApiError::unauthenticated(),
        404 => return ApiError::not_found(),
        412 => return ApiError::version_conflict(),
        415 => return ApiError::unsupported_media_type(),
        428 => return ApiError::precondition_required(),
        403 => ("not_allowed", "This is not allowed."),
        405 => ("method_not_allowed", "This address doesn't know that method."),
        406 => ("not_acceptable", "The answer can't be given in the asked format."),
        408 => ("timeout", "The request took too long."),
        409 => ("conflict", "The present state doesn't permit this."),
        413 => ("body_too_large", "This is more than the server takes at once."),
        414 => ("uri_too_long", "The address is too long."),
        422 => ("validation_failed", "Something in the request is not valid."),
        426 => ("upgrade_required", "This address speaks WebSocket only."),
        429 => ("rate_limited", "That was a lot at once. Please wait and try again."),
        431 => ("headers_too_large", "The request's headers are too large."),
        503 => ("unavailable", "The server can't answer this right now. Please try again."),
        500..=599 => ("internal", "Something went wrong on our side. Please try again."),
        _ => ("bad_request", "The request can't be understood."),
    };
    ApiError::new(status, code, detail)
}

/// Middleware around [`normalise`].
#[derive(Debug, Clone, Default)]
pub struct Normalise {
    allow: Arc<AllowTable>,
}

impl Normalise {
    /// Takes the methods that a 405 may name.
    pub fn new(allow: AllowTable) -> Self {
        Self { allow: Arc::new(allow) }
    }
}

impl<E: Endpoint> Middleware<E> for Normalise {
    type Output = NormaliseEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        NormaliseEndpoint { inner, allow: Arc::clone(&self.allow) }
    }
}

/// The endpoint that [`Normalise`] makes. It never fails: an error has become an answer.
pub struct NormaliseEndpoint<E> {
    inner: E,
    allow: Arc<AllowTable>,
}

impl<E> fmt::Debug for NormaliseEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NormaliseEndpoint").field("allow", &self.allow).finish_non_exhaustive()
    }
}

impl<E: Endpoint> Endpoint for NormaliseEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        let result = self.inner.call(req).await.map(IntoResponse::into_response);
        Ok(normalise(result, &self.allow))
    }
}
