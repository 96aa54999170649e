use openchair_tests::TestApp;
use serde_json::json;

use super::{add, at, id_of, lines, names, spa};

#[tokio::test]
async fn erased_is_erased_and_the_visits_stay() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let ana = json!({ "name": "Ana Pérez", "email": "ana@example.com", "phone": "415 555 0132", "note": "loves tea" });
    let ana = add(&owner, ana).await;
    let twin =
        add(&owner, json!({ "name": "Ana Pérez Ruiz", "email": "ana.perez@example.com" })).await;
    let body = json!({ "other_id": twin["id"], "other_version": 1 });
    let merged =
        owner.post(&at(&ana, "/merge"), &body).header("if-match", "\"1\"").await.expect(200);
    let notes = json!({ "text": "allergic to nuts" });
    owner.put(&at(&ana, "/medical"), &notes).header("if-match", "\"2\"").await.expect(200);
    let form = app.form(&spa, "intake").await;
    app.form_answers(&spa, id_of(&ana), form, &json!({ "a": 1 })).await;
    let visit = app.visit(&spa, id_of(&ana), &spa.owner, -5).await;
    let note =
        format!("update appointments set note = 'for Ana Pérez' where id = '{}'", visit.uuid());
    app.database.run(&note).await;

    owner
        .post(&at(&ana, "/erase"), &json!({ "version": 1 }))
        .await
        .problem(412, "version_conflict");
    owner.post(&at(&ana, "/erase"), &json!({ "version": 3 })).await.expect(204);
    let left = owner.get(&at(&ana, "")).await.expect(200);
    assert_eq!(left["name"], "Erased customer");
    assert!(left["email"].is_null() && left["phone"].is_null() && left["erased_at"].is_string());
    assert_eq!(left["has_medical"], false);
    assert!(names(&owner.get("/v1/customers").await.expect(200)).is_empty());
    let visits = owner.get(&at(&ana, "/visits")).await.expect(200);
    assert_eq!(visits["items"][0]["id"], visit.to_string());
    for table in [
        "customers",
        "appointments",
        "form_answers",
        "customer_merges",
        "audit_entries",
        "outbox_events",
        "merge_suggestions",
    ] {
        for trace in
            ["Pérez", "ana@example.com", "ana.perez@example.com", "14155550132", "loves tea"]
        {
            let sql = format!("select count(*) from {table} t where t::text ilike '%{trace}%'");
            assert_eq!(app.database.count(&sql).await, 0, "{trace} is left in {table}");
        }
    }
    assert_eq!(app.database.count("select count(*) from form_answers").await, 0);
    assert_eq!(
        app.database.count("select count(*) from customers where medical is not null").await,
        0
    );
    assert_eq!(lines(&app, "customer.erased", &ana).await, 1);

    // There is no way back, and nothing more to be done with it.
    let undo = format!("/v1/customers/merges/{}/undo", merged["merge"]["id"].as_str().unwrap());
    owner.post_empty(&undo).await.problem(409, "merged_since");
    owner.patch(&at(&ana, ""), 4, &json!({ "name": "Ana" })).await.problem(409, "customer_erased");
    owner.post(&at(&ana, "/erase"), &json!({ "version": 4 })).await.problem(409, "customer_erased");
}

#[tokio::test]
async fn the_export_holds_no_formulas_and_is_on_record() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    for body in [
        json!({ "name": "=HYPERLINK(\"http://evil\")", "note": "@SUM(A1)" }),
        json!({ "name": "Ana, \"Pi\"", "email": "ana@example.com", "phone": "415 555 0132", "tags": ["a", "b"] }),
        json!({ "name": "نور 💆", "note": "two\nlines" }),
    ] {
        add(&owner, body).await;
    }
    let ana = owner.get("/v1/customers?q=ana").await.expect(200)["items"][0].clone();
    let said = json!({ "purpose": "marketing_email", "granted": false });
    owner.post(&at(&ana, "/consents"), &said).await.expect(201);
    let file = owner.get("/v1/customers/export").await;
    assert_eq!((file.status, file.header("content-type")), (200, "text/csv; charset=utf-8"));
    let text = file.text();
    assert_eq!(text.lines().next().unwrap().split(',').count(), 11);
    for cell in [
        "\"'=HYPERLINK(\"\"http://evil\"\")\"",
        "'@SUM(A1)",
        "\"Ana, \"\"Pi\"\"\",ana@example.com,+14155550132,,,a; b,no,,,",
        "نور 💆",
        "\"two\nlines\"",
    ] {
        assert!(text.contains(cell), "{cell}: {text}");
    }
    let exported = "select count(*) from audit_entries where action = 'customer.exported'";
    assert_eq!(app.database.count(exported).await, 1);

    // Another business reads it back.
    let there = app.business("There").await;
    let there = app.sign_in(&there.owner).await.in_tenant(&there);
    let body = json!({ "name": "from the other shop", "csv": text });
    let report = there.post("/v1/customers/imports", &body).await.expect(201)["report"].clone();
    assert_eq!(report["totals"]["new"], 3, "{report}");
    assert_eq!(report["totals"]["opt_outs"], 1, "{report}");
}
