//! Who waits for an answer of the database, and what happens meanwhile.

use openchair_domain::authz::BuiltIn;
use openchair_tests::TestApp;
use openchair_tests::live::{Watcher, schedule};
use serde_json::json;

const DAY: &str = "2026-03-09";

/// Who waits for a snapshot and may look on no longer hears so while they wait, and gets no snapshot.
#[tokio::test]
async fn who_is_sent_away_waits_no_longer() {
    let mut app = TestApp::start().await;
    let spa = app.spa().await;
    let mate = app.member(&spa.business, BuiltIn::Manager).await;
    let mate = app.sign_in(&mate).await.in_tenant(&spa.business);
    let (mut revoked, mut drained) = (mate.watch().await, spa.owner.watch().await);
    let held = app.database.hold("appointments").await;
    revoked.say(&schedule(&spa.location, DAY)).await;
    app.database.somebody_waits_for("appointments").await;
    mate.post_empty("/v1/auth/sign-out").await.expect(204);
    assert_eq!(revoked.goodbye().await, ("signed_out".into(), 4401));
    assert_eq!(revoked.board.messages, 2, "hello and bye");
    drained.say(&schedule(&spa.location, "2026-03-10")).await;
    app.database.somebody_waits_for("appointments").await;
    let ((), end) = tokio::join!(app.stop(), async {
        let end = drained.goodbye().await;
        held.rollback().await.unwrap();
        end
    });
    assert_eq!(end, ("restart".into(), 1012));
    assert_eq!(drained.board.messages, 2, "hello and bye");
}

/// Whoever is still at the door when everybody is sent away isn't let in.
#[tokio::test]
async fn nobody_is_let_in_behind_the_last() {
    let mut app = TestApp::start().await;
    let spa = app.spa().await;
    // A visitor: of them nobody asks whether they may still look on.
    let mut inside = Watcher::silent(&app.browser().live_door()).await;
    inside.ask(&json!({ "shop": spa.business.slug })).await;
    let door = spa.owner.live_door();
    let held = app.database.hold("sessions").await;
    let late = tokio::spawn(async move { Watcher::refused(&door).await });
    app.database.somebody_waits_for("sessions").await;
    let ((), end) = tokio::join!(app.stop(), async {
        let end = inside.goodbye().await;
        held.rollback().await.unwrap();
        end
    });
    assert_eq!(end, ("restart".into(), 1012));
    assert_eq!(late.await.unwrap(), (503, "stopping".into()));
}

/// A snapshot that would come before older news of other topics doesn't come at all.
#[tokio::test]
async fn the_newer_is_never_shown_before_the_older() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa
        .book(spa.wanted(&["Wax"], 1, &["Eve"]), openchair_tests::spa::at(9, "10:00"))
        .await
        .expect(201);
    let mut socket = spa.owner.watch().await;
    socket.ask(&schedule(&spa.location, DAY)).await;
    socket.catch_up(&app).await;
    // What has happened can't be told: what it touched can't be read.
    let held = app.database.hold("appointments").await;
    let customer = visit["customer"]["id"].as_str().unwrap();
    let sql = format!(
        "with told as (update event_counters set last_seq = last_seq + 1
                       where tenant_id = '{0}' returning last_seq)
         insert into outbox_events (tenant_id, id, seq, kind, version, payload, created_at)
         select '{0}', gen_random_uuid(), last_seq, 'customer.updated', 1, '{{\"id\": \"{customer}\"}}',
                now()
         from told",
        spa.business.id.uuid()
    );
    app.database.run(&sql).await;
    app.database.somebody_waits_for("appointments").await;
    socket.say(&json!({ "sub": "board", "location": spa.location })).await;
    assert_eq!(socket.goodbye().await, ("internal".into(), 1011));
    assert!(socket.board.topic(&format!("board:{}", spa.location)).is_none());
    held.rollback().await.unwrap();
}
