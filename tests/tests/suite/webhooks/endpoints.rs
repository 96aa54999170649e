//! Endpoints over the API.

use openchair_tests::TestApp;
use openchair_tests::receiver::Receiver;
use serde_json::{Value, json};

use super::{Bench, INSIDE};

const PATH: &str = "/v1/webhooks/endpoints";

#[tokio::test]
async fn a_secret_is_shown_once() {
    let bench = Bench::with(&[], json!({ "description": "Till" })).await;
    let owner = &bench.spa.owner;
    assert!(bench.secret.starts_with("whsec_"));
    let one = bench.endpoint().await;
    assert_eq!((&one["description"], &one["state"]), (&json!("Till"), &json!("on")));
    assert_eq!(one["events"].as_array().unwrap().len(), 36);
    let list = owner.get(PATH).await.expect(200);
    assert_eq!(list["items"][0], one);
    for answer in [one.to_string(), list.to_string()] {
        assert!(!answer.contains("whsec_") && !answer.contains("secret\""), "{answer}");
    }
    // It doesn't lie around in the clear, either.
    let raw = data_encoding::BASE64.decode(&bench.secret.as_bytes()["whsec_".len()..]).unwrap();
    let hex = data_encoding::HEXLOWER.encode(&raw);
    let sql = format!(
        "select count(*) from webhook_endpoints where encode(secret, 'hex') like '%{hex}%'"
    );
    assert_eq!(bench.app.database.count(&sql).await, 0);
}

#[tokio::test]
async fn a_change_names_the_version_that_it_saw() {
    let bench = Bench::new().await;
    let path = format!("{PATH}/{}", bench.endpoint);
    let owner = &bench.spa.owner;
    let change = json!({ "description": "Till", "per_second": 3, "events": ["customer.created"] });
    let changed = owner.patch(&path, 1, &change).await.expect(200);
    assert_eq!((&changed["version"], &changed["per_second"]), (&json!(2), &json!(3)));
    assert_eq!(changed["events"], json!(["customer.created"]));
    owner.patch(&path, 1, &change).await.problem(412, "version_conflict");
    let off = owner.patch(&path, 2, &json!({ "enabled": false })).await.expect(200);
    assert_eq!(off["state"], "off");
    owner.post_empty(&format!("{path}/test")).await.problem(409, "endpoint_not_in_use");
    owner.delete(&path).await.expect(204);
    owner.get(&path).await.problem(404, "not_found");
    owner.patch(&path, 3, &change).await.problem(404, "not_found");
    assert_eq!(owner.get(PATH).await.expect(200)["items"], json!([]));
    let audit = owner.get("/v1/audit?action=webhook_endpoint").await.expect(200);
    let mut actions: Vec<_> =
        audit["items"].as_array().unwrap().iter().map(|line| &line["action"]).collect();
    // The clock stands still: which came first is not known.
    actions.sort_by_key(ToString::to_string);
    let expected = ["created", "removed", "updated", "updated"];
    assert_eq!(actions, expected.map(|deed| json!(format!("webhook_endpoint.{deed}"))).each_ref());
}

#[tokio::test]
async fn what_can_not_be_meant_is_refused() {
    let bench = Bench::new().await;
    let owner = &bench.spa.owner;
    let url = bench.receiver.url();
    let cases: [(Value, &str, &str); 5] = [
        (json!({ "url": "nothing" }), "/url", "invalid"),
        (json!({ "url": "ftp://example.com" }), "/url", "invalid"),
        (json!({ "url": "http://me:pw@127.0.0.1/" }), "/url", "has_password"),
        (json!({ "url": url, "events": ["customer.burnt"] }), "/events/0", "unknown_event_type"),
        (
            json!({ "url": url, "preset": "ghl_flat", "events": ["queue.joined"] }),
            "/events/0",
            "not_of_preset",
        ),
    ];
    for (body, field, code) in cases {
        let faults = owner.post(PATH, &body).await.faults();
        assert_eq!(faults, [(field.to_owned(), code.to_owned())], "{body}");
    }
    let types = owner.get("/v1/webhooks/event-types").await.expect(200);
    assert_eq!(types["items"].as_array().unwrap().len(), 36);
    let unknown = owner.get("/v1/webhooks/deliveries?type=customer.burnt").await;
    assert_eq!(unknown.faults()[0].1, "unknown_event_type");
}

#[tokio::test]
async fn there_are_only_so_many() {
    let app = TestApp::with(&[INSIDE]).await;
    let spa = app.spa().await;
    let receiver = Receiver::start().await;
    let body = json!({ "url": receiver.url(), "enabled": false });
    for _ in 0..50 {
        spa.owner.post(PATH, &body).await.expect(201);
    }
    spa.owner.post(PATH, &body).await.problem(409, "too_many_endpoints");
}

#[tokio::test]
async fn two_secrets_are_good_while_one_takes_the_others_place() {
    let bench = Bench::new().await;
    let path = format!("{PATH}/{}/rotate-secret", bench.endpoint);
    let owner = &bench.spa.owner;
    assert_eq!(
        owner.post(&path, &json!({ "overlap_hours": 169 })).await.faults()[0].0,
        "/overlap_hours"
    );
    let made = owner.post(&path, &json!({})).await.expect(201);
    let fresh = made["secret"].as_str().unwrap().to_owned();
    assert!(made["endpoint"]["secret_before_until"].is_string());
    bench.test().await;
    let both = bench.receiver.gets(1).await.remove(0);
    assert!(both.is_signed_by(&bench.secret) && both.is_signed_by(&fresh));
    bench.app.clock.advance(chrono::Duration::hours(24));
    bench.test().await;
    let later = bench.receiver.gets(2).await.remove(1);
    assert!(!later.is_signed_by(&bench.secret) && later.is_signed_by(&fresh));
}
