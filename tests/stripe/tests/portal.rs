//! What a business's browser sees: where it takes a plan, and where it looks after it.

use std::sync::atomic::Ordering;

use reqwest::Response;
use serde_json::{Value, json};

use crate::caller::{NOW, refusal};
use crate::plans::{Plan, named};

const PORTAL: &str = "/v1/billing_portal/sessions";

async fn send(plan: &Plan, url: &str, form: &str) -> Response {
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let request = plan.caller.http.post(url).header(kind.0, kind.1).body(form.to_owned());
    request.send().await.unwrap()
}

async fn seen(plan: &Plan, url: &str) -> String {
    plan.caller.http.get(url).send().await.unwrap().text().await.unwrap()
}

async fn opened(plan: &Plan) -> String {
    let form = format!("customer={}&return_url=https://shop.example/plan", plan.customer);
    let (status, session) = plan.caller.ours_posted(PORTAL, &form).await;
    assert_eq!(status, 200, "{session}");
    session["url"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_plan_is_taken_by_hand() {
    let plan = Plan::new().await;
    let session = plan.session("").await;
    let url = session["url"].as_str().unwrap();
    let page = seen(&plan, url).await;
    for part in [
        "owner@lagoon.example",
        "19.00 EUR per month",
        "Team &amp; more",
        ">Subscribe<",
        "https://shop.example/back",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let declined = send(&plan, url, "cardNumber=4000000000000002").await.text().await.unwrap();
    assert!(declined.contains("Your card was declined."), "{declined}");
    let asked = send(&plan, url, "cardNumber=4000002500003155").await;
    let bank = asked.headers()["location"].to_str().unwrap().to_owned();
    let bank = format!("{}{bank}", plan.caller.stand.origin());
    assert!(seen(&plan, &bank).await.contains("Complete"));
    let done = send(&plan, &bank, "outcome=complete").await;
    assert_eq!(done.headers()["location"], "https://shop.example/done");
    assert!(seen(&plan, url).await.contains("all done"));
    assert!(!seen(&plan, &bank).await.contains("Complete"));
    let trial = format!("&subscription_data[trial_end]={}", NOW + 3 * 24 * 60 * 60);
    let trial = plan.session(&trial).await;
    let page = seen(&plan, trial["url"].as_str().unwrap()).await;
    assert!(page.contains("19.00 EUR per month, from 24 September 2026"), "{page}");
    assert!(page.contains(">Start trial<"), "{page}");
}

#[tokio::test]
async fn a_business_cancels_stays_and_changes_its_card() {
    let plan = Plan::new().await;
    let subscription = plan.paid("").await;
    let id = named(&subscription);
    let url = opened(&plan).await;
    let page = seen(&plan, &url).await;
    for part in [
        "href=\"https://shop.example/plan\"",
        "Lagoon",
        "Team &amp; more",
        "19.00 EUR per month",
        "•••• 4242",
        "19.00 EUR, paid, 21 September 2026",
        "value=cancel",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let cancel = format!("deed=cancel&subscription={id}");
    assert_eq!(send(&plan, &url, &cancel).await.status(), 303);
    let end = subscription["items"]["data"][0]["current_period_end"].clone();
    let ending = plan.subscription(&id).await;
    // It is said this way where billing is the flexible kind.
    assert_eq!((&ending["cancel_at"], &ending["cancel_at_period_end"]), (&end, &json!(false)));
    let page = seen(&plan, &url).await;
    assert!(page.contains("Ends at 21 October 2026") && page.contains("value=resume"), "{page}");
    let resume = format!("deed=resume&subscription={id}");
    assert_eq!(send(&plan, &url, &resume).await.status(), 303);
    assert_eq!(plan.subscription(&id).await, subscription);

    for (number, said) in [
        ("4000000000000002", "Your card was declined."),
        ("4242424242424241", "Your card number is invalid."),
    ] {
        let form = format!("deed=card&cardNumber={number}");
        let page = send(&plan, &url, &form).await.text().await.unwrap();
        assert!(page.contains(said) && page.contains("role=alert"), "{page}");
    }
    let card = send(&plan, &url, "deed=card&cardNumber=4000000000000341").await;
    assert_eq!(card.status(), 303);
    assert!(seen(&plan, &url).await.contains("•••• 0341"));
    plan.caller.stand.renew(&id);
    assert_eq!(plan.subscription(&id).await["status"], "past_due");
    assert!(seen(&plan, &url).await.contains("past_due"));
    plan.caller.stand.cancel(&id);
    let page = seen(&plan, &url).await;
    assert!(!page.contains("value=cancel"), "{page}");
    let late = send(&plan, &url, &cancel).await.text().await.unwrap();
    assert!(late.contains("role=alert"), "{late}");
}

#[tokio::test]
async fn a_link_is_a_business_s_own_and_ends() {
    let plan = Plan::new().await;
    let id = named(&plan.paid("").await);
    let other = plan.caller.ours_posted("/v1/customers", "name=Other").await.1;
    let other = Plan { customer: named(&other), ..plan };
    let url = opened(&other).await;
    assert!(!seen(&other, &url).await.contains(&id));
    let cancel = format!("deed=cancel&subscription={id}");
    assert_eq!(send(&other, &url, &cancel).await.status(), 200);
    assert_eq!(other.subscription(&id).await["cancel_at"], Value::Null);
    other.caller.now.store(NOW + 60 * 60, Ordering::SeqCst);
    assert_eq!(other.caller.http.get(&url).send().await.unwrap().status(), 404);
    for (form, code, param) in [
        ("return_url=https://shop.example", "parameter_missing", "customer"),
        ("customer=cus_1", "resource_missing", "customer"),
        ("customer=cus_1&return_url=/plan", "url_invalid", "return_url"),
        ("customer=cus_1&colour=red", "parameter_unknown", "colour"),
    ] {
        let answer = other.caller.ours_posted(PORTAL, form).await;
        assert_eq!(refusal(&answer), (400, code, param), "{form}");
    }
}
