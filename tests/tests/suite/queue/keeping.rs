//! How a queue is kept, and whose it is.

use openchair_domain::authz::BuiltIn;
use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::json;

use super::open;

#[tokio::test]
async fn settings_are_changed_in_the_version_that_was_seen() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let path = format!("/v1/locations/{}/queue", spa.location);
    let first = spa.owner.get(&path).await;
    assert_eq!((first.version(), first.json()["open"].as_bool()), (1, Some(false)));
    let staff = json!({ "open": true, "staff": [spa.id("Wanda"), spa.id("Eve")] });
    let changed = spa.owner.patch(&path, 1, &staff).await.expect(200);
    // In the shop's order.
    assert_eq!(changed["staff"][0]["name"], "Eve");
    spa.owner.patch(&path, 1, &staff).await.problem(412, "version_conflict");
    let since = changed["staff"][0]["since"].clone();
    app.clock.advance(chrono::Duration::minutes(5));
    let only = json!({ "staff": [spa.id("Eve")], "capacity": 3, "expires_minutes": 30 });
    let changed = spa.owner.patch(&path, 2, &only).await.expect(200);
    assert_eq!(changed["staff"].as_array().unwrap().len(), 1);
    // Who served before has done so since then.
    assert_eq!(changed["staff"][0]["since"], since);
    for (bad, status) in [
        (json!({ "capacity": 0 }), 422),
        (json!({ "expires_minutes": 5 }), 422),
        (json!({ "staff": ["stf_00000000000000000000000007"] }), 404),
        (json!({ "services": ["svc_00000000000000000000000007"] }), 404),
    ] {
        let answer = spa.owner.patch(&path, 3, &bad).await;
        assert_eq!(answer.status, status, "{bad}: {answer}");
    }
    let log = spa.owner.get("/v1/audit?action=queue.changed").await.expect(200);
    assert_eq!(log["items"].as_array().unwrap().len(), 2);
    // Somebody who leaves the shop doesn't serve any more.
    spa.owner.delete(&format!("/v1/staff/{}", spa.id("Eve"))).await.expect(200);
    let now = spa.owner.get(&path).await.expect(200);
    assert_eq!(now["staff"], json!([]));
}

#[tokio::test]
async fn another_business_sees_and_does_nothing() {
    let (app, spa) = open(&["Eve"]).await;
    let joined = spa.desk_in("Ada", &["Wax"], &json!({})).await;
    let other = app.business("Other").await;
    let stranger = app.sign_in(&other.owner).await.in_tenant(&other);
    let id = joined["id"].as_str().unwrap();
    stranger.get(&format!("/v1/queue?location={}", spa.location)).await.problem(404, "not_found");
    stranger.get(&format!("/v1/queue/entries/{id}")).await.problem(404, "not_found");
    stranger.get(&format!("/v1/queue/entries/{id}/history")).await.problem(404, "not_found");
    stranger.get(&format!("/v1/locations/{}/queue", spa.location)).await.problem(404, "not_found");
    let seen = json!({ "version": 1 });
    for deed in ["call", "return", "start", "finish", "no-show", "leave", "convert"] {
        let path = format!("/v1/queue/entries/{id}/{deed}");
        stranger.post(&path, &seen).await.problem(404, "not_found");
    }
    let next = json!({ "location": spa.location });
    stranger.post("/v1/queue/call-next", &next).await.problem(404, "not_found");
    let body = json!({ "location": spa.location, "name": "Eve", "services": [spa.id("Wax")] });
    stranger.post("/v1/queue/entries", &body).await.problem(404, "not_found");
    let range = format!("location={}&from=2026-03-01&to=2026-03-02", spa.location);
    let path = format!("/v1/queue/accuracy?{range}");
    stranger.get(&path).await.problem(404, "not_found");
    assert_eq!(spa.entry(&joined).await["version"], 1);
}

#[tokio::test]
async fn telephones_are_for_who_may_see_customers() {
    let (app, spa) = open(&["Eve"]).await;
    spa.desk_in("Ada", &["Wax"], &json!({ "phone": "+1 415 555 0132" })).await;
    let path = format!("/v1/queue?location={}", spa.location);
    let provider = app.member(&spa.business, BuiltIn::Provider).await;
    let provider = app.sign_in(&provider).await.in_tenant(&spa.business);
    let seen = provider.get(&path).await;
    assert!(!seen.text().contains("5550132"), "{seen}");
    assert_eq!(seen.expect(200)["entries"][0]["name"], "Ada");
    assert!(spa.owner.get(&path).await.text().contains("5550132"));
}

/// Who sees only their own visits isn't told on the board who comes for somebody else's.
#[tokio::test]
async fn visits_have_no_names_for_who_sees_only_their_own() {
    let (app, spa) = open(&["Eve"]).await;
    let wanted = spa.wanted(&["Wax"], 1, &["Eve"]);
    let visit = spa.book(wanted, at(2, "11:00")).await.expect(201);
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    let version = spa.owner.get(&path).await.version();
    let here = json!({ "version": version });
    spa.owner.post(&format!("{path}/check-in"), &here).await.expect(200);
    let path = format!("/v1/queue?location={}", spa.location);
    let provider = app.member(&spa.business, BuiltIn::Provider).await;
    let provider = app.sign_in(&provider).await.in_tenant(&spa.business);
    let seen = provider.get(&path).await;
    let entry = &seen.expect(200)["entries"][0];
    assert_eq!((&entry["source"], &entry["name"]), (&json!("appointment"), &json!("")), "{entry}");
    assert!(entry["customer"].is_null() && entry["note"] == "" && entry["due_at"].is_string());
    assert_eq!(spa.line().await["entries"][0]["name"], "Ann Other");
}

/// Whoever is erased leaves no name in the line, and doesn't stand there any more.
#[tokio::test]
async fn whoever_is_erased_is_forgotten_by_the_line() {
    let (app, spa) = open(&["Eve"]).await;
    let body = json!({ "name": "Zoraida", "phone": "+1 415 555 0132" });
    let customer = spa.owner.post("/v1/customers", &body).await.expect(201);
    let known = json!({ "customer": customer["id"], "note": "allergic" });
    let by_record = spa.desk_in("Zoraida", &["Wax"], &known).await;
    let by_number = spa.desk_in("Zoraida", &["Wax"], &json!({ "phone": "+1 415 555 0132" })).await;
    let other = spa.desk_in("Zoraida", &["Wax"], &json!({ "phone": "+1 415 555 0133" })).await;
    let path = format!("/v1/customers/{}/erase", customer["id"].as_str().unwrap());
    let erased = spa.owner.post(&path, &json!({ "version": 1 })).await;
    assert!(erased.status < 300, "{erased}");
    for gone in [&by_record, &by_number] {
        let now = spa.entry(gone).await;
        assert_eq!(now["state"], "left", "{now}");
        assert_eq!((&now["name"], &now["phone"]), (&json!("Erased customer"), &json!(null)));
        assert_eq!(now["note"], "");
    }
    assert_eq!(spa.entry(&other).await["state"], "waiting");
    let left = "select count(*) from queue_entries where name = 'Zoraida'";
    assert_eq!(app.database.count(left).await, 1);
}
