//! Which times are offered, and why others aren't.

use chrono::Duration;
use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::{Value, json};

#[tokio::test]
async fn what_is_offered_can_be_had_and_then_is_gone() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let query = format!("services={}&staff={}", spa.id("Facial"), spa.id("Fay"));
    let before = spa.offered(&query, 4, 4).await;
    assert_eq!(before.first().map(String::as_str), Some("2026-03-04T09:00"));
    assert_eq!(before.last().map(String::as_str), Some("2026-03-04T18:00"));
    spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "12:00")).await.expect(201);
    let after = spa.offered(&query, 4, 4).await;
    let gone: Vec<_> = before.iter().filter(|slot| !after.contains(slot)).collect();
    assert_eq!(gone, ["2026-03-04T11:30", "2026-03-04T12:00", "2026-03-04T12:30"]);
    let why = |time: &str| {
        let start = at(4, time).to_rfc3339().replace('+', "%2B");
        format!("why?services={}&staff={}&start={start}", spa.id("Facial"), spa.id("Fay"))
    };
    let own = spa.owner.get(&format!("/v1/availability/{}", why("12:30"))).await.expect(200);
    assert_eq!(own["possible"], false);
    assert_eq!(own["reasons"][0]["code"], "staff_busy", "{own}");
    assert_eq!(own["reasons"][0]["staff_name"], "Fay", "{own}");
    assert!(own["reasons"][0]["appointment"].is_string(), "{own}");
    let path = format!("/v1/public/{}/slots/{}", spa.business.slug, why("12:30"));
    let bare = spa.guest.get(&path).await.expect(200);
    assert_eq!(bare["reasons"], json!([{ "code": "staff_busy" }]));
    let path = format!("/v1/public/{}/slots/{}", spa.business.slug, why("14:00"));
    assert_eq!(
        spa.guest.get(&path).await.expect(200),
        json!({ "possible": true, "reasons": [], "members_only": false })
    );
}

#[tokio::test]
async fn the_first_free_time_is_found_in_the_near_and_in_the_far() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let first = async |services: &str| -> Value {
        let path = format!("/v1/public/{}/slots/first?services={services}", spa.business.slug);
        spa.guest.get(&path).await.expect(200)["slot"]["local"].clone()
    };
    // It is four in the morning in New York.
    assert_eq!(first(spa.id("Facial")).await, "2026-03-02T09:00");
    // Everybody is away for six weeks.
    let closure = json!({ "first_day": "2026-03-02", "last_day": "2026-04-12" });
    let closure = spa.owner.post("/v1/closures", &closure).await.expect(201);
    assert_eq!(first(spa.id("Facial")).await, "2026-04-13T09:00");
    let path = format!("/v1/closures/{}", closure["id"].as_str().unwrap());
    spa.owner.delete(&path).await;
    assert_eq!(first(spa.id("Facial")).await, "2026-03-02T09:00");
    let beyond = json!({ "first_day": "2026-03-02", "last_day": "2026-06-12" });
    spa.owner.post("/v1/closures", &beyond).await.expect(201);
    assert_eq!(first(spa.id("Facial")).await, Value::Null);
}

#[tokio::test]
async fn nobody_is_offered_what_was_gone_when_they_asked() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let query = format!("services={}&staff={}", spa.id("Facial"), spa.id("Fay"));
    // Each change is seen by the very next look, whatever was kept.
    let noon = "2026-03-04T12:00".to_owned();
    assert!(spa.offered(&query, 3, 6).await.contains(&noon));
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "12:00")).await.expect(201);
    assert!(!spa.offered(&query, 3, 6).await.contains(&noon));
    let cancel = format!("/v1/appointments/{}/cancel", visit["id"].as_str().unwrap());
    spa.owner.post(&cancel, &json!({ "version": 1 })).await.expect(200);
    assert!(spa.offered(&query, 3, 6).await.contains(&noon));
    let off = json!({ "starts_at": at(4, "11:00"), "ends_at": at(4, "13:00") });
    let path = format!("/v1/staff/{}/time-off", spa.id("Fay"));
    spa.owner.post(&path, &off).await.expect(201);
    assert!(!spa.offered(&query, 3, 6).await.contains(&noon));
}

#[tokio::test]
async fn questions_that_cannot_be_meant() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let slug = &spa.business.slug;
    let ask = async |query: &str| spa.guest.get(&format!("/v1/public/{slug}/slots?{query}")).await;
    let facial = format!("services={}", spa.id("Facial"));
    let field = |problem: &Value| problem["fields"][0]["field"].as_str().unwrap().to_owned();
    for (range, at) in [
        ("from=2026-02-01&to=2026-02-02", "from"),
        ("from=2026-03-05&to=2026-03-04", "to"),
        ("from=2026-03-05&to=2036-03-04", "to"),
    ] {
        let problem = ask(&format!("{facial}&{range}")).await.problem(422, "validation_failed");
        assert_eq!(field(&problem), at, "{problem}");
    }
    let days = "from=2026-03-04&to=2026-03-05";
    let other = app.spa().await;
    for (wanted, at) in [
        ("services=svc_rubbish".to_owned(), "services"),
        (format!("services={}", other.id("Facial")), "services"),
        (format!("{facial}@{}", other.id("Fay")), "services"),
        (format!("{facial}&staff={}", other.id("Fay")), "staff"),
    ] {
        let problem = ask(&format!("{wanted}&{days}")).await.problem(404, "not_found");
        assert_eq!(field(&problem), at, "{problem}");
    }
    for (wanted, at) in
        [(format!("services={}&party=2", spa.id("Scrub")), "services"), (String::new(), "services")]
    {
        let problem = ask(&format!("{wanted}&{days}")).await.problem(422, "validation_failed");
        assert_eq!(field(&problem), at, "{problem}");
    }
    ask(&format!("{facial}&from=tomorrow&to=2026-03-04")).await.is_problem();
    let nowhere = format!("/v1/public/no-such-shop/slots?{facial}&{days}");
    spa.guest.get(&nowhere).await.problem(404, "not_found");
    let elsewhere = format!("{facial}&{days}&location={}", other.location);
    ask(&elsewhere).await.problem(404, "not_found");
    // What lies behind the horizon isn't offered, and asking for it is no fault.
    let far = (app.now() + Duration::days(90)).date_naive();
    let far = ask(&format!("{facial}&from={far}&to={far}")).await.expect(200);
    assert_eq!(far["slots"], json!([]));
}
