//! Many who want the same time at the same instant.

use std::sync::Arc;

use chrono::Duration;
use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::JoinSet;

use super::check;

const SLOTS: u32 = 50;
const CLIENTS: usize = 16;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_all_who_come_at_once_one_has_it() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let (spa, barrier) = (Arc::new(spa), Arc::new(Barrier::new(CLIENTS)));
    let mut clients = JoinSet::new();
    for number in 0..CLIENTS {
        let (spa, barrier) = (Arc::clone(&spa), Arc::clone(&barrier));
        clients.spawn(async move {
            let mut won = Vec::new();
            for slot in 0..SLOTS {
                // Seven a day, from noon to half past three, from Monday the second on.
                let start = at(2 + slot / 7, "12:00") + Duration::minutes(i64::from(slot % 7) * 30);
                let wanted = spa.wanted(&["Wax"], 1, &["Eve"]);
                barrier.wait().await;
                let answer = if number % 2 == 0 {
                    let body = json!({ "wanted": wanted, "start": start });
                    spa.owner.post("/v1/appointments", &body).await
                } else {
                    spa.hold(wanted, start, &format!("visitor {number} {slot}")).await
                };
                if answer.status == 201 {
                    won.push(slot);
                } else {
                    answer.problem(409, "slot_taken");
                }
            }
            won
        });
    }
    let mut won: Vec<u32> = clients.join_all().await.into_iter().flatten().collect();
    won.sort_unstable();
    assert_eq!(won, (0..SLOTS).collect::<Vec<_>>(), "each slot has one winner");
    let wrong: Vec<_> = check::tables(app.database.owner()).await;
    let wrong: Vec<_> = wrong.iter().filter(|fault| !fault.contains("for nobody")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(check::deadlocks(app.database.owner()).await, 0);
}
