//! Who reads slowly holds nobody up, and isn't shown half of it.

use std::time::{Duration, Instant};

use openchair_tests::TestApp;
use openchair_tests::live::{Watcher, listed, schedule};
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

const DAY: &str = "2026-03-09";

/// How often it is looked how long something takes.
const LOOKS: usize = 60;

/// A visit on which something is noted again and again, and somebody who watches it.
struct Stage {
    spa: Spa,
    path: String,
    topic: String,
    version: i64,
    quick: Watcher,
}

impl Stage {
    async fn note(&mut self, words: &str) {
        let note = json!({ "version": self.version, "note": words, "staff_note": words });
        let now = self.spa.owner.put(&self.path, &note).await.expect(200);
        self.version = now["version"].as_i64().unwrap();
    }

    /// Notes something, and waits until the quick one has seen it: how long that took.
    async fn tell(&mut self, words: &str) -> Duration {
        self.note(words).await;
        let begun = Instant::now();
        sees(&mut self.quick, &self.topic, self.version).await;
        begun.elapsed()
    }

    /// How long it takes as a rule.
    async fn pace(&mut self, words: &str) -> Duration {
        let mut took = Vec::new();
        for _ in 0..LOOKS {
            took.push(self.tell(words).await);
        }
        took.sort_unstable();
        took[LOOKS / 2]
    }
}

async fn sees(watcher: &mut Watcher, topic: &str, version: i64) {
    watcher
        .until("the visit is seen as it is", |board| {
            let shown = board.topic(topic)?.items.values().next()?;
            (shown.version == version).then_some(())
        })
        .await;
}

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
    let visit = spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), at(9, "10:00")).await.expect(201);
    let mut quick = spa.owner.watch().await;
    quick.ask(&schedule(&spa.location, DAY)).await;
    let path = format!("/v1/appointments/{}/notes", visit["id"].as_str().unwrap());
    let topic = format!("schedule:{}:{DAY}", spa.location);
    let mut stage = Stage { spa, path, topic, version: 1, quick };
    let long = "much ".repeat(190);
    let alone = stage.pace(&long).await;
    let mut slow = Watcher::narrow(&stage.spa.owner.live_door()).await;
    slow.ask(&schedule(&stage.spa.location, DAY)).await;
    // As long as both ends of a connection keep what is on its way, nobody is slow: so much is said
    // that they can't.
    let mut told = 0;
    while app.app().live.most_unread() < 4 {
        stage.tell(&long).await;
        told += 1;
        assert!(told < 4_000, "the slow one never fell behind");
    }
    let beside = stage.pace(&long).await;
    let bar = alone * 4 + Duration::from_millis(20);
    assert!(beside < bar, "{beside:?} beside a slow one, {alone:?} without");
    slow.until("the slow one sees it", |board| {
        let shown = board.topic(&stage.topic)?.items.values().next()?;
        (shown.version == stage.version).then_some(())
    })
    .await;
    assert!(slow.board.resyncs >= 1);
    let quick = &mut stage.quick;
    assert_eq!(quick.catch_up(&app).await.iter().filter(|it| it["type"] == "resync").count(), 0);
    assert_eq!(quick.board.resyncs, 0);
    let rest: Vec<Value> = listed(
        &stage.spa.owner,
        &stage.spa.location,
        "2026-03-09T04:00:00Z",
        "2026-03-10T04:00:00Z",
    )
    .await;
    assert_eq!((slow.shown(&stage.topic), stage.quick.shown(&stage.topic)), (rest.clone(), rest));
}
