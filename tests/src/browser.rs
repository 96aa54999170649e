//! A client that behaves like a browser where it matters: it keeps the session's cookie and says
//! where it comes from.

use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};

use openchair_domain::ids::{Id, Tenant};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, SET_COOKIE};
use reqwest::{Body, Method};
use serde::Serialize;

use crate::answer::Answer;
use crate::people::Business;

const COOKIE: &str = openchair_server::auth::SESSION.name;

/// Somebody at a browser, or a program with a token. A clone shares its cookies.
#[derive(Debug, Clone)]
pub struct Browser {
    http: reqwest::Client,
    url: String,
    // By hand: the cookie is `Secure`, and the client's jar, unlike a browser, would not send it to
    // http://127.0.0.1.
    cookie: Arc<Mutex<Option<String>>>,
    bearer: Option<String>,
    tenant: Option<String>,
    origin: Option<String>,
}

impl Browser {
    /// Nobody in particular, at the server at `url`.
    pub fn at(url: &str) -> Self {
        // The client wants one even for plain HTTP. Whoever was first has installed the same.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
        Self {
            http: http.build().expect("a client"),
            url: url.to_owned(),
            cookie: Arc::default(),
            bearer: None,
            tenant: None,
            origin: Some(url.to_owned()),
        }
    }

    /// Somebody else at the same server: no cookie, no token.
    pub fn stranger(&self) -> Self {
        Self { cookie: Arc::default(), bearer: None, tenant: None, ..self.clone() }
    }

    /// A second window: the same server and the same cookie now, but a jar of its own.
    pub fn window(&self) -> Self {
        Self { cookie: Arc::new(Mutex::new(self.cookie())), ..self.clone() }
    }

    /// Names this tenant with every request.
    pub fn in_tenant(&self, business: &Business) -> Self {
        self.in_tenant_id(business.id)
    }

    /// Names this tenant with every request.
    pub fn in_tenant_id(&self, tenant: Id<Tenant>) -> Self {
        Self { tenant: Some(tenant.to_string()), ..self.clone() }
    }

    /// Names no tenant.
    pub fn in_no_tenant(&self) -> Self {
        Self { tenant: None, ..self.clone() }
    }

    /// A program: shows this token, has no cookie, and says nothing of where it comes from.
    pub fn with_bearer(&self, token: &str) -> Self {
        Self { bearer: Some(token.to_owned()), origin: None, ..self.stranger() }
    }

    /// Says that it comes from `origin`, or (None) says nothing.
    pub fn from_origin(&self, origin: Option<&str>) -> Self {
        Self { origin: origin.map(str::to_owned), ..self.clone() }
    }

    /// The session's secret.
    pub fn cookie(&self) -> Option<String> {
        self.cookie.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a secret into the jar.
    pub fn set_cookie(&self, secret: Option<&str>) {
        let secret = secret.map(str::to_owned);
        *self.cookie.lock().unwrap_or_else(PoisonError::into_inner) = secret;
    }

    /// The server's address.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A request without a body.
    pub fn request(&self, method: Method, path: &str) -> Call {
        let mut headers = HeaderMap::new();
        let mut put = |name: &'static str, value: Option<String>| {
            if let Some(value) = value {
                headers.insert(name, HeaderValue::try_from(value).expect("a header's value"));
            }
        };
        put("origin", self.origin.clone());
        put("openchair-tenant", self.tenant.clone());
        put("cookie", self.cookie().map(|secret| format!("{COOKIE}={secret}")));
        put("authorization", self.bearer.as_ref().map(|token| format!("Bearer {token}")));
        Call {
            browser: self.clone(),
            method,
            path: path.to_owned(),
            headers,
            body: None,
            may_fail: false,
        }
    }

    /// `GET`.
    pub fn get(&self, path: &str) -> Call {
        self.request(Method::GET, path)
    }

    /// `POST`, with a JSON body.
    pub fn post(&self, path: &str, body: &impl Serialize) -> Call {
        self.request(Method::POST, path).json(body)
    }

    /// `POST`, without a body.
    pub fn post_empty(&self, path: &str) -> Call {
        self.request(Method::POST, path)
    }

    /// `PUT`, with a JSON body.
    pub fn put(&self, path: &str, body: &impl Serialize) -> Call {
        self.request(Method::PUT, path).json(body)
    }

    /// `PATCH` of the version that was seen.
    pub fn patch(&self, path: &str, version: i64, body: &impl Serialize) -> Call {
        let call = self.request(Method::PATCH, path).json(body);
        call.header("if-match", &format!("\"{version}\""))
    }

    /// `DELETE`.
    pub fn delete(&self, path: &str) -> Call {
        self.request(Method::DELETE, path)
    }

    fn keep_cookie(&self, headers: &HeaderMap) {
        for line in headers.get_all(SET_COOKIE).iter().filter_map(|value| value.to_str().ok()) {
            let mut parts = line.split(';').map(str::trim);
            let Some((COOKIE, secret)) = parts.next().and_then(|pair| pair.split_once('=')) else {
                continue;
            };
            let ends = parts.any(|part| part == "Max-Age=0");
            self.set_cookie((!ends && !secret.is_empty()).then_some(secret));
        }
    }
}

/// A request that is sent by awaiting it.
#[derive(Debug)]
pub struct Call {
    browser: Browser,
    method: Method,
    path: String,
    headers: HeaderMap,
    body: Option<Body>,
    may_fail: bool,
}

impl Call {
    /// Sets a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::try_from(name).expect("a header's name");
        self.headers.insert(name, HeaderValue::try_from(value).expect("a header's value"));
        self
    }

    /// Adds a header, also one that is there.
    pub fn and_header(mut self, name: &str, value: &[u8]) -> Self {
        let name = HeaderName::try_from(name).expect("a header's name");
        self.headers.append(name, HeaderValue::from_bytes(value).expect("a header's value"));
        self
    }

    /// Adds a cookie to those that are there.
    pub fn and_cookie(self, cookie: &str) -> Self {
        let there = self.headers.get("cookie").and_then(|value| value.to_str().ok());
        let all = there.map_or_else(|| cookie.to_owned(), |there| format!("{there}; {cookie}"));
        self.header("cookie", &all)
    }

    /// Takes a header away.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    /// Sets a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        let text = serde_json::to_string(body).expect("a body");
        self.header("content-type", "application/json").body(text)
    }

    /// Sets a body.
    pub fn body(mut self, body: impl Into<Body>) -> Self {
        self.body = Some(body.into());
        self
    }

    /// The headers that it would be sent with.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// A failure of the server's (5xx) is an answer here, too.
    pub fn may_fail(mut self) -> Self {
        self.may_fail = true;
        self
    }

    /// Sends it; `Err` if nothing was answered.
    pub async fn send(self) -> reqwest::Result<Answer> {
        let to = format!("{} {}", self.method, self.path);
        let url = format!("{}{}", self.browser.url, self.path);
        let mut request = self.browser.http.request(self.method, url).headers(self.headers);
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        self.browser.keep_cookie(&headers);
        let answer = Answer { to, status, headers, body: response.bytes().await? };
        assert!(self.may_fail || status < 500, "{answer}");
        Ok(answer)
    }
}

impl IntoFuture for Call {
    type Output = Answer;
    type IntoFuture = Pin<Box<dyn Future<Output = Answer> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let to = format!("{} {}", self.method, self.path);
            self.send().await.unwrap_or_else(|error| panic!("{to} got no answer: {error:?}"))
        })
    }
}
