//! What a business says to its customers: when, in which words, and to whom not.

mod exactly_once;
mod forsaken;
mod kinds;
mod leaving;
mod log;
mod mailed;
mod outage;
mod pushed;
mod reminding;
mod sequences;
mod settings;
mod several;
mod texts;
mod vouching;
mod words;

use chrono::{DateTime, Utc};
use openchair_domain::messaging;
use openchair_tests::spa::Spa;
use openchair_tests::{TestApp, eventually};
use serde_json::Value;

/// It is this time now; whatever is soon is written, and whatever is due is sent.
async fn it_is(app: &TestApp, at: DateTime<Utc>) -> u64 {
    app.clock.set(at);
    let written = messaging::sweep_reminders(&app.app().db).await.unwrap();
    app.app().db.bell().ring();
    written
}

/// What the log has, the newest first.
async fn log(spa: &Spa, query: &str) -> Vec<Value> {
    let found = spa.owner.get(&format!("/v1/messages?limit=100&{query}")).await.expect(200);
    found["items"].as_array().cloned().unwrap()
}

/// Everything that is due has come to its end.
async fn settled(app: &TestApp) {
    let now = app.now();
    let sql = format!("select count(*) from messages where state = 'queued' and due_at <= '{now}'");
    eventually("all that is due is dealt with", async || {
        app.app().db.bell().ring();
        (app.database.count(&sql).await == 0).then_some(())
    })
    .await;
}

/// What became of the reminders of a visit, the earliest due first: how long before it, where they
/// stand, and why.
async fn reminders(spa: &Spa, visit: &Value) -> Vec<(i64, String, String)> {
    let id = visit["id"].as_str().unwrap();
    let mut found = log(spa, &format!("kind=reminder&appointment={id}")).await;
    found.sort_by_key(|one| one["due_at"].as_str().unwrap().to_owned());
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    found
        .iter()
        .map(|one| {
            (one["minutes_before"].as_i64().unwrap(), word(&one["state"]), word(&one["reason"]))
        })
        .collect()
}

fn stand(minutes: i64, state: &str, reason: &str) -> (i64, String, String) {
    (minutes, state.to_owned(), reason.to_owned())
}

fn path(visit: &Value, deed: &str) -> String {
    format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap())
}
