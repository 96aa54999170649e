//! Everything about plans, against who stands in for Stripe.

use openchair_domain::plans::{
    Biller as _, Going, NewBuyer, NewCheckout, PlanPrice, SubscriptionState,
};
use openchair_stripe_stand_in::{Act, Book, Clock, GivenUp, Outcome, Settings, Stand};

use super::*;
use crate::outside::http::trusting;

pub(super) const NOW: i64 = 1_790_000_000;
const DAY: i64 = 24 * 60 * 60;
const BACK: &str = "https://shop.example/app/plan?of=lagoon&then=look#top";
pub(super) const GOOD: &str = "4242424242424242";
const DECLINED: &str = "4000000000000002";

pub(super) struct Bench {
    pub(super) stand: Stand,
    pub(super) stripe: Stripe,
}

pub(super) fn price(plan: &str, amount_minor: i64) -> PlanPrice {
    PlanPrice {
        plan: plan.to_owned(),
        name: format!("{plan} & more, für alle"),
        amount_minor,
        currency: "EUR".to_owned(),
    }
}

pub(super) fn buyer(key: &str) -> NewBuyer {
    NewBuyer {
        key: key.to_owned(),
        name: "Lagoon & Söhne".to_owned(),
        email: Some("owner@lagoon.example".to_owned()),
        tenant: key.to_owned(),
    }
}

impl Bench {
    pub(super) async fn new() -> Self {
        let clock = Clock::new(|| NOW);
        let stand = Stand::start(Settings { clock, ..Settings::default() }).await.unwrap();
        let stripe = Self::client(stand.origin(), "sk_test_stand_in");
        Self { stand, stripe }
    }

    fn client(origin: &str, key: &str) -> Stripe {
        let settings = StripeSettings {
            base_url: origin.to_owned(),
            secret_key: Secret::new(key),
            timeout: Duration::from_secs(20),
        };
        Stripe::new(&Roots::default(), settings).unwrap()
    }

    pub(super) fn book(&self) -> Book {
        self.stand.book()
    }

    /// Who pays, what the plan costs, and what is needed to take it.
    pub(super) async fn checkout(&self, plan: &PlanPrice) -> NewCheckout {
        NewCheckout {
            key: "checkout-1".to_owned(),
            customer: self.stripe.open_buyer(&buyer("tenant-1")).await.unwrap(),
            price: self.stripe.price(plan).await.unwrap(),
            tenant: "tenant-1".to_owned(),
            plan: plan.plan.clone(),
            locale: "de-AT".to_owned(),
            back_url: BACK.to_owned(),
            trial_ends: None,
            expires_at: NOW + 60 * 60,
        }
    }

    /// A business that has a plan: its name at Stripe's and how that stands.
    async fn paying(&self) -> (String, SubscriptionState) {
        let new = self.checkout(&price("team", 1_900)).await;
        let opened = self.stripe.open_checkout(&new).await.unwrap();
        assert_eq!(self.stand.pay(&opened.reference, GOOD), Outcome::Paid);
        let only = self.only(&new.customer).await;
        (new.customer, only)
    }

    pub(super) async fn only(&self, customer: &str) -> SubscriptionState {
        let mut all = self.stripe.subscriptions(customer).await.unwrap();
        assert_eq!(all.len(), 1, "{all:?}");
        all.remove(0)
    }

    /// What was told of the platform since the event with this number.
    fn told(&self, from: usize) -> Vec<String> {
        let events = self.stand.events();
        for event in &events {
            assert_eq!(event.get("account"), None, "{event}");
        }
        let kinds =
            events.iter().skip(from).map(|event| event["type"].as_str().unwrap().to_owned());
        kinds.collect()
    }
}

pub(super) fn code(error: ProviderError) -> String {
    match error {
        ProviderError::Refused { code, .. } => code,
        ProviderError::Away(away) | ProviderError::Broken(away) => panic!("{away}"),
    }
}

pub(super) fn detail(error: ProviderError) -> String {
    match error {
        ProviderError::Refused { detail, .. } => detail,
        ProviderError::Away(away) | ProviderError::Broken(away) => panic!("{away}"),
    }
}

#[tokio::test]
async fn a_business_takes_a_plan() {
    let bench = Bench::new().await;
    let new = bench.checkout(&price("team", 1_900)).await;
    // Asked again, it is the same one.
    assert_eq!(bench.stripe.open_buyer(&buyer("tenant-1")).await.unwrap(), new.customer);
    assert_eq!(bench.stripe.subscriptions(&new.customer).await.unwrap(), []);
    bench.stand.trouble("POST /v1/checkout/sessions", Act::Cut, 1);
    let lost = bench.stripe.open_checkout(&new).await.unwrap_err();
    assert!(matches!(lost, ProviderError::Away(_)), "{lost:?}");
    let opened = bench.stripe.open_checkout(&new).await.unwrap();
    assert_eq!(bench.stripe.open_checkout(&new).await.unwrap(), opened);
    assert!(opened.url.starts_with(bench.stand.origin()), "{opened:?}");
    let book = bench.book();
    assert_eq!((book.sessions.len(), book.customers.len()), (1, 1));
    assert_eq!(book.sessions[0].account, None);
    assert_eq!(book.sessions[0].metadata["tenant"], "tenant-1");
    assert_eq!(book.customers[0].name.as_deref(), Some("Lagoon & Söhne"));
    assert_eq!(book.customers[0].email.as_deref(), Some("owner@lagoon.example"));
    assert_eq!(book.customers[0].metadata["tenant"], "tenant-1");

    // Nothing comes of a card that doesn't pay.
    let declined = bench.stand.pay(&opened.reference, DECLINED);
    assert!(matches!(declined, Outcome::Declined { .. }), "{declined:?}");
    assert_eq!(bench.stand.pay(&opened.reference, "4000000000003220"), Outcome::Asked);
    let failed = bench.stand.authenticate(&opened.reference, false);
    assert!(matches!(failed, Outcome::Declined { .. }), "{failed:?}");
    // Whoever couldn't prove that the card is theirs leaves something behind that never began.
    let begun = bench.only(&new.customer).await;
    assert_eq!(begun.stage, Going::Incomplete);
    let told = bench.told(0);
    assert_eq!(told, ["customer.subscription.created", "invoice.payment_failed"]);

    assert_eq!(bench.stand.pay(&opened.reference, "4000000000003220"), Outcome::Asked);
    assert_eq!(bench.stand.authenticate(&opened.reference, true), Outcome::Paid);
    assert_eq!(bench.stand.pay(&opened.reference, GOOD), Outcome::Closed);
    let mut all = bench.stripe.subscriptions(&new.customer).await.unwrap();
    all.retain(|one| one.id != begun.id);
    assert_eq!(all.len(), 1, "{all:?}");
    let state = all.remove(0);
    let expected = SubscriptionState {
        id: state.id.clone(),
        item: state.item.clone(),
        stage: Going::Active,
        price: new.price.clone(),
        plan: Some("team".to_owned()),
        amount_minor: 1_900,
        currency: "EUR".to_owned(),
        // From 21 September to 21 October.
        period_ends: Some(NOW + 30 * DAY),
        ends_at: None,
        created: NOW,
    };
    assert_eq!(state, expected);
    let book = bench.book();
    let taken = book.subscriptions.iter().find(|one| one.id == state.id).unwrap();
    assert_eq!(taken.metadata["tenant"], "tenant-1");
    assert_eq!(taken.metadata["plan"], "team");
    let paid: Vec<_> = book.invoices.iter().map(|one| (&*one.status, one.amount_paid)).collect();
    assert_eq!(paid, [("open", 0), ("paid", 1_900)]);
    let told = ["customer.subscription.created", "invoice.paid", "checkout.session.completed"];
    assert_eq!(bench.told(2), told);
}

#[tokio::test]
async fn a_plan_is_tried_first() {
    let bench = Bench::new().await;
    let end = NOW + 14 * DAY;
    let new = NewCheckout { trial_ends: Some(end), ..bench.checkout(&price("team", 1_900)).await };
    let opened = bench.stripe.open_checkout(&new).await.unwrap();
    let declined = bench.stand.pay(&opened.reference, DECLINED);
    assert!(matches!(declined, Outcome::Declined { .. }), "{declined:?}");
    bench.stand.pay(&opened.reference, GOOD);
    let state = bench.only(&new.customer).await;
    assert_eq!((state.stage, state.period_ends), (Going::Trying, Some(end)));
    let paid = |book: Book| book.invoices.iter().map(|one| one.amount_paid).sum::<i64>();
    assert_eq!(paid(bench.book()), 0);
    assert!(bench.stand.renew(&state.id));
    let state = bench.only(&new.customer).await;
    // From 5 October to 5 November.
    assert_eq!((state.stage, state.period_ends), (Going::Active, Some(end + 31 * DAY)));
    assert_eq!(paid(bench.book()), 1_900);
    let short = NewCheckout { trial_ends: Some(NOW + 2 * DAY - 1), key: "2".to_owned(), ..new };
    let refused = detail(bench.stripe.open_checkout(&short).await.unwrap_err());
    assert_eq!(refused, "The `trial_end` date has to be at least 2 days in the future.");
}

#[tokio::test]
async fn a_page_is_closed() {
    let bench = Bench::new().await;
    let new = bench.checkout(&price("team", 1_900)).await;
    let opened = bench.stripe.open_checkout(&new).await.unwrap();
    for _ in 0..2 {
        bench.stripe.close_checkout(&opened.reference).await.unwrap();
        assert_eq!(bench.book().sessions[0].status, "expired");
    }
    assert_eq!(bench.stand.pay(&opened.reference, GOOD), Outcome::Closed);
    // Whoever was faster has the plan.
    let new = NewCheckout { key: "checkout-2".to_owned(), ..new };
    let opened = bench.stripe.open_checkout(&new).await.unwrap();
    bench.stand.pay(&opened.reference, GOOD);
    bench.stripe.close_checkout(&opened.reference).await.unwrap();
    assert_eq!(bench.only(&new.customer).await.stage, Going::Active);
    let nothing = bench.stripe.close_checkout("cs_nothing").await;
    assert_eq!(code(nothing.unwrap_err()), "resource_missing");
    bench.stand.trouble("/expire", Act::CutBefore, 1);
    let away = bench.stripe.close_checkout(&opened.reference).await.unwrap_err();
    assert!(matches!(away, ProviderError::Away(_)), "{away:?}");
}

#[tokio::test]
async fn a_card_that_pays_no_more() {
    let bench = Bench::new().await;
    let (customer, state) = bench.paying().await;
    let next = NOW + 30 * DAY;
    assert_eq!(state.period_ends, Some(next));
    let seen = bench.stand.events().len();
    assert!(bench.stand.renew(&state.id));
    assert_eq!(bench.told(seen), ["invoice.paid", "customer.subscription.updated"]);
    let state = bench.only(&customer).await;
    assert_eq!((state.stage, state.period_ends), (Going::Active, Some(next + 31 * DAY)));

    assert!(bench.stand.card_of(&customer, DECLINED));
    let seen = bench.stand.events().len();
    assert!(bench.stand.renew(&state.id));
    assert_eq!(bench.told(seen), ["invoice.payment_failed", "customer.subscription.updated"]);
    let late = bench.only(&customer).await;
    assert_eq!((late.stage, late.period_ends), (Going::PastDue, Some(next + 61 * DAY)));
    // It is tried again, and works once there is another card.
    assert!(bench.stand.renew(&state.id));
    assert_eq!(bench.only(&customer).await, late);
    bench.stand.card_of(&customer, GOOD);
    assert_eq!(bench.only(&customer).await.stage, Going::PastDue);
    assert!(bench.stand.renew(&state.id));
    let state = bench.only(&customer).await;
    assert_eq!(state, SubscriptionState { stage: Going::Active, ..late });
    let book = bench.book();
    let bills: Vec<_> = book.invoices.iter().map(|one| (&*one.status, one.attempts)).collect();
    assert_eq!(bills, [("paid", 1), ("paid", 1), ("paid", 3)]);

    for (then, stage) in [(GivenUp::Unpaid, Going::Unpaid), (GivenUp::Canceled, Going::Ended)] {
        assert!(!bench.stand.give_up(&state.id, then), "{then:?}");
        bench.stand.card_of(&customer, DECLINED);
        bench.stand.renew(&state.id);
        assert!(bench.stand.give_up(&state.id, then), "{then:?}");
        assert_eq!(bench.only(&customer).await.stage, stage);
        bench.stand.card_of(&customer, GOOD);
        // What isn't over can be paid all the same.
        assert_eq!(bench.stand.renew(&state.id), stage == Going::Unpaid);
    }
    assert_eq!(bench.told(0).last().unwrap(), "customer.updated");
}

#[tokio::test]
async fn another_plan() {
    let bench = Bench::new().await;
    let (customer, state) = bench.paying().await;
    let chain = bench.stripe.price(&price("chain", 4_900)).await.unwrap();
    bench.stand.trouble("POST /v1/subscriptions", Act::Cut, 1);
    let lost = bench.stripe.change("change-1", &state, &chain).await.unwrap_err();
    assert!(matches!(lost, ProviderError::Away(_)), "{lost:?}");
    let changed = bench.stripe.change("change-1", &state, &chain).await.unwrap();
    let expected = SubscriptionState {
        price: chain.clone(),
        plan: Some("chain".to_owned()),
        amount_minor: 4_900,
        ..state.clone()
    };
    assert_eq!(changed, expected);
    assert_eq!(bench.only(&customer).await, expected);
    let told = bench.told(3);
    assert_eq!(told, ["customer.subscription.updated"]);
    // What is left of the month is billed with the next one.
    bench.stand.renew(&state.id);
    assert_eq!(bench.book().invoices.last().unwrap().amount_paid, 4_900 + 3_000);
    bench.stand.renew(&state.id);
    assert_eq!(bench.book().invoices.last().unwrap().amount_paid, 4_900);

    let pounds = PlanPrice { currency: "GBP".to_owned(), ..price("solo", 900) };
    let pounds = bench.stripe.price(&pounds).await.unwrap();
    let refused = detail(bench.stripe.change("2", &state, &pounds).await.unwrap_err());
    assert!(refused.contains("expected currency: `eur`"), "{refused}");
    let nothing = bench.stripe.change("3", &state, "price_nothing").await;
    assert_eq!(code(nothing.unwrap_err()), "resource_missing");
    let other = SubscriptionState { item: "si_other".to_owned(), ..state.clone() };
    let other = bench.stripe.change("4", &other, &chain).await;
    assert_eq!(code(other.unwrap_err()), "resource_missing");
    assert_eq!(bench.only(&customer).await.price, chain);
}

#[tokio::test]
async fn a_business_looks_after_itself() {
    let bench = Bench::new().await;
    let (customer, state) = bench.paying().await;
    let url = bench.stripe.portal(&customer, BACK).await.unwrap();
    assert!(url.starts_with(bench.stand.origin()), "{url}");
    assert_ne!(bench.stripe.portal(&customer, BACK).await.unwrap(), url);
    let http = trusting(&Roots::default(), Duration::from_secs(20)).unwrap();
    let send = async |form: String| {
        let kind = "application/x-www-form-urlencoded";
        let request = http.post(&url).header("content-type", kind).body(form);
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(send(format!("deed=cancel&subscription={}", state.id)).await, 303);
    let ending = bench.only(&customer).await;
    assert_eq!(ending, SubscriptionState { ends_at: state.period_ends, ..state.clone() });
    assert_eq!(send(format!("deed=resume&subscription={}", state.id)).await, 303);
    assert_eq!(bench.only(&customer).await, state);
    send(format!("deed=cancel&subscription={}", state.id)).await;
    bench.stand.renew(&state.id);
    let over = bench.only(&customer).await;
    assert_eq!(over, SubscriptionState { stage: Going::Ended, ..ending });
    assert_eq!(bench.told(0).last().unwrap(), "customer.subscription.deleted");
    let nobody = bench.stripe.portal("cus_nobody", BACK).await;
    assert_eq!(code(nobody.unwrap_err()), "resource_missing");
}

#[tokio::test]
async fn a_plan_ends() {
    let bench = Bench::new().await;
    let (customer, state) = bench.paying().await;
    bench.stand.trouble("DELETE /v1/subscriptions", Act::Cut, 1);
    let lost = bench.stripe.end(&state.id).await.unwrap_err();
    assert!(matches!(lost, ProviderError::Away(_)), "{lost:?}");
    // What has ended ends no more, and it says so.
    let ended = bench.stripe.end(&state.id).await.unwrap();
    assert_eq!(ended, SubscriptionState { stage: Going::Ended, ..state.clone() });
    let told = bench.told(3);
    assert_eq!(told, ["customer.subscription.deleted"]);
    let late = bench.stripe.change("1", &state, &state.price).await;
    let late = detail(late.unwrap_err());
    assert!(late.contains("canceled subscription can only update"), "{late}");
    let nothing = bench.stripe.end("sub_nothing").await;
    assert_eq!(code(nothing.unwrap_err()), "resource_missing");

    // Another one is the newest; whoever ends it at the dashboard is seen, too.
    let new = NewCheckout { key: "2".to_owned(), ..bench.checkout(&price("team", 1_900)).await };
    let opened = bench.stripe.open_checkout(&new).await.unwrap();
    bench.stand.pay(&opened.reference, GOOD);
    let stages = async || {
        let all = bench.stripe.subscriptions(&customer).await.unwrap();
        all.into_iter().map(|one| one.stage).collect::<Vec<_>>()
    };
    assert_eq!(stages().await, [Going::Active, Going::Ended]);
    let newest = bench.stripe.subscriptions(&customer).await.unwrap().remove(0);
    assert!(bench.stand.cancel(&newest.id));
    assert!(!bench.stand.cancel(&newest.id));
    assert_eq!(stages().await, [Going::Ended, Going::Ended]);
}

/// More than come with one answer.
#[tokio::test]
async fn a_business_that_changes_its_mind() {
    let bench = Bench::new().await;
    let new = bench.checkout(&price("team", 1_900)).await;
    let mut made = Vec::new();
    for number in 0..45 {
        let new = NewCheckout { key: number.to_string(), ..new.clone() };
        let opened = bench.stripe.open_checkout(&new).await.unwrap();
        bench.stand.pay(&opened.reference, GOOD);
        let id = bench.book().subscriptions.last().unwrap().id.clone();
        bench.stand.cancel(&id);
        made.insert(0, id);
    }
    let all = bench.stripe.subscriptions(&new.customer).await.unwrap();
    assert_eq!(all.into_iter().map(|one| one.id).collect::<Vec<_>>(), made);
}

#[tokio::test]
async fn what_is_refused() {
    let bench = Bench::new().await;
    let new = bench.checkout(&price("team", 1_900)).await;
    let nobody = NewCheckout { customer: "cus_nobody".to_owned(), ..new.clone() };
    assert_eq!(code(bench.stripe.open_checkout(&nobody).await.unwrap_err()), "resource_missing");
    let nothing = NewCheckout { price: "price_nothing".to_owned(), ..new.clone() };
    assert_eq!(code(bench.stripe.open_checkout(&nothing).await.unwrap_err()), "resource_missing");
    let late = NewCheckout { expires_at: NOW + 25 * 60 * 60, ..new.clone() };
    let late = detail(bench.stripe.open_checkout(&late).await.unwrap_err());
    assert!(late.contains("less than 24 hours"), "{late}");
    let odd = NewBuyer { email: Some("owner".to_owned()), ..buyer("tenant-2") };
    assert_eq!(code(bench.stripe.open_buyer(&odd).await.unwrap_err()), "email_invalid");
    let nobody = bench.stripe.subscriptions("cus_nobody").await;
    assert_eq!(code(nobody.unwrap_err()), "resource_missing");
    // A key is meant for one thing.
    bench.stripe.open_checkout(&new).await.unwrap();
    let other = NewCheckout { plan: "chain".to_owned(), ..new.clone() };
    assert_eq!(code(bench.stripe.open_checkout(&other).await.unwrap_err()), "idempotency_error");
    assert_eq!(bench.book().sessions.len(), 1);

    let stranger = Bench::client(bench.stand.origin(), "sk_test_of_somebody_else");
    let refused = stranger.price(&price("team", 1_900)).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Away(_)), "{refused:?}");
    bench.stand.trouble("/v1/prices", Act::Status(503), 1);
    let broken = bench.stripe.price(&price("team", 1_900)).await.unwrap_err();
    assert!(matches!(broken, ProviderError::Broken(_)), "{broken:?}");
}
