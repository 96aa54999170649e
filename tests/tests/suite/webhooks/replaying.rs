//! What is sent again, and what the log says.

use openchair_tests::eventually;
use openchair_tests::receiver::Act;
use serde_json::json;

use super::Bench;

#[tokio::test]
async fn what_is_sent_again_has_the_same_id() {
    let bench = Bench::with(&[], json!({ "events": ["appointment.confirmed"] })).await;
    bench.visit("10:00").await;
    let first = bench.receiver.gets(1).await.remove(0);
    let sent = bench.deliveries("type=appointment.confirmed").await.remove(0);
    let done = bench.until(&sent["id"], "delivered", 1).await;
    assert_eq!(done["body"], first.body);
    let attempt = &done["attempts"][0];
    assert_eq!((&attempt["status"], &attempt["number"]), (&json!(204), &json!(1)));
    assert_eq!(attempt["url"], bench.receiver.url());
    let path = format!("/v1/webhooks/deliveries/{}/replay", sent["id"].as_str().unwrap());
    let again = bench.spa.owner.post_empty(&path).await.expect(200);
    assert_eq!((&again["replay_of"], &again["event_id"]), (&sent["id"], &sent["event_id"]));
    let second = bench.receiver.gets(2).await.remove(1);
    assert_eq!((second.id(), &second.body), (first.id(), &first.body));
    assert!(second.is_signed_by(&bench.secret));
    let audit = bench.spa.owner.get("/v1/audit?action=webhook_endpoint.replayed").await.expect(200);
    assert_eq!(audit["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_time_is_sent_again_in_its_order() {
    let bench = Bench::with(
        &[],
        json!({ "events": [
        "appointment.confirmed", "appointment.updated", "appointment.cancelled",
    ] }),
    )
    .await;
    let visit = bench.visit("10:00").await;
    bench.app.clock.advance(chrono::Duration::minutes(1));
    let noted = json!({ "version": visit["version"], "note": "By the window" });
    let notes = format!("/v1/appointments/{}/notes", visit["id"].as_str().unwrap());
    let visit = bench.spa.owner.put(&notes, &noted).await.expect(200);
    bench.app.clock.advance(chrono::Duration::minutes(1));
    bench.press(&visit, "cancel", json!({})).await;
    let all = bench.receiver.gets(3).await;
    let path = format!("/v1/webhooks/endpoints/{}/replay", bench.endpoint);
    let range = |delivered: bool| {
        json!({ "from": "2026-03-02T09:00:30Z", "to": "2026-03-02T10:00:00Z",
                "delivered": delivered })
    };
    for sent in bench.deliveries("").await {
        bench.until(&sent["id"], "delivered", 1).await;
    }
    // All of it arrived: nothing is to be sent again unless it is asked for.
    let none = bench.spa.owner.post(&path, &range(false)).await.expect(200);
    assert_eq!(none["count"], 0);
    let two = bench.spa.owner.post(&path, &range(true)).await.expect(200);
    assert_eq!(two["count"], 2);
    let again = bench.receiver.gets(5).await;
    let ids = |some: &[openchair_tests::receiver::Received]| {
        some.iter().map(|one| one.id().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&again[3..]), ids(&all[1..]));
    let wrong = json!({ "from": "2026-03-03T00:00:00Z", "to": "2026-03-02T00:00:00Z",
                        "types": ["x"] });
    let faults = bench.spa.owner.post(&path, &wrong).await.faults();
    let fields: Vec<_> = faults.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(fields, ["/to", "/types/0"]);
}

#[tokio::test]
async fn what_happens_while_it_is_off_can_be_sent_when_it_is_on_again() {
    let both = json!({ "events": ["appointment.confirmed", "appointment.cancelled"] });
    let bench = Bench::with(&[], both).await;
    bench.change(json!({ "enabled": false })).await;
    let missed = bench.visit("10:00").await;
    bench.press(&missed, "cancel", json!({})).await;
    let kept = eventually("what it missed is kept", async || {
        let kept = bench.deliveries("state=cancelled").await;
        (kept.len() == 2).then_some(kept)
    })
    .await;
    // Switched on, it hears what comes from then on, and what it asks for.
    bench.change(json!({ "enabled": true })).await;
    let visit = bench.visit("11:00").await;
    assert_eq!(bench.receiver.gets(1).await[0].json()["data"]["id"], visit["id"]);
    let confirmed = kept.iter().find(|one| one["type"] == "appointment.confirmed").unwrap();
    let path = format!("/v1/webhooks/deliveries/{}/replay", confirmed["id"].as_str().unwrap());
    let again = bench.spa.owner.post_empty(&path).await.expect(200);
    let first = bench.receiver.gets(2).await.remove(1);
    assert_eq!(
        (json!(first.id()), &first.json()["data"]["id"]),
        (confirmed["event_id"].clone(), &missed["id"])
    );
    bench.until(&again["id"], "delivered", 1).await;
    // Of the time, what is left; and nothing twice, however often it is asked for.
    let path = format!("/v1/webhooks/endpoints/{}/replay", bench.endpoint);
    let range = json!({ "from": "2026-03-01T00:00:00Z", "to": "2026-04-01T00:00:00Z" });
    for count in [1, 0] {
        assert_eq!(bench.spa.owner.post(&path, &range).await.expect(200)["count"], count);
    }
    let second = bench.receiver.gets(3).await.remove(2).json();
    assert_eq!(second["type"], "appointment.cancelled");
    assert_eq!(
        (&second["data"]["id"], &second["previous"]["status"]),
        (&missed["id"], &json!("confirmed"))
    );
}

#[tokio::test]
async fn the_log_is_found_by_what_is_known() {
    let bench = Bench::new().await;
    bench.receiver.next([Act::Answer(500)]);
    let failed = bench.test().await;
    bench.until(&failed["id"], "waiting", 1).await;
    bench.app.clock.advance(chrono::Duration::seconds(1));
    let fine = bench.test().await;
    bench.until(&fine["id"], "delivered", 1).await;
    let cases = [
        (String::new(), 2),
        ("type=webhook.test".to_owned(), 2),
        ("type=customer.created".to_owned(), 0),
        ("state=waiting".to_owned(), 1),
        ("state=delivered".to_owned(), 1),
        (format!("endpoint={}", bench.endpoint), 2),
        ("endpoint=whe_00000000000000000000000000".to_owned(), 0),
        ("from=2026-03-02T09:00:01Z".to_owned(), 1),
        ("to=2026-03-02T09:00:01Z".to_owned(), 1),
    ];
    for (query, count) in cases {
        assert_eq!(bench.deliveries(&query).await.len(), count, "{query}");
    }
    let page = bench.spa.owner.get("/v1/webhooks/deliveries?limit=1").await.expect(200);
    assert_eq!(page["items"][0]["id"], fine["id"]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = format!("/v1/webhooks/deliveries?limit=1&cursor={cursor}");
    let next = bench.spa.owner.get(&next).await.expect(200);
    assert_eq!(next["items"][0]["id"], failed["id"]);
}
