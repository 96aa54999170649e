use futures_util::future::join_all;
use openchair_tests::TestApp;
use serde_json::{Value, json};

use super::{category, listed, made, service, spa};

/// A category with something in it is put away, and what is in it stays on the menu.
#[tokio::test]
async fn categories_come_and_go() {
    let app = TestApp::start().await;
    let (_, owner) = spa(&app).await;
    let empty = category(&owner, "Empty").await;
    let full = category(&owner, "Full").await;
    let id = service(&owner, &full, "Rite").await;
    let empty = format!("/v1/categories/{empty}");
    let renamed = owner.patch(&empty, 1, &json!({ "name": " Bare 🪑 " })).await;
    assert_eq!((renamed.version(), &renamed.expect(200)["name"]), (2, &json!("Bare 🪑")));
    owner.patch(&empty, 1, &json!({ "name": "x" })).await.problem(412, "version_conflict");
    owner.patch(&empty, 2, &json!({ "name": " " })).await.faults();
    assert_eq!(owner.delete(&empty).await.expect(200)["outcome"], "deleted");

    let path = format!("/v1/categories/{full}");
    assert_eq!(owner.delete(&path).await.expect(200)["outcome"], "archived");
    assert!(!listed(&owner, "categories", "id").await.contains(&full));
    assert!(listed(&owner, "categories?archived=true", "id").await.contains(&full));
    assert!(listed(&owner, "services", "id").await.contains(&id));
    let change = json!({ "price_minor": 1 });
    owner.patch(&format!("/v1/services/{id}"), 1, &change).await.expect(200);
    let new =
        json!({ "category_id": full, "name": "New", "duration_minutes": 5, "price_minor": 0 });
    let faults = owner.post("/v1/services", &new).await.faults();
    assert_eq!(faults, [("/category_id".to_owned(), "unknown".to_owned())]);
    owner.post_empty(&format!("{path}/restore")).await.expect(200);
    owner.post("/v1/services", &new).await.expect(201);
}

/// An add-on that is put away comes back to the services that had it.
#[tokio::test]
async fn addons_come_and_go() {
    let app = TestApp::start().await;
    let (_, owner) = spa(&app).await;
    let addon = |name: &str| json!({ "name": name, "duration_minutes": 0, "price_minor": 0 });
    let oil = made(&owner, "addons", &addon("Oil")).await;
    let tea = made(&owner, "addons", &addon("Tea")).await;
    owner.put("/v1/addons/order", &json!({ "ids": [tea, oil] })).await.expect(204);
    assert_eq!(listed(&owner, "addons", "name").await, ["Tea", "Oil"]);
    let bad = json!({ "name": "", "duration_minutes": 481, "price_minor": -1 });
    let faults = owner.post("/v1/addons", &bad).await.faults();
    let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["/name", "/duration_minutes", "/price_minor"]);
    let changed = owner.patch(&format!("/v1/addons/{oil}"), 1, &json!({ "price_minor": 5 })).await;
    assert_eq!((changed.version(), &changed.expect(200)["name"]), (2, &json!("Oil")));

    let category = category(&owner, "Rites").await;
    let id = service(&owner, &category, "Rite").await;
    let path = format!("/v1/services/{id}");
    let both = owner.patch(&path, 1, &json!({ "addon_ids": [oil, tea] })).await.expect(200);
    assert_eq!(both["addon_ids"], json!([tea, oil]), "in the order of the add-ons");
    let ending = owner.delete(&format!("/v1/addons/{oil}")).await.expect(200);
    assert_eq!(ending["outcome"], "archived");
    assert_eq!(owner.get(&path).await.expect(200)["addon_ids"], json!([tea]));
    owner.patch(&path, 2, &json!({ "addon_ids": [] })).await.expect(200);
    owner.post_empty(&format!("/v1/addons/{oil}/restore")).await.expect(200);
    assert_eq!(owner.get(&path).await.expect(200)["addon_ids"], json!([oil]));
    let ending = owner.delete(&format!("/v1/addons/{tea}")).await.expect(200);
    assert_eq!(ending["outcome"], "deleted", "nobody has it any more");
}

#[tokio::test]
async fn packages_come_and_go() {
    let app = TestApp::start().await;
    let (business, owner) = spa(&app).await;
    let category = category(&owner, "Days").await;
    let (one, two) =
        (service(&owner, &category, "One").await, service(&owner, &category, "Two").await);
    let with = |ids: Value| {
        json!({ "category_id": category, "name": "Day ☀️", "mode": "sequence",
                "price_minor": 15_000, "service_ids": ids })
    };
    for wrong in [json!([]), json!(vec![&one; 11])] {
        let faults = owner.post("/v1/packages", &with(wrong)).await.faults();
        assert_eq!(faults[0].0, "/service_ids");
    }
    let id = made(&owner, "packages", &with(json!([two, one, two]))).await;
    let path = format!("/v1/packages/{id}");
    let view = owner.get(&path).await.expect(200);
    assert_eq!(view["service_ids"], json!([two, one, two]));
    assert_eq!((&view["online"], &view["mode"]), (&json!(true), &json!("sequence")));
    let change = json!({ "service_ids": [one], "mode": "parallel", "online": false });
    let changed = owner.patch(&path, 1, &change).await.expect(200);
    assert_eq!(changed["service_ids"], json!([one]));
    assert_eq!(owner.get(&path).await.expect(200), changed);
    owner.patch(&path, 1, &change).await.problem(412, "version_conflict");
    // No package holds it any more.
    let ending = owner.delete(&format!("/v1/services/{two}")).await.expect(200);
    assert_eq!(ending["outcome"], "deleted");

    let other = made(&owner, "packages", &with(json!([one]))).await;
    owner.put("/v1/packages/order", &json!({ "ids": [other, id] })).await.expect(204);
    assert_eq!(listed(&owner, "packages", "id").await, [other.clone(), id.clone()]);
    let ending = owner.delete(&format!("/v1/packages/{other}")).await.expect(200);
    assert_eq!(ending["outcome"], "deleted");
    let booked = format!(
        "insert into appointments (tenant_id, id, location_id, status, starts_at, ends_at, party,
             title, package_id, price_minor, currency, terms, source, created_at, updated_at)
         select '{}', gen_random_uuid(), l.id, 'confirmed', now(), now() + interval '1 hour', 1,
             'Day', p.id, 1, 'USD', '{{}}', 'staff', now(), now()
         from locations l, packages p",
        business.id.uuid()
    );
    app.database.run(&booked).await;
    assert_eq!(owner.delete(&path).await.expect(200)["outcome"], "archived");
    assert!(listed(&owner, "packages", "id").await.is_empty());
    let back = owner.post_empty(&format!("{path}/restore")).await.expect(200);
    assert_eq!(back["service_ids"], json!([one]));
}

#[tokio::test]
async fn membership_plans_come_and_go() {
    let app = TestApp::start().await;
    let (business, owner) = spa(&app).await;
    let category = category(&owner, "VIP").await;
    let id = service(&owner, &category, "Private pool").await;
    let body = json!({ "category_id": category, "name": "VIP", "price_minor": 5_000,
                       "period": "year", "benefits": ["🎂 A gift", "A gift for a friend"],
                       "discount_percent": 10, "service_ids": [id] });
    let plan = made(&owner, "membership-plans", &body).await;
    let path = format!("/v1/membership-plans/{plan}");
    let view = owner.get(&path).await.expect(200);
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(&view[field], value, "{field}");
    }
    for (change, field) in [
        (json!({ "discount_percent": 101 }), "/discount_percent"),
        (json!({ "period": "week" }), "/period"),
        (json!({ "benefits": ["a", ""] }), "/benefits/1"),
        (json!({ "benefits": vec!["a"; 21] }), "/benefits"),
        (json!({ "price_minor": -1 }), "/price_minor"),
        (json!({ "service_ids": ["svc_00000000000000000000000007"] }), "/service_ids/0"),
    ] {
        assert_eq!(owner.patch(&path, 1, &change).await.faults()[0].0, field, "{change}");
    }
    let changed = owner.patch(&path, 1, &json!({ "service_ids": [], "benefits": [] })).await;
    let changed = changed.expect(200);
    assert_eq!((&changed["service_ids"], &changed["benefits"]), (&json!([]), &json!([])));
    let ids = json!({ "ids": [plan] });
    owner.put("/v1/membership-plans/order", &ids).await.expect(204);
    let member = format!(
        "insert into customers (tenant_id, id, name, name_key, source, created_at, updated_at)
         values ('{tenant}', gen_random_uuid(), 'Ana', 'ana', 'staff', now(), now());
         insert into customer_memberships (tenant_id, id, customer_id, plan_id, starts_on, ends_on,
                                           created_at)
         select '{tenant}', gen_random_uuid(), c.id, p.id, '2026-01-01', '2027-01-01', now()
         from customers c, membership_plans p",
        tenant = business.id.uuid()
    );
    let unused = made(&owner, "membership-plans", &body).await;
    let ending = owner.delete(&format!("/v1/membership-plans/{unused}")).await.expect(200);
    assert_eq!(ending["outcome"], "deleted");
    app.database.run(&member).await;
    assert_eq!(owner.delete(&path).await.expect(200)["outcome"], "archived");
    owner.post_empty(&format!("{path}/restore")).await.expect(200);
    assert_eq!(listed(&owner, "membership-plans", "id").await, [plan]);
}

/// Something is put away while something else begins to use it: one of the two waits, and no use is
/// left of what is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_uses_what_is_gone() {
    let app = TestApp::with(&[("database.max_connections", "12")]).await;
    let (_, owner) = spa(&app).await;
    let category = category(&owner, "Rites").await;
    for round in 0..8 {
        let id = service(&owner, &category, &format!("Rite {round}")).await;
        let body = json!({ "category_id": category, "name": format!("Day {round}"),
                           "mode": "sequence", "price_minor": 1, "service_ids": [id] });
        let path = format!("/v1/services/{id}");
        let mut calls = vec![owner.delete(&path).into_future()];
        calls.extend((0..3).map(|_| owner.post("/v1/packages", &body).into_future()));
        calls.rotate_left(round % 4);
        let answers = join_all(calls).await;
        let created = answers.iter().filter(|answer| answer.status == 201).count();
        let ending = answers.iter().find(|answer| answer.to.starts_with("DELETE")).unwrap();
        let outcome = ending.expect(200)["outcome"].clone();
        assert_eq!(outcome == "archived", created > 0, "{answers:#?}");
        assert!(answers.iter().all(|answer| [200, 201, 422].contains(&answer.status)));
        let there = owner.get(&path).await.status;
        assert_eq!(there, if created > 0 { 200 } else { 404 });
    }
}

#[tokio::test]
async fn a_menu_has_an_end() {
    let app = TestApp::start().await;
    let (business, owner) = spa(&app).await;
    let fill = format!(
        "insert into service_categories (tenant_id, id, name, position, created_at)
         select '{}', gen_random_uuid(), 'Rites ' || n, n, now() from generate_series(1, 97) n",
        business.id.uuid()
    );
    app.database.run(&fill).await;
    let body = json!({ "name": "One too many" });
    owner.post("/v1/categories", &body).await.problem(409, "menu_full");
    let last = listed(&owner, "categories", "id").await.pop().unwrap();
    owner.delete(&format!("/v1/categories/{last}")).await.expect(200);
    owner.post("/v1/categories", &body).await.expect(201);
}
