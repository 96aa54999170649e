//! What it takes to send a text: SMS or WhatsApp.

mod twilio;

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use openchair_domain::messaging::{self, Channel, Ready};
use openchair_domain::tenancy::Db;
use openchair_domain::texts::STATUS_PATH;

use super::carrier::{Carried, Carrier, Parcel, Refused};
use crate::handler::with_causes;

pub use twilio::{BadTextSettings, Twilio};

/// By which way a text goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// The telephone's own.
    Sms,
    /// `WhatsApp`.
    WhatsApp,
}

/// A text that is ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What tells it from all others: a provider that gets it twice (a worker was lost between handing
    /// it over and writing that down) can tell.
    pub key: String,
    /// By which way.
    pub way: Way,
    /// To which number, in E.164.
    pub to: String,
    /// What it says.
    pub body: String,
    /// Where the provider tells what became of it.
    pub callback: Option<String>,
}

/// Why a text wasn't taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotTaken {
    /// Who has that number wants no texts.
    #[error("{0}")]
    OptedOut(String),
    /// For another reason.
    #[error(transparent)]
    Refused(#[from] Refused),
}

/// Takes texts away.
#[async_trait]
pub trait Texter: Send + Sync + Debug {
    /// Whether it takes texts that go this way.
    fn goes(&self, way: Way) -> bool;

    /// Hands one over; says how the provider calls it.
    async fn send(&self, text: &Text) -> Result<String, NotTaken>;
}

/// Messages as texts, which all go one way.
#[derive(Debug)]
pub struct ByText {
    /// Who takes texts away.
    pub texter: Arc<dyn Texter>,
    /// By which way.
    pub way: Way,
    /// Where it is noted who wants none.
    pub db: Db,
    /// Where the product is found, without a slash at the end.
    pub public_url: String,
}

impl ByText {
    /// Where the provider tells what became of this message.
    fn callback(&self, message: &Ready) -> String {
        let Ready { tenant, id, .. } = message;
        format!("{}{STATUS_PATH}?tenant={tenant}&message={id}", self.public_url)
    }

    fn channel(&self) -> Channel {
        match self.way {
            Way::Sms => Channel::Sms,
            Way::WhatsApp => Channel::Whatsapp,
        }
    }
}

#[async_trait]
impl Carrier for ByText {
    async fn carry(&self, parcel: &Parcel) -> Result<Carried, Refused> {
        let Parcel { message, content } = parcel;
        let text = Text {
            key: parcel.key(),
            way: self.way,
            to: message.address.clone(),
            body: content.text.clone(),
            callback: Some(self.callback(message)),
        };
        match self.texter.send(&text).await {
            Ok(sid) => Ok(Carried { provider_id: Some(sid).filter(|sid| !sid.is_empty()) }),
            Err(NotTaken::Refused(refused)) => Err(refused),
            Err(NotTaken::OptedOut(reason)) => {
                let (named, channel) = ((message.tenant, message.id), self.channel());
                let noted = messaging::opted_out(&self.db, named, channel, &message.address).await;
                // Tried again, it is refused again, and then it may be noted.
                noted.map_err(|error| Refused::Transient(with_causes(&error)))?;
                Err(Refused::Permanent(reason))
            }
        }
    }
}
