//! What is told, to whom, how often and in which order, and what is confirmed.

use openchair_payfast_stand_in::{Fields, Order, signature, signed};
use url::form_urlencoded;

use crate::caller::{Caller, Listener};

fn fields(body: &str) -> Fields {
    form_urlencoded::parse(body.as_bytes()).into_owned().collect()
}

fn value<'a>(fields: &'a Fields, name: &str) -> &'a str {
    &fields.iter().find(|(one, _)| one == name).unwrap().1
}

#[tokio::test]
async fn what_was_paid_is_told_and_confirmed() {
    let (caller, listener) = (Caller::new().await, Listener::new([]).await);
    let page = caller.page("100.00", &listener.url).await;
    caller.stand.pay(&page);
    caller.stand.quiet().await;
    let [told] = &listener.heard()[..] else { panic!("{:?}", listener.heard()) };
    let mut told = fields(told);
    let own = told.pop().unwrap();
    assert_eq!(own, ("signature".to_owned(), signature(&told, &caller.merchant.passphrase)));
    for (name, expected) in [
        ("m_payment_id", "pay_1"),
        ("pf_payment_id", &caller.stand.payments()[0].pf_payment_id),
        ("payment_status", "COMPLETE"),
        ("item_name", "Cut & <wash>"),
        ("item_description", ""),
        ("amount_gross", "100.00"),
        ("amount_fee", "-3.50"),
        ("amount_net", "96.50"),
        ("email_address", "ann@example.com"),
        ("merchant_id", &caller.merchant.id),
    ] {
        assert_eq!(value(&told, name), expected, "{name}");
    }
    let confirmed = async |fields: &Fields| {
        let answer = caller.form("/eng/query/validate", fields).send().await.unwrap();
        answer.text().await.unwrap()
    };
    assert_eq!(confirmed(&told).await, "VALID");
    let mut more = told.clone();
    more.iter_mut().find(|(name, _)| name == "amount_gross").unwrap().1 = "1000.00".to_owned();
    assert_eq!(confirmed(&more).await, "INVALID");
    assert_eq!(confirmed(&told[1..].to_vec()).await, "INVALID");
    caller.stand.forget_told();
    assert_eq!(confirmed(&told).await, "INVALID");
    // What tests say that was told is signed as what was.
    assert!(signed(&more, &caller.merchant.passphrase).contains("amount_gross=1000.00&"));
}

#[tokio::test]
async fn who_does_not_listen_is_told_again() {
    let (caller, listener) = (Caller::new().await, Listener::new([500, 204, 200]).await);
    let page = caller.page("100.00", &listener.url).await;
    caller.stand.pay(&page);
    while caller.stand.deliveries().len() < 3 {
        caller.stand.hurry();
        tokio::task::yield_now().await;
    }
    caller.stand.quiet().await;
    let said: Vec<_> =
        caller.stand.deliveries().iter().map(|one| (one.attempt, one.answered)).collect();
    assert_eq!(said, [(1, Some(500)), (2, Some(204)), (3, Some(200))]);
    let heard = listener.heard();
    assert!(heard.iter().all(|one| *one == heard[0]));
}

#[tokio::test]
async fn notices_come_as_they_are_ordered() {
    let (caller, listener) = (Caller::new().await, Listener::new([]).await);
    caller.stand.hold_notices();
    let first = caller.page("100.00", &listener.url).await;
    let second = caller.page("200.00", &listener.url).await;
    assert!(caller.stand.cancel(&first));
    caller.stand.copy_notices(2);
    caller.stand.pay(&second);
    caller.stand.quiet().await;
    assert!(listener.heard().is_empty());
    caller.stand.release_notices(Order::Backwards);
    caller.stand.quiet().await;
    let said = || -> Vec<_> {
        let heard = listener.heard();
        heard.iter().map(|one| value(&fields(one), "payment_status").to_owned()).collect()
    };
    assert_eq!(said(), ["COMPLETE", "COMPLETE", "CANCELLED"]);
    caller.stand.drop_notices(1);
    caller.stand.copy_notices(1);
    caller.stand.pay(&first);
    caller.stand.quiet().await;
    assert_eq!(said().len(), 3);
    assert!(caller.stand.tell_again(&first));
    caller.stand.quiet().await;
    assert_eq!(said().last().map(String::as_str), Some("COMPLETE"));
}
