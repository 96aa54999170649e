//! Paying in the provider's form within our own page.

use openchair_stripe_stand_in::{Outcome, Settings};
use openchair_tests::cards::{ASKED, Counter, GOOD, link};
use serde_json::{Value, json};

const SCRIPT: &str = "http://127.0.0.1:4/dahlia/stripe.js";

/// A counter whose pages show the form.
async fn with_form() -> Counter {
    let key = Settings::default().publishable_key;
    Counter::with(&[("stripe.publishable_key", &key), ("stripe.script_url", SCRIPT)]).await
}

/// The form that a guest is shown, and its session's name.
async fn form(counter: &Counter, visit: &Value) -> (Value, String) {
    let shown = counter.wishes(visit, &json!({ "form": true })).await.expect(200);
    assert!(shown["url"].is_null(), "{shown}");
    let secret = shown["form"]["secret"].as_str().unwrap().to_owned();
    let session = secret.split("_secret_").next().unwrap().to_owned();
    (shown["form"].clone(), session)
}

#[tokio::test]
async fn a_deposit_is_paid_within_the_page() {
    let counter = with_form().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let (shown, session) = form(&counter, &visit).await;
    assert_eq!(shown["script"], SCRIPT);
    assert_eq!(shown["key"], Settings::default().publishable_key);
    assert_eq!(shown["account"], counter.account);
    // Who comes again gets the same form.
    assert_eq!(form(&counter, &visit).await, (shown.clone(), session.clone()));
    assert_eq!(counter.stripe.book().sessions.len(), 1);
    // What opens it isn't kept here.
    let kept = "select count(*) from payments p where row_to_json(p)::text like '%_secret_%'";
    assert_eq!(counter.app.database.count(kept).await, 0);
    assert_eq!(counter.stripe.pay(&session, ASKED), Outcome::Asked);
    assert_eq!(counter.back(&visit).await["state"], "due");
    assert_eq!(counter.stripe.authenticate(&session, true), Outcome::Paid);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(counter.status(&visit).await, "confirmed");
    counter.wishes(&visit, &json!({ "form": true })).await.problem(409, "nothing_due");
    assert_eq!(counter.charges(), [(3_000, 0)]);
}

/// The script doesn't come: whoever can't be shown the form is led to the page, and pays there once.
#[tokio::test]
async fn who_has_no_form_goes_to_the_page() {
    let counter = with_form().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let (_, session) = form(&counter, &visit).await;
    let page = counter.page(&visit).await;
    assert_ne!(page, session);
    assert_eq!(counter.stripe.pay(&session, GOOD), Outcome::Closed, "the form is closed");
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Paid);
    assert_eq!(counter.back(&visit).await["state"], "paid");
    assert_eq!(counter.charges(), [(3_000, 0)]);
}

/// Somebody pays in the form and asks for a page in another window, before we have heard of it.
#[tokio::test]
async fn who_has_paid_in_the_form_isnt_led_to_a_page() {
    let counter = with_form().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let (_, session) = form(&counter, &visit).await;
    counter.stripe.drop_webhooks(100);
    counter.stripe.pay(&session, GOOD);
    counter.wishes(&visit, &json!({})).await.problem(409, "nothing_due");
    assert_eq!(counter.status(&visit).await, "confirmed");
    assert_eq!(counter.charges(), [(3_000, 0)]);
}

#[tokio::test]
async fn without_a_key_for_browsers_there_is_only_the_page() {
    let counter = Counter::open().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let led = counter.wishes(&visit, &json!({ "form": true })).await.expect(200);
    assert!(led["form"].is_null(), "{led}");
    assert!(led["url"].as_str().unwrap().starts_with(counter.stripe.origin()), "{led}");
}

/// Pages where one pays allow the provider's form, and no others do.
#[tokio::test]
async fn pages_allow_the_form_where_one_pays() {
    let counter = with_form().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let shop = &counter.spa.business.slug;
    let policy = async |path: String| {
        let page = counter.spa.guest.get(&path).await;
        page.header("content-security-policy").to_owned()
    };
    let visits = format!("/b/{}", link(&visit));
    for page in [visits, format!("/{shop}"), format!("/{shop}/gift"), "/g/oc_gi_1".to_owned()] {
        let said = policy(page).await;
        for rule in ["script-src", "frame-src", "connect-src"] {
            let allowed = format!("{rule} 'self' http://127.0.0.1:4");
            assert!(said.split("; ").any(|one| one.starts_with(&allowed)), "{said}");
        }
        assert!(!said.contains("unsafe"), "{said}");
    }
    for page in ["/app".to_owned(), "/sign-in".to_owned(), format!("/{shop}?embed")] {
        assert!(!policy(page.clone()).await.contains("127.0.0.1:4"), "{page}");
    }
}
