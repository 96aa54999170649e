use openchair_tests::TestApp;
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

use super::{log, settled};

const PATH: &str = "/v1/message-templates/confirmed/email/en";

async fn put(spa: &Spa, version: i64, words: &Value) -> openchair_tests::Answer {
    spa.owner.put(PATH, words).header("if-match", &format!("\"{version}\"")).await
}

#[tokio::test]
async fn a_business_has_words_of_its_own() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let built_in = spa.owner.get(PATH).await;
    assert_eq!(built_in.version(), 1);
    let built_in = built_in.expect(200);
    assert_eq!(built_in["own"], false);
    assert!(built_in["body"].as_str().unwrap().contains("{{ title }}"), "{built_in}");
    // What is built in could have been written by them.
    let same = json!({ "subject": built_in["subject"], "body": built_in["body"] });
    put(&spa, 1, &same).await.expect(200);
    let words = json!({
        "subject": "See you, {{ name }}!",
        "body": "Dear {{ name }},\n\n{{ title }} on {{ date }} at {{ time }}.\n\
                 {% if reason %}Because: {{ reason }}{% else %}Bring <nothing>.{% endif %}",
    });
    put(&spa, 1, &words).await.problem(412, "version_conflict");
    let kept = put(&spa, 2, &words).await.expect(200);
    assert_eq!((&kept["own"], &kept["version"]), (&json!(true), &json!(3)));
    let listed = spa.owner.get("/v1/message-templates").await.expect(200);
    assert_eq!(listed["items"], json!([kept]));
    spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    let mail = app.mail("ann@example.com", "See you, Ann Other!").await;
    let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert!(text.contains("Facial on Friday, March 6, 2026 at 12:00."), "{text}");
    assert!(text.contains("Bring <nothing>."), "{text}");
    assert!(html.contains("Bring &lt;nothing&gt;."), "{html}");
    assert!(html.contains("<bdi>Facial</bdi>"), "{html}");
    assert!(text.contains("/b/"), "the button is always there: {text}");
    spa.owner.delete(PATH).header("if-match", "\"3\"").await.expect(204);
    assert_eq!(spa.owner.get(PATH).await.expect(200), built_in);
}

#[tokio::test]
async fn words_that_cannot_be_used_are_not_kept() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for (words, field, code, says) in [
        (json!({ "subject": "Hi", "body": "{{ name" }), "/body", "bad_template", "Line 1"),
        (
            json!({ "subject": "Hi", "body": "a\n\n{% if name %}b" }),
            "/body",
            "bad_template",
            "Line",
        ),
        (
            json!({ "subject": "{{ nmae }}", "body": "x" }),
            "/subject",
            "unknown_field",
            "nmae. There are: name, business",
        ),
        (
            json!({ "subject": "Hi", "body": "{{ zeta }} {{ alpha }}" }),
            "/body",
            "unknown_field",
            "alpha, zeta",
        ),
        (
            json!({ "subject": "Hi", "body": "{% for x in name %}{{ x }}{% endfor %}" }),
            "/body",
            "bad_template",
            "\"for\"",
        ),
        (
            json!({ "subject": "Hi", "body": "{{ name * 9999999 }}" }),
            "/body",
            "bad_template",
            "braces",
        ),
        (json!({ "subject": "Hi", "body": "{{ name|hack }}" }), "/body", "bad_template", "hack"),
        (json!({ "subject": "Hi", "body": "   " }), "/body", "required", ""),
        (json!({ "body": "Hi" }), "/subject", "required", ""),
    ] {
        let answer = put(&spa, 1, &words).await;
        assert_eq!(answer.faults(), [(field.to_owned(), code.to_owned())], "{words}");
        let detail = answer.json()["fields"][0]["detail"].as_str().unwrap_or_default().to_owned();
        assert!(detail.contains(says), "{detail} of {words}");
        let tried = json!({ "words": words });
        let preview = spa.owner.post(&format!("{PATH}/preview"), &tried).await;
        assert_eq!(preview.status, 422, "{words}");
    }
    assert_eq!(spa.owner.get(PATH).await.version(), 1);
    for nowhere in ["eaten/email/en", "confirmed/pigeon/en", "confirmed/email/tlh"] {
        spa.owner.get(&format!("/v1/message-templates/{nowhere}")).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn what_people_are_called_is_text() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let words = json!({ "subject": "For {{ name }}", "body": "{{ name }} and {{ name|upper }}" });
    put(&spa, 1, &words).await.expect(200);
    for (number, name) in ["{{ 7*7 }}", "<script>alert(1)</script>", "{% raw %}"].iter().enumerate()
    {
        let email = format!("guest{number}@example.com");
        let customer = json!({ "name": name, "email": email });
        let new = json!({ "wanted": spa.wanted(&["Facial"], 1, &[]),
                          "start": at(6, &format!("1{number}:00")), "customer": customer });
        spa.owner.post("/v1/appointments", &new).await.expect(201);
        let mail = app.mail(&email, "For ").await;
        assert_eq!(mail["subject"], format!("For {name}"));
        assert!(mail["text"].as_str().unwrap().contains(name), "{mail}");
        let html = mail["html"].as_str().unwrap();
        assert!(!html.contains("<script"), "{html}");
        assert!(!html.contains("49"), "{html}");
    }
}

#[tokio::test]
async fn words_can_be_looked_at_and_tried_out() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let seen = spa.owner.post(&format!("{PATH}/preview"), &json!({})).await.expect(200);
    assert!(seen["subject"].as_str().unwrap().contains("Your visit to Lagoon"), "{seen}");
    let tried = json!({ "words": { "subject": "Psst, {{ name }}", "body": "{{ place }}" } });
    let seen = spa.owner.post(&format!("{PATH}/preview"), &tried).await.expect(200);
    assert_eq!(seen["subject"], "Psst, Ana Pérez");
    assert!(seen["html"].as_str().unwrap().contains("<bdi>Lagoon"), "{seen}");
    let short = "/v1/message-templates/reminder/sms/de/preview";
    let seen = spa.owner.post(short, &json!({})).await.expect(200);
    assert!(seen["text"].as_str().unwrap().contains(": Bis Sonntag"), "{seen}");
    assert_eq!((&seen["subject"], &seen["html"]), (&json!(""), &json!("")));
    let sent = spa.owner.post_empty(&format!("{PATH}/test")).await.expect(201);
    app.mail(&spa.business.owner.email, "Your visit to Lagoon").await;
    settled(&app).await;
    let trial = spa.owner.get(&format!("/v1/messages/{}", sent["message"].as_str().unwrap())).await;
    let trial = trial.expect(200);
    assert_eq!((&trial["trial"], &trial["state"]), (&json!(true), &json!("sent")));
    assert!(log(&spa, "kind=confirmed").await.iter().all(|one| one["customer"].is_null()));
}
