//! Several visits in one message: what is said of them when it is sent.

use openchair_domain::ids::{Id, Message, Tenant};
use openchair_domain::messaging::{self, Looked, Outcome, Ready};
use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at, shown};
use serde_json::{Value, json};
use sqlx::Row;

use super::{log, path};

/// A wax every week with Eve, from the fourth on, three times. Nobody sends anything but we.
async fn start() -> (TestApp, Spa, Value) {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    let body = json!({
        "wanted": spa.wanted(&["Wax"], 1, &["Eve"]), "start": at(4, "10:00"), "every": "week",
        "step": 1, "count": 3, "customer": { "name": "Ann Other", "email": "ann@example.com" },
    });
    let series = spa.owner.post("/v1/series", &body).await.expect(201);
    (app, spa, series)
}

/// The message of a kind that is still to be sent, if there is one: those of one moment have no order.
async fn named(app: &TestApp, kind: &str) -> (Id<Tenant>, Id<Message>) {
    let sql = "select tenant_id, id from messages where kind = $1
               order by state = 'queued' desc, id limit 1";
    let row = sqlx::query(sql).bind(kind).fetch_one(app.database.owner()).await.unwrap();
    (Id::from_uuid(row.get("tenant_id")), Id::from_uuid(row.get("id")))
}

/// It is about to be sent.
async fn look(app: &TestApp, kind: &str) -> Option<Ready> {
    let named = named(app, kind).await;
    let mut looked = messaging::look(&app.app().db, &[named], &app.url).await.unwrap();
    match looked.remove(0) {
        Looked::Ready(ready) => Some(*ready),
        Looked::Over => None,
        other => panic!("{other:?}"),
    }
}

/// The days that it tells of, and when the visits are that its links lead to.
async fn told(spa: &Spa, ready: &Ready) -> (Vec<String>, Vec<Value>) {
    let days = ready.fields["visits"].as_array().unwrap().iter();
    let days = days.map(|visit| visit["date"].as_str().unwrap().to_owned()).collect();
    let mut visits = Vec::new();
    for link in ready.link.as_deref().unwrap().lines() {
        let (_, token) = link.split_once("/b/").unwrap();
        let found = spa.guest.get(&format!("/v1/b/{token}")).await.expect(200);
        visits.push(found["starts_at"].clone());
    }
    (days, visits)
}

async fn reason(spa: &Spa, kind: &str) -> Value {
    let found = log(spa, &format!("kind={kind}")).await.remove(0);
    assert_eq!(found["state"], "dropped", "{found}");
    found["reason"].clone()
}

#[tokio::test]
async fn what_was_changed_meanwhile_is_left_out_and_the_rest_is_said() {
    let (app, spa, series) = start().await;
    let visits = series["visits"].as_array().unwrap();
    let all = told(&spa, &look(&app, "series_confirmed").await.unwrap()).await;
    let days = ["2026-03-04", "2026-03-11", "2026-03-18"].map(str::to_owned).to_vec();
    assert_eq!(all, (days, [4, 11, 18].map(|day| shown(at(day, "10:00"))).to_vec()));
    // The first, which the message hangs on, is moved; the last is called off.
    let away = json!({ "version": 1, "start": at(5, "15:00") });
    spa.owner.post(&path(&visits[0], "move"), &away).await.expect(200);
    spa.owner.post(&path(&visits[2], "cancel"), &json!({ "version": 1 })).await.expect(200);
    let ready = look(&app, "series_confirmed").await.unwrap();
    let rest = (vec!["2026-03-11".to_owned()], vec![shown(at(11, "10:00"))]);
    assert_eq!(told(&spa, &ready).await, rest);
    assert_eq!(
        (&ready.fields["date"], &ready.fields["time"]),
        (&json!("2026-03-11"), &json!("10:00"))
    );
    // The others have messages of their own.
    assert!(look(&app, "moved").await.is_some());
    assert!(look(&app, "cancelled").await.is_some());
    // Asked for once more, each visit's link is that of its page.
    let sent = named(&app, "series_confirmed").await;
    messaging::settle(&app.app().db, &[(sent, Outcome::Sent(None))]).await.unwrap();
    spa.owner.post_empty(&format!("/v1/messages/{}/send-again", sent.1)).await.expect(201);
    assert_eq!(told(&spa, &look(&app, "series_confirmed").await.unwrap()).await, rest);
}

#[tokio::test]
async fn what_none_of_them_is_any_more_is_not_said() {
    let (app, spa, series) = start().await;
    let id = series["id"].as_str().unwrap();
    let later = json!({ "from_place": 1, "version": 1, "start": at(5, "11:00") });
    spa.owner.post(&format!("/v1/series/{id}/move"), &later).await.expect(200);
    assert_eq!(look(&app, "series_confirmed").await, None);
    assert_eq!(reason(&spa, "series_confirmed").await, "outdated");
    let (days, _) = told(&spa, &look(&app, "series_moved").await.unwrap()).await;
    assert_eq!(days, ["2026-03-05", "2026-03-12", "2026-03-19"]);
    let off = json!({ "from_place": 1, "version": 2 });
    spa.owner.post(&format!("/v1/series/{id}/cancel"), &off).await.expect(200);
    assert_eq!(look(&app, "series_moved").await, None);
    assert_eq!(reason(&spa, "series_moved").await, "outdated");
    let (days, _) = told(&spa, &look(&app, "series_cancelled").await.unwrap()).await;
    assert_eq!(days.len(), 3);
}

#[tokio::test]
async fn what_has_begun_is_not_announced() {
    let (app, spa, _) = start().await;
    app.clock.set(at(11, "10:00"));
    let (days, _) = told(&spa, &look(&app, "series_confirmed").await.unwrap()).await;
    assert_eq!(days, ["2026-03-18"]);
    app.clock.set(at(18, "10:00"));
    assert_eq!(look(&app, "series_confirmed").await, None);
    // Two weeks later the owner isn't signed in any more.
    let sql = "select reason from messages where kind = 'series_confirmed'";
    let reason: String = sqlx::query_scalar(sql).fetch_one(app.database.owner()).await.unwrap();
    assert_eq!(reason, "begun");
}
