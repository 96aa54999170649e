//! Our cookies. `__Host-` makes the browser insist on `Secure`, on our host alone, and on the whole
//! site; browsers count `localhost` and `127.0.0.1` as secure.

use openchair_domain::identity::NewSession;
use openchair_domain::time::Instant;
use poem::http::HeaderValue;
use poem::http::header::{COOKIE, SET_COOKIE};
use poem::{IntoResponse, Request, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{MetaHeader, MetaResponses, Registry};
use poem_openapi::types::Type;

/// A secret that a browser keeps for us and no script sees.
#[derive(Debug, Clone, Copy)]
pub struct Cookie {
    /// Its name.
    pub name: &'static str,
}

/// The session of a login's browser.
pub const SESSION: Cookie = Cookie { name: "__Host-openchair" };

impl Cookie {
    /// The secret, if the request shows one.
    pub(crate) fn shown_in(self, request: &Request) -> Option<String> {
        let headers = request.headers().get_all(COOKIE).iter();
        let lines = headers.filter_map(|value| value.to_str().ok());
        lines.flat_map(|line| line.split(';')).find_map(|pair| self.secret_in(pair))
    }

    /// The secret in one `name=value` of a Cookie header.
    fn secret_in(self, pair: &str) -> Option<String> {
        let (name, value) = pair.trim().split_once('=')?;
        (name == self.name && !value.is_empty() && value.len() <= 128).then(|| value.to_owned())
    }

    /// An answer with which the browser keeps this secret.
    pub(crate) fn keep<R>(
        self,
        answer: R,
        secret: &str,
        until: Instant,
        now: Instant,
    ) -> SetCookie<R> {
        self.set(answer, secret, (until - now).num_seconds().max(0))
    }

    /// An answer with which the browser throws it away.
    pub(crate) fn end<R>(self, answer: R) -> SetCookie<R> {
        self.set(answer, "", 0)
    }

    fn set<R>(self, answer: R, secret: &str, seconds: i64) -> SetCookie<R> {
        let Self { name } = self;
        let cookie =
            format!("{name}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
        SetCookie { answer, cookie: Some(cookie) }
    }
}

/// An answer that hands the browser a secret, takes it away, or leaves it as it is.
#[derive(Debug)]
pub struct SetCookie<R> {
    answer: R,
    cookie: Option<String>,
}

/// Hands the browser a session, if there is a new one.
pub(crate) fn session<R>(answer: R, session: Option<&NewSession>, now: Instant) -> SetCookie<R> {
    let session = session.map(|session| (session.secret.text(), session.expires_at));
    session_again(answer, session, now)
}

/// Hands the browser a session that it may have been handed before: its secret, and when it ends.
pub(crate) fn session_again<R>(
    answer: R,
    session: Option<(&str, Instant)>,
    now: Instant,
) -> SetCookie<R> {
    match session {
        Some((secret, until)) => SESSION.keep(answer, secret, until, now),
        None => SetCookie { answer, cookie: None },
    }
}

impl<R: IntoResponse> IntoResponse for SetCookie<R> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        if let Some(value) = self.cookie.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().append(SET_COOKIE, value);
        }
        response
    }
}

impl<R: ApiResponse> ApiResponse for SetCookie<R> {
    fn meta() -> MetaResponses {
        let mut meta = R::meta();
        for response in &mut meta.responses {
            response.headers.push(MetaHeader {
                name: "SET-COOKIE".into(),
                description: Some("What this browser is known by".into()),
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
            ("__Host-openchair-me=abc", None),
            ("__host-openchair=abc", None),
            ("__Host-openchair=", None),
            ("__Host-openchair", None),
        ];
        for (pair, secret) in cases {
            assert_eq!(SESSION.secret_in(pair).as_deref(), secret, "{pair}");
        }
    }
}
