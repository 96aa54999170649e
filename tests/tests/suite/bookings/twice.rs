//! What a customer asks for once more, because no answer came.

use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, TestApp};
use serde_json::{Value, json};

async fn own(spa: &Spa, time: &str, who: &str) -> String {
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, time), &who.repeat(3)).await;
    let booked = spa.take_up(&hold.expect(201), who, &format!("{who}@example.com")).await;
    format!("/v1/b/{}", booked.expect(201)["link"].as_str().unwrap())
}

async fn post(spa: &Spa, path: &str, body: &Value, key: &str) -> Answer {
    spa.guest.post(path, body).header("idempotency-key", key).await
}

#[tokio::test]
async fn a_move_is_answered_again_although_the_link_has_changed() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let (ann, bob) = (own(&spa, "10:00", "ann").await, own(&spa, "12:00", "bob").await);
    let (path, to) = (format!("{ann}/move"), json!({ "start": at(4, "14:00") }));
    let first = post(&spa, &path, &to, "one").await;
    let again = post(&spa, &path, &to, "one").await;
    assert_eq!(first.expect(200), again.expect(200));
    assert_eq!(again.header("idempotency-replayed"), "true");
    let new = format!("/v1/b/{}", first.json()["link"].as_str().unwrap());
    assert_eq!(spa.guest.get(&new).await.expect(200)["may_move"], true, "the link is the last one");
    // The link before is good for that answer alone.
    let other = json!({ "start": at(4, "15:00") });
    post(&spa, &path, &other, "one").await.problem(422, "idempotency_key_reused");
    post(&spa, &path, &to, "two").await.problem(404, "not_found");
    spa.guest.post(&path, &to).await.problem(404, "not_found");
    spa.guest.get(&ann).await.problem(404, "not_found");
    spa.guest.post(&format!("{ann}/cancel"), &json!({})).await.problem(404, "not_found");
    // Somebody else's device made up the same key.
    let theirs =
        post(&spa, &format!("{bob}/move"), &json!({ "start": at(4, "16:00") }), "one").await;
    assert_eq!(theirs.header("idempotency-replayed"), "");
    theirs.expect(200);
    let moves = "select count(*) from appointment_history where action = 'moved'";
    assert_eq!(app.database.count(moves).await, 2);
}

#[tokio::test]
async fn what_is_called_off_or_given_back_is_so_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let path = format!("{}/cancel", own(&spa, "10:00", "ann").await);
    let first = post(&spa, &path, &json!({}), "one").await.expect(200);
    assert_eq!(post(&spa, &path, &json!({}), "one").await.expect(200), first);
    post(&spa, &path, &json!({}), "two").await.problem(409, "wrong_state");

    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "10:00"), "a visitor").await;
    let hold = json!({ "hold": hold.expect(201)["hold"] });
    let release = format!("/v1/public/{}/holds/release", spa.business.slug);
    for _ in 0..2 {
        post(&spa, &release, &hold, "one").await.expect(204);
    }
    assert_eq!(app.database.count("select count(*) from allocations").await, 0, "it is free again");
    spa.take_up(&hold, "Ann", "ann@example.com").await.problem(409, "hold_over");
    let forged = json!({ "hold": format!("oc_ho_{}", "a".repeat(52)) });
    spa.take_up(&forged, "Ann", "ann@example.com").await.problem(404, "not_found");
    spa.guest.post(&release, &forged).await.problem(404, "not_found");
}
