//! Trials that end, bills that aren't paid, and what a business can still do then.

use openchair_stripe_stand_in::Outcome;
use openchair_tests::cards::{ASKED, DECLINED, GOOD};
use openchair_tests::eventually;
use openchair_tests::plans::Charged;
use openchair_tests::spa::at;
use serde_json::json;

async fn new_category(shop: &Charged, name: &str) -> openchair_tests::Answer {
    shop.spa.owner.post("/v1/categories", &json!({ "name": name })).await
}

/// Fourteen days of trial, seven of grace; then everything can be seen, what is booked takes place, and nothing
/// new begins. Whoever pays goes on.
#[tokio::test]
async fn a_trial_ends_and_nothing_is_lost() {
    let shop = Charged::charged().await;
    let owner = shop.spa.business.owner.email.clone();
    let visit = shop.booked(28, "10:00", "ann").await;
    let link = visit["link"].as_str().unwrap();
    shop.kept_up().await;
    assert_eq!(shop.stands().await.0, "trial");
    shop.after_days(12).await;
    shop.app.mail(&owner, "ends soon").await;
    shop.after_days(3).await;
    assert_eq!(shop.stands().await.0, "trial_over");
    shop.app.mail(&owner, "is over").await;
    new_category(&shop, "More").await.expect(201);
    shop.after_days(7).await;
    assert_eq!(shop.stands().await.0, "read_only");
    shop.app.mail(&owner, "takes no new visits").await;
    // Who works there sees everything and changes nothing.
    new_category(&shop, "Again").await.problem(403, "read_only");
    for path in ["/v1/appointments", "/v1/customers", "/v1/services", "/v1/staff", "/v1/plan"] {
        shop.spa.owner.get(path).await.expect(200);
    }
    assert_eq!(shop.spa.owner.get("/v1/tenant").await.expect(200)["read_only"], true);
    // Customers see their visit; they begin nothing new.
    let guest = &shop.spa.guest;
    let page = guest.get(&format!("/v1/public/{}", shop.spa.business.slug)).await.expect(200);
    assert_eq!(page["paused"], true);
    let hold = async || {
        let wanted = shop.spa.wanted(&["Facial"], 1, &["Eve"]);
        shop.spa.hold(wanted, at(29, "10:00"), "visitor bob").await
    };
    hold().await.problem(409, "shop_paused");
    guest.get(&format!("/v1/b/{link}")).await.expect(200);
    // Whoever pays goes on at once.
    shop.subscribed("team").await;
    new_category(&shop, "Again").await.expect(201);
    hold().await.expect(201);
    let taken: Vec<_> =
        shop.stripe.book().invoices.iter().map(|invoice| invoice.amount_due).collect();
    assert_eq!(taken, [4_900], "the trial was over");
}

#[tokio::test]
async fn a_bill_that_is_not_paid_has_its_grace() {
    let shop = Charged::charged().await;
    let subscription = shop.subscribed("team").await;
    let customer = shop.stripe.book().customers[0].id.clone();
    assert!(shop.stripe.card_of(&customer, DECLINED));
    shop.after_days(15).await;
    assert!(shop.stripe.renew(&subscription));
    let becomes = async |standing: &str| {
        eventually(standing, async || (shop.stands().await.0 == standing).then_some(())).await;
    };
    becomes("past_due").await;
    shop.app.mail(&shop.spa.business.owner.email, "couldn't be paid").await;
    new_category(&shop, "More").await.expect(201);
    shop.after_days(6).await;
    assert_eq!(shop.stands().await.0, "past_due");
    shop.after_days(2).await;
    assert_eq!(shop.stands().await.0, "read_only");
    new_category(&shop, "Again").await.problem(403, "read_only");
    assert!(shop.stripe.card_of(&customer, GOOD));
    assert!(shop.stripe.renew(&subscription), "its last bill is tried once more");
    becomes("paid").await;
    new_category(&shop, "Again").await.expect(201);
    assert_eq!(shop.stands().await.1, "team");
}

/// A card whose owner couldn't prove that it is theirs: what was begun at the page isn't a plan, and when it runs out,
/// none has ended. What the business was given, it keeps.
#[tokio::test]
async fn a_plan_that_never_began_takes_nothing_away() {
    let shop = Charged::charged().await;
    let given = format!(
        "update tenants set plan = 'business', trial_ends_at = null where id = '{}'",
        shop.spa.business.id.uuid()
    );
    shop.app.database.run(&given).await;
    shop.kept_up().await;
    assert_eq!(shop.stands().await, ("free".into(), "business".into()));
    let page = shop.take("team").await;
    assert_eq!(shop.stripe.pay(&page, ASKED), Outcome::Asked);
    assert!(matches!(shop.stripe.authenticate(&page, false), Outcome::Declined { .. }));
    let owner = &shop.spa.owner;
    owner.post_empty("/v1/plan/look").await.expect(200);
    assert_eq!(shop.stands().await, ("free".into(), "business".into()));
    shop.after_days(1).await;
    owner.post_empty("/v1/plan/look").await.expect(200);
    let begun = shop.stripe.book().subscriptions;
    assert_eq!((begun.len(), &*begun[0].status), (1, "incomplete_expired"));
    assert_eq!(shop.stands().await, ("free".into(), "business".into()));
    new_category(&shop, "More").await.expect(201);
}

/// Who runs the installation may give a plan to who doesn't pay, and to nobody who does.
#[tokio::test]
async fn a_plan_that_is_given_costs_nothing() {
    let shop = Charged::charged().await;
    let support = shop.app.login("support").await;
    shop.app.promote(&support).await;
    shop.after_days(30).await;
    assert_eq!(shop.stands().await.0, "read_only");
    let admin = shop.app.sign_in(&support).await;
    let path = format!("/v1/platform/tenants/{}/plan", shop.spa.business.id);
    let give = async |plan: &str| admin.put(&path, &json!({ "plan": plan })).await;
    give("business").await.expect(200);
    assert_eq!(shop.stands().await, ("free".into(), "business".into()));
    shop.after_days(1).await;
    assert_eq!(shop.stands().await, ("free".into(), "business".into()));
    new_category(&shop, "More").await.expect(201);
    shop.subscribed("team").await;
    give("solo").await.problem(409, "already_subscribed");
}
