//! A business's keys at `PayFast`: put in, replaced, taken away, and never shown.

use openchair_payfast_stand_in::Act;
use openchair_tests::payfast::{RandCounter, keys};
use serde_json::{Value, json};

const PATH: &str = "/v1/payment-account/payfast";

async fn account(counter: &RandCounter) -> Value {
    counter.spa.owner.get("/v1/payment-account").await.expect(200)
}

#[tokio::test]
async fn keys_are_put_in_and_taken_away() {
    let counter = RandCounter::without_keys().await;
    let before = account(&counter).await;
    let said = |seen: &Value| {
        ["offered", "payfast_offered", "connected", "provider", "account"]
            .map(|name| seen[name].clone())
    };
    assert_eq!(said(&before), [true.into(), true.into(), false.into(), Value::Null, Value::Null]);
    // They booked where money was taken, and it isn't any more.
    counter.spa.could_take_cards(&counter.app).await;
    let visit = counter.booked(4, "10:00", "ann").await;
    counter.app.database.run("delete from payment_accounts").await;
    let path = format!("/v1/b/{}/payment", visit["link"].as_str().unwrap());
    counter.spa.guest.post_empty(&path).await.problem(409, "no_cards");
    let seen = counter.put(&keys(&counter.merchant)).await.expect(200);
    let id = Value::from(&*counter.merchant.id);
    assert_eq!(said(&seen), [true.into(), true.into(), true.into(), "payfast".into(), id]);
    assert_eq!(account(&counter).await, seen);
    counter.page(&visit).await;
    // Something is being paid: then they stay.
    counter.spa.owner.delete(PATH).await.problem(409, "payments_under_way");
    let other = keys(&counter.payfast.new_merchant());
    counter.put(&other).await.problem(409, "payments_under_way");
    counter.put(&keys(&counter.merchant)).await.expect(200);
    counter.app.database.run("update payments set state = 'over', url = null").await;
    counter.put(&other).await.expect(200);
    counter.spa.owner.delete(PATH).await.expect(204);
    assert_eq!(account(&counter).await["connected"], false);
    counter.spa.owner.delete(PATH).await.problem(409, "not_connected");
    let actions: Vec<String> = sqlx::query_scalar(
        "select action from audit_entries where action like 'payment_account%' order by action",
    )
    .fetch_all(counter.app.database.owner())
    .await
    .unwrap();
    let expected = ["connected", "disconnected", "keys_changed", "keys_changed"];
    assert_eq!(actions, expected.map(|action| format!("payment_account.{action}")));
}

#[tokio::test]
async fn keys_that_payfast_does_not_take() {
    let counter = RandCounter::without_keys().await;
    let with = |name: &str, value: &str| {
        let mut all = keys(&counter.merchant);
        all[name] = value.into();
        all
    };
    let wrong = with("passphrase", "another passphrase");
    counter.put(&wrong).await.problem(409, "keys_refused");
    counter.put(&with("merchant_id", "10000100")).await.problem(409, "keys_refused");
    for (name, value) in
        [("merchant_id", "one"), ("merchant_key", "a-b"), ("passphrase", " around it ")]
    {
        let answer = counter.put(&with(name, value)).await;
        assert_eq!(answer.status, 422, "{name}: {}", answer.text());
    }
    counter.payfast.trouble("/transactions/history", Act::Status(500), 1);
    let call = counter.spa.owner.put(PATH, &keys(&counter.merchant)).may_fail();
    let away = call.send().await.unwrap();
    assert_eq!((away.status, &away.json()["code"]), (503, &json!("provider_away")));
    assert_eq!(account(&counter).await["connected"], false);
    // Another currency than PayFast's.
    counter.currency("USD").await;
    assert_eq!(account(&counter).await["payfast_offered"], false);
    counter.put(&keys(&counter.merchant)).await.problem(409, "not_in_rand");
}

#[tokio::test]
async fn keys_are_nowhere_in_the_clear() {
    let counter = RandCounter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let page =
        counter.spa.guest.post_empty(&format!("/v1/b/{}/payment", visit["link"].as_str().unwrap()));
    let page = page.await.text();
    counter.payfast.trouble("/eng/query/validate", Act::Status(503), 1);
    counter.paid(&visit).await;
    counter.payfast.quiet().await;
    let wrong = json!({ "merchant_id": "x", "merchant_key": counter.merchant.key,
                        "passphrase": counter.merchant.passphrase });
    let refused = counter.put(&wrong).await.text();
    let everything = counter.app.database.everything().await;
    let logs = format!("{:?}", counter.app.logs.lines());
    let seen = account(&counter).await.to_string();
    let payments = format!("{:?}", counter.payments().await);
    for secret in [&counter.merchant.key, &counter.merchant.passphrase] {
        for (place, text) in [&logs, &seen, &payments, &page, &refused].into_iter().enumerate() {
            assert!(!text.contains(secret), "{secret} in {place}");
        }
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(!everything.contains(secret) && !everything.contains(&hex), "{secret}");
    }
    assert!(everything.contains(&counter.merchant.id), "the account is there");
}
