//! The cookie of a browser session. `__Host-` makes the browser insist on `Secure`, on our host
//! alone, and on the whole site; browsers count `localhost` and `127.0.0.1` as secure.

use openchair_domain::identity::NewSession;
use openchair_domain::time::Instant;
use poem::http::HeaderValue;
use poem::http::header::SET_COOKIE;
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaHeader, MetaResponses, Registry};
use poem_openapi::types::Type;

/// The cookie's name.
pub const COOKIE: &str = "__Host-openchair";

/// The secret in one `name=value` of a Cookie header.
pub(super) fn secret_in(pair: &str) -> Option<String> {
    let (name, value) = pair.trim().split_once('=')?;
    (name == COOKIE && !value.is_empty() && value.len() <= 128).then(|| value.to_owned())
}

/// An answer that opens, renews or ends the browser's session, or leaves it as it is.
#[derive(Debug)]
pub struct SetSession<R> {
    answer: R,
    cookie: Option<String>,
}

impl<R> SetSession<R> {
    /// Hands the browser a session, if there is a new one.
    pub fn to(answer: R, session: Option<&NewSession>, now: Instant) -> Self {
        let session = session.map(|session| (session.secret.text(), session.expires_at));
        Self::again(answer, session, now)
    }

    /// Hands the browser a session that it may have been handed before: its secret, and when it
    /// ends.
    pub(crate) fn again(answer: R, session: Option<(&str, Instant)>, now: Instant) -> Self {
        let cookie = session.map(|(secret, expires_at)| {
            let seconds = (expires_at - now).num_seconds().max(0);
            format!("{COOKIE}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax")
        });
        Self { answer, cookie }
    }

    /// Takes the browser's session away.
    pub fn end(answer: R) -> Self {
        let cookie = format!("{COOKIE}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
        Self { answer, cookie: Some(cookie) }
    }
}

impl<R: IntoResponse> IntoResponse for SetSession<R> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        if let Some(value) = self.cookie.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().append(SET_COOKIE, value);
        }
        response
    }
}

impl<R: ApiResponse> ApiResponse for SetSession<R> {
    fn meta() -> MetaResponses {
        let mut meta = R::meta();
        for response in &mut meta.responses {
            response.headers.push(MetaHeader {
                name: "SET-COOKIE".into(),
                description: Some("The browser's session".into()),
                required: false,
                deprecated: false,
                schema: String::schema_ref(),
            });
        }
        meta
    }

    fn register(registry: &mut Registry) {
        R::register(registry);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_cookie_is_read() {
        let cases = [
            ("__Host-openchair=abc", Some("abc")),
            (" __Host-openchair=a=b", Some("a=b")),
            ("openchair=abc", None),
            ("__host-openchair=abc", None),
            ("__Host-openchair=", None),
            ("__Host-openchair", None),
        ];
        for (pair, secret) in cases {
            assert_eq!(secret_in(pair).as_deref(), secret, "{pair}");
        }
    }
}
