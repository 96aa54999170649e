//! A business that pays for its plan, over the stand-in of Stripe.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use chrono::Duration;
use openchair_stripe_stand_in::{Outcome, Subscription};
use serde_json::{Value, json};

use crate::cards::{Counter, GOOD};

/// An installation where plans are paid for, and a spa that tries it.
pub type Charged = Counter;

impl Charged {
    /// A spa on trial, which ends in two weeks.
    pub async fn charged() -> Self {
        let settings = [
            ("stripe.plans", "true"),
            // Weeks pass, and nobody is signed out.
            ("session.idle_hours", "8760"),
            ("session.absolute_hours", "17520"),
        ];
        let counter = Self::with(&settings).await;
        let trial = format!(
            "update tenants set plan = 'trial', plan_due_at = 'epoch' where id = '{}'",
            counter.spa.business.id.uuid()
        );
        counter.app.database.run(&trial).await;
        counter
    }

    /// The plan, as its owner sees it.
    pub async fn plan(&self) -> Value {
        self.spa.owner.get("/v1/plan").await.expect(200)
    }

    /// How it stands, and with which plan.
    pub async fn stands(&self) -> (String, String) {
        let plan = self.plan().await;
        let text = |key: &str| plan[key].as_str().unwrap().to_owned();
        (text("standing"), text("plan"))
    }

    /// Where a plan is taken: the page's name at Stripe.
    pub async fn take(&self, plan: &str) -> String {
        let page = self.spa.owner.post("/v1/plan/checkout", &json!({ "plan": plan })).await;
        let url = page.expect(200)["url"].as_str().unwrap().to_owned();
        let book = self.stripe.book();
        let found = book.sessions.iter().find(|session| session.url.as_ref() == Some(&url));
        found.unwrap_or_else(|| panic!("{url} is no page of {book:?}")).id.clone()
    }

    /// The owner takes a plan and comes back: the subscription's name at Stripe.
    pub async fn subscribed(&self, plan: &str) -> String {
        let page = self.take(plan).await;
        assert!(matches!(self.stripe.pay(&page, GOOD), Outcome::Paid));
        let seen = self.spa.owner.post_empty("/v1/plan/look").await.expect(200);
        assert_eq!(seen["standing"], "paid", "{seen}");
        self.going().last().unwrap().id.clone()
    }

    /// The subscriptions that go on at Stripe.
    pub fn going(&self) -> Vec<Subscription> {
        let all = self.stripe.book().subscriptions;
        let over = ["canceled", "incomplete", "incomplete_expired"];
        all.into_iter().filter(|one| !over.contains(&&*one.status)).collect()
    }

    /// How often it was asked of Stripe by itself how a plan stands.
    pub async fn looks(&self) -> i64 {
        self.app.database.count("select count(*) from jobs where kind = 'plans.look'").await
    }

    /// Days pass, and whoever looks after plans has looked.
    pub async fn after_days(&self, days: i64) {
        self.app.clock.advance(Duration::days(days));
        self.kept_up().await;
    }

    /// Whoever looks after plans looks.
    pub async fn kept_up(&self) {
        self.app.app().billing.keep_up().await.unwrap();
    }
}
