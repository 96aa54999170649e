//! Webhooks over TLS: they go to who is vouched for by somebody whom we were told of, and to nobody else.

use openchair_tests::authority::{Authority, Certified};
use openchair_tests::receiver::Receiver;
use serde_json::json;

use super::{Bench, endpoint};

/// Tells whoever this is of a test: it doesn't reach them, and the log says why.
async fn is_not_told(bench: &mut Bench, certified: &Certified, why: &str) {
    let receiver = Receiver::start_as(certified).await;
    bench.endpoint = endpoint(&bench.spa, &receiver, json!({})).await.0;
    let sent = bench.test().await;
    let found = bench.until(&sent["id"], "waiting", 1).await;
    let attempt = &found["attempts"][0];
    assert!(attempt["status"].is_null(), "{attempt}");
    let said = attempt["error"].as_str().unwrap();
    assert!(said.contains("invalid peer certificate") && said.contains(why), "{said}");
    assert!(receiver.got().is_empty());
}

#[tokio::test]
async fn who_is_vouched_for_is_told() {
    let (ours, others) = (Authority::new(), Authority::new());
    let receiver = Receiver::start_as(&ours.certify("localhost")).await;
    let url = json!({ "url": receiver.url() });
    let mut bench = Bench::with(&[ours.setting()], url).await;
    let sent = bench.test().await;
    let found = bench.until(&sent["id"], "delivered", 1).await;
    assert_eq!(found["attempts"][0]["status"], 204);
    let got = receiver.gets(1).await;
    assert!(receiver.url().starts_with("https://") && got[0].is_signed_by(&bench.secret));
    is_not_told(&mut bench, &others.certify("localhost"), "UnknownIssuer").await;
    is_not_told(&mut bench, &ours.certify("elsewhere.example"), "not valid for name").await;
    is_not_told(&mut bench, &ours.certified_once("localhost"), "expired").await;
}

#[tokio::test]
async fn nobody_is_believed_whom_we_were_not_told_of() {
    let mut bench = Bench::new().await;
    let certified = Authority::new().certify("localhost");
    is_not_told(&mut bench, &certified, "UnknownIssuer").await;
}
