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

/// What is another's and what is nobody's: 404, and the field that names it.
#[tokio::test]
async fn ids_that_name_nothing_here() {
    let app = TestApp::start().await;
    let (spa, other) = (app.spa().await, app.spa().await);
    let package = |of: &Spa| {
        let new = json!({ "category_id": of.id("category"), "name": "Both", "mode": "sequence",
                          "price_minor": 1, "service_ids": [of.id("Facial")] });
        of.owner.post("/v1/packages", &new)
    };
    let package = package(&other).await.expect(201)["id"].clone();
    let customer = other.owner.post("/v1/customers", &json!({ "name": "Ann" })).await;
    let customer = customer.expect(201)["id"].clone();
    let facial = spa.id("Facial");
    let service = |more: Value| {
        let mut service = json!({ "service": facial });
        for (key, value) in more.as_object().unwrap() {
            service[key] = value.clone();
        }
        json!({ "services": [service] })
    };
    let wanted = [
        (json!({ "services": [{ "service": other.id("Facial") }] }), "/wanted/services/0/service"),
        (json!({ "package": package }), "/wanted/package"),
        (service(json!({ "staff": other.id("Fay") })), "/wanted/services/0/staff"),
        (service(json!({ "second_staff": other.id("Eve") })), "/wanted/services/0/second_staff"),
        (
            json!({ "services": [{ "service": facial }], "staff": [other.id("Fay")] }),
            "/wanted/staff/0",
        ),
    ];
    let names = |problem: &Value, field: &str, what: &str| {
        let found = &problem["fields"][0];
        assert_eq!(
            (&found["field"], &found["code"]),
            (&json!(field), &json!("not_found")),
            "{what}"
        );
    };
    let start = at(4, "10:00");
    let slug = &spa.business.slug;
    let hold = format!("/v1/public/{slug}/holds");
    let join = format!("/v1/public/{slug}/waitlist");
    let days = json!({ "first_day": "2026-03-04", "last_day": "2026-03-05", "name": "Ann",
                       "email": "ann@example.com" });
    let series = json!({ "every": "week", "step": 1, "count": 2 });
    let body = |wanted: &Value, more: &Value| {
        let mut body = json!({ "wanted": wanted });
        for (key, value) in more.as_object().unwrap() {
            body[key] = value.clone();
        }
        body
    };
    let with_start = |more: Value| {
        let mut more = more;
        more["start"] = json!(start);
        more
    };
    for (wanted, field) in &wanted {
        for (who, path, more) in [
            (&spa.owner, "/v1/appointments", with_start(json!({}))),
            (&spa.owner, "/v1/series", with_start(series.clone())),
            (&spa.owner, "/v1/waitlist", days.clone()),
            (&spa.guest, &*hold, with_start(json!({ "visitor": "a device" }))),
            (&spa.guest, &*join, days.clone()),
        ] {
            let answer = who.post(path, &body(wanted, &more)).await;
            names(&answer.problem(404, "not_found"), field, path);
        }
    }
    let fine = json!({ "services": [{ "service": facial }] });
    for (path, more) in [
        ("/v1/appointments", json!({})),
        ("/v1/series", series.clone()),
        ("/v1/waitlist", days.clone()),
    ] {
        let mut more = if path == "/v1/waitlist" { more } else { with_start(more) };
        more["location"] = json!(other.location);
        spa.owner.post(path, &body(&fine, &more)).await.problem(404, "not_found");
    }
    for (path, more) in [("/v1/appointments", json!({})), ("/v1/series", series)] {
        for (key, value, field) in [
            ("location", json!(other.location), "/location"),
            ("room", json!(other.id("Room 1")), "/room"),
            ("customer", json!({ "id": customer }), "/customer/id"),
        ] {
            let mut more = with_start(more.clone());
            more[key] = value;
            let answer = spa.owner.post(path, &body(&fine, &more)).await;
            names(&answer.problem(404, "not_found"), field, path);
        }
    }
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), start).await.expect(201);
    for (key, value, field) in [
        ("location", json!(other.location), "/location"),
        ("room", json!(other.id("Room 1")), "/room"),
        ("staff", json!([other.id("Fay")]), "/staff/0"),
    ] {
        let mut to = json!({ "version": 1, "start": at(4, "12:00") });
        to[key] = value;
        let answer = spa.owner.post(&path(&visit, "move"), &to).await;
        names(&answer.problem(404, "not_found"), field, "move");
    }
    let slots = format!("/v1/availability?services={facial}&from=2026-03-04&to=2026-03-04");
    for (path, field) in [
        (format!("{slots}&room={}", other.id("Room 1")), "room"),
        (format!("{slots}&location={}", other.location), "location"),
        (format!("{slots}&staff={}", other.id("Fay")), "staff"),
        (format!("/v1/appointments?staff={}", other.id("Fay")), "staff"),
        (format!("/v1/appointments?customer={}", customer.as_str().unwrap()), "customer"),
        (format!("/v1/appointments?location={}", other.location), "location"),
        (format!("/v1/waitlist?location={}", other.location), "location"),
    ] {
        names(&spa.owner.get(&path).await.problem(404, "not_found"), field, &path);
    }
    // A room of one's own narrows the search.
    let in_room = |room: &str| format!("{slots}&room={}", spa.id(room));
    let free = async |room: &str| {
        spa.owner.get(&in_room(room)).await.expect(200)["slots"].as_array().unwrap().len()
    };
    assert!(free("Room 2").await > free("Room 1").await, "the visit is in Fay's room");
}
