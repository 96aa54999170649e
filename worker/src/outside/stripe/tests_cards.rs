//! Cards on file, against who stands in for Stripe.

use openchair_domain::payments::{Door, KeptCard, Stage};
use openchair_stripe_stand_in::{Act, Outcome};

use super::tests::{Bench, NOW};
use super::*;

const GOOD: &str = "4242424242424242";

fn card_page(bench: &Bench, key: &str) -> NewCardPage {
    NewCardPage {
        key: key.to_owned(),
        account: bench.account.clone(),
        title: "Cut & colour".to_owned(),
        card: "card-1".to_owned(),
        tenant: "tenant-1".to_owned(),
        email: Some("ann+spa@example.com".to_owned()),
        locale: "de".to_owned(),
        back_url: "https://shop.example/lagoon?visit=1#top".to_owned(),
        card_at: CardAt::Page,
        expires_at: NOW + 60 * 60,
    }
}

/// A card that was left.
async fn left(bench: &Bench, number: &str) -> KeptCard {
    let opened = bench.stripe.open_card_page(&card_page(bench, number)).await.unwrap();
    if bench.stand.pay(&opened.reference, number) == Outcome::Asked {
        bench.stand.authenticate(&opened.reference, true);
    }
    match bench.stripe.look_at_card(&bench.account, &opened.reference).await.unwrap() {
        CardStand::Left(kept) => kept,
        other => panic!("{other:?}"),
    }
}

fn fee(bench: &Bench, card: &KeptCard, key: &str) -> NewCharge {
    NewCharge {
        key: key.to_owned(),
        account: bench.account.clone(),
        customer: card.customer.clone(),
        method: card.method.clone(),
        amount_minor: 4_500,
        currency: "EUR".to_owned(),
        payment: key.to_owned(),
        tenant: "tenant-1".to_owned(),
    }
}

#[tokio::test]
async fn a_card_is_left() {
    let bench = Bench::new().await;
    let page = card_page(&bench, "card-1");
    let opened = bench.stripe.open_card_page(&page).await.unwrap();
    assert_eq!(bench.stripe.open_card_page(&page).await.unwrap(), opened);
    let look = async || bench.stripe.look_at_card(&bench.account, &opened.reference).await.unwrap();
    let open = CardStand::Open(Some(opened.door.clone()));
    assert_eq!(look().await, open);
    assert_eq!(bench.stand.pay(&opened.reference, "4000002500003155"), Outcome::Asked);
    assert_eq!(look().await, open);
    assert_eq!(bench.stand.authenticate(&opened.reference, true), Outcome::Left);
    let CardStand::Left(card) = look().await else { panic!("a card") };
    assert_eq!(card.brand, "visa");
    let book = bench.stand.book();
    assert_eq!(book.sessions[0].metadata["card"], "card-1");
    assert_eq!(book.methods[0].id, card.method);
    assert_eq!(book.methods[0].customer.as_ref(), Some(&card.customer));
    assert!(book.charges.is_empty() && book.intents.is_empty());
    // Whoever closes it finds what was left.
    let closed = bench.stripe.close_card_page(&bench.account, &opened.reference).await.unwrap();
    assert_eq!(closed, CardStand::Left(card));

    let other = bench.stripe.open_card_page(&card_page(&bench, "card-2")).await.unwrap();
    let close = async || bench.stripe.close_card_page(&bench.account, &other.reference).await;
    assert_eq!(close().await.unwrap(), CardStand::Over);
    assert_eq!(close().await.unwrap(), CardStand::Over);
    assert_eq!(bench.stand.pay(&other.reference, GOOD), Outcome::Closed);
}

/// In a form within our page: who asks how it stands is told what opens it, as long as that is of use.
#[tokio::test]
async fn a_card_is_left_in_a_form() {
    let bench = Bench::new().await;
    let page = NewCardPage { card_at: CardAt::Form, ..card_page(&bench, "card-1") };
    let opened = bench.stripe.open_card_page(&page).await.unwrap();
    let Door::Form(secret) = &opened.door else { panic!("{opened:?}") };
    assert!(secret.starts_with(&opened.reference), "{secret}");
    assert_eq!(bench.stripe.open_card_page(&page).await.unwrap(), opened);
    let look = async || bench.stripe.look_at_card(&bench.account, &opened.reference).await.unwrap();
    assert_eq!(look().await, CardStand::Open(Some(opened.door.clone())));
    assert_eq!(bench.stand.pay(&opened.reference, GOOD), Outcome::Left);
    assert!(matches!(look().await, CardStand::Left(_)));

    let page = NewCardPage { card_at: CardAt::Form, ..card_page(&bench, "card-2") };
    let other = bench.stripe.open_card_page(&page).await.unwrap();
    let closed = bench.stripe.close_card_page(&bench.account, &other.reference).await.unwrap();
    assert_eq!(closed, CardStand::Over);
}

#[tokio::test]
async fn a_card_is_kept_with_a_payment() {
    let bench = Bench::new().await;
    for (key, keeps_card) in [("1", false), ("2", true)] {
        let page = NewPage { key: key.to_owned(), keeps_card, ..bench.page() };
        let opened = bench.stripe.open_page(&page).await.unwrap();
        let look = async || bench.stripe.look(&bench.account, &opened.reference).await.unwrap();
        assert_eq!(look().await.card, None);
        bench.stand.pay(&opened.reference, "5555555555554444");
        let stand = look().await;
        assert_eq!((stand.stage, stand.card.is_some()), (Stage::Paid, keeps_card));
        let Some(card) = stand.card else { continue };
        assert_eq!(card.brand, "mastercard");
        let taken = bench.stripe.charge(&fee(&bench, &card, "3")).await.unwrap();
        assert_eq!(taken.stand.stage, Stage::Paid);
    }
    assert_eq!(bench.stand.book().charges.len(), 3);
}

#[tokio::test]
async fn a_fee_is_taken_once() {
    let bench = Bench::new().await;
    let card = left(&bench, GOOD).await;
    let fee = fee(&bench, &card, "payment-1");
    assert_eq!(bench.stripe.find_charge(&fee).await.unwrap(), None);
    bench.stand.trouble("POST /v1/payment_intents", Act::Cut, 1);
    assert!(matches!(bench.stripe.charge(&fee).await, Err(ProviderError::Away(_))));
    let found = bench.stripe.find_charge(&fee).await.unwrap().unwrap();
    assert_eq!((found.stand.stage, found.stand.amount_minor), (Stage::Paid, 4_500));
    assert_eq!(found.stand.currency, "EUR");
    assert_eq!(found.stand.taken.as_ref(), Some(&found.reference));
    assert_eq!(bench.stripe.charge(&fee).await.unwrap(), found);
    assert_eq!(bench.stripe.charged(&bench.account, &found.reference).await.unwrap(), found);
    let book = bench.stand.book();
    assert_eq!(book.charges.len(), 1);
    assert_eq!(book.charges[0].metadata["payment"], "payment-1");
    assert_eq!(book.charges[0].account.as_ref(), Some(&bench.account));
}

#[tokio::test]
async fn a_fee_is_declined() {
    let bench = Bench::new().await;
    for (number, code) in
        [("4000000000000341", "card_declined"), ("4000002760003184", "authentication_required")]
    {
        let card = left(&bench, number).await;
        let fee = fee(&bench, &card, number);
        let Err(ProviderError::Refused { code: said, detail }) = bench.stripe.charge(&fee).await
        else {
            panic!("{number} pays")
        };
        assert_eq!(said, code);
        let found = bench.stripe.find_charge(&fee).await.unwrap().unwrap();
        assert_eq!((found.stand.stage, found.stand.taken.as_ref()), (Stage::Over, None));
        assert_eq!(found.stand.trouble, Some(detail));
    }
    assert!(bench.stand.book().charges.is_empty());
}

/// The bank takes its time with a card on file, too.
#[tokio::test]
async fn a_fee_takes_a_while() {
    let bench = Bench::new().await;
    let card = left(&bench, GOOD).await;
    for (key, well, then) in [("1", true, Stage::Paid), ("2", false, Stage::Over)] {
        bench.stand.slow_banks(1);
        let taken = bench.stripe.charge(&fee(&bench, &card, key)).await.unwrap();
        assert_eq!((taken.stand.stage, taken.stand.taken.as_ref()), (Stage::Processing, None));
        assert!(bench.stand.settle_payment(&taken.reference, well));
        let now = bench.stripe.charged(&bench.account, &taken.reference).await.unwrap();
        assert_eq!((now.stand.stage, now.stand.trouble.is_some()), (then, !well));
    }
}

#[tokio::test]
async fn a_card_is_forgotten() {
    let bench = Bench::new().await;
    let card = left(&bench, GOOD).await;
    bench.stripe.forget_card(&bench.account, &card.method).await.unwrap();
    assert_eq!(bench.stand.book().methods[0].customer, None);
    for method in [&*card.method, "pm_nobody", ".."] {
        let again = bench.stripe.forget_card(&bench.account, method).await;
        assert!(matches!(again, Err(ProviderError::Refused { .. })), "{method}");
    }
    let fee = fee(&bench, &card, "payment-1");
    let taken = bench.stripe.charge(&fee).await;
    assert!(matches!(taken, Err(ProviderError::Refused { .. })));
    assert_eq!(bench.stripe.find_charge(&fee).await.unwrap(), None);
}
