use std::sync::Arc;

use chrono::Duration;
use futures_util::future::join_all;
use openchair_tests::{PASSWORD, TestApp};
use serde_json::json;

use crate::access::actors::{Column, World};
use crate::access::matrix::Matrix;
use crate::access::samples::{operations, sample};

const HEADER: &str = "idempotency-key";

#[tokio::test]
async fn the_same_key_and_body_get_the_same_answer() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let body = json!({ "name": "till", "scopes": ["team:read"] });
    let other = json!({ "name": "till 2", "scopes": ["team:read"] });
    let post = |body, key: &str| owner.post("/v1/api-keys", body).header(HEADER, key);
    let first = post(&body, "one").await;
    first.expect(201);
    assert_eq!(first.header("idempotency-replayed"), "");
    let again = post(&body, "one").await;
    assert_eq!((again.status, &again.body), (201, &first.body), "the secret, too");
    assert_eq!(again.header("idempotency-replayed"), "true");
    // The same words in another order are the same request.
    let turned = owner.post("/v1/api-keys", &json!({})).header(HEADER, "one");
    let turned = turned.body(r#"{ "scopes": ["team:read"],   "name": "till" }"#).await;
    assert_eq!(turned.body, first.body);
    post(&other, "one").await.problem(422, "idempotency_key_reused");
    // A key belongs to an operation, and to whoever used it.
    let role = json!({ "name": "Helper", "permissions": ["team:read"] });
    let elsewhere = owner.post("/v1/roles", &role).header(HEADER, "one").await;
    elsewhere.problem(422, "idempotency_key_reused");
    let mate = app.member(&spa, openchair_domain::authz::BuiltIn::Manager).await;
    let mate = app.sign_in(&mate).await.in_tenant(&spa);
    mate.post("/v1/api-keys", &other).header(HEADER, "one").await.expect(201);
    let theirs = app.business("Other").await;
    let theirs = app.sign_in(&theirs.owner).await.in_tenant(&theirs);
    theirs.post("/v1/api-keys", &body).header(HEADER, "one").await.expect(201);
    assert_eq!(app.database.count("select count(*) from api_keys").await, 3);
    // A day later it is forgotten.
    app.clock.advance(Duration::hours(25));
    let later = post(&body, "one").await;
    later.expect(201);
    assert_ne!(later.body, first.body);
}

#[tokio::test]
async fn a_refusal_does_not_use_the_key_up() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let post = |scope: &str| {
        let body = json!({ "name": "till", "scopes": [scope] });
        owner.post("/v1/api-keys", &body).header(HEADER, "one")
    };
    post("no:such").await.faults();
    post("team:read").await.expect(201);
    for bad in ["", " ", "a b", &"x".repeat(65), "\t"] {
        let answer = post("team:read").header(HEADER, bad).await;
        answer.problem(400, "bad_idempotency_key");
    }
    assert_eq!(app.database.count("select count(*) from api_keys").await, 1);
}

/// Twenty at once: the work is done once, and everybody is told the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_does_the_work() {
    let app = TestApp::with(&[("database.max_connections", "20")]).await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    for round in 0..5 {
        let body = json!({ "name": format!("till {round}"), "scopes": ["team:read"] });
        let key = format!("round {round}").replace(' ', "-");
        let calls =
            (0..20).map(|_| owner.post("/v1/api-keys", &body).header(HEADER, &key).into_future());
        let answers = join_all(calls).await;
        let first = &answers[0];
        first.expect(201);
        assert!(answers.iter().all(|answer| answer.body == first.body), "{answers:#?}");
        let replayed =
            answers.iter().filter(|answer| answer.header("idempotency-replayed") == "true").count();
        assert_eq!(replayed, 19);
        app.clock.advance(Duration::minutes(1));
    }
    assert_eq!(app.database.count("select count(*) from api_keys").await, 5);
    let events = "select count(*) from outbox_events where kind = 'api_key.created'";
    assert_eq!(app.database.count(events).await, 5);
}

/// A visitor who taps twice has one business, and both taps have its session.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_sign_ups_at_once_one_is_made() {
    let app = TestApp::with(&[("database.max_connections", "12")]).await;
    let body = json!({
        "business": { "name": "Twice", "kind": "salon", "country": "FR" },
        "owner": { "name": "Tia", "email": "tia@example.com", "password": PASSWORD },
    });
    let browsers: Vec<_> = (0..10).map(|_| app.browser()).collect();
    let calls = browsers
        .iter()
        .map(|browser| browser.post("/v1/signup", &body).header(HEADER, "tap").into_future());
    let answers = join_all(calls).await;
    for answer in &answers {
        assert_eq!(answer.expect(201), answers[0].json());
    }
    assert_eq!(app.database.count("select count(*) from tenants").await, 1);
    assert_eq!(app.database.count("select count(*) from users").await, 1);
    // Whoever knows the key but not the password is told nothing.
    let mut guess = body.clone();
    guess["owner"]["password"] = json!("a guess of somebody else");
    let stranger = app.browser();
    stranger.post("/v1/signup", &guess).header(HEADER, "tap").await.is_problem();
    assert!(stranger.cookie().is_none());
}

/// The answer was lost, but its cookie wasn't: the same request is the same request.
#[tokio::test]
async fn a_sign_up_that_signed_in_is_not_done_twice() {
    let app = TestApp::start().await;
    let body = json!({
        "business": { "name": "Twice", "kind": "salon", "country": "FR" },
        "owner": { "name": "Tia", "email": "tia@example.com", "password": PASSWORD },
    });
    let browser = app.browser();
    let sign_up = || browser.post("/v1/signup", &body).header(HEADER, "tap");
    let first = sign_up().await;
    first.expect(201);
    assert!(browser.cookie().is_some());
    let again = sign_up().await;
    assert_eq!(again.expect(201), first.json());
    assert_eq!(again.header("idempotency-replayed"), "true");
    // Without an owner it is another business of whoever is signed in, and theirs alone.
    let body = json!({ "business": { "name": "More", "kind": "salon", "country": "FR" } });
    browser.post("/v1/signup", &body).header(HEADER, "more").await.expect(201);
    let stranger = app.login("Stranger").await;
    let stranger = app.sign_in(&stranger).await;
    let theirs = stranger.post("/v1/signup", &body).header(HEADER, "more").await;
    theirs.expect(201);
    assert_eq!(theirs.header("idempotency-replayed"), "");
}

/// Every operation that takes a key honours it.
#[tokio::test]
async fn whatever_takes_a_key_honours_it() {
    let app = Arc::new(TestApp::with(&[("worker.inside", "false")]).await);
    let matrix = Matrix::read();
    let mut tried = Vec::new();
    for operation in operations() {
        if !operation.parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key") {
            continue;
        }
        // Nobody takes money here: `sold::online` has somebody buy twice under one key.
        if operation.id == "buy_voucher" {
            continue;
        }
        let world = World::new(&app).await;
        let platform = operation.path.starts_with("/v1/platform");
        let column = if platform { Column::Admin } else { Column::Owner };
        let actor = world.actor(column, matrix.row(&operation.id).needs()).await;
        let sample = sample(&operation, &world, &actor, true).await;
        // Each as if the answer before had been lost, with what it would have put into the jar.
        let call = || {
            let call = actor.browser.window().post_empty(&sample.path).header(HEADER, "again");
            match &sample.body {
                Some(body) => call.json(body),
                None => call,
            }
        };
        let first = call().await;
        assert!(matches!(first.status, 200 | 201 | 204), "{}: {first}", operation.id);
        let before = app.database.fingerprint().await;
        let again = call().await;
        assert_eq!((again.status, again.text()), (first.status, first.text()), "{}", operation.id);
        let after = app.database.fingerprint().await;
        let signs_in = operation.id == "sign_up";
        let differs: Vec<_> = before
            .iter()
            .zip(&after)
            .filter(|(before, after)| before != after)
            .map(|(line, _)| line.split(' ').next().unwrap())
            // Whoever signs up again with the same key gets a session of their own.
            .filter(|table| !(signs_in && *table == "sessions"))
            .collect();
        assert!(differs.is_empty(), "{}: {differs:?}", operation.id);
        tried.push(operation.id);
    }
    assert!(tried.len() >= 13, "{tried:?}");
}
