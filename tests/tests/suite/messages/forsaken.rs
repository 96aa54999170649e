//! Messages that nobody will send any more.

use chrono::Duration;
use openchair_domain::messaging;
use openchair_tests::spa::at;
use openchair_tests::{TestApp, eventually};
use serde_json::json;

use super::log;

#[tokio::test]
async fn what_nobody_will_send_is_given_up_and_can_be_driven_again() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    for time in ["12:00", "13:00", "14:00"] {
        app.clock.advance(Duration::seconds(1));
        spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, time)).await.expect(201);
    }
    let ids: Vec<_> = log(&spa, "").await.iter().map(|one| one["id"].clone()).collect();
    // The job of one died while the database was away: nobody could say so of its message. That of
    // another is gone altogether. The third waits.
    let of = |place: usize| format!("payload ->> 'message' = '{}'", ids[place].as_str().unwrap());
    let dead = format!(
        "update jobs set state = 'dead', attempts = 12, finished_at = '{}' where {}",
        app.now(),
        of(0)
    );
    app.database.run(&dead).await;
    app.database.run(&format!("delete from jobs where {}", of(1))).await;
    let stand = async || {
        let found = log(&spa, "").await;
        let word = |one: &serde_json::Value| {
            format!("{} {}", one["state"].as_str().unwrap(), one["reason"].as_str().unwrap_or("-"))
        };
        found.iter().map(word).collect::<Vec<_>>()
    };
    let db = &app.app().db;
    // Somebody may still be about to say it.
    assert_eq!(messaging::give_up_forsaken(db).await.unwrap(), 0);
    app.clock.advance(Duration::minutes(11));
    assert_eq!(messaging::give_up_forsaken(db).await.unwrap(), 2);
    assert_eq!(stand().await, ["failed gave_up", "failed gave_up", "queued -"]);
    assert_eq!(messaging::give_up_forsaken(db).await.unwrap(), 0);

    let ada = app.login("Ada").await;
    app.promote(&ada).await;
    let admin = app.sign_in(&ada).await;
    let wanted = json!({ "kind": "message.send" });
    let driven = admin.post("/v1/platform/jobs/retry", &wanted).await.expect(200);
    assert_eq!(driven["count"], 1, "{driven}");
    let (_browser, second) = app.second(&[]).await;
    eventually("what was driven again is sent", async || {
        app.app().db.bell().ring();
        (stand().await == ["sent -", "failed gave_up", "sent -"]).then_some(())
    })
    .await;
    second.stop().await;
}
