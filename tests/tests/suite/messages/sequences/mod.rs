//! Several messages over days.

mod composing;
mod ending;
mod taking_in;
mod walking;

use chrono::{DateTime, Utc};
use openchair_domain::sequences;
use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::{log, path, settled};

/// A step with these words, so long after the one before.
fn step(wait_minutes: i64, subject: &str) -> Value {
    let body = "Dear {{ name }}, {% if title %}it was {{ title }}{% endif %} at {{ place }}.";
    let words = json!([{ "locale": "en", "subject": subject, "body": body }]);
    json!({ "wait_minutes": wait_minutes, "channel": null, "words": words })
}

/// Thanks at once, and an offer two days later.
fn thanks() -> Value {
    json!({ "name": "Thanks", "trigger": "visit_completed", "on": true,
            "steps": [step(0, "Thank you, {{ name }}"), step(2_880, "Come again, {{ name }}")] })
}

async fn composed(spa: &Spa, sequence: &Value) -> Value {
    spa.owner.post("/v1/sequences", sequence).await.expect(201)
}

fn id(value: &Value) -> &str {
    value["id"].as_str().unwrap_or_else(|| panic!("no id in {value}"))
}

/// It is this time now: who there is a reason for is taken in, what is due is written and sent.
async fn it_is(app: &TestApp, at: DateTime<Utc>) {
    app.clock.set(at);
    sequences::sweep(&app.app().db).await.unwrap();
    settled(app).await;
}

/// Somebody's facial at twelve or whenever on the 3rd. They agreed to offers by mail, if they did.
async fn books(spa: &Spa, name: &str, agrees: bool, start: DateTime<Utc>) -> Value {
    let customer = json!({ "name": name, "email": format!("{}@example.com", name.to_lowercase()) });
    let new = json!({ "wanted": spa.wanted(&["Facial"], 1, &[]), "start": start,
                      "customer": customer });
    let visit = spa.owner.post("/v1/appointments", &new).await.expect(201);
    if agrees {
        let consents = format!("/v1/customers/{}/consents", id(&visit["customer"]));
        let said = json!({ "purpose": "marketing_email", "granted": true });
        spa.owner.post(&consents, &said).await.expect(201);
    }
    visit
}

/// They were there.
async fn came(spa: &Spa, visit: &Value) {
    spa.owner.post(&path(visit, "check-in"), &json!({ "version": 1 })).await.expect(200);
    spa.owner.post(&path(visit, "complete"), &json!({ "version": 2 })).await.expect(200);
}

/// Several of them came to facials, one after the other, on the 3rd, and nobody looked yet.
async fn guests(app: &TestApp, spa: &Spa, names: &[&str]) -> Vec<Value> {
    let mut visits = Vec::new();
    for (place, name) in names.iter().enumerate() {
        let start = at(3, &format!("{:02}:00", 10 + place));
        visits.push(books(spa, name, true, start).await);
    }
    app.clock.set(at(3, "10:30"));
    for visit in &visits {
        came(spa, visit).await;
    }
    visits
}

/// Who is in a sequence, and where: names, states, reasons and how many steps were written.
async fn who(spa: &Spa, sequence: &Value) -> Vec<(String, String, String, i64)> {
    let found = spa.owner.get(&format!("/v1/sequences/{}/runs", id(sequence))).await.expect(200);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut found: Vec<_> = found["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|run| {
            let steps = run["steps_done"].as_i64().unwrap();
            (word(&run["customer_name"]), word(&run["state"]), word(&run["stop_reason"]), steps)
        })
        .collect();
    found.sort();
    found
}

fn stands(name: &str, state: &str, reason: &str, steps: i64) -> (String, String, String, i64) {
    (name.to_owned(), state.to_owned(), reason.to_owned(), steps)
}

/// The run of somebody.
async fn run_of(spa: &Spa, sequence: &Value, name: &str) -> Value {
    let found = spa.owner.get(&format!("/v1/sequences/{}/runs", id(sequence))).await.expect(200);
    let runs = found["items"].as_array().unwrap();
    runs.iter().find(|run| run["customer_name"] == name).cloned().unwrap()
}

/// What became of the messages to somebody: which step, where it stands, and why. The first step first.
async fn said(spa: &Spa, name: &str) -> Vec<(i64, String, String)> {
    let address = format!("{}@example.com", name.to_lowercase());
    let mut found = log(spa, &format!("kind=sequence&address={address}")).await;
    found.sort_by_key(|one| one["step"].as_i64().unwrap());
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    found
        .iter()
        .map(|one| (one["step"].as_i64().unwrap(), word(&one["state"]), word(&one["reason"])))
        .collect()
}

fn step_is(step: i64, state: &str, reason: &str) -> (i64, String, String) {
    (step, state.to_owned(), reason.to_owned())
}
