//! Visits that are dragged about, and put over others on purpose.

use openchair_domain::authz::BuiltIn;
use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at, shown};
use serde_json::{Value, json};

fn path(visit: &Value, deed: &str) -> String {
    format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_visit_moves_as_a_whole_or_stays() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sunday = |time: &str| at(8, time);
    let couple = spa.book(spa.wanted(&["Massage"], 2, &[]), sunday("10:00")).await.expect(201);
    let before = Spa::hands(&couple);
    // Onto itself, half an hour later: nothing of its own is in the way.
    let to = json!({ "version": 1, "start": sunday("10:30") });
    let moved = spa.owner.post(&path(&couple, "move"), &to).await.expect(200);
    assert_eq!(moved["id"], couple["id"]);
    assert_eq!(moved["version"], 2);
    assert_eq!(Spa::hands(&moved), before);
    // Eve is with somebody else there.
    let wax = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), sunday("15:00")).await.expect(201);
    let to = json!({ "version": 2, "start": sunday("14:30") });
    let refused = spa.owner.post(&path(&couple, "move"), &to).await.problem(409, "slot_taken");
    assert_eq!(refused["particulars"]["reasons"], json!(["staff_busy"]), "{refused}");
    let still = spa.owner.get(&path(&couple, "")[..path(&couple, "").len() - 1]).await.expect(200);
    assert_eq!((&still["version"], &still["starts_at"]), (&json!(2), &shown(sunday("10:30"))));
    let stale = json!({ "version": 1, "start": sunday("16:00") });
    let stale = spa.owner.post(&path(&couple, "move"), &stale).await.problem(409, "stale_version");
    let change = &stale["particulars"]["changes"][0];
    assert_eq!(change["details"]["starts_at"]["after"], json!(sunday("10:30")), "{stale}");
    // Other hands, by name.
    let to = json!({ "version": 1, "start": sunday("15:00"), "staff": [spa.id("Wanda")] });
    let other = spa.owner.post(&path(&wax, "move"), &to).await.expect(200);
    assert_eq!(Spa::hands(&other)[0].0, "Wanda");
    let taken = "select count(*) from allocations";
    // Two people and a room, and one person.
    assert_eq!(app.database.count(taken).await, 4);
}

#[tokio::test]
async fn only_who_may_books_over_others_and_it_is_written_down() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let desk = app.member(&spa.business, BuiltIn::Receptionist).await;
    let desk = app.sign_in(&desk).await.in_tenant(&spa.business);
    spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "12:00")).await.expect(201);
    let over = json!({ "wanted": spa.wanted(&["Facial"], 1, &["Fay"]), "start": at(4, "12:00"),
                       "over": true });
    desk.post("/v1/appointments", &over).await.problem(403, "not_allowed");
    let visit = spa.owner.post("/v1/appointments", &over).await.expect(201);
    assert_eq!(visit["overridden"], true);
    let log = spa.owner.get("/v1/audit?action=appointment.overridden").await.expect(200);
    assert_eq!(log["items"][0]["subject"]["id"], visit["id"], "{log}");
    // It takes time like any other: nobody comes between by accident.
    let cancel = json!({ "version": 1 });
    let listed = spa.owner.get("/v1/appointments").await.expect(200);
    let plain = listed["items"].as_array().unwrap().iter().find(|v| v["overridden"] == false);
    spa.owner.post(&path(plain.unwrap(), "cancel"), &cancel).await.expect(200);
    let query = format!("services={}&staff={}", spa.id("Facial"), spa.id("Fay"));
    assert!(!spa.offered(&query, 4, 4).await.contains(&"2026-03-04T12:00".to_owned()));
}

#[tokio::test]
async fn bookings_that_cannot_be_meant() {
    let app = TestApp::start().await;
    let (spa, other) = (app.spa().await, app.spa().await);
    let book = async |wanted: Value, start: &str| {
        spa.owner.post("/v1/appointments", &json!({ "wanted": wanted, "start": start })).await
    };
    let facial = || spa.wanted(&["Facial"], 1, &[]);
    let field = |problem: Value| problem["fields"][0]["field"].as_str().unwrap().to_owned();
    let past = book(facial(), "2026-02-01T10:00:00Z").await.problem(422, "validation_failed");
    assert_eq!(field(past), "/start");
    let far = book(facial(), "2036-02-01T10:00:00Z").await.problem(422, "validation_failed");
    assert_eq!(field(far), "/start");
    let foreign = json!({ "services": [{ "service": other.id("Facial") }] });
    let foreign = book(foreign, "2026-03-04T15:00:00Z").await.problem(404, "not_found");
    let nobodys = app.new_id::<openchair_domain::ids::Service>();
    let rubbish = json!({ "services": [{ "service": nobodys }] });
    let rubbish = book(rubbish, "2026-03-04T15:00:00Z").await.problem(404, "not_found");
    assert_eq!(foreign["fields"], rubbish["fields"], "another's is answered like none");
    let staff = spa.wanted(&["Facial"], 1, &[]);
    let staff = json!({ "services": staff["services"], "staff": [other.id("Fay")] });
    let staff = book(staff, "2026-03-04T15:00:00Z").await.problem(404, "not_found");
    assert_eq!(field(staff), "/wanted/staff/0");
    let cannot = book(spa.wanted(&["Massage"], 1, &["Fay"]), "2026-03-04T15:00:00Z").await;
    let cannot = cannot.problem(409, "not_possible");
    assert_eq!(cannot["particulars"]["reasons"], json!(["cannot_do"]));
    let night = book(facial(), "2026-03-04T04:00:00Z").await.problem(409, "not_possible");
    assert_eq!(night["particulars"]["reasons"][0], "closed", "{night}");
}
