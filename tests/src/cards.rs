//! A business that takes cards, over the stand-in of Stripe, whose clock is that of the server.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::sync::{Arc, OnceLock};

use openchair_domain::payments::HOOK_PATH;
use openchair_domain::time::{Clock as _, TestClock};
use openchair_stripe_stand_in::{Clock, Outcome, Settings, Stand};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::guided;
use crate::spa::{Spa, at};

/// A card that is taken.
pub const GOOD: &str = "4242424242424242";
/// A card that isn't.
pub const DECLINED: &str = "4000000000000002";
/// A card whose owner proves that it is theirs.
pub const ASKED: &str = "4000002500003155";

/// A card that is taken; what is given back to it arrives, and comes back by itself after a minute of Stripe's clock.
pub const COMES_BACK: &str = "4000000000005126";

/// A card that can be left, and is declined later.
pub const DECLINED_LATER: &str = "4000000000000341";
/// A card whose owner proves each time that it is theirs.
pub const ASKED_ALWAYS: &str = "4000002760003184";

/// A server that takes cards, who takes them, and a spa that lets itself be paid with them.
#[derive(Debug)]
pub struct Counter {
    /// The server.
    pub app: TestApp,
    /// Who takes cards.
    pub stripe: Stand,
    /// The spa: its facials cost 90 and want 30 before.
    pub spa: Spa,
    /// What the spa is called at Stripe.
    pub account: String,
}

impl Counter {
    /// With the configuration of the profile `test`.
    pub async fn open() -> Self {
        Self::with(&[]).await
    }

    /// With other settings.
    pub async fn with(overrides: &[(&str, &str)]) -> Self {
        let clock: Arc<OnceLock<Arc<TestClock>>> = Arc::default();
        let told = Arc::clone(&clock);
        let now = move || told.get().map_or(0, |clock| clock.now().timestamp());
        let settings = Settings { clock: Clock::new(now), ..Settings::default() };
        let (key, secret) = (settings.secret_key.clone(), settings.webhook_secret.clone());
        let plans_secret = settings.plans_webhook_secret.clone();
        let stripe = Stand::start(settings).await.unwrap();
        let mut all = vec![
            ("stripe.base_url", stripe.origin()),
            ("stripe.secret_key", &*key),
            ("stripe.webhook_secret", &*secret),
            ("stripe.plans_webhook_secret", &*plans_secret),
        ];
        all.extend_from_slice(overrides);
        let app = TestApp::with(&all).await;
        clock.set(Arc::clone(&app.clock)).unwrap();
        stripe.tell(guided::endpoints(&format!("{}{HOOK_PATH}", app.url)));
        let spa = app.spa().await;
        spa.wants_before("Facial", json!({ "kind": "fixed", "value": 3_000 })).await;
        let account = spa.takes_cards(&stripe).await;
        Self { app, stripe, spa, account }
    }

    /// A guest takes a facial with Eve on a day of March, up to where it wants a deposit: the visit, with its link.
    pub async fn booked(&self, day: u32, time: &str, who: &str) -> Value {
        self.spa.unpaid(&["Facial"], day, time, who).await
    }

    /// What the guest is asked to pay.
    pub async fn owed(&self, visit: &Value) -> Value {
        self.spa.guest.get(&own(visit, "")).await.expect(200)
    }

    /// The guest goes to where it is paid: the page's name at Stripe.
    pub async fn page(&self, visit: &Value) -> String {
        let page = self.spa.guest.post_empty(&own(visit, "")).await.expect(200);
        let url = page["url"].as_str().unwrap().to_owned();
        let book = self.stripe.book();
        let found = book.sessions.iter().find(|session| session.url.as_ref() == Some(&url));
        found.unwrap_or_else(|| panic!("{url} is no page of {book:?}")).id.clone()
    }

    /// The guest comes back from there.
    pub async fn back(&self, visit: &Value) -> Value {
        self.spa.guest.post_empty(&own(visit, "/look")).await.expect(200)
    }

    /// How a visit stands, as its guest sees it.
    pub async fn status(&self, visit: &Value) -> String {
        let seen = self.spa.guest.get(&format!("/v1/b/{}", link(visit))).await.expect(200);
        seen["status"].as_str().unwrap().to_owned()
    }

    /// The guest wishes to pay something.
    pub async fn wishes(&self, visit: &Value, wish: &Value) -> Answer {
        self.spa.guest.post(&own(visit, ""), wish).await
    }

    /// The guest goes to where that is paid: the page's name at Stripe.
    pub async fn page_for(&self, visit: &Value, wish: &Value) -> String {
        let page = self.wishes(visit, wish).await.expect(200);
        let url = page["url"].as_str().unwrap().to_owned();
        let book = self.stripe.book();
        let found = book.sessions.iter().find(|session| session.url.as_ref() == Some(&url));
        found.unwrap_or_else(|| panic!("{url} is no page of {book:?}")).id.clone()
    }

    /// From now on whoever books online leaves a card, and who calls off late or doesn't come pays half the price.
    pub async fn asks_cards(&self) {
        let policy = json!({
            "ask_card": true, "late_cancel_fee_percent": 50, "no_show_fee_percent": 50,
            "cancel_notice_minutes": 10_000,
        });
        let version = self.spa.owner.get("/v1/booking-policy").await.version();
        self.spa.owner.patch("/v1/booking-policy", version, &policy).await.expect(200);
    }

    /// A guest takes a waxing with Eve, which costs 40 and wants nothing before but a card.
    pub async fn waxing(&self, day: u32, time: &str, who: &str) -> Value {
        self.spa.unpaid(&["Wax"], day, time, who).await
    }

    /// The same, and leaves a card.
    pub async fn left(&self, day: u32, time: &str, who: &str, number: &str) -> Value {
        let visit = self.waxing(day, time, who).await;
        let page = self.page(&visit).await;
        if self.stripe.pay(&page, number) == Outcome::Asked {
            assert_eq!(self.stripe.authenticate(&page, true), Outcome::Left);
        }
        assert_eq!(self.back(&visit).await["card"], "left");
        assert_eq!(self.status(&visit).await, "confirmed");
        visit
    }

    /// A guest's visit as it stands at the desk.
    pub async fn desk(&self, visit: &Value) -> Value {
        let listed = self.spa.owner.get("/v1/appointments").await.expect(200);
        let items = listed["items"].as_array().unwrap();
        let same = |item: &&Value| item["starts_at"] == visit["visit"]["starts_at"];
        items.iter().find(same).unwrap_or_else(|| panic!("{visit} among {listed}")).clone()
    }

    /// Staff do something to a guest's visit.
    pub async fn deed(&self, visit: &Value, deed: &str, mut more: Value) -> Value {
        let seen = self.desk(visit).await;
        more["version"] = seen["version"].clone();
        let path = format!("/v1/appointments/{}/{deed}", seen["id"].as_str().unwrap());
        self.spa.owner.post(&path, &more).await.expect(200)
    }

    /// What a guest's visit costs, as staff see it.
    pub async fn money(&self, visit: &Value) -> Value {
        let id = self.desk(visit).await["id"].as_str().unwrap().to_owned();
        self.spa.owner.get(&format!("/v1/appointments/{id}/payments")).await.expect(200)
    }

    /// What was taken and given back, by Stripe's book: each charge.
    pub fn charges(&self) -> Vec<(i64, i64)> {
        self.stripe.book().charges.iter().map(|charge| (charge.amount, charge.refunded)).collect()
    }

    /// The sum of an account of our book: what went in less what went out.
    pub async fn balance(&self, account: &str) -> i64 {
        balance(&self.app, account).await
    }
}

/// Where the script of the provider's form would be.
pub const SCRIPT: &str = "http://127.0.0.1:4/dahlia/stripe.js";

impl Counter {
    /// One whose pages show the provider's form.
    pub async fn with_form() -> Self {
        let key = Settings::default().publishable_key;
        Self::with(&[("stripe.publishable_key", &key), ("stripe.script_url", SCRIPT)]).await
    }

    /// The form that a guest is shown, and its session's name.
    pub async fn form(&self, visit: &Value) -> (Value, String) {
        let shown = self.wishes(visit, &json!({ "form": true })).await.expect(200);
        assert!(shown["url"].is_null(), "{shown}");
        let secret = shown["form"]["secret"].as_str().unwrap().to_owned();
        let session = secret.split("_secret_").next().unwrap().to_owned();
        (shown["form"].clone(), session)
    }
}

/// The sum of an account of the book: what went in less what went out.
pub async fn balance(app: &TestApp, account: &str) -> i64 {
    let sql = format!(
        "select coalesce(sum(case when debit = '{account}' then amount_minor
                                  when credit = '{account}' then -amount_minor end), 0)::bigint
         from ledger"
    );
    app.database.count(&sql).await
}

/// The link of a visit that a guest just booked.
pub fn link(visit: &Value) -> &str {
    visit["link"].as_str().unwrap_or_else(|| panic!("a link of {visit}"))
}

fn own(visit: &Value, rest: &str) -> String {
    format!("/v1/b/{}/payment{rest}", link(visit))
}

impl Spa {
    /// Has an account that takes money, as far as anybody here knows: for tests in which nobody pays by card.
    pub async fn could_take_cards(&self, app: &TestApp) {
        let sql = format!(
            "insert into payment_accounts (tenant_id, provider, account, details_submitted, charges_enabled,
                                           payouts_enabled, requirements, created_at, looked_at)
             values ('{}', 'stripe', 'acct_unasked', true, true, true, '{{}}', '2026-03-01', '2026-03-01')",
            self.business.id.uuid()
        );
        app.database.run(&sql).await;
    }

    /// Has another currency from now on, as if it had been set up in it.
    pub async fn counts_in(&self, app: &TestApp, currency: &str) {
        let sql = format!(
            "update tenants set currency = '{currency}' where id = '{}';
             update availability_versions set rules = rules + 1",
            self.business.id.uuid()
        );
        app.database.run(&sql).await;
    }

    /// Has one of its services want something before.
    pub async fn wants_before(&self, service: &str, deposit: Value) {
        let path = format!("/v1/services/{}", self.id(service));
        let version = self.owner.get(&path).await.expect(200)["version"].as_i64().unwrap();
        let change = json!({ "deposit": deposit });
        self.owner.patch(&path, version, &change).await.expect(200);
    }

    /// Has an account at Stripe, and says there what is asked: what it is called there.
    pub async fn takes_cards(&self, stripe: &Stand) -> String {
        self.owner.post_empty("/v1/payment-account/onboarding").await.expect(200);
        let account = stripe.book().accounts.last().unwrap().id.clone();
        assert!(stripe.onboard(&account));
        let seen = self.owner.post_empty("/v1/payment-account/look").await.expect(200);
        assert_eq!(seen["charges_enabled"], true, "{seen}");
        account
    }

    /// A guest takes something with Eve, whatever is asked of them then.
    pub async fn asked(&self, services: &[&str], day: u32, time: &str, who: &str) -> Value {
        let wanted = self.wanted(services, 1, &["Eve"]);
        let hold = self.hold(wanted, at(day, time), &format!("visitor {who}")).await.expect(201);
        let email = format!("{who}@example.com");
        self.take_up(&hold, who, &email).await.expect(201)
    }

    /// The same, up to where it wants a deposit.
    pub async fn unpaid(&self, services: &[&str], day: u32, time: &str, who: &str) -> Value {
        let visit = self.asked(services, day, time, who).await;
        assert_eq!(visit["visit"]["status"], "pending_payment", "{visit}");
        visit
    }
}
