//! What people do, and how often.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::header::{COOKIE, HeaderValue, ORIGIN, SET_COOKIE};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};

use crate::error::Outcome;

/// Everybody's password.
const PASSWORD: &str = "seven quiet herons at dusk";

/// One thing that somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    SignUp,
    SignIn,
    LookAtMe,
    LookAtTeam,
    MakeKey,
}

impl Deed {
    pub(super) const ALL: [Self; 5] =
        [Self::SignUp, Self::SignIn, Self::LookAtMe, Self::LookAtTeam, Self::MakeKey];

    pub(super) fn title(self) -> &'static str {
        match self {
            Self::SignUp => "POST /v1/signup",
            Self::SignIn => "POST /v1/auth/sign-in",
            Self::LookAtMe => "GET /v1/me",
            Self::LookAtTeam => "GET /v1/members",
            Self::MakeKey => "POST /v1/api-keys",
        }
    }

    /// How many of a hundred arrivals want this.
    fn share(self) -> u8 {
        match self {
            Self::SignUp => 2,
            Self::SignIn => 8,
            Self::LookAtMe | Self::LookAtTeam => 40,
            Self::MakeKey => 10,
        }
    }

    /// What this many of a hundred stands for.
    pub(super) fn of_hundred(nth: u8) -> Self {
        let mut until = 0;
        for deed in Self::ALL {
            until += deed.share();
            if nth < until {
                return deed;
            }
        }
        Self::LookAtMe
    }

    /// What the server says when it has done it.
    fn expected(self) -> StatusCode {
        match self {
            Self::SignUp | Self::MakeKey => StatusCode::CREATED,
            Self::SignIn | Self::LookAtMe | Self::LookAtTeam => StatusCode::OK,
        }
    }
}

/// How a deed ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Done,
    /// The server said something else.
    Refused(StatusCode),
    /// The server said nothing.
    Lost,
}

/// An owner who is signed in.
#[derive(Debug)]
struct Owner {
    email: String,
    cookie: HeaderValue,
}

/// Everybody who has signed up before the load begins.
#[derive(Debug)]
pub(super) struct Crowd {
    http: Client,
    url: String,
    owners: Vec<Owner>,
    newcomers: AtomicUsize,
}

impl Crowd {
    /// Signs up so many businesses, one after the other.
    pub(super) async fn gather(http: &Client, url: &str, businesses: u32) -> Outcome<Self> {
        let (http, url) = (http.clone(), url.to_owned());
        let mut crowd = Self { http, url, owners: Vec::new(), newcomers: AtomicUsize::new(0) };
        for _ in 0..businesses {
            let (email, body) = crowd.newcomer();
            let answer = crowd.send(crowd.post("/v1/signup", &body)).await;
            let answer = answer.filter(|answer| answer.status() == Deed::SignUp.expected());
            let answer = answer.ok_or("nobody can sign up")?;
            let cookie = answer.headers().get(SET_COOKIE).and_then(|value| value.to_str().ok());
            let cookie = cookie.and_then(|value| value.split(';').next());
            let cookie = HeaderValue::from_str(cookie.ok_or("signing up gives no session")?)?;
            crowd.owners.push(Owner { email, cookie });
        }
        Ok(crowd)
    }

    fn newcomer(&self) -> (String, Value) {
        let number = self.newcomers.fetch_add(1, Ordering::Relaxed);
        let email = format!("owner.{number}@example.com");
        let body = json!({
            "business": { "name": format!("Shop number {number}"), "kind": "spa", "country": "US" },
            "owner": { "name": "Ann Owner", "email": email, "password": PASSWORD },
        });
        (email, body)
    }

    /// Does it, as the `nth` of the owners.
    pub(super) async fn does(&self, deed: Deed, nth: usize) -> End {
        let owner = &self.owners[nth % self.owners.len()];
        let request = match deed {
            Deed::SignUp => self.post("/v1/signup", &self.newcomer().1),
            Deed::SignIn => {
                let body = json!({ "email": owner.email, "password": PASSWORD });
                self.post("/v1/auth/sign-in", &body)
            }
            Deed::LookAtMe => self.get("/v1/me").header(COOKIE, &owner.cookie),
            Deed::LookAtTeam => self.get("/v1/members").header(COOKIE, &owner.cookie),
            Deed::MakeKey => {
                let body = json!({ "name": "till", "scopes": ["team:read"] });
                self.post("/v1/api-keys", &body).header(COOKIE, &owner.cookie)
            }
        };
        match self.send(request).await {
            Some(answer) if answer.status() == deed.expected() => {
                // Not done before the last byte is here.
                answer.bytes().await.map_or(End::Lost, |_| End::Done)
            }
            Some(answer) => End::Refused(answer.status()),
            None => End::Lost,
        }
    }

    fn get(&self, path: &str) -> RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        // As a browser does; without it the session's cookie is worth nothing.
        self.http.post(format!("{}{path}", self.url)).header(ORIGIN, &self.url).json(body)
    }

    async fn send(&self, request: RequestBuilder) -> Option<Response> {
        request.send().await.ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_arrivals_everything_has_its_share() {
        for deed in Deed::ALL {
            let found = (0..100).filter(|&nth| Deed::of_hundred(nth) == deed).count();
            assert_eq!(found, usize::from(deed.share()), "{deed:?}");
        }
        let all: u32 = Deed::ALL.iter().map(|deed| u32::from(deed.share())).sum();
        assert_eq!(all, 100);
    }
}
