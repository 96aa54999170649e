//! What becomes of deliveries to who doesn't answer, and of the endpoints.

use std::time::Duration as Real;

use chrono::Duration;
use openchair_tests::eventually;
use openchair_tests::receiver::{Act, Receiver};
use serde_json::json;

use super::{Bench, endpoint};

/// Of one visit, nothing is told before what came earlier has arrived; what is about others is.
#[tokio::test]
async fn one_visit_keeps_its_order_and_holds_up_no_other() {
    let bench = Bench::with(
        &[],
        json!({ "events": [
        "appointment.confirmed", "appointment.cancelled",
    ] }),
    )
    .await;
    bench.receiver.next([Act::Answer(500)]);
    let first = bench.visit("10:00").await;
    bench.receiver.gets(1).await;
    bench.press(&first, "cancel", json!({})).await;
    let second = bench.visit("11:00").await;
    let got = bench.receiver.gets(2).await;
    assert_eq!(got[1].json()["data"]["id"], second["id"]);
    let waiting = bench.deliveries("state=waiting").await;
    let held_up = waiting.iter().find(|one| one["type"] == "appointment.cancelled").unwrap();
    assert!(held_up.get("next_at").is_none_or(serde_json::Value::is_null), "{held_up}");
    bench.app.clock.advance(Duration::seconds(7));
    let got = bench.receiver.gets(4).await;
    let of_first: Vec<_> =
        got.iter().filter(|one| one.json()["data"]["id"] == first["id"]).collect();
    let kinds: Vec<_> = of_first.iter().map(|one| one.kind()).collect();
    let expected = ["appointment.confirmed", "appointment.confirmed", "appointment.cancelled"];
    assert_eq!(kinds, expected);
    // The same event, the same bytes, a signature of its own.
    assert_eq!((of_first[0].id(), &of_first[0].body), (of_first[1].id(), &of_first[1].body));
    assert!(of_first[1].is_signed_by(&bench.secret));
}

#[tokio::test]
async fn every_way_not_to_answer_is_written_down() {
    let bench = Bench::with(&[("webhooks.timeout_seconds", "1")], json!({})).await;
    let elsewhere = Receiver::start().await;
    let cases = [
        (Act::Answer(404), Some(404), None),
        (Act::Redirect(elsewhere.url()), Some(307), None),
        (Act::Drop, None, Some("connection")),
        (Act::Stall, None, Some("timed out")),
    ];
    for (act, status, error) in cases {
        bench.receiver.next([act.clone()]);
        let sent = bench.test().await;
        let found = bench.until(&sent["id"], "waiting", 1).await;
        let attempt = &found["attempts"][0];
        assert_eq!(attempt["status"].as_i64(), status, "{act:?}: {attempt}");
        let said = attempt["error"].as_str().unwrap_or_default();
        assert!(said.contains(error.unwrap_or_default()), "{act:?}: {attempt}");
        assert_eq!(attempt["headers"]["webhook-id"], found["delivery"]["event_id"]);
        // One at a time, and none of the others comes in between.
        bench.app.clock.advance(Duration::seconds(7));
        bench.until(&sent["id"], "delivered", 2).await;
    }
    assert!(elsewhere.got().is_empty(), "redirections are not followed");
    let last = bench.receiver.got().pop().unwrap();
    assert_eq!(last.json()["type"], "webhook.test");
}

#[tokio::test]
async fn who_is_busy_says_when_to_come() {
    let bench = Bench::new().await;
    bench.receiver.next([Act::Busy(429, "120".to_owned())]);
    let sent = bench.test().await;
    bench.until(&sent["id"], "waiting", 1).await;
    let until = bench.endpoint().await["rests_until"].clone();
    let until: chrono::DateTime<chrono::Utc> = until.as_str().unwrap().parse().unwrap();
    assert_eq!(until, bench.app.now() + Duration::seconds(120));
    // Nothing else is sent meanwhile, either.
    let other = bench.test().await;
    bench.app.clock.advance(Duration::seconds(119));
    let (_, running) = bench.app.second(&[super::INSIDE]).await;
    assert_eq!(bench.receiver.got().len(), 1);
    bench.app.clock.advance(Duration::seconds(2));
    for id in [&sent["id"], &other["id"]] {
        eventually("both arrive", async || {
            (bench.delivery(id).await["delivery"]["state"] == "delivered").then_some(())
        })
        .await;
    }
    assert_eq!(bench.endpoint().await["failures"], 0);
    running.stop().await;
}

#[tokio::test]
async fn five_failures_let_it_rest_and_one_probe_brings_it_back() {
    let bench = Bench::new().await;
    bench.receiver.always(|_| Act::Answer(500));
    let mut sent = Vec::new();
    for failures in 1..=5 {
        let one = bench.test().await;
        bench.until(&one["id"], "waiting", 1).await;
        sent.push(one["id"].clone());
        assert_eq!(bench.endpoint().await["failures"], failures);
    }
    let resting = bench.endpoint().await["rests_until"].clone();
    assert!(resting.is_string(), "{resting}");
    // What comes meanwhile waits with the others.
    for _ in 0..5 {
        sent.push(bench.test().await["id"].clone());
    }
    assert_eq!(bench.receiver.got().len(), 5);
    // One probe, and it rests again, for longer.
    bench.app.clock.advance(Duration::seconds(40));
    bench.receiver.gets(6).await;
    eventually("it rests again", async || {
        let now = bench.endpoint().await;
        (now["failures"] == 6 && now["rests_until"] != resting).then_some(())
    })
    .await;
    assert_eq!(bench.receiver.got().len(), 6);
    bench.receiver.always(|_| Act::Answer(204));
    bench.app.clock.advance(Duration::seconds(80));
    for id in &sent {
        eventually("all arrive", async || {
            (bench.delivery(id).await["delivery"]["state"] == "delivered").then_some(())
        })
        .await;
    }
    let healthy = bench.endpoint().await;
    assert_eq!(healthy["failures"], 0);
    assert!(healthy["succeeded_at"].is_string(), "{healthy}");
}

/// It is given up, its owners hear of it, and what happens meanwhile can be sent later.
#[tokio::test]
async fn who_is_gone_is_given_up_and_its_owner_hears_of_it() {
    let bench = Bench::new().await;
    bench.receiver.next([Act::Answer(410)]);
    bench.visit("10:00").await;
    eventually("it is given up", async || {
        (bench.endpoint().await["state"] == "disabled").then_some(())
    })
    .await;
    let endpoint = bench.endpoint().await;
    assert_eq!(endpoint["disabled_for"], "gone");
    let mail = bench.app.mail(&bench.spa.business.owner.email, "webhooks").await;
    let text = mail["text"].as_str().unwrap();
    assert!(text.contains("/hook") && text.contains(&bench.spa.business.name), "{text}");
    let audit = bench.spa.owner.get("/v1/audit?action=webhook_endpoint.disabled").await.expect(200);
    assert_eq!(audit["items"][0]["actor"]["kind"], "system");
    // It is told of nothing, but all of it is kept.
    let got = bench.receiver.got().len();
    let visit = bench.visit("11:00").await;
    bench.press(&visit, "cancel", json!({})).await;
    let missed = eventually("what it missed is kept", async || {
        let missed = bench.deliveries("state=cancelled").await;
        missed.iter().any(|one| one["type"] == "appointment.cancelled").then_some(missed)
    })
    .await;
    assert_eq!(bench.receiver.got().len(), got);
    let on = bench.change(json!({ "enabled": true })).await;
    assert_eq!((&on["state"], &on["failures"]), (&json!("on"), &json!(0)));
    let path = format!("/v1/webhooks/endpoints/{}/replay", bench.endpoint);
    let range = json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z" });
    let replayed = bench.spa.owner.post(&path, &range).await.expect(200);
    assert_eq!(replayed["count"], missed.len());
    let all = bench.receiver.gets(got + missed.len()).await;
    let kinds: Vec<_> = all[got..]
        .iter()
        .filter(|one| one.json()["data"]["id"] == visit["id"])
        .map(openchair_tests::receiver::Received::kind)
        .collect();
    assert_eq!(kinds, ["appointment.confirmed", "appointment.cancelled"]);
}

#[tokio::test]
async fn three_days_without_any_success_are_enough() {
    let bench = Bench::new().await;
    bench.receiver.always(|_| Act::Answer(500));
    let sent = bench.test().await["id"].clone();
    for tries in 1..=10 {
        let found = eventually("it is tried", async || {
            let found = bench.delivery(&sent).await["delivery"].clone();
            let attempts = found["attempts"].as_i64().unwrap();
            (attempts >= tries || found["state"] != "waiting").then_some(found)
        })
        .await;
        if found["state"] != "waiting" {
            break;
        }
        bench.app.clock.advance(Duration::hours(13));
    }
    let endpoint = bench.endpoint().await;
    assert_eq!(
        (&endpoint["state"], &endpoint["disabled_for"]),
        (&json!("disabled"), &json!("failing"))
    );
    assert_eq!(bench.delivery(&sent).await["delivery"]["state"], "cancelled");
    bench.app.mail(&bench.spa.business.owner.email, "webhooks").await;
}

/// Whoever never answers takes nobody's place: with as few places as there can be. They are waited for
/// longer than this test lives.
#[tokio::test]
async fn the_dead_hold_up_nobody() {
    let settings = [("webhooks.concurrency", "2"), ("webhooks.timeout_seconds", "60")];
    let bench = Bench::with(&settings, json!({ "enabled": false })).await;
    let dead = Receiver::start().await;
    dead.next((0..6).map(|_| Act::Answer(500)));
    dead.always(|_| Act::Stall);
    for _ in 0..6 {
        endpoint(&bench.spa, &dead, json!({ "events": ["customer.created"] })).await;
    }
    bench.spa.owner.post("/v1/customers", &json!({ "name": "Ada" })).await.expect(201);
    eventually("all six are known to fail", async || {
        let failing = "select count(*) from webhook_endpoints where failures = 1";
        (bench.app.database.count(failing).await == 6).then_some(())
    })
    .await;
    // One of them is asked again, and never answers.
    bench.app.clock.advance(Duration::seconds(7));
    dead.gets(7).await;
    bench.change(json!({ "enabled": true, "events": ["customer.created"] })).await;
    for (before, name) in ["Bea", "Cid", "Dot"].into_iter().enumerate() {
        bench.spa.owner.post("/v1/customers", &json!({ "name": name })).await.expect(201);
        bench.receiver.gets(before + 1).await;
    }
    // The one place for those who don't answer is taken: nobody else of them was asked meanwhile.
    assert_eq!(dead.got().len(), 7);
}

#[tokio::test]
async fn no_second_sees_more_than_were_asked_for() {
    let bench = Bench::with(&[], json!({ "per_second": 5 })).await;
    // Some take their time, and are counted all the same.
    bench.receiver.always(|received| {
        let late = received.id().bytes().last().is_some_and(|byte| byte % 3 == 0);
        if late { Act::Slowly(Real::from_millis(120)) } else { Act::Answer(204) }
    });
    let (_, running) = bench.app.second(&[super::INSIDE]).await;
    for _ in 0..18 {
        bench.test().await;
    }
    let mut times: Vec<_> = bench.receiver.gets(18).await.iter().map(|one| one.at).collect();
    times.sort();
    for (first, beyond) in times.iter().zip(times.iter().skip(5)) {
        let between = *beyond - *first;
        assert!(between >= Real::from_millis(990), "six within {between:?}");
    }
    running.stop().await;
}
