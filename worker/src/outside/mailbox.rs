//! Development: mails stay in the database, where `/dev/mail` shows them.

use async_trait::async_trait;
use openchair_domain::messaging::mailbox::{self, Delivered};
use openchair_domain::tenancy::Db;

use super::mail::{Fault, Mailer, Outgoing, SendError};
use crate::handler::with_causes;

/// Puts mails into the development mailbox.
#[derive(Debug)]
pub struct Mailbox {
    db: Db,
}

impl Mailbox {
    /// The mailbox of this database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

#[async_trait]
impl Mailer for Mailbox {
    async fn send(&self, mail: &Outgoing) -> Result<(), SendError> {
        let delivered = Delivered {
            id: mail.id,
            at: mail.at,
            to: mail.to.clone(),
            subject: mail.content.subject.clone(),
            text: mail.content.text.clone(),
            html: mail.content.html.clone(),
        };
        mailbox::deliver(&self.db, &delivered)
            .await
            .map_err(|error| SendError { fault: Fault::Passing, reason: with_causes(&error) })
    }
}
