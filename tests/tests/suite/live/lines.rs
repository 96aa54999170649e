//! The walk-in queue, watched by staff, by the screen in the shop, and by those who wait.

use openchair_tests::TestApp;
use openchair_tests::live::Watcher;
use openchair_tests::spa::Spa;
use serde_json::{Value, json};

fn queue(spa: &Spa) -> Value {
    json!({ "sub": "queue", "location": spa.location })
}

/// What is shown of the line, as `GET /v1/queue` puts it.
fn entries(socket: &Watcher, spa: &Spa, open: bool) -> Vec<Value> {
    let shown = socket.board.topic(&format!("queue:{}", spa.location)).unwrap();
    let mut found: Vec<Value> = shown
        .items
        .values()
        .filter(|item| item.kind == "entry")
        .map(|item| item.body["entry"].clone())
        .filter(|entry| entry["ended_at"].is_null() == open)
        .collect();
    found.sort_by_key(|entry| (entry["rank"].as_i64(), entry["id"].to_string()));
    found
}

fn item(socket: &Watcher, topic: &str, kind: &str) -> Value {
    let shown = socket.board.topic(topic).unwrap();
    let mut items = shown.items.values().filter(|item| item.kind == kind);
    items.next().unwrap_or_else(|| panic!("no {kind} in {topic}")).body[kind].clone()
}

async fn agrees(socket: &Watcher, spa: &Spa) {
    let rest = spa.line().await;
    let mut listed = rest["entries"].as_array().unwrap().clone();
    listed.sort_by_key(|entry| (entry["rank"].as_i64(), entry["id"].to_string()));
    assert_eq!(entries(socket, spa, true), listed);
    assert_eq!(entries(socket, spa, false).len(), rest["ended"].as_array().unwrap().len());
    let topic = format!("queue:{}", spa.location);
    assert_eq!(item(socket, &topic, "waits"), rest["waits"]);
    assert_eq!(item(socket, &topic, "queue"), rest["settings"]);
}

#[tokio::test]
async fn staff_see_every_step_of_the_line() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.open_line(&["Eve", "Wanda"]).await;
    let mut desk = spa.owner.watch().await;
    assert_eq!(desk.ask(&queue(&spa)).await["type"], "snapshot");
    agrees(&desk, &spa).await;
    let ann = spa.desk_in("Ann", &["Wax"], &json!({})).await;
    let bob = spa.desk_in("Bob", &["Wax"], &json!({})).await;
    let cat = spa.desk_in("Cat", &["Wax"], &json!({})).await;
    desk.catch_up(&app).await;
    agrees(&desk, &spa).await;
    assert_eq!(entries(&desk, &spa, true).len(), 3);
    // The last to the front, the next is called, and away.
    let cat = spa.entry(&cat).await;
    spa.press(&cat, "move", json!({ "to": "first" })).await;
    desk.catch_up(&app).await;
    agrees(&desk, &spa).await;
    spa.call_next("Eve").await.expect(200);
    desk.catch_up(&app).await;
    agrees(&desk, &spa).await;
    let bob = spa.entry(&bob).await;
    spa.press(&bob, "leave", json!({})).await.expect(200);
    spa.keep_line(&json!({ "open": false })).await.expect(200);
    desk.catch_up(&app).await;
    agrees(&desk, &spa).await;
    // Who was away goes on where they were.
    let topic = format!("queue:{}", spa.location);
    let (board, since) = (desk.board.clone(), desk.board.since(&topic));
    drop(desk);
    let ann = spa.entry(&ann).await;
    spa.press(&ann, "leave", json!({})).await.expect(200);
    let mut back = spa.owner.watch().await;
    back.board = board;
    let mut wish = queue(&spa);
    wish["since"] = json!(since);
    assert_eq!(back.ask(&wish).await["type"], "change");
    agrees(&back, &spa).await;
}

/// What ended yesterday isn't on the screen of a desk that was left open, nor of one that comes back.
#[tokio::test]
async fn the_line_is_that_of_the_day() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.open_line(&["Eve", "Wanda"]).await;
    let mut desk = spa.owner.watch().await;
    desk.ask(&queue(&spa)).await;
    let ann = spa.desk_in("Ann", &["Wax"], &json!({})).await;
    let ann = spa.entry(&ann).await;
    spa.press(&ann, "leave", json!({})).await.expect(200);
    desk.catch_up(&app).await;
    agrees(&desk, &spa).await;
    assert_eq!(entries(&desk, &spa, false).len(), 1);
    let yesterday = desk.board.clone();
    // As long as it is the same day, one goes on where one was.
    let mut back = spa.owner.watch().await;
    back.board = yesterday.clone();
    assert_eq!(back.ask(&yesterday.wish(&queue(&spa))).await["type"], "change");
    drop(back);
    app.clock.advance(chrono::Duration::hours(24));
    let mut back = spa.owner.watch().await;
    back.board = yesterday.clone();
    assert_eq!(back.ask(&yesterday.wish(&queue(&spa))).await["type"], "resync");
    back.message().await;
    agrees(&back, &spa).await;
    assert_eq!(entries(&back, &spa, false).len(), 0);
    spa.desk_in("Bob", &["Wax"], &json!({})).await;
    desk.catch_up(&app).await;
    agrees(&desk, &spa).await;
    assert_eq!((entries(&desk, &spa, true).len(), entries(&desk, &spa, false).len()), (1, 0));
}

#[tokio::test]
async fn the_screen_shows_codes_and_a_ticket_its_own_place() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.open_line(&["Eve", "Wanda"]).await;
    let first = spa.walk_in("Ann Secret", &["Wax"], &json!({})).await.expect(201);
    let second = spa.walk_in("Bob Hidden", &["Wax"], &json!({})).await.expect(201);
    // Anybody may see the screen; it needs no token.
    let mut screen = Watcher::silent(&app.browser().live_door()).await;
    let hello = screen.ask(&json!({ "shop": spa.business.slug })).await;
    assert_eq!(hello, json!({ "type": "hello", "v": 1 }));
    let snapshot = screen.ask(&json!({ "sub": "board" })).await;
    assert_eq!(snapshot["topic"], json!(format!("board:{}", spa.location)), "{snapshot}");
    for other in
        [queue(&spa), json!({ "sub": "schedule", "location": spa.location, "date": "2026-03-09" })]
    {
        assert_eq!(screen.error(&other).await, "not_allowed");
    }
    assert_eq!(screen.error(&json!({ "sub": "ticket" })).await, "no_ticket");
    let token = second["token"].as_str().unwrap();
    let mut own = Watcher::silent(&app.browser().live_door()).await;
    own.ask(&json!({ "auth": token })).await;
    let snapshot = own.ask(&json!({ "sub": "ticket" })).await;
    let rest = app.browser().get(&format!("/v1/q/{token}")).await.expect(200);
    assert_eq!(snapshot["items"][0]["ticket"], rest);
    assert_eq!(rest["position"], 2);
    assert_eq!(own.error(&queue(&spa)).await, "not_allowed");
    // The one before them is called: everybody's picture changes.
    spa.call_next("Eve").await.expect(200);
    own.until("the second is the first", |board| {
        let item = board.topic("ticket")?.items.get("ticket")?;
        (item.body["ticket"]["position"] == 1).then_some(())
    })
    .await;
    let rest = app.browser().get(&format!("/v1/q/{token}")).await.expect(200);
    own.catch_up(&app).await;
    assert_eq!(item(&own, "ticket", "ticket"), rest);
    screen.catch_up(&app).await;
    let board = format!("/v1/public/{}/queue/board", spa.business.slug);
    let rest = app.browser().get(&board).await.expect(200);
    assert_eq!(item(&screen, &format!("board:{}", spa.location), "board"), rest);
    let whole = format!("{:?}{:?}", screen.board, own.board);
    for secret in ["Secret", "Ann", "cus_", first["token"].as_str().unwrap()] {
        assert!(!whole.contains(secret), "{secret} shows in {whole}");
    }
    // Their ticket ends with their wait.
    app.browser().post_empty(&format!("/v1/q/{token}/leave")).await.expect(204);
    let end = own.ended().await;
    assert_eq!(end.bye.unwrap()["reason"], "over");
    assert_eq!((end.code, &item(&own, "ticket", "ticket")["state"]), (Some(1000), &json!("left")));
    // Who looks later sees how it ended, and that it has.
    let mut late = Watcher::silent(&app.browser().live_door()).await;
    late.ask(&json!({ "auth": token })).await;
    assert_eq!(late.ask(&json!({ "sub": "ticket" })).await["items"][0]["ticket"]["state"], "left");
    assert_eq!(late.goodbye().await, ("over".into(), 1000));
    let mut nowhere = Watcher::silent(&app.browser().live_door()).await;
    assert_eq!(nowhere.error(&json!({ "shop": "no-such-shop" })).await, "not_found");
    assert_eq!(nowhere.goodbye().await, ("not_signed_in".into(), 4401));
}
