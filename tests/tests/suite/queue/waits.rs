//! What is said of waits, what is learned, and how right it was.

use chrono::Duration;
use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::open;

async fn serve(app: &TestApp, spa: &Spa, staff: &str, minutes: i64) -> Value {
    let called = spa.call_next(staff).await.expect(200);
    let begun = spa.press(&called, "start", json!({})).await.expect(200);
    app.clock.advance(Duration::minutes(minutes));
    spa.press(&begun, "finish", json!({})).await.expect(200)
}

fn range(view: &Value) -> (i64, i64) {
    let end = |key: &str| view[key].as_i64().unwrap_or_else(|| panic!("no {key} in {view}"));
    (end("low_minutes"), end("high_minutes"))
}

#[tokio::test]
async fn whoever_joins_is_told_a_range_and_it_is_kept() {
    let (_app, spa) = open(&["Eve"]).await;
    let path = format!("/v1/public/{}/queue", spa.business.slug);
    let empty = spa.guest.get(&path).await.expect(200);
    assert_eq!(range(&empty["newcomer"]), (0, 5));
    let first = spa.walk_in("Ada", &["Facial"], &json!({})).await.expect(201);
    assert_eq!(range(&first["entry"]["wait"]), (0, 5));
    let called = spa.call_next("Eve").await.expect(200);
    spa.press(&called, "start", json!({})).await.expect(200);
    // An hour of it is before them.
    let second = spa.walk_in("Bob", &["Facial"], &json!({})).await.expect(201);
    let (low, high) = range(&second["entry"]["wait"]);
    assert!((40..=80).contains(&low) && high > low && high <= 150, "{low} {high}");
    let board = spa.line().await;
    let bob = &board["entries"][1];
    let (p50, p90) = (&bob["quoted"]["p50_seconds"], &bob["quoted"]["p90_seconds"]);
    let (p50, p90) = (p50.as_i64().unwrap(), p90.as_i64().unwrap());
    assert!(p50 / 60 >= low && p90 / 60 <= high && p50 < p90, "{bob}");
    assert_eq!(bob["quoted"]["low_seconds"], low * 60);
    assert_eq!(board["waits"][0]["id"], bob["id"]);
    // Whoever comes now waits behind both; nobody says that of a line that is closed.
    let now = spa.guest.get(&format!("{path}?services={}", spa.id("Wax"))).await.expect(200);
    assert!(range(&now["newcomer"]).0 > low, "{now}");
    let nothing = spa.guest.get(&format!("{path}?services=svc_x")).await;
    nothing.problem(404, "not_found");
    spa.keep_line(&json!({ "open": false })).await.expect(200);
    assert_eq!(spa.guest.get(&path).await.expect(200)["newcomer"], Value::Null);
}

/// What is booked keeps its time, and a break is a break.
#[tokio::test]
async fn waits_know_of_what_is_booked() {
    let (_app, spa) = open(&["Eve"]).await;
    let path = format!("/v1/public/{}/queue?services={}", spa.business.slug, spa.id("Facial"));
    assert_eq!(range(&spa.guest.get(&path).await.expect(200)["newcomer"]), (0, 5));
    for time in ["10:30", "11:30"] {
        spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(2, time)).await.expect(201);
    }
    let (low, _) = range(&spa.guest.get(&path).await.expect(200)["newcomer"]);
    assert!(low >= 100, "{low}");
}

#[tokio::test]
async fn paces_are_learned_from_what_is_finished() {
    let (app, spa) = open(&["Eve"]).await;
    let learned = "select count(*) from service_pace where n > 0.5";
    for _ in 0..6 {
        spa.desk_in("Ada", &["Wax"], &json!({})).await;
        serve(&app, &spa, "Eve", 15).await;
    }
    assert_eq!(app.database.count(learned).await, 1);
    let quick = "select count(*) from service_pace where mean < -0.5 and n > 5";
    assert_eq!(app.database.count(quick).await, 1);
    // Two services of one party, each with its share; a visit that was booked, too.
    spa.desk_in("Bob", &["Facial", "Scrub"], &json!({ "party": 2 })).await;
    serve(&app, &spa, "Eve", 180).await;
    assert_eq!(app.database.count(learned).await, 3);
    let as_the_menu = "select count(*) from service_pace where abs(mean) < 0.001";
    assert_eq!(app.database.count(as_the_menu).await, 2);
    app.clock.set(at(2, "15:00"));
    let visit = spa.book(spa.wanted(&["Massage"], 1, &["Eve"]), at(2, "15:00")).await.expect(201);
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    for (version, deed) in [(1, "check-in"), (2, "start")] {
        let seen = json!({ "version": version });
        spa.owner.post(&format!("{path}/{deed}"), &seen).await.expect(200);
    }
    app.clock.advance(Duration::minutes(30));
    let seen = json!({ "version": 3 });
    spa.owner.post(&format!("{path}/complete"), &seen).await.expect(200);
    assert_eq!(app.database.count(learned).await, 4);
    // What was taken back wasn't so, and done once more it is no second visit: it took all of the time.
    let too_early = "select count(*) from service_pace where n = 1 and mean < -0.6";
    assert_eq!(app.database.count(too_early).await, 1);
    let back = json!({ "version": 4 });
    spa.owner.post(&format!("{path}/step-back"), &back).await.expect(200);
    assert_eq!(app.database.count(learned).await, 3);
    app.clock.advance(Duration::minutes(30));
    let seen = json!({ "version": 5 });
    spa.owner.post(&format!("{path}/complete"), &seen).await.expect(200);
    let counts = [app.database.count(learned).await, app.database.count(as_the_menu).await];
    assert_eq!(counts, [4, 3]);
    // A button that was forgotten teaches nothing.
    spa.desk_in("Cyd", &["Massage"], &json!({})).await;
    serve(&app, &spa, "Eve", 11 * 60).await;
    assert_eq!(app.database.count(as_the_menu).await, 3);
    // Whoever is quick has shorter waits: six times fifteen minutes of what the menu says are thirty.
    app.clock.set(at(3, "10:00"));
    let called = spa.desk_in("Dan", &["Wax"], &json!({})).await;
    spa.press(&called, "start", json!({ "staff": spa.id("Eve") })).await.expect(200);
    let next = spa.walk_in("Eli", &["Wax"], &json!({})).await.expect(201);
    let (low, _) = range(&next["entry"]["wait"]);
    assert!(low <= 20, "{next}");
}

#[tokio::test]
async fn the_shop_sees_how_right_its_waits_were() {
    let (app, spa) = open(&["Eve"]).await;
    spa.desk_in("Ada", &["Wax"], &json!({})).await;
    spa.desk_in("Bob", &["Wax"], &json!({})).await;
    spa.desk_in("gone", &["Wax"], &json!({})).await;
    serve(&app, &spa, "Eve", 40).await;
    serve(&app, &spa, "Eve", 30).await;
    let quoted = "select quoted_p50::bigint from queue_entries where name = 'Bob'";
    let quoted = app.database.count(quoted).await;
    let path = format!("/v1/queue/accuracy?location={}", spa.location);
    let days = spa.owner.get(&format!("{path}&from=2026-03-01&to=2026-03-02")).await.expect(200);
    let items = days["items"].as_array().unwrap();
    assert_eq!(items.len(), 1, "{days}");
    let day = &items[0];
    assert_eq!(
        (&day["day"], &day["called"], &day["quoted"]),
        (&json!("2026-03-02"), &json!(2), &json!(2))
    );
    assert_eq!(day["waited_seconds"], 1_200.0);
    // Ada waited for nothing, Bob for forty minutes.
    let ada = "select quoted_p50::bigint from queue_entries where name = 'Ada'";
    let ada = app.database.count(ada).await;
    let error = f64::from(i32::try_from(ada + (2_400 - quoted).abs()).unwrap()) / 2.0;
    assert_eq!(day["error_seconds"], error);
    let backwards = spa.owner.get(&format!("{path}&from=2026-03-02&to=2026-03-01")).await;
    assert_eq!(backwards.faults()[0].1, "before_start");
    let long = spa.owner.get(&format!("{path}&from=2024-03-02&to=2026-03-01")).await;
    assert_eq!(long.faults()[0].1, "too_long");
}

/// Who presses hours later was elsewhere: nobody is told to wait longer because of that.
#[tokio::test]
async fn late_presses_make_no_habits() {
    let (app, spa) = open(&["Eve"]).await;
    for _ in 0..4 {
        spa.desk_in("Ada", &["Wax"], &json!({})).await;
        let called = spa.call_next("Eve").await.expect(200);
        app.clock.advance(Duration::hours(3));
        spa.press(&called, "no-show", json!({})).await.expect(200);
        spa.desk_in("Bob", &["Wax"], &json!({})).await;
        let called = spa.call_next("Eve").await.expect(200);
        app.clock.advance(Duration::hours(3));
        let begun = spa.press(&called, "start", json!({})).await.expect(200);
        app.clock.advance(Duration::minutes(30));
        spa.press(&begun, "finish", json!({})).await.expect(200);
    }
    app.clock.set(at(4, "10:00"));
    spa.desk_in("Cyd", &["Wax"], &json!({})).await;
    spa.call_next("Eve").await.expect(200);
    let next = spa.walk_in("Dan", &["Wax"], &json!({})).await.expect(201);
    let (low, _) = range(&next["entry"]["wait"]);
    assert!(low <= 45, "{next}");
}
