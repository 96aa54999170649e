//! One request, and what came of it.

use std::time::Duration;

use openchair_domain::config::Secret;
use openchair_domain::payments::ProviderError;
use reqwest::{Client, Method, RequestBuilder, Response, header};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;
use url::form_urlencoded::Serializer;

use super::{StripeSettings, VERSION};
use crate::handler::with_causes;
use crate::outside::http::{NoClient, trusting};
use crate::outside::roots::Roots;

/// So much of an answer is read.
const LONGEST_ANSWER: usize = 256 * 1024;
/// So much is kept of what Stripe says about a refusal.
const LONGEST_DETAIL: usize = 500;

/// Fields of a form, by names in brackets.
pub(super) type Form<'a> = Vec<(&'a str, String)>;

/// Asks Stripe.
pub(super) struct Wire {
    http: Client,
    base: Url,
    secret_key: Secret,
}

/// Who asks, and for what.
pub(super) struct Question<'a> {
    /// The path's words behind `/v1/`.
    pub(super) path: &'a [&'a str],
    /// The account in whose name; none: our own.
    pub(super) account: Option<&'a str>,
}

#[derive(Debug, Default, Deserialize)]
struct Problem {
    #[serde(default)]
    error: ProblemInside,
}

#[derive(Debug, Default, Deserialize)]
struct ProblemInside {
    code: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    message: Option<String>,
}

impl Wire {
    pub(super) fn new(
        roots: &Roots,
        base_url: &str,
        secret_key: Secret,
        timeout: Duration,
    ) -> Result<Self, NoClient> {
        let unusable = || NoClient("Stripe's address can't be used. Expected https://…".to_owned());
        let base = Url::parse(base_url).map_err(|_| unusable())?;
        if base.cannot_be_a_base() {
            return Err(unusable());
        }
        Ok(Self { http: trusting(roots, timeout)?, base, secret_key })
    }

    /// From settings.
    pub(super) fn from_settings(roots: &Roots, settings: StripeSettings) -> Result<Self, NoClient> {
        let StripeSettings { base_url, secret_key, timeout } = settings;
        Self::new(roots, &base_url, secret_key, timeout)
    }

    pub(super) fn origin(&self) -> &str {
        self.base.as_str()
    }

    /// Looks something up.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        question: Question<'_>,
        query: &[(&str, &str)],
    ) -> Result<T, ProviderError> {
        let mut url = self.url(question.path)?;
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.ask(self.request(Method::GET, url, question.account)).await
    }

    /// Has something done, once for each key. Without one it has to be something that changes nothing when
    /// it is done again.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        question: Question<'_>,
        key: Option<&str>,
        form: Form<'_>,
    ) -> Result<T, ProviderError> {
        let url = self.url(question.path)?;
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        let mut request = self
            .request(Method::POST, url, question.account)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(body);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        self.ask(request).await
    }

    /// Ends something. Whoever asks again is told that it isn't there.
    pub(super) async fn delete<T: DeserializeOwned>(
        &self,
        question: Question<'_>,
    ) -> Result<T, ProviderError> {
        let url = self.url(question.path)?;
        self.ask(self.request(Method::DELETE, url, question.account)).await
    }

    fn url(&self, path: &[&str]) -> Result<Url, ProviderError> {
        // A name that isn't one would be another address: `..`, or nothing.
        if path.iter().any(|word| word.is_empty() || word.bytes().all(|byte| byte == b'.')) {
            return Err(ProviderError::Refused {
                code: "resource_missing".to_owned(),
                detail: "there is nothing of this name".to_owned(),
            });
        }
        let mut url = self.base.clone();
        if let Ok(mut words) = url.path_segments_mut() {
            words.pop_if_empty().push("v1").extend(path);
        }
        Ok(url)
    }

    fn request(&self, method: Method, url: Url, account: Option<&str>) -> RequestBuilder {
        let request = self
            .http
            .request(method, url)
            .bearer_auth(self.secret_key.expose())
            .header("Stripe-Version", VERSION);
        match account {
            Some(account) => request.header("Stripe-Account", account),
            None => request,
        }
    }

    async fn ask<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, ProviderError> {
        let answer = request.send().await.map_err(away)?;
        let status = answer.status();
        let body = whole(answer).await?;
        if status.is_success() {
            // It was done, whatever this says: under the same key it is said again.
            return serde_json::from_slice(&body).map_err(|error| {
                ProviderError::Away(format!("{status}: Stripe's answer can't be read: {error}"))
            });
        }
        Err(self.refused(status.as_u16(), &body))
    }

    fn refused(&self, status: u16, body: &[u8]) -> ProviderError {
        let problem: Problem = serde_json::from_slice(body).unwrap_or_default();
        let ProblemInside { code, kind, message } = problem.error;
        let code = code.or(kind).unwrap_or_else(|| format!("http_{status}"));
        let message = self.without_key(&message.unwrap_or_default());
        match status {
            // 401: our key is no good until somebody mends that. 409: somebody asks under the same key at this
            // moment.
            400 | 402..=407 | 410..=428 | 430..=499 => {
                ProviderError::Refused { code, detail: message }
            }
            500..=599 => ProviderError::Broken(format!("{status}: {code} {message}")),
            _ => ProviderError::Away(format!("{status}: {code} {message}")),
        }
    }

    /// Stripe repeats some of a key that it doesn't know, and who looks like Stripe could repeat all of it.
    fn without_key(&self, text: &str) -> String {
        let key = self.secret_key.expose();
        let text = if key.is_empty() { text.to_owned() } else { text.replace(key, "***") };
        text.chars().take(LONGEST_DETAIL).collect()
    }
}

fn away(error: reqwest::Error) -> ProviderError {
    ProviderError::Away(with_causes(&error.without_url()))
}

/// An answer that came to its end.
async fn whole(mut answer: Response) -> Result<Vec<u8>, ProviderError> {
    let mut body = Vec::new();
    while let Some(part) = answer.chunk().await.map_err(away)? {
        body.extend_from_slice(&part);
        if body.len() > LONGEST_ANSWER {
            return Err(ProviderError::Away("Stripe's answer has no end".to_owned()));
        }
    }
    Ok(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(base: &str) -> Result<Wire, NoClient> {
        let key = Secret::new("sk_test_of_nobody");
        Wire::new(&Roots::default(), base, key, Duration::from_secs(1))
    }

    #[test]
    fn where_is_asked() {
        for base in ["https://api.stripe.com", "https://api.stripe.com/"] {
            let url = wire(base).unwrap().url(&["refunds", "re_1/../a?b"]).unwrap();
            assert_eq!(url.as_str(), "https://api.stripe.com/v1/refunds/re_1%2F..%2Fa%3Fb");
        }
        let behind = wire("http://127.0.0.1:1/stripe").unwrap().url(&["balance"]).unwrap();
        assert_eq!(behind.as_str(), "http://127.0.0.1:1/stripe/v1/balance");
        for odd in ["", "stripe", "mailto:stripe@example.com"] {
            assert!(wire(odd).is_err(), "{odd}");
        }
        for odd in ["", ".", ".."] {
            assert!(wire("https://api.stripe.com").unwrap().url(&["refunds", odd]).is_err());
        }
    }

    #[test]
    fn what_an_answer_means() {
        let wire = wire("https://api.stripe.com").unwrap();
        let body =
            br#"{"error": {"type": "invalid_request_error", "code": "charge_already_refunded",
            "message": "Charge ch_1 has already been refunded, says sk_test_of_nobody."}}"#;
        for away in [100, 302, 401, 408, 409, 429] {
            let error = wire.refused(away, body);
            assert!(matches!(error, ProviderError::Away(_)), "{away}");
        }
        for broken in [500, 502, 503, 504] {
            let error = wire.refused(broken, body);
            assert!(matches!(error, ProviderError::Broken(_)), "{broken}");
        }
        for refused in [400, 402, 403, 404] {
            let ProviderError::Refused { code, detail } = wire.refused(refused, body) else {
                panic!("{refused}")
            };
            assert_eq!(code, "charge_already_refunded");
            assert_eq!(detail, "Charge ch_1 has already been refunded, says ***.");
        }
        let nothing = |body: &[u8]| match wire.refused(400, body) {
            ProviderError::Refused { code, .. } => code,
            ProviderError::Away(away) | ProviderError::Broken(away) => away,
        };
        assert_eq!(nothing(br#"{"error": {"type": "idempotency_error"}}"#), "idempotency_error");
        assert_eq!(nothing(b"<html>"), "http_400");
    }
}
