//! Whoever runs the deployment hears when it isn't well.

use chrono::Duration;
use openchair_domain::bells;
use openchair_domain::tallies::{self, What};
use openchair_tests::receiver::{Act, Receiver};
use openchair_tests::smtp::SmtpServer;
use openchair_tests::{Browser, TestApp, eventually};
use serde_json::Value;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// A deployment whose operator is told in a channel and by a program.
struct House {
    app: TestApp,
    admin: Browser,
    slack: Receiver,
    program: Receiver,
}

impl House {
    async fn new() -> Self {
        let (slack, program) = (Receiver::start().await, Receiver::start().await);
        let app = TestApp::with(&[
            ("alerts.slack_url", &slack.url()),
            ("alerts.webhook_url", &program.url()),
            ("alerts.webhook_secret", SECRET),
        ])
        .await;
        let ada = app.login("Ada").await;
        app.promote(&ada).await;
        let admin = app.sign_in(&ada).await;
        Self { app, admin, slack, program }
    }

    /// So many requests end so, and that is written down.
    async fn requests(&self, good: u32, bad: u32) {
        let db = &self.app.app().db;
        for at in 0..good + bad {
            db.tallies().note(What::Requests, at < good);
        }
        tallies::write(db).await.unwrap();
    }

    /// It is so much later, and it is looked again.
    fn later(&self, length: Duration) {
        self.app.clock.advance(length);
        self.look();
    }

    fn look(&self) {
        self.app.app().db.bells().of(bells::TROUBLE).ring();
    }

    /// Waits for a whole look that begins after this.
    async fn looked(&self) {
        // Each ends by saying when the next is due. The first to do so a second later may have begun
        // before; the one behind it can't.
        for _ in 0..2 {
            self.app.clock.advance(Duration::seconds(1));
            let due = (self.app.now() + Duration::seconds(30)).to_rfc3339();
            let sql =
                format!("select count(*) from turns where name = 'alerts' and due_at = '{due}'");
            eventually("it was looked", async || {
                self.look();
                (self.app.database.count(&sql).await == 1).then_some(())
            })
            .await;
        }
    }

    async fn alerts(&self) -> Vec<Value> {
        let page = self.admin.get("/v1/platform/alerts").await.expect(200);
        page["items"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn who_runs_it_is_told_once_again_and_that_it_is_over() {
    let house = House::new().await;
    house.requests(10, 19).await;
    house.looked().await;
    assert_eq!(house.alerts().await, Vec::<Value>::new(), "too few to say");
    house.requests(0, 11).await;
    let told = house.program.gets(1).await;
    assert!(told[0].is_signed_by(SECRET));
    let event = told[0].json();
    assert_eq!(event["type"], "alert.raised");
    assert_eq!(event["data"]["condition"], "error_rate");
    assert_eq!(event["data"]["threshold"], 5.0);
    let text = house.slack.gets(1).await[0].json()["text"].as_str().unwrap().to_owned();
    assert!(text.starts_with("*[Openchair] Requests end in faults: "), "{text}");
    let alerts = house.alerts().await;
    assert_eq!(alerts.len(), 1);
    assert_eq!(alerts[0]["condition"], "error_rate");
    assert_eq!(alerts[0]["cleared_at"], Value::Null);

    // As long as it lasts nothing more is said, for six hours.
    house.requests(0, 100).await;
    house.looked().await;
    assert_eq!((house.program.got().len(), house.slack.got().len()), (1, 1));
    house.later(Duration::hours(6));
    house.requests(0, 100).await;
    assert_eq!(house.program.gets(2).await[1].kind(), "alert.raised");
    assert_eq!(house.slack.gets(2).await.len(), 2);

    // It is over when all was well for as long as it is looked back.
    house.later(Duration::minutes(6));
    let over = house.program.gets_kind("alert.cleared").await;
    assert_eq!(over.json()["data"]["id"], event["data"]["id"]);
    assert_eq!(house.slack.gets(3).await.len(), 3);
    assert_eq!(house.program.kinds(), ["alert.raised", "alert.raised", "alert.cleared"]);
    assert_ne!(house.alerts().await[0]["cleared_at"], Value::Null);

    // The next time it is another.
    house.requests(0, 100).await;
    house.program.gets(4).await;
    assert_eq!(house.alerts().await.len(), 2);
}

#[tokio::test]
async fn who_cannot_be_reached_is_told_later_and_nobody_else_twice() {
    let house = House::new().await;
    house.slack.next([Act::Answer(500), Act::Drop]);
    house.requests(0, 100).await;
    house.slack.gets(1).await;
    // It is asked at each look until it takes it, and then no more.
    let asked = async |times: usize| {
        eventually("the channel is asked", async || {
            house.look();
            (house.slack.got().len() >= times).then_some(())
        })
        .await;
    };
    asked(3).await;
    house.looked().await;
    assert_eq!(house.slack.got().len(), 3);
    assert_eq!(house.program.kinds(), ["alert.raised"]);
}

#[tokio::test]
async fn jobs_that_are_late_and_jobs_that_failed() {
    let house = House::new().await;
    let now = house.app.now();
    let put = async |kind: &str, state: &str, id: u128, since: Duration| {
        let (at, nobody) = (now - since, uuid::Uuid::nil());
        let finished = if state == "dead" { format!("'{at}'") } else { "null".to_owned() };
        let id = uuid::Uuid::from_u128(id);
        let sql = format!(
            "insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at,
                               finished_at)
             values ('{nobody}', '{id}', '{kind}', 1, '{{}}', '{state}', '{at}', '{at}', {finished})"
        );
        house.app.database.run(&sql).await;
    };
    // Nobody knows this kind: it waits.
    put("test.unknown", "waiting", 1, Duration::seconds(61)).await;
    for id in 10..20 {
        put("test.dead", "dead", id, Duration::minutes(4)).await;
    }
    // Long ago.
    for id in 20..40 {
        put("test.dead", "dead", id, Duration::minutes(6)).await;
    }
    house.look();
    let told = house.program.gets(2).await;
    let mut said: Vec<_> = told
        .iter()
        .map(|one| {
            let data = one.json()["data"].clone();
            (data["condition"].as_str().unwrap().to_owned(), data["value"].as_f64().unwrap())
        })
        .collect();
    said.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(said, [("dead_jobs".to_owned(), 10.0), ("job_lag".to_owned(), 61.0)]);
}

#[tokio::test]
async fn a_trial_says_who_is_reached() {
    let house = House::new().await;
    house.slack.next([Act::Answer(403)]);
    let tried = house.admin.post("/v1/platform/alerts/trial", &Value::Null).await.expect(200);
    let tried = tried["items"].as_array().unwrap().clone();
    assert_eq!(tried.len(), 2, "{tried:?}");
    assert_eq!((&tried[0]["target"], &tried[0]["told"]), (&"slack".into(), &false.into()));
    assert_eq!(tried[0]["error"], "it answered 403");
    assert_eq!((&tried[1]["target"], &tried[1]["told"]), (&"webhook".into(), &true.into()));
    assert_eq!(house.program.kinds(), ["alert.trial"]);
}

#[tokio::test]
async fn it_comes_by_mail_too() {
    let mut smtp = SmtpServer::start().await;
    let app = TestApp::with(&[
        ("alerts.email", "ops@example.com"),
        ("mail.transport", "smtp"),
        ("mail.smtp_url", &smtp.url()),
    ])
    .await;
    for _ in 0..100 {
        app.app().db.tallies().note(What::Webhooks, false);
    }
    tallies::write(&app.app().db).await.unwrap();
    let mail = smtp.mail().await;
    assert_eq!(mail.envelope.to, ["ops@example.com"]);
    assert_eq!(mail.subject, "[Openchair] Webhooks fail: 100.0 %");
    assert!(mail.text.contains("25.0 % is the limit"), "{}", mail.text);
    assert!(smtp.is_quiet().await);
}

/// What the server answers is what is counted, and a fault of the caller's is none of ours.
#[tokio::test]
async fn what_is_answered_is_counted() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    app.browser().get("/v1/me").await.expect(401);
    app.browser().get("/healthz").await.expect(200);
    tallies::write(&app.app().db).await.unwrap();
    let found = app.database.count("select good from tallies where what = 'requests'").await;
    let bad = app.database.count("select bad from tallies where what = 'requests'").await;
    assert!(found >= 2, "{found}");
    assert_eq!(bad, 0);
}
