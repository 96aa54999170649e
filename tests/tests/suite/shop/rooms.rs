use openchair_domain::ids::Room;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{done, each, shop, text, uuid, visit};

#[tokio::test]
async fn a_room_comes_changes_goes_and_comes_back() {
    let (app, spa, owner) = shop().await;
    let here = app.location(&spa).await.to_string();
    let body = json!({ "location_id": here, "name": "غرفة 3 🧖", "places": 2,
                       "features": [{ "name": " Scrub " }, { "name": "couples", "preference": 1 }] });
    let made = owner.post("/v1/rooms", &body).await;
    let room = made.expect(201);
    assert_eq!((made.version(), text(&room, "name")), (1, "غرفة 3 🧖"));
    let features =
        json!([{ "name": "couples", "preference": 1 }, { "name": "scrub", "preference": 0 }]);
    assert_eq!(room["features"], features);
    let path = format!("/v1/rooms/{}", text(&room, "id"));
    let changed = owner.patch(&path, 1, &json!({ "places": 3 })).await.expect(200);
    assert_eq!((&changed["places"], &changed["features"]), (&json!(3), &features));
    let none = json!({ "features": [] });
    assert_eq!(owner.patch(&path, 2, &none).await.expect(200)["features"], json!([]));
    owner.patch(&path, 2, &none).await.problem(412, "version_conflict");

    assert_eq!(owner.delete(&path).await.expect(200), json!({ "outcome": "deleted" }));
    owner.get(&path).await.problem(404, "not_found");
    owner.post_empty(&format!("{path}/restore")).await.problem(404, "not_found");

    // In use: by a visit, or as somebody's own.
    let mut made = Vec::new();
    for name in ["Room 1", "Room 2"] {
        let body = json!({ "location_id": here, "name": name });
        made.push(owner.post("/v1/rooms", &body).await.expect(201));
    }
    visit(&app, &spa, Uuid::nil(), uuid::<Room>(text(&made[0], "id"))).await;
    let staff = format!("/v1/staff/{}", app.first_staff(&spa).await);
    let own = json!({ "default_room_id": made[1]["id"] });
    owner.patch(&staff, 1, &own).await.expect(200);
    for room in &made {
        let path = format!("/v1/rooms/{}", text(room, "id"));
        assert_eq!(owner.delete(&path).await.expect(200), json!({ "outcome": "archived" }));
        owner.patch(&path, 2, &none).await.problem(404, "not_found");
    }
    // Nobody gets a room that is out of use; who had it keeps it for when it is back.
    owner.patch(&staff, 2, &own).await.faults();
    let kept = owner.patch(&staff, 2, &json!({ "title": "Boss" })).await.expect(200);
    assert_eq!(kept["default_room_id"], made[1]["id"]);
    assert_eq!(owner.get("/v1/rooms").await.expect(200)["items"], json!([]));
    let archived = owner.get("/v1/rooms?archived=true").await.expect(200);
    assert_eq!(each(&archived, "name"), ["Room 1", "Room 2"]);
    let restore = format!("/v1/rooms/{}/restore", text(&made[1], "id"));
    let back = owner.post_empty(&restore).await.expect(200);
    assert_eq!((&back["archived_at"], &back["version"]), (&Value::Null, &json!(3)));
    assert_eq!(owner.post_empty(&restore).await.expect(200), back);
    for (action, times) in [("room.archived", 2), ("room.restored", 1), ("room.deleted", 1)] {
        assert_eq!(done(&owner, action).await, times, "{action}");
    }
}

#[tokio::test]
async fn rooms_are_taken_in_the_shops_order() {
    let (app, spa, owner) = shop().await;
    let (here, annex) = (app.location(&spa).await, app.another_location(&spa, "Annex").await);
    let mut ids = Vec::new();
    for (at, name) in [(here, "1"), (here, "2"), (here, "3"), (annex, "4")] {
        let body = json!({ "location_id": at.to_string(), "name": name });
        ids.push(text(&owner.post("/v1/rooms", &body).await.expect(201), "id").to_owned());
    }
    let order = format!("/v1/locations/{here}/rooms/order");
    let of_here = format!("/v1/rooms?location={here}");
    owner.put(&order, &json!({ "ids": [ids[2], ids[0], ids[1]] })).await.expect(204);
    assert_eq!(each(&owner.get(&of_here).await.expect(200), "name"), ["3", "1", "2"]);
    for wrong in [vec![], vec![0, 1], vec![0, 1, 1], vec![0, 1, 2, 3], vec![0, 1, 3]] {
        let wrong: Vec<_> = wrong.into_iter().map(|place: usize| &ids[place]).collect();
        let answer = owner.put(&order, &json!({ "ids": wrong })).await;
        answer.problem(409, "order_incomplete");
    }
    assert_eq!(each(&owner.get(&of_here).await.expect(200), "name"), ["3", "1", "2"]);
    let elsewhere = owner.get("/v1/rooms?location=loc_x").await.expect(200);
    assert_eq!(elsewhere["items"], json!([]));
}

#[tokio::test]
async fn rooms_that_can_not_be_meant() {
    let (app, spa, owner) = shop().await;
    let here = app.location(&spa).await.to_string();
    let other = app.business("Other").await;
    let foreign = app.location(&other).await.to_string();
    let before = app.database.fingerprint().await;
    let with = |field: &str, value: Value| {
        let mut body = json!({ "location_id": here, "name": "Room" });
        body[field] = value;
        body
    };
    for (body, field, code) in [
        (with("location_id", json!(foreign)), "/location_id", "unknown_location"),
        (
            with("location_id", json!("loc_00000000000000000000000007")),
            "/location_id",
            "unknown_location",
        ),
        (with("name", json!(" ")), "/name", "required"),
        (with("places", json!(0)), "/places", "too_small"),
        (with("places", json!(21)), "/places", "too_large"),
        (with("features", json!([{ "name": "" }])), "/features/0/name", "too_short"),
        (
            with("features", json!([{ "name": "a", "preference": 100 }])),
            "/features/0/preference",
            "too_large",
        ),
        (with("features", json!([{ "name": "a" }, { "name": "A" }])), "/features/1/name", "twice"),
    ] {
        let faults = owner.post("/v1/rooms", &body).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{body}");
    }
    assert_eq!(app.database.fingerprint().await, before);
}

/// A room has no life of its own where the door is closed for good.
#[tokio::test]
async fn a_room_comes_back_only_where_the_door_is_open() {
    let (app, spa, owner) = shop().await;
    let annex = app.another_location(&spa, "Annex").await;
    let body = json!({ "location_id": annex.to_string(), "name": "Room" });
    let room = owner.post("/v1/rooms", &body).await.expect(201);
    visit(&app, &spa, Uuid::nil(), uuid::<Room>(text(&room, "id"))).await;
    let path = format!("/v1/rooms/{}", text(&room, "id"));
    owner.delete(&path).await.expect(200);
    owner.delete(&format!("/v1/locations/{annex}")).await.expect(200);
    owner.post_empty(&format!("{path}/restore")).await.problem(409, "location_archived");
    owner.post("/v1/rooms", &body).await.faults();
    owner.post_empty(&format!("/v1/locations/{annex}/restore")).await.expect(200);
    owner.post_empty(&format!("{path}/restore")).await.expect(200);
}
