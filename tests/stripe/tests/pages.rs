//! What a customer's browser sees.

use reqwest::Response;

use crate::caller::Caller;

async fn send(caller: &Caller, url: &str, form: &str) -> Response {
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let request = caller.http.post(url).header(kind.0, kind.1).body(form.to_owned());
    request.send().await.unwrap()
}

fn number(number: &str) -> String {
    format!("email=ann%40example.com&cardNumber={number}&cardExpiry=12+%2F+34&cardCvc=123")
}

#[tokio::test]
async fn from_a_wrong_number_to_the_way_back() {
    let caller = Caller::new().await;
    let session = caller.session(4_200, "eur").await;
    let url = session["url"].as_str().unwrap();
    let page = caller.http.get(url).send().await.unwrap().text().await.unwrap();
    for part in [
        "42.00 EUR",
        "Cut &amp; &lt;wash&gt;",
        "ann@example.com",
        "name=cardNumber",
        "href=\"https://shop.example/back\"",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    for (wrong, said) in [
        ("4242424242424241", "Your card number is invalid."),
        ("4000000000000002", "Your card was declined."),
        ("4000000000009995", "insufficient funds"),
    ] {
        let page = send(&caller, url, &number(wrong)).await;
        assert_eq!(page.status(), 200);
        let page = page.text().await.unwrap();
        assert!(page.contains(said) && page.contains("role=alert"), "{page}");
    }
    let done = send(&caller, url, &number("4242+4242+4242+4242")).await;
    assert_eq!(done.status(), 303);
    let back = format!("https://shop.example/back?of={}", session["id"].as_str().unwrap());
    assert_eq!(done.headers()["location"], *back);
    let late = send(&caller, url, &number("4242424242424242")).await.text().await.unwrap();
    assert!(late.contains("all done") && !late.contains("cardNumber"), "{late}");
    assert_eq!(caller.stand.book().charges.len(), 1);
}

#[tokio::test]
async fn the_bank_s_page() {
    let caller = Caller::new().await;
    let session = caller.session(4_200, "eur").await;
    let url = session["url"].as_str().unwrap();
    let asked = send(&caller, url, &number("4000002500003155")).await;
    let bank =
        format!("{}{}", caller.stand.origin(), asked.headers()["location"].to_str().unwrap());
    let page = caller.http.get(&bank).send().await.unwrap().text().await.unwrap();
    assert!(page.contains("Complete") && page.contains("Fail"), "{page}");
    let failed = send(&caller, &bank, "outcome=fail").await.text().await.unwrap();
    assert!(failed.contains("unable to authenticate") && failed.contains("cardNumber"), "{failed}");
    send(&caller, url, &number("4000000000003220")).await;
    assert_eq!(send(&caller, &bank, "outcome=complete").await.status(), 303);
    assert_eq!(caller.stand.book().charges.len(), 1);
}

#[tokio::test]
async fn a_page_that_is_over() {
    let caller = Caller::new().await;
    let session = caller.session(4_200, "eur").await;
    let url = session["url"].as_str().unwrap();
    let expire = format!("/v1/checkout/sessions/{}/expire", session["id"].as_str().unwrap());
    caller.posted(&expire, "").await;
    let page = send(&caller, url, &number("4242424242424242")).await.text().await.unwrap();
    assert!(page.contains("expired") && !page.contains("cardNumber"), "{page}");
    let unknown = format!("{}/c/pay/cs_test_nobody", caller.stand.origin());
    assert_eq!(caller.http.get(unknown).send().await.unwrap().status(), 404);
}
