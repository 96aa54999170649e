//! A customer has their own visit come again.

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at, shown};
use serde_json::{Value, json};

/// A facial on a Wednesday at ten, and the way to it.
async fn own(spa: &Spa) -> String {
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "10:00"), "a visitor").await;
    let booked = spa.take_up(&hold.expect(201), "Ann", "ann@example.com").await.expect(201);
    format!("/v1/b/{}", booked["link"].as_str().unwrap())
}

fn weekly(count: u32) -> Value {
    json!({ "every": "week", "step": 1, "count": count })
}

#[tokio::test]
async fn a_visit_comes_again_at_the_same_time_of_the_clock() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let own = own(&spa).await;
    let (path, look) = (format!("{own}/series"), format!("{own}/series/preview"));
    let before = app.database.fingerprint().await;
    let seen = spa.guest.post(&look, &weekly(3)).await.expect(200);
    assert_eq!(seen["possible"], true);
    assert_eq!(seen["occurrences"][0]["place"], 2);
    assert_eq!(seen["occurrences"][0]["start"], shown(at(11, "10:00")), "after the clocks changed");
    assert_eq!(app.database.fingerprint().await, before, "looking writes nothing");

    let post = || spa.guest.post(&path, &weekly(3)).header("idempotency-key", "again");
    let made = post().await.expect(201);
    assert_eq!(post().await.expect(201), made, "asked for once more");
    let visits = made["visits"].as_array().unwrap();
    let starts: Vec<_> = visits.iter().map(|visit| visit["starts_at"].clone()).collect();
    assert_eq!(starts, [shown(at(11, "10:00")), shown(at(18, "10:00"))]);
    // Each is a visit of its own, with a way to it; the first one stays as it was.
    let second = format!("/v1/b/{}", visits[0]["link"].as_str().unwrap());
    spa.guest.post(&format!("{second}/cancel"), &json!({})).await.expect(200);
    assert_eq!(spa.guest.get(&own).await.expect(200)["status"], "confirmed");
    // And is so once, which its page knows before it offers it.
    assert_eq!(spa.guest.get(&own).await.expect(200)["series_place"], 1);
    spa.guest.post(&path, &weekly(3)).await.problem(409, "already_series");
    let third = format!("/v1/b/{}/series", visits[1]["link"].as_str().unwrap());
    spa.guest.post(&third, &weekly(2)).await.problem(409, "already_series");
    let places = "select count(*) from appointments where series_place is not null";
    assert_eq!(app.database.count(places).await, 3);
    let mails = "select count(*) from jobs where kind = 'message.send'";
    assert!(app.database.count(mails).await >= 2, "one for the first, one for the others");
}

#[tokio::test]
async fn what_stands_in_the_way_is_shown_and_skipped_or_shifted() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let own = own(&spa).await;
    let path = format!("{own}/series");
    // Whoever could do it has something else to do.
    let week = spa.wanted(&["Facial"], 1, &[]);
    while spa.book(week.clone(), at(11, "10:00")).await.status == 201 {}
    let refused = spa.guest.post(&path, &weekly(3)).await.problem(409, "series_conflicts");
    let conflict = &refused["particulars"]["conflicts"][0];
    assert_eq!(conflict["place"], 2, "{refused}");
    assert!(!conflict["alternatives"].as_array().unwrap().is_empty(), "{refused}");
    let mut shifted = weekly(3);
    shifted["shift"] = json!([{ "place": 2, "start": at(11, "13:00") }]);
    let preview = spa.guest.post(&format!("{path}/preview"), &shifted).await.expect(200);
    assert_eq!(preview["possible"], true, "{preview}");
    let mut skipped = weekly(3);
    skipped["skip"] = json!([2]);
    let made = spa.guest.post(&path, &skipped).await.expect(201);
    assert_eq!(made["visits"].as_array().unwrap().len(), 1);
    assert_eq!(made["visits"][0]["starts_at"], shown(at(18, "10:00")));
}

#[tokio::test]
async fn what_cannot_be_meant() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let own = own(&spa).await;
    let path = format!("{own}/series");
    let with = |field: &str, value: Value| {
        let mut body = weekly(3);
        body[field] = value;
        body
    };
    for (body, field) in [
        (with("skip", json!([1])), "/skip"),
        (with("skip", json!([9])), "/skip/0"),
        (with("shift", json!([{ "place": 1, "start": at(5, "10:00") }])), "/shift"),
        (with("until", json!("2026-05-01")), "/count"),
        (json!({ "every": "day", "step": 1, "until": "2026-03-30" }), "/until"),
        (weekly(13), "/count"),
    ] {
        let faults = spa.guest.post(&path, &body).await.faults();
        assert_eq!(faults.first().map(|fault| fault.0.as_str()), Some(field), "{body}");
    }
    let forged = format!("/v1/b/oc_vi_{}/series", "a".repeat(52));
    spa.guest.post(&forged, &weekly(2)).await.problem(404, "not_found");
    spa.guest.post(&format!("{own}/cancel"), &json!({})).await.expect(200);
    spa.guest.post(&path, &weekly(2)).await.problem(409, "wrong_state");
}
