//! Where starts lie, and how many visits a day are enough.

use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

/// The times of Wednesday the 4th that guests are offered.
async fn times(spa: &Spa, query: &str) -> Vec<String> {
    let offered = spa.offered(query, 4, 4).await;
    offered.iter().map(|local| local.trim_start_matches("2026-03-04T").to_owned()).collect()
}

#[tokio::test]
async fn packed_starts_lie_next_to_what_is_taken() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let packed = json!({ "slot_step_minutes": 60, "alignment": "packed" });
    spa.owner.patch("/v1/booking-policy", 2, &packed).await.expect(200);
    let query = format!("services={}&staff={}", spa.id("Wax"), spa.id("Eve"));
    let by_the_hour = |from: u32, minutes: &str, to: u32| -> Vec<String> {
        (from..to).map(|hour| format!("{hour:02}:{minutes}")).collect()
    };
    assert_eq!(times(&spa, &query).await, by_the_hour(9, "00", 19));

    // Staff put a visit where they like: from its end on, they are packed anew.
    spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "10:10")).await.expect(201);
    let mut expected = vec!["09:00".to_owned()];
    expected.extend(by_the_hour(11, "10", 19));
    assert_eq!(times(&spa, &query).await, expected);

    // Whoever takes what isn't packed is refused, and can have what is.
    let wax = || spa.wanted(&["Wax"], 1, &["Eve"]);
    let loose = spa.hold(wax(), at(4, "12:00"), "a visitor").await;
    let problem = loose.problem(409, "not_possible");
    assert_eq!(problem["particulars"]["reasons"], json!(["off_grid"]), "{problem}");
    let hold = spa.hold(wax(), at(4, "11:10"), "a visitor").await.expect(201);
    spa.take_up(&hold, "Ann", "ann@example.com").await.expect(201);
    let mut expected = vec!["09:00".to_owned()];
    expected.extend(by_the_hour(11, "40", 19));
    // The last ends after closing.
    expected.retain(|time| time != "18:40");
    assert_eq!(times(&spa, &query).await, expected);
}

#[tokio::test]
async fn a_full_day_is_neither_offered_nor_booked() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let eve = format!("/v1/staff/{}", spa.id("Eve"));
    let version = spa.owner.get(&eve).await.version();
    spa.owner.patch(&eve, version, &json!({ "daily_cap": 2 })).await.expect(200);
    let query = format!("services={}&staff={}", spa.id("Wax"), spa.id("Eve"));
    let wax = |who: &[&str]| spa.wanted(&["Wax"], 1, who);
    let first = spa.book(wax(&["Eve"]), at(4, "10:00")).await.expect(201);
    assert!(times(&spa, &query).await.contains(&"15:00".to_owned()));
    // A visit of several parts is one visit.
    let basket = spa.wanted(&["Scrub", "Massage"], 1, &["Eve"]);
    spa.book(basket, at(4, "12:00")).await.expect(201);

    assert_eq!(times(&spa, &query).await, Vec::<String>::new());
    let next_day = spa.offered(&query, 5, 5).await;
    assert_eq!(next_day.len(), 20, "{next_day:?}");
    let codes = |problem: &Value| problem["particulars"]["reasons"].clone();
    let staff = spa.book(wax(&["Eve"]), at(4, "15:00")).await.problem(409, "not_possible");
    assert_eq!(codes(&staff), json!(["cap"]), "{staff}");
    let guest = spa.hold(wax(&["Eve"]), at(4, "15:00"), "a visitor").await;
    assert_eq!(codes(&guest.problem(409, "not_possible")), json!(["cap"]));
    let start = at(4, "15:00").to_rfc3339().replace('+', "%2B");
    let why = format!("/v1/public/{}/slots/why?{query}&start={start}", spa.business.slug);
    let why = spa.guest.get(&why).await.expect(200);
    assert_eq!(why["reasons"], json!([{ "code": "cap" }]), "{why}");
    // Somebody else has not had enough yet.
    let other = spa.book(wax(&[]), at(4, "15:00")).await.expect(201);
    assert_eq!(Spa::hands(&other)[0].0, "Wanda");

    // What was called off doesn't count.
    let cancel = format!("/v1/appointments/{}/cancel", first["id"].as_str().unwrap());
    spa.owner.post(&cancel, &json!({ "version": 1 })).await.expect(200);
    assert!(times(&spa, &query).await.contains(&"15:00".to_owned()));
    spa.book(wax(&["Eve"]), at(4, "15:00")).await.expect(201);
}
