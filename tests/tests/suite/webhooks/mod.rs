//! Webhooks, from what happens in a business to somebody's program that is told of it.

mod addresses;
mod arriving;
mod chaos;
mod costs;
mod endpoints;
mod failing;
mod guide;
mod presets;
mod replaying;
mod sold;
mod vouching;

use openchair_tests::receiver::Receiver;
use openchair_tests::spa::{Spa, at};
use openchair_tests::{TestApp, eventually};
use serde_json::{Value, json};

/// The receivers of tests are on this machine.
pub const INSIDE: (&str, &str) = ("webhooks.allow_private", "true");

/// A spa, and somebody who is told what happens there.
pub struct Bench {
    pub app: TestApp,
    pub spa: Spa,
    pub receiver: Receiver,
    /// The endpoint's id.
    pub endpoint: String,
    pub secret: String,
}

impl Bench {
    pub async fn new() -> Self {
        Self::with(&[], json!({})).await
    }

    /// With other settings, and an endpoint of another sort.
    pub async fn with(settings: &[(&str, &str)], more: Value) -> Self {
        let settings: Vec<_> = [INSIDE].into_iter().chain(settings.iter().copied()).collect();
        let app = TestApp::with(&settings).await;
        let spa = app.spa().await;
        let receiver = Receiver::start().await;
        let (endpoint, secret) = endpoint(&spa, &receiver, more).await;
        Self { app, spa, receiver, endpoint, secret }
    }

    /// The endpoint as it is now.
    pub async fn endpoint(&self) -> Value {
        let path = format!("/v1/webhooks/endpoints/{}", self.endpoint);
        self.spa.owner.get(&path).await.expect(200)
    }

    /// Changes the endpoint.
    pub async fn change(&self, change: Value) -> Value {
        let path = format!("/v1/webhooks/endpoints/{}", self.endpoint);
        let version = self.endpoint().await["version"].as_i64().unwrap();
        self.spa.owner.patch(&path, version, &change).await.expect(200)
    }

    /// Sends a test: the delivery.
    pub async fn test(&self) -> Value {
        let path = format!("/v1/webhooks/endpoints/{}/test", self.endpoint);
        self.spa.owner.post_empty(&path).await.expect(200)
    }

    /// The deliveries that this asks for.
    pub async fn deliveries(&self, query: &str) -> Vec<Value> {
        let found = self.spa.owner.get(&format!("/v1/webhooks/deliveries?{query}")).await;
        found.expect(200)["items"].as_array().unwrap().clone()
    }

    /// A delivery with its tries.
    pub async fn delivery(&self, id: &Value) -> Value {
        let path = format!("/v1/webhooks/deliveries/{}", id.as_str().unwrap());
        self.spa.owner.get(&path).await.expect(200)
    }

    /// Waits until a delivery stands like this after so many tries.
    pub async fn until(&self, id: &Value, state: &str, attempts: i64) -> Value {
        eventually(&format!("{state} after {attempts}"), async || {
            let found = self.delivery(id).await;
            let now = &found["delivery"];
            (now["state"] == state && now["attempts"] == attempts).then_some(found)
        })
        .await
    }

    /// A wax of Eve's at this time of the ninth.
    pub async fn visit(&self, time: &str) -> Value {
        let wanted = self.spa.wanted(&["Wax"], 1, &["Eve"]);
        self.spa.book(wanted, at(9, time)).await.expect(201)
    }

    /// Does something to a visit, in the version that is handed in.
    pub async fn press(&self, visit: &Value, deed: &str, mut body: Value) -> Value {
        let id = visit["id"].as_str().unwrap();
        body["version"] = visit["version"].clone();
        self.spa.owner.post(&format!("/v1/appointments/{id}/{deed}"), &body).await.expect(200)
    }
}

/// Somebody who is told what happens in a spa: the endpoint's id, and its secret.
pub async fn endpoint(spa: &Spa, receiver: &Receiver, more: Value) -> (String, String) {
    let mut body = json!({ "url": receiver.url() });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    let made = spa.owner.post("/v1/webhooks/endpoints", &body).await.expect(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&made["endpoint"]["id"]), text(&made["secret"]))
}
