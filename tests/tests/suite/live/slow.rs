//! Who reads slowly holds nobody up, and isn't shown half of it.

use std::time::{Duration, Instant};

use openchair_tests::TestApp;
use openchair_tests::live::{Watcher, listed, schedule};
use openchair_tests::spa::at;
use serde_json::{Value, json};

const DAY: &str = "2026-03-09";

#[tokio::test]
async fn a_slow_reader_gets_everything_afresh_and_delays_nobody() {
    let app = TestApp::with(&[
        ("live.buffer", "4"),
        ("limits.plan_factor", "1000"),
        ("limits.per_ip_per_minute", "1000000"),
        ("limits.per_ip_burst", "1000000"),
    ])
    .await;
    let spa = app.spa().await;
    let topic = format!("schedule:{}:{DAY}", spa.location);
    let visit = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "10:00")).await.expect(201);
    let mut slow = Watcher::narrow(&spa.owner.live_door()).await;
    slow.ask(&schedule(&spa.location, DAY)).await;
    let mut quick = spa.owner.watch().await;
    quick.ask(&schedule(&spa.location, DAY)).await;
    // As long as both ends of a connection keep what is on its way, nobody is slow: so much is said
    // that they can't.
    let path = format!("/v1/appointments/{}/notes", visit["id"].as_str().unwrap());
    let (mut version, mut longest) = (1, Duration::ZERO);
    let mut lagged = false;
    for _ in 0..4_000 {
        let note = json!({ "version": version, "note": "much ".repeat(190), "staff_note": "long ".repeat(190) });
        version = spa.owner.put(&path, &note).await.expect(200)["version"].as_i64().unwrap();
        let begun = Instant::now();
        quick
            .until("the quick one sees it", |board| {
                let shown = board.topic(&topic)?.items.values().next()?;
                (shown.version == version).then_some(())
            })
            .await;
        longest = longest.max(begun.elapsed());
        lagged = app.app().live.most_unread() >= 4;
        if lagged {
            break;
        }
    }
    assert!(lagged, "the slow one never fell behind");
    assert!(longest < Duration::from_secs(3), "{longest:?}");
    // A few more, for which there is no room.
    for _ in 0..8 {
        let note = json!({ "version": version, "staff_note": "short" });
        version = spa.owner.put(&path, &note).await.expect(200)["version"].as_i64().unwrap();
    }
    slow.until("the slow one sees it", |board| {
        let shown = board.topic(&topic)?.items.values().next()?;
        (shown.version == version).then_some(())
    })
    .await;
    assert!(slow.board.resyncs >= 1);
    assert_eq!(quick.catch_up(&app).await.iter().filter(|it| it["type"] == "resync").count(), 0);
    let rest: Vec<Value> =
        listed(&spa.owner, &spa.location, "2026-03-09T04:00:00Z", "2026-03-10T04:00:00Z").await;
    assert_eq!((slow.shown(&topic), quick.shown(&topic)), (rest.clone(), rest));
}
