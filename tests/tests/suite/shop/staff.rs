use futures_util::future::join_all;
use openchair_domain::authz::BuiltIn;
use openchair_domain::ids::StaffMember;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{done, each, put, shop, text, uuid, visit};

/// A business that signed itself up can be booked at once.
#[tokio::test]
async fn a_new_business_begins_with_its_owner() {
    let (_app, spa, owner) = shop().await;
    let staff = owner.get("/v1/staff").await.expect(200);
    let [first] = &staff["items"].as_array().unwrap()[..] else { panic!("{staff}") };
    assert_eq!(text(first, "name"), spa.owner.name);
    assert_eq!(text(first, "user_id"), spa.owner.id.to_string());
    assert_eq!((&first["online"], &first["version"]), (&json!(true), &json!(1)));
    let menu = owner.get("/v1/services").await.expect(200);
    let mut skills: Vec<_> =
        first["skills"].as_array().unwrap().iter().map(|skill| text(skill, "service_id")).collect();
    let mut services = each(&menu, "id");
    skills.sort_unstable();
    services.sort_unstable();
    assert_eq!(skills, services);
    let place = owner.get("/v1/locations").await.expect(200)["items"][0].clone();
    assert_eq!(first["hours"][0]["location_id"], place["id"]);
    assert_eq!(first["hours"][0]["work"], place["hours"]);
    assert!(!place["hours"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn somebody_comes_changes_goes_and_comes_back() {
    let (app, spa, owner) = shop().await;
    let room = app.room(&spa, app.location(&spa).await, "Room 1").await;
    let body = json!({ "name": " ليلى 💆🏽‍♀️ ", "title": "Therapist", "daily_cap": 6,
                       "default_room_id": room.to_string() });
    let made = owner.post("/v1/staff", &body).await;
    let staff = made.expect(201);
    assert_eq!((made.version(), text(&staff, "name")), (1, "ليلى 💆🏽‍♀️"));
    assert_eq!((&staff["skills"], &staff["hours"]), (&json!([]), &json!([])));
    let path = format!("/v1/staff/{}", text(&staff, "id"));

    // What is left out stays, what is null goes.
    let changed = owner.patch(&path, 1, &json!({ "title": "Senior", "online": false })).await;
    let changed = changed.expect(200);
    assert_eq!(changed["default_room_id"], room.to_string());
    assert_eq!((&changed["daily_cap"], &changed["online"]), (&json!(6), &json!(false)));
    let none = json!({ "default_room_id": null, "daily_cap": null });
    let changed = owner.patch(&path, 2, &none).await.expect(200);
    assert_eq!((&changed["default_room_id"], &changed["daily_cap"]), (&Value::Null, &Value::Null));
    assert_eq!(owner.get(&path).await.expect(200), changed);

    // Nobody ever came to them: nothing is left.
    let gone = owner.delete(&path).await.expect(200);
    assert_eq!(gone, json!({ "outcome": "deleted" }));
    owner.get(&path).await.problem(404, "not_found");
    owner.delete(&path).await.problem(404, "not_found");

    // With a visit, however old, they stay for those who look back.
    let staff = owner.post("/v1/staff", &json!({ "name": "Lani" })).await.expect(201);
    let path = format!("/v1/staff/{}", text(&staff, "id"));
    visit(&app, &spa, uuid::<StaffMember>(text(&staff, "id")), Uuid::nil()).await;
    let gone = owner.delete(&path).await.expect(200);
    assert_eq!(gone, json!({ "outcome": "archived" }));
    assert_eq!(each(&owner.get("/v1/staff").await.expect(200), "name"), [&spa.owner.name]);
    let archived = owner.get("/v1/staff?archived=true").await.expect(200);
    assert_eq!(each(&archived, "name"), ["Lani"]);
    assert!(owner.get(&path).await.expect(200)["archived_at"].is_string());
    // Who is off the calendar isn't changed.
    owner.patch(&path, 2, &json!({ "title": "x" })).await.problem(404, "not_found");
    owner.delete(&path).await.problem(404, "not_found");
    let back = owner.post_empty(&format!("{path}/restore")).await.expect(200);
    assert_eq!((&back["archived_at"], &back["version"]), (&Value::Null, &json!(3)));
    let again = owner.post_empty(&format!("{path}/restore")).await.expect(200);
    assert_eq!(again, back, "who is there stays as they are");
    for (action, times) in [
        ("staff.created", 2),
        ("staff.updated", 2),
        ("staff.deleted", 1),
        ("staff.archived", 1),
        ("staff.restored", 1),
    ] {
        assert_eq!(done(&owner, action).await, times, "{action}");
    }
}

#[tokio::test]
async fn a_login_belongs_to_one_of_the_staff() {
    let (app, spa, owner) = shop().await;
    let (mate, stranger) = (app.member(&spa, BuiltIn::Provider).await, app.login("Eve").await);
    let other = app.business("Other").await;
    let with = |user: String| json!({ "name": "Lani", "user_id": user });
    for unknown in [
        stranger.id.to_string(),
        other.owner.id.to_string(),
        "usr_00000000000000000000000007".to_owned(),
    ] {
        let faults = owner.post("/v1/staff", &with(unknown)).await.faults();
        assert_eq!(faults, [("/user_id".to_owned(), "unknown_user".to_owned())]);
    }
    let taken = owner.post("/v1/staff", &with(spa.owner.id.to_string())).await;
    assert_eq!(taken.problem(409, "login_taken")["fields"][0]["field"], "/user_id");
    let lani = owner.post("/v1/staff", &with(mate.id.to_string())).await.expect(201);
    let path = format!("/v1/staff/{}", text(&lani, "id"));
    visit(&app, &spa, uuid::<StaffMember>(text(&lani, "id")), Uuid::nil()).await;

    // Who goes leaves the login to others, and can't have it back from them.
    owner.delete(&path).await.expect(200);
    let heir = owner.post("/v1/staff", &with(mate.id.to_string())).await.expect(201);
    owner.post_empty(&format!("{path}/restore")).await.problem(409, "login_taken");
    let heir = format!("/v1/staff/{}", text(&heir, "id"));
    owner.patch(&heir, 1, &json!({ "user_id": null })).await.expect(200);
    owner.post_empty(&format!("{path}/restore")).await.expect(200);
    let back = json!({ "user_id": mate.id.to_string() });
    owner.patch(&heir, 2, &back).await.problem(409, "login_taken");
}

#[tokio::test]
async fn the_plan_says_how_many_serve() {
    let (app, spa, owner) = shop().await;
    // The trial has room for five, the owner among them.
    let new = |name: &str| json!({ "name": name });
    let calls =
        (0..8).map(|number| owner.post("/v1/staff", &new(&number.to_string())).into_future());
    let answers = join_all(calls).await;
    let made: Vec<_> = answers.iter().filter(|answer| answer.status == 201).collect();
    assert_eq!(made.len(), 4, "{answers:#?}");
    for refused in answers.iter().filter(|answer| answer.status != 201) {
        refused.problem(409, "plan_limit");
    }
    let first = made[0].json();
    let path = format!("/v1/staff/{}", text(&first, "id"));
    visit(&app, &spa, uuid::<StaffMember>(text(&first, "id")), Uuid::nil()).await;
    owner.delete(&path).await.expect(200);
    owner.post("/v1/staff", &new("another")).await.expect(201);
    owner.post_empty(&format!("{path}/restore")).await.problem(409, "plan_limit");
    app.database.run("update tenants set plan = 'team'").await;
    owner.post_empty(&format!("{path}/restore")).await.expect(200);
}

#[tokio::test]
async fn the_shop_lists_its_staff_in_its_order() {
    let (app, spa, owner) = shop().await;
    let mut all = vec![app.first_staff(&spa).await.to_string()];
    for name in ["Ana", "Ben", "Cleo"] {
        let made = owner.post("/v1/staff", &json!({ "name": name })).await.expect(201);
        all.push(text(&made, "id").to_owned());
    }
    assert_eq!(each(&owner.get("/v1/staff").await.expect(200), "id"), all);
    all.reverse();
    owner.put("/v1/staff/order", &json!({ "ids": all })).await.expect(204);
    assert_eq!(each(&owner.get("/v1/staff").await.expect(200), "id"), all);
    // Who comes next comes last.
    owner.post("/v1/staff", &json!({ "name": "Dan" })).await.expect(201);
    let listed = owner.get("/v1/staff").await.expect(200);
    assert_eq!(each(&listed, "name"), ["Cleo", "Ben", "Ana", &*spa.owner.name, "Dan"]);

    let whole: Vec<String> = each(&listed, "id").into_iter().map(str::to_owned).collect();
    let other = app.business("Other").await;
    let foreign = app.first_staff(&other).await.to_string();
    let twice = [&whole[..4], &whole[..1]].concat();
    let strange = [&whole[..4], &[foreign][..]].concat();
    let more = [&whole[..], &["stf_00000000000000000000000007".to_owned()][..]].concat();
    for ids in [vec![], whole[1..].to_vec(), twice, strange, more] {
        let answer = owner.put("/v1/staff/order", &json!({ "ids": ids })).await;
        answer.problem(409, "order_incomplete");
    }
    assert_eq!(owner.get("/v1/staff").await.expect(200), listed);
}

#[tokio::test]
async fn what_somebody_can_do_and_how_dear_it_is() {
    let (app, spa, owner) = shop().await;
    let (staff, services) = (app.first_staff(&spa).await, app.services(&spa).await);
    let path = format!("/v1/staff/{staff}/skills");
    let skill = |place: usize, minutes: Value, price: Value| {
        json!({ "service_id": services[place].to_string(), "duration_minutes": minutes,
                "price_minor": price })
    };
    let body =
        json!({ "skills": [skill(1, json!(75), json!(0)), skill(0, Value::Null, Value::Null)] });
    let view = put(&owner, &path, 1, &body).await.expect(200);
    let skills = view["skills"].as_array().unwrap();
    assert_eq!(skills.len(), 2);
    let long = skills.iter().find(|skill| skill["duration_minutes"] == 75).unwrap();
    assert_eq!(text(long, "service_id"), services[1].to_string());
    assert_eq!(long["price_minor"], 0);
    put(&owner, &path, 1, &body).await.problem(412, "version_conflict");

    let other = app.business("Other").await;
    let foreign = app.services(&other).await[0].to_string();
    let named = |service: &str| json!({ "skills": [{ "service_id": service }] });
    let before = owner.get(&format!("/v1/staff/{staff}")).await.expect(200);
    for (body, field, code) in [
        (named(&foreign), "/skills/0/service_id", "unknown_service"),
        (named("svc_00000000000000000000000007"), "/skills/0/service_id", "unknown_service"),
        (named("facial"), "/skills/0/service_id", "pattern"),
        (
            json!({ "skills": [skill(0, json!(0), Value::Null)] }),
            "/skills/0/duration_minutes",
            "too_small",
        ),
        (
            json!({ "skills": [skill(0, json!(-5), Value::Null)] }),
            "/skills/0/duration_minutes",
            "too_small",
        ),
        (
            json!({ "skills": [skill(0, Value::Null, json!(-1))] }),
            "/skills/0/price_minor",
            "too_small",
        ),
        (
            json!({ "skills": [skill(0, Value::Null, Value::Null), skill(0, json!(5), Value::Null)] }),
            "/skills/1/service_id",
            "twice",
        ),
    ] {
        let faults = put(&owner, &path, 2, &body).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{body}");
    }
    assert_eq!(owner.get(&format!("/v1/staff/{staff}")).await.expect(200), before);

    // What is off the menu isn't shown, and isn't lost either.
    let off = format!("where id = '{}'", services[1].uuid());
    app.database.run(&format!("update services set archived_at = now() {off}")).await;
    put(&owner, &path, 2, &json!({ "skills": [skill(1, Value::Null, Value::Null)] }))
        .await
        .faults();
    let view = put(&owner, &path, 2, &json!({ "skills": [] })).await.expect(200);
    assert_eq!(view["skills"], json!([]));
    app.database.run(&format!("update services set archived_at = null {off}")).await;
    let view = owner.get(&format!("/v1/staff/{staff}")).await.expect(200);
    assert_eq!(view["skills"][0]["duration_minutes"], 75);
}

#[tokio::test]
async fn staff_that_can_not_be_meant() {
    let (app, spa, owner) = shop().await;
    let (at, other) = (app.location(&spa).await, app.business("Other").await);
    let archived = app.room(&spa, at, "Closed").await;
    let sql = format!("update rooms set archived_at = now() where id = '{}'", archived.uuid());
    app.database.run(&sql).await;
    let foreign = app.room(&other, app.location(&other).await, "Room 1").await;
    let before = app.database.fingerprint().await;
    for (body, field, code) in [
        (json!({ "name": "" }), "/name", "too_short"),
        (json!({ "name": "  " }), "/name", "required"),
        (json!({ "name": "x".repeat(81) }), "/name", "too_long"),
        (json!({ "name": "A", "daily_cap": 0 }), "/daily_cap", "too_small"),
        (json!({ "name": "A", "daily_cap": 201 }), "/daily_cap", "too_large"),
        (json!({ "name": "A", "hue": 360 }), "/hue", "too_large"),
        (
            json!({ "name": "A", "default_room_id": archived.to_string() }),
            "/default_room_id",
            "unknown_room",
        ),
        (
            json!({ "name": "A", "default_room_id": foreign.to_string() }),
            "/default_room_id",
            "unknown_room",
        ),
        (
            json!({ "name": "A", "default_room_id": "rom_00000000000000000000000007" }),
            "/default_room_id",
            "unknown_room",
        ),
        (json!({ "name": "A", "position": 3 }), "/position", "unknown"),
    ] {
        let faults = owner.post("/v1/staff", &body).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{body}");
    }
    assert_eq!(app.database.fingerprint().await, before);
}
