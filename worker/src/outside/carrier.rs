//! What it takes to carry a message to a customer, whichever way it goes.

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::ids::Id;
use openchair_domain::messaging::templates::Rendered;
use openchair_domain::messaging::{Channel, Ready};
use openchair_domain::time::Clock;

use super::mail::{Fault, Mailer, Outgoing, SendError};

/// A message that is ready to leave.
#[derive(Debug, Clone, PartialEq)]
pub struct Parcel {
    /// What it is, where it goes, and what belongs to it.
    pub message: Ready,
    /// What it says.
    pub content: Rendered,
}

impl Parcel {
    /// What tells this message from all others: whoever is given it twice (a worker was lost between
    /// handing it over and writing that down) can tell.
    pub fn key(&self) -> String {
        self.message.id.to_string()
    }
}

/// It was taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Carried {
    /// What whoever took it calls it.
    pub provider_id: Option<String>,
}

/// Why a message wasn't taken. What was said may name addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It will never be taken.
    #[error("{0}")]
    Permanent(String),
    /// It may be taken another time. That was a try.
    #[error("{0}")]
    Transient(String),
    /// Nobody is there who could take anything: no fault of this message's, and no try.
    #[error("{0}")]
    Away(String),
    /// It may be taken after that time: too many are sent.
    #[error("{1}")]
    Later(Duration, String),
}

/// Carries messages away.
#[async_trait]
pub trait Carrier: Send + Sync + Debug {
    /// Whether all messages go to the same provider: when that is away, all of them wait. Where each
    /// customer has another (their browser's), one that is away is nobody else's trouble.
    fn is_one(&self) -> bool {
        true
    }

    /// Hands one over. When this returns, somebody else answers for it.
    async fn carry(&self, parcel: &Parcel) -> Result<Carried, Refused>;
}

/// Who carries what goes which way.
#[derive(Debug, Clone, Default)]
pub struct Carriers(HashMap<&'static str, Arc<dyn Carrier>>);

impl Carriers {
    /// With somebody for one way more.
    #[must_use]
    pub fn with(mut self, channel: Channel, carrier: Arc<dyn Carrier>) -> Self {
        self.0.insert(channel.key(), carrier);
        self
    }

    /// Who carries what goes this way.
    pub fn of(&self, channel: Channel) -> Option<Arc<dyn Carrier>> {
        self.0.get(channel.key()).cloned()
    }
}

/// Messages as mails.
#[derive(Debug)]
pub struct ByMail {
    /// Who takes mails away.
    pub mailer: Arc<dyn Mailer>,
    /// When they are sent.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl Carrier for ByMail {
    async fn carry(&self, parcel: &Parcel) -> Result<Carried, Refused> {
        let Parcel { message, content } = parcel;
        let mail = Outgoing {
            sender: Some(message.sender.clone()),
            reply_to: message.reply_to.clone(),
            calendar: message.calendar.clone(),
            leave: message.leave.clone(),
            ..Outgoing::new(
                (Id::from_uuid(message.id.uuid()), parcel.key()),
                self.clock.now(),
                &message.address,
                &message.locale,
                content.clone(),
            )
        };
        match self.mailer.send(&mail).await {
            Ok(()) => Ok(Carried::default()),
            Err(error) => Err(error.into()),
        }
    }
}

impl From<SendError> for Refused {
    fn from(SendError { fault, reason }: SendError) -> Self {
        match fault {
            Fault::Final => Self::Permanent(reason),
            Fault::Passing => Self::Transient(reason),
            Fault::Away => Self::Away(reason),
        }
    }
}
