//! Whoever takes money, behind traits. What is asked of them goes under a key that stays the same when it is
//! asked again, so that nothing is done twice. No card ever comes this way: customers type it in at the
//! provider's. What a provider tells is heard here, too, and proves that it comes from there.

pub(super) mod heard;
pub(super) mod registry;
pub(super) mod signature;
pub(super) mod unknown;

use std::fmt::{self, Debug};

use async_trait::async_trait;

use super::cards::on_file::{CardStand, KeptCard, NewCardPage, NewCharge};

/// A business's account at the provider, as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountState {
    /// How the provider calls it.
    pub id: String,
    /// Whether everything that was asked of the business at first has been said.
    pub details_submitted: bool,
    /// Whether it can take money.
    pub charges_enabled: bool,
    /// Whether money goes on to the business's bank.
    pub payouts_enabled: bool,
    /// What is still asked of the business, in the provider's words.
    pub requirements: Vec<String>,
    /// What the account is kept in, ISO 4217.
    pub currency: Option<String>,
}

/// An account for a business.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAccount {
    /// Its key.
    pub key: String,
    /// Where the business is, ISO 3166.
    pub country: String,
    /// Whom the provider writes to.
    pub email: Option<String>,
    /// What the business is called.
    pub name: String,
    /// Which business it is here.
    pub tenant: String,
}

/// Where a customer pays, at the provider's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPage {
    /// Its key.
    pub key: String,
    /// The account that the money goes to.
    pub account: String,
    /// How much, in the currency's minor unit as ISO 4217 has it.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// Whether the card is kept, so that something can be taken from it later.
    pub keeps_card: bool,
    /// What for, as the customer sees it.
    pub title: String,
    /// Which payment it is here.
    pub payment: String,
    /// Which business it is here.
    pub tenant: String,
    /// Whom the provider may write a receipt to.
    pub email: Option<String>,
    /// The language of the page.
    pub locale: String,
    /// Where the customer comes back to.
    pub back_url: String,
    /// Where the customer types in their card.
    pub card_at: CardAt,
    /// Until when it can be paid there, in seconds of the epoch. The provider takes no less than half an
    /// hour from now and no more than a day; who asks sees to it.
    pub expires_at: i64,
}

/// Where a customer types in their card: at the provider's in either case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CardAt {
    /// On a page of the provider's own.
    #[default]
    Page,
    /// In a frame of the provider's, within our page.
    Form,
}

/// A page that was opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opened {
    /// How the provider calls it.
    pub reference: String,
    /// Where it is.
    pub url: String,
}

/// Where a customer can pay now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entrance {
    /// How the provider calls it.
    pub reference: String,
    /// How one comes to it.
    pub door: Door,
}

/// How a customer comes to where they pay.
#[derive(Clone, PartialEq, Eq)]
pub enum Door {
    /// A page of the provider's: where it is.
    Page(String),
    /// A frame within our page: what the provider's script opens it with. It is the customer's alone; it isn't
    /// kept here.
    Form(String),
}

/// Whoever has either may pay there.
impl Debug for Door {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Page(_) => "Page",
            Self::Form(_) => "Form",
        })
    }
}

/// How a payment stands at the provider's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stand {
    /// How far it came.
    pub stage: Stage,
    /// By which name the money that was taken is given back; only of what is paid.
    pub taken: Option<String>,
    /// How much was taken; only of what is paid.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// Where the customer pays, while that can be done.
    pub door: Option<Door>,
    /// What the provider says went wrong the last time, in its words.
    pub trouble: Option<String>,
    /// The card that it was paid with, if the page keeps it; only of what is paid.
    pub card: Option<KeptCard>,
}

/// Money that was taken from a card on file, or wasn't.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charged {
    /// How the provider calls it.
    pub reference: String,
    /// How it stands.
    pub stand: Stand,
}

/// How far a payment came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It can still be paid.
    Open,
    /// The customer has done what is theirs; the bank takes its time.
    Processing,
    /// The money was taken.
    Paid,
    /// It can't be paid any more.
    Over,
}

/// Money to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRefund {
    /// Its key.
    pub key: String,
    /// The account that it came to.
    pub account: String,
    /// What was taken.
    pub taken: String,
    /// How much of it, in the currency's minor unit as ISO 4217 has it.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// Which refund it is here.
    pub refund: String,
    /// What was noted before it was asked, of who keeps no keys.
    pub mark: Option<String>,
}

/// Money that is being given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Returned {
    /// How the provider calls it.
    pub reference: String,
    /// How far it came.
    pub stage: ReturnStage,
    /// Why it didn't arrive, in the provider's words.
    pub trouble: Option<String>,
}

/// How far money that is given back came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnStage {
    /// It is on its way.
    Pending,
    /// It was given back.
    Done,
    /// It didn't arrive.
    Failed,
}

/// Why the provider didn't do what was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// Nobody knows whether it was done, or it was too much at once: ask again under the same key.
    #[error("the provider of payments can't be asked at the moment: {0}")]
    Away(String),
    /// It went wrong on their side, they say. Under the same key they may say so again for a day.
    #[error("the provider of payments is in trouble: {0}")]
    Broken(String),
    /// It won't be done, however often it is asked: the provider's code and words.
    #[error("the provider of payments refuses it: {code}: {detail}")]
    Refused {
        /// A word for it.
        code: String,
        /// A sentence.
        detail: String,
    },
}

/// Takes money at pages of its own, and gives it back: what everybody does who takes money here.
#[async_trait]
pub trait Provider: Send + Sync + Debug {
    /// Opens a page where a customer pays, or a form within ours, if that is wanted and there is one.
    async fn open_page(&self, new: &NewPage) -> Result<Entrance, ProviderError>;

    /// How a payment stands whose page was opened under this reference.
    async fn look(&self, account: &str, reference: &str) -> Result<Stand, ProviderError>;

    /// Gives a page up, and says how it stands then: whoever was faster has paid. Who can, closes it, so that nobody
    /// pays there any more; what is paid at one that can't be closed is told, and found. Doing it again changes
    /// nothing.
    async fn close_page(&self, account: &str, reference: &str) -> Result<Stand, ProviderError>;

    /// Gives money back.
    async fn give_back(&self, new: &NewRefund) -> Result<Returned, ProviderError>;

    /// What became of a refund of ours of which no answer came: one that carries our name, if there is any.
    async fn find_returned(&self, new: &NewRefund) -> Result<Option<Returned>, ProviderError>;

    /// How money that is given back stands.
    async fn returned(&self, account: &str, reference: &str) -> Result<Returned, ProviderError>;

    /// Of who keeps no keys: how much was given back of a payment until now, in its own words. It is noted before it
    /// is asked for more, one after the other, so that who asks again knows what was done meanwhile.
    async fn mark(&self, _new: &NewRefund) -> Result<Option<String>, ProviderError> {
        Ok(None)
    }

    /// Whether it does what is asked under one key once, however often it is asked.
    fn keeps_keys(&self) -> bool {
        true
    }
}

/// A provider with accounts below ours, where cards can be left for later.
#[async_trait]
pub trait CardProvider: Provider {
    /// Makes an account for a business, and says how the provider calls it.
    async fn open_account(&self, new: &NewAccount) -> Result<AccountState, ProviderError>;

    /// Where the business says what the provider asks of it. Good once, and for minutes.
    async fn introduce(&self, account: &str, back_url: &str) -> Result<String, ProviderError>;

    /// A business's account, as it is now.
    async fn account(&self, account: &str) -> Result<AccountState, ProviderError>;

    /// Opens a page where a customer leaves a card, and pays nothing, or a form within ours, if that is wanted.
    async fn open_card_page(&self, new: &NewCardPage) -> Result<Entrance, ProviderError>;

    /// How a page stands where a card is left.
    async fn look_at_card(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<CardStand, ProviderError>;

    /// Closes such a page, and says how it stands then. Closing it again changes nothing.
    async fn close_card_page(
        &self,
        account: &str,
        reference: &str,
    ) -> Result<CardStand, ProviderError>;

    /// Takes money from a card on file. Its owner isn't there: who asks for them refuses.
    async fn charge(&self, new: &NewCharge) -> Result<Charged, ProviderError>;

    /// What became of a charge of ours of which no answer came: one that carries our name, if there is any.
    async fn find_charge(&self, new: &NewCharge) -> Result<Option<Charged>, ProviderError>;

    /// How a charge stands.
    async fn charged(&self, account: &str, reference: &str) -> Result<Charged, ProviderError>;

    /// Forgets a card: nothing is ever taken from it again. Forgetting it again changes nothing.
    async fn forget_card(&self, account: &str, method: &str) -> Result<(), ProviderError>;
}
