//! Every operation, against who stands in for Stripe.

use std::sync::Arc;

use openchair_domain::payments::{CardAt, Door, ReturnStage, Stage};
use openchair_stripe_stand_in::{Act, Clock, Outcome, Settings};

use super::*;

pub(super) const NOW: i64 = 1_790_000_000;
const GOOD: &str = "4242424242424242";
const DECLINED: &str = "4000000000000002";

pub(super) struct Bench {
    pub(super) stand: openchair_stripe_stand_in::Stand,
    pub(super) stripe: Stripe,
    pub(super) account: String,
}

fn client(origin: &str, key: &str, timeout: Duration) -> Stripe {
    let settings =
        StripeSettings { base_url: origin.to_owned(), secret_key: Secret::new(key), timeout };
    Stripe::new(&Roots::default(), settings).unwrap()
}

impl Bench {
    pub(super) async fn new() -> Self {
        let clock = Clock::new(|| NOW);
        let stand =
            openchair_stripe_stand_in::Stand::start(Settings { clock, ..Settings::default() });
        let stand = stand.await.unwrap();
        let account = stand.new_account("DE");
        let stripe = client(stand.origin(), "sk_test_stand_in", Duration::from_secs(20));
        Self { stand, stripe, account }
    }

    pub(super) fn page(&self) -> NewPage {
        NewPage {
            key: "payment-1".to_owned(),
            account: self.account.clone(),
            amount_minor: 4_200,
            currency: "EUR".to_owned(),
            title: "Cut & colour, 50% now".to_owned(),
            payment: "payment-1".to_owned(),
            tenant: "tenant-1".to_owned(),
            email: Some("ann+spa@example.com".to_owned()),
            locale: "de".to_owned(),
            back_url: "https://shop.example/lagoon?visit=1&paid=yes#top".to_owned(),
            keeps_card: false,
            card_at: CardAt::Page,
            expires_at: NOW + 60 * 60,
        }
    }

    /// A page that was paid, and what was taken there.
    async fn paid(&self) -> (String, String) {
        let opened = self.stripe.open_page(&self.page()).await.unwrap();
        assert_eq!(self.stand.pay(&opened.reference, GOOD), Outcome::Paid);
        let stand = self.look(&opened.reference).await;
        (opened.reference, stand.taken.unwrap())
    }

    fn refund(&self, key: &str, taken: &str, amount_minor: i64) -> NewRefund {
        NewRefund {
            key: key.to_owned(),
            account: self.account.clone(),
            taken: taken.to_owned(),
            amount_minor,
            currency: "EUR".to_owned(),
            refund: key.to_owned(),
            mark: None,
        }
    }

    async fn look(&self, reference: &str) -> Stand {
        self.stripe.look(&self.account, reference).await.unwrap()
    }
}

fn code(error: ProviderError) -> String {
    match error {
        ProviderError::Refused { code, .. } => code,
        ProviderError::Away(away) | ProviderError::Broken(away) => panic!("{away}"),
    }
}

#[tokio::test]
async fn a_business_is_introduced() {
    let bench = Bench::new().await;
    let new = NewAccount {
        key: "tenant-1".to_owned(),
        country: "FR".to_owned(),
        email: Some("owner@lagoon.example".to_owned()),
        name: "Lagoon & Söhne".to_owned(),
        tenant: "tenant-1".to_owned(),
    };
    let account = bench.stripe.open_account(&new).await.unwrap();
    assert!(!account.details_submitted && !account.charges_enabled && !account.payouts_enabled);
    assert!(!account.requirements.is_empty());
    assert_eq!(account.currency.as_deref(), Some("EUR"));
    // Asked again, it is the same one.
    assert_eq!(bench.stripe.open_account(&new).await.unwrap(), account);
    let book = bench.stand.book();
    assert_eq!(book.accounts.len(), 2);
    assert_eq!(book.accounts[1].metadata["tenant"], "tenant-1");

    let back = "https://shop.example/app/payments";
    let url = bench.stripe.introduce(&account.id, back).await.unwrap();
    assert!(url.starts_with(bench.stand.origin()), "{url}");
    assert_ne!(bench.stripe.introduce(&account.id, back).await.unwrap(), url);
    assert!(bench.stand.onboard(&account.id));
    let now = bench.stripe.account(&account.id).await.unwrap();
    assert!(now.details_submitted && now.charges_enabled && now.payouts_enabled);
    assert_eq!(now.requirements, Vec::<String>::new());

    let nowhere = NewAccount { key: "2".to_owned(), country: "XX".to_owned(), ..new };
    assert_eq!(code(bench.stripe.open_account(&nowhere).await.unwrap_err()), "country_unsupported");
    assert_eq!(code(bench.stripe.account("acct_nobody").await.unwrap_err()), "account_invalid");
    let nobody = bench.stripe.introduce("acct_nobody", back).await;
    assert_eq!(code(nobody.unwrap_err()), "resource_missing");
}

#[tokio::test]
async fn a_customer_pays_in_a_form() {
    let bench = Bench::new().await;
    let page = NewPage { card_at: CardAt::Form, ..bench.page() };
    let opened = bench.stripe.open_page(&page).await.unwrap();
    let Door::Form(secret) = &opened.door else { panic!("{opened:?}") };
    assert!(secret.starts_with(&opened.reference) && secret.contains("_secret_"));
    // Whoever prints it prints no secret.
    assert!(!format!("{opened:?}").contains("_secret_"), "{opened:?}");
    let open = bench.look(&opened.reference).await;
    assert_eq!((open.stage, open.door), (Stage::Open, Some(opened.door.clone())));
    assert_eq!(bench.stand.pay(&opened.reference, GOOD), Outcome::Paid);
    let paid = bench.look(&opened.reference).await;
    assert_eq!((paid.stage, paid.door), (Stage::Paid, None));
}

#[tokio::test]
async fn a_customer_pays() {
    let bench = Bench::new().await;
    let opened = bench.stripe.open_page(&bench.page()).await.unwrap();
    let open = bench.look(&opened.reference).await;
    let expected = Stand {
        stage: Stage::Open,
        taken: None,
        amount_minor: 4_200,
        currency: "EUR".to_owned(),
        door: Some(opened.door.clone()),
        trouble: None,
        card: None,
    };
    assert_eq!(open, expected);
    let declined = bench.stand.pay(&opened.reference, DECLINED);
    assert!(matches!(declined, Outcome::Declined { .. }));
    let trouble = Some("Your card was declined.".to_owned());
    assert_eq!(bench.look(&opened.reference).await, Stand { trouble, ..expected.clone() });
    assert_eq!(bench.stand.pay(&opened.reference, "4000000000003220"), Outcome::Asked);
    assert_eq!(bench.look(&opened.reference).await.stage, Stage::Open);
    assert_eq!(bench.stand.authenticate(&opened.reference, true), Outcome::Paid);

    let paid = bench.look(&opened.reference).await;
    let book = bench.stand.book();
    let charge = &book.charges[0];
    let taken = Some(charge.payment_intent.clone());
    assert_eq!(paid, Stand { stage: Stage::Paid, taken, door: None, ..expected });
    assert_eq!(charge.account.as_ref(), Some(&bench.account));
    assert_eq!((charge.amount, charge.currency.as_str()), (4_200, "eur"));
    assert_eq!(charge.metadata["payment"], "payment-1");
    assert_eq!(charge.metadata["tenant"], "tenant-1");
    assert_eq!(book.sessions[0].title, "Cut & colour, 50% now");
}

#[tokio::test]
async fn a_bank_takes_its_time() {
    let bench = Bench::new().await;
    for (key, well, then) in [("1", true, Stage::Paid), ("2", false, Stage::Over)] {
        let page = NewPage { key: key.to_owned(), ..bench.page() };
        let opened = bench.stripe.open_page(&page).await.unwrap();
        bench.stand.slow_banks(1);
        bench.stand.pay(&opened.reference, GOOD);
        let stand = bench.look(&opened.reference).await;
        assert_eq!((stand.stage, stand.taken), (Stage::Processing, None));
        bench.stand.settle_payment(&opened.reference, well);
        let stand = bench.look(&opened.reference).await;
        assert_eq!(stand.stage, then);
        assert_eq!(stand.trouble.is_some(), !well);
    }
}

#[tokio::test]
async fn amounts_and_languages_of_elsewhere() {
    let bench = Bench::new().await;
    for (key, currency, ours, theirs, language) in [
        ("1", "JPY", 5_000, 5_000, "ja"),
        ("2", "ISK", 5_000, 500_000, "is"),
        ("3", "KWD", 5_120, 5_120, "ar"),
        ("4", "MGA", 500_000, 5_000, "fr-MG"),
    ] {
        let page = NewPage {
            key: key.to_owned(),
            currency: currency.to_owned(),
            amount_minor: ours,
            locale: language.to_owned(),
            email: None,
            ..bench.page()
        };
        let opened = bench.stripe.open_page(&page).await.unwrap();
        bench.stand.pay(&opened.reference, GOOD);
        let stand = bench.look(&opened.reference).await;
        assert_eq!((stand.amount_minor, stand.currency.as_str()), (ours, currency));
        let charges = bench.stand.book().charges;
        assert_eq!(charges.last().map(|charge| charge.amount), Some(theirs), "{currency}");
    }
    let odd = NewPage { currency: "KWD".to_owned(), amount_minor: 5_124, ..bench.page() };
    assert_eq!(code(bench.stripe.open_page(&odd).await.unwrap_err()), "amount_not_possible");
    let little = NewPage { amount_minor: 49, ..bench.page() };
    assert_eq!(code(bench.stripe.open_page(&little).await.unwrap_err()), "amount_too_small");
    assert_eq!(bench.stand.book().sessions.len(), 4);
}

#[test]
fn languages() {
    for (ours, theirs) in
        [("de", "de"), ("de-AT", "de"), ("pt-br", "pt-BR"), ("ar", "auto"), ("", "auto")]
    {
        assert_eq!(locale(ours), theirs);
    }
}

#[tokio::test]
async fn a_page_is_closed() {
    let bench = Bench::new().await;
    let opened = bench.stripe.open_page(&bench.page()).await.unwrap();
    for _ in 0..2 {
        let closed = bench.stripe.close_page(&bench.account, &opened.reference).await.unwrap();
        assert_eq!((closed.stage, closed.taken, closed.door), (Stage::Over, None, None));
    }
    assert_eq!(bench.stand.pay(&opened.reference, GOOD), Outcome::Closed);
    // Whoever was faster has paid.
    let page = NewPage { key: "payment-2".to_owned(), ..bench.page() };
    let opened = bench.stripe.open_page(&page).await.unwrap();
    bench.stand.pay(&opened.reference, GOOD);
    let closed = bench.stripe.close_page(&bench.account, &opened.reference).await.unwrap();
    assert_eq!((closed.stage, closed.taken.is_some()), (Stage::Paid, true));
    let nothing = bench.stripe.close_page(&bench.account, "cs_nothing").await;
    assert_eq!(code(nothing.unwrap_err()), "resource_missing");
    // A page is found in its account only.
    let other = bench.stand.new_account("FR");
    let elsewhere = bench.stripe.look(&other, &opened.reference).await;
    assert_eq!(code(elsewhere.unwrap_err()), "resource_missing");
}

#[tokio::test]
async fn money_is_given_back() {
    let bench = Bench::new().await;
    let (_, taken) = bench.paid().await;
    let first = bench.refund("refund-1", &taken, 1_200);
    let returned = bench.stripe.give_back(&first).await.unwrap();
    assert_eq!(returned.stage, ReturnStage::Done);
    // The same key, the same refund.
    assert_eq!(bench.stripe.give_back(&first).await.unwrap(), returned);
    let found = bench.stripe.returned(&bench.account, &returned.reference).await.unwrap();
    assert_eq!(found, returned);
    let too_much = bench.stripe.give_back(&bench.refund("refund-2", &taken, 3_001)).await;
    let ProviderError::Refused { detail, .. } = too_much.unwrap_err() else { panic!() };
    assert!(detail.contains("greater than unrefunded amount"), "{detail}");
    bench.stripe.give_back(&bench.refund("refund-3", &taken, 3_000)).await.unwrap();
    let again = bench.stripe.give_back(&bench.refund("refund-4", &taken, 1)).await;
    assert_eq!(code(again.unwrap_err()), "charge_already_refunded");
    let book = bench.stand.book();
    let amounts: Vec<_> = book.charges[0].refunds.iter().map(|refund| refund.amount).collect();
    assert_eq!(amounts, [1_200, 3_000]);
    assert_eq!(book.charges[0].refunds[0].metadata["refund"], "refund-1");
    // A key is meant for one thing.
    let other = bench.stripe.give_back(&bench.refund("refund-1", &taken, 1_201)).await;
    assert_eq!(code(other.unwrap_err()), "idempotency_error");
}

#[tokio::test]
async fn money_that_takes_its_time_or_comes_back() {
    let bench = Bench::new().await;
    let (_, taken) = bench.paid().await;
    bench.stand.slow_refunds(1);
    let slow = bench.stripe.give_back(&bench.refund("refund-1", &taken, 1_200)).await.unwrap();
    assert_eq!(slow.stage, ReturnStage::Pending);
    bench.stand.settle_refund(&slow.reference, false);
    let back = bench.stripe.returned(&bench.account, &slow.reference).await.unwrap();
    assert_eq!(back.stage, ReturnStage::Failed);
    assert_eq!(back.trouble.as_deref(), Some("expired_or_canceled_card"));
    bench.stand.fail_refunds(1);
    let failed = bench.stripe.give_back(&bench.refund("refund-2", &taken, 4_200)).await.unwrap();
    assert_eq!(failed.stage, ReturnStage::Failed);
}

/// What was done before the connection broke isn't done again under its key.
#[tokio::test]
async fn asked_again_under_the_same_key() {
    let bench = Bench::new().await;
    bench.stand.trouble("POST /v1/checkout/sessions", Act::Cut, 1);
    let lost = bench.stripe.open_page(&bench.page()).await.unwrap_err();
    assert!(matches!(lost, ProviderError::Away(_)), "{lost:?}");
    let opened = bench.stripe.open_page(&bench.page()).await.unwrap();
    assert_eq!(bench.stand.book().sessions.len(), 1);
    bench.stand.pay(&opened.reference, GOOD);
    assert_eq!(bench.stripe.open_page(&bench.page()).await.unwrap(), opened);
    assert_eq!(bench.stand.book().charges.len(), 1);

    let taken = bench.look(&opened.reference).await.taken.unwrap();
    let refund = bench.refund("payment-1", &taken, 1_000);
    bench.stand.trouble("POST /v1/refunds", Act::Cut, 2);
    for _ in 0..2 {
        let lost = bench.stripe.give_back(&refund).await.unwrap_err();
        assert!(matches!(lost, ProviderError::Away(_)), "{lost:?}");
    }
    bench.stripe.give_back(&refund).await.unwrap();
    assert_eq!(bench.stand.book().charges[0].refunds.len(), 1);
}

#[tokio::test]
async fn somebody_asks_at_the_same_time() {
    let bench = Arc::new(Bench::new().await);
    bench.stand.trouble("POST /v1/checkout/sessions", Act::Wait, 1);
    let first = tokio::spawn({
        let bench = Arc::clone(&bench);
        async move { bench.stripe.open_page(&bench.page()).await }
    });
    bench.stand.waiting(1).await;
    let second = bench.stripe.open_page(&bench.page()).await.unwrap_err();
    assert!(matches!(&second, ProviderError::Away(said) if said.contains("409")), "{second:?}");
    bench.stand.let_go();
    assert_eq!(first.await.unwrap(), bench.stripe.open_page(&bench.page()).await);
    assert_eq!(bench.stand.book().sessions.len(), 1);
}

#[tokio::test]
async fn stripe_is_away() {
    let bench = Bench::new().await;
    for act in [Act::Status(429), Act::CutBefore] {
        bench.stand.trouble("/v1/", act, 1);
        let away = bench.stripe.open_page(&bench.page()).await.unwrap_err();
        assert!(matches!(away, ProviderError::Away(_)), "{act:?} {away:?}");
    }
    for status in [500, 503] {
        bench.stand.trouble("/v1/", Act::Status(status), 1);
        let broken = bench.stripe.open_page(&bench.page()).await.unwrap_err();
        assert!(matches!(broken, ProviderError::Broken(_)), "{status} {broken:?}");
    }
    assert!(bench.stand.book().sessions.is_empty());
    // One that doesn't answer in time.
    let hasty = client(bench.stand.origin(), "sk_test_stand_in", Duration::from_millis(50));
    bench.stand.trouble("/v1/", Act::Wait, 1);
    let away = hasty.open_page(&bench.page()).await.unwrap_err();
    assert!(matches!(away, ProviderError::Away(_)), "{away:?}");
    bench.stand.let_go();
    bench.stripe.open_page(&bench.page()).await.unwrap();
    assert_eq!(bench.stand.book().sessions.len(), 1);
    // Nobody at all.
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let origin = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let away = client(&origin, "sk_test_stand_in", Duration::from_secs(5));
    let away = away.open_page(&bench.page()).await.unwrap_err();
    assert!(matches!(away, ProviderError::Away(_)), "{away:?}");
}

#[tokio::test]
async fn a_business_that_takes_no_money() {
    let bench = Bench::new().await;
    bench.stand.restrict(&bench.account, "individual.verification.document");
    let state = bench.stripe.account(&bench.account).await.unwrap();
    assert_eq!(state.requirements, ["individual.verification.document"]);
    assert!(state.details_submitted && !state.charges_enabled);
    let refused = bench.stripe.open_page(&bench.page()).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Refused { .. }), "{refused:?}");
}

#[tokio::test]
async fn the_key_is_nowhere() {
    let bench = Bench::new().await;
    let key = "sk_test_of_somebody_else";
    let stripe = client(bench.stand.origin(), key, Duration::from_secs(5));
    let refused = stripe.open_page(&bench.page()).await.unwrap_err();
    assert!(matches!(refused, ProviderError::Away(_)), "{refused:?}");
    let settings = StripeSettings {
        base_url: "https://api.stripe.com".to_owned(),
        secret_key: Secret::new(key),
        timeout: Duration::from_secs(5),
    };
    for printed in
        [format!("{stripe:?}"), format!("{refused:?} {refused}"), format!("{settings:?}")]
    {
        assert!(!printed.contains(key), "{printed}");
    }
}
