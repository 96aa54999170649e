//! The mail server is away, or slow: nothing is lost, nothing else waits, and nobody is reminded of what
//! has begun.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use openchair_tests::post_office::{Deed, PostOffice};
use openchair_tests::spa::{Spa, at};
use openchair_tests::{TestApp, eventually};
use serde_json::json;
use sqlx::Row;

use super::{it_is, path, settled};

pub const STAFF: [&str; 10] = ["A", "B", "C", "D", "E", "F", "G", "H", "I", "J"];

async fn start(office: &PostOffice) -> (TestApp, Spa) {
    let app = TestApp::with(&[("mail.transport", "smtp"), ("mail.smtp_url", &office.url())]).await;
    let spa = staffed(&app).await;
    (app, spa)
}

/// A spa that reminds an hour before.
pub async fn staffed(app: &TestApp) -> Spa {
    let mut spa = app.spa().await;
    for name in STAFF {
        spa.person(name, &["Wax"], &[1, 2, 3, 4, 5, 6, 7], None).await;
    }
    let hour = json!({ "reminder_minutes": [60] });
    spa.owner.patch("/v1/message-settings", 1, &hour).await.expect(200);
    spa
}

/// Everything that is due now was looked at: it is done, or put off.
pub async fn looked_at(app: &TestApp) {
    let due = format!(
        "select count(*) from jobs where state = 'running' or state = 'waiting' and run_at <= '{}'",
        app.now()
    );
    eventually("all that is due was looked at", async || {
        app.app().db.bell().ring();
        (app.database.count(&due).await == 0).then_some(())
    })
    .await;
}

/// Time goes by, step by step.
pub async fn until(app: &TestApp, end: DateTime<Utc>) {
    while app.now() < end {
        it_is(app, app.now() + Duration::seconds(30)).await;
        looked_at(app).await;
    }
}

async fn count(app: &TestApp, state: &str) -> i64 {
    let sql = "select count(*) from messages where kind = 'reminder' and state = '";
    app.database.count(&format!("{sql}{state}'")).await
}

#[tokio::test]
async fn an_hour_without_a_mail_server() {
    let office = PostOffice::open().await;
    let (app, spa) = start(&office).await;
    let mut last = None;
    for time in ["09:30", "10:00", "10:30"] {
        for name in STAFF {
            let wanted = spa.wanted(&["Wax"], 1, &[name]);
            last = Some(spa.book(wanted, at(6, time)).await.expect(201));
        }
    }
    settled(&app).await;
    it_is(&app, at(6, "08:15")).await;
    looked_at(&app).await;
    let knocks = office.knocks();

    office.doors(false);
    until(&app, at(6, "08:45")).await;
    assert_eq!((count(&app, "queued").await, count(&app, "sent").await), (10, 0));
    // Others' work goes on.
    spa.owner.post(&path(&last.unwrap(), "cancel"), &json!({ "version": 1 })).await.expect(200);
    let wanted = json!({ "email": spa.business.owner.email });
    app.browser().post("/v1/auth/magic-link", &wanted).await.expect(202);
    let done = "select count(*) from jobs where kind = 'identity.send_link' and state = 'done'";
    eventually("other jobs are done", async || (app.database.count(done).await > 0).then_some(()))
        .await;
    until(&app, at(6, "09:40")).await;
    // Those of 09:30 are dropped, and nobody hears of it; the one that was cancelled, too.
    assert_eq!((count(&app, "queued").await, count(&app, "sent").await), (19, 0));
    let begun = "select count(*) from messages where reason = 'begun' and state = 'dropped'";
    assert_eq!(app.database.count(begun).await, 10);
    // Somebody looks whether it is back, and not everybody.
    let tried = office.knocks() - knocks;
    assert!((20..200).contains(&tried), "{tried} tries in eighty minutes");

    office.doors(true);
    until(&app, at(6, "09:50")).await;
    assert_eq!((count(&app, "queued").await, count(&app, "sent").await), (0, 19));
    // Not all at once.
    let sql = "select sent_at from messages where kind = 'reminder' and state = 'sent'";
    let rows = sqlx::query(sql).fetch_all(app.database.owner()).await.unwrap();
    let minutes = |at: DateTime<Utc>| at.timestamp() / 60;
    let times: BTreeSet<_> = rows.iter().map(|row| minutes(row.get("sent_at"))).collect();
    assert!(times.len() >= 3, "{times:?}");
    let keys: BTreeSet<_> = office.letters().into_iter().map(|letter| letter.key).collect();
    assert_eq!(keys.len(), office.letters().len(), "each once");
    // None of it was a try.
    let sql = "select max(attempts)::bigint from jobs where kind = 'message.send'";
    assert_eq!(app.database.count(sql).await, 1);
}

#[tokio::test]
async fn one_that_takes_long_costs_the_others_nothing() {
    let office = PostOffice::open().await;
    let (app, spa) = start(&office).await;
    office.always(|to| if to == "slow@example.com" { Deed::Stall } else { Deed::Take });
    for name in STAFF {
        let email =
            if name == "C" { "slow@example.com".to_owned() } else { format!("{name}@example.com") };
        let body = json!({ "wanted": spa.wanted(&["Wax"], 1, &[name]), "start": at(6, "12:00"),
                           "customer": { "name": name, "email": email } });
        spa.owner.post("/v1/appointments", &body).await.expect(201);
    }
    settled_but(&app, 1).await;
    it_is(&app, at(6, "11:00")).await;
    settled_but(&app, 2).await;
    assert_eq!((count(&app, "queued").await, count(&app, "sent").await), (1, 9));
    // It was taken, but who knows that?
    assert!(!office.letters_to("slow@example.com").is_empty());
}

/// All that is due is dealt with, but so many.
async fn settled_but(app: &TestApp, rest: i64) {
    let due = format!(
        "select count(*) from messages where state = 'queued' and due_at <= '{}'",
        app.now()
    );
    eventually("all but these are dealt with", async || {
        app.app().db.bell().ring();
        (app.database.count(&due).await == rest).then_some(())
    })
    .await;
}

#[tokio::test]
async fn what_is_refused_for_now_is_tried_again_and_what_is_refused_for_good_is_not() {
    let office = PostOffice::open().await;
    let (app, spa) = start(&office).await;
    office.always(|to| match to {
        "later@example.com" => Deed::Refuse(451),
        "never@example.com" => Deed::Refuse(550),
        _ => Deed::Take,
    });
    for (name, email) in
        [("A", "later@example.com"), ("B", "never@example.com"), ("C", "ann@example.com")]
    {
        let body = json!({ "wanted": spa.wanted(&["Wax"], 1, &[name]), "start": at(6, "12:00"),
                           "customer": { "name": name, "email": email } });
        spa.owner.post("/v1/appointments", &body).await.expect(201);
    }
    settled_but(&app, 1).await;
    let stands = async |email: &str| {
        let sql = format!(
            "select state || ' ' || coalesce(reason, '') from messages where address = '{email}'"
        );
        let found: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
            .fetch_one(app.database.owner())
            .await
            .unwrap();
        found
    };
    assert_eq!(stands("later@example.com").await, "queued ");
    assert_eq!(stands("never@example.com").await, "failed refused");
    assert_eq!(stands("ann@example.com").await, "sent ");
    office.always(|_| Deed::Take);
    app.clock.advance(Duration::minutes(1));
    settled(&app).await;
    assert_eq!(stands("later@example.com").await, "sent ");
    let tries = "select max(attempts)::bigint from jobs where kind = 'message.send'";
    assert_eq!(app.database.count(tries).await, 2);
    assert_eq!(office.letters_to("never@example.com"), []);
}
