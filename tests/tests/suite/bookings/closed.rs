//! What is left at a location that was closed for good.

use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::json;

#[tokio::test]
async fn visits_of_a_closed_location_are_brought_to_their_end() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let wanted = || spa.wanted(&["Facial"], 1, &[]);
    let ask = async |time: &str, who: &str| {
        let hold = spa.hold(wanted(), at(4, time), &who.repeat(3)).await.expect(201);
        let booked = spa.take_up(&hold, who, &format!("{who}@example.com")).await.expect(201);
        format!("/v1/b/{}", booked["link"].as_str().unwrap())
    };
    let (own, _) = (ask("10:00", "Ann").await, ask("12:00", "Bob").await);
    let seen = spa.guest.get(&own).await.expect(200);
    assert_eq!((&seen["may_move"], &seen["immovable"]), (&json!(true), &json!([])));
    let gone = ask("15:00", "Cyd").await;
    let hold = spa.hold(wanted(), at(6, "12:00"), "a late visitor").await.expect(201);
    app.another_location(&spa.business, "Annex").await;
    spa.owner.delete(&format!("/v1/locations/{}", spa.location)).await.expect(200);

    // Nothing new comes, whoever had begun.
    spa.take_up(&hold, "Dan", "dan@example.com").await.problem(409, "hold_over");
    let new = json!({ "location": spa.location, "wanted": wanted(), "start": at(6, "12:00") });
    spa.owner.post("/v1/appointments", &new).await.problem(404, "not_found");

    // By its link.
    let seen = spa.guest.get(&own).await.expect(200);
    assert_eq!(seen["time_zone"], "America/New_York");
    // It stays where it is: what is said of it, offered and refused agree.
    assert_eq!((&seen["may_move"], &seen["immovable"]), (&json!(false), &json!(["closed"])));
    let days = "from=2026-03-04&to=2026-03-14";
    let free = spa.guest.get(&format!("{own}/slots?{days}")).await.expect(200);
    assert_eq!(free["slots"], json!([]));
    let refused = spa.guest.post(&format!("{own}/move"), &json!({ "start": at(6, "14:00") }));
    let refused = refused.await.problem(409, "not_possible");
    assert_eq!(refused["particulars"]["reasons"], json!(["closed"]));
    let file = spa.guest.get(&format!("{own}/calendar.ics")).await.text();
    assert!(file.starts_with("BEGIN:VCALENDAR"), "{file}");
    let off = spa.guest.post(&format!("{own}/cancel"), &json!({})).await.expect(200);
    assert_eq!(off["status"], "cancelled");
    // By staff, who tell the customer.
    let listed = spa.owner.get("/v1/appointments?status=confirmed").await.expect(200);
    let path = |place: usize| {
        format!("/v1/appointments/{}", listed["items"][place]["id"].as_str().unwrap())
    };
    let bobs = spa.owner.get(&path(0)).await.expect(200);
    assert_eq!(bobs["customer"]["name"], "Bob");
    let version = json!({ "version": bobs["version"] });
    spa.owner.post(&format!("{}/cancel", path(0)), &version).await.expect(200);
    app.mail("Bob@example.com", "cancelled").await;
    let link = spa.owner.post_empty(&format!("{}/link", path(1))).await.expect(200);
    spa.guest.get(&format!("/v1/b/{}", link["link"].as_str().unwrap())).await.expect(200);
    spa.guest.get(&gone).await.problem(404, "not_found");
    let mut version = spa.owner.get(&path(1)).await.version();
    for deed in ["check-in", "start", "complete"] {
        let seen = json!({ "version": version });
        let done = spa.owner.post(&format!("{}/{deed}", path(1)), &seen).await.expect(200);
        version = done["version"].as_i64().unwrap();
    }
}
