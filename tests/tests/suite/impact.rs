//! What a change would do to the visits of a spa: listed before it is saved, with times that are left.

use openchair_domain::authz::{BuiltIn, Right};
use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at, shown};
use serde_json::{Value, json};

/// The titles of the visits, with when they are and whose hands they are in.
fn listed(impact: &Value) -> Vec<(String, String)> {
    let items = impact["items"].as_array().unwrap();
    assert_eq!(impact["total"], items.len(), "{impact}");
    assert_eq!(impact["complete"], true);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    items.iter().map(|item| (text(&item["local"]), text(&item["staff_names"][0]))).collect()
}

fn is(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(local, who)| ((*local).to_owned(), (*who).to_owned())).collect()
}

fn reasons(impact: &Value) -> Vec<&Value> {
    impact["items"].as_array().unwrap().iter().map(|item| &item["reasons"]).collect()
}

impl Around<'_> {
    async fn of(&self, what: &str, change: Value) -> Value {
        self.0.owner.post(&format!("/v1/{what}/impact"), &change).await.expect(200)
    }

    async fn of_staff(&self, name: &str, change: Value) -> Value {
        self.of(&format!("staff/{}", self.0.id(name)), change).await
    }

    async fn of_location(&self, change: Value) -> Value {
        self.of(&format!("locations/{}", self.0.location), change).await
    }
}

/// A spa whose owner looks around.
struct Around<'a>(&'a Spa);

/// Wednesday: Fay at nine, Eve at noon, Wanda at half past six. Friday: Fay at noon.
async fn booked(spa: &Spa) -> Vec<Value> {
    let mut visits = Vec::new();
    for (service, who, start) in [
        ("Facial", "Fay", at(4, "09:00")),
        ("Massage", "Eve", at(4, "12:00")),
        ("Wax", "Wanda", at(4, "18:30")),
        ("Facial", "Fay", at(6, "12:00")),
    ] {
        visits.push(spa.book(spa.wanted(&[service], 1, &[who]), start).await.expect(201));
    }
    visits
}

const FAY_AT_NINE: (&str, &str) = ("2026-03-04T09:00", "Fay");
const EVE_AT_NOON: (&str, &str) = ("2026-03-04T12:00", "Eve");
const WANDA_LATE: (&str, &str) = ("2026-03-04T18:30", "Wanda");
const FAY_ON_FRIDAY: (&str, &str) = ("2026-03-06T12:00", "Fay");

fn every_day(opens: &str, closes: &str) -> Vec<Value> {
    let day = |day: u8| json!({ "weekday": day, "opens": opens, "closes": closes });
    (1..=7).map(day).collect()
}

#[tokio::test]
async fn a_closed_day_lists_its_visits_and_nothing_else() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visits = booked(&spa).await;
    let around = Around(&spa);
    let wednesday = is(&[FAY_AT_NINE, EVE_AT_NOON, WANDA_LATE]);
    let before = app.database.fingerprint().await;

    let day = json!({ "first_day": "2026-03-04", "last_day": "2026-03-04" });
    let closed = around.of("closures", day.clone()).await;
    assert_eq!(listed(&closed), wednesday);
    assert_eq!(reasons(&closed), [&json!(["closed"]); 3]);
    let first = &closed["items"][0];
    assert_eq!((&first["id"], &first["version"]), (&visits[0]["id"], &json!(1)));
    assert_eq!(first["starts_at"], shown(at(4, "09:00")));
    assert_eq!(first["title"], "Facial");
    assert_eq!(first["customer"]["name"], "Ann Other");
    assert_eq!(first["customer"]["email"], "ann@example.com");
    assert_eq!(first["room_names"], json!(["Room 1"]));
    // The next times with Fay, who doesn't work on Tuesdays and Thursdays.
    let others = first["alternatives"].as_array().unwrap();
    let starts: Vec<_> = others.iter().map(|other| other["local"].as_str().unwrap()).collect();
    assert_eq!(starts.len(), 3, "{closed}");
    assert!(starts.iter().all(|start| !start.starts_with("2026-03-04")), "{starts:?}");
    assert!(others.iter().all(|other| other["staff"].is_null()), "{closed}");
    assert!(others.iter().all(|other| other["staff_names"] == json!(["Fay"])), "{closed}");

    let mut here = day;
    here["location_id"] = json!(spa.location);
    assert_eq!(listed(&around.of("closures", here).await), wednesday);
    let off = json!({ "day": { "day": "2026-03-04", "windows": [] } });
    assert_eq!(listed(&around.of_location(off).await), wednesday);
    let short = json!([{ "opens": "09:00", "closes": "13:00" }]);
    let short = json!({ "day": { "day": "2026-03-04", "windows": short } });
    assert_eq!(listed(&around.of_location(short).await), is(&[WANDA_LATE]));
    let far = json!({ "first_day": "2026-03-05", "last_day": "2026-03-05" });
    assert_eq!(listed(&around.of("closures", far).await), []);
    let all = is(&[FAY_AT_NINE, EVE_AT_NOON, WANDA_LATE, FAY_ON_FRIDAY]);
    let gone = around.of_location(json!({ "archive": true })).await;
    assert_eq!(listed(&gone), all);
    assert_eq!(gone["items"][0]["alternatives"], json!([]), "nothing is open there any more");
    assert_eq!(listed(&around.of_location(json!({})).await), []);
    assert_eq!(app.database.fingerprint().await, before, "looking ahead writes nothing");
}

#[tokio::test]
async fn shorter_hours_list_what_lies_outside_and_a_move_mends_it() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    booked(&spa).await;
    let around = Around(&spa);
    let hours = json!({ "hours": every_day("10:00", "18:00") });
    let impact = around.of_location(hours.clone()).await;
    assert_eq!(listed(&impact), is(&[FAY_AT_NINE, WANDA_LATE]));
    assert_eq!(reasons(&impact), [&json!(["closed"]); 2]);
    let starts = |item: &Value| -> Vec<String> {
        let others = item["alternatives"].as_array().unwrap();
        others.iter().map(|other| other["local"].as_str().unwrap().to_owned()).collect()
    };
    let early = &impact["items"][0];
    assert_eq!(starts(early), ["2026-03-04T10:00", "2026-03-04T10:30", "2026-03-04T11:00"]);
    let late = &impact["items"][1];
    assert_eq!(starts(late), ["2026-03-04T17:30", "2026-03-04T17:00", "2026-03-04T16:30"]);
    // One is moved before the hours are saved, and one after.
    let take = async |item: &Value| {
        let other = &item["alternatives"][0];
        let to = json!({ "version": item["version"], "start": other["start"],
                         "staff": other["staff"], "room": other["room"] });
        let path = format!("/v1/appointments/{}/move", item["id"].as_str().unwrap());
        let moved = spa.owner.post(&path, &to).await.expect(200);
        assert_eq!(moved["starts_at"], other["start"]);
    };
    take(early).await;
    assert_eq!(listed(&around.of_location(hours.clone()).await), is(&[WANDA_LATE]));
    spa.owner.patch(&format!("/v1/locations/{}", spa.location), 2, &hours).await.expect(200);
    take(late).await;
    // What doesn't fit already isn't the next change's doing; nothing is left that doesn't.
    assert_eq!(listed(&around.of_location(hours).await), []);
    let tokyo = around.of_location(json!({ "time_zone": "Asia/Tokyo" })).await;
    assert_eq!(tokyo["total"], 4, "{tokyo}");
}

#[tokio::test]
async fn whoever_leaves_leaves_visits_to_others() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    booked(&spa).await;
    let around = Around(&spa);
    let impact = around.of_staff("Fay", json!({ "archive": true })).await;
    assert_eq!(listed(&impact), is(&[FAY_AT_NINE, FAY_ON_FRIDAY]));
    assert_eq!(reasons(&impact), [&json!(["staff_off"]); 2]);
    for item in impact["items"].as_array().unwrap() {
        let others = item["alternatives"].as_array().unwrap();
        assert_eq!(others.len(), 3, "{item}");
        assert_eq!(others[0]["start"], item["starts_at"], "somebody else is free just then");
        for other in others {
            assert_ne!(other["staff_names"], json!(["Fay"]), "{item}");
            assert_eq!(
                other["staff"].as_array().unwrap().len(),
                1,
                "named, so that Fay isn't taken"
            );
        }
    }
    let (item, other) = (&impact["items"][0], &impact["items"][0]["alternatives"][0]);
    let to = json!({ "version": 1, "start": other["start"], "staff": other["staff"] });
    let path = format!("/v1/appointments/{}/move", item["id"].as_str().unwrap());
    let moved = spa.owner.post(&path, &to).await.expect(200);
    assert_eq!(json!([Spa::hands(&moved)[0].0]), other["staff_names"]);
    let again = around.of_staff("Fay", json!({ "archive": true })).await;
    assert_eq!(listed(&again), is(&[FAY_ON_FRIDAY]));
}

#[tokio::test]
async fn weeks_days_time_off_and_skills() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    booked(&spa).await;
    let around = Around(&spa);
    let week = |opens: &str, closes: &str, breaks: Value| {
        json!({ "locations": [{ "location_id": spa.location, "work": every_day(opens, closes),
                                "breaks": breaks }] })
    };
    let later = around.of_staff("Fay", week("10:00", "19:00", json!([]))).await;
    assert_eq!(listed(&later), is(&[FAY_AT_NINE]));
    let lunch = json!([{ "weekday": 5, "opens": "12:30", "closes": "13:00" }]);
    let lunch = around.of_staff("Fay", week("09:00", "19:00", lunch)).await;
    assert_eq!(listed(&lunch), is(&[FAY_ON_FRIDAY]));
    let nowhere = around.of_staff("Fay", json!({ "locations": [] })).await;
    assert_eq!(listed(&nowhere), is(&[FAY_AT_NINE, FAY_ON_FRIDAY]));
    let off = json!({ "day": { "location_id": spa.location, "day": "2026-03-06", "windows": [] } });
    assert_eq!(listed(&around.of_staff("Fay", off.clone()).await), is(&[FAY_ON_FRIDAY]));
    assert_eq!(listed(&around.of_staff("Eve", off).await), []);
    let away = |from: &str, to: &str| json!({ "time_off": { "starts_at": from, "ends_at": to } });
    let half = away("2026-03-04T14:59:00Z", "2026-03-05T00:00:00Z");
    assert_eq!(listed(&around.of_staff("Fay", half).await), is(&[FAY_AT_NINE]));
    let none = away("2026-03-04T15:00:00Z", "2026-03-06T17:00:00Z");
    assert_eq!(listed(&around.of_staff("Fay", none).await), []);
    let skills = json!({ "skills": [{ "service_id": spa.id("Facial") }] });
    let skills = around.of_staff("Eve", skills).await;
    assert_eq!(listed(&skills), is(&[EVE_AT_NOON]));
    assert_eq!(reasons(&skills), [&json!(["cannot_do"])]);
    // All at once: each visit once.
    let mut all = week("10:00", "19:00", json!([]));
    all["time_off"] = json!({ "starts_at": "2026-03-06T00:00:00Z",
                              "ends_at": "2026-03-08T00:00:00Z" });
    let all = around.of_staff("Fay", all).await;
    assert_eq!(listed(&all), is(&[FAY_AT_NINE, FAY_ON_FRIDAY]));
}

#[tokio::test]
async fn rooms_and_services_that_go() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let couple = spa.book(spa.wanted(&["Facial"], 2, &[]), at(4, "10:00")).await.expect(201);
    assert_eq!(Spa::hands(&couple)[0].1, "Room 3");
    let around = Around(&spa);
    let room = format!("rooms/{}", spa.id("Room 3"));
    for change in [
        json!({ "archive": true }),
        json!({ "places": 1 }),
        json!({ "features": [{ "name": "scrub" }] }),
    ] {
        let impact = around.of(&room, change).await;
        assert_eq!(reasons(&impact), [&json!(["no_such_room"])]);
        // The other room, at the same time, with the same people.
        let other = &impact["items"][0]["alternatives"][0];
        assert_eq!(other["start"], couple["starts_at"], "{impact}");
        assert_eq!(other["room"], spa.id("Room 2"), "{impact}");
        assert_eq!(other["room_names"], json!(["Room 2"]));
        assert!(other["staff"].is_null(), "{impact}");
    }
    let features = json!({ "features": [{ "name": "Couples" }], "places": 3 });
    assert_eq!(listed(&around.of(&room, features).await), []);
    let none = json!({ "archive": true });
    assert_eq!(listed(&around.of(&format!("rooms/{}", spa.id("Room 1")), none).await), []);
    let path = format!("/v1/services/{}/impact", spa.id("Facial"));
    let gone = spa.owner.post_empty(&path).await.expect(200);
    assert_eq!(reasons(&gone), [&json!(["nobody_can"])]);
    assert_eq!(gone["items"][0]["alternatives"], json!([]));
}

#[tokio::test]
async fn only_what_is_still_to_come_counts() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visits = booked(&spa).await;
    let path = |visit: &Value, deed: &str| {
        format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap())
    };
    spa.owner.post(&path(&visits[1], "cancel"), &json!({ "version": 1 })).await.expect(200);
    let hold = spa.hold(spa.wanted(&["Wax"], 1, &[]), at(4, "15:00"), "somebody").await;
    hold.expect(201);
    // Fay is done at ten, and Wanda is still expected.
    app.clock.advance(at(4, "10:00") - app.now());
    let owner = app.sign_in(&spa.business.owner).await.in_tenant(&spa.business);
    let spa = Spa { owner, ..spa };
    let around = Around(&spa);
    let day = json!({ "first_day": "2026-03-04", "last_day": "2026-03-04" });
    assert_eq!(listed(&around.of("closures", day).await), is(&[WANDA_LATE]));
}

#[tokio::test]
async fn wishes_that_cannot_be_meant() {
    let app = TestApp::start().await;
    let (spa, other) = (app.spa().await, app.spa().await);
    let fields = async |path: String, change: Value| -> Vec<String> {
        let answer = spa.owner.post(&format!("/v1/{path}/impact"), &change).await;
        let problem = answer.problem(422, "validation_failed");
        let faults = problem["fields"].as_array().unwrap();
        faults.iter().map(|fault| fault["field"].as_str().unwrap().to_owned()).collect()
    };
    let place = || format!("locations/{}", spa.location);
    let fay = || format!("staff/{}", spa.id("Fay"));
    let overlap = json!({ "weekday": 1, "opens": "09:00", "closes": "12:00" });
    let bad = json!({ "hours": [overlap, overlap], "time_zone": "Mars/Olympus",
                      "day": { "day": "2026-02-01",
                               "windows": [{ "opens": "09:00", "closes": "09:00" }] } });
    let wrong = ["/hours/1", "/time_zone", "/day/day", "/day/windows/0/closes"];
    assert_eq!(fields(place(), bad).await, wrong);
    let past = json!({ "first_day": "2026-02-01", "last_day": "2026-02-02" });
    assert_eq!(fields("closures".to_owned(), past).await, ["/last_day"]);
    let foreign = json!({ "first_day": "2026-03-04", "last_day": "2026-03-04",
                          "location_id": other.location });
    assert_eq!(fields("closures".to_owned(), foreign).await, ["/location_id"]);
    let bad = json!({
        "locations": [{ "location_id": other.location, "work": [] }],
        "day": { "location_id": other.location, "day": "2026-02-01", "windows": [] },
        "time_off": { "starts_at": "2026-03-04T10:00:00Z", "ends_at": "2026-03-04T09:00:00Z" },
        "skills": [{ "service_id": other.id("Facial") }],
    });
    let wrong = [
        "/day/day",
        "/day/location_id",
        "/time_off/ends_at",
        "/locations/0/location_id",
        "/skills/0/service_id",
    ];
    assert_eq!(fields(fay(), bad).await, wrong);
    let twice = json!({ "features": [{ "name": "warm" }, { "name": "Warm" }] });
    assert_eq!(fields(format!("rooms/{}", spa.id("Room 1")), twice).await, ["/features/1/name"]);
    // Another business's, and what is gone.
    let fay = spa.id("Fay");
    spa.owner.delete(&format!("/v1/staff/{fay}")).await.expect(200);
    for (path, change) in [
        (format!("locations/{}", other.location), json!({})),
        (format!("staff/{}", other.id("Fay")), json!({})),
        (format!("staff/{fay}"), json!({})),
        (format!("rooms/{}", other.id("Room 1")), json!({})),
        (format!("services/{}", other.id("Facial")), json!({})),
    ] {
        let answer = spa.owner.post(&format!("/v1/{path}/impact"), &change).await;
        answer.problem(404, "not_found");
    }
}

#[tokio::test]
async fn names_are_for_who_may_see_visits() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    booked(&spa).await;
    let provider = app.member(&spa.business, BuiltIn::Provider).await;
    let sql = format!(
        "update staff set user_id = '{}' where tenant_id = '{}' and name = 'Fay'",
        provider.id.uuid(),
        spa.business.id.uuid()
    );
    app.database.run(&sql).await;
    let fay = app.sign_in(&provider).await.in_tenant(&spa.business);
    let own = format!("/v1/staff/{}/impact", spa.id("Fay"));
    let away = json!({ "time_off": { "starts_at": "2026-03-04T00:00:00Z",
                                     "ends_at": "2026-03-05T00:00:00Z" } });
    let impact = fay.post(&own, &away).await.expect(200);
    assert_eq!(listed(&impact), is(&[FAY_AT_NINE]));
    assert_eq!(
        impact["items"][0]["customer"]["name"], "Ann Other",
        "her own visits are hers to see"
    );
    fay.post(&own, &json!({ "archive": true })).await.problem(403, "not_your_hours");
    fay.post(&own, &json!({ "skills": [] })).await.problem(403, "not_your_hours");
    let eve = format!("/v1/staff/{}/impact", spa.id("Eve"));
    fay.post(&eve, &away).await.problem(403, "not_your_hours");

    let role = json!({ "name": "Caretaker", "permissions": [Right::UpdateLocation.key()] });
    let role = spa.owner.post("/v1/roles", &role).await.expect(201);
    let change = json!({ "role": role["key"] });
    let path = format!("/v1/members/{}", provider.membership.unwrap());
    spa.owner.patch(&path, 1, &change).await.expect(200);
    let day = json!({ "first_day": "2026-03-06", "last_day": "2026-03-06" });
    app.database.run("update staff set user_id = null").await;
    let impact = fay.post("/v1/closures/impact", &day).await.expect(200);
    assert_eq!(listed(&impact), is(&[FAY_ON_FRIDAY]));
    assert_eq!(impact["items"][0]["customer"], Value::Null, "{impact}");
}

/// What is booked stays; who changes the rules sees first what begins where nobody could book any more.
#[tokio::test]
async fn other_rules_list_what_begins_where_there_is_no_start_any_more() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    booked(&spa).await;
    let around = Around(&spa);
    let before = app.database.fingerprint().await;
    let nothing = is(&[]);
    for change in [json!({}), json!({ "notice_minutes": 5000, "needs_approval": true })] {
        assert_eq!(listed(&around.of("booking-policy", change).await), nothing);
    }
    // Today is Monday: Friday is four days ahead.
    let short = around.of("booking-policy", json!({ "horizon_days": 3 })).await;
    assert_eq!(listed(&short), is(&[FAY_ON_FRIDAY]));
    assert_eq!(reasons(&short), [&json!(["horizon"])]);
    assert_eq!(short["items"][0]["alternatives"], json!([]));
    assert_eq!(listed(&around.of("booking-policy", json!({ "horizon_days": 4 })).await), nothing);

    let hours = around.of("booking-policy", json!({ "slot_step_minutes": 60 })).await;
    assert_eq!(listed(&hours), is(&[WANDA_LATE]));
    assert_eq!(reasons(&hours), [&json!(["off_grid"])]);
    let others = hours["items"][0]["alternatives"].as_array().unwrap();
    assert!(!others.is_empty(), "{hours}");
    for other in others {
        assert!(other["local"].as_str().unwrap().ends_with(":00"), "{hours}");
    }
    assert_eq!(app.database.fingerprint().await, before);

    // A service that has a step of its own keeps it.
    let path = format!("/v1/services/{}", spa.id("Wax"));
    let wax = spa.owner.get(&path).await;
    let own = json!({ "policy": { "slot_step_minutes": 30 } });
    spa.owner.patch(&path, wax.version(), &own).await.expect(200);
    let hours = around.of("booking-policy", json!({ "slot_step_minutes": 60 })).await;
    assert_eq!(listed(&hours), nothing);
    // Told once it is so, it isn't told again.
    let policy = spa.owner.get("/v1/booking-policy").await;
    let change = json!({ "horizon_days": 3 });
    spa.owner.patch("/v1/booking-policy", policy.version(), &change).await.expect(200);
    assert_eq!(listed(&around.of("booking-policy", json!({ "horizon_days": 3 })).await), nothing);
    assert_eq!(listed(&around.of("booking-policy", json!({ "horizon_days": 2 })).await), nothing);
}
