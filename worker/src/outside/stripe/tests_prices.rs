//! What plans cost, against who stands in for Stripe.

use openchair_domain::plans::{Biller as _, NewCheckout, PlanPrice};
use openchair_stripe_stand_in::{Act, Outcome};

use super::tests_plans::{Bench, GOOD, buyer, code, detail, price};
use super::*;

#[tokio::test]
async fn a_price_is_found_made_and_made_anew() {
    let bench = Bench::new().await;
    let first = bench.stripe.price(&price("team", 1_900)).await.unwrap();
    assert_eq!(bench.stripe.price(&price("team", 1_900)).await.unwrap(), first);
    let other = bench.stripe.price(&price("chain", 4_900)).await.unwrap();
    assert_ne!(other, first);
    let made = bench.book().prices;
    assert_eq!(made.len(), 2);
    assert_eq!(made[0].lookup_key.as_deref(), Some("openchair_team"));
    assert_eq!((made[0].amount, made[0].currency.as_str()), (1_900, "eur"));
    assert_eq!(
        (made[0].interval.as_str(), made[0].title.as_str()),
        ("month", "team & more, für alle")
    );
    assert_eq!(made[0].metadata["plan"], "team");

    // It costs more, then what it cost before, then the same in another currency: one after the other gets the
    // key, and what it is for stays the same thing.
    let dearer = bench.stripe.price(&price("team", 2_400)).await.unwrap();
    let again = bench.stripe.price(&price("team", 1_900)).await.unwrap();
    let pounds = PlanPrice { currency: "GBP".to_owned(), ..price("team", 1_900) };
    let pounds = bench.stripe.price(&pounds).await.unwrap();
    let mut all = [&first, &dearer, &again, &pounds, &other].map(Clone::clone);
    all.sort();
    assert!(all.windows(2).all(|two| two[0] != two[1]), "{all:?}");
    let prices = bench.book().prices;
    let keyed: Vec<_> = prices.iter().filter(|one| one.lookup_key.is_some()).collect();
    assert_eq!(keyed.iter().map(|one| &one.id).collect::<Vec<_>>(), [&other, &pounds]);
    for one in &prices {
        assert_eq!(one.product == prices[0].product, one.id != other, "{one:?}");
    }
    // Another name changes what is paid for, and no price.
    let renamed =
        PlanPrice { name: "Team".to_owned(), currency: "GBP".to_owned(), ..price("team", 1_900) };
    assert_eq!(bench.stripe.price(&renamed).await.unwrap(), pounds);
    assert_eq!(bench.book().prices[0].title, "Team");
    assert_eq!(bench.book().prices.len(), prices.len());
}

/// Somebody has archived it by hand: the price, or what it is for.
#[tokio::test]
async fn a_price_that_is_not_offered_any_more() {
    let bench = Bench::new().await;
    let no_more = async |path: [&str; 2]| {
        let form: Form = vec![("active", "false".to_owned())];
        let question = Question { path: &path, account: None };
        bench.stripe.wire.post::<serde_json::Value>(question, None, form).await.unwrap();
    };
    let first = bench.stripe.price(&price("team", 1_900)).await.unwrap();
    no_more(["prices", &first]).await;
    let second = bench.stripe.price(&price("team", 1_900)).await.unwrap();
    assert_ne!(second, first);
    let prices = bench.book().prices;
    assert_eq!(prices[1].product, prices[0].product);
    no_more(["products", &prices[0].product]).await;
    let third = bench.stripe.price(&price("team", 1_900)).await.unwrap();
    assert_ne!(bench.book().prices[2].product, prices[0].product);
    let new = bench.checkout(&price("team", 1_900)).await;
    assert_eq!(new.price, third);
    for gone in [first, second] {
        let gone = NewCheckout { price: gone, ..new.clone() };
        let refused = detail(bench.stripe.open_checkout(&gone).await.unwrap_err());
        assert!(refused.contains("active"), "{refused}");
    }
    bench.stripe.open_checkout(&new).await.unwrap();
}

#[tokio::test]
async fn a_price_that_was_lost_on_its_way() {
    let bench = Bench::new().await;
    for trouble in [Act::CutBefore, Act::Cut] {
        bench.stand.trouble("POST /v1/prices", trouble, 1);
        let lost = bench.stripe.price(&price("team", 1_900)).await.unwrap_err();
        assert!(matches!(lost, ProviderError::Away(_)), "{lost:?}");
    }
    let found = bench.stripe.price(&price("team", 1_900)).await.unwrap();
    let prices = bench.book().prices;
    assert_eq!(prices.iter().map(|one| &one.id).collect::<Vec<_>>(), [&found]);
}

#[tokio::test]
async fn amounts_of_elsewhere() {
    let bench = Bench::new().await;
    for (currency, ours, theirs) in
        [("JPY", 5_000, 5_000), ("ISK", 5_000, 500_000), ("KWD", 5_120, 5_120)]
    {
        let wanted = PlanPrice { currency: currency.to_owned(), ..price(currency, ours) };
        let new = bench.checkout(&wanted).await;
        let new = NewCheckout {
            key: currency.to_owned(),
            customer: bench.stripe.open_buyer(&buyer(currency)).await.unwrap(),
            ..new
        };
        let opened = bench.stripe.open_checkout(&new).await.unwrap();
        assert_eq!(bench.stand.pay(&opened.reference, GOOD), Outcome::Paid);
        let state = bench.only(&new.customer).await;
        assert_eq!((state.amount_minor, state.currency.as_str()), (ours, currency));
        assert_eq!(bench.book().invoices.last().unwrap().amount_paid, theirs, "{currency}");
        assert_eq!(bench.stripe.price(&wanted).await.unwrap(), new.price);
    }
    let odd = PlanPrice { currency: "KWD".to_owned(), ..price("team", 5_124) };
    assert_eq!(code(bench.stripe.price(&odd).await.unwrap_err()), "amount_not_possible");
}
