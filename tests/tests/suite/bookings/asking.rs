//! What customers are asked, what they are sold, and what is kept of it.

use chrono::Duration;
use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

async fn change(spa: &Spa, service: &str, change: Value) {
    let path = format!("/v1/services/{}", spa.id(service));
    let version = spa.owner.get(&path).await.expect(200)["version"].as_i64().unwrap();
    spa.owner.patch(&path, version, &change).await.expect(200);
}

#[tokio::test]
async fn answers_are_checked_and_kept_as_they_were_meant() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let form = json!({
        "kind": "intake", "name": "Health",
        "questions": [
            { "key": "pregnant", "kind": "yes_no", "label": "Are you pregnant?", "required": true },
            { "key": "oils", "kind": "text", "label": "Which oils?", "required": false },
        ],
    });
    let form = spa.owner.post("/v1/forms", &form).await.expect(201)["id"].clone();
    change(&spa, "Facial", json!({ "form_ids": [form] })).await;
    let hold = spa.hold(spa.wanted(&["Facial"], 1, &[]), at(4, "12:00"), "a visitor").await;
    let hold = hold.expect(201);
    assert_eq!(hold["forms"][0]["form"], form, "{hold}");
    let path = format!("/v1/public/{}/appointments", spa.business.slug);
    let ask = |answers: Value| {
        let body = json!({ "hold": hold["hold"], "name": "Ann", "email": "ann@example.com",
                           "answers": answers, "news": true });
        spa.guest.post(&path, &body)
    };
    let filled = |version: i32, answers: Value| json!([{ "form": form, "version": version, "answers": answers }]);
    for (answers, field, code) in [
        (json!([]), "/answers", "form_needed"),
        (filled(2, json!({ "pregnant": true })), "/answers", "form_needed"),
        (filled(1, json!({})), "/answers/0/answers/pregnant", "required"),
        (filled(1, json!({ "pregnant": "no" })), "/answers/0/answers/pregnant", "invalid"),
        (filled(1, json!({ "pregnant": false, "x": "" })), "/answers/0/answers/x", "unknown"),
        (
            filled(1, json!({ "pregnant": false, "oils": [1] })),
            "/answers/0/answers/oils",
            "invalid",
        ),
        (filled(1, json!("no")), "/answers/0/answers", "invalid"),
    ] {
        let problem = ask(answers).await.problem(422, "validation_failed");
        let first = &problem["fields"][0];
        assert_eq!((&first["field"], &first["code"]), (&json!(field), &json!(code)), "{problem}");
    }
    ask(filled(1, json!({ "pregnant": false, "oils": " rose " }))).await.expect(201);
    let customers = spa.owner.get("/v1/customers?q=ann").await.expect(200);
    let customer = customers["items"][0]["id"].as_str().unwrap();
    let kept = spa.owner.get(&format!("/v1/customers/{customer}/answers")).await.expect(200);
    assert_eq!(kept["items"][0]["answers"], json!({ "pregnant": false, "oils": "rose" }), "{kept}");
    let said = spa.owner.get(&format!("/v1/customers/{customer}/consents")).await.expect(200);
    let news = &said["items"][0];
    assert_eq!(
        (&news["purpose"], &news["granted"], &news["source"]),
        (&json!("marketing_email"), &json!(true), &json!("booking")),
        "{said}"
    );
}

/// The desk books without asking: who looks at the day sees what is still to be filled in.
#[tokio::test]
async fn the_day_says_what_is_not_filled_in_yet() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let intake = json!({
        "kind": "intake", "name": "Health",
        "questions": [{ "key": "well", "kind": "yes_no", "label": "Well?", "required": true }],
    });
    let intake = spa.owner.post("/v1/forms", &intake).await.expect(201)["id"].clone();
    let consent = json!({ "kind": "consent", "name": "Peeling", "text": "It may sting." });
    let consent = spa.owner.post("/v1/forms", &consent).await.expect(201)["id"].clone();
    change(&spa, "Facial", json!({ "form_ids": [intake, consent] })).await;
    let facial = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(4, "09:00")).await.expect(201);
    spa.book(spa.wanted(&["Wax"], 1, &["Wanda"]), at(4, "10:00")).await.expect(201);

    let path = "/v1/appointments/unfilled?from=2026-03-04T00:00:00Z&to=2026-03-05T12:00:00Z";
    let told = async |of: &openchair_tests::Browser| {
        let found = of.get(path).await.expect(200);
        let items = found["items"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| (item["appointment"].clone(), item["name"].clone()))
            .collect::<Vec<_>>()
    };
    let id = facial["id"].clone();
    let is =
        |names: &[&str]| names.iter().map(|name| (id.clone(), json!(name))).collect::<Vec<_>>();
    assert_eq!(told(&spa.owner).await, is(&["Health", "Peeling"]));
    let elsewhere = path.replace("03-04", "03-06").replace("03-05", "03-07");
    assert_eq!(spa.owner.get(&elsewhere).await.expect(200)["items"], json!([]));

    // What they agree to is agreed to, until they take it back.
    let say = async |granted: bool| {
        let said = format!(
            "insert into consents (tenant_id, id, customer_id, purpose, form_id, form_version, granted, source,
                                   recorded_by, at)
             select f.tenant_id, '{}', c.id, 'form', f.id, 1, {granted}, 'booking', 'nobody', now()
             from forms f, customers c where f.kind = 'consent' and c.email_key = 'ann@example.com'",
            app.new_id::<openchair_domain::ids::Event>().uuid()
        );
        app.database.run(&said).await;
        // What is said within one moment has no order.
        app.clock.advance(Duration::seconds(1));
    };
    say(true).await;
    assert_eq!(told(&spa.owner).await, is(&["Health"]));
    say(false).await;
    assert_eq!(told(&spa.owner).await, is(&["Health", "Peeling"]));

    // Who came by the link fills in all of it, before they come.
    let path_of = format!("/v1/appointments/{}", facial["id"].as_str().unwrap());
    let link = spa.owner.post_empty(&format!("{path_of}/link")).await.expect(200)["link"].clone();
    let own = format!("/v1/b/{}/forms", link.as_str().unwrap());
    let asked = spa.guest.get(&own).await.expect(200)["forms"].clone();
    let names = asked.as_array().unwrap().iter().map(|form| form["name"].as_str().unwrap());
    let mut names: Vec<_> = names.collect();
    // Both were made within one moment: they have no order, but there are no others.
    names.sort_unstable();
    assert_eq!(names, ["Health", "Peeling"]);
    let answers = json!([{ "form": intake, "version": 1, "answers": { "well": true } }]);
    let half = json!({ "answers": answers });
    spa.guest.post(&own, &half).await.problem(422, "validation_failed");
    assert_eq!(told(&spa.owner).await, is(&["Health", "Peeling"]));
    let whole = json!({ "answers": answers, "agreed": [{ "form": consent, "version": 1 }] });
    spa.guest.post(&own, &whole).await.expect(204);
    assert_eq!(told(&spa.owner).await, is(&[]));
    assert_eq!(spa.guest.get(&own).await.expect(200)["forms"], json!([]));
    // Once more it is done already, and staff see that it was.
    spa.guest.post(&own, &whole).await.expect(204);
    let history = spa.owner.get(&format!("{path_of}/history")).await.expect(200);
    let noted: Vec<_> =
        history["items"].as_array().unwrap().iter().map(|one| &one["details"]).collect();
    assert_eq!(noted.iter().filter(|one| !one["filled_in"].is_null()).count(), 1, "{history}");
    let facial = spa.owner.get(&path_of).await.expect(200);
    app.clock.advance(Duration::seconds(1));
    say(false).await;
    assert_eq!(told(&spa.owner).await, is(&["Peeling"]));

    // Of what is called off nothing is missing.
    let cancel = format!("/v1/appointments/{}/cancel", facial["id"].as_str().unwrap());
    spa.owner.post(&cancel, &json!({ "version": facial["version"] })).await.expect(200);
    assert_eq!(told(&spa.owner).await, is(&[]));
}

#[tokio::test]
async fn who_does_not_ask_for_news_said_nothing_about_them() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let hold = spa.hold(spa.wanted(&["Wax"], 1, &[]), at(4, "12:00"), "a visitor").await;
    spa.take_up(&hold.expect(201), "Ann", "ann@example.com").await.expect(201);
    assert_eq!(app.database.count("select count(*) from consents").await, 0);
}

/// What isn't sold alone can be part of a package that is; what was archived can't.
#[tokio::test]
async fn packages_are_had_while_all_of_them_is_there() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let package = json!({
        "category_id": spa.id("category"), "name": "Day", "mode": "sequence",
        "price_minor": 12_000, "service_ids": [spa.id("Facial"), spa.id("Wax")],
    });
    let package = spa.owner.post("/v1/packages", &package).await.expect(201)["id"].clone();
    let wanted = || json!({ "services": [], "package": package, "party": 1 });
    change(&spa, "Wax", json!({ "online": false })).await;
    let alone = spa.hold(spa.wanted(&["Wax"], 1, &[]), at(4, "16:00"), "visitor one").await;
    let problem = alone.problem(404, "not_found");
    assert_eq!(problem["fields"][0]["field"], "/wanted/services/0/service");
    let whole = spa.hold(wanted(), at(4, "12:00"), "visitor one").await.expect(201);
    assert_eq!((&whole["title"], &whole["price_minor"]), (&json!("Day"), &json!(12_000)));
    let gone = spa.owner.delete(&format!("/v1/services/{}", spa.id("Wax"))).await.expect(200);
    assert_eq!(gone["outcome"], "archived");
    let problem = spa.hold(wanted(), at(5, "12:00"), "visitor two").await;
    let problem = problem.problem(404, "not_found");
    assert_eq!(problem["fields"][0]["field"], "/wanted/package", "{problem}");
    let page = spa.guest.get(&format!("/v1/public/{}", spa.business.slug)).await.text();
    assert!(!page.contains(package.as_str().unwrap()), "{page}");
}

/// Nobody pays more before a visit than it costs.
#[tokio::test]
async fn a_deposit_is_no_more_than_the_price_with_whom_it_is() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    change(&spa, "Facial", json!({ "deposit": { "kind": "fixed", "value": 5_000 } })).await;
    let fay = format!("/v1/staff/{}", spa.id("Fay"));
    let seen = spa.owner.get(&fay).await.version();
    let skills = json!({ "skills": [{ "service_id": spa.id("Facial"), "price_minor": 3_000 }] });
    let put = spa.owner.put(&format!("{fay}/skills"), &skills);
    put.header("if-match", &format!("\"{seen}\"")).await.expect(200);
    for (who, day, price, deposit) in [("Eve", 4, 9_000, 5_000), ("Fay", 6, 3_000, 3_000)] {
        let wanted = spa.wanted(&["Facial"], 1, &[who]);
        let hold = spa.hold(wanted, at(day, "12:00"), who.repeat(3).as_str()).await.expect(201);
        let asked = (hold["price_minor"].as_i64(), hold["deposit_minor"].as_i64());
        assert_eq!(asked, (Some(price), Some(deposit)), "{hold}");
    }
}

/// What a service needs and what a room has find each other however they were typed.
#[tokio::test]
async fn features_are_one_however_they_are_typed() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    change(&spa, "Scrub", json!({ "room_features": [" SCRUB ", "scrub"] })).await;
    let visit = spa.book(spa.wanted(&["Scrub"], 1, &[]), at(4, "10:00")).await.expect(201);
    assert_eq!(Spa::hands(&visit)[0].1, "Room 3");
}
