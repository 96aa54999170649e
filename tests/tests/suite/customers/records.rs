use openchair_domain::authz::BuiltIn;
use openchair_tests::TestApp;
use serde_json::json;

use super::{add, at, id_of, lines, names, spa};

#[tokio::test]
async fn names_of_all_the_world_are_kept_and_found() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    let people = [
        ("Zoë Ångström", "zoe"),
        ("نور الهدى", "نُور"),
        ("שירה כהן", "שירה"),
        ("💆 Lotte 💇‍♀️", "💆 lo"),
        ("李小龙", "李"),
        ("O'Neil; DROP TABLE customers", "o'neil; drop"),
        ("100% _under_", "100% _"),
    ];
    for (name, _) in people {
        let made = add(&owner, json!({ "name": name })).await;
        assert_eq!(made["name"], name);
        assert_eq!(owner.get(&at(&made, "")).await.expect(200)["name"], name);
    }
    for (name, q) in people {
        let q: String = q.bytes().map(|byte| format!("%{byte:02X}")).collect();
        let found = owner.get(&format!("/v1/customers?q={q}")).await.expect(200);
        assert_eq!(names(&found), [name], "{q}");
    }
    let found = owner.get("/v1/customers?q=%25").await.expect(200);
    assert!(names(&found).is_empty(), "{found}");
}

#[tokio::test]
async fn searches_find_beginnings_of_names_addresses_and_numbers() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    let people = [
        ("Ana", "ana@example.com", "(415) 555-0132", vec!["VIP"]),
        ("Anabel", "bel@example.com", "+49 30 901820", vec![]),
        ("Bert", "ana.bert@example.com", "", vec!["VIP", "tea"]),
    ];
    for (name, email, phone, tags) in &people {
        let made =
            add(&owner, json!({ "name": name, "email": email, "phone": phone, "tags": tags }));
        assert_eq!(made.await["version"], 1);
    }
    let cases: &[(&str, &[&str])] = &[
        ("", &["Ana", "Anabel", "Bert"]),
        ("?q=ana", &["Ana", "Anabel", "Bert"]),
        ("?q=anab", &["Anabel"]),
        ("?q=BERT", &["Bert"]),
        ("?q=example", &[]),
        ("?q=%2B1415", &["Ana"]),
        ("?q=%2B49%2030", &["Anabel"]),
        // As one dials it inside the country.
        ("?q=(415)%20555", &["Ana"]),
        ("?tag=VIP", &["Ana", "Bert"]),
        ("?tag=tea&q=b", &["Bert"]),
        ("?tag=vi", &[]),
        ("?q=ana&limit=2", &["Ana", "Anabel"]),
    ];
    for &(query, expected) in cases {
        let found = owner.get(&format!("/v1/customers{query}")).await.expect(200);
        assert_eq!(names(&found), expected, "{query}");
    }
    let first = owner.get("/v1/customers?q=ana&limit=2").await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = owner.get(&format!("/v1/customers?q=ana&limit=2&cursor={cursor}")).await.expect(200);
    assert_eq!((names(&rest), rest["next_cursor"].is_null()), (vec!["Bert"], true));
}

#[tokio::test]
async fn rubbish_is_named_per_field() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    for phone in ["12", "call me", "+1 415 555", "+999 1234567", "0041 👍"] {
        let refused = owner.post("/v1/customers", &json!({ "name": "Ana", "phone": phone })).await;
        assert_eq!(refused.faults(), [("/phone".into(), "invalid_phone".into())], "{phone}");
    }
    let body =
        json!({ "name": " ", "email": "a@", "phone": "x", "locale": "xx", "tags": ["", "a"] });
    let faults = owner.post("/v1/customers", &body).await.faults();
    let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["/name", "/email", "/phone", "/locale", "/tags/0"]);
    let long = json!({ "name": "A".repeat(121) });
    owner.post("/v1/customers", &long).await.problem(422, "validation_failed");
    assert_eq!(app.database.count("select count(*) from customers").await, 0);

    // A national number is one of the business's country.
    let made = add(&owner, json!({ "name": "Ana", "phone": "(415) 555-0132" })).await;
    assert_eq!(made["phone"], "+14155550132");
}

#[tokio::test]
async fn changes_want_the_version_and_say_nothing_personal_in_the_log() {
    let app = TestApp::start().await;
    let (_spa, owner) = spa(&app).await;
    let ana = add(&owner, json!({ "name": "Ana", "email": "ana@example.com" })).await;
    let path = at(&ana, "");
    let change =
        json!({ "name": "Ana Pérez", "email": "", "phone": "415-555-0132", "tags": ["x"] });
    let changed = owner.patch(&path, 1, &change).await;
    assert_eq!(changed.version(), 2);
    let view = changed.expect(200);
    assert_eq!(view["name"], "Ana Pérez");
    assert!(view["email"].is_null());
    owner.patch(&path, 1, &json!({ "note": "late" })).await.problem(412, "version_conflict");
    assert_eq!(lines(&app, "customer.updated", &ana).await, 1);
    let personal = "select count(*) from audit_entries
                    where subject_name like '%Ana%' or changes::text like '%Ana%'
                       or changes::text like '%example.com%' or changes::text like '%1415%'";
    assert_eq!(app.database.count(personal).await, 0);
    let events =
        "select count(*) from outbox_events where kind in ('customer.created', 'customer.updated')";
    assert_eq!(app.database.count(events).await, 2);
}

#[tokio::test]
async fn a_provider_sees_who_was_with_them_and_nobody_else() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let (mine, theirs) = (
        add(&owner, json!({ "name": "Mine" })).await,
        add(&owner, json!({ "name": "Theirs" })).await,
    );
    let (me, mate) =
        (app.member(&spa, BuiltIn::Provider).await, app.member(&spa, BuiltIn::Provider).await);
    let of_me = app.visit(&spa, id_of(&mine), &me, -3).await;
    app.visit(&spa, id_of(&mine), &mate, -2).await;
    let of_mate = app.visit(&spa, id_of(&theirs), &mate, -3).await;
    // What was called off makes nobody mine.
    let off = app.visit(&spa, id_of(&theirs), &me, 4).await;
    let off = format!("update appointments set status = 'cancelled' where id = '{}'", off.uuid());
    app.database.run(&off).await;

    let provider = app.sign_in(&me).await.in_tenant(&spa);
    let list = provider.get("/v1/customers").await.expect(200);
    assert_eq!(names(&list), ["Mine"]);
    let list = provider.get("/v1/customers?q=the").await.expect(200);
    assert!(names(&list).is_empty());
    for rest in ["", "/visits", "/consents", "/memberships", "/medical", "/answers"] {
        provider.get(&at(&mine, rest)).await.expect(200);
        let hidden = provider.get(&at(&theirs, rest)).await;
        let unknown =
            provider.get(&format!("/v1/customers/cus_00000000000000000000000007{rest}")).await;
        hidden.problem(404, "not_found");
        assert_eq!(hidden.without_request_id(), unknown.without_request_id(), "{rest}");
    }
    // Of a customer whom others serve, too, one's own visits.
    let visits = provider.get(&at(&mine, "/visits")).await.expect(200);
    let ids: Vec<_> = visits["items"].as_array().unwrap().iter().map(|v| &v["id"]).collect();
    assert_eq!(ids, [&json!(of_me.to_string())]);
    assert_eq!(
        owner.get(&at(&mine, "/visits")).await.expect(200)["items"].as_array().unwrap().len(),
        2
    );
    let notes = json!({ "text": "secret" });
    let put = provider.put(&at(&theirs, "/medical"), &notes).header("if-match", "\"1\"").await;
    put.problem(404, "not_found");
    assert_eq!(lines(&app, "medical.read", &theirs).await, 0);

    let receptionist = app.member(&spa, BuiltIn::Receptionist).await;
    let receptionist = app.sign_in(&receptionist).await.in_tenant(&spa);
    let list = receptionist.get("/v1/customers").await.expect(200);
    assert_eq!(names(&list), ["Mine", "Theirs"]);
    // A composed role that may see all may see its own.
    let role = app.custom_role(&spa, &["customer:read"]).await;
    let member = app.member(&spa, openchair_tests::Role::Custom(role)).await;
    let member = app.sign_in(&member).await.in_tenant(&spa);
    assert_eq!(names(&member.get("/v1/customers").await.expect(200)), ["Mine", "Theirs"]);

    let visits = owner.get(&at(&theirs, "/visits")).await.expect(200);
    let statuses: Vec<_> =
        visits["items"].as_array().unwrap().iter().map(|visit| visit["status"].as_str()).collect();
    assert_eq!(statuses, [Some("cancelled"), Some("confirmed")]);
    assert_eq!(visits["items"][1]["id"], of_mate.to_string());
    assert_eq!(visits["items"][1]["staff"], json!([mate.name]));
}

#[tokio::test]
async fn visits_come_in_pages_the_newest_first() {
    let app = TestApp::start().await;
    let (spa, owner) = spa(&app).await;
    let ana = add(&owner, json!({ "name": "Ana" })).await;
    let mut expected = Vec::new();
    for days in [-9, 3, -2, 3, 8] {
        expected.push((days, app.visit(&spa, id_of(&ana), &spa.owner, days).await.to_string()));
    }
    expected.sort_by(|a, b| b.cmp(a));
    let mut found = Vec::new();
    let mut path = at(&ana, "/visits?limit=2");
    loop {
        let page = owner.get(&path).await.expect(200);
        let ids = page["items"].as_array().unwrap();
        found.extend(ids.iter().map(|visit| visit["id"].as_str().unwrap().to_owned()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = at(&ana, &format!("/visits?limit=2&cursor={cursor}"));
    }
    assert_eq!(found, expected.into_iter().map(|(_, id)| id).collect::<Vec<_>>());
}
