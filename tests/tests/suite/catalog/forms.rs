use openchair_tests::TestApp;
use serde_json::{Value, json};

use super::{category, listed, made, service, spa};

/// What was asked stays as it was asked.
#[tokio::test]
async fn a_change_of_a_form_is_a_new_version() {
    let app = TestApp::start().await;
    let (_, owner) = spa(&app).await;
    let questions = json!([
        { "kind": "yes_no", "label": "Are you pregnant? 🤰", "required": true },
        { "key": "pressure", "kind": "choice", "label": "الضغط؟", "choices": ["خفيف", "قوي"] },
        { "kind": "date", "label": "Since when?" },
        { "kind": "long_text", "label": "Anything else?" },
        { "kind": "text", "label": "Who sent you?" },
    ]);
    let new = json!({ "kind": "intake", "name": "Health", "questions": questions });
    let first = owner.post("/v1/forms", &new).await.expect(201);
    let keys: Vec<_> =
        first["questions"].as_array().unwrap().iter().map(|one| one["key"].clone()).collect();
    assert_eq!(keys, ["q1", "pressure", "q2", "q3", "q4"]);
    assert_eq!(first["questions"][1]["choices"], json!(["خفيف", "قوي"]));
    let path = format!("/v1/forms/{}", first["id"].as_str().unwrap());

    // What changes nothing makes no version; nobody types a version over another.
    let same = owner.patch(&path, 1, &json!({ "name": " Health " })).await;
    assert_eq!((same.version(), same.expect(200)), (1, first.clone()));
    let less = json!({ "questions": [first["questions"][0]] });
    let second = owner.patch(&path, 1, &less).await;
    assert_eq!(second.version(), 2);
    let second = second.expect(200);
    assert_eq!(second["questions"], json!([first["questions"][0]]));
    owner.patch(&path, 1, &json!({ "name": "x" })).await.problem(412, "version_conflict");
    owner.patch(&path, 2, &json!({ "name": "Well-being" })).await.expect(200);

    let versions = owner.get(&format!("{path}/versions")).await.expect(200);
    let seen: Vec<_> = versions["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["version"].clone(), one["name"].clone(), one["questions"].clone()))
        .collect();
    let asked = |form: &Value| form["questions"].clone();
    assert_eq!(
        seen,
        [
            (json!(3), json!("Well-being"), asked(&second)),
            (json!(2), json!("Health"), asked(&second)),
            (json!(1), json!("Health"), asked(&first)),
        ]
    );
}

#[tokio::test]
async fn forms_are_refused_field_by_field() {
    let app = TestApp::start().await;
    let (_, owner) = spa(&app).await;
    let ask = |question: Value| json!({ "kind": "intake", "name": "H", "questions": [question] });
    let cases = [
        (json!({ "kind": "consent", "name": "T" }), "/text", "required"),
        (json!({ "kind": "consent", "name": "T", "text": " \n" }), "/text", "required"),
        (
            json!({ "kind": "consent", "name": "T", "text": "x".repeat(10_001) }),
            "/text",
            "too_long",
        ),
        (json!({ "kind": "intake", "name": "H" }), "/questions", "too_few"),
        (json!({ "kind": "poll", "name": "H" }), "/kind", "choice"),
        (ask(json!({ "kind": "number", "label": "?" })), "/questions/0/kind", "choice"),
        (ask(json!({ "kind": "text", "label": " " })), "/questions/0/label", "required"),
        (ask(json!({ "kind": "choice", "label": "?" })), "/questions/0/choices", "too_few"),
        (ask(json!({ "kind": "text", "label": "?", "key": "No" })), "/questions/0/key", "pattern"),
        (
            ask(json!({ "kind": "text", "label": "?", "answer": 1 })),
            "/questions/0/answer",
            "unknown",
        ),
    ];
    for (body, field, code) in cases {
        let faults = owner.post("/v1/forms", &body).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{body}");
    }
    let consent = json!({ "kind": "consent", "name": "Terms", "text": "I agree." });
    let path = format!("/v1/forms/{}", made(&owner, "forms", &consent).await);
    let questions = json!({ "questions": [{ "kind": "text", "label": "?" }] });
    let faults = owner.patch(&path, 1, &questions).await.faults();
    assert_eq!(faults, [("/questions".to_owned(), "not_here".to_owned())]);
    assert_eq!(app.database.count("select count(*) from form_versions").await, 1);
}

#[tokio::test]
async fn forms_that_are_asked_or_answered_are_archived() {
    let app = TestApp::start().await;
    let (business, owner) = spa(&app).await;
    let consent = |name: &str| json!({ "kind": "consent", "name": name, "text": "I agree." });
    let unused = made(&owner, "forms", &consent("Unused")).await;
    let asked = made(&owner, "forms", &consent("Asked")).await;
    let answered = made(&owner, "forms", &consent("Answered")).await;
    let category = category(&owner, "Rites").await;
    let rite = format!("/v1/services/{}", service(&owner, &category, "Rite").await);
    owner.patch(&rite, 1, &json!({ "form_ids": [asked] })).await.expect(200);
    let agreed = format!(
        "insert into customers (tenant_id, id, name, name_key, source, created_at, updated_at)
         values ('{tenant}', gen_random_uuid(), 'Ana', 'ana', 'staff', now(), now());
         insert into consents (tenant_id, id, customer_id, purpose, form_id, form_version, granted,
                               source, recorded_by, at)
         select '{tenant}', gen_random_uuid(), c.id, 'form', f.id, 1, true, 'booking', 'Ana', now()
         from customers c, forms f where f.name = 'Answered'",
        tenant = business.id.uuid()
    );
    app.database.run(&agreed).await;
    for (form, outcome) in [(&unused, "deleted"), (&asked, "archived"), (&answered, "archived")] {
        let ending = owner.delete(&format!("/v1/forms/{form}")).await.expect(200);
        assert_eq!(ending["outcome"], outcome);
    }
    owner.get(&format!("/v1/forms/{unused}/versions")).await.problem(404, "not_found");
    assert!(listed(&owner, "forms", "id").await.is_empty());
    let mut archived = listed(&owner, "forms?archived=true", "id").await;
    let mut kept = [asked.clone(), answered];
    // Ids of one instant have no order.
    archived.sort_unstable();
    kept.sort_unstable();
    assert_eq!(archived, kept);
    // Being put away is no version: what was asked is what is kept of one.
    let path = format!("/v1/forms/{asked}");
    let view = owner.get(&path).await;
    assert_eq!((view.version(), view.expect(200)["archived_at"].is_string()), (1, true));
    owner.patch(&path, 1, &json!({ "name": "No" })).await.problem(409, "archived");
    assert_eq!(owner.get(&rite).await.expect(200)["form_ids"], json!([]));
    owner.post_empty(&format!("{path}/restore")).await.expect(200);
    assert_eq!(owner.get(&rite).await.expect(200)["form_ids"], json!([asked]));
    owner.patch(&path, 1, &json!({ "name": "Yes" })).await.expect(200);
}
