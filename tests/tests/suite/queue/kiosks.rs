//! Tablets at the door.

use serde_json::{Value, json};

use super::open;

async fn tablet(spa: &openchair_tests::spa::Spa) -> (Value, String) {
    let body = json!({ "name": "Door", "location": spa.location });
    let made = spa.owner.post("/v1/kiosks", &body).await.expect(201);
    (made["kiosk"].clone(), made["token"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn people_join_at_a_tablet() {
    let (app, spa) = open(&["Eve"]).await;
    let (kiosk, token) = tablet(&spa).await;
    let shown = spa.guest.get(&format!("/v1/kiosk/{token}")).await.expect(200);
    assert_eq!((&shown["location"], &shown["open"]), (&json!(spa.location), &json!(true)));
    let body = spa.party("Ada", &["Wax"], &json!({}));
    let joined = spa.guest.post(&format!("/v1/kiosk/{token}/entries"), &body).await.expect(201);
    assert_eq!(joined["entry"]["here"], true);
    let line = spa.line().await;
    assert_eq!(line["entries"][0]["source"], "kiosk");
    let listed = spa.owner.get("/v1/kiosks").await.expect(200);
    assert_eq!(listed["items"][0]["last_used_at"], app.now().to_rfc3339());
    // Its own location, whatever is sent.
    let elsewhere = app.another_location(&spa.business, "Annex").await;
    let other = spa.party("Bob", &["Wax"], &json!({ "location": elsewhere }));
    let faults = spa.guest.post(&format!("/v1/kiosk/{token}/entries"), &other).await;
    assert_eq!(faults.status, 422, "{faults}");
    // Shut out.
    let path = format!("/v1/kiosks/{}", kiosk["id"].as_str().unwrap());
    for _ in 0..2 {
        spa.owner.delete(&path).await.expect(204);
    }
    spa.guest.get(&format!("/v1/kiosk/{token}")).await.problem(404, "not_found");
    let again = spa.guest.post(&format!("/v1/kiosk/{token}/entries"), &body).await;
    again.problem(404, "not_found");
    for action in ["kiosk.created", "kiosk.revoked"] {
        let log = spa.owner.get(&format!("/v1/audit?action={action}")).await.expect(200);
        assert_eq!(log["items"].as_array().unwrap().len(), 1, "{action}");
    }
}

/// The token in every place where other proofs are shown.
#[tokio::test]
async fn a_tablets_token_does_nothing_else() {
    let (_app, spa) = open(&["Eve"]).await;
    let (_, token) = tablet(&spa).await;
    let program = spa.guest.with_bearer(&token).in_tenant(&spa.business);
    let board = format!("/v1/queue?location={}", spa.location);
    for path in [&*board, "/v1/kiosks", "/v1/customers", "/v1/appointments", "/v1/me"] {
        assert_eq!(program.get(path).await.status, 401, "{path}");
    }
    let next = json!({ "location": spa.location, "staff": spa.id("Eve") });
    assert_eq!(program.post("/v1/queue/call-next", &next).await.status, 401);
    for path in [
        format!("/v1/q/{token}"),
        format!("/v1/b/{token}"),
        format!("/v1/w/{token}"),
        format!("/v1/o/{token}"),
    ] {
        program.get(&path).await.problem(404, "not_found");
    }
}
