//! What goes to whom.

use openchair_domain::authz::BuiltIn;
use openchair_domain::ids::{Id, StaffMember};
use openchair_tests::live::{listed, schedule};
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Browser, Login, TestApp};
use serde_json::{Value, json};

const DAY: &str = "2026-03-09";

async fn monday(spa: &Spa, to: &Browser) -> Vec<Value> {
    listed(to, &spa.location, "2026-03-09T04:00:00Z", "2026-03-10T04:00:00Z").await
}

async fn provider(app: &TestApp, spa: &Spa, name: &str) -> (Login, Browser) {
    let login = app.member(&spa.business, BuiltIn::Provider).await;
    let staff: Id<StaffMember> = spa.id(name).parse().unwrap();
    app.be_staff(&spa.business, &login, staff).await;
    let browser = app.sign_in(&login).await.in_tenant(&spa.business);
    (login, browser)
}

/// A provider's socket shows their own column and nothing else: not that there is something else, nor
/// that it came or went.
#[tokio::test]
async fn providers_see_their_own_column() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let (_, eve) = provider(&app, &spa, "Eve").await;
    let (_, fay) = provider(&app, &spa, "Fay").await;
    let topic = format!("schedule:{}:{DAY}", spa.location);
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "09:00")).await.expect(201);
    let (mut of_eve, mut of_fay) = (eve.watch().await, fay.watch().await);
    let mut desk = spa.owner.watch().await;
    for socket in [&mut of_eve, &mut of_fay, &mut desk] {
        socket.ask(&schedule(&spa.location, DAY)).await;
    }
    assert_eq!(of_eve.shown(&topic), monday(&spa, &eve).await);
    assert_eq!((of_eve.shown(&topic).len(), of_fay.shown(&topic).len()), (1, 0));
    let facial = spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(9, "11:00")).await.expect(201);
    assert_eq!(of_fay.message().await["items"][0]["id"], facial["id"]);
    // From Fay's column to Eve's: it goes here and comes there.
    let to = json!({ "version": 1, "start": at(9, "12:00"), "staff": [spa.id("Eve")] });
    let path = format!("/v1/appointments/{}/move", facial["id"].as_str().unwrap());
    spa.owner.post(&path, &to).await.expect(200);
    let gone = of_fay.message().await;
    assert_eq!((&gone["items"], &gone["gone"]), (&json!([]), &json!([facial["id"]])));
    assert_eq!(of_eve.message().await["items"][0]["id"], facial["id"]);
    // What Eve does on with it is none of Fay's concern any more.
    let path = format!("/v1/appointments/{}/cancel", facial["id"].as_str().unwrap());
    spa.owner.post(&path, &json!({ "version": 2 })).await.expect(200);
    assert_eq!(of_fay.catch_up(&app).await, Vec::<Value>::new());
    assert_eq!(of_eve.catch_up(&app).await.len(), 1);
    desk.catch_up(&app).await;
    for (socket, browser) in [(&of_eve, &eve), (&of_fay, &fay), (&desk, &spa.owner)] {
        assert_eq!(socket.shown(&topic), monday(&spa, browser).await);
    }
    assert_eq!(desk.shown(&topic).len(), 2);
}

/// How customers are reached is told to those who may see customers, live as over REST.
#[tokio::test]
async fn nobody_gets_a_field_that_rest_would_not_give_them() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let bare = app.custom_role(&spa.business, &["booking:read", "queue:read"]).await;
    let bare = app.member(&spa.business, openchair_tests::Role::Custom(bare)).await;
    let bare = app.sign_in(&bare).await.in_tenant(&spa.business);
    let (_, eve) = provider(&app, &spa, "Eve").await;
    let topic = format!("schedule:{}:{DAY}", spa.location);
    let mut sockets = Vec::new();
    for browser in [&spa.owner, &bare, &eve] {
        let mut socket = browser.watch().await;
        socket.ask(&schedule(&spa.location, DAY)).await;
        sockets.push((socket, browser));
    }
    let wax = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "09:00")).await.expect(201);
    let mut seen = Vec::new();
    for (socket, browser) in &mut sockets {
        let change = socket.message().await;
        assert_eq!(socket.shown(&topic), monday(&spa, browser).await);
        seen.push(change["items"][0]["visit"]["customer"]["email"].clone());
    }
    assert_eq!(seen[0], "ann@example.com");
    assert_eq!(seen[1], Value::Null);
    // A customer who changes their name changes it on what they have booked.
    let customer = wax["customer"]["id"].as_str().unwrap();
    let path = format!("/v1/customers/{customer}");
    let version = spa.owner.get(&path).await.version();
    spa.owner.patch(&path, version, &json!({ "name": "Ann Newname" })).await.expect(200);
    for (socket, browser) in &mut sockets {
        let change = socket.message().await;
        assert_eq!(change["items"][0]["visit"]["customer"]["name"], "Ann Newname", "{change}");
        assert_eq!(socket.shown(&topic), monday(&spa, browser).await);
    }
}

/// A location that moves to another time zone has other days.
#[tokio::test]
async fn days_are_those_of_the_location() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let late = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "18:00")).await.expect(201);
    let (mut monday, mut tuesday) = (spa.owner.watch().await, spa.owner.watch().await);
    monday.ask(&schedule(&spa.location, DAY)).await;
    tuesday.ask(&schedule(&spa.location, "2026-03-10")).await;
    let topic = |day: &str| format!("schedule:{}:{day}", spa.location);
    assert_eq!(
        (monday.shown(&topic(DAY)).len(), tuesday.shown(&topic("2026-03-10")).len()),
        (1, 0)
    );
    let path = format!("/v1/locations/{}", spa.location);
    let version = spa.owner.get(&path).await.version();
    // Another name is none of theirs.
    let named = spa.owner.patch(&path, version, &json!({ "name": "By the lake" })).await;
    let version = named.version();
    for socket in [&mut monday, &mut tuesday] {
        assert_eq!(socket.catch_up(&app).await, Vec::<Value>::new());
    }
    let there = json!({ "time_zone": "Asia/Tokyo" });
    spa.owner.patch(&path, version, &there).await.expect(200);
    for socket in [&mut monday, &mut tuesday] {
        assert_eq!(socket.message().await["type"], "resync");
        assert_eq!(socket.message().await["type"], "snapshot");
    }
    let shown = tuesday.shown(&topic("2026-03-10"));
    assert_eq!((monday.shown(&topic(DAY)).len(), shown.len()), (0, 1));
    assert_eq!(shown[0]["id"], late["id"]);
}

/// Time that is kept and lapses comes and goes like everything else.
#[tokio::test]
async fn what_is_kept_for_a_guest_comes_and_goes() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let mut desk = spa.owner.watch().await;
    desk.ask(&schedule(&spa.location, DAY)).await;
    let held =
        spa.hold(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "10:00"), "visitor-1").await.expect(201);
    assert_eq!(desk.message().await["items"][0]["visit"]["status"], "held");
    spa.take_up(&held, "Gus", "gus@example.com").await.expect(201);
    assert_eq!(desk.message().await["items"][0]["visit"]["status"], "confirmed");
    let other =
        spa.hold(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "12:00"), "visitor-2").await.expect(201);
    let kept = desk.message().await["items"][0]["id"].clone();
    let back = format!("/v1/public/{}/holds/release", spa.business.slug);
    spa.guest.post(&back, &json!({ "hold": other["hold"] })).await.expect(204);
    let gone = desk.message().await;
    assert_eq!((&gone["items"], &gone["gone"]), (&json!([]), &json!([kept])));
    let topic = format!("schedule:{}:{DAY}", spa.location);
    assert_eq!(desk.shown(&topic), monday(&spa, &spa.owner).await);
}
