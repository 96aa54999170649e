//! Who gets a socket, and who loses it.

use std::time::{Duration, Instant};

use openchair_domain::authz::BuiltIn;
use openchair_tests::live::{Watcher, schedule};
use openchair_tests::{PASSWORD, TestApp};
use serde_json::{Value, json};

const DAY: &str = "2026-03-09";

/// By the end of this, whoever may look on no longer doesn't.
const A_SECOND: Duration = Duration::from_secs(1);

#[tokio::test]
async fn a_page_of_somebody_else_gets_no_socket() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let door = spa.owner.live_door();
    for origin in ["https://evil.example", "null", "http://127.0.0.1:1"] {
        let refused = Watcher::refused(&door.clone().header("origin", origin)).await;
        assert_eq!(refused, (403, "wrong_origin".into()), "{origin}");
    }
    // Also without a cookie, and to who is signed in by a token: it is a page.
    let key = app.api_key(&spa.business, &["booking:read"]).await;
    let program = app.browser().with_bearer(&key.secret).live_door();
    let refused = Watcher::refused(&program.header("origin", "https://evil.example")).await;
    assert_eq!(refused, (403, "wrong_origin".into()));
    Watcher::open(&door).await;
    // A cookie without a word of where it was sent from is good for nothing, here as everywhere. Who
    // shows none, or a key, may come from anywhere.
    let mut astray = door;
    astray.headers.remove("origin");
    assert_eq!(Watcher::refused(&astray).await, (403, "wrong_origin".into()));
    let own = astray.clone().header("sec-fetch-site", "same-origin");
    Watcher::open(&own).await;
    astray.headers.remove("cookie");
    Watcher::silent(&astray).await;
    let mut program = app.browser().with_bearer(&key.secret).live_door();
    program.headers.remove("origin");
    Watcher::open(&program).await;
}

/// Somebody of the staff looks at the screen of another business, with the session of their own.
#[tokio::test]
async fn a_page_for_anybody_is_not_told_by_its_session() {
    let app = TestApp::start().await;
    let (spa, other) = (app.spa().await, app.spa().await);
    let door = spa.owner.live_door();
    let own = Watcher::open(&door).await.ask(&json!({ "sub": "board" })).await;
    let mut screen = Watcher::silent(&door.with_query("anybody=true")).await;
    assert_eq!(screen.error(&json!({ "sub": "board" })).await, "not_signed_in");
    screen.ask(&json!({ "shop": other.business.slug })).await;
    let shown = screen.ask(&json!({ "sub": "board" })).await;
    assert_eq!((&own["type"], &shown["type"]), (&json!("snapshot"), &json!("snapshot")));
    assert_ne!(own["topic"], shown["topic"], "the board of the other business");
    let day = schedule(&spa.location, DAY);
    assert_eq!(screen.error(&day).await, "not_allowed", "nothing that staff see");
}

/// Looking costs as much as over REST. Who has asked too much comes back, instead of thinking that
/// there is nothing.
#[tokio::test]
async fn nobody_asks_for_more_than_over_rest() {
    let app = TestApp::with(&[("limits.public_per_ip_per_minute", "4")]).await;
    let spa = app.spa().await;
    let mut screen = Watcher::silent(&app.browser().live_door()).await;
    let shop = json!({ "shop": spa.business.slug });
    screen.ask(&shop).await;
    // Who is known is looked up no more, whatever they say.
    for _ in 0..5 {
        assert_eq!(screen.error(&shop).await, "already_signed_in");
        assert_eq!(screen.error(&json!({ "auth": "oc_qt_no" })).await, "already_signed_in");
    }
    let board = json!({ "sub": "board" });
    for _ in 0..3 {
        assert_eq!(screen.ask(&board).await["type"], "snapshot");
    }
    screen.say(&board).await;
    let end = screen.ended().await;
    let bye = end.bye.unwrap();
    assert_eq!((bye["reason"].as_str(), end.code), (Some("too_many_messages"), Some(4429)));
    assert!(bye["retry_ms"].as_u64().is_some_and(|pause| pause >= 1_000), "{bye}");
    // With whom they are is counted for themselves.
    let mut desk = spa.owner.watch().await;
    assert_eq!(desk.ask(&schedule(&spa.location, DAY)).await["type"], "snapshot");
}

#[tokio::test]
async fn whoever_asks_for_a_page_is_told_what_this_is() {
    let app = TestApp::start().await;
    let answer = app.browser().get("/v1/live").await;
    answer.problem(426, "upgrade_required");
    assert_eq!(answer.header("upgrade"), "websocket");
    let old = app.browser().get("/v1/live").header("connection", "Upgrade");
    let old = old.header("upgrade", "websocket").header("sec-websocket-version", "8").await;
    old.problem(426, "upgrade_required");
    assert_eq!(old.header("sec-websocket-version"), "13");
    let wrong = app.browser().with_bearer("oc_live_nonsense").live_door();
    assert_eq!(Watcher::refused(&wrong).await, (401, "bad_api_key".into()));
}

#[tokio::test]
async fn the_first_message_says_who_it_is() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let key = app.api_key(&spa.business, &["booking:read"]).await;
    let client = json!({ "email": spa.business.owner.email, "password": PASSWORD,
                         "client_name": "till" });
    let tokens = app.browser().post("/v1/auth/tokens", &client).await.expect(201);
    let access = tokens["access_token"].as_str().unwrap();
    for (token, tenant) in [(key.secret.as_str(), false), (access, true)] {
        let mut socket = Watcher::silent(&app.browser().live_door()).await;
        // Nobody in particular watches nothing.
        assert_eq!(socket.error(&schedule(&spa.location, DAY)).await, "not_signed_in");
        let mut auth = json!({ "auth": token });
        if tenant {
            auth["tenant"] = json!(spa.business.id.to_string());
        }
        let hello = socket.ask(&auth).await;
        assert_eq!(hello["tenant"], json!(spa.business.id.to_string()), "{hello}");
        assert_eq!(socket.ask(&schedule(&spa.location, DAY)).await["type"], "snapshot");
        assert_eq!(socket.error(&auth).await, "already_signed_in");
    }
    for (token, code) in
        [("oc_live_no", "bad_api_key"), ("no", "bad_token"), ("oc_qt_no", "not_found")]
    {
        let mut socket = Watcher::silent(&app.browser().live_door()).await;
        assert_eq!(socket.error(&json!({ "auth": token })).await, code);
        assert_eq!(socket.goodbye().await, ("not_signed_in".into(), 4401));
    }
    // A cookie that is good no longer is as good as none.
    app.database.run("update sessions set revoked_at = created_at").await;
    let mut socket = Watcher::silent(&spa.owner.live_door()).await;
    assert_eq!(socket.error(&schedule(&spa.location, DAY)).await, "not_signed_in");
}

#[tokio::test]
async fn what_is_elsewhere_is_not_there() {
    let app = TestApp::start().await;
    let (spa, other) = (app.spa().await, app.business("Elsewhere").await);
    let theirs = app.location(&other).await.to_string();
    let nowhere = "loc_00000000000000000000000001";
    let mut socket = spa.owner.watch().await;
    for sub in ["schedule", "queue", "board"] {
        let mut told = Vec::new();
        for location in [theirs.as_str(), nowhere, "nonsense", spa.id("Eve")] {
            let asked = json!({ "sub": sub, "location": location, "date": DAY });
            let mut answer = socket.ask(&asked).await;
            assert_eq!((&answer["type"], &answer["code"]), (&json!("error"), &json!("not_found")));
            answer["topic"] = json!(null);
            told.push(answer.to_string());
        }
        told.dedup();
        assert_eq!(told.len(), 1, "{told:?}");
    }
    assert_eq!(socket.error(&json!({ "sub": "ticket" })).await, "no_ticket");
    // Who names a business that isn't theirs is nobody there.
    let astray = spa.owner.in_tenant(&other);
    let mut socket = Watcher::silent(&astray.live_door()).await;
    assert_eq!(socket.error(&schedule(&theirs, DAY)).await, "not_signed_in");
    // Rights decide, as everywhere.
    let role = app.custom_role(&spa.business, &["service:read"]).await;
    let mate = app.member(&spa.business, openchair_tests::Role::Custom(role)).await;
    let mut socket = app.sign_in(&mate).await.in_tenant(&spa.business).watch().await;
    assert_eq!(socket.error(&schedule(&spa.location, DAY)).await, "not_allowed");
    let queue = json!({ "sub": "queue", "location": spa.location });
    assert_eq!(socket.error(&queue).await, "not_allowed");
}

/// Signed out, expired, off the team, another role, another column, a key that is good no longer: the
/// socket goes within a second.
#[tokio::test]
async fn who_may_no_longer_look_on_is_sent_away() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let key = app.api_key(&spa.business, &["booking:read"]).await;
    let mate = |role| app.member(&spa.business, role);
    let (signs_out, removed) = (mate(BuiltIn::Manager).await, mate(BuiltIn::Manager).await);
    let (changes, moves) = (mate(BuiltIn::Manager).await, mate(BuiltIn::Provider).await);
    let stays = mate(BuiltIn::Receptionist).await;
    let role = app.custom_role(&spa.business, &["booking:read"]).await;
    let composed = app.member(&spa.business, openchair_tests::Role::Custom(role)).await;
    let inside = async |login| app.sign_in(login).await.in_tenant(&spa.business);
    let out = inside(&signs_out).await;
    let day = schedule(&spa.location, DAY);
    let mut sockets = Vec::new();
    for browser in [
        out.clone(),
        inside(&removed).await,
        inside(&changes).await,
        inside(&moves).await,
        inside(&composed).await,
        app.browser().with_bearer(&key.secret),
    ] {
        let mut socket = browser.watch().await;
        assert_eq!(socket.ask(&day).await["type"], "snapshot");
        sockets.push(socket);
    }
    let mut faithful = inside(&stays).await.watch().await;
    faithful.ask(&day).await;
    // Nobody is sent away for nothing.
    for socket in &mut sockets {
        socket.catch_up(&app).await;
    }
    let membership = |login: &openchair_tests::Login| login.membership.unwrap().to_string();
    out.post_empty("/v1/auth/sign-out").await;
    check(&mut sockets[0], "signed out").await;
    spa.owner.delete(&format!("/v1/members/{}", membership(&removed))).await;
    check(&mut sockets[1], "off the team").await;
    let sql =
        format!("update memberships set role = 'provider' where user_id = '{}'", changes.id.uuid());
    app.database.run(&sql).await;
    check(&mut sockets[2], "another role").await;
    app.be_staff(&spa.business, &moves, spa.id("Eve").parse().unwrap()).await;
    check(&mut sockets[3], "another column").await;
    app.database.run("update roles set permissions = array['service:read']").await;
    check(&mut sockets[4], "another composed role").await;
    spa.owner.delete(&format!("/v1/api-keys/{}", key.id)).await;
    check(&mut sockets[5], "the key was revoked").await;
    faithful.catch_up(&app).await;
    // A session that isn't used runs out.
    app.clock.advance(chrono::Duration::hours(337));
    check(&mut faithful, "expired").await;
}

/// Support whose grant has ended, and members where everybody needs a second factor from now on.
#[tokio::test]
async fn who_would_not_get_in_any_more_does_not_stay() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let ada = app.login("Ada Platform").await;
    app.promote(&ada).await;
    let grant = app.support_grant(&spa.business, &ada).await;
    let day = schedule(&spa.location, DAY);
    let mut support = app.sign_in(&ada).await.in_tenant(&spa.business).watch().await;
    assert_eq!(support.ask(&day).await["type"], "snapshot");
    let sure = app.member(&spa.business, BuiltIn::Manager).await;
    app.give_factor(&sure).await;
    let mut sure = app.sign_in(&sure).await.in_tenant(&spa.business).watch().await;
    let mut member = spa.owner.watch().await;
    for socket in [&mut sure, &mut member] {
        assert_eq!(socket.ask(&day).await["type"], "snapshot");
    }
    spa.owner.delete(&format!("/v1/support-grants/{grant}")).await.expect(204);
    check(&mut support, "the grant was revoked").await;
    app.database.run("update tenants set require_two_factor = true").await;
    check(&mut member, "a second factor is needed").await;
    sure.catch_up(&app).await;
}

/// Whoever has found a ticket that was shown again since.
#[tokio::test]
async fn a_ticket_that_is_none_any_more_shows_nothing_any_more() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    spa.open_line(&["Eve"]).await;
    let ada = spa.walk_in("Ada", &["Wax"], &json!({})).await.expect(201);
    let entry = spa.line().await["entries"][0].clone();
    let with = async |token: &Value| {
        let mut socket = Watcher::silent(&spa.guest.live_door()).await;
        socket.ask(&json!({ "auth": token })).await;
        assert_eq!(socket.ask(&json!({ "sub": "ticket" })).await["type"], "snapshot");
        socket
    };
    let mut found = with(&ada["token"]).await;
    found.catch_up(&app).await;
    let renewed = spa.press(&entry, "ticket", json!({})).await.expect(201);
    check(&mut found, "the ticket was shown again").await;
    let mut own = with(&renewed["token"]).await;
    spa.call_next("Eve").await.expect(200);
    own.until("one's own call", |board| {
        let item = board.topic("ticket")?.items.get("ticket")?;
        (item.body["ticket"]["state"] == "called").then_some(())
    })
    .await;
}

async fn check(socket: &mut Watcher, why: &str) {
    let begun = Instant::now();
    assert_eq!(socket.goodbye().await, ("signed_out".into(), 4401), "{why}");
    assert!(begun.elapsed() < A_SECOND, "{why}: {:?}", begun.elapsed());
}

#[tokio::test]
async fn nobody_has_more_sockets_than_they_may() {
    let app = TestApp::with(&[("live.sockets_per_user", "2"), ("live.sockets_per_ip", "4")]).await;
    let app = &app;
    let spa = app.spa().await;
    let mut owner = vec![spa.owner.watch().await, spa.owner.watch().await];
    let mut third = Watcher::silent(&spa.owner.live_door()).await;
    assert_eq!(third.goodbye().await, ("too_many_sockets".into(), 4429));
    drop(third);
    let open = |count| {
        openchair_tests::eventually("sockets are as many", async move || {
            (app.app().live.open_sockets() == count).then_some(())
        })
    };
    open(2).await;
    // Each person for themselves, each address for all who are there.
    let mate = app.member(&spa.business, BuiltIn::Manager).await;
    let mate = app.sign_in(&mate).await.in_tenant(&spa.business);
    owner.push(mate.watch().await);
    owner.push(mate.watch().await);
    let refused = Watcher::refused(&app.browser().live_door()).await;
    assert_eq!(refused, (429, "too_many_sockets".into()));
    // Who goes makes room.
    drop(owner.remove(0));
    open(3).await;
    spa.owner.watch().await;
}

#[tokio::test]
async fn a_server_that_stops_says_goodbye() {
    let mut app = TestApp::start().await;
    let spa = app.spa().await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        let mut socket = spa.owner.watch().await;
        socket.ask(&schedule(&spa.location, DAY)).await;
        sockets.push(socket);
    }
    let begun = Instant::now();
    let (stopped, ends) = tokio::join!(app.stop(), async {
        let mut ends = Vec::new();
        for socket in &mut sockets {
            ends.push(socket.ended().await);
        }
        ends
    });
    let () = stopped;
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    let mut pauses = Vec::new();
    for end in ends {
        let bye = end.bye.unwrap();
        assert_eq!((bye["reason"].as_str(), end.code), (Some("restart"), Some(1012)), "{bye}");
        pauses.push(bye["retry_ms"].as_u64().unwrap());
    }
    pauses.sort_unstable();
    assert!(pauses.iter().all(|pause| (250..=3_250).contains(pause)), "{pauses:?}");
    pauses.dedup();
    assert!(pauses.len() > 1, "they all come back together: {pauses:?}");
}
