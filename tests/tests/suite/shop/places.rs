use chrono::Duration;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{done, each, shop, text};

#[tokio::test]
async fn one_day_is_otherwise_than_the_week() {
    let (app, spa, owner) = shop().await;
    let path = format!("/v1/locations/{}/days", app.location(&spa).await);
    let late = json!({ "windows": [{ "opens": "22:00", "closes": "23:00" }] });
    let view = owner.put(&format!("{path}/2026-06-13"), &late).await.expect(200);
    assert_eq!(view, json!({ "day": "2026-06-13", "windows": late["windows"] }));
    let closed = json!({ "windows": [] });
    owner.put(&format!("{path}/2026-06-13"), &closed).await.expect(200);
    owner.put(&format!("{path}/2026-03-01"), &late).await.expect(200);
    let list = owner.get(&path).await.expect(200);
    assert_eq!(each(&list, "day"), ["2026-03-01", "2026-06-13"]);
    assert_eq!(list["items"][1]["windows"], json!([]));
    let later = owner.get(&format!("{path}?from=2026-03-02")).await.expect(200);
    assert_eq!(each(&later, "day"), ["2026-06-13"]);
    owner.delete(&format!("{path}/2026-06-13")).await.expect(204);
    owner.delete(&format!("{path}/2026-06-13")).await.problem(404, "not_found");
    for (day, body, field, code) in [
        ("2026-02-28", &closed, "/day", "in_the_past"),
        ("2029-03-03", &closed, "/day", "too_far_ahead"),
        (
            "2026-06-13",
            &json!({ "windows": [{ "opens": "9:00", "closes": "10:00" }] }),
            "/windows/0/opens",
            "pattern",
        ),
        (
            "2026-06-13",
            &json!({ "windows": [{ "opens": "10:00", "closes": "10:00" }] }),
            "/windows/0/closes",
            "empty",
        ),
    ] {
        let faults = owner.put(&format!("{path}/{day}"), body).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{day} {body}");
    }
    assert_eq!(
        owner.get(&format!("{path}?from=2026-01-01&to=2027-01-02")).await.faults()[0].1,
        "too_long"
    );
    let other = app.business("Other").await;
    let foreign = format!("/v1/locations/{}/days", app.location(&other).await);
    owner.put(&format!("{foreign}/2026-06-13"), &closed).await.problem(404, "not_found");
    owner.get(&foreign).await.problem(404, "not_found");
    assert_eq!(done(&owner, "location.day_changed").await, 4);
}

/// Customers see the days that go otherwise before they come, where a closure counts for more.
#[tokio::test]
async fn the_public_page_says_which_days_are_otherwise() {
    let (app, spa, owner) = shop().await;
    let here = app.location(&spa).await.to_string();
    let path = format!("/v1/locations/{here}/days");
    let late = json!({ "windows": [{ "opens": "22:00", "closes": "23:00" }] });
    for day in ["2026-03-01", "2026-03-10", "2026-03-12", "2026-06-13"] {
        owner.put(&format!("{path}/{day}"), &late).await.expect(200);
    }
    let shut = |at: Value, first: &str, last: &str| json!({ "location_id": at, "first_day": first, "last_day": last });
    let all = shut(Value::Null, "2026-03-12", "2026-03-13");
    owner.post("/v1/closures", &all).await.expect(201);
    let long = shut(json!(here), "2026-04-30", "2026-06-01");
    owner.post("/v1/closures", &long).await.expect(201);

    let page = app.browser().get(&format!("/v1/public/{}", spa.slug)).await.expect(200);
    let days = page["locations"][0]["days"].as_array().unwrap();
    let told: Vec<_> = days
        .iter()
        .map(|day| (day["day"].as_str().unwrap(), day["windows"] == late["windows"]))
        .collect();
    // Yesterday is today somewhere; two months ahead nobody looks.
    let (open, closed) = (true, false);
    assert_eq!(
        told,
        [
            ("2026-03-01", open),
            ("2026-03-10", open),
            ("2026-03-12", closed),
            ("2026-03-13", closed),
            ("2026-04-30", closed),
            ("2026-05-01", closed),
        ]
    );
}

#[tokio::test]
async fn closed_for_some_days() {
    let (app, spa, owner) = shop().await;
    let here = app.location(&spa).await.to_string();
    let closure = |first: &str, last: &str, at: Value| json!({ "first_day": first, "last_day": last, "location_id": at, "reason": "عيد 🎉" });
    let all = closure("2026-12-24", "2027-01-01", Value::Null);
    let all = owner.post("/v1/closures", &all).await.expect(201);
    assert_eq!((&all["location_id"], text(&all, "reason")), (&Value::Null, "عيد 🎉"));
    app.clock.advance(Duration::seconds(1));
    let one = owner.post("/v1/closures", &closure("2026-03-02", "2026-03-02", json!(here))).await;
    let one = one.expect(201);
    assert_eq!(text(&one, "location_id"), here);
    let list = owner.get("/v1/closures").await.expect(200);
    assert_eq!(list["items"], json!([all, one]));
    let list = owner.get("/v1/closures?from=2026-03-03").await.expect(200);
    assert_eq!(list["items"], json!([all]));
    let list = owner.get("/v1/closures?limit=1").await.expect(200);
    let next = owner.get(&format!("/v1/closures?cursor={}", text(&list, "next_cursor"))).await;
    assert_eq!(next.expect(200)["items"], json!([one]));
    let path = format!("/v1/closures/{}", text(&all, "id"));
    owner.delete(&path).await.expect(204);
    owner.delete(&path).await.problem(404, "not_found");
    let other = app.business("Other").await;
    let foreign = app.location(&other).await.to_string();
    for (first, last, at, field, code) in [
        ("2026-03-10", "2026-03-09", Value::Null, "/last_day", "ends_before_start"),
        ("2026-02-27", "2026-02-28", Value::Null, "/last_day", "in_the_past"),
        ("2026-02-27", "2026-03-28", Value::Null, "/first_day", "in_the_past"),
        ("2026-03-10", "2027-03-11", Value::Null, "/last_day", "too_long"),
        ("2026-03-10", "2036-03-10", Value::Null, "/last_day", "too_long"),
        ("2029-03-01", "2029-03-03", Value::Null, "/last_day", "too_far_ahead"),
        ("2026-02-30", "2026-03-03", Value::Null, "/first_day", "format"),
        ("2026-03-10", "2026-03-10", json!(foreign), "/location_id", "unknown_location"),
        (
            "2026-03-10",
            "2026-03-10",
            json!("loc_00000000000000000000000007"),
            "/location_id",
            "unknown_location",
        ),
    ] {
        let faults = owner.post("/v1/closures", &closure(first, last, at)).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{first} to {last}");
    }
    assert_eq!(owner.get("/v1/closures").await.expect(200)["items"], json!([one]));
}

#[tokio::test]
async fn a_business_keeps_a_location() {
    let (app, spa, owner) = shop().await;
    let here = format!("/v1/locations/{}", app.location(&spa).await);
    owner.delete(&here).await.problem(409, "last_location");
    let annex = format!("/v1/locations/{}", app.another_location(&spa, "Annex").await);
    // Of two that are closed at once, one stays.
    let both = [owner.delete(&here), owner.delete(&annex)];
    let answers = join_all(both.map(IntoFuture::into_future)).await;
    let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409], "{answers:#?}");
    let gone = if answers[0].status == 200 { &here } else { &annex };
    let closed = answers.iter().find(|answer| answer.status == 200).unwrap();
    assert_eq!(closed.json(), json!({ "outcome": "archived" }));
    owner.get(gone).await.problem(404, "not_found");
    owner.delete(gone).await.problem(404, "not_found");
    assert_eq!(owner.get("/v1/locations").await.expect(200)["items"].as_array().unwrap().len(), 1);
    let archived = owner.get("/v1/locations?archived=true").await.expect(200);
    assert!(archived["items"][0]["archived_at"].is_string(), "{archived}");

    // It comes back if there is room for it.
    for number in 0..4 {
        app.another_location(&spa, &format!("Annex {number}")).await;
    }
    owner.post_empty(&format!("{gone}/restore")).await.problem(409, "plan_limit");
    app.database.run("update tenants set plan = 'business'").await;
    let back = owner.post_empty(&format!("{gone}/restore")).await.expect(200);
    assert_eq!(back["version"], 3);
    assert_eq!(owner.get(gone).await.expect(200), back);
    assert_eq!(done(&owner, "location.restored").await, 1);
    assert_eq!(done(&owner, "location.archived").await, 1);
}
