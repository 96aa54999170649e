use chrono::Duration;
use openchair_domain::messaging;
use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::json;

use super::{it_is, log, path, reminders, settled, stand};

#[tokio::test]
async fn a_visit_is_brought_to_mind_a_day_and_an_hour_before() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    assert_eq!(it_is(&app, at(5, "11:40")).await, 0, "too early");
    assert_eq!(it_is(&app, at(5, "11:55")).await, 1);
    assert_eq!(reminders(&spa, &visit).await, [stand(1440, "queued", "")]);
    assert_eq!(it_is(&app, at(5, "12:00")).await, 0, "it is there already");
    settled(&app).await;
    assert_eq!(reminders(&spa, &visit).await, [stand(1440, "sent", "")]);
    let mail = app.mail("ann@example.com", "Reminder: your visit to Lagoon").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("Friday, March 6, 2026 at 12:00"), "{text}");
    // It leads to the visit, by the same link as the mail before.
    let link = text.split("/b/").nth(1).unwrap().split_whitespace().next().unwrap();
    let own = spa.guest.get(&format!("/v1/b/{link}")).await.expect(200);
    assert_eq!(own["status"], "confirmed");
    it_is(&app, at(6, "11:00")).await;
    settled(&app).await;
    assert_eq!(reminders(&spa, &visit).await, [stand(1440, "sent", ""), stand(60, "sent", "")]);
}

#[tokio::test]
async fn who_sweeps_at_once_writes_it_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    app.clock.set(at(5, "12:00"));
    let db = &app.app().db;
    let sweeps = (0..4).map(|_| {
        tokio::spawn({
            let db = db.clone();
            async move { messaging::sweep_reminders(&db).await.unwrap() }
        })
    });
    let mut written = 0;
    for sweep in sweeps.collect::<Vec<_>>() {
        written += sweep.await.unwrap();
    }
    assert_eq!(written, 1);
    settled(&app).await;
    assert_eq!(reminders(&spa, &visit).await, [stand(1440, "sent", "")]);
}

#[tokio::test]
async fn what_was_moved_or_called_off_is_not_brought_to_mind() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let book =
        async |time| spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, time)).await.expect(201);
    let (moved, off, noted) = (book("12:00").await, book("14:00").await, book("16:00").await);
    settled(&app).await;
    // Written ahead, and then it is otherwise.
    it_is(&app, at(5, "11:55")).await;
    let to = json!({ "version": 1, "start": at(7, "12:00") });
    let later = spa.owner.post(&path(&moved, "move"), &to).await.expect(200);
    it_is(&app, at(5, "13:55")).await;
    spa.owner.post(&path(&off, "cancel"), &json!({ "version": 1 })).await.expect(200);
    it_is(&app, at(5, "15:55")).await;
    // A note is nothing that its customer hears of.
    let note = json!({ "version": 1, "staff_note": "Bring the blue one." });
    spa.owner.put(&path(&noted, "notes"), &note).await.expect(200);
    it_is(&app, at(5, "16:05")).await;
    settled(&app).await;
    assert_eq!(reminders(&spa, &moved).await[0], stand(1440, "dropped", "outdated"));
    assert_eq!(reminders(&spa, &off).await, [stand(1440, "dropped", "visit_off")]);
    assert_eq!(reminders(&spa, &noted).await, [stand(1440, "sent", "")]);
    // The moved one has reminders of its own.
    it_is(&app, at(6, "12:00")).await;
    settled(&app).await;
    let all = reminders(&spa, &later).await;
    assert_eq!(all[1..], [stand(1440, "sent", "")], "{all:?}");
}

#[tokio::test]
async fn when_it_has_begun_it_is_too_late() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    settled(&app).await;
    // It was written in time, and nobody sent it.
    it_is(&app, at(6, "10:55")).await;
    it_is(&app, at(6, "12:01")).await;
    settled(&app).await;
    let all = reminders(&spa, &visit).await;
    assert_eq!(all.last().unwrap(), &stand(60, "dropped", "begun"), "{all:?}");
}

#[tokio::test]
async fn who_books_late_is_told_by_the_confirmation() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    app.clock.set(at(5, "13:00"));
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    it_is(&app, at(5, "13:01")).await;
    it_is(&app, at(6, "11:00")).await;
    settled(&app).await;
    assert_eq!(reminders(&spa, &visit).await, [stand(60, "sent", "")]);
}

#[tokio::test]
async fn at_night_nobody_is_disturbed() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let quiet = json!({ "quiet": { "from": "21:00", "to": "10:00" }, "reminder_minutes": [60] });
    spa.owner.patch("/v1/message-settings", 1, &quiet).await.expect(200);
    let book =
        async |time| spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, time)).await.expect(201);
    let (early, late, noon) = (book("09:30").await, book("10:30").await, book("12:00").await);
    settled(&app).await;
    for (day, time) in
        [(5, "20:40"), (5, "20:45"), (6, "08:30"), (6, "09:30"), (6, "10:00"), (6, "11:00")]
    {
        it_is(&app, at(day, time)).await;
        settled(&app).await;
    }
    let due = async |visit| {
        let id = visit_id(visit);
        let found = log(&spa, &format!("kind=reminder&appointment={id}")).await;
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0]["state"], "sent", "{found:?}");
        found[0]["due_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap()
    };
    assert_eq!(due(&early).await, at(5, "20:45"), "it begins before the night is over");
    assert_eq!(due(&late).await, at(6, "10:00"));
    assert_eq!(due(&noon).await, at(6, "11:00"));
}

fn visit_id(visit: &serde_json::Value) -> &str {
    visit["id"].as_str().unwrap()
}

#[tokio::test]
async fn what_falls_into_the_night_at_the_last_moment_waits_for_the_morning() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    settled(&app).await;
    app.clock.set(at(5, "11:55"));
    messaging::sweep_reminders(&app.app().db).await.unwrap();
    // The hours are turned on when it is written already.
    let quiet = json!({ "quiet": { "from": "11:00", "to": "14:00" } });
    spa.owner.patch("/v1/message-settings", 1, &quiet).await.expect(200);
    it_is(&app, at(5, "12:01")).await;
    settled(&app).await;
    let id = visit_id(&visit);
    let put_off = &log(&spa, &format!("kind=reminder&appointment={id}")).await[0];
    let due: chrono::DateTime<chrono::Utc> = put_off["due_at"].as_str().unwrap().parse().unwrap();
    assert_eq!((&put_off["state"], due), (&json!("queued"), at(5, "14:00")));
    it_is(&app, at(5, "14:00")).await;
    settled(&app).await;
    assert_eq!(reminders(&spa, &visit).await, [stand(1440, "sent", "")]);
}

#[tokio::test]
async fn a_service_may_have_times_of_its_own() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let facial = spa.id("Facial").to_owned();
    let own = format!("/v1/message-settings/services/{facial}");
    spa.owner.put(&own, &json!({ "minutes": [120] })).await.expect(200);
    let faults = spa.owner.put(&own, &json!({ "minutes": [1] })).await.faults();
    assert_eq!(faults, [("/minutes".to_owned(), "out_of_range".to_owned())]);
    let listed = spa.owner.get("/v1/message-settings/services").await.expect(200);
    assert_eq!(listed["items"][0]["minutes"], json!([120]));
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    settled(&app).await;
    for (day, time) in [(5, "12:00"), (6, "10:00"), (6, "11:00")] {
        it_is(&app, at(day, time)).await;
        settled(&app).await;
    }
    assert_eq!(reminders(&spa, &visit).await, [stand(120, "sent", "")]);
    spa.owner.delete(&own).await.expect(204);
    spa.owner.delete(&own).await.problem(404, "not_found");
}

#[tokio::test]
async fn after_an_hour_without_workers_nothing_is_missing() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let visit = spa.book(spa.wanted(&["Facial"], 1, &[]), at(6, "12:00")).await.expect(201);
    it_is(&app, at(5, "11:00")).await;
    // Nobody looked when it was due.
    it_is(&app, at(5, "12:00") + Duration::minutes(75)).await;
    settled(&app).await;
    assert_eq!(reminders(&spa, &visit).await, [stand(1440, "sent", "")]);
}
