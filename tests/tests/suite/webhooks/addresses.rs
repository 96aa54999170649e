//! Where webhooks never go. The rules themselves are in a table beside the code; here it is seen that
//! they are asked.

use openchair_tests::TestApp;
use openchair_tests::receiver::Receiver;
use openchair_tests::spa::at;
use serde_json::json;

use super::{Bench, endpoint};

#[tokio::test]
async fn an_address_inside_is_not_saved() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let urls = [
        "http://127.0.0.1:9/",
        "http://localhost:9/",
        "http://shop.localhost/",
        "http://2130706433/",
        "http://0177.0.0.1/",
        "http://0x7f.1/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://169.254.169.254/latest/meta-data/",
        "http://10.1.2.3/",
        "http://[fd00::1]/",
        "http://intranet/",
    ];
    let at = "/v1/webhooks/endpoints";
    for url in urls {
        let faults = spa.owner.post(at, &json!({ "url": url })).await.faults();
        assert_eq!(faults, [("/url".to_owned(), "not_public".to_owned())], "{url}");
    }
    let fine = json!({ "url": "https://1.1.1.1/hook", "enabled": false });
    let made = spa.owner.post(at, &fine).await.expect(201);
    let path = format!("{at}/{}", made["endpoint"]["id"].as_str().unwrap());
    let faults = spa.owner.patch(&path, 1, &json!({ "url": urls[0] })).await.faults();
    assert_eq!(faults[0].1, "not_public");
}

/// Saved while it was allowed, or turned private since: it is looked at when it is connected to.
#[tokio::test]
async fn an_address_inside_is_not_connected_to() {
    let bench = Bench::with(&[("worker.inside", "false")], json!({})).await;
    let named = Receiver::start().await;
    endpoint(&bench.spa, &named, json!({ "url": named.url_by("localhost") })).await;
    let wanted = bench.spa.wanted(&["Wax"], 1, &["Eve"]);
    bench.spa.book(wanted, at(9, "10:00")).await.expect(201);
    // This one's worker may not send inside.
    let (_, running) = bench.app.second(&[]).await;
    let tried = "select count(*) from webhook_attempts
                 where error like '%can''t be reached from the internet%'";
    openchair_tests::eventually("both were tried and refused", async || {
        (bench.app.database.count(tried).await >= 4).then_some(())
    })
    .await;
    let all = "select count(*) from webhook_attempts";
    assert_eq!(bench.app.database.count(all).await, bench.app.database.count(tried).await);
    assert!(bench.receiver.got().is_empty() && named.got().is_empty());
    running.stop().await;
}
