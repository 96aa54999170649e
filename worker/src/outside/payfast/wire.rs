//! One request, and what came of it.

use std::fmt;
use std::sync::Arc;

use chrono::NaiveDate;
use openchair_domain::payments::{Merchant, ProviderError, payfast_digest, payfast_signature};
use openchair_domain::time::Clock;
use reqwest::{Client, Method, RequestBuilder, Response, header};
use serde_json::Value;
use url::Url;
use url::form_urlencoded::Serializer;

use super::said::detail;
use super::{PayFastSettings, refused, there};
use crate::handler::with_causes;
use crate::outside::http::{NoClient, trusting};
use crate::outside::roots::Roots;

/// The version of the API that this was written for.
const VERSION: &str = "v1";
/// So much of an answer is read.
const LONGEST_ANSWER: usize = 2 * 1_024 * 1_024;
/// Where PayFast's pages are.
const PAGES: &str = "/eng/process/payment/";
const FORM: &str = "application/x-www-form-urlencoded";

/// Asks PayFast.
pub(super) struct Wire {
    http: Client,
    base: Url,
    api: Url,
    sandbox: bool,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PayFast").field("at", &self.base.as_str()).finish_non_exhaustive()
    }
}

/// What was answered.
struct Answer {
    status: u16,
    place: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    /// What it means that this isn't what was asked for.
    fn fault(&self, merchant: &Merchant) -> ProviderError {
        let said = without_keys(&detail(&self.body), merchant);
        let (code, text) = (format!("http_{}", self.status), format!("{}: {said}", self.status));
        match self.status {
            // 401: the keys are no good until somebody mends that.
            400 | 402..=407 | 410..=428 | 430..=499 => refused(&code, &said),
            500..=599 => ProviderError::Broken(text),
            _ => ProviderError::Away(text),
        }
    }

    fn is_fine(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Who looks like PayFast could repeat what it was told.
fn without_keys(text: &str, merchant: &Merchant) -> String {
    let mut text = text.to_owned();
    for secret in [merchant.key.expose(), merchant.passphrase.expose()] {
        if !secret.is_empty() {
            text = text.replace(secret, "***");
        }
    }
    text
}

impl Wire {
    pub(super) fn new(roots: &Roots, settings: PayFastSettings) -> Result<Self, NoClient> {
        let PayFastSettings { base_url, api_url, sandbox, timeout, clock } = settings;
        let address = |text: &str| {
            let found = Url::parse(text).ok().filter(|url| !url.cannot_be_a_base());
            let unusable = "PayFast's address can't be used. Expected https://…";
            found.ok_or_else(|| NoClient(unusable.to_owned()))
        };
        let (base, api) = (address(&base_url)?, address(&api_url)?);
        Ok(Self { http: trusting(roots, timeout)?, base, api, sandbox, clock })
    }

    /// Which day it is where PayFast is.
    pub(super) fn today(&self) -> NaiveDate {
        there(self.clock.now()).date_naive()
    }

    /// Begins a payment: where it is paid. The keys stay between PayFast and us.
    pub(super) async fn begin(
        &self,
        merchant: &Merchant,
        mut fields: Vec<(&str, &str)>,
    ) -> Result<String, ProviderError> {
        let signature = payfast_signature(fields.iter().copied(), merchant.passphrase.expose());
        fields.push(("signature", &signature));
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let url = address(&self.base, &["eng", "process"])?;
        let answer = self.ask(self.form(url.clone(), body)).await?;
        let place = answer.place.as_deref().and_then(|place| url.join(place).ok());
        match place.filter(|place| place.path().starts_with(PAGES)) {
            Some(place) => Ok(place.into()),
            // Who leads anywhere else has begun nothing.
            None if (200..400).contains(&answer.status) => {
                Err(refused("not_begun", &without_keys(&detail(&answer.body), merchant)))
            }
            None => Err(answer.fault(merchant)),
        }
    }

    /// Whether this was told by PayFast, in its words.
    pub(super) async fn validate(&self, told: &str) -> Result<String, ProviderError> {
        let url = address(&self.base, &["eng", "query", "validate"])?;
        let answer = self.ask(self.form(url, told.to_owned())).await?;
        let text = String::from_utf8_lossy(&answer.body).trim().to_owned();
        if answer.is_fine() {
            return Ok(text);
        }
        Err(ProviderError::Away(format!("{}: PayFast confirms nothing", answer.status)))
    }

    fn form(&self, url: Url, body: String) -> RequestBuilder {
        self.http.post(url).header(header::CONTENT_TYPE, FORM).body(body)
    }

    /// Looks something up.
    pub(super) async fn get(
        &self,
        merchant: &Merchant,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<Vec<u8>, ProviderError> {
        let answer = self.ask(self.api(Method::GET, merchant, path, query, &[])?).await?;
        if answer.is_fine() { Ok(answer.body) } else { Err(answer.fault(merchant)) }
    }

    /// The same, to learn whether the keys are any good.
    pub(super) async fn check(
        &self,
        merchant: &Merchant,
        path: &[&str],
        query: &[(&str, &str)],
    ) -> Result<(), ProviderError> {
        let answer = self.ask(self.api(Method::GET, merchant, path, query, &[])?).await?;
        match answer.status {
            401 => Err(refused("http_401", &without_keys(&detail(&answer.body), merchant))),
            _ if answer.is_fine() => Ok(()),
            _ => Err(answer.fault(merchant)),
        }
    }

    /// Has something given back, each time that it is asked.
    pub(super) async fn refund(
        &self,
        merchant: &Merchant,
        taken: &str,
        said: &[(&str, String)],
    ) -> Result<(), ProviderError> {
        let path = ["refunds", taken];
        let answer = self.ask(self.api(Method::POST, merchant, &path, &[], said)?).await?;
        if !answer.is_fine() {
            return Err(answer.fault(merchant));
        }
        let body: Option<Value> = serde_json::from_slice(&answer.body).ok();
        let status = body.as_ref().and_then(|body| body["status"].as_str());
        match status {
            Some("success") => Ok(()),
            Some(_) => Err(refused("failed", &without_keys(&detail(&answer.body), merchant))),
            // It may have been done, whatever this says.
            None => Err(ProviderError::Away("PayFast's answer can't be read".to_owned())),
        }
    }

    /// A request in a merchant's name: all that it says is signed.
    fn api(
        &self,
        method: Method,
        merchant: &Merchant,
        path: &[&str],
        query: &[(&str, &str)],
        body: &[(&str, String)],
    ) -> Result<RequestBuilder, ProviderError> {
        let mut url = address(&self.api, path)?;
        let stamp = there(self.clock.now()).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let mut said = vec![
            ("merchant-id", merchant.id.as_str()),
            ("version", VERSION),
            ("timestamp", stamp.as_str()),
            ("passphrase", merchant.passphrase.expose()),
        ];
        said.extend_from_slice(query);
        said.extend(body.iter().map(|(name, value)| (*name, value.as_str())));
        said.sort_unstable();
        let signature = payfast_digest(said);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        if self.sandbox {
            // This isn't signed.
            url.query_pairs_mut().append_pair("testing", "true");
        }
        let request = self
            .http
            .request(method, url)
            .header("merchant-id", &merchant.id)
            .header("version", VERSION)
            .header("timestamp", stamp)
            .header("signature", signature);
        if body.is_empty() {
            return Ok(request);
        }
        let said: serde_json::Map<_, _> = body
            .iter()
            .map(|(name, value)| ((*name).to_owned(), Value::String(value.clone())))
            .collect();
        let said = Value::Object(said).to_string();
        Ok(request.header(header::CONTENT_TYPE, "application/json").body(said))
    }

    async fn ask(&self, request: RequestBuilder) -> Result<Answer, ProviderError> {
        let answer = request.send().await.map_err(away)?;
        let status = answer.status().as_u16();
        let place = answer.headers().get(header::LOCATION);
        let place = place.and_then(|place| place.to_str().ok()).map(str::to_owned);
        Ok(Answer { status, place, body: whole(answer).await? })
    }
}

fn address(base: &Url, path: &[&str]) -> Result<Url, ProviderError> {
    // A name that isn't one would be another address: `..`, or nothing.
    if path.iter().any(|word| word.is_empty() || word.bytes().all(|byte| byte == b'.')) {
        return Err(refused("no_name", "There is nothing of this name."));
    }
    let mut url = base.clone();
    if let Ok(mut words) = url.path_segments_mut() {
        words.pop_if_empty().extend(path);
    }
    Ok(url)
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
            return Err(ProviderError::Away("PayFast's answer has no end".to_owned()));
        }
    }
    Ok(body)
}
