//! A day at the desk.

use chrono::Duration;
use openchair_domain::authz::BuiltIn;
use openchair_tests::spa::at;
use openchair_tests::{Role, TestApp};
use serde_json::{Value, json};

fn path(visit: &Value, deed: &str) -> String {
    format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap())
}

#[tokio::test]
async fn a_visit_happens() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "12:00")).await.expect(201);
    assert_eq!(visit["status"], "confirmed");
    let do_it = async |deed: &str, version: i64| {
        spa.owner.post(&path(&visit, deed), &json!({ "version": version })).await
    };
    do_it("complete", 1).await.problem(409, "wrong_state");
    assert_eq!(do_it("check-in", 1).await.expect(200)["status"], "checked_in");
    assert_eq!(do_it("step-back", 2).await.expect(200)["status"], "confirmed");
    assert_eq!(do_it("check-in", 3).await.expect(200)["status"], "checked_in");
    assert_eq!(do_it("start", 4).await.expect(200)["status"], "in_service");
    let stale = do_it("complete", 4).await.problem(409, "stale_version");
    assert_eq!(stale["particulars"]["version"], 5);
    assert_eq!(stale["particulars"]["changes"][0]["action"], "started", "{stale}");
    assert_eq!(do_it("complete", 5).await.expect(200)["status"], "completed");
    do_it("cancel", 6).await.problem(409, "wrong_state");
    let history = spa.owner.get(&path(&visit, "history")).await.expect(200);
    let told = |key: &str| -> Vec<String> {
        let items = history["items"].as_array().unwrap().iter();
        items.map(|event| event[key].as_str().unwrap_or_default().to_owned()).collect()
    };
    let actions = told("action");
    assert_eq!(
        actions,
        ["booked", "checked_in", "stepped_back", "checked_in", "started", "completed"]
    );
    assert!(told("actor_name").iter().all(|name| *name == spa.business.owner.name));
    let events = "select count(*) from outbox_events where kind like 'appointment.%'";
    assert_eq!(app.database.count(events).await, 6);
}

#[tokio::test]
async fn approval_and_deposit_come_before_certainty() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    spa.could_take_cards(&app).await;
    let special = json!({ "deposit": { "kind": "percent", "value": 20 },
                          "policy": { "needs_approval": true } });
    spa.service("Peel", 60, 9_999, &special).await;
    spa.person("Pia", &["Peel"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    let ask = async |time: &str, visitor: &str| {
        let hold = spa.hold(spa.wanted(&["Peel"], 1, &[]), at(4, time), visitor).await.expect(201);
        assert_eq!(
            (&hold["needs_approval"], &hold["deposit_minor"]),
            (&json!(true), &json!(2_000))
        );
        spa.take_up(&hold, "Ann", "ann@example.com").await.expect(201)
    };
    let asked = ask("10:00", "visitor one").await;
    assert_eq!(asked["visit"]["status"], "pending_approval");
    let other = ask("12:00", "visitor two").await;
    // Time that waits for approval is taken.
    spa.hold(spa.wanted(&["Peel"], 1, &[]), at(4, "10:00"), "visitor three")
        .await
        .problem(409, "slot_taken");
    let list = "/v1/appointments?status=pending_approval";
    let visits = spa.owner.get(list).await.expect(200);
    let [first, second] = [&visits["items"][0], &visits["items"][1]];
    let confirm = spa.owner.post(&path(first, "confirm"), &json!({ "version": 2 })).await;
    assert_eq!(confirm.expect(200)["status"], "pending_payment");
    let paid = spa.owner.post(&path(first, "paid"), &json!({ "version": 3 })).await.expect(200);
    assert_eq!((&paid["status"], &paid["lapses_at"]), (&json!("confirmed"), &Value::Null));
    let no = json!({ "version": 2, "reason": "We are full" });
    let declined = spa.owner.post(&path(second, "decline"), &no).await.expect(200);
    assert_eq!(declined["status"], "cancelled");
    app.mail("ann@example.com", &spa.business.name).await;
    // Its time is free again.
    spa.hold(spa.wanted(&["Peel"], 1, &[]), at(4, "12:00"), "visitor four").await.expect(201);
    let link = format!("/v1/b/{}", other["link"].as_str().unwrap());
    // The mail that said no carries a new link; the one before leads nowhere.
    spa.guest.get(&link).await.problem(404, "not_found");
}

#[tokio::test]
async fn nobody_pays_and_the_time_is_free_again() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    spa.could_take_cards(&app).await;
    spa.service("Peel", 60, 9_000, &json!({ "deposit": { "kind": "fixed", "value": 500 } })).await;
    spa.person("Pia", &["Peel"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    let hold = spa.hold(spa.wanted(&["Peel"], 1, &[]), at(4, "10:00"), "a visitor").await;
    let asked = spa.take_up(&hold.expect(201), "Ann", "ann@example.com").await.expect(201);
    assert_eq!(asked["visit"]["status"], "pending_payment");
    app.clock.advance(Duration::minutes(29));
    spa.book(spa.wanted(&["Peel"], 1, &[]), at(4, "10:00")).await.problem(409, "slot_taken");
    app.clock.advance(Duration::minutes(1));
    spa.book(spa.wanted(&["Peel"], 1, &[]), at(4, "10:00")).await.expect(201);
    let own = spa.guest.get(&format!("/v1/b/{}", asked["link"].as_str().unwrap())).await;
    assert_eq!(own.expect(200)["status"], "expired");
}

#[tokio::test]
async fn late_and_missing_customers_owe_what_the_terms_say() {
    let app = TestApp::start().await;
    let mut spa = app.spa().await;
    let policy = json!({ "late_cancel_fee_percent": 50, "no_show_fee_percent": 100 });
    spa.service("Peel", 60, 9_000, &json!({ "policy": policy })).await;
    spa.person("Pia", &["Peel"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    let missed = spa.book(spa.wanted(&["Peel"], 1, &[]), at(4, "10:00")).await.expect(201);
    let hold = spa.hold(spa.wanted(&["Peel"], 1, &[]), at(4, "12:00"), "a visitor").await;
    let asked = spa.take_up(&hold.expect(201), "Ann", "ann@example.com").await.expect(201);
    app.clock.set(at(4, "10:20"));
    let gone = spa.owner.post(&path(&missed, "no-show"), &json!({ "version": 1 })).await;
    assert_eq!(gone.expect(200)["fee_minor"], 9_000);
    let back = spa.owner.post(&path(&missed, "step-back"), &json!({ "version": 2 })).await;
    assert_eq!(back.expect(200)["fee_minor"], 0);
    let link = format!("/v1/b/{}", asked["link"].as_str().unwrap());
    assert_eq!(spa.guest.get(&link).await.expect(200)["cancel_fee_minor"], 4_500);
    let off = spa.guest.post(&format!("{link}/cancel"), &json!({})).await.expect(200);
    assert_eq!((&off["status"], &off["fee_minor"]), (&json!("cancelled"), &json!(4_500)));
}

#[tokio::test]
async fn providers_see_and_touch_their_own_column() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let login = app.member(&spa.business, BuiltIn::Provider).await;
    let fay = app.sign_in(&login).await.in_tenant(&spa.business);
    let link = json!({ "user_id": login.id.to_string() });
    let version = spa.owner.get(&format!("/v1/staff/{}", spa.id("Fay"))).await.expect(200);
    let version = version["version"].as_i64().unwrap();
    let patched = spa.owner.patch(&format!("/v1/staff/{}", spa.id("Fay")), version, &link).await;
    patched.expect(200);
    let own = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "12:00")).await.expect(201);
    let other = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "12:00")).await.expect(201);
    let listed = fay.get("/v1/appointments").await.expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    fay.get(&path(&own, "history")).await.expect(200);
    fay.get(&path(&other, "history")).await.problem(404, "not_found");
    let seen = json!({ "version": 1 });
    fay.post(&path(&other, "check-in"), &seen).await.problem(404, "not_found");
    fay.post(&path(&own, "check-in"), &seen).await.expect(200);
    fay.post(&path(&own, "cancel"), &json!({ "version": 2 })).await.problem(403, "not_allowed");
    // Who may not call it off doesn't get the link that could: its customer does.
    assert_eq!(fay.post_empty(&path(&own, "link")).await.expect(200), json!({}));
    let mail = app.mail("ann@example.com", "Your visit to").await;
    assert!(mail["text"].as_str().unwrap().contains("/b/"), "{mail}");
    // One's own customers can be reached, and others' not.
    assert_eq!(listed["items"][0]["customer"]["email"], "ann@example.com");
    let role = app.custom_role(&spa.business, &["booking:read"]).await;
    let reader = app.member(&spa.business, Role::Custom(role)).await;
    let reader = app.sign_in(&reader).await.in_tenant(&spa.business);
    let listed = reader.get("/v1/appointments").await.expect(200);
    for visit in listed["items"].as_array().unwrap() {
        let customer = &visit["customer"];
        assert_eq!((&customer["name"], &customer["email"]), (&json!("Ann Other"), &Value::Null));
    }
    let body = |who: &str| {
        json!({ "wanted": spa.wanted(&["Facial"], 1, &[who]),
                                   "start": at(4, "15:00") })
    };
    fay.post("/v1/appointments", &body("Eve")).await.problem(403, "not_yours");
    // A second hand, or a colleague's beside one's own, is somebody else's time.
    let couple = json!({ "wanted": spa.wanted(&["Facial"], 2, &["Fay"]), "start": at(4, "17:00") });
    fay.post("/v1/appointments", &couple).await.problem(403, "not_yours");
    let weekly = json!({ "wanted": couple["wanted"], "start": couple["start"], "every": "week",
                         "step": 1, "count": 2 });
    fay.post("/v1/series", &weekly).await.problem(403, "not_yours");
    let second = json!({ "party": 2, "services": [
        { "service": spa.id("Facial"), "staff": spa.id("Fay"), "second_staff": spa.id("Eve") }] });
    let second = json!({ "wanted": second, "start": at(4, "17:00") });
    fay.post("/v1/appointments", &second).await.problem(403, "not_yours");
    let taken = "select count(*) from appointments where starts_at = '2026-03-04T22:00:00Z'";
    assert_eq!(app.database.count(taken).await, 0);
    fay.post("/v1/appointments", &body("Fay")).await.expect(201);
}

#[tokio::test]
async fn prices_and_names_stay_as_they_were_sold() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "12:00")).await.expect(201);
    let change = json!({ "name": "Golden facial", "price_minor": 12_000 });
    let facial = format!("/v1/services/{}", spa.id("Facial"));
    spa.owner.patch(&facial, 1, &change).await.expect(200);
    let to = json!({ "version": 1, "start": at(4, "15:00") });
    let moved = spa.owner.post(&path(&visit, "move"), &to).await.expect(200);
    assert_eq!(moved["price_minor"], 9_000);
    assert_eq!(moved["lines"][0]["service_name"], "Facial");
    assert_eq!(moved["lines"][0]["price_minor"], 9_000);
    let new = spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), at(4, "12:00")).await.expect(201);
    assert_eq!((&new["price_minor"], &new["title"]), (&json!(12_000), &json!("Golden facial")));
}
