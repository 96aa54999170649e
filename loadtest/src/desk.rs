//! What the programs at the desks send.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, Duration as Span, Utc};
use openchair_domain::time::{Clock as _, SystemClock};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use crate::error::Outcome;
use crate::samples::Samples;
use crate::shops::Shop;

/// Numbers for keys and customers that nobody else has.
static NEXT: AtomicU64 = AtomicU64::new(1);

/// A program at a shop's desk.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) http: Client,
    pub(crate) url: String,
    pub(crate) shop: Shop,
}

/// What came of a request.
#[derive(Debug)]
pub(crate) struct Told {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

/// What came of many.
#[derive(Debug)]
pub(crate) struct Tally {
    pub(crate) samples: Samples,
    /// How often each was answered.
    pub(crate) answers: BTreeMap<u16, u64>,
    pub(crate) spent: Duration,
}

impl Tally {
    pub(crate) fn new() -> Outcome<Self> {
        Ok(Self { samples: Samples::new()?, answers: BTreeMap::new(), spent: Duration::ZERO })
    }

    pub(crate) fn add(&mut self, status: u16, took: Duration) {
        self.samples.add(took);
        *self.answers.entry(status).or_default() += 1;
    }

    pub(crate) fn merge(&mut self, other: &Self) -> Outcome<()> {
        for (status, count) in &other.answers {
            *self.answers.entry(*status).or_default() += count;
        }
        self.spent = self.spent.max(other.spent);
        self.samples.merge(&other.samples)
    }

    pub(crate) fn count(&self) -> u64 {
        self.answers.values().sum()
    }

    #[expect(clippy::cast_precision_loss, reason = "nobody sends that many requests")]
    pub(crate) fn per_second(&self) -> f64 {
        self.count() as f64 / self.spent.as_secs_f64()
    }

    /// What was answered otherwise than it may be.
    pub(crate) fn faults(&self, what: &str, may: &[u16]) -> Vec<String> {
        let odd = self.answers.iter().filter(|(status, _)| !may.contains(status));
        odd.map(|(status, count)| format!("{what}: {count} answered {status}")).collect()
    }
}

/// The hour that comes `nth`, ten each day, from the day after tomorrow on.
pub(crate) fn hour(nth: u64) -> DateTime<Utc> {
    let days = i64::try_from(nth / 10).unwrap_or(0) + 2;
    let today = SystemClock.now().date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    today + Span::days(days) + Span::hours(9 + i64::try_from(nth % 10).unwrap_or(0))
}

impl Desk {
    fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.http.post(format!("{}{path}", self.url)).bearer_auth(&self.shop.key).json(body)
    }

    async fn send(&self, request: RequestBuilder) -> Outcome<Told> {
        let answer = request.send().await?;
        let status = answer.status().as_u16();
        Ok(Told { status, body: serde_json::from_slice(&answer.bytes().await?)? })
    }

    /// Books a massage for two, for somebody new.
    pub(crate) async fn book(&self, start: DateTime<Utc>) -> Outcome<Told> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let body = json!({
            "wanted": { "services": [{ "service": self.shop.service }], "party": 2 },
            "start": start,
            "customer": { "name": format!("Guest {number}"),
                          "email": format!("guest.{number}@example.com") },
        });
        let request = self.post("/v1/appointments", &body);
        self.send(request.header("idempotency-key", format!("tap-{number}"))).await
    }

    pub(crate) async fn move_to(
        &self,
        id: &str,
        version: i64,
        start: DateTime<Utc>,
    ) -> Outcome<Told> {
        let body = json!({ "version": version, "start": start, "staff": [] });
        self.send(self.post(&format!("/v1/appointments/{id}/move"), &body)).await
    }

    /// Writes a note that only staff see: the least that can change about a visit.
    pub(crate) async fn note(&self, id: &str, version: i64, note: &str) -> Outcome<Told> {
        let body = json!({ "version": version, "staff_note": note });
        let path = format!("{}/v1/appointments/{id}/notes", self.url);
        self.send(self.http.put(path).bearer_auth(&self.shop.key).json(&body)).await
    }

    /// Sends anything as the desk's program.
    pub(crate) async fn ask(&self, method: Method, path: &str, body: &Value) -> Outcome<Told> {
        let path = format!("{}{path}", self.url);
        let request = self.http.request(method, path).bearer_auth(&self.shop.key);
        self.send(if body.is_null() { request } else { request.json(body) }).await
    }

    /// Changes what has a version in its headers.
    pub(crate) async fn change(&self, path: &str, version: i64, body: &Value) -> Outcome<Told> {
        let request = self.http.patch(format!("{}{path}", self.url)).bearer_auth(&self.shop.key);
        self.send(request.header("if-match", format!("\"{version}\"")).json(body)).await
    }

    pub(crate) async fn cancel(&self, id: &str, version: i64) -> Outcome<Told> {
        let body = json!({ "version": version });
        self.send(self.post(&format!("/v1/appointments/{id}/cancel"), &body)).await
    }

    /// Looks for free times on the fourteen days from tomorrow on, as anybody may; gives their number.
    pub(crate) async fn search(&self) -> Outcome<usize> {
        let from = SystemClock.now().date_naive() + chrono::Days::new(1);
        let to = from + chrono::Days::new(13);
        let Shop { slug, service, .. } = &self.shop;
        let path = format!(
            "{}/v1/public/{slug}/slots?services={service}&party=2&from={from}&to={to}",
            self.url
        );
        let answer = self.http.get(path).send().await?;
        let status = answer.status();
        let found: Value = serde_json::from_slice(&answer.bytes().await?)?;
        if status != 200 {
            return Err(format!("a search was answered {status}: {found}").into());
        }
        Ok(found["slots"].as_array().map_or(0, Vec::len))
    }

    /// The same, with how long it took.
    pub(crate) async fn timed_search(&self, tally: &mut Tally) -> Outcome<()> {
        let begun = Instant::now();
        self.search().await?;
        tally.add(200, begun.elapsed());
        Ok(())
    }
}
