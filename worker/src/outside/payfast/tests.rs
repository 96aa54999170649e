//! Over the stand-in, which is as strict as the real one.

use std::sync::Arc;
use std::time::Duration;

use chrono::DateTime;
use openchair_domain::config::Secret;
use openchair_domain::payments::{
    CardAt, Door, Entrance, Gateway as _, Merchant, MerchantAccount, NewPage, NewRefund, Provider,
    ProviderError, ReturnStage, Stage,
};
use openchair_domain::time::TestClock;
use openchair_payfast_stand_in::{Act, Clock, Method, Outcome, Settings, Stand, Status};

use super::{PayFast, PayFastSettings};
use crate::outside::roots::Roots;

/// Half an hour after midnight where PayFast is; the day before elsewhere.
const NOW: i64 = 1_789_943_400;

struct Bench {
    stand: Stand,
    payfast: PayFast,
    merchant: Merchant,
}

impl Bench {
    async fn new() -> Self {
        let settings = Settings { clock: Clock::new(|| NOW), ..Settings::default() };
        let stand = Stand::start(settings).await.unwrap();
        let known = stand.new_merchant();
        let merchant = Merchant {
            id: known.id,
            key: Secret::new(known.key),
            passphrase: Secret::new(known.passphrase),
            notify_url: "https://shop.example/hook".to_owned(),
        };
        let payfast = payfast(stand.origin(), false);
        Self { stand, payfast, merchant }
    }

    fn provider(&self) -> Arc<dyn Provider> {
        self.payfast.merchant(self.merchant.clone())
    }

    fn account(&self) -> Arc<dyn MerchantAccount> {
        self.payfast.account(self.merchant.clone())
    }

    async fn opened(&self, payment: &str) -> Entrance {
        self.provider().open_page(&page(payment)).await.unwrap()
    }

    /// What was paid at a page, as PayFast calls it.
    async fn paid(&self, payment: &str) -> String {
        self.opened(payment).await;
        let begun = self.stand.payments().pop().unwrap();
        self.stand.drop_notices(1);
        assert_eq!(self.stand.pay(&begun.page), Outcome::Paid);
        begun.pf_payment_id
    }

    fn refund(&self, taken: &str, amount_minor: i64) -> NewRefund {
        NewRefund {
            key: "refund r1".to_owned(),
            account: self.merchant.id.clone(),
            taken: taken.to_owned(),
            amount_minor,
            currency: "ZAR".to_owned(),
            refund: "r1".to_owned(),
            mark: None,
        }
    }

    fn refunds(&self) -> Vec<i64> {
        self.stand.payments().iter().flat_map(|payment| payment.refunds.clone()).collect()
    }
}

fn payfast(origin: &str, sandbox: bool) -> PayFast {
    let clock = TestClock::at(DateTime::from_timestamp(NOW, 0).unwrap());
    let settings = PayFastSettings {
        base_url: origin.to_owned(),
        api_url: origin.to_owned(),
        sandbox,
        timeout: Duration::from_secs(20),
        clock: Arc::new(clock),
    };
    PayFast::new(&Roots::default(), settings).unwrap()
}

fn page(payment: &str) -> NewPage {
    NewPage {
        key: payment.to_owned(),
        account: "10000100".to_owned(),
        amount_minor: 123_405,
        currency: "ZAR".to_owned(),
        title: "Cut & colour, 50% (Zoë's) ~ now ".to_owned(),
        payment: payment.to_owned(),
        tenant: "tenant-1".to_owned(),
        email: Some("ann+spa@example.com".to_owned()),
        locale: "de".to_owned(),
        back_url: "https://shop.example/b/visit?paying=1".to_owned(),
        keeps_card: false,
        card_at: CardAt::Page,
        expires_at: NOW + 60 * 60,
    }
}

fn code<T: std::fmt::Debug>(answer: Result<T, ProviderError>) -> String {
    match answer.unwrap_err() {
        ProviderError::Refused { code, .. } => code,
        ProviderError::Away(_) => "away".to_owned(),
        ProviderError::Broken(_) => "broken".to_owned(),
    }
}

#[tokio::test]
async fn a_payment_from_its_page_to_the_history() {
    let bench = Bench::new().await;
    let opened = bench.opened("p1").await;
    let begun = bench.stand.payments().pop().unwrap();
    let url = format!("{}/eng/process/payment/{}", bench.stand.origin(), begun.page);
    assert_eq!(opened.door, Door::Page(url.clone()));
    assert_eq!(opened.reference, "2026-09-21 p1");
    assert_eq!((begun.amount, &*begun.m_payment_id), (123_405, "p1"));
    assert_eq!(begun.field("notify_url"), "https://shop.example/hook");
    assert_eq!(begun.field("item_name"), "Cut & colour, 50% (Zoë's) ~ now");
    assert_eq!(begun.field("email_address"), "ann+spa@example.com");
    // The keys stay between PayFast and us.
    assert!(!url.contains(bench.merchant.key.expose()));
    let provider = bench.provider();
    let look = async || provider.look("", &opened.reference).await.unwrap();
    assert_eq!(look().await.stage, Stage::Open);
    let closed = provider.close_page("", &opened.reference).await.unwrap();
    assert_eq!(closed.stage, Stage::Over, "it is given up");
    bench.stand.drop_notices(1);
    bench.stand.pay(&begun.page);
    let seen = look().await;
    assert_eq!((seen.stage, seen.amount_minor), (Stage::Paid, 123_405));
    assert_eq!((&*seen.currency, seen.taken), ("ZAR", Some(begun.pf_payment_id)));
    assert_eq!(provider.close_page("", &opened.reference).await.unwrap().stage, Stage::Paid);
    for odd in ["", "p1", "2026-09-21", "yesterday p1"] {
        assert_eq!(code(provider.look("", odd).await), "no_reference", "{odd}");
    }
}

#[tokio::test]
async fn what_cannot_be_begun() {
    let bench = Bench::new().await;
    let provider = bench.provider();
    let with = |change: fn(&mut NewPage)| {
        let mut new = page("p1");
        change(&mut new);
        new
    };
    let euros = with(|new| new.currency = "EUR".to_owned());
    assert_eq!(code(provider.open_page(&euros).await), "amount_not_possible");
    let little = with(|new| new.amount_minor = 499);
    assert_eq!(code(provider.open_page(&little).await), "amount_not_possible");
    let nothing = with(|new| new.title = " ".to_owned());
    assert_eq!(code(provider.open_page(&nothing).await), "http_400");
    let long = with(|new| new.title = "Zoë ".repeat(100));
    provider.open_page(&long).await.unwrap();
    // Somebody else's passphrase: PayFast says no, and nobody repeats the keys.
    let other = Merchant { passphrase: Secret::new("another phrase"), ..bench.merchant.clone() };
    let refused = bench.payfast.merchant(other).open_page(&page("p1")).await.unwrap_err();
    assert!(refused.to_string().contains("signature"), "{refused}");
    for (act, expected) in [
        (Act::Status(500), "broken"),
        (Act::Status(429), "away"),
        (Act::Status(401), "away"),
        (Act::Status(404), "http_404"),
        (Act::Status(200), "not_begun"),
        (Act::CutBefore, "away"),
        (Act::Cut, "away"),
    ] {
        bench.stand.trouble("POST /eng/process", act, 1);
        assert_eq!(code(provider.open_page(&page("p1")).await), expected, "{act:?}");
    }
}

#[tokio::test]
async fn keys_are_checked_and_never_shown() {
    let bench = Bench::new().await;
    bench.account().check().await.unwrap();
    let sandbox = payfast(bench.stand.origin(), true);
    sandbox.account(bench.merchant.clone()).check().await.unwrap();
    let other = Merchant { passphrase: Secret::new("another phrase"), ..bench.merchant.clone() };
    assert_eq!(code(bench.payfast.account(other).check().await), "http_401");
    let nobody = Merchant { id: "10000100".to_owned(), ..bench.merchant.clone() };
    assert_eq!(code(bench.payfast.account(nobody).check().await), "http_401");
    bench.stand.trouble("/transactions/", Act::Status(503), 1);
    assert_eq!(code(bench.account().check().await), "broken");
    let shown = format!("{:?} {:?} {:?}", bench.payfast, bench.provider(), bench.account());
    for secret in [&bench.merchant.key, &bench.merchant.passphrase] {
        assert!(!shown.contains(secret.expose()), "{shown}");
    }
}

#[tokio::test]
async fn what_was_told_is_confirmed() {
    let bench = Bench::new().await;
    bench.opened("p1").await;
    let begun = bench.stand.payments().pop().unwrap();
    bench.stand.pay(&begun.page);
    let mut told = None;
    while told.is_none() {
        told = bench.stand.deliveries().pop();
        tokio::task::yield_now().await;
    }
    let told = told.unwrap().body;
    assert!(bench.account().confirm(&told).await.unwrap());
    let more = told.replace("amount_gross=1234.05", "amount_gross=9999.05");
    assert_ne!(more, told);
    assert!(!bench.account().confirm(&more).await.unwrap());
    assert!(!bench.account().confirm("").await.unwrap());
    for act in [Act::Status(500), Act::Status(404), Act::Status(200), Act::CutBefore] {
        bench.stand.trouble("/eng/query/validate", act, 1);
        assert_eq!(code(bench.account().confirm(&told).await), "away", "{act:?}");
    }
    assert_eq!(bench.stand.payments()[0].status, Status::Complete);
}

#[tokio::test]
async fn money_goes_back_once() {
    let bench = Bench::new().await;
    let taken = bench.paid("p1").await;
    let provider = bench.provider();
    assert!(!provider.keeps_keys());
    let mut part = bench.refund(&taken, 3_405);
    part.mark = provider.mark(&part).await.unwrap();
    assert_eq!(part.mark.as_deref(), Some("0"));
    assert_eq!(provider.find_returned(&part).await.unwrap(), None);
    // It is done, and nobody hears of it; whoever asks again finds it done.
    bench.stand.trouble("POST /refunds/", Act::Cut, 1);
    assert_eq!(code(provider.give_back(&part).await), "away");
    let done = provider.give_back(&part).await.unwrap();
    assert_eq!(done.stage, ReturnStage::Done);
    assert_eq!(provider.find_returned(&part).await.unwrap(), Some(done));
    assert_eq!(bench.refunds(), [3_405]);
    // The rest of it, from a mark of its own.
    let mut rest = bench.refund(&taken, 120_000);
    rest.mark = provider.mark(&rest).await.unwrap();
    assert_eq!(rest.mark.as_deref(), Some("3405"));
    provider.give_back(&rest).await.unwrap();
    assert_eq!(bench.refunds(), [3_405, 120_000]);
    let mut more = bench.refund(&taken, 100);
    assert_eq!(code(provider.give_back(&more).await), "no_mark");
    more.mark = provider.mark(&more).await.unwrap();
    assert_eq!(code(provider.give_back(&more).await), "more_than_left");
}

#[tokio::test]
async fn what_does_not_go_back() {
    let bench = Bench::new().await;
    let provider = bench.provider();
    let taken = bench.paid("p1").await;
    let mut whole = bench.refund(&taken, 123_405);
    whole.mark = provider.mark(&whole).await.unwrap();
    bench.stand.fail_refunds(1);
    let refused = provider.give_back(&whole).await.unwrap_err();
    assert!(refused.to_string().contains("Insufficient funds"), "{refused}");
    bench.stand.trouble("POST /refunds/", Act::Status(500), 1);
    assert_eq!(code(provider.give_back(&whole).await), "broken");
    bench.stand.trouble("POST /refunds/", Act::Status(200), 1);
    assert_eq!(code(provider.give_back(&whole).await), "away");
    assert!(bench.refunds().is_empty());
    // What came from a bank goes back to an account that nobody here knows.
    bench.opened("p2").await;
    let begun = bench.stand.payments().pop().unwrap();
    bench.stand.pay_by(&begun.page, Method::Eft);
    let mut other = bench.refund(&begun.pf_payment_id, 100);
    other.mark = provider.mark(&other).await.unwrap();
    assert_eq!(code(provider.give_back(&other).await), "bank_payout");
    assert_eq!(code(provider.mark(&bench.refund("1", 100)).await), "http_404");
    assert_eq!(code(provider.mark(&bench.refund("..", 100)).await), "no_name");
}
