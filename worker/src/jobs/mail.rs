use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::ids::Id;
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::messaging::templates::{RenderError, Templates};
use openchair_domain::messaging::{Mail, SEND_MAIL};
use openchair_domain::time::Clock;

use crate::handler::{Failure, Handler};
use crate::outside::carrier::{Carried, Refused};
use crate::outside::gate::Gate;
use crate::outside::mail::{Fault, Mailer, Outgoing, SendError};

/// Writes mails and hands them over.
#[derive(Debug)]
pub(crate) struct SendMails {
    pub(crate) mailer: Arc<dyn Mailer>,
    pub(crate) templates: Arc<Templates>,
    pub(crate) clock: Arc<dyn Clock>,
    /// Before a mail server that is away nobody stands for long: others have work to do meanwhile.
    pub(crate) gate: Gate,
}

/// How long a mail waits for its turn.
const TURN: Duration = Duration::from_secs(3);

#[async_trait]
impl Handler for SendMails {
    fn known(&self) -> Known {
        Known { kind: SEND_MAIL, version: 1 }
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let mail: Mail = job.read()?;
        if mail.until.is_some_and(|until| until <= self.clock.now()) {
            tracing::info!("nobody needs this mail any more: it isn't sent");
            return Ok(());
        }
        let link = job.secret.clone().map(String::from_utf8).transpose();
        let link = link.map_err(|_| Failure::permanent("the link is not text"))?;
        let (mail, link) = mail.opened(link).ok_or(RenderError::NoLink)?;
        let content = self.templates.render(&mail, link.as_deref())?;
        let id = (Id::from_uuid(job.id.uuid()), job.id.to_string());
        let outgoing = Outgoing::new(id, self.clock.now(), &mail.to, &mail.locale, content);
        let passage = self.gate.pass(TURN).await.map_err(Failure::Later)?;
        let sent = self.mailer.send(&outgoing).await;
        passage.found(&sent.clone().map(|()| Carried::default()).map_err(Refused::from));
        match sent {
            Ok(()) => Ok(()),
            Err(SendError { fault: Fault::Final, reason }) => Err(Failure::Permanent(reason)),
            Err(SendError { fault: Fault::Passing, reason }) => Err(Failure::Transient(reason)),
            // No fault of the mail's, and no try: it waits until somebody is there, as messages do.
            Err(SendError { fault: Fault::Away, .. }) => Err(Failure::Later(self.gate.again())),
        }
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        match error {
            // It was sealed with a key that this worker wasn't given (yet).
            RenderError::NoLink => Self::transient(error.to_string()),
            _ => Self::permanent(error.to_string()),
        }
    }
}
