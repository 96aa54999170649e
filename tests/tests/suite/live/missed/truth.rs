//! What is there in the end.

use std::collections::BTreeMap;
use std::time::Duration;

use openchair_domain::ids::{Appointment, Id, Location, QueueEntry, StaffMember};
use openchair_live_client::{Board, Follower};
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Browser, TestApp};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::PATIENCE;
use super::stage::{DAYS, Eyes, day};

/// Versions by ids.
type Versions = BTreeMap<String, i64>;

/// What everybody must see, by the tables.
pub(super) struct Truth {
    location: String,
    days: BTreeMap<String, Versions>,
    own: BTreeMap<String, Versions>,
    line: Versions,
    screen: Value,
    /// The number of the last event.
    pub(super) last: i64,
}

impl Truth {
    pub(super) async fn read(app: &TestApp, spa: &Spa, url: &str) -> Self {
        let (mut days, mut own) = (BTreeMap::new(), BTreeMap::new());
        for one in DAYS {
            let topic = format!("schedule:{}:{}", spa.location, day(one));
            days.insert(topic.clone(), by_the_tables(app, spa, one, false).await);
            own.insert(topic, by_the_tables(app, spa, one, true).await);
        }
        let many = |days: &BTreeMap<_, Versions>| days.values().map(BTreeMap::len).sum::<usize>();
        assert!(many(&own) > 5 && many(&days) > many(&own) + 5, "{days:?} {own:?}");
        let screen = format!("/v1/public/{}/queue/board", spa.business.slug);
        let screen = Browser::at(url).get(&screen).await.expect(200);
        let last = app.database.count("select max(last_seq) from event_counters").await;
        let (location, line) = (spa.location.clone(), in_line(app).await);
        Self { location, days, own, line, screen, last }
    }

    /// Waits until somebody has seen everything, and looks whether it is right.
    pub(super) async fn hold_against(&self, number: u64, mut follower: Follower) -> Follower {
        let caught_up = |board: &Board| {
            let mut topics = board.topics().peekable();
            topics.peek().is_some() && topics.all(|(_, shown)| shown.seq >= self.last)
        };
        let catching_up = async {
            while !caught_up(&follower.board) {
                let _more = timeout(Duration::from_millis(200), follower.next()).await;
                follower.say(&json!({ "ping": 1 })).await;
            }
        };
        let done = timeout(PATIENCE, catching_up).await;
        let seqs = || follower.board.topics().map(|(topic, shown)| (topic, shown.seq));
        done.unwrap_or_else(|_| {
            let (end, seqs) = (&follower.last_end, seqs().collect::<Vec<_>>());
            panic!("{number} doesn't catch up to {}: {seqs:?} {end:?}", self.last)
        });
        assert_eq!(follower.board.faults, [], "{number}");
        let eyes = Eyes::of(number);
        let expected = if eyes == Eyes::Own { &self.own } else { &self.days };
        for (topic, _) in follower.board.topics().filter(|(topic, _)| topic.starts_with("sch")) {
            assert_eq!(shown(&follower.board, topic), expected[topic], "{number} {topic}");
        }
        if eyes == Eyes::Line {
            assert_eq!(line_shown(&follower.board, &self.location), self.line, "{number}");
            let board = follower.board.topic(&format!("board:{}", self.location)).unwrap();
            assert_eq!(board.items.values().next().unwrap().body["board"], self.screen, "{number}");
        }
        follower
    }
}

/// What a day shows, by the tables: versions by ids; of all, or of one's own column.
async fn by_the_tables(app: &TestApp, spa: &Spa, one: u32, own: bool) -> Versions {
    let eve = spa.id("Eve").parse::<Id<StaffMember>>().unwrap();
    let rows: Vec<(uuid::Uuid, i32)> = sqlx::query_as(
        "select id, version from appointments a
         where location_id = $1 and status <> 'expired' and ends_at > $2 and starts_at < $3
           and ($4::uuid is null or exists (
               select 1 from appointment_lines l where l.appointment_id = a.id and l.staff_id = $4))",
    )
    .bind(spa.location.parse::<Id<Location>>().unwrap().uuid())
    .bind(at(one, "00:00"))
    .bind(at(one + 1, "00:00"))
    .bind(own.then_some(eve.uuid()))
    .fetch_all(app.database.owner())
    .await
    .unwrap();
    let id = |id| Id::<Appointment>::from_uuid(id);
    rows.into_iter().map(|(row, version)| (id(row).to_string(), version.into())).collect()
}

/// Those in the line, by the tables.
async fn in_line(app: &TestApp) -> Versions {
    let sql = "select id, version from queue_entries where ended_at is null";
    let rows: Vec<(uuid::Uuid, i32)> =
        sqlx::query_as(sql).fetch_all(app.database.owner()).await.unwrap();
    let id = |id| Id::<QueueEntry>::from_uuid(id);
    rows.into_iter().map(|(row, version)| (id(row).to_string(), version.into())).collect()
}

/// Those in the line, as it is shown.
fn line_shown(board: &Board, location: &str) -> Versions {
    let shown = board.topic(&format!("queue:{location}")).map(|shown| shown.items.values());
    let entries = shown.into_iter().flatten().filter(|item| item.kind == "entry");
    let there = entries.filter(|item| item.body["entry"]["ended_at"].is_null());
    there.map(|item| (item.id.clone(), item.version)).collect()
}

fn shown(board: &Board, topic: &str) -> Versions {
    let shown = board.topic(topic).map(|shown| shown.items.values());
    shown.into_iter().flatten().map(|item| (item.id.clone(), item.version)).collect()
}
