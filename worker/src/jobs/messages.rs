use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::ids::{Id, Message, Tenant};
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::messaging::templates::{Templates, Writing};
use openchair_domain::messaging::{
    self, Looked, Outcome, Ready, Reason, SEND_MESSAGE, SendMessage,
};
use openchair_domain::tenancy::{Db, StoreError};
use tokio::task::JoinSet;

use crate::handler::{Failure, Handler};
use crate::outside::carrier::{Carried, Carrier, Carriers, Parcel, Refused};

/// Sends messages to customers: looks whether there still is a reason, writes them in words, hands them
/// to whoever carries them, and notes what became of each.
#[derive(Debug)]
pub(crate) struct SendMessages {
    pub(crate) db: Db,
    pub(crate) carriers: Carriers,
    pub(crate) templates: Arc<Templates>,
    pub(crate) public_url: String,
}

type Named = (Id<Tenant>, Id<Message>);

/// How often what became of messages is written before they are left to be sent again.
const WRITES: u32 = 5;

#[async_trait]
impl Handler for SendMessages {
    fn known(&self) -> Known {
        Known { kind: SEND_MESSAGE, version: 1 }
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let named = named(job)?;
        self.send(&[named]).await.pop().unwrap_or(Ok(()))
    }

    async fn bury(&self, job: &Claimed) -> Result<(), Failure> {
        let outcome = Outcome::Failed(Reason::GaveUp, String::new());
        Ok(messaging::settle(&self.db, &[(named(job)?, outcome)]).await?)
    }
}

fn named(job: &Claimed) -> Result<Named, Failure> {
    let wanted: SendMessage = job.read()?;
    let tenant = job.tenant.ok_or_else(|| Failure::permanent("the job is nobody's"))?;
    Ok((tenant, wanted.message))
}

impl SendMessages {
    /// Sends many: they are looked at together, carried at the same time, and noted together. Says of
    /// each how that ended, in their order.
    async fn send(&self, messages: &[Named]) -> Vec<Result<(), Failure>> {
        let looked = match messaging::look(&self.db, messages, &self.public_url).await {
            Ok(looked) => looked,
            Err(error) => {
                let failure = Failure::from(error);
                return messages.iter().map(|_| Err(failure.clone())).collect();
            }
        };
        let mut ends: Vec<Result<(), Failure>> = Vec::with_capacity(messages.len());
        let (mut settled, mut carried) = (Vec::new(), JoinSet::new());
        for (place, (named, looked)) in messages.iter().zip(looked).enumerate() {
            ends.push(Ok(()));
            match looked {
                Looked::Over => {}
                // It was sealed with a key that this worker wasn't given (yet).
                Looked::Unreadable(reason) => ends[place] = Err(Failure::Transient(reason)),
                Looked::Ready(ready) => match self.parcel(*ready) {
                    Ok((parcel, carrier)) => {
                        // Until it says otherwise.
                        ends[place] = Err(Failure::transient("it panicked; the log says where"));
                        carried.spawn(async move { (place, carrier.carry(&parcel).await) });
                    }
                    Err(outcome) => settled.push((*named, outcome)),
                },
            }
        }
        while let Some(ended) = carried.join_next().await {
            let Ok((place, ended)) = ended else { continue };
            let Some(named) = messages.get(place) else { continue };
            let outcome = match ended {
                Ok(Carried { provider_id }) => Ok(Outcome::Sent(provider_id)),
                Err(Refused::Permanent(reason)) => Ok(Outcome::Failed(Reason::Refused, reason)),
                Err(Refused::Transient(reason) | Refused::Later(_, reason)) => Err(reason),
            };
            ends[place] =
                outcome.map(|outcome| settled.push((*named, outcome))).map_err(Failure::Transient);
        }
        if let Err(error) = self.settle(&settled).await {
            let failure = Failure::from(error);
            for (place, named) in messages.iter().enumerate() {
                if settled.iter().any(|(settled, _)| settled == named) {
                    ends[place] = Err(failure.clone());
                }
            }
        }
        ends
    }

    /// The message in words, and who carries it.
    fn parcel(&self, ready: Ready) -> Result<(Parcel, Arc<dyn Carrier>), Outcome> {
        let writing = Writing {
            kind: ready.kind,
            channel: ready.channel,
            locale: &ready.locale,
            data: &ready.fields,
            link: ready.link.as_deref(),
            leave: ready.leave.as_deref(),
            own: ready.own.as_ref(),
        };
        let content = self.templates.write(&writing);
        let content =
            content.map_err(|error| Outcome::Failed(Reason::NoWords, error.to_string()))?;
        let carrier = self.carriers.of(ready.channel);
        let carrier = carrier.ok_or(Outcome::Dropped(Reason::ChannelOff))?;
        Ok((Parcel { message: ready, content }, carrier))
    }

    /// What was handed over must be known to be: worth some patience with the database.
    async fn settle(&self, settled: &[(Named, Outcome)]) -> Result<(), StoreError> {
        let mut pause = Duration::from_millis(50);
        for _ in 1..WRITES {
            if messaging::settle(&self.db, settled).await.is_ok() {
                return Ok(());
            }
            tokio::time::sleep(pause).await;
            pause *= 3;
        }
        messaging::settle(&self.db, settled).await
    }
}
