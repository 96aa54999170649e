//! What can't be meant, and what nobody should send.

use openchair_live_client::Socket;
use openchair_tests::TestApp;
use openchair_tests::live::{Watcher, schedule};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

const DAY: &str = "2026-03-09";

#[tokio::test]
async fn what_cannot_be_meant_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let mut socket = spa.owner.watch().await;
    socket.ask(&schedule(&spa.location, DAY)).await;
    for text in ["", "{", "null", "[1]", "{}", r#"{"sub":"everything"}"#, r#"{"ping":1,"x":2}"#] {
        socket.socket().send(Message::text(text)).await;
        let error = socket.message().await;
        assert_eq!((&error["type"], &error["code"]), (&json!("error"), &json!("bad_message")));
        assert!(error["detail"].as_str().is_some_and(|text| text.ends_with('.')), "{error}");
    }
    for half in [json!({ "sub": "schedule" }), json!({ "sub": "schedule", "location": "loc_1" })] {
        assert_eq!(socket.error(&half).await, "bad_message");
    }
    // Years of which the database knows nothing. Not even of one who says that they know that day.
    for date in ["-9999-01-01", "+9999-01-01", "1799-12-31", "2400-01-01"] {
        let mut wild = schedule(&spa.location, date);
        wild["since"] = json!(socket.board.since(&format!("schedule:{}:{DAY}", spa.location)));
        assert_eq!(socket.error(&wild).await, "bad_message", "{date}");
    }
    // What is refused has its name, if it can have one.
    let nowhere = "loc_0000000000000000000000000w";
    for (asked, name) in [
        (json!({ "sub": "queue", "location": nowhere }), json!(format!("queue:{nowhere}"))),
        (schedule(nowhere, DAY), json!(format!("schedule:{nowhere}:{DAY}"))),
        (json!({ "sub": "ticket" }), json!("ticket")),
        (json!({ "sub": "queue", "location": "nonsense" }), json!(null)),
    ] {
        let error = socket.ask(&asked).await;
        assert_eq!((&error["type"], &error["topic"]), (&json!("error"), &name), "{error}");
    }
    assert_eq!(socket.ask(&json!({ "ping": 7 })).await["ping"], 7);
    // Watching nothing no more is nothing.
    socket.say(&json!({ "unsub": "schedule:nowhere" })).await;
    assert_eq!(socket.catch_up(&app).await, Vec::<Value>::new());
    assert!(socket.board.since(&format!("schedule:{}:{DAY}", spa.location)).is_some());
}

#[tokio::test]
async fn what_nobody_should_send_ends_the_socket_with_a_reason() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let close = |code: u16| move |end: (String, u16)| end.1 == code;
    // Something else than text.
    let mut socket = spa.owner.watch().await;
    socket.socket().send(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(socket.goodbye().await, ("not_text".into(), 1003));
    // Too long, in one frame or in many.
    let mut socket = spa.owner.watch().await;
    socket.socket().send(Message::text("x".repeat(5_000))).await;
    assert_eq!(socket.goodbye().await, ("too_large".into(), 1009));
    let mut socket = spa.owner.watch().await;
    let piece =
        |data, last| Message::Frame(Frame::message("y".repeat(2_000), OpCode::Data(data), last));
    socket.socket().send(piece(Data::Text, false)).await;
    for _ in 0..2 {
        socket.socket().send(piece(Data::Continue, false)).await;
    }
    assert_eq!(socket.goodbye().await, ("too_large".into(), 1009));
    // Too often: messages, or pings.
    let mut socket = spa.owner.watch().await;
    for number in 0..40 {
        socket.say(&json!({ "ping": number })).await;
    }
    assert_eq!(socket.goodbye().await, ("too_many_messages".into(), 4429));
    let mut socket = spa.owner.watch().await;
    for _ in 0..40 {
        socket.socket().send(Message::Ping(bytes::Bytes::new())).await;
    }
    assert_eq!(socket.goodbye().await, ("too_many_messages".into(), 4429));
    let mut socket = spa.owner.watch().await;
    for _ in 0..40 {
        socket.socket().send(Message::Pong(bytes::Bytes::new())).await;
    }
    assert_eq!(socket.goodbye().await, ("too_many_messages".into(), 4429));
    // What is no WebSocket at all.
    let mut socket = spa.owner.watch().await;
    let stream = socket.socket().stream();
    stream.write_all(&[0x83, 0x00, 0xff, 0xff]).await.unwrap();
    let mut rest = Vec::new();
    let _reset = stream.read_to_end(&mut rest).await;
    assert!(String::from_utf8_lossy(&rest).contains("bad_frame"), "{rest:?}");
    // Texts that are no texts.
    let mut socket = spa.owner.watch().await;
    let bad = Frame::message(vec![0xff, 0xfe], OpCode::Data(Data::Text), true);
    socket.socket().send(Message::Frame(bad)).await;
    let end = socket.goodbye().await;
    assert!(close(1002)(end.clone()), "{end:?}");
    // Whoever says goodbye hears it back.
    let mut socket = spa.owner.watch().await;
    socket.socket().send(Message::Close(None)).await;
    assert_eq!(socket.ended().await.bye, None);
    // And the server is none the worse for it.
    let mut socket = spa.owner.watch().await;
    assert_eq!(socket.ask(&schedule(&spa.location, DAY)).await["type"], "snapshot");
}

#[tokio::test]
async fn one_socket_watches_so_much() {
    let app = TestApp::with(&[("live.topics_per_socket", "3")]).await;
    let spa = app.spa().await;
    let mut socket = spa.owner.watch().await;
    let day = |day: u32| schedule(&spa.location, &format!("2026-03-{day:02}"));
    for number in 9..12 {
        assert_eq!(socket.ask(&day(number)).await["type"], "snapshot");
    }
    assert_eq!(socket.error(&day(12)).await, "too_many_topics");
    // One again is the same one, and one less makes room.
    assert_eq!(socket.ask(&day(10)).await["type"], "snapshot");
    socket.say(&json!({ "unsub": format!("schedule:{}:2026-03-09", spa.location) })).await;
    assert_eq!(socket.ask(&day(12)).await["type"], "snapshot");
}

/// Handshakes that are broken off, bytes that lead nowhere, sockets that vanish: nothing is left.
#[tokio::test]
async fn who_vanishes_leaves_nothing_behind() {
    let app = TestApp::with(&[("live.sockets_per_user", "1000")]).await;
    let spa = app.spa().await;
    let mut socket = spa.owner.watch().await;
    socket.ask(&schedule(&spa.location, DAY)).await;
    for _ in 0..50 {
        let mut gone = spa.owner.watch().await;
        gone.say(&schedule(&spa.location, DAY)).await;
        drop(gone);
        let _never_greeted = Socket::connect(&spa.owner.live_door()).await;
    }
    let sockets = || {
        let metrics = app.app().live.open_sockets();
        (metrics == 1).then_some(())
    };
    openchair_tests::eventually("all but one are gone", async || sockets()).await;
    assert_eq!(app.app().live.watched_topics(), 1);
    drop(socket);
    openchair_tests::eventually("all are gone", async || {
        (app.app().live.open_sockets() == 0).then_some(())
    })
    .await;
    assert_eq!(app.app().live.watched_topics(), 0);
    // Who never says who they are doesn't stay.
    let mut socket = Watcher::silent(&app.browser().live_door()).await;
    assert_eq!(socket.goodbye().await, ("not_signed_in".into(), 4401));
}
