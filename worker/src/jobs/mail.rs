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
        let link = job.secret.clone().map(String::from_utf8).transpose();
        let link = link.map_err(|_| Failure::permanent("the link is not text"))?;
        let content = self.templates.render(&mail, link.as_deref())?;
        let id = (Id::from_uuid(job.id.uuid()), job.id.to_string());
        let outgoing = Outgoing::new(id, self.clock.now(), &mail.to, &mail.locale, content);
        let passage = self.gate.pass(TURN).await.map_err(Failure::Later)?;
        let sent = self.mailer.send(&outgoing).await;
        passage.found(&sent.clone().map(|()| Carried::default()).map_err(Refused::from));
        Ok(sent?)
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

impl From<SendError> for Failure {
    fn from(error: SendError) -> Self {
        match error.fault {
            Fault::Final => Self::Permanent(error.reason),
            // Somebody waits for it now: it is given up some day.
            Fault::Passing | Fault::Away => Self::Transient(error.reason),
        }
    }
}
