//! Payments by Stripe: businesses have accounts of their own there, and the money of their customers goes to
//! them directly (Connect with direct charges); customers type in their cards at pages of Stripe's (hosted
//! Checkout). What businesses pay for their own plans comes to our account (`plans.rs`). docs/adr/0018 says why
//! these are requests of our own.

mod amounts;
mod books;
mod books_said;
mod on_file;
mod plans;
mod plans_said;
mod said;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_books;
#[cfg(test)]
mod tests_cards;
#[cfg(test)]
mod tests_plans;
#[cfg(test)]
mod tests_prices;
mod wire;

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::config::Secret;
use openchair_domain::payments::{
    AccountState, CardAt, CardProvider, CardStand, Charged, Entrance, NewAccount, NewCardPage,
    NewCharge, NewPage, NewRefund, Provider, ProviderError, Returned, Stand,
};

use self::amounts::to_stripe;
use self::on_file::{CardSession, Charge, Charges, Method};
use self::said::{Account, Link, Refund, Refunds, Session, door};
use self::wire::{Form, Question, Wire};
use crate::outside::http::NoClient;
use crate::outside::roots::Roots;

/// The version of the API that this was written for, whatever an account's settings say: the last one whose
/// published examples it was tested with. See <https://docs.stripe.com/changelog> before it is changed.
pub const VERSION: &str = "2026-06-24.dahlia";
/// The longest name of what is paid for, in characters.
const LONGEST_TITLE: usize = 250;
/// The languages of Stripe's pages.
const LOCALES: [&str; 40] = [
    "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr", "fr-CA",
    "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt", "pt-BR",
    "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
];

/// How Stripe is reached.
#[derive(Debug, Clone)]
pub struct StripeSettings {
    /// `https://api.stripe.com`, or who stands for it.
    pub base_url: String,
    /// What we prove ourselves with.
    pub secret_key: Secret,
    /// How long it may take for one answer.
    pub timeout: Duration,
}

/// Our account at Stripe, with those of the businesses behind it.
pub struct Stripe {
    wire: Wire,
}

/// Without its key.
impl fmt::Debug for Stripe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stripe").field("at", &self.wire.origin()).finish_non_exhaustive()
    }
}

impl Stripe {
    /// As it is reached.
    pub fn new(roots: &Roots, settings: StripeSettings) -> Result<Self, NoClient> {
        Ok(Self { wire: Wire::from_settings(roots, settings)? })
    }

    async fn session(&self, account: &str, reference: &str) -> Result<Stand, ProviderError> {
        let path = ["checkout", "sessions", reference];
        let question = Question { path: &path, account: Some(account) };
        let session: Session =
            self.wire.get(question, &[("expand[]", "payment_intent.payment_method")]).await?;
        session.stand()
    }
}

/// What is asked under a key is one thing: another operation has another key at Stripe's.
fn key(operation: &str, key: &str) -> String {
    format!("{operation}:{key}")
}

/// A language that Stripe's page speaks, or whatever the customer's browser asks for.
fn locale(ours: &str) -> &'static str {
    let known = |wanted: &str| LOCALES.into_iter().find(|one| one.eq_ignore_ascii_case(wanted));
    known(ours).or_else(|| known(ours.split('-').next()?)).unwrap_or("auto")
}

/// Where a session is shown, and where the customer goes afterwards.
fn placed(card_at: CardAt, back_url: &str) -> Form<'static> {
    let back_url = back_url.to_owned();
    match card_at {
        CardAt::Page => vec![("success_url", back_url.clone()), ("cancel_url", back_url)],
        // Our page is told when it is done; only whoever is led away on the way comes back.
        CardAt::Form => vec![
            ("ui_mode", "embedded_page".to_owned()),
            ("return_url", back_url),
            ("redirect_on_completion", "if_required".to_owned()),
        ],
    }
}

/// How one comes to a session that was opened.
fn entrance(
    reference: String,
    url: Option<String>,
    client_secret: Option<String>,
) -> Result<Entrance, ProviderError> {
    match door(url, client_secret) {
        Some(door) => Ok(Entrance { reference, door }),
        None => Err(ProviderError::Away("Stripe doesn't say where its page is".to_owned())),
    }
}

#[async_trait]
impl Provider for Stripe {
    async fn open_page(&self, new: &NewPage) -> Result<Entrance, ProviderError> {
        let amount = to_stripe(new.amount_minor, &new.currency)?;
        let title: String = new.title.chars().take(LONGEST_TITLE).collect();
        let mut form: Form = vec![
            ("mode", "payment".to_owned()),
            // Others are paid days later: by then the time is somebody else's.
            ("payment_method_types[0]", "card".to_owned()),
            ("line_items[0][quantity]", "1".to_owned()),
            ("line_items[0][price_data][currency]", new.currency.to_lowercase()),
            ("line_items[0][price_data][unit_amount]", amount.to_string()),
            ("line_items[0][price_data][product_data][name]", title.clone()),
            ("client_reference_id", new.payment.clone()),
            ("metadata[payment]", new.payment.clone()),
            ("metadata[tenant]", new.tenant.clone()),
            // For who looks at the payment itself.
            ("payment_intent_data[description]", title),
            ("payment_intent_data[metadata][payment]", new.payment.clone()),
            ("payment_intent_data[metadata][tenant]", new.tenant.clone()),
            ("locale", locale(&new.locale).to_owned()),
            ("expires_at", new.expires_at.to_string()),
        ];
        form.extend(placed(new.card_at, &new.back_url));
        if new.keeps_card {
            form.push(("customer_creation", "always".to_owned()));
            form.push(("payment_intent_data[setup_future_usage]", "off_session".to_owned()));
        }
        if let Some(email) = &new.email {
            form.push(("customer_email", email.clone()));
        }
        let path = ["checkout", "sessions"];
        let question = Question { path: &path, account: Some(&new.account) };
        let session: Session = self.wire.post(question, Some(&key("page", &new.key)), form).await?;
        entrance(session.id, session.url, session.client_secret)
    }

    async fn look(&self, account: &str, reference: &str) -> Result<Stand, ProviderError> {
        self.session(account, reference).await
    }

    async fn close_page(&self, account: &str, reference: &str) -> Result<Stand, ProviderError> {
        let path = ["checkout", "sessions", reference, "expire"];
        let question = Question { path: &path, account: Some(account) };
        let form: Form = vec![("expand[]", "payment_intent.payment_method".to_owned())];
        match self.wire.post::<Session>(question, None, form).await {
            Ok(session) => session.stand(),
            // What isn't open can't be closed: somebody paid, or it was closed before.
            Err(ProviderError::Refused { .. }) => self.session(account, reference).await,
            Err(away) => Err(away),
        }
    }

    async fn give_back(&self, new: &NewRefund) -> Result<Returned, ProviderError> {
        let amount = to_stripe(new.amount_minor, &new.currency)?;
        let form: Form = vec![
            ("payment_intent", new.taken.clone()),
            ("amount", amount.to_string()),
            ("metadata[refund]", new.refund.clone()),
        ];
        let question = Question { path: &["refunds"], account: Some(&new.account) };
        let refund: Refund = self.wire.post(question, Some(&key("refund", &new.key)), form).await?;
        Ok(refund.into())
    }

    async fn find_returned(&self, new: &NewRefund) -> Result<Option<Returned>, ProviderError> {
        let question = Question { path: &["refunds"], account: Some(&new.account) };
        let query = [("payment_intent", &*new.taken), ("limit", "100")];
        let all: Refunds = self.wire.get(question, &query).await?;
        Ok(all.of(&new.refund).map(Returned::from))
    }

    async fn returned(&self, account: &str, reference: &str) -> Result<Returned, ProviderError> {
        let question = Question { path: &["refunds", reference], account: Some(account) };
        Ok(self.wire.get::<Refund>(question, &[]).await?.into())
    }
}

#[async_trait]
impl CardProvider for Stripe {
    async fn open_account(&self, new: &NewAccount) -> Result<AccountState, ProviderError> {
        // The business has its own dashboard, pays Stripe's fees and bears its losses; Stripe asks it what
        // it has to know. This is what used to be called a standard account.
        let mut form: Form = vec![
            ("controller[stripe_dashboard][type]", "full".to_owned()),
            ("controller[fees][payer]", "account".to_owned()),
            ("controller[losses][payments]", "stripe".to_owned()),
            ("controller[requirement_collection]", "stripe".to_owned()),
            ("capabilities[card_payments][requested]", "true".to_owned()),
            ("capabilities[transfers][requested]", "true".to_owned()),
            ("country", new.country.to_uppercase()),
            ("metadata[tenant]", new.tenant.clone()),
        ];
        if !new.name.trim().is_empty() {
            form.push(("business_profile[name]", new.name.clone()));
        }
        if let Some(email) = &new.email {
            form.push(("email", email.clone()));
        }
        let question = Question { path: &["accounts"], account: None };
        let account: Account =
            self.wire.post(question, Some(&key("account", &new.key)), form).await?;
        Ok(account.into())
    }

    async fn introduce(&self, account: &str, back_url: &str) -> Result<String, ProviderError> {
        let form: Form = vec![
            ("account", account.to_owned()),
            ("type", "account_onboarding".to_owned()),
            ("refresh_url", back_url.to_owned()),
            ("return_url", back_url.to_owned()),
        ];
        let question = Question { path: &["account_links"], account: None };
        let link: Link = self.wire.post(question, None, form).await?;
        Ok(link.url)
    }

    async fn account(&self, account: &str) -> Result<AccountState, ProviderError> {
        let question = Question { path: &["accounts", account], account: None };
        Ok(self.wire.get::<Account>(question, &[]).await?.into())
    }

    async fn open_card_page(&self, new: &NewCardPage) -> Result<Entrance, ProviderError> {
        let title: String = new.title.chars().take(LONGEST_TITLE).collect();
        let mut form: Form = vec![
            ("mode", "setup".to_owned()),
            ("payment_method_types[0]", "card".to_owned()),
            ("customer_creation", "always".to_owned()),
            ("client_reference_id", new.card.clone()),
            ("metadata[card]", new.card.clone()),
            ("metadata[tenant]", new.tenant.clone()),
            ("setup_intent_data[description]", title),
            ("setup_intent_data[metadata][card]", new.card.clone()),
            ("locale", locale(&new.locale).to_owned()),
            ("expires_at", new.expires_at.to_string()),
        ];
        form.extend(placed(new.card_at, &new.back_url));
        if let Some(email) = &new.email {
            form.push(("customer_email", email.clone()));
        }
        let path = ["checkout", "sessions"];
        let question = Question { path: &path, account: Some(&new.account) };
        let session: CardSession =
            self.wire.post(question, Some(&key("card", &new.key)), form).await?;
        entrance(session.id, session.url, session.client_secret)
    }

    async fn look_at_card(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<CardStand, ProviderError> {
        let path = ["checkout", "sessions", reference];
        let question = Question { path: &path, account: Some(account) };
        let query = [("expand[]", "setup_intent.payment_method")];
        self.wire.get::<CardSession>(question, &query).await?.stand()
    }

    async fn close_card_page(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<CardStand, ProviderError> {
        let path = ["checkout", "sessions", reference, "expire"];
        let question = Question { path: &path, account: Some(account) };
        let form: Form = vec![("expand[]", "setup_intent.payment_method".to_owned())];
        match self.wire.post::<CardSession>(question, None, form).await {
            Ok(session) => session.stand(),
            // What isn't open can't be closed: somebody left it, or it was closed before.
            Err(ProviderError::Refused { .. }) => self.look_at_card(account, reference).await,
            Err(away) => Err(away),
        }
    }

    async fn charge(&self, new: &NewCharge) -> Result<Charged, ProviderError> {
        let amount = to_stripe(new.amount_minor, &new.currency)?;
        let form: Form = vec![
            ("amount", amount.to_string()),
            ("currency", new.currency.to_lowercase()),
            ("customer", new.customer.clone()),
            ("payment_method", new.method.clone()),
            ("off_session", "true".to_owned()),
            ("confirm", "true".to_owned()),
            ("automatic_payment_methods[enabled]", "true".to_owned()),
            ("automatic_payment_methods[allow_redirects]", "never".to_owned()),
            ("metadata[payment]", new.payment.clone()),
            ("metadata[tenant]", new.tenant.clone()),
        ];
        let question = Question { path: &["payment_intents"], account: Some(&new.account) };
        self.wire.post::<Charge>(question, Some(&key("fee", &new.key)), form).await?.charged()
    }

    async fn find_charge(&self, new: &NewCharge) -> Result<Option<Charged>, ProviderError> {
        let question = Question { path: &["payment_intents"], account: Some(&new.account) };
        let query = [("customer", &*new.customer), ("limit", "100")];
        let all: Charges = self.wire.get(question, &query).await?;
        all.of(&new.payment).map(Charge::charged).transpose()
    }

    async fn charged(&self, account: &str, reference: &str) -> Result<Charged, ProviderError> {
        let path = ["payment_intents", reference];
        let question = Question { path: &path, account: Some(account) };
        self.wire.get::<Charge>(question, &[]).await?.charged()
    }

    async fn forget_card(&self, account: &str, method: &str) -> Result<(), ProviderError> {
        let path = ["payment_methods", method, "detach"];
        let question = Question { path: &path, account: Some(account) };
        self.wire.post::<Method>(question, None, Vec::new()).await.map(|_| ())
    }
}
