//! Paying in the provider's form within our own page.

use openchair_stripe_stand_in::{Outcome, Settings};
use openchair_tests::cards::{ASKED, Counter, GOOD, SCRIPT, link};
use openchair_tests::eventually;
use serde_json::json;

#[tokio::test]
async fn a_deposit_is_paid_within_the_page() {
    let counter = Counter::with_form().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let (shown, session) = counter.form(&visit).await;
    assert_eq!(shown["script"], SCRIPT);
    assert_eq!(shown["key"], Settings::default().publishable_key);
    assert_eq!(shown["account"], counter.account);
    // Who comes again gets the same form.
    assert_eq!(counter.form(&visit).await, (shown.clone(), session.clone()));
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
    let counter = Counter::with_form().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let (_, session) = counter.form(&visit).await;
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
    let counter = Counter::with_form().await;
    let visit = counter.booked(4, "10:00", "ann").await;
    let (_, session) = counter.form(&visit).await;
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

/// A card alone is left in the form, too, and nothing is paid.
#[tokio::test]
async fn a_card_is_left_within_the_page() {
    let counter = Counter::with_form().await;
    counter.asks_cards().await;
    let visit = counter.waxing(4, "10:00", "ann").await;
    let (shown, session) = counter.form(&visit).await;
    assert_eq!((&shown["script"], &shown["account"]), (&json!(SCRIPT), &json!(counter.account)));
    assert_eq!(counter.form(&visit).await, (shown, session.clone()), "who asks twice");
    assert_eq!(counter.stripe.book().sessions.len(), 1);
    let kept = "select count(*) from cards c where row_to_json(c)::text like '%_secret_%'";
    assert_eq!(counter.app.database.count(kept).await, 0);
    assert_eq!(counter.stripe.pay(&session, ASKED), Outcome::Asked);
    assert_eq!(counter.back(&visit).await["card"], "wanted");
    assert_eq!(counter.stripe.authenticate(&session, true), Outcome::Left);
    assert_eq!(counter.back(&visit).await["card"], "left");
    assert_eq!(counter.status(&visit).await, "confirmed");
    counter.wishes(&visit, &json!({ "form": true })).await.problem(409, "nothing_due");
    assert_eq!(counter.charges(), []);
}

/// Whoever wants the page after the form leaves one card, on the page; and the form after the page.
#[tokio::test]
async fn a_card_is_left_on_the_page_after_the_form() {
    let counter = Counter::with_form().await;
    counter.asks_cards().await;
    let visit = counter.waxing(4, "10:00", "ann").await;
    let (_, form) = counter.form(&visit).await;
    let page = counter.page(&visit).await;
    assert_eq!(counter.stripe.pay(&form, GOOD), Outcome::Closed, "the form is closed");
    let (_, form) = counter.form(&visit).await;
    assert_eq!(counter.stripe.pay(&page, GOOD), Outcome::Closed, "the page is closed");
    assert_eq!(counter.stripe.pay(&form, GOOD), Outcome::Left);
    assert_eq!(counter.back(&visit).await["card"], "left");
    let book = counter.stripe.book();
    assert_eq!((book.sessions.len(), book.methods.len()), (3, 1));
}

/// Somebody leaves a card in the form and asks for it in another window, before we have heard of it.
#[tokio::test]
async fn who_has_left_a_card_in_the_form_isnt_asked_again() {
    let counter = Counter::with_form().await;
    counter.asks_cards().await;
    counter.stripe.drop_webhooks(100);
    for (time, who, wish) in
        [("10:00", "ann", json!({ "form": true })), ("14:00", "bob", json!({}))]
    {
        let visit = counter.waxing(4, time, who).await;
        let (_, session) = counter.form(&visit).await;
        assert_eq!(counter.stripe.pay(&session, GOOD), Outcome::Left);
        counter.wishes(&visit, &wish).await.problem(409, "nothing_due");
        assert_eq!(counter.status(&visit).await, "confirmed");
        assert_eq!(counter.owed(&visit).await["card"], "left");
    }
    assert_eq!(counter.stripe.book().sessions.len(), 2);
}

#[tokio::test]
async fn without_a_key_for_browsers_a_card_is_left_on_the_page() {
    let counter = Counter::open().await;
    counter.asks_cards().await;
    let visit = counter.waxing(4, "10:00", "ann").await;
    let led = counter.wishes(&visit, &json!({ "form": true })).await.expect(200);
    assert!(led["form"].is_null(), "{led}");
    assert!(led["url"].as_str().unwrap().starts_with(counter.stripe.origin()), "{led}");
}

/// The visit is called off while the form is open: no card is left there any more.
#[tokio::test]
async fn a_form_for_a_card_is_closed_with_its_visit() {
    let counter = Counter::with_form().await;
    counter.asks_cards().await;
    // Nothing is due for calling it off, so that nothing else is asked for.
    let version = counter.spa.owner.get("/v1/booking-policy").await.version();
    let free = json!({ "late_cancel_fee_percent": 0, "cancel_notice_minutes": 0 });
    counter.spa.owner.patch("/v1/booking-policy", version, &free).await.expect(200);
    let visit = counter.waxing(4, "10:00", "ann").await;
    let (_, session) = counter.form(&visit).await;
    let off = format!("/v1/b/{}/cancel", link(&visit));
    counter.spa.guest.post(&off, &json!({})).await.expect(200);
    eventually("the form is closed", async || {
        let book = counter.stripe.book();
        let found = book.sessions.iter().find(|one| one.id == session).unwrap();
        (found.status == "expired").then_some(())
    })
    .await;
    assert_eq!(counter.stripe.pay(&session, GOOD), Outcome::Closed);
    counter.wishes(&visit, &json!({ "form": true })).await.problem(409, "nothing_due");
    let kept = "select count(*) from cards where state = 'over'";
    eventually("it is over", async || (counter.app.database.count(kept).await == 1).then_some(()))
        .await;
}

/// Pages where one pays allow the provider's form, and no others do.
#[tokio::test]
async fn pages_allow_the_form_where_one_pays() {
    let counter = Counter::with_form().await;
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
