use openchair_domain::sequences;
use openchair_tests::TestApp;
use openchair_tests::spa::at;
use serde_json::json;

use super::{
    composed, guests, id, it_is, log, run_of, said, settled, stands, step, step_is, thanks, who,
};

#[tokio::test]
async fn steps_go_out_over_days() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sequence = composed(&spa, &thanks()).await;
    guests(&app, &spa, &["Ann"]).await;
    it_is(&app, at(3, "10:59")).await;
    assert_eq!(who(&spa, &sequence).await, [], "the visit isn't over");
    it_is(&app, at(3, "11:05")).await;
    let mail = app.mail("ann@example.com", "Thank you, Ann").await;
    let (text, html) = (mail["text"].as_str().unwrap(), mail["html"].as_str().unwrap());
    assert!(text.contains("Dear Ann, it was Facial at Lagoon"), "{text}");
    assert!(html.contains("<bdi>Facial</bdi>"), "{html}");
    assert!(
        text.contains(&format!("/{}", spa.business.slug)),
        "it leads to where one books: {text}"
    );
    assert!(text.contains("/u/"), "there is a way out: {text}");
    assert_eq!(who(&spa, &sequence).await, [stands("Ann", "running", "", 1)]);
    let next = run_of(&spa, &sequence, "Ann").await["next_at"].as_str().unwrap().to_owned();
    assert_eq!(next.parse::<chrono::DateTime<chrono::Utc>>().unwrap(), at(5, "11:05"));
    it_is(&app, at(5, "11:00")).await;
    assert_eq!(said(&spa, "Ann").await, [step_is(1, "sent", "")]);
    it_is(&app, at(5, "11:05")).await;
    app.mail("ann@example.com", "Come again, Ann").await;
    assert_eq!(said(&spa, "Ann").await, [step_is(1, "sent", ""), step_is(2, "sent", "")]);
    assert_eq!(who(&spa, &sequence).await, [stands("Ann", "done", "", 2)]);
    // Nothing more comes.
    it_is(&app, at(9, "12:00")).await;
    assert_eq!(log(&spa, "kind=sequence").await.len(), 2);
}

#[tokio::test]
async fn who_sweeps_at_once_writes_each_step_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sequence = composed(&spa, &thanks()).await;
    guests(&app, &spa, &["Ann", "Bob", "Cid"]).await;
    for (time, steps) in [(at(3, "14:00"), 3), (at(5, "14:00"), 6)] {
        app.clock.set(time);
        let sweeps = (0..4).map(|_| {
            let db = app.app().db.clone();
            tokio::spawn(async move { sequences::sweep(&db).await.unwrap() })
        });
        for sweep in sweeps.collect::<Vec<_>>() {
            sweep.await.unwrap();
        }
        // Who was held by another one is moved on by that one.
        sequences::sweep(&app.app().db).await.unwrap();
        let written = "select count(*) from messages where kind = 'sequence'";
        assert_eq!(app.database.count(written).await, steps);
        settled(&app).await;
    }
    let all: Vec<_> =
        ["Ann", "Bob", "Cid"].iter().map(|name| stands(name, "done", "", 2)).collect();
    assert_eq!(who(&spa, &sequence).await, all);
    let mails = app.browser().get("/dev/mail.json").await.expect(200);
    let subject =
        |mail: &serde_json::Value| mail["subject"].as_str().unwrap_or_default().to_owned();
    let mails: Vec<_> = mails.as_array().unwrap().iter().map(subject).collect();
    for name in ["Ann", "Bob", "Cid"] {
        for said in ["Thank you", "Come again"] {
            let wanted = format!("{said}, {name}");
            assert_eq!(mails.iter().filter(|mail| **mail == wanted).count(), 1, "{mails:?}");
        }
    }
}

#[tokio::test]
async fn at_night_it_waits_for_the_morning_and_so_does_what_follows() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let quiet = json!({ "quiet": { "from": "21:00", "to": "08:00" } });
    spa.owner.patch("/v1/message-settings", 1, &quiet).await.expect(200);
    let mut late = thanks();
    late["steps"] = json!([step(600, "Good night"), step(60, "Good morning")]);
    composed(&spa, &late).await;
    guests(&app, &spa, &["Ann"]).await;
    // Ten hours after it: at nine.
    it_is(&app, at(3, "21:00")).await;
    assert_eq!(said(&spa, "Ann").await, [step_is(1, "queued", "")]);
    it_is(&app, at(4, "08:00")).await;
    assert_eq!(said(&spa, "Ann").await, [step_is(1, "sent", "")], "not both at once");
    it_is(&app, at(4, "09:00")).await;
    assert_eq!(said(&spa, "Ann").await, [step_is(1, "sent", ""), step_is(2, "sent", "")]);
}

#[tokio::test]
async fn whoever_is_in_it_goes_on_with_the_steps_as_they_are_now() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let sequence = composed(&spa, &thanks()).await;
    guests(&app, &spa, &["Ann", "Bob"]).await;
    it_is(&app, at(3, "12:00")).await;
    let path = format!("/v1/sequences/{}", id(&sequence));
    let words = json!({ "steps": [step(0, "Thanks"), step(2_880, "Otherwise, {{ name }}")] });
    spa.owner.patch(&path, 1, &words).await.expect(200);
    it_is(&app, at(5, "12:00")).await;
    app.mail("ann@example.com", "Otherwise, Ann").await;
    assert_eq!(who(&spa, &sequence).await[0], stands("Ann", "done", "", 2));
    // Whoever stands behind the last one is through.
    let mut one = thanks();
    one["name"] = json!("Another");
    let other = composed(&spa, &one).await;
    app.clock.set(at(6, "09:30"));
    let visit = super::books(&spa, "Dee", true, at(6, "11:00")).await;
    app.clock.set(at(6, "11:30"));
    super::came(&spa, &visit).await;
    it_is(&app, at(6, "12:05")).await;
    let path = format!("/v1/sequences/{}", id(&other));
    spa.owner.patch(&path, 1, &json!({ "steps": [step(0, "Thanks")] })).await.expect(200);
    // The clocks were put forward.
    it_is(&app, at(8, "13:05")).await;
    assert_eq!(who(&spa, &other).await, [stands("Dee", "done", "", 1)]);
}
