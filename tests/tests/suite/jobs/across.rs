//! Several processes: they wake each other, and do each other's work.

use std::collections::BTreeMap;

use openchair_tests::process::{Program, free_address};
use openchair_tests::{Browser, TestApp, TestDatabase, bench, eventually};
use serde_json::json;
use sqlx::Row;

/// A worker that is a process of its own.
async fn worker(database: &TestDatabase, name: &str, settings: &[(&str, &str)]) -> Program {
    let log = bench().folder().join(format!("{name}-{}.log", std::process::id()));
    let own = [("database.url", database.app_url()), ("log.level", "info".to_owned())];
    let more = settings.iter().map(|(key, value)| (*key, (*value).to_owned()));
    let settings: Vec<_> = own.into_iter().chain(more).collect();
    let mut program = Program::start("openchair-worker", &log, &settings);
    eventually("the worker runs", async || {
        assert!(program.runs(), "{}", program.log());
        program.log().contains("the worker runs").then_some(())
    })
    .await;
    program
}

/// It looks for itself only every five minutes.
#[tokio::test]
async fn a_worker_elsewhere_hears_of_a_job_at_once() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let ann = app.login("Ann").await;
    let worker = worker(&app.database, "woken", &[("worker.poll_seconds", "300")]).await;
    for _ in 0..3 {
        let mails = app.database.count("select count(*) from mailbox").await;
        let wanted = json!({ "email": ann.email });
        app.browser().post("/v1/auth/magic-link", &wanted).await.expect(202);
        eventually("the mail", async || {
            (app.database.count("select count(*) from mailbox").await > mails).then_some(())
        })
        .await;
    }
    assert!(worker.stop(), "it stops well");
}

const MAILS: i64 = 400;

#[tokio::test]
async fn what_a_killed_worker_had_begun_is_done_once_by_another() {
    let database = TestDatabase::fresh().await;
    let settings = [("worker.lease_seconds", "5"), ("worker.poll_seconds", "1")];
    let killed = worker(&database, "killed", &settings).await;
    let sql = format!(
        "insert into jobs (tenant_id, id, kind, version, payload, state, run_at, created_at)
         select ('00000000-0000-0000-0000-0000000000' || lpad((n % 20)::text, 2, '0'))::uuid,
                gen_random_uuid(), 'mail.send', 1,
                jsonb_build_object('to', 'ann' || n || '@example.com', 'template', 'booking_code',
                                   'locale', 'en', 'data', '{{\"business\": \"B\", \"code\": \"1\"}}'::jsonb),
                'waiting', '2026-03-08', '2026-03-08'
         from generate_series(1, {MAILS}) n"
    );
    database.run(&sql).await;
    eventually("it is at it", async || {
        let sql = "select count(*) filter (where state = 'done') as done,
                          count(*) filter (where state = 'running') as running from jobs";
        let row = sqlx::query(sql).fetch_one(database.owner()).await.unwrap();
        let (done, running): (i64, i64) = (row.get("done"), row.get("running"));
        (done > 0 && running > 0).then_some(())
    })
    .await;
    killed.kill();
    let left = database.count("select count(*) from jobs where state <> 'done'").await;
    assert!(left > 0, "it was killed too late");
    let others =
        [worker(&database, "second", &settings).await, worker(&database, "third", &settings).await];
    eventually("all is done", async || {
        let left = database.count("select count(*) from jobs where state <> 'done'").await;
        (left == 0).then_some(())
    })
    .await;
    for other in others {
        assert!(other.stop(), "it stops well");
    }
    let sql = "select address from mailbox";
    let sent: Vec<String> = sqlx::query_scalar(sql).fetch_all(database.owner()).await.unwrap();
    let mut times: BTreeMap<&str, u32> = BTreeMap::new();
    for address in &sent {
        *times.entry(address).or_default() += 1;
    }
    assert_eq!(i64::try_from(times.len()).unwrap(), MAILS);
    assert!(times.values().all(|count| *count == 1), "{times:?}");
}

#[tokio::test]
async fn a_worker_apart_says_how_it_does() {
    let app = TestApp::with(&[("worker.inside", "false")]).await;
    let ann = app.login("Ann").await;
    let address = free_address();
    let settings = [("worker.ops_bind", address.to_string())];
    let settings: Vec<_> = settings.iter().map(|(key, value)| (*key, value.as_str())).collect();
    let worker = worker(&app.database, "ops", &settings).await;
    let browser = Browser::at(&format!("http://{address}"));
    assert_eq!(browser.get("/healthz").await.expect(200)["status"], "alive");
    assert_eq!(browser.get("/readyz").await.expect(200)["checks"]["database"], "ok");
    browser.get("/v1/me").await.expect(404);
    browser.post_empty("/healthz").await.expect(405);

    let sent = app.browser().post("/v1/auth/magic-link", &json!({ "email": ann.email })).await;
    let request = sent.header("x-request-id").to_owned();
    let done = r#"jobs_done_total{kind="mail.send",outcome="done"} 1"#;
    let text = eventually("it has done what there was to do", async || {
        let text = browser.get("/metrics").await.text();
        text.contains(done).then_some(text)
    })
    .await;
    for name in ["job_lag_seconds_bucket", "job_run_seconds_bucket"] {
        assert!(text.contains(name), "{name} in {text}");
    }
    // What the link was asked with is named by all that came of it.
    let sql = "select distinct coalesce(trace, 'none') from jobs";
    let traces: Vec<String> =
        sqlx::query_scalar(sql).fetch_all(app.database.owner()).await.unwrap();
    assert_eq!(traces, [request]);
    assert!(worker.stop(), "it stops well");
}
