//! Who comes back as somebody else: other rights, another column, another person.

use openchair_domain::authz::BuiltIn;
use openchair_live_client::Board;
use openchair_tests::live::{Watcher, listed, schedule};
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Browser, Login, TestApp};
use serde_json::{Value, json};

const DAY: &str = "2026-03-09";

async fn monday(spa: &Spa, to: &Browser) -> Vec<Value> {
    listed(to, &spa.location, "2026-03-09T04:00:00Z", "2026-03-10T04:00:00Z").await
}

/// Comes back with what is on the screen; what is answered, and what is shown then.
async fn back(browser: &Browser, spa: &Spa, board: &Board, wish: &Value) -> (Value, Vec<Value>) {
    let mut socket: Watcher = browser.watch().await;
    socket.board = board.clone();
    let answer = socket.ask(wish).await["type"].clone();
    if answer == "resync" {
        assert_eq!(socket.message().await["type"], "snapshot");
    }
    (answer, socket.shown(&format!("schedule:{}:{DAY}", spa.location)))
}

async fn turn_into(spa: &Spa, login: &Login, role: &str) {
    let path = format!("/v1/members/{}", login.membership.unwrap());
    let version = spa.owner.get(&path).await.version();
    spa.owner.patch(&path, version, &json!({ "role": role })).await.expect(200);
}

/// One of Eve's visits and one of Fay's.
async fn two_visits(spa: &Spa) {
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "09:00")).await.expect(201);
    spa.book(spa.wanted(&["Facial"], 1, &["Fay"]), at(9, "11:00")).await.expect(201);
}

#[tokio::test]
async fn other_rights_show_something_else() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    two_visits(&spa).await;
    let mate = app.member(&spa.business, BuiltIn::Provider).await;
    app.be_staff(&spa.business, &mate, spa.id("Eve").parse().unwrap()).await;
    let browser = app.sign_in(&mate).await.in_tenant(&spa.business);
    let mut socket = browser.watch().await;
    let day = schedule(&spa.location, DAY);
    socket.ask(&day).await;
    let topic = format!("schedule:{}:{DAY}", spa.location);
    assert_eq!(socket.shown(&topic).len(), 1);
    let own = socket.board.clone();
    // The connection breaks, and nobody hears a goodbye.
    drop(socket);
    let (wish, bare) = (own.wish(&day), json!({ "since": own.since(&topic) }));
    let mut bare_wish = day.clone();
    bare_wish["since"] = bare["since"].clone();
    for wish in [&wish, &bare_wish] {
        let (answer, shown) = back(&browser, &spa, &own, wish).await;
        assert_eq!((answer, shown.len()), (json!("change"), 1));
    }
    // They see everybody's now; then their own again, without what they may not see.
    turn_into(&spa, &mate, "manager").await;
    let mut all = Board::default();
    for wish in [&wish, &bare_wish] {
        let (answer, shown) = back(&browser, &spa, &own, wish).await;
        assert_eq!(answer, "resync", "{wish}");
        assert_eq!(shown, monday(&spa, &browser).await);
        assert_eq!(shown.len(), 2);
    }
    let mut socket = browser.watch().await;
    socket.ask(&day).await;
    std::mem::swap(&mut all, &mut socket.board);
    drop(socket);
    turn_into(&spa, &mate, "provider").await;
    let (answer, shown) = back(&browser, &spa, &all, &all.wish(&day)).await;
    assert_eq!((answer, shown.len()), (json!("resync"), 1));
    assert_eq!(shown, monday(&spa, &browser).await);
}

/// Of these nobody is told: as whom it was shown says it.
#[tokio::test]
async fn another_column_or_another_person_shows_something_else() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    two_visits(&spa).await;
    let day = schedule(&spa.location, DAY);
    let (eve, max) = (
        app.member(&spa.business, BuiltIn::Provider).await,
        app.member(&spa.business, BuiltIn::Provider).await,
    );
    app.be_staff(&spa.business, &eve, spa.id("Eve").parse().unwrap()).await;
    let eves = app.sign_in(&eve).await.in_tenant(&spa.business);
    let mut socket = eves.watch().await;
    socket.ask(&day).await;
    let board = socket.board.clone();
    drop(socket);
    let wish = board.wish(&day);
    // At the same screen, with another login.
    let maxs = app.sign_in(&max).await.in_tenant(&spa.business);
    assert_eq!(back(&maxs, &spa, &board, &wish).await, (json!("resync"), vec![]));
    app.be_staff(&spa.business, &eve, spa.id("Fay").parse().unwrap()).await;
    let (answer, shown) = back(&eves, &spa, &board, &wish).await;
    assert_eq!((answer, &shown), (json!("resync"), &monday(&spa, &eves).await));
    assert_eq!(shown[0]["lines"][0]["staff"], spa.id("Fay"), "{shown:?}");
    // And back again: what was shown is true.
    app.be_staff(&spa.business, &eve, spa.id("Eve").parse().unwrap()).await;
    assert_eq!(back(&eves, &spa, &board, &wish).await.0, "change");
}
