//! Time that a test moves, for a server and a worker in processes of their own.

use openchair_tests::process::{Program, free_address};
use openchair_tests::{Browser, PASSWORD, TestDatabase, bench, eventually};
use serde_json::{Value, json};

struct Shared {
    file: std::path::PathBuf,
}

impl Shared {
    fn set(&self, text: &str) {
        // Whole or not at all: both processes may be reading.
        let beside = self.file.with_extension("new");
        std::fs::write(&beside, text).unwrap();
        std::fs::rename(beside, &self.file).unwrap();
    }
}

#[tokio::test]
async fn one_file_moves_the_time_of_server_and_worker() {
    let database = TestDatabase::fresh().await;
    let folder = bench().folder().join("clock");
    std::fs::create_dir_all(&folder).unwrap();
    let clock = Shared { file: folder.join("now") };
    clock.set("2031-05-01T08:00:00Z");
    let address = free_address();
    let url = format!("http://{address}");
    let settings = [
        ("database.url", database.app_url()),
        ("testing.clock_file", clock.file.display().to_string()),
        ("server.public_url", url.clone()),
        ("server.bind", address.to_string()),
        ("worker.inside", "false".to_owned()),
    ];
    let mut server = Program::start("openchair-server", &folder.join("server.log"), &settings);
    let mut worker = Program::start("openchair-worker", &folder.join("worker.log"), &settings);
    let browser = Browser::at(&url);
    eventually("the server is ready", async || {
        assert!(server.runs(), "{}", server.log());
        browser.get("/readyz").may_fail().send().await.ok().filter(|answer| answer.status == 200)
    })
    .await;

    let body = json!({
        "business": { "name": "Later", "kind": "spa", "country": "US" },
        "owner": { "name": "Lea", "email": "lea@example.com", "password": PASSWORD },
    });
    let made = browser.post("/v1/signup", &body).await.expect(201);
    assert_eq!(made["tenant"]["created_at"], "2031-05-01T08:00:00+00:00");
    // The worker's mail is of the same hour.
    let mail = mail(&browser, &mut worker, "lea@example.com").await;
    assert!(mail["at"].as_str().unwrap().starts_with("2031-05-01T08:00:00"), "{mail}");

    browser.get("/v1/me").await.expect(200);
    clock.set("2031-05-14T08:00:00Z");
    browser.get("/v1/me").await.expect(200);
    clock.set("2031-05-29T08:00:00Z");
    browser.get("/v1/me").await.problem(401, "session_expired");
    // A job that is queued now is done now, and its mail is of now.
    browser.post("/v1/auth/magic-link", &json!({ "email": "lea@example.com" })).await.expect(202);
    eventually("the link's mail", async || {
        assert!(worker.runs(), "{}", worker.log());
        let mails = browser.get("/dev/mail.json").await.expect(200);
        let at = mails[0]["at"].as_str().unwrap().to_owned();
        at.starts_with("2031-05-29T08:00:00").then_some(())
    })
    .await;
    assert!(worker.stop(), "the worker ends well");
    assert!(server.stop(), "the server ends well");
}

async fn mail(browser: &Browser, worker: &mut Program, to: &str) -> Value {
    eventually("a mail", async || {
        assert!(worker.runs(), "{}", worker.log());
        let mails = browser.get("/dev/mail.json").await.expect(200);
        mails.as_array().unwrap().iter().find(|mail| mail["to"] == to).cloned()
    })
    .await
}
