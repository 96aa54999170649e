//! Where payments begin, and the page where people pay.

use openchair_payfast_stand_in::{Outcome, Status, signature};

use crate::caller::Caller;

#[tokio::test]
async fn who_pays_comes_back() {
    let caller = Caller::new().await;
    let page = caller.page("100.00", "https://shop.example/hook").await;
    caller.stand.drop_notices(9);
    let url = format!("{}/eng/process/payment/{page}", caller.stand.origin());
    let seen = caller.http.get(&url).send().await.unwrap().text().await.unwrap();
    assert!(seen.contains("R 100.00") && seen.contains("Cut &amp; &lt;wash&gt;"), "{seen}");
    let deed = |deed: &str| {
        let fields = vec![("deed".to_owned(), deed.to_owned())];
        caller.form(&format!("/eng/process/payment/{page}"), &fields)
    };
    let place = |answer: reqwest::Response| {
        assert_eq!(answer.status(), 302);
        answer.headers()["location"].to_str().unwrap().to_owned()
    };
    let away = deed("cancel").send().await.unwrap();
    assert_eq!(place(away), "https://shop.example/back");
    assert_eq!(caller.stand.payments()[0].status, Status::Cancelled);
    let back = deed("pay").send().await.unwrap();
    assert_eq!(place(back), "https://shop.example/back?paid=1");
    assert_eq!(caller.stand.payments()[0].status, Status::Complete);
    assert_eq!(deed("pay").send().await.unwrap().status(), 200, "it is paid once");
    assert_eq!(caller.stand.pay(&page), Outcome::Before);
    assert!(!caller.stand.cancel(&page));
    assert_eq!(caller.stand.pay("another"), Outcome::Unknown);
}

#[tokio::test]
async fn what_is_no_payment() {
    let caller = Caller::new().await;
    let with = |name: &str, value: &str| {
        let mut fields = caller.fields("100.00", "https://shop.example/hook");
        match fields.iter_mut().find(|(one, _)| one == name) {
            Some((_, old)) => value.clone_into(old),
            None => fields.push((name.to_owned(), value.to_owned())),
        }
        caller.signed(fields)
    };
    for (name, value) in [
        ("merchant_id", "10000100"),
        ("merchant_key", "46f0cd694581a"),
        ("return_url", "shop"),
        ("notify_url", "ftp://shop.example"),
        ("email_address", "ann"),
        ("amount", "100"),
        ("amount", "1,000.00"),
        ("amount", "4.99"),
        ("item_name", ""),
        ("item_name", &"x".repeat(101)),
        ("m_payment_id", &"x".repeat(101)),
        ("locale", "en"),
    ] {
        let (status, place, text) = caller.begun(&with(name, value)).await;
        assert_eq!((status, place), (400, None), "{name} {value}");
        assert!(text.contains(name), "{name}: {text}");
    }
    assert!(caller.stand.payments().is_empty());
}

#[tokio::test]
async fn signatures_are_over_all_fields_in_their_order() {
    let caller = Caller::new().await;
    let fields = caller.fields("100.00", "https://shop.example/hook");
    let refused = async |fields| {
        let (status, _, text) = caller.begun(&fields).await;
        assert_eq!(status, 400);
        assert!(text.contains("signature"), "{text}");
    };
    refused(fields.clone()).await;
    // Without the passphrase, in another order, of another amount.
    let sign = |over: &_, salt: &str| ("signature".to_owned(), signature(over, salt));
    refused([&*fields, &[sign(&fields, "")]].concat()).await;
    let mut other = fields.clone();
    other.sort();
    refused([&*fields, &[sign(&other, &caller.merchant.passphrase)]].concat()).await;
    let mut cheaper = caller.signed(fields.clone());
    cheaper.iter_mut().find(|(name, _)| name == "amount").unwrap().1 = "10.00".to_owned();
    refused(cheaper).await;
    // What is empty isn't signed, and blanks around a value aren't either.
    let mut roomy = caller.signed(fields);
    roomy.insert(5, ("name_first".to_owned(), String::new()));
    roomy.iter_mut().find(|(name, _)| name == "item_name").unwrap().1.push(' ');
    assert_eq!(caller.begun(&roomy).await.0, 302);
    let twice = [&*roomy, &[("amount".to_owned(), "100.00".to_owned())]].concat();
    assert_eq!(caller.begun(&twice).await.0, 400);
}
