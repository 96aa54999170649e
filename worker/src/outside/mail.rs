//! What it takes to send a mail, whichever way it goes.

use std::fmt::Debug;
use std::sync::Arc;

use async_trait::async_trait;
use openchair_domain::config::{self, MailTransport};
use openchair_domain::ids::{Id, Mailed};
use openchair_domain::messaging::templates::Rendered;
use openchair_domain::tenancy::Db;
use openchair_domain::time::Instant;

use super::mailbox::Mailbox;
use super::roots::Roots;
use super::smtp::{BadMailSettings, Smtp};

/// A mail that is ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// The number of what sends it.
    pub id: Id<Mailed>,
    /// What sends it, by its name. The mail's own id is made from it, so that whoever gets it twice (a
    /// worker was lost between sending and writing that down) can tell.
    pub name: String,
    /// When it is sent.
    pub at: Instant,
    /// To whom.
    pub to: String,
    /// In which language.
    pub locale: String,
    /// What it says.
    pub content: Rendered,
    /// Who writes, if it isn't the product itself.
    pub sender: Option<String>,
    /// Where answers go.
    pub reply_to: Option<String>,
    /// A visit, as a file for calendars.
    pub calendar: Option<String>,
    /// Where one says that one doesn't want such mails.
    pub leave: Option<String>,
}

impl Outgoing {
    /// A mail of the product's own.
    pub fn new(
        (id, name): (Id<Mailed>, String),
        at: Instant,
        to: &str,
        locale: &str,
        content: Rendered,
    ) -> Self {
        Self {
            id,
            name,
            at,
            to: to.to_owned(),
            locale: locale.to_owned(),
            content,
            sender: None,
            reply_to: None,
            calendar: None,
            leave: None,
        }
    }
}

/// Why a mail didn't leave.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct SendError {
    /// Whose fault it is.
    pub fault: Fault,
    /// What was said. May name addresses.
    pub reason: String,
}

/// Whose fault it is that a mail didn't leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The mail's: another try would end in the same way.
    Final,
    /// This mail's, perhaps; another try may succeed.
    Passing,
    /// Not the mail's: nobody is there who takes any.
    Away,
}

/// Takes mails away.
#[async_trait]
pub trait Mailer: Send + Sync + Debug {
    /// Hands one mail over. When this returns, somebody else answers for it.
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError>;
}

/// The way that is configured.
pub fn from_settings(
    settings: &config::Mail,
    roots: &Roots,
    db: &Db,
    connections: usize,
) -> Result<Arc<dyn Mailer>, BadMailSettings> {
    Ok(match settings.transport {
        MailTransport::Mailbox => Arc::new(Mailbox::new(db.clone())),
        MailTransport::Smtp => {
            let url = settings.smtp_url.expose();
            Arc::new(Smtp::new(url, &settings.from, roots, connections)?)
        }
    })
}
