//! Payments by PayFast: businesses have keys of their own there, their customers pay at PayFast's pages, and the money
//! goes to the businesses. What PayFast can't do decides how it is asked (docs/adr/0024): it has no names of ours for
//! what is asked twice, closes no page, and gives what is paid from a bank back to an account only that it is told.

mod said;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, FixedOffset, NaiveDate};
use openchair_domain::payments::{
    Door, Entrance, Gateway, Merchant, MerchantAccount, NewPage, NewRefund, PAYFAST_CURRENCY,
    Provider, ProviderError, ReturnStage, Returned, Stage, Stand,
};
use openchair_domain::time::Clock;

use self::said::{Left, Line, lines, to_rand};
use self::wire::Wire;
use crate::outside::http::NoClient;
use crate::outside::roots::Roots;

/// The least that PayFast takes, in cents.
const LEAST: i64 = 500;
/// The longest name of what is paid for, in characters.
const LONGEST_TITLE: usize = 100;
/// The longest address of a customer.
const LONGEST_EMAIL: usize = 100;
/// So many lines of the history are asked for at once, and so often.
const LINES: usize = 1_000;
const MOST_PAGES: usize = 20;

/// How PayFast is reached.
#[derive(Debug, Clone)]
pub struct PayFastSettings {
    /// `https://www.payfast.co.za`, or who stands for it.
    pub base_url: String,
    /// `https://api.payfast.co.za`, or who stands for it.
    pub api_url: String,
    /// Whether it is the sandbox.
    pub sandbox: bool,
    /// How long it may take for one answer.
    pub timeout: Duration,
    /// What time it is: each request says so.
    pub clock: Arc<dyn Clock>,
}

/// PayFast, for whoever has keys there.
#[derive(Debug, Clone)]
pub struct PayFast {
    wire: Arc<Wire>,
}

impl PayFast {
    /// As it is reached.
    pub fn new(roots: &Roots, settings: PayFastSettings) -> Result<Self, NoClient> {
        Ok(Self { wire: Arc::new(Wire::new(roots, settings)?) })
    }

    fn of(&self, merchant: Merchant) -> Account {
        Account { wire: Arc::clone(&self.wire), merchant }
    }
}

impl Gateway for PayFast {
    fn merchant(&self, merchant: Merchant) -> Arc<dyn Provider> {
        Arc::new(self.of(merchant))
    }

    fn account(&self, merchant: Merchant) -> Arc<dyn MerchantAccount> {
        Arc::new(self.of(merchant))
    }
}

/// PayFast, in a merchant's name.
#[derive(Debug)]
struct Account {
    wire: Arc<Wire>,
    merchant: Merchant,
}

/// How a payment is found again: by its name, from the day on which it began.
struct Reference<'a> {
    day: NaiveDate,
    payment: &'a str,
}

impl<'a> Reference<'a> {
    fn read(text: &'a str) -> Result<Self, ProviderError> {
        let read = text
            .split_once(' ')
            .and_then(|(day, payment)| Some(Self { day: day.parse().ok()?, payment }));
        read.ok_or_else(|| refused("no_reference", "This was never begun at PayFast."))
    }
}

fn refused(code: &str, detail: &str) -> ProviderError {
    ProviderError::Refused { code: code.to_owned(), detail: detail.to_owned() }
}

/// When this is where PayFast is.
fn there(now: openchair_domain::time::Instant) -> DateTime<FixedOffset> {
    // South Africa doesn't change its clocks; so far east is always there.
    FixedOffset::east_opt(2 * 60 * 60)
        .map_or_else(|| now.fixed_offset(), |zone| now.with_timezone(&zone))
}

impl Account {
    /// The lines of the history about one payment since it began.
    async fn history(&self, wanted: &Reference<'_>) -> Result<Vec<Line>, ProviderError> {
        let (from, to) = (wanted.day.to_string(), self.wire.today().to_string());
        let limit = LINES.to_string();
        let mut found = Vec::new();
        for page in 0..MOST_PAGES {
            let offset = (page * LINES).to_string();
            let query = [
                ("from", from.as_str()),
                ("to", to.as_str()),
                ("offset", offset.as_str()),
                ("limit", limit.as_str()),
            ];
            let path = ["transactions", "history"];
            let all = lines(&self.wire.get(&self.merchant, &path, &query).await?)?;
            let last = all.len() < LINES;
            found.extend(all.into_iter().filter(|line| line.payment == wanted.payment));
            if last || !found.is_empty() {
                break;
            }
        }
        Ok(found)
    }

    async fn stand(&self, reference: &str, unpaid: Stage) -> Result<Stand, ProviderError> {
        let lines = self.history(&Reference::read(reference)?).await?;
        let paid = lines.into_iter().find(|line| line.is_received);
        let stage = if paid.is_some() { Stage::Paid } else { unpaid };
        Ok(Stand {
            stage,
            amount_minor: paid.as_ref().map_or(0, |line| line.gross_minor),
            currency: paid.as_ref().map_or(PAYFAST_CURRENCY, |line| &line.currency).to_owned(),
            taken: paid.map(|line| line.taken),
            door: None,
            trouble: None,
            card: None,
        })
    }

    /// What is left of a payment.
    async fn left(&self, taken: &str) -> Result<Left, ProviderError> {
        let body = self.wire.get(&self.merchant, &["refunds", "query", taken], &[]).await?;
        Left::read(&body)
    }
}

/// What was given back before, as it was noted.
fn mark(new: &NewRefund) -> Result<i64, ProviderError> {
    let mark = new.mark.as_deref().and_then(|mark| mark.parse().ok());
    mark.ok_or_else(|| refused("no_mark", "It isn't known what was given back before."))
}

fn done(new: &NewRefund) -> Returned {
    Returned { reference: new.refund.clone(), stage: ReturnStage::Done, trouble: None }
}

#[async_trait]
impl Provider for Account {
    async fn open_page(&self, new: &NewPage) -> Result<Entrance, ProviderError> {
        if new.currency != PAYFAST_CURRENCY || new.amount_minor < LEAST {
            return Err(refused("amount_not_possible", "PayFast takes 5.00 ZAR and more."));
        }
        let title: String = new.title.chars().take(LONGEST_TITLE).collect();
        let email = new.email.clone().filter(|email| email.chars().count() <= LONGEST_EMAIL);
        let amount = to_rand(new.amount_minor);
        // In the order in which they are signed.
        let fields = [
            ("merchant_id", self.merchant.id.as_str()),
            ("merchant_key", self.merchant.key.expose()),
            ("return_url", &new.back_url),
            ("cancel_url", &new.back_url),
            ("notify_url", &self.merchant.notify_url),
            ("email_address", email.as_deref().unwrap_or_default()),
            ("m_payment_id", &new.payment),
            ("amount", &amount),
            ("item_name", &title),
        ];
        let fields = fields.map(|(name, value)| (name, value.trim()));
        let said: Vec<_> = fields.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let url = self.wire.begin(&self.merchant, said).await?;
        let reference = format!("{} {}", self.wire.today(), new.payment);
        Ok(Entrance { reference, door: Door::Page(url) })
    }

    async fn look(&self, _account: &str, reference: &str) -> Result<Stand, ProviderError> {
        self.stand(reference, Stage::Open).await
    }

    async fn close_page(&self, _account: &str, reference: &str) -> Result<Stand, ProviderError> {
        self.stand(reference, Stage::Over).await
    }

    async fn give_back(&self, new: &NewRefund) -> Result<Returned, ProviderError> {
        let (mark, left) = (mark(new)?, self.left(&new.taken).await?);
        if left.returned_minor() >= mark + new.amount_minor {
            return Ok(done(new));
        }
        left.allows(new.amount_minor)?;
        let said = [
            ("amount", new.amount_minor.to_string()),
            ("notify_buyer", "0".to_owned()),
            ("notify_merchant", "0".to_owned()),
            ("reason", "Refund".to_owned()),
        ];
        self.wire.refund(&self.merchant, &new.taken, &said).await?;
        Ok(done(new))
    }

    async fn find_returned(&self, new: &NewRefund) -> Result<Option<Returned>, ProviderError> {
        let (mark, left) = (mark(new)?, self.left(&new.taken).await?);
        Ok((left.returned_minor() >= mark + new.amount_minor).then(|| done(new)))
    }

    async fn returned(&self, _account: &str, reference: &str) -> Result<Returned, ProviderError> {
        // What was answered was done.
        let reference = reference.to_owned();
        Ok(Returned { reference, stage: ReturnStage::Done, trouble: None })
    }

    async fn mark(&self, new: &NewRefund) -> Result<Option<String>, ProviderError> {
        Ok(Some(self.left(&new.taken).await?.returned_minor().to_string()))
    }

    fn keeps_keys(&self) -> bool {
        false
    }
}

#[async_trait]
impl MerchantAccount for Account {
    async fn check(&self) -> Result<(), ProviderError> {
        let today = self.wire.today().to_string();
        let query = [("from", &*today), ("to", &*today), ("limit", "1")];
        self.wire.check(&self.merchant, &["transactions", "history"], &query).await
    }

    async fn confirm(&self, told: &str) -> Result<bool, ProviderError> {
        // All that was told, but for its signature, which stands last.
        let (said, _) = told.rsplit_once("&signature=").unwrap_or((told, ""));
        match &*self.wire.validate(said).await? {
            "VALID" => Ok(true),
            "INVALID" => Ok(false),
            _ => Err(ProviderError::Away("PayFast confirms nothing and denies nothing".to_owned())),
        }
    }
}
