use chrono::Duration;
use openchair_domain::authz::BuiltIn;
use openchair_tests::{Browser, Business, TestApp};
use serde_json::{Value, json};

use super::{put, shop, text, week};

fn hours(location: impl ToString, work: Value, breaks: Value) -> Value {
    json!({ "location_id": location.to_string(), "work": work, "breaks": breaks })
}

#[tokio::test]
async fn a_week_at_several_places() {
    let (app, spa, owner) = shop().await;
    let (here, staff) = (app.location(&spa).await, app.first_staff(&spa).await);
    let annex = app.another_location(&spa, "Annex").await;
    let path = format!("/v1/staff/{staff}/hours");
    let split = json!([
        { "weekday": 5, "opens": "18:00", "closes": "02:00" },
        { "weekday": 1, "opens": "13:00", "closes": "24:00" },
        { "weekday": 1, "opens": "08:00", "closes": "12:00" },
    ]);
    let body = json!({ "locations": [
        hours(annex, week(&[6], "09:00", "17:00"), week(&[6], "12:00", "12:30")),
        hours(here, split, json!([])),
    ] });
    let view = put(&owner, &path, 1, &body).await.expect(200);
    assert_eq!(
        (&view["version"], &view["hours"][0]["location_name"]),
        (&json!(2), &json!(spa.name))
    );
    assert_eq!(
        view["hours"][0]["work"],
        json!([
            { "weekday": 1, "opens": "08:00", "closes": "12:00" },
            { "weekday": 1, "opens": "13:00", "closes": "24:00" },
            { "weekday": 5, "opens": "18:00", "closes": "02:00" },
        ])
    );
    assert_eq!(view["hours"][1]["location_id"], annex.to_string());
    assert_eq!(view["hours"][1]["breaks"], week(&[6], "12:00", "12:30"));
    put(&owner, &path, 1, &body).await.problem(412, "version_conflict");

    // What is closed for good isn't shown, and isn't lost either.
    owner.delete(&format!("/v1/locations/{annex}")).await.expect(200);
    let gone = put(&owner, &path, 2, &body).await.faults();
    assert_eq!(gone, [("/locations/0/location_id".to_owned(), "unknown_location".to_owned())]);
    let none = put(&owner, &path, 2, &json!({ "locations": [] })).await.expect(200);
    assert_eq!(none["hours"], json!([]));
    owner.post_empty(&format!("/v1/locations/{annex}/restore")).await.expect(200);
    let view = owner.get(&format!("/v1/staff/{staff}")).await.expect(200);
    assert_eq!(view["hours"].as_array().unwrap().len(), 1);
    assert_eq!(view["hours"][0]["location_id"], annex.to_string());
}

#[tokio::test]
async fn weeks_that_can_not_be_meant() {
    let (app, spa, owner) = shop().await;
    let (here, staff) = (app.location(&spa).await, app.first_staff(&spa).await);
    let other = app.business("Other").await;
    let foreign = app.location(&other).await;
    let path = format!("/v1/staff/{staff}/hours");
    let before = app.database.fingerprint().await;
    let work = || week(&[1], "09:00", "17:00");
    for (locations, field, code) in [
        (
            json!([hours(foreign, work(), json!([]))]),
            "/locations/0/location_id",
            "unknown_location",
        ),
        (
            json!([hours("loc_00000000000000000000000007", work(), json!([]))]),
            "/locations/0/location_id",
            "unknown_location",
        ),
        (
            json!([hours(here, work(), json!([])), hours(here, json!([]), json!([]))]),
            "/locations/1/location_id",
            "twice",
        ),
        (
            json!([hours(here, week(&[8], "09:00", "17:00"), json!([]))]),
            "/locations/0/work/0/weekday",
            "too_large",
        ),
        (
            json!([hours(here, week(&[1], "09:00", "25:00"), json!([]))]),
            "/locations/0/work/0/closes",
            "invalid_time",
        ),
        (
            json!([hours(here, week(&[1], "09:00", "09:00"), json!([]))]),
            "/locations/0/work/0/closes",
            "empty",
        ),
        (
            json!([hours(here, week(&[1, 1], "09:00", "17:00"), json!([]))]),
            "/locations/0/work/1",
            "overlap",
        ),
        (
            json!([hours(here, work(), week(&[2], "12:00", "13:00"))]),
            "/locations/0/breaks",
            "outside_work",
        ),
    ] {
        let body = json!({ "locations": locations });
        let faults = put(&owner, &path, 1, &body).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{body}");
    }
    assert_eq!(app.database.fingerprint().await, before);
}

/// A provider at a browser, whose login is somebody's of the staff; and that somebody's path.
async fn provider(app: &TestApp, spa: &Business, owner: &Browser) -> (Browser, String) {
    let login = app.member(spa, BuiltIn::Provider).await;
    let body = json!({ "name": "Lani", "user_id": login.id.to_string() });
    let staff = owner.post("/v1/staff", &body).await.expect(201);
    let browser = app.sign_in(&login).await.in_tenant(spa);
    (browser, format!("/v1/staff/{}", text(&staff, "id")))
}

#[tokio::test]
async fn providers_change_their_own_hours_and_nobody_elses() {
    let (app, spa, owner) = shop().await;
    let here = app.location(&spa).await.to_string();
    let (lani, own) = provider(&app, &spa, &owner).await;
    let (_, others) = provider(&app, &spa, &owner).await;
    let owners = format!("/v1/staff/{}", app.first_staff(&spa).await);
    let body = json!({ "locations": [hours(&here, week(&[2], "10:00", "18:00"), json!([]))] });
    let day = json!({ "location_id": here, "windows": [] });
    let away = json!({ "starts_at": "2026-04-01T00:00:00Z", "ends_at": "2026-04-08T00:00:00Z",
                       "reason": "surgery" });
    put(&lani, &format!("{own}/hours"), 1, &body).await.expect(200);
    lani.put(&format!("{own}/days/2026-04-10"), &day).await.expect(200);
    let made = lani.post(&format!("{own}/time-off"), &away).await.expect(201);
    for theirs in [&others, &owners] {
        let off = owner.post(&format!("{theirs}/time-off"), &away).await.expect(201);
        owner.put(&format!("{theirs}/days/2026-04-10"), &day).await.expect(200);
        let before = app.database.fingerprint().await;
        let clear = format!("{theirs}/days/2026-04-10?location={here}");
        for answer in [
            put(&lani, &format!("{theirs}/hours"), 1, &body).await,
            lani.put(&format!("{theirs}/days/2026-04-10"), &day).await,
            lani.delete(&clear).await,
            lani.post(&format!("{theirs}/time-off"), &away).await,
            lani.delete(&format!("{theirs}/time-off/{}", text(&off, "id"))).await,
        ] {
            answer.problem(403, "not_your_hours");
        }
        // Nor under their own address.
        let wrong = format!("{own}/time-off/{}", text(&off, "id"));
        lani.delete(&wrong).await.problem(404, "not_found");
        assert_eq!(app.database.fingerprint().await, before);
    }
    // What isn't hours isn't theirs to change either.
    lani.patch(&own, 2, &json!({ "daily_cap": 1 })).await.problem(403, "not_allowed");
    put(&lani, &format!("{own}/skills"), 2, &json!({ "skills": [] }))
        .await
        .problem(403, "not_allowed");

    // Everybody sees that somebody is away; why is for few.
    let reasons = async |who: &Browser, of: &str| {
        let list = who.get(&format!("{of}/time-off")).await.expect(200);
        list["items"][0]["reason"].clone()
    };
    assert_eq!(reasons(&lani, &own).await, "surgery");
    assert_eq!(reasons(&owner, &own).await, "surgery");
    assert_eq!(reasons(&lani, &others).await, Value::Null);
    let desk = app.member(&spa, BuiltIn::Receptionist).await;
    let desk = app.sign_in(&desk).await.in_tenant(&spa);
    assert_eq!(reasons(&desk, &own).await, Value::Null);
    let log = owner.get("/v1/audit?limit=100").await;
    assert!(!log.text().contains("surgery"), "{log}");

    lani.delete(&format!("{own}/days/2026-04-10?location={here}")).await.expect(204);
    lani.delete(&format!("{own}/time-off/{}", text(&made, "id"))).await.expect(204);
    // Without the record, there is nothing of one's own.
    owner.patch(&own, 2, &json!({ "user_id": null })).await.expect(200);
    lani.post(&format!("{own}/time-off"), &away).await.problem(403, "not_your_hours");
}

#[tokio::test]
async fn days_with_hours_of_their_own() {
    let (app, spa, owner) = shop().await;
    let (here, staff) = (app.location(&spa).await.to_string(), app.first_staff(&spa).await);
    let path = format!("/v1/staff/{staff}/days");
    let day = |windows: Value| json!({ "location_id": here, "windows": windows });
    let evening = json!([{ "opens": "18:00", "closes": "01:00" }]);
    let on = format!("{path}/2026-03-10");
    let view = owner.put(&on, &day(evening.clone())).await.expect(200);
    let expected = json!({ "location_id": here, "day": "2026-03-10", "windows": evening });
    assert_eq!(view, expected);
    owner.put(&format!("{path}/2026-03-08"), &day(json!([]))).await.expect(200);
    owner.put(&on, &day(json!([]))).await.expect(200);
    let list = owner.get(&path).await.expect(200);
    assert_eq!(super::each(&list, "day"), ["2026-03-08", "2026-03-10"]);
    assert_eq!(list["items"][1]["windows"], json!([]), "the second time instead of the first");
    let asked = owner.get(&format!("{path}?from=2026-03-09&to=2026-03-09")).await.expect(200);
    assert_eq!(asked["items"], json!([]));
    owner.delete(&format!("{on}?location={here}")).await.expect(204);
    owner.delete(&format!("{on}?location={here}")).await.problem(404, "not_found");
    owner.delete(&format!("{on}?location=loc_x")).await.problem(404, "not_found");

    let other = app.business("Other").await;
    let foreign = app.location(&other).await.to_string();
    let at = |location: &str| json!({ "location_id": location, "windows": [] });
    for (day_of, body, field, code) in [
        ("2026-02-28", day(json!([])), "/day", "in_the_past"),
        ("1999-01-01", day(json!([])), "/day", "in_the_past"),
        ("2029-03-03", day(json!([])), "/day", "too_far_ahead"),
        ("2026-03-10", at(&foreign), "/location_id", "unknown_location"),
        ("2026-03-10", at("loc_00000000000000000000000007"), "/location_id", "unknown_location"),
        (
            "2026-03-10",
            day(
                json!([{ "opens": "09:00", "closes": "12:00" }, { "opens": "11:00", "closes": "13:00" }]),
            ),
            "/windows/1",
            "overlap",
        ),
    ] {
        let faults = owner.put(&format!("{path}/{day_of}"), &body).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{day_of} {body}");
    }
    for odd in ["2026-02-30", "yesterday", "9999-01-01", "-4713-01-01", "%2B262142-01-01"] {
        let answer = owner.put(&format!("{path}/{odd}"), &day(json!([]))).await;
        assert!((400..=422).contains(&answer.status), "{answer}");
        let answer = owner.delete(&format!("{path}/{odd}?location={here}")).await;
        assert!((400..=422).contains(&answer.status), "{answer}");
    }
    for range in ["from=2026-03-10&to=2026-03-09", "from=2026-01-01&to=2036-01-01"] {
        assert_eq!(owner.get(&format!("{path}?{range}")).await.faults()[0].0, "/to");
    }
    owner.get(&format!("{path}?from=2026-01-01&to=2027-01-01")).await.expect(200);
}

#[tokio::test]
async fn being_away() {
    let (app, spa, owner) = shop().await;
    let path = format!("/v1/staff/{}/time-off", app.first_staff(&spa).await);
    let away = |from: &str, to: &str| json!({ "starts_at": from, "ends_at": to, "reason": "🏖️" });
    let past = owner.post(&path, &away("2026-03-01T12:00:00Z", "2026-03-02T08:00:00Z")).await;
    past.expect(201);
    app.clock.advance(Duration::seconds(1));
    let next = owner.post(&path, &away("2026-03-08T00:00:00-05:00", "2026-03-15T00:00:00-05:00"));
    let next = next.await.expect(201);
    assert_eq!(
        (&next["starts_at"], &next["reason"]),
        (&json!("2026-03-08T05:00:00+00:00"), &json!("🏖️"))
    );
    // What is over is left out, unless it is asked for.
    let list = owner.get(&path).await.expect(200);
    assert_eq!(list["items"], json!([next]));
    let list = owner.get(&format!("{path}?from=2026-03-02T00:00:00Z")).await.expect(200);
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    let page = owner.get(&format!("{path}?from=2026-03-02T00:00:00Z&limit=1")).await.expect(200);
    let cursor = text(&page, "next_cursor");
    let rest = owner.get(&format!("{path}?from=2026-03-02T00:00:00Z&cursor={cursor}")).await;
    assert_eq!(rest.expect(200)["items"], json!([next]));
    for (from, to, field, code) in [
        ("2026-03-10T00:00:00Z", "2026-03-10T00:00:00Z", "/ends_at", "ends_before_start"),
        ("2026-03-10T00:00:00Z", "2026-03-09T00:00:00Z", "/ends_at", "ends_before_start"),
        ("2026-03-10T00:00:00Z", "2027-03-12T00:00:00Z", "/ends_at", "too_long"),
        ("2026-03-10T00:00:00Z", "2036-03-10T00:00:00Z", "/ends_at", "too_long"),
        ("2026-02-01T00:00:00Z", "2026-02-03T00:00:00Z", "/ends_at", "in_the_past"),
        ("2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z", "/starts_at", "too_far_ahead"),
        ("2026-03-10T00:00:00Z", "9999-01-01T00:00:00Z", "/ends_at", "format"),
    ] {
        let faults = owner.post(&path, &away(from, to)).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{from} to {to}");
    }
}
