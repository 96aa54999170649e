//! The walk-in queue, over HTTP.

mod calling;
mod converting;
mod cost;
mod fit;
mod joining;
mod keeping;
mod kiosks;
mod mistakes;
mod tickets;
mod visits;
mod waits;
mod wishes;

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};

/// The spa on a Monday at ten, with its queue open and these serving.
async fn open(staff: &[&str]) -> (TestApp, Spa) {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    app.clock.set(at(2, "10:00"));
    spa.open_line(staff).await;
    (app, spa)
}

/// What an entry went through: action, from, to.
async fn life(spa: &Spa, id: &str) -> Vec<(String, String, String)> {
    let found = spa.owner.get(&format!("/v1/queue/entries/{id}/history")).await.expect(200);
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let items = found["items"].as_array().unwrap();
    for (place, item) in items.iter().enumerate() {
        assert_eq!(item["version"], place + 1, "{found}");
    }
    items
        .iter()
        .map(|item| (text(&item["action"]), text(&item["from"]), text(&item["to"])))
        .collect()
}

/// How often an event was told.
async fn told(app: &TestApp, kind: &str) -> i64 {
    let sql = format!("select count(*) from outbox_events where kind = '{kind}'");
    app.database.count(&sql).await
}
