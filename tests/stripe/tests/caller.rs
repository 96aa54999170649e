//! Somebody who asks the stand-in.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use openchair_stripe_stand_in::{Clock, Settings, Stand};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::Value;

/// When the tests begin.
pub const NOW: i64 = 1_790_000_000;

/// A stand-in, a business that takes money there, and who asks.
pub struct Caller {
    pub stand: Stand,
    pub account: String,
    pub http: Client,
    pub now: Arc<AtomicI64>,
}

impl Caller {
    pub async fn new() -> Self {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Self {
        let now = Arc::new(AtomicI64::new(NOW));
        let clock = Arc::clone(&now);
        let clock = Clock::new(move || clock.load(Ordering::SeqCst));
        let stand = Stand::start(Settings { clock, ..settings }).await.unwrap();
        let account = stand.new_account("DE");
        let http = Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { stand, account, http, now }
    }

    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = format!("{}{path}", self.stand.origin());
        self.http
            .request(method.parse().unwrap(), url)
            .bearer_auth("sk_test_stand_in")
            .header("stripe-version", "2026-06-24.dahlia")
    }

    pub fn post(&self, path: &str, form: &str) -> reqwest::RequestBuilder {
        self.request("POST", path)
            .header("stripe-account", &self.account)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(form.to_owned())
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        read(self.request("GET", path).header("stripe-account", &self.account)).await
    }

    pub async fn posted(&self, path: &str, form: &str) -> (u16, Value) {
        read(self.post(path, form)).await
    }

    /// In the platform's own name.
    pub async fn ours(&self, path: &str) -> (u16, Value) {
        read(self.request("GET", path)).await
    }

    /// In the platform's own name.
    pub async fn ours_posted(&self, path: &str, form: &str) -> (u16, Value) {
        let kind = ("content-type", "application/x-www-form-urlencoded");
        read(self.request("POST", path).header(kind.0, kind.1).body(form.to_owned())).await
    }

    /// A page for so much.
    pub async fn session(&self, amount: i64, currency: &str) -> Value {
        let (status, session) = self.posted("/v1/checkout/sessions", &form(amount, currency)).await;
        assert_eq!(status, 200, "{session}");
        session
    }

    /// What was paid with this card.
    pub async fn paid(&self, amount: i64, number: &str) -> Value {
        let session = self.session(amount, "eur").await;
        let id = session["id"].as_str().unwrap();
        let outcome = self.stand.pay(id, number);
        assert_eq!(outcome, openchair_stripe_stand_in::Outcome::Paid);
        self.get(&format!("/v1/checkout/sessions/{id}?expand[]=payment_intent")).await.1
    }
}

/// All that a page needs.
pub fn form(amount: i64, currency: &str) -> String {
    format!(
        "mode=payment&line_items[0][quantity]=1&line_items[0][price_data][currency]={currency}\
         &line_items[0][price_data][unit_amount]={amount}\
         &line_items[0][price_data][product_data][name]=Cut+%26+%3Cwash%3E\
         &success_url=https://shop.example/back?of={{CHECKOUT_SESSION_ID}}&cancel_url=https://shop.example/back\
         &metadata[payment]=p1&payment_intent_data[metadata][payment]=p1&customer_email=ann@example.com"
    )
}

pub async fn read(request: reqwest::RequestBuilder) -> (u16, Value) {
    of(request.send().await.unwrap()).await
}

pub async fn of(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Who refuses says why: status, code and parameter.
pub fn refusal(answer: &(u16, Value)) -> (u16, &str, &str) {
    let error = &answer.1["error"];
    assert!(error["message"].is_string(), "{answer:?}");
    let text = |name: &str| error[name].as_str().unwrap_or_default();
    (answer.0, text("code"), text("param"))
}
