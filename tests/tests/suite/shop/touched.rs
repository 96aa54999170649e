//! Whoever changes rules says whose availability it changes, and who refuses says nothing.

use openchair_domain::ids::{Id, Location};
use openchair_tests::{Answer, TestApp};
use serde_json::json;

use super::{put, shop, text, week};

async fn rules(app: &TestApp, at: Id<Location>) -> i64 {
    let sql = "select rules from availability_versions where location_id =";
    app.database.count(&format!("{sql} '{}'", at.uuid())).await
}

#[tokio::test]
async fn every_change_is_seen_where_it_matters() {
    let (app, spa, owner) = shop().await;
    let (here, staff) = (app.location(&spa).await, app.first_staff(&spa).await);
    let annex = app.another_location(&spa, "Annex").await;
    let other = app.business("Other").await;
    let elsewhere = app.location(&other).await;
    let untouched = rules(&app, elsewhere).await;
    let (member, place) = (format!("/v1/staff/{staff}"), format!("/v1/locations/{here}"));
    let mut seen = (rules(&app, here).await, rules(&app, annex).await);
    // What it moves: here, and at the other location.
    let mut moved = async |what: &str, answer: Answer, here_by: i64, annex_by: i64| {
        assert!(answer.status < 300, "{what}: {answer}");
        let now = (rules(&app, here).await, rules(&app, annex).await);
        assert_eq!(now, (seen.0 + here_by, seen.1 + annex_by), "{what}");
        seen = now;
        answer.json()
    };

    let lani = owner.post("/v1/staff", &json!({ "name": "Lani" })).await;
    let lani = moved("a new one", lani, 1, 1).await;
    let lani = text(&lani, "id").to_owned();
    let order = json!({ "ids": [lani, staff.to_string()] });
    moved("an order", owner.put("/v1/staff/order", &order).await, 1, 1).await;
    let gone = owner.delete(&format!("/v1/staff/{lani}")).await;
    moved("one who goes", gone, 1, 1).await;
    let change = owner.patch(&member, 1, &json!({ "online": false })).await;
    moved("somebody", change, 1, 1).await;
    let skills = json!({ "skills": [] });
    moved("skills", put(&owner, &format!("{member}/skills"), 2, &skills).await, 1, 1).await;
    let hours = json!({ "location_id": here.to_string(), "work": week(&[1], "09:00", "17:00") });
    let hours = json!({ "locations": [hours] });
    moved("hours", put(&owner, &format!("{member}/hours"), 3, &hours).await, 1, 1).await;
    let day = json!({ "location_id": here.to_string(), "windows": [] });
    moved("a day", owner.put(&format!("{member}/days/2026-03-10"), &day).await, 1, 1).await;
    let clear = format!("{member}/days/2026-03-10?location={here}");
    moved("the week again", owner.delete(&clear).await, 1, 1).await;
    let away = json!({ "starts_at": "2026-04-01T00:00:00Z", "ends_at": "2026-04-02T00:00:00Z" });
    let away = owner.post(&format!("{member}/time-off"), &away).await;
    let away = moved("being away", away, 1, 1).await;
    let back = owner.delete(&format!("{member}/time-off/{}", text(&away, "id"))).await;
    moved("being back", back, 1, 1).await;
    let policy = owner.patch("/v1/booking-policy", 1, &json!({ "slot_step_minutes": 20 })).await;
    moved("the rules", policy, 1, 1).await;

    let business = owner.get("/v1/tenant").await.version();
    let name = owner.patch("/v1/tenant", business, &json!({ "name": "Laguna" })).await;
    moved("another name", name, 1, 1).await;

    let days = json!({ "first_day": "2026-12-24", "last_day": "2026-12-26" });
    moved("closed everywhere", owner.post("/v1/closures", &days).await, 1, 1).await;
    let mut days = days;
    days["location_id"] = json!(here.to_string());
    let closed = moved("closed here", owner.post("/v1/closures", &days).await, 1, 0).await;
    let open = owner.delete(&format!("/v1/closures/{}", text(&closed, "id"))).await;
    moved("open here", open, 1, 0).await;
    let on = format!("{place}/days/2026-03-10");
    moved("a day here", owner.put(&on, &json!({ "windows": [] })).await, 1, 0).await;
    moved("the week here", owner.delete(&on).await, 1, 0).await;
    let room = json!({ "location_id": here.to_string(), "name": "Room" });
    let room = moved("a room", owner.post("/v1/rooms", &room).await, 1, 0).await;
    let room = text(&room, "id").to_owned();
    let order = owner.put(&format!("{place}/rooms/order"), &json!({ "ids": [room] })).await;
    moved("an order of rooms", order, 1, 0).await;
    let change = owner.patch(&format!("/v1/rooms/{room}"), 1, &json!({ "places": 2 })).await;
    moved("a larger room", change, 1, 0).await;
    moved("no room", owner.delete(&format!("/v1/rooms/{room}")).await, 1, 0).await;
    moved("no annex", owner.delete(&format!("/v1/locations/{annex}")).await, 0, 1).await;
    let again = owner.post_empty(&format!("/v1/locations/{annex}/restore")).await;
    moved("an annex", again, 0, 1).await;

    // Who is refused, and who only looks, moves nothing.
    let before = (rules(&app, here).await, rules(&app, annex).await);
    owner.patch(&member, 1, &json!({ "online": true })).await.problem(412, "version_conflict");
    owner.post("/v1/staff", &json!({ "name": "" })).await.faults();
    owner.get("/v1/staff").await.expect(200);
    owner.post_empty(&format!("{member}/restore")).await.expect(200);
    assert_eq!((rules(&app, here).await, rules(&app, annex).await), before);
    assert_eq!(rules(&app, elsewhere).await, untouched);
    // Others hear of each.
    let events = app.database.count("select count(*) from outbox_events where kind like 'staff.%'");
    assert_eq!(events.await, 10);
}
