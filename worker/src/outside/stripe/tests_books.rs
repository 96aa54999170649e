//! Stripe's own book, against who stands in for Stripe.

use chrono::{DateTime, Duration as Days};
use openchair_domain::payments::{Bookkeeper, DisputeState, PayoutState, Period, ReturnStage};
use openchair_stripe_stand_in::Outcome;

use super::tests::{Bench, NOW};
use super::*;

const GOOD: &str = "4242424242424242";
const DISPUTED: &str = "4000000000000259";

fn today() -> Period {
    let from = DateTime::from_timestamp(NOW, 0).unwrap();
    Period { from, to: from + Days::days(1) }
}

fn before() -> Period {
    Period { from: today().from - Days::days(1), to: today().from }
}

/// Somebody pays: what was taken.
async fn paid(bench: &Bench, name: &str, number: &str) -> String {
    let new = NewPage { key: name.to_owned(), payment: name.to_owned(), ..bench.page() };
    let opened = bench.stripe.open_page(&new).await.unwrap();
    assert_eq!(bench.stand.pay(&opened.reference, number), Outcome::Paid);
    bench.stripe.look(&bench.account, &opened.reference).await.unwrap().taken.unwrap()
}

/// More than fit on a page; each once, and none of another day.
#[tokio::test]
async fn all_that_was_taken_in_a_day() {
    let bench = Bench::new().await;
    let mut expected = Vec::new();
    for number in 0..30 {
        let name = format!("payment-{number:02}");
        expected.push((paid(&bench, &name, GOOD).await, Some(name)));
    }
    let found = bench.stripe.takings(&bench.account, today()).await.unwrap();
    assert!(found.iter().all(|one| (one.amount_minor, &*one.currency) == (4_200, "EUR")));
    let mut found: Vec<_> = found.into_iter().map(|one| (one.taken, one.payment)).collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    assert_eq!(bench.stripe.takings(&bench.account, before()).await.unwrap(), []);
    let (taken, name) = &expected[0];
    let one = bench.stripe.taking(&bench.account, taken).await.unwrap().unwrap();
    assert_eq!((&one.taken, &one.payment), (taken, name));
    assert_eq!(bench.stripe.taking(&bench.account, "pi_of_nobody").await.unwrap(), None);
}

#[tokio::test]
async fn what_was_given_back_here_and_there() {
    let bench = Bench::new().await;
    let taken = paid(&bench, "payment-1", GOOD).await;
    let new = NewRefund {
        key: "refund-1".to_owned(),
        account: bench.account.clone(),
        taken: taken.clone(),
        amount_minor: 1_000,
        currency: "EUR".to_owned(),
        refund: "refund-1".to_owned(),
        mark: None,
    };
    bench.stripe.give_back(&new).await.unwrap();
    let charge = bench.stand.book().charges[0].id.clone();
    let there = bench.stand.refund_there(&charge, 200).unwrap();
    let found = bench.stripe.reversals_of(&bench.account, &taken).await.unwrap();
    let short: Vec<_> =
        found.iter().map(|one| (one.amount_minor, one.refund.as_deref(), one.stage)).collect();
    let done = ReturnStage::Done;
    assert_eq!(short, [(200, None, done), (1_000, Some("refund-1"), done)]);
    assert!(found.iter().all(|one| one.taken == taken && one.currency == "EUR"));
    assert_eq!(bench.stripe.reversals(&bench.account, today()).await.unwrap(), found);
    assert_eq!(bench.stripe.reversals(&bench.account, before()).await.unwrap(), []);
    let one = bench.stripe.reversal(&bench.account, &there).await.unwrap().unwrap();
    assert_eq!(one, found[0]);
    assert_eq!(bench.stripe.reversal(&bench.account, "re_of_nobody").await.unwrap(), None);
}

#[tokio::test]
async fn how_disputes_stand() {
    let bench = Bench::new().await;
    let taken = paid(&bench, "payment-1", DISPUTED).await;
    let found = bench.stripe.disputes(&bench.account, today()).await.unwrap();
    let [open] = &*found else { panic!("{found:?}") };
    assert_eq!((open.state, open.away_minor()), (DisputeState::NeedsResponse, 4_200));
    assert_eq!((&open.taken, &*open.currency, open.refundable), (&taken, "EUR", false));
    assert_eq!(open.due_at, Some(today().from + Days::days(7)));
    assert!(bench.stand.close_dispute(&open.reference, true));
    let won = bench.stripe.dispute(&bench.account, &open.reference).await.unwrap().unwrap();
    assert_eq!((won.state, won.away_minor()), (DisputeState::Won, 0));
    assert_eq!(bench.stripe.dispute(&bench.account, "dp_of_nobody").await.unwrap(), None);
}

#[tokio::test]
async fn how_payouts_stand() {
    let bench = Bench::new().await;
    let payout = bench.stand.send_payout(&bench.account, 5_000, "eur").unwrap();
    let found = bench.stripe.payouts(&bench.account, today()).await.unwrap();
    let [sent] = &*found else { panic!("{found:?}") };
    assert_eq!((sent.state, sent.amount_minor), (PayoutState::InTransit, 5_000));
    assert!(bench.stand.settle_payout(&payout, false));
    let failed = bench.stripe.payout(&bench.account, &payout).await.unwrap().unwrap();
    assert_eq!(failed.state, PayoutState::Failed);
    assert_eq!(failed.trouble.as_deref(), Some("The bank account has been closed."));
    assert_eq!(bench.stripe.payout(&bench.account, "po_of_nobody").await.unwrap(), None);
}
