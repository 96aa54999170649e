use std::sync::Arc;

use futures_util::future::join_all;
use openchair_tests::TestApp;
use reqwest::Method;

use crate::access::actors::{Column, World};
use crate::access::matrix::Matrix;
use crate::access::samples::{operations, sample};

/// Every update wants the version that was seen, and changes no other.
#[tokio::test]
async fn updates_change_what_was_seen() {
    let app = Arc::new(TestApp::with(&[("worker.inside", "false")]).await);
    let matrix = Matrix::read();
    let mut tried = Vec::new();
    for operation in operations() {
        let versioned =
            operation.parameters.iter().any(|parameter| parameter["name"] == "If-Match");
        assert!(versioned || operation.method != "patch", "{} patches unseen", operation.id);
        if !versioned {
            continue;
        }
        let world = World::new(&app).await;
        let actor = world.actor(Column::Owner, matrix.row(&operation.id).needs()).await;
        let sample = sample(&operation, &world, &actor, true).await;
        let method: Method = operation.method.to_uppercase().parse().unwrap();
        let call = || {
            let call = actor.browser.request(method.clone(), &sample.path);
            match (&sample.body, &sample.picture) {
                (Some(body), _) => call.json(body),
                (None, Some(picture)) => {
                    call.header("content-type", "image/png").body(picture.clone())
                }
                (None, None) => call,
            }
        };
        let name = &operation.id;
        let before = app.database.fingerprint().await;
        call().await.problem(428, "precondition_required");
        for stale in ["\"0\"", "\"2\"", "\"999999999999\""] {
            call().header("if-match", stale).await.problem(412, "version_conflict");
        }
        for bad in ["1", "*", "W/\"1\"", "\"1\", \"2\"", "\"\"", "\"-1\"", "\"x\"", "\"1"] {
            call().header("if-match", bad).await.problem(400, "bad_if_match");
        }
        assert_eq!(app.database.fingerprint().await, before, "{name}");
        let done = call().header("if-match", "\"1\"").await;
        tried.push(operation.id.clone());
        if method == Method::DELETE && done.status == 204 {
            continue;
        }
        let view = done.expect(200);
        assert_eq!(view["version"].as_i64(), Some(done.version()), "{name}");
        // What changes nothing need not make a new version.
        if done.version() == 2 {
            call().header("if-match", "\"1\"").await.problem(412, "version_conflict");
        } else {
            assert_eq!(done.version(), 1, "{name}");
        }
    }
    assert!(tried.len() >= 5, "{tried:?}");
}

/// Of ten who saw the same, one changes it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_one_wins() {
    let app = TestApp::with(&[("database.max_connections", "10")]).await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let location = format!("/v1/locations/{}", app.location(&spa).await);
    for version in 1..4 {
        let calls = (0..10).map(|hand| {
            let change = serde_json::json!({ "address": format!("{hand} Quay {version}") });
            owner.patch(&location, version, &change).into_future()
        });
        let answers = join_all(calls).await;
        let won: Vec<_> = answers.iter().filter(|answer| answer.status == 200).collect();
        assert_eq!(won.len(), 1, "{answers:#?}");
        let lost = answers.iter().filter(|answer| answer.status == 412).count();
        assert_eq!(lost, 9);
        let seen = owner.get(&location).await;
        assert_eq!(seen.json(), won[0].json());
        assert_eq!(seen.version(), version + 1);
    }
}
