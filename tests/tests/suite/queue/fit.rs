//! Whom "call next" calls although something comes next: what is booked, a break, the end of the day.
//! Long takes an hour and a little, Short half of that; eight minutes over are nothing.

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::open;

/// Whom somebody calls next, or why nobody. Who was called goes back.
async fn next(spa: &Spa, staff: &str) -> String {
    let answer = spa.call_next(staff).await;
    let said = answer.json();
    if answer.status == 200 {
        spa.press(&said, "return", json!({})).await.expect(200);
        return said["name"].as_str().unwrap().to_owned();
    }
    assert_eq!(answer.status, 409, "{answer}");
    said["code"].as_str().unwrap().to_owned()
}

async fn nexts(app: &TestApp, spa: &Spa, staff: &str, times: &[(&str, &str)]) {
    for (time, expected) in times {
        app.clock.set(at(2, time));
        assert_eq!(next(spa, staff).await, *expected, "{staff} at {time}");
    }
}

/// A line in which the long one is the first.
async fn line(staff: &[&str]) -> (TestApp, Spa) {
    let (app, spa) = open(staff).await;
    spa.desk_in("Long", &["Facial"], &json!({})).await;
    spa.desk_in("Short", &["Wax"], &json!({})).await;
    (app, spa)
}

async fn deed(spa: &Spa, visit: &Value, deed: &str) {
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    let seen = json!({ "version": spa.owner.get(&path).await.version() });
    spa.owner.post(&format!("{path}/{deed}"), &seen).await.expect(200);
}

/// Eve's Mondays.
async fn mondays(spa: &Spa, closes: &str, breaks: Value) {
    let path = format!("/v1/staff/{}", spa.id("Eve"));
    let version = spa.owner.get(&path).await.version();
    let work = json!([{ "weekday": 1, "opens": "09:00", "closes": closes }]);
    let hours = json!({ "locations": [
        { "location_id": spa.location, "work": work, "breaks": breaks },
    ] });
    let put = spa.owner.put(&format!("{path}/hours"), &hours);
    put.header("if-match", &format!("\"{version}\"")).await.expect(200);
}

#[tokio::test]
async fn a_visit_that_is_booked_keeps_its_time() {
    let (app, spa) = line(&["Eve"]).await;
    nexts(&app, &spa, "Eve", &[("10:00", "Long")]).await;
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(2, "11:30")).await.expect(201);
    let times = [
        ("10:30", "Long"),
        ("10:40", "Short"),
        ("11:00", "Short"),
        ("11:10", "nobody_fits"),
        // Who is late is waited for ten minutes.
        ("11:30", "nobody_fits"),
        ("11:39", "nobody_fits"),
        ("11:40", "Long"),
    ];
    nexts(&app, &spa, "Eve", &times).await;
}

#[tokio::test]
async fn so_does_one_that_is_checked_in() {
    let (app, spa) = line(&["Eve"]).await;
    let visit = spa.wanted(&["Wax"], 1, &["Eve"]);
    let visit = spa.book(visit, at(2, "11:00")).await.expect(201);
    deed(&spa, &visit, "check-in").await;
    let times = [("10:00", "Long"), ("10:15", "Short"), ("10:45", "nobody_fits")];
    nexts(&app, &spa, "Eve", &times).await;
    app.clock.set(at(2, "11:00"));
    assert_eq!(spa.call_next("Eve").await.expect(200)["appointment"], visit["id"]);
}

#[tokio::test]
async fn a_break_is_kept_until_it_should_have_begun() {
    let (app, spa) = line(&["Eve"]).await;
    let lunch = json!([{ "weekday": 1, "opens": "11:30", "closes": "12:00" }]);
    mondays(&spa, "19:00", lunch).await;
    let times = [
        ("10:30", "Long"),
        ("10:45", "Short"),
        ("11:15", "nobody_fits"),
        // Who presses then works through it.
        ("11:31", "Long"),
    ];
    nexts(&app, &spa, "Eve", &times).await;
}

#[tokio::test]
async fn nobody_is_called_who_would_not_be_done_before_the_end_of_the_day() {
    let (app, spa) = line(&["Eve"]).await;
    mondays(&spa, "12:00", json!([])).await;
    let times = [
        ("11:00", "Long"),
        ("11:10", "Short"),
        ("11:45", "nobody_fits"),
        // Who stays longer stays as long as they like.
        ("12:05", "Long"),
    ];
    nexts(&app, &spa, "Eve", &times).await;
}

/// One after the other does something for who is booked: each keeps the time of their own part, also
/// once the customer is there.
#[tokio::test]
async fn the_second_hands_of_a_visit_keep_their_time() {
    let (app, spa) = line(&["Eve", "Wanda"]).await;
    let part =
        |service: &str, staff: &str| json!({ "service": spa.id(service), "staff": spa.id(staff) });
    let both = json!({ "services": [part("Facial", "Eve"), part("Wax", "Wanda")], "party": 1,
                       "staff": [] });
    let visit = spa.book(both, at(2, "10:30")).await.expect(201);
    assert_eq!(Spa::hands(&visit)[1].0, "Wanda");
    nexts(&app, &spa, "Wanda", &[("10:20", "Long")]).await;
    deed(&spa, &visit, "check-in").await;
    deed(&spa, &visit, "start").await;
    let times = [("10:30", "Long"), ("10:40", "Short"), ("11:15", "nobody_fits")];
    nexts(&app, &spa, "Wanda", &times).await;
    // Whoever asks while nobody else waits is told the same: not before she is done with it.
    for entry in spa.line().await["entries"].as_array().unwrap() {
        if entry["state"] == "waiting" {
            spa.press(entry, "leave", json!({})).await.expect(200);
        }
    }
    let path = format!("/v1/public/{}/queue", spa.business.slug);
    let wanda = format!("{path}?services={}&staff={}", spa.id("Wax"), spa.id("Wanda"));
    let low = spa.guest.get(&wanda).await.expect(200)["newcomer"]["low_minutes"].as_i64();
    assert!(low.is_some_and(|low| (35..=60).contains(&low)), "{low:?}");
    spa.desk_in("Long", &["Facial"], &json!({})).await;
    // It goes on with her, whoever presses what, until it is over.
    nexts(&app, &spa, "Wanda", &[("11:45", "nobody_fits")]).await;
    deed(&spa, &visit, "complete").await;
    nexts(&app, &spa, "Wanda", &[("11:46", "Long")]).await;
}

/// Two come together and are served side by side.
#[tokio::test]
async fn who_serves_the_second_of_two_keeps_that_time() {
    let (app, spa) = line(&["Eve", "Wanda"]).await;
    let two = spa.wanted(&["Facial"], 2, &["Eve", "Wanda"]);
    let visit = spa.book(two, at(2, "11:00")).await.expect(201);
    let hands: Vec<_> = Spa::hands(&visit).into_iter().map(|(staff, _)| staff).collect();
    let (first, second) = (&*hands[0], &*hands[1]);
    assert_ne!(first, second);
    app.clock.set(at(2, "10:45"));
    deed(&spa, &visit, "check-in").await;
    nexts(&app, &spa, second, &[("10:45", "nobody_fits"), ("11:05", "nobody_fits")]).await;
    // The entry stands for the first alone: an hour, and not two.
    let called = spa.call_next(first).await.expect(200);
    assert_eq!(called["appointment"], visit["id"]);
    spa.press(&called, "start", json!({})).await.expect(200);
    let path = format!("/v1/public/{}/queue", spa.business.slug);
    let theirs = format!("{path}?services={}&staff={}", spa.id("Wax"), spa.id(first));
    let said = spa.guest.get(&theirs).await.expect(200);
    let low = said["newcomer"]["low_minutes"].as_i64().unwrap();
    assert!(low < 150, "{said}");
}

/// Who still serves somebody begins later with whom they call.
#[tokio::test]
async fn what_is_left_in_the_chair_counts() {
    let (app, spa) = open(&["Eve"]).await;
    let first = spa.desk_in("First", &["Facial"], &json!({})).await;
    app.clock.set(at(2, "10:10"));
    let eve = json!({ "staff": spa.id("Eve") });
    let first = spa.press(&first, "start", eve).await.expect(200);
    spa.desk_in("Short", &["Wax"], &json!({})).await;
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(2, "11:30")).await.expect(201);
    // At eleven there is half an hour, but some of it is the first one's.
    nexts(&app, &spa, "Eve", &[("10:20", "nobody_fits"), ("11:00", "nobody_fits")]).await;
    spa.press(&first, "finish", json!({})).await.expect(200);
    nexts(&app, &spa, "Eve", &[("11:00", "Short")]).await;
}

#[tokio::test]
async fn who_is_refused_learns_for_whom_and_until_when() {
    let (app, spa) = open(&["Eve"]).await;
    let long = spa.desk_in("Long", &["Facial"], &json!({})).await;
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(2, "11:00")).await.expect(201);
    app.clock.set(at(2, "10:30"));
    let refused = spa.call_next("Eve").await.problem(409, "nobody_fits");
    let helps = &refused["particulars"];
    assert_eq!(helps["first"], json!({ "id": long["id"], "code": long["code"] }), "{refused}");
    let free = ["free_from", "free_until"].map(|end| helps[end].as_str().unwrap().parse().ok());
    assert_eq!(free, [Some(at(2, "10:30")), Some(at(2, "11:00"))], "{refused}");
    // Who is called by name is called.
    let called = spa.press(&long, "call", json!({ "staff": spa.id("Eve") })).await.expect(200);
    assert_eq!(called["state"], "called");
}
