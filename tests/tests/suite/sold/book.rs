//! The book knows what is owed for what was sold ahead.

use chrono::Duration;
use openchair_domain::ids::{Id, Pass, Voucher};
use openchair_tests::TestApp;
use openchair_tests::cards::balance;
use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::{give_back, id, redeem, refund, sell};

/// Numbers that look like chance and are the same each time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }
}

/// Whatever happens: what is owed by the book is what is left on the vouchers.
#[tokio::test]
async fn what_is_owed_is_what_is_left() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let mut visits = Vec::new();
    for hour in [10, 12, 14, 16] {
        let start = at(4, &format!("{hour}:00"));
        visits.push(spa.book(spa.wanted(&["Facial"], 1, &["Eve"]), start).await.expect(201));
    }
    let mut vouchers = Vec::new();
    for value in [1, 777, 10_000, 12_345] {
        vouchers.push(sell(&spa, value).await);
    }
    let (mut chance, mut payments, mut met) = (Chance(20_260_302), Vec::<Value>::new(), [0; 4]);
    let left = "select coalesce(sum(left_minor), 0)::bigint from vouchers";
    for step in 0..60 {
        app.clock.advance(Duration::seconds(1));
        let amount = i64::try_from(1 + chance.below(4_000)).unwrap();
        let voucher = &vouchers[chance.below(vouchers.len())].clone();
        let deed = chance.below(10);
        let answer = match deed {
            0..5 => redeem(&spa, &visits[chance.below(visits.len())], voucher, Some(amount)).await,
            5..8 if !payments.is_empty() => {
                give_back(&spa, &payments[chance.below(payments.len())], amount).await
            }
            8 => refund(&spa, voucher).await,
            _ => {
                vouchers.push(sell(&spa, amount).await);
                let id: Id<Voucher> = id(&voucher["voucher"]).parse().unwrap();
                let over = format!(
                    "update vouchers set expires_at = '2026-03-01T00:00:00Z' where id = '{}'",
                    id.uuid()
                );
                app.database.run(&over).await;
                openchair_domain::sold::expire_everywhere(&app.app().db).await.unwrap();
                met[3] += 1;
                assert_eq!(-balance(&app, "vouchers").await, app.database.count(left).await);
                continue;
            }
        };
        assert!([201, 409].contains(&answer.status), "{step}: {answer}");
        if answer.status == 201 {
            met[[0, 0, 0, 0, 0, 1, 1, 1, 2][deed]] += 1;
            if deed < 5 {
                payments.push(answer.json());
            }
        }
        assert_eq!(-balance(&app, "vouchers").await, app.database.count(left).await, "{step}");
    }
    assert!(met.iter().all(|count| *count > 0), "{met:?}");
}

/// The same of passes, of which a use is worth its part; and what they paid for is paid, whatever it was worth.
#[tokio::test]
async fn what_is_owed_is_what_the_uses_left_are_worth() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let mut visits = Vec::new();
    for day in 4..8 {
        let wanted = spa.wanted(&["Facial", "Massage"], 1, &["Eve"]);
        visits.push(spa.book(wanted, at(day, "10:00")).await.expect(201));
    }
    let services = [spa.id("Facial"), spa.id("Massage")];
    let mut kinds = Vec::new();
    for (uses, price) in [(1, 1), (3, 100), (7, 50_000), (2, 30_001)] {
        let kind = json!({ "name": "P", "uses": uses, "price_minor": price, "valid_days": 30,
                           "service_ids": services });
        kinds.push(spa.owner.post("/v1/pass-kinds", &kind).await.expect(201));
    }
    let sell = async |kind: &Value| {
        let body = json!({ "kind": kind["id"], "customer": visits[0]["customer"]["id"],
                           "location": spa.location, "way": "other" });
        spa.owner.post("/v1/passes", &body).await.expect(201)
    };
    let mut passes = Vec::new();
    for kind in &kinds {
        passes.push(sell(kind).await);
    }
    let (mut chance, mut payments, mut met) = (Chance(20_260_303), Vec::<Value>::new(), [0; 4]);
    let left = "select coalesce(sum(price_minor * uses_left / uses), 0)::bigint from passes";
    let paid = "select coalesce(sum(amount_minor - refunded_minor), 0)::bigint from payments
                where pass_id is not null";
    for step in 0..60 {
        app.clock.advance(Duration::seconds(1));
        let pass = &passes[chance.below(passes.len())].clone();
        let deed = chance.below(10);
        let answer = match deed {
            0..5 => {
                let path = format!("/v1/appointments/{}/pass", id(&visits[chance.below(4)]));
                let body = json!({ "pass": pass["id"], "line": chance.below(2) });
                spa.owner.post(&path, &body).await
            }
            5..8 if !payments.is_empty() => {
                let paid = &payments[chance.below(payments.len())];
                give_back(&spa, paid, paid["amount_minor"].as_i64().unwrap()).await
            }
            8 => {
                let path = format!("/v1/passes/{}/refund", id(pass));
                spa.owner.post(&path, &json!({ "reason": "" })).await
            }
            _ => {
                passes.push(sell(&kinds[chance.below(kinds.len())]).await);
                let id: Id<Pass> = id(pass).parse().unwrap();
                let over = format!(
                    "update passes set expires_at = '2026-03-01T00:00:00Z' where id = '{}'",
                    id.uuid()
                );
                app.database.run(&over).await;
                openchair_domain::sold::expire_everywhere(&app.app().db).await.unwrap();
                met[3] += 1;
                assert_eq!(-balance(&app, "passes").await, app.database.count(left).await);
                continue;
            }
        };
        assert!([201, 409].contains(&answer.status), "{step}: {answer}");
        if answer.status == 201 {
            met[[0, 0, 0, 0, 0, 1, 1, 1, 2][deed]] += 1;
            if deed < 5 {
                payments.push(answer.json());
            }
        }
        assert_eq!(-balance(&app, "passes").await, app.database.count(left).await, "{step}");
        assert_eq!(-balance(&app, "customers").await, app.database.count(paid).await, "{step}");
    }
    assert!(met.iter().all(|count| *count > 0), "{met:?}");
}
