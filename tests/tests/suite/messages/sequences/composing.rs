use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{books, came, composed, id, it_is, log, step, thanks};

#[tokio::test]
async fn a_business_composes_what_it_says() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let mut new = thanks();
    new["service_ids"] = json!([spa.id("Facial")]);
    new["steps"][1]["words"].as_array_mut().unwrap().push(
        json!({ "locale": "de", "subject": "Kommen Sie wieder", "body": "Hallo {{ name }}" }),
    );
    let made = spa.owner.post("/v1/sequences", &new).await;
    assert_eq!(made.version(), 1);
    let made = made.expect(201);
    assert_eq!((&made["on"], &made["rest_days"]), (&json!(true), &json!(180)));
    assert_eq!(made["steps"], {
        let mut steps = new["steps"].clone();
        // By language.
        steps[1]["words"].as_array_mut().unwrap().reverse();
        steps
    });
    let path = format!("/v1/sequences/{}", id(&made));
    assert_eq!(spa.owner.get(&path).await.expect(200), made);
    let change = json!({ "name": "Gone", "trigger": "not_seen", "days": 60, "rest_days": 90 });
    let changed = spa.owner.patch(&path, 1, &change).await.expect(200);
    assert_eq!((&changed["days"], &changed["version"]), (&json!(60), &json!(2)));
    assert_eq!(changed["steps"], made["steps"]);
    spa.owner.patch(&path, 1, &change).await.problem(412, "version_conflict");
    let back = json!({ "trigger": "no_show", "on": false });
    let changed = spa.owner.patch(&path, 2, &back).await.expect(200);
    assert_eq!((&changed["on"], &changed["days"]), (&json!(false), &Value::Null));
    app.clock.advance(chrono::Duration::seconds(1));
    let other = composed(&spa, &thanks()).await;
    let listed = spa.owner.get("/v1/sequences?limit=1").await.expect(200);
    assert_eq!(listed["items"], json!([other]));
    let next = listed["next_cursor"].as_str().unwrap();
    let rest = spa.owner.get(&format!("/v1/sequences?limit=1&cursor={next}")).await.expect(200);
    assert_eq!(rest["items"], json!([changed]));
    spa.owner.delete(&path).await.expect(204);
    spa.owner.get(&path).await.problem(404, "not_found");
    spa.owner.get(&format!("{path}/runs")).await.problem(404, "not_found");
    let noted = spa.owner.get("/v1/audit?limit=100").await.expect(200);
    let noted = noted["items"].as_array().unwrap().iter();
    let mut actions: Vec<_> = noted
        .filter_map(|line| line["action"].as_str().filter(|action| action.starts_with("sequence.")))
        .collect();
    actions.sort_unstable();
    let expected = ["archived", "created", "created", "updated", "updated"];
    assert_eq!(actions, expected.map(|action| format!("sequence.{action}")));
}

#[tokio::test]
async fn words_that_cannot_be_used_are_not_kept() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let made = composed(&spa, &thanks()).await;
    let path = format!("/v1/sequences/{}", id(&made));
    for (body, code, says) in [
        ("{{ name", "bad_template", "Line 1"),
        ("{{ nmae }}", "unknown_field", "nmae. There are: name, business"),
        ("{{ reason }}", "unknown_field", "reason"),
        ("{% for x in name %}{{ x }}{% endfor %}", "bad_template", "\"for\""),
        ("{{ name * 9999999 }}", "bad_template", "braces"),
        ("   ", "required", ""),
    ] {
        let mut new = thanks();
        new["steps"][1]["words"][0]["body"] = json!(body);
        for answer in [
            spa.owner.post("/v1/sequences", &new).await,
            spa.owner.patch(&path, 1, &json!({ "steps": new["steps"] })).await,
        ] {
            let expected = [("/steps/1/words/0/body".to_owned(), code.to_owned())];
            assert_eq!(answer.faults(), expected, "{body}");
            let detail = answer.json()["fields"][0]["detail"].as_str().unwrap().to_owned();
            assert!(detail.contains(says), "{detail} of {body}");
        }
    }
    let mut foreign = thanks();
    foreign["steps"][0]["words"][0]["locale"] = json!("de");
    let faults = spa.owner.post("/v1/sequences", &foreign).await.faults();
    assert_eq!(faults, [("/steps/0/words".to_owned(), "needs_language".to_owned())]);
    let mut unknown = thanks();
    unknown["service_ids"] = json!(["svc_00000000000000000000000007"]);
    let faults = spa.owner.post("/v1/sequences", &unknown).await.faults();
    assert_eq!(faults, [("/service_ids".to_owned(), "unknown".to_owned())]);
    assert_eq!(spa.owner.get(&path).await.expect(200), made);
    // What a step says is nowhere else.
    spa.owner.get("/v1/message-templates/sequence/email/en").await.problem(404, "not_found");
}

#[tokio::test]
async fn all_steps_can_be_looked_at() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let mut new = thanks();
    new["steps"][1]["words"].as_array_mut().unwrap().push(
        json!({ "locale": "de", "subject": "Bis bald", "body": "Hallo {{ name }}: {{ date }}" }),
    );
    let path = format!("/v1/sequences/{}/preview", id(&composed(&spa, &new).await));
    let seen = spa.owner.post(&path, &json!({})).await.expect(200);
    assert_eq!(seen["steps"][0]["subject"], "Thank you, Ana Pérez");
    assert!(seen["steps"][0]["html"].as_str().unwrap().contains("<bdi>Lagoon"), "{seen}");
    assert_eq!(seen["steps"][1]["wait_minutes"], 2_880);
    let seen = spa.owner.post(&path, &json!({ "locale": "de" })).await.expect(200);
    let locales = (&seen["steps"][0]["locale"], &seen["steps"][1]["locale"]);
    assert_eq!(locales, (&json!("en"), &json!("de")));
    assert!(seen["steps"][1]["text"].as_str().unwrap().contains("Sonntag"), "{seen}");
    let faults = spa.owner.post(&path, &json!({ "locale": "tlh" })).await.faults();
    assert_eq!(faults, [("/locale".to_owned(), "unknown_language".to_owned())]);
}

#[tokio::test]
async fn what_people_are_called_is_text() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let mut new = thanks();
    new["steps"] = json!([step(0, "For {{ name }}")]);
    composed(&spa, &new).await;
    let visit = books(&spa, "Mallory", true, at(3, "10:00")).await;
    let called =
        "update customers set name = '{{ 7*7 }}<script>' where email = 'mallory@example.com'";
    app.database.run(called).await;
    app.clock.set(at(3, "10:30"));
    came(&spa, &visit).await;
    it_is(&app, at(3, "11:05")).await;
    let mail = app.mail("mallory@example.com", "For ").await;
    assert_eq!(mail["subject"], "For {{ 7*7 }}<script>");
    assert!(!mail["html"].as_str().unwrap().contains("<script"), "{mail}");
}

#[tokio::test]
async fn another_business_finds_nothing_of_it() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sequence = composed(&spa, &thanks()).await;
    super::guests(&app, &spa, &["Ann"]).await;
    it_is(&app, at(3, "11:05")).await;
    let run = super::run_of(&spa, &sequence, "Ann").await;
    let other = app.business("Elsewhere").await;
    let other = app.sign_in(&other.owner).await.in_tenant(&other);
    let path = format!("/v1/sequences/{}", id(&sequence));
    other.get(&path).await.problem(404, "not_found");
    other.get(&format!("{path}/runs")).await.problem(404, "not_found");
    other.patch(&path, 1, &json!({ "on": false })).await.problem(404, "not_found");
    other.delete(&path).await.problem(404, "not_found");
    other.post(&format!("{path}/preview"), &json!({})).await.problem(404, "not_found");
    let stop = format!("{path}/runs/{}/stop", id(&run));
    other.post_empty(&stop).await.problem(404, "not_found");
    // Nor from a sequence of their own.
    let own = other.post("/v1/sequences", &thanks()).await.expect(201);
    let stop = format!("/v1/sequences/{}/runs/{}/stop", id(&own), id(&run));
    other.post_empty(&stop).await.problem(404, "not_found");
    assert_eq!(log(&spa, "kind=sequence").await.len(), 1);
    assert_eq!(other.get("/v1/messages?kind=sequence").await.expect(200)["items"], json!([]));
}
