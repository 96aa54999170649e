use openchair_tests::TestApp;
use serde_json::{Value, json};

use super::{category, listed, made, rules, service, spa};

/// Everything that can be said of a service is kept, and can be changed.
#[tokio::test]
async fn a_services_life() {
    let app = TestApp::start().await;
    let (business, owner) = spa(&app).await;
    let before = rules(&app, &business).await;
    let category = category(&owner, "طقوس 🌙").await;
    let addon = json!({ "name": "Oil", "duration_minutes": 10, "price_minor": 500 });
    let addon = made(&owner, "addons", &addon).await;
    let form = json!({ "kind": "consent", "name": "Terms", "text": "I agree." });
    let form = made(&owner, "forms", &form).await;
    let whole = json!({
        "category_id": category, "name": "  Moonlight 🌙 rite ", "description": "With tea.\nWarm.",
        "duration_minutes": 75, "buffer_before_minutes": 5, "buffer_after_minutes": 15,
        "price_minor": 10_000_000_000_i64, "price_for": "visit",
        "deposit": { "kind": "percent", "value": 20 }, "online": false, "members_only": true,
        "min_customers": 1, "max_customers": 2, "staff_per_customer": 2, "needs_room": true,
        "room_features": ["scrub", "couples", "scrub"], "room_features_for_two": ["couples"],
        "policy": { "slot_step_minutes": 30, "alignment": "packed", "notice_minutes": 0,
                    "needs_approval": true, "no_show_fee_percent": 100 },
        "addon_ids": [addon], "form_ids": [form, form],
    });
    let answer = owner.post("/v1/services", &whole).await;
    let view = answer.expect(201);
    assert_eq!(answer.version(), 1);
    let path = format!("/v1/services/{}", view["id"].as_str().unwrap());
    assert_eq!(owner.get(&path).await.expect(200), view);
    assert_eq!(view["category"], json!({ "id": category, "name": "طقوس 🌙" }));
    assert_eq!(view["currency"], "USD");
    assert_eq!(view["name"], "Moonlight 🌙 rite");
    assert_eq!(view["room_features"], json!(["scrub", "couples"]));
    assert_eq!(view["form_ids"], json!([form]));
    let same = whole.as_object().unwrap().iter().filter(|(field, _)| {
        !["category_id", "name", "room_features", "form_ids", "policy"].contains(&field.as_str())
    });
    for (field, value) in same {
        assert_eq!(&view[field], value, "{field}");
    }
    for (field, value) in whole["policy"].as_object().unwrap() {
        assert_eq!(&view["policy"][field], value, "{field}");
    }
    assert_eq!(view["policy"]["horizon_days"], Value::Null);

    let change = json!({ "online": true, "policy": {}, "addon_ids": [], "price_for": null });
    let answer = owner.patch(&path, 1, &change).await;
    let changed = answer.expect(200);
    assert_eq!((answer.version(), &changed["version"]), (2, &json!(2)));
    assert_eq!((&changed["online"], &changed["addon_ids"]), (&json!(true), &json!([])));
    assert_eq!(changed["policy"]["needs_approval"], Value::Null);
    assert_eq!((&changed["price_for"], &changed["name"]), (&view["price_for"], &view["name"]));
    owner.patch(&path, 1, &change).await.problem(412, "version_conflict");
    assert_eq!(app.database.count("select count(*) from service_policies").await, 0);

    // Five writes, and each is another version of the rules.
    assert_eq!(rules(&app, &business).await, before + 5);
    let log = owner.get("/v1/audit?limit=100").await.expect(200);
    let entries = log["items"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["action"] == "service.updated").unwrap();
    let changes = entry["changes"].as_array().unwrap();
    let fields: Vec<_> = changes.iter().map(|change| change["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["addon_ids", "online", "policy"]);
    let events = "select count(*) from outbox_events where kind like 'service.%'";
    assert_eq!(app.database.count(events).await, 2);
}

#[tokio::test]
async fn bad_services_are_refused_field_by_field() {
    let app = TestApp::start().await;
    let (_, owner) = spa(&app).await;
    let category = category(&owner, "Rites").await;
    let id = service(&owner, &category, "Rite").await;
    let path = format!("/v1/services/{id}");
    let cases = [
        (json!({ "duration_minutes": 0 }), "/duration_minutes", "too_small"),
        (json!({ "duration_minutes": -5 }), "/duration_minutes", "too_small"),
        (json!({ "duration_minutes": 1.5 }), "/duration_minutes", "type"),
        (json!({ "price_minor": -1 }), "/price_minor", "too_small"),
        (json!({ "price_minor": 10_000_000_001_i64 }), "/price_minor", "too_large"),
        (json!({ "min_customers": 2 }), "/max_customers", "less_than_min"),
        (json!({ "max_customers": 3 }), "/max_customers", "too_large"),
        (json!({ "deposit": { "kind": "percent", "value": 101 } }), "/deposit/value", "too_large"),
        (
            json!({ "deposit": { "kind": "fixed", "value": 9_001 } }),
            "/deposit/value",
            "more_than_price",
        ),
        (json!({ "deposit": { "kind": "some", "value": 1 } }), "/deposit/kind", "choice"),
        (json!({ "deposit": { "value": 1 } }), "/deposit/kind", "required"),
        (json!({ "name": "x".repeat(121) }), "/name", "too_long"),
        (json!({ "name": " \u{2003} " }), "/name", "required"),
        (json!({ "description": "x".repeat(2001) }), "/description", "too_long"),
        (json!({ "room_features": ["couples"] }), "/room_features", "needs_no_room"),
        (json!({ "staff_per_customer": 0 }), "/staff_per_customer", "needs_nothing"),
        (json!({ "policy": { "horizon_days": 0 } }), "/policy/horizon_days", "too_small"),
        (json!({ "policy": { "steps": 5 } }), "/policy/steps", "unknown"),
        (json!({ "category_id": "cat_00000000000000000000000007" }), "/category_id", "unknown"),
        (json!({ "addon_ids": ["add_00000000000000000000000007"] }), "/addon_ids/0", "unknown"),
        (json!({ "form_ids": ["frm_00000000000000000000000007"] }), "/form_ids/0", "unknown"),
        (json!({ "version": 7 }), "/version", "unknown"),
    ];
    let before = app.database.fingerprint().await;
    for (change, field, code) in cases {
        let faults = owner.patch(&path, 1, &change).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{change}");
        let mut new = json!({ "category_id": category, "name": "New", "duration_minutes": 60,
                              "price_minor": 9_000 });
        new.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let faults = owner.post("/v1/services", &new).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{new}");
    }
    let missing = owner.post("/v1/services", &json!({})).await.faults();
    let missing: Vec<_> = missing.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(missing, ["/category_id", "/name", "/duration_minutes", "/price_minor"]);
    assert_eq!(app.database.fingerprint().await, before);
}

/// What another business has is answered exactly like what nobody has.
#[tokio::test]
async fn what_others_have_is_unknown() {
    let app = TestApp::start().await;
    let (_, ours) = spa(&app).await;
    let (_, theirs) = spa(&app).await;
    let own = category(&ours, "Ours").await;
    let id = service(&ours, &own, "Ours").await;
    let category = category(&theirs, "Theirs").await;
    let service = service(&theirs, &category, "Theirs").await;
    let addon = json!({ "name": "Oil", "duration_minutes": 10, "price_minor": 500 });
    let addon = made(&theirs, "addons", &addon).await;
    let form = json!({ "kind": "consent", "name": "Terms", "text": "I agree." });
    let form = made(&theirs, "forms", &form).await;
    let unknown =
        |id: &str| format!("{}_00000000000000000000000007", id.split_once('_').unwrap().0);
    let path = format!("/v1/services/{id}");
    let package = |service: &str| {
        json!({ "category_id": own, "name": "Day", "mode": "sequence", "price_minor": 1,
                "service_ids": [id, service] })
    };
    let plan = |service: &str| {
        json!({ "category_id": own, "name": "Club", "period": "year", "price_minor": 1,
                "service_ids": [service] })
    };
    let lists = [("category_id", &category), ("addon_ids", &addon), ("form_ids", &form)];
    for (field, id) in lists {
        let change = |id: &str| match field {
            "category_id" => json!({ field: id }),
            _ => json!({ field: [id] }),
        };
        let foreign = ours.patch(&path, 1, &change(id)).await;
        let nobodys = ours.patch(&path, 1, &change(&unknown(id))).await;
        assert_eq!(foreign.faults().len(), 1);
        assert_eq!(foreign.without_request_id(), nobodys.without_request_id(), "{field}");
    }
    for (list, body) in
        [("packages", &package as &dyn Fn(&str) -> Value), ("membership-plans", &plan)]
    {
        let list = format!("/v1/{list}");
        let foreign = ours.post(&list, &body(&service)).await;
        let nobodys = ours.post(&list, &body(&unknown(&service))).await;
        assert_eq!(foreign.faults().len(), 1);
        assert_eq!(foreign.without_request_id(), nobodys.without_request_id(), "{list}");
    }
    let order = format!("/v1/categories/{own}/order");
    let foreign = ours.put(&order, &json!({ "ids": [id, service] })).await;
    foreign.problem(409, "order_incomplete");
}

#[tokio::test]
async fn what_is_used_is_archived_and_can_come_back() {
    let app = TestApp::start().await;
    let (business, owner) = spa(&app).await;
    let category = category(&owner, "Rites").await;
    let unused = service(&owner, &category, "Unused").await;
    let used = service(&owner, &category, "Used").await;
    let package = json!({ "category_id": category, "name": "Day", "mode": "parallel",
                          "price_minor": 1, "service_ids": [used] });
    let package = made(&owner, "packages", &package).await;

    let gone = owner.delete(&format!("/v1/services/{unused}")).await.expect(200);
    assert_eq!(gone, json!({ "outcome": "deleted" }));
    owner.get(&format!("/v1/services/{unused}")).await.problem(404, "not_found");
    owner.delete(&format!("/v1/services/{unused}")).await.problem(404, "not_found");

    let path = format!("/v1/services/{used}");
    for _ in 0..2 {
        let away = owner.delete(&path).await.expect(200);
        assert_eq!(away, json!({ "outcome": "archived" }));
    }
    assert!(!listed(&owner, "services", "id").await.contains(&used));
    assert!(listed(&owner, "services?archived=true", "id").await.contains(&used));
    let view = owner.get(&path).await;
    assert!(view.expect(200)["archived_at"].is_string());
    assert_eq!(view.version(), 2);
    // What is put away isn't changed, and nothing new is made of it.
    owner.patch(&path, 1, &json!({ "name": "No" })).await.problem(412, "version_conflict");
    owner.patch(&path, 2, &json!({ "name": "No" })).await.problem(409, "archived");
    let again = json!({ "category_id": category, "name": "Day", "mode": "parallel",
                        "price_minor": 1, "service_ids": [used] });
    let faults = owner.post("/v1/packages", &again).await.faults();
    assert_eq!(faults, [("/service_ids/0".to_owned(), "unknown".to_owned())]);
    // The package keeps it, and can be changed otherwise.
    let package = format!("/v1/packages/{package}");
    let changed = owner.patch(&package, 1, &json!({ "name": "Night" })).await.expect(200);
    assert_eq!(changed["service_ids"], json!([used]));

    let back = owner.post_empty(&format!("{path}/restore")).await;
    assert_eq!(back.expect(200)["archived_at"], Value::Null);
    let version = back.version();
    assert_eq!(owner.post_empty(&format!("{path}/restore")).await.version(), version);
    assert!(listed(&owner, "services", "id").await.contains(&used));

    // Whoever can do it, and whose visits it was in, use it too.
    let tenant = business.id.uuid();
    for sql in [
        format!(
            "insert into staff (tenant_id, id, name, title, hue, online, position, created_at, updated_at)
             values ('{tenant}', gen_random_uuid(), 'Lani', '', 1, true, 0, now(), now());
             insert into staff_services (tenant_id, staff_id, service_id)
             select s.tenant_id, t.id, s.id from services s join staff t on t.tenant_id = s.tenant_id
             where s.name = 'Held'"
        ),
        format!(
            "set session_replication_role = replica;
             insert into appointment_lines (tenant_id, appointment_id, position, step, service_id,
                 service_name, customer, staff_chosen, starts_at, ends_at, price_minor)
             select '{tenant}', gen_random_uuid(), 0, 0, id, name, 1, false, now(), now(), 1
             from services where name = 'Held';
             reset session_replication_role"
        ),
    ] {
        let held = service(&owner, &category, "Held").await;
        app.database.run(&sql).await;
        let ending = owner.delete(&format!("/v1/services/{held}")).await.expect(200);
        assert_eq!(ending["outcome"], "archived", "{sql}");
    }
}

#[tokio::test]
async fn the_menu_has_an_order() {
    let app = TestApp::start().await;
    let (business, owner) = spa(&app).await;
    let mut categories = listed(&owner, "categories", "id").await;
    assert_eq!(categories.len(), 3);
    let category = category(&owner, "Rites").await;
    categories.push(category.clone());
    assert_eq!(listed(&owner, "categories", "id").await, categories);
    let mut ids = Vec::new();
    for name in ["One", "Two", "Three"] {
        ids.push(service(&owner, &category, name).await);
    }

    categories.reverse();
    let before = rules(&app, &business).await;
    owner.put("/v1/categories/order", &json!({ "ids": categories })).await.expect(204);
    assert_eq!(listed(&owner, "categories", "id").await, categories);
    assert_eq!(rules(&app, &business).await, before + 1);
    assert_eq!(listed(&owner, "services", "name").await[..3], ["One", "Two", "Three"]);

    ids.rotate_left(1);
    let order = format!("/v1/categories/{category}/order");
    owner.put(&order, &json!({ "ids": ids })).await.expect(204);
    assert_eq!(listed(&owner, "services", "name").await[..3], ["Two", "Three", "One"]);
    // What is new stands last, and what was taken off isn't named.
    let new = service(&owner, &category, "Four").await;
    owner.delete(&format!("/v1/services/{}", ids[0])).await.expect(200);
    assert_eq!(listed(&owner, "services", "name").await[..3], ["Three", "One", "Four"]);

    let [a, b] = [&ids[1], &ids[2]];
    let other = listed(&owner, "services", "id").await.pop().unwrap();
    for wrong in [
        json!([]),
        json!([a, b]),
        json!([a, b, b]),
        json!([a, b, new, new]),
        json!([a, b, new, ids[0]]),
        json!([a, b, other]),
        json!([a, b, "svc_00000000000000000000000007"]),
    ] {
        let answer = owner.put(&order, &json!({ "ids": wrong })).await;
        answer.problem(409, "order_incomplete");
    }
    owner.put(&order, &json!({ "ids": [new, a, b] })).await.expect(204);
    assert_eq!(listed(&owner, "services", "name").await[..3], ["Four", "Three", "One"]);
    let nowhere = "/v1/categories/cat_00000000000000000000000007/order";
    owner.put(nowhere, &json!({ "ids": [] })).await.problem(404, "not_found");

    // Moved to another category, a service stands last there.
    let moved = json!({ "category_id": categories[1] });
    owner.patch(&format!("/v1/services/{new}"), 1, &moved).await.expect(200);
    let names = listed(&owner, "services", "name").await;
    assert_eq!(names[..2], ["Three", "One"]);
    let there: Vec<_> = owner.get("/v1/services").await.expect(200)["items"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|service| service["category"]["id"] == categories[1])
        .map(|service| service["name"].clone())
        .collect();
    assert_eq!(there.last(), Some(&json!("Four")));
}

/// The starter kit is on the same menu, and its couples massage is for two.
#[tokio::test]
async fn a_new_business_has_a_menu() {
    let app = TestApp::start().await;
    let (_, owner) = spa(&app).await;
    let menu = owner.get("/v1/services").await.expect(200);
    let services = menu["items"].as_array().unwrap();
    let pairs: Vec<_> = services
        .iter()
        .filter(|service| service["min_customers"] == 2)
        .map(|service| (&service["name"], &service["price_for"], &service["max_customers"]))
        .collect();
    assert_eq!(pairs, [(&json!("Couples massage"), &json!("visit"), &json!(2))]);
    assert!(services.iter().all(|service| service["online"] == true && service["version"] == 1));
}
