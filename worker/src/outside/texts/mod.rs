//! What it takes to send a text: SMS or WhatsApp.

mod twilio;

use std::fmt::Debug;
use std::time::Duration;

use async_trait::async_trait;

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
pub enum Refused {
    /// It will never be taken. The reason may name numbers.
    #[error("{0}")]
    Permanent(String),
    /// Who has that number wants no texts.
    #[error("{0}")]
    OptedOut(String),
    /// It may be taken another time.
    #[error("{0}")]
    Transient(String),
    /// It may be taken after that time: we send too many.
    #[error("{1}")]
    Later(Duration, String),
}

/// Takes texts away.
#[async_trait]
pub trait Texter: Send + Sync + Debug {
    /// Whether it takes texts that go this way.
    fn goes(&self, way: Way) -> bool;

    /// Hands one over; says how the provider calls it.
    async fn send(&self, text: &Text) -> Result<String, Refused>;
}
