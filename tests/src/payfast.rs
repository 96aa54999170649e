//! A business that is paid through `PayFast`, over the stand-in, whose clock is that of the server.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::sync::{Arc, OnceLock};

use openchair_domain::payments::PAYFAST_HOOK_PATH;
use openchair_domain::time::{Clock as _, TestClock};
use openchair_payfast_stand_in::{
    Clock, Fields, Merchant, Outcome, Payment, Settings, Stand, signed,
};
use serde_json::{Value, json};

use crate::app::TestApp;
use crate::cards::{balance, link};
use crate::spa::Spa;

/// A server, who takes money, and a spa in South Africa that lets itself be paid there.
#[derive(Debug)]
pub struct RandCounter {
    /// The server.
    pub app: TestApp,
    /// Who takes money.
    pub payfast: Stand,
    /// The spa: its facials cost 90 and want 30 before.
    pub spa: Spa,
    /// The spa, as `PayFast` knows it.
    pub merchant: Merchant,
}

impl RandCounter {
    /// A spa that has put its keys in.
    pub async fn open() -> Self {
        let counter = Self::without_keys().await;
        counter.put(&keys(&counter.merchant)).await.expect(200);
        counter
    }

    /// A spa that hasn't.
    pub async fn without_keys() -> Self {
        let clock: Arc<OnceLock<Arc<TestClock>>> = Arc::default();
        let told = Arc::clone(&clock);
        let now = move || told.get().map_or(0, |clock| clock.now().timestamp());
        let settings = Settings { clock: Clock::new(now), ..Settings::default() };
        let payfast = Stand::start(settings).await.unwrap();
        let merchant = payfast.new_merchant();
        let origin = payfast.origin().to_owned();
        let all = [("payfast.base_url", &*origin), ("payfast.api_url", &*origin)];
        let app = TestApp::with(&all).await;
        clock.set(Arc::clone(&app.clock)).unwrap();
        let spa = app.spa().await;
        spa.wants_before("Facial", json!({ "kind": "fixed", "value": 3_000 })).await;
        let counter = Self { app, payfast, spa, merchant };
        counter.currency("ZAR").await;
        counter
    }

    /// What the spa is paid in from now on.
    pub async fn currency(&self, currency: &str) {
        self.spa.counts_in(&self.app, currency).await;
    }

    /// The owner puts keys in.
    pub async fn put(&self, keys: &Value) -> crate::Answer {
        self.spa.owner.put("/v1/payment-account/payfast", keys).await
    }

    /// A guest takes a facial with Eve on a day of March, up to where it wants a deposit: the visit, with its link.
    pub async fn booked(&self, day: u32, time: &str, who: &str) -> Value {
        self.spa.unpaid(&["Facial"], day, time, who).await
    }

    /// The guest goes to where it is paid: the page's name at `PayFast`.
    pub async fn page(&self, visit: &Value) -> String {
        let page = self.spa.guest.post_empty(&own(visit, "")).await.expect(200);
        let url = page["url"].as_str().unwrap();
        url.rsplit('/').next().unwrap().to_owned()
    }

    /// The guest pays at a new page.
    pub async fn paid(&self, visit: &Value) -> Payment {
        let page = self.page(visit).await;
        assert_eq!(self.payfast.pay(&page), Outcome::Paid);
        self.at(&page)
    }

    /// A payment, as `PayFast` has it.
    pub fn at(&self, page: &str) -> Payment {
        let all = self.payfast.payments();
        all.into_iter().find(|payment| payment.page == page).unwrap()
    }

    /// What was given back, as `PayFast` has it.
    pub fn refunds(&self) -> Vec<i64> {
        self.payfast.payments().iter().flat_map(|payment| payment.refunds.clone()).collect()
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

    /// Until a visit stands so.
    pub async fn until(&self, visit: &Value, status: &str) {
        crate::eventually(&format!("the visit is {status}"), async || {
            (self.status(visit).await == status).then_some(())
        })
        .await;
    }

    /// All payments, those that came to nothing, too; the newest first.
    pub async fn payments(&self) -> Vec<Value> {
        let listed = self.spa.owner.get("/v1/payments?all=true").await.expect(200);
        listed["items"].as_array().unwrap().clone()
    }

    /// What `PayFast` would tell of a payment, changed; signed with a passphrase.
    pub fn forged(&self, payment: &Payment, changes: &[(&str, &str)], passphrase: &str) -> String {
        signed(&self.notice(payment, changes), passphrase)
    }

    /// What `PayFast` would tell of a payment that was paid, changed.
    pub fn notice(&self, payment: &Payment, changes: &[(&str, &str)]) -> Fields {
        let amount = format!("{}.{:02}", payment.amount / 100, payment.amount % 100);
        let mut fields: Fields = [
            ("m_payment_id", &*payment.m_payment_id),
            ("pf_payment_id", &payment.pf_payment_id),
            ("payment_status", "COMPLETE"),
            ("item_name", "Facial"),
            ("item_description", ""),
            ("amount_gross", &amount),
            ("merchant_id", &payment.merchant),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec();
        for (name, value) in changes {
            let field = fields.iter_mut().find(|(one, _)| one == name).unwrap();
            (*value).clone_into(&mut field.1);
        }
        fields
    }

    /// Somebody tells this where `PayFast` tells what was paid: the answer's status.
    pub async fn tell(&self, payment: &Payment, body: String) -> u16 {
        self.tell_at(payment.field("notify_url"), body).await
    }

    /// The same, anywhere.
    pub async fn tell_at(&self, url: &str, body: String) -> u16 {
        let path = url.strip_prefix(&self.app.url).expect("an address of the server");
        let stranger = self.app.browser().from_origin(None);
        let form = "application/x-www-form-urlencoded";
        stranger.post_empty(path).header("content-type", form).body(body).await.status
    }

    /// Where the server is told.
    pub fn hooks(&self) -> String {
        format!("{}{PAYFAST_HOOK_PATH}", self.app.url)
    }

    /// Until nothing is left to be done for what was told.
    pub async fn settled(&self) {
        self.payfast.quiet().await;
        let waiting =
            "select count(*) from jobs where kind in ('payments.believe', 'payments.look',
                       'payments.give_back') and state in ('waiting', 'running')";
        crate::eventually("what was told is done", async || {
            (self.app.database.count(waiting).await == 0).then_some(())
        })
        .await;
    }

    /// Gives some of a payment back at the desk.
    pub async fn refund(&self, payment: &Value, amount: i64) -> crate::Answer {
        let path = format!("/v1/payments/{}/refunds", payment["id"].as_str().unwrap());
        self.spa.owner.post(&path, &json!({ "amount_minor": amount, "reason": "" })).await
    }

    /// The sum of an account of our book: what went in less what went out.
    pub async fn balance(&self, account: &str) -> i64 {
        balance(&self.app, account).await
    }
}

/// What is put in.
pub fn keys(merchant: &Merchant) -> Value {
    json!({
        "merchant_id": merchant.id, "merchant_key": merchant.key,
        "passphrase": merchant.passphrase,
    })
}

fn own(visit: &Value, rest: &str) -> String {
    format!("/v1/b/{}/payment{rest}", link(visit))
}
