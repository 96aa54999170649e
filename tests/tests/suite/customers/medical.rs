use openchair_domain::authz::BuiltIn;
use openchair_domain::customers;
use openchair_domain::ids::Id;
use openchair_tests::TestApp;
use serde_json::json;

use super::{add, at, id_of, lines, spa, visitor};

#[tokio::test]
async fn notes_are_sealed_and_every_reading_is_on_record() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let ana = add(&owner, json!({ "name": "Ana" })).await;
    assert_eq!(ana["has_medical"], false);
    let path = at(&ana, "/medical");
    let empty = owner.get(&path).await.expect(200);
    assert_eq!(empty["text"], "");
    assert_eq!(lines(&app, "medical.read", &ana).await, 1);

    let notes = json!({ "text": "allergic to nuts 🥜\nsee 2024" });
    let put = owner.put(&path, &notes).header("if-match", "\"1\"").await;
    assert_eq!((put.version(), put.expect(200)["text"].clone()), (2, notes["text"].clone()));
    owner.put(&path, &notes).header("if-match", "\"1\"").await.problem(412, "version_conflict");
    assert_eq!(lines(&app, "medical.updated", &ana).await, 1);
    let plain =
        "select count(*) from customers where position('nuts' in encode(medical, 'escape')) > 0";
    assert_eq!(app.database.count(plain).await, 0);
    assert_eq!(
        app.database.count("select count(*) from customers where medical is not null").await,
        1
    );
    let told = "select count(*) from audit_entries where changes::text like '%nuts%'";
    assert_eq!(app.database.count(told).await, 0);

    for reading in 2..4 {
        assert_eq!(owner.get(&path).await.expect(200)["text"], notes["text"]);
        assert_eq!(lines(&app, "medical.read", &ana).await, reading);
    }
    // Whoever isn't allowed to reads nothing, and nothing is written down.
    let receptionist = app.member(&spa, BuiltIn::Receptionist).await;
    let receptionist = app.sign_in(&receptionist).await.in_tenant(&spa);
    receptionist.get(&path).await.problem(403, "not_allowed");
    let seen = receptionist.get(&at(&ana, "")).await.expect(200);
    assert_eq!(seen["has_medical"], true);
    assert!(!seen.to_string().contains("nuts"));
    assert_eq!(lines(&app, "medical.read", &ana).await, 3);

    let gone = owner.put(&path, &json!({ "text": "" })).header("if-match", "\"2\"").await;
    assert!(gone.expect(200)["written_at"].is_null());
    assert_eq!(
        app.database.count("select count(*) from customers where medical is not null").await,
        0
    );
}

/// No line, no reading: if the log can't be written, nobody sees anything.
#[tokio::test]
async fn what_cannot_be_written_down_is_not_read() {
    let mut app = TestApp::start().await;
    app.may_log_errors();
    let (_spa, owner) = spa(&app).await;
    let ana = add(&owner, json!({ "name": "Ana" })).await;
    let path = at(&ana, "/medical");
    let notes = json!({ "text": "allergic to nuts" });
    owner.put(&path, &notes).header("if-match", "\"1\"").await.expect(200);
    app.database.run("revoke insert on audit_entries from openchair_app").await;
    let answer = owner.get(&path).may_fail().send().await.unwrap();
    assert_eq!(answer.status, 500, "{answer}");
    assert!(!answer.text().contains("nuts"), "{answer}");
}

#[tokio::test]
async fn answers_and_consents_come_from_bookings_and_stay() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let ana = add(&owner, json!({ "name": "Ana" })).await;
    let (intake, consent) = (app.form(&spa, "intake").await, app.form(&spa, "consent").await);
    let tx = visitor(&app, &spa).await;
    let given = json!({ "allergies": "nuts 🥜", "pregnant": false });
    customers::record_answers(&tx, id_of(&ana), (intake, 1), &given, None).await.unwrap();
    customers::record_form_consent(&tx, id_of(&ana), (consent, 1), true, None).await.unwrap();
    tx.commit().await.unwrap();

    let answers = owner.get(&at(&ana, "/answers")).await.expect(200);
    assert_eq!(answers["items"][0]["answers"], given);
    assert_eq!(answers["items"][0]["form_id"], intake.to_string());
    assert_eq!(lines(&app, "medical.answers_read", &ana).await, 1);
    let plain =
        "select count(*) from form_answers where position('nuts' in encode(answers, 'escape')) > 0";
    assert_eq!(app.database.count(plain).await, 0);

    for (purpose, granted) in
        [("marketing_email", true), ("reminders_sms", true), ("marketing_email", false)]
    {
        app.clock.advance(chrono::Duration::seconds(1));
        let body = json!({ "purpose": purpose, "granted": granted });
        let said = owner.post(&at(&ana, "/consents"), &body).await.expect(201);
        assert_eq!(
            (said["source"].as_str(), said["recorded_by"].as_str()),
            (Some("staff"), Some(&*spa.owner.name))
        );
    }
    let log = owner.get(&at(&ana, "/consents")).await.expect(200);
    let said: Vec<_> = log["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|said| (said["purpose"].as_str().unwrap(), said["granted"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        said,
        [
            ("marketing_email", false),
            ("reminders_sms", true),
            ("marketing_email", true),
            ("form", true)
        ]
    );
    assert_eq!(log["items"][3]["form_version"], 1);
    let now = owner.get(&at(&ana, "")).await.expect(200)["consents"].clone();
    assert_eq!(
        now,
        json!({ "marketing_email": false, "marketing_sms": null, "reminders_sms": true })
    );
    // What was said can't be unsaid, by nobody.
    let mut app_role = app.database.as_app().await;
    for sql in ["update consents set granted = true", "delete from consents"] {
        assert!(sqlx::query(sql).execute(&mut app_role).await.is_err(), "{sql}");
    }
    // Somebody who isn't there has no answers.
    let mut tx = visitor(&app, &spa).await;
    let nobody = customers::answers(
        &mut tx,
        Id::nothing(),
        openchair_domain::page::Window { after: None, limit: 5 },
    );
    assert!(nobody.await.is_err());
}
