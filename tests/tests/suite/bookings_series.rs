//! Visits that come again, over HTTP.

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at, shown};
use serde_json::{Value, json};

/// A wax every week with Eve, who works every day.
fn weekly(spa: &Spa, start: Value, more: &Value) -> Value {
    let mut body = json!({
        "wanted": spa.wanted(&["Wax"], 1, &["Eve"]), "start": start, "every": "week", "step": 1,
        "count": 3, "customer": { "name": "Ann Other", "email": "ann@example.com" },
    });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    body
}

fn starts(series: &Value) -> Vec<Value> {
    let visits = series["visits"].as_array().unwrap();
    visits.iter().map(|visit| visit["starts_at"].clone()).collect()
}

fn statuses(series: &Value) -> Vec<&str> {
    let visits = series["visits"].as_array().unwrap();
    visits.iter().map(|visit| visit["status"].as_str().unwrap()).collect()
}

fn path(series: &Value, deed: &str) -> String {
    format!("/v1/series/{}{deed}", series["id"].as_str().unwrap())
}

/// Ten o'clock stays ten o'clock when the clocks are put forward.
#[tokio::test]
async fn a_series_keeps_its_time_of_the_clock() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let start = json!(at(4, "10:00"));
    let series = spa.owner.post("/v1/series", &weekly(&spa, start, &json!({}))).await.expect(201);
    let expected = [at(4, "10:00"), at(11, "10:00"), at(18, "10:00")].map(shown);
    assert_eq!(starts(&series), expected);
    let visit = &series["visits"][1];
    assert_eq!((&visit["source"], &visit["series_place"]), (&json!("series"), &json!(2)));
    assert_eq!(spa.owner.get(&path(&series, "")).await.expect(200), series);
    assert_eq!(app.database.count("select count(*) from customers").await, 1);
}

#[tokio::test]
async fn a_preview_writes_nothing_and_shows_each_conflict() {
    // Nobody writes meanwhile: no mail is sent either.
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(11, "10:00")).await.expect(201);
    let before = app.database.fingerprint().await;
    let look = weekly(&spa, json!(at(4, "10:00")), &json!({ "preview": true }));
    let found = spa.owner.post("/v1/series", &look).await.expect(200);
    assert_eq!(app.database.fingerprint().await, before);
    assert_eq!(found["possible"], false);
    let possible: Vec<_> =
        found["occurrences"].as_array().unwrap().iter().map(|one| &one["possible"]).collect();
    assert_eq!(possible, [true, false, true]);
    let second = &found["occurrences"][1];
    assert_eq!(second["local"], "2026-03-11T10:00");
    assert_eq!(second["reasons"], json!(["staff_busy"]));
    let near = second["alternatives"].as_array().unwrap();
    assert!(near.iter().any(|slot| slot["local"] == "2026-03-11T10:30"), "{second}");
}

#[tokio::test]
async fn all_of_a_series_is_made_or_nothing() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(11, "10:00")).await.expect(201);
    let before = app.database.fingerprint().await;
    let wanted = |more: Value| weekly(&spa, json!(at(4, "10:00")), &more);
    let refused = spa.owner.post("/v1/series", &wanted(json!({}))).await;
    let refused = refused.problem(409, "series_conflicts");
    let conflicts = refused["particulars"]["conflicts"].as_array().unwrap();
    assert_eq!(conflicts.len(), 1, "{refused}");
    assert_eq!(conflicts[0]["place"], 2);
    assert!(!conflicts[0]["alternatives"].as_array().unwrap().is_empty());
    assert_eq!(app.database.fingerprint().await, before);

    // Left out, or at another time.
    let skipped = wanted(json!({ "skip": [2] }));
    let skipped = spa.owner.post("/v1/series", &skipped).await.expect(201);
    assert_eq!(starts(&skipped), [at(4, "10:00"), at(18, "10:00")].map(shown));
    assert_eq!(skipped["visits"][1]["series_place"], 3);
    let shift = json!([{ "place": 2, "start": at(12, "17:00") }]);
    let later = weekly(&spa, json!(at(4, "12:00")), &json!({ "shift": shift }));
    let shifted = spa.owner.post("/v1/series", &later).await.expect(201);
    let expected = [at(4, "12:00"), at(12, "17:00"), at(18, "12:00")].map(shown);
    assert_eq!(starts(&shifted), expected);
    // A shift onto another of the same series is a conflict, too.
    let shift = json!([{ "place": 2, "start": at(4, "14:00") }]);
    let onto = weekly(&spa, json!(at(4, "14:00")), &json!({ "shift": shift }));
    spa.owner.post("/v1/series", &onto).await.problem(409, "series_conflicts");
}

#[tokio::test]
async fn what_no_calendar_has_is_a_conflict_and_nonsense_is_refused() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let monthly = json!({ "every": "month", "count": 2, "preview": true });
    let body = weekly(&spa, json!(at(31, "10:00")), &monthly);
    let found = spa.owner.post("/v1/series", &body).await.expect(200);
    assert_eq!(found["occurrences"][1]["reasons"], json!(["no_such_day"]));
    assert_eq!(found["occurrences"][1]["start"], Value::Null);
    assert_eq!(found["occurrences"][1]["local"], "2026-04-30T10:00");
    assert!(!found["occurrences"][1]["alternatives"].as_array().unwrap().is_empty());
    for (more, field) in [
        (json!({ "count": 1 }), "/count"),
        (json!({ "count": 53 }), "/count"),
        (json!({ "step": 0 }), "/step"),
        (json!({ "until": "2026-03-20" }), "/count"),
        (json!({ "count": null }), "/count"),
        (json!({ "count": null, "until": "2026-03-05" }), "/until"),
        (json!({ "skip": [4] }), "/skip/0"),
        (json!({ "skip": [1, 2, 3] }), "/skip"),
        (
            json!({ "skip": [1], "shift": [{ "place": 1, "start": at(5, "10:00") }] }),
            "/shift/0/place",
        ),
        (json!({ "every": "year" }), "/every"),
    ] {
        let body = weekly(&spa, json!(at(4, "10:00")), &more);
        let faults = spa.owner.post("/v1/series", &body).await.faults();
        assert!(faults.iter().any(|(at, _)| at == field), "{more}: {faults:?}");
    }
    let until = json!({ "count": null, "until": "2026-03-18" });
    let body = weekly(&spa, json!(at(4, "10:00")), &until);
    let made = spa.owner.post("/v1/series", &body).await.expect(201);
    assert_eq!(made["visits"].as_array().unwrap().len(), 3);
}

/// Weekly visits that move by a week take each other's places.
#[tokio::test]
async fn later_visits_move_together_or_not_at_all() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let made = weekly(&spa, json!(at(4, "10:00")), &json!({}));
    let series = spa.owner.post("/v1/series", &made).await.expect(201);
    let to = |version: i64, start| json!({ "from_place": 2, "version": version, "start": start });
    let by_a_week = to(1, at(18, "10:00"));
    let moved = spa.owner.post(&path(&series, "/move"), &by_a_week).await.expect(200);
    let expected = [at(4, "10:00"), at(18, "10:00"), at(25, "10:00")].map(shown);
    assert_eq!(starts(&moved), expected);
    // As seen before: no more.
    let stale = spa.owner.post(&path(&series, "/move"), &by_a_week).await;
    stale.problem(409, "stale_version");
    // Back over the change of the clocks, and an hour later.
    let back = to(2, at(7, "11:00"));
    let moved = spa.owner.post(&path(&series, "/move"), &back).await.expect(200);
    let expected = [at(4, "10:00"), at(7, "11:00"), at(14, "11:00")].map(shown);
    assert_eq!(starts(&moved), expected);
    // One of them finds its time taken: none moves.
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(16, "15:00")).await.expect(201);
    let taken = to(3, at(9, "15:00"));
    let refused = spa.owner.post(&path(&series, "/move"), &taken).await;
    let refused = refused.problem(409, "series_conflicts");
    assert_eq!(refused["particulars"]["conflicts"][0]["place"], 3);
    let now = spa.owner.get(&path(&series, "")).await.expect(200);
    assert_eq!(starts(&now), expected);
    let unknown = json!({ "from_place": 9, "version": 1, "start": at(9, "15:00") });
    spa.owner.post(&path(&series, "/move"), &unknown).await.problem(404, "not_found");
}

#[tokio::test]
async fn later_visits_are_called_off_and_their_time_is_free() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let made = weekly(&spa, json!(at(4, "10:00")), &json!({}));
    let series = spa.owner.post("/v1/series", &made).await.expect(201);
    let cancel = json!({ "from_place": 2, "version": 1, "reason": "Moves away" });
    let left = spa.owner.post(&path(&series, "/cancel"), &cancel).await.expect(200);
    assert_eq!(statuses(&left), ["confirmed", "cancelled", "cancelled"]);
    assert_eq!(left["visits"][2]["cancel_reason"], "Moves away");
    assert_eq!(app.database.count("select count(*) from allocations").await, 1);
    app.mail("ann@example.com", "").await;
    // There is nothing more to call off there.
    let again = json!({ "from_place": 2, "version": 2 });
    spa.owner.post(&path(&series, "/cancel"), &again).await.problem(409, "wrong_state");
    let log = spa.owner.get("/v1/audit?action=series.cancelled").await.expect(200);
    assert_eq!(log["items"][0]["subject"]["id"], series["id"]);
}

/// Series that want the same days, each in its own order, at once: one has all, and nobody waits for
/// each other for ever.
#[tokio::test]
async fn series_at_once_never_share_a_time() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let body = weekly(&spa, json!(at(4, "10:00")), &json!({ "count": 4 }));
    let calls: Vec<_> =
        (0..4).map(|_| tokio::spawn(spa.owner.post("/v1/series", &body).into_future())).collect();
    let mut made = 0;
    for call in calls {
        let answer = call.await.unwrap();
        match answer.status {
            201 => made += 1,
            _ => drop(answer.problem(409, "series_conflicts")),
        }
    }
    assert_eq!(made, 1);
    assert_eq!(app.database.count("select count(*) from allocations").await, 4);
}
