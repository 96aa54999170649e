//! The book knows what is owed for what was sold ahead.

use chrono::Duration;
use openchair_domain::ids::{Id, Voucher};
use openchair_tests::TestApp;
use openchair_tests::cards::balance;
use openchair_tests::spa::at;
use serde_json::Value;

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
