use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::ids::{Id, Message, Tenant};
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::messaging::templates::{Templates, Writing};
use openchair_domain::messaging::{
    self, Channel, Looked, Outcome, Ready, Reason, SEND_MESSAGE, SendMessage,
};
use openchair_domain::tenancy::{Db, StoreError};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::handler::{Batch, Failure};
use crate::outside::carrier::{Carried, Carrier, Carriers, Parcel, Refused};
use crate::outside::gate::Gate;
use crate::runner::Options;

/// Sends messages to customers: looks whether there still is a reason, writes them in words, hands them
/// to whoever carries them, and notes what became of each.
#[derive(Debug)]
pub(crate) struct SendMessages {
    db: Db,
    ways: HashMap<&'static str, Arc<Way>>,
    templates: Arc<Templates>,
    public_url: String,
    times: Times,
    /// How many at most are handed over at once, by each way.
    places: usize,
}

/// A way that messages go.
#[derive(Debug)]
struct Way {
    carrier: Arc<dyn Carrier>,
    gate: Gate,
    times: Times,
}

/// How long one message may take. All of it lies within the time that its job has: one that is slow
/// costs the others of its batch nothing.
#[derive(Debug, Clone, Copy)]
struct Times {
    /// To wait for its turn. What was looked at is not long ago when it is handed over.
    turn: Duration,
    /// After this, whoever carries it is thought to be slow.
    slow: Duration,
    /// To be handed over.
    carry: Duration,
}

impl Times {
    fn within(limit: Duration) -> Self {
        Self {
            turn: (limit / 8).min(Duration::from_secs(3)),
            slow: (limit / 6).min(Duration::from_secs(5)),
            carry: limit / 2,
        }
    }
}

type Named = (Id<Tenant>, Id<Message>);

/// How many go together. Each claim is as large.
const TOGETHER: usize = 32;

/// How often what became of messages is written before they are left to be sent again.
const WRITES: u32 = 5;

/// What is taken within this time after another is noted with it. Whoever is killed before has them
/// sent once more.
const GATHER: Duration = Duration::from_millis(25);

impl SendMessages {
    /// One that knows no way yet.
    pub(crate) fn new(
        db: Db,
        templates: Arc<Templates>,
        public_url: String,
        options: &Options,
    ) -> Self {
        let times = Times::within(options.longest_job());
        let (ways, places) = (HashMap::new(), options.concurrency);
        Self { db, ways, templates, public_url, times, places }
    }

    /// One that has these carriers, too.
    pub(crate) fn with(mut self, carriers: &Carriers) -> Self {
        for channel in Channel::ALL {
            let Some(carrier) = carriers.of(channel) else { continue };
            let (clock, entropy) = (Arc::clone(self.db.clock()), Arc::clone(self.db.entropy()));
            let tallies = Arc::clone(self.db.tallies());
            let gate = Gate::new(channel.key(), self.places, clock, entropy, tallies);
            let way = Way { carrier, gate, times: self.times };
            self.ways.insert(channel.key(), Arc::new(way));
        }
        self
    }
}

#[async_trait]
impl Batch for SendMessages {
    fn known(&self) -> Known {
        Known { kind: SEND_MESSAGE, version: 1 }
    }

    fn at_once(&self) -> usize {
        TOGETHER
    }

    async fn run(&self, jobs: Vec<Claimed>) -> Vec<Result<(), Failure>> {
        let named: Vec<_> = jobs.iter().map(named).collect();
        let good: Vec<Named> = named.iter().filter_map(|named| named.clone().ok()).collect();
        let mut ends = self.send(&good).await.into_iter();
        named.into_iter().map(|named| named.and_then(|_| ends.next().unwrap_or(Ok(())))).collect()
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

/// What one of them came to: what is to be noted, or why there is nothing to note.
type Ended = Result<Outcome, Failure>;

impl SendMessages {
    /// Sends many: they are looked at together, carried at the same time, and noted as they are taken.
    /// Says of each how that ended, in their order.
    async fn send(&self, messages: &[Named]) -> Vec<Result<(), Failure>> {
        if messages.is_empty() {
            return Vec::new();
        }
        let looked = match messaging::look(&self.db, messages, &self.public_url).await {
            Ok(looked) => looked,
            Err(error) => {
                let failure = Failure::from(error);
                return messages.iter().map(|_| Err(failure.clone())).collect();
            }
        };
        let now = self.db.clock().now();
        let (mut ends, mut carried) = (Vec::with_capacity(messages.len()), JoinSet::new());
        for (place, looked) in looked.into_iter().enumerate() {
            ends.push(match looked {
                Looked::Over => Ok(()),
                Looked::Spent => self.without_text(messages[place]).await,
                Looked::Later(at) => Err(Failure::Later((at - now).to_std().unwrap_or_default())),
                // It was sealed with a key that this worker wasn't given (yet).
                Looked::Unreadable(reason) => Err(Failure::Transient(reason)),
                Looked::Ready(ready) => {
                    let way = self.ways.get(ready.channel.key()).cloned();
                    let templates = Arc::clone(&self.templates);
                    carried.spawn(async move {
                        let Some(way) = way else {
                            return (place, Ok(Outcome::Dropped(Reason::ChannelOff)));
                        };
                        (place, way.carry(*ready, &templates).await)
                    });
                    // Until it says otherwise.
                    Err(Failure::transient("it panicked; the log says where"))
                }
            });
        }
        while let Some(first) = carried.join_next().await {
            let mut some = vec![first];
            let gather = async {
                while let Some(next) = carried.join_next().await {
                    some.push(next);
                }
            };
            let _late = timeout(GATHER, gather).await;
            let some = some.into_iter().filter_map(Result::ok).collect();
            self.note(messages, some, &mut ends).await;
        }
        ends
    }

    /// The business's plan has no texts left: the message goes another way that its customer can be reached by.
    async fn without_text(&self, named: Named) -> Result<(), Failure> {
        let because = "the plan has no texts left in this month";
        if messaging::instead(&self.db, named, because).await? {
            return Ok(());
        }
        Ok(self.settle(&[(named, Outcome::Dropped(Reason::PlanLimit))]).await?)
    }

    /// Notes what became of some of them.
    async fn note(
        &self,
        messages: &[Named],
        some: Vec<(usize, Ended)>,
        ends: &mut [Result<(), Failure>],
    ) {
        let (mut places, mut settled) = (Vec::new(), Vec::new());
        for (place, ended) in some {
            match (ended, messages.get(place)) {
                (Ok(outcome), Some(named)) => {
                    places.push(place);
                    settled.push((*named, outcome));
                }
                (Err(failure), _) => ends[place] = Err(failure),
                (Ok(_), None) => {}
            }
        }
        let noted = self.settle(&settled).await.map_err(Failure::from);
        for place in places {
            ends[place].clone_from(&noted);
        }
    }

    /// What was handed over must be known to be: worth some patience with the database.
    async fn settle(&self, settled: &[(Named, Outcome)]) -> Result<(), StoreError> {
        if settled.is_empty() {
            return Ok(());
        }
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

impl Way {
    /// Hands a message over, once it is its turn. Where nobody takes any it is put off.
    async fn carry(&self, ready: Ready, templates: &Templates) -> Ended {
        let passage = self.gate.pass(self.times.turn).await.map_err(Failure::Later)?;
        let parcel = match parcel(ready, templates) {
            Ok(parcel) => parcel,
            Err(outcome) => return Ok(outcome),
        };
        let one = self.carrier.is_one();
        let mut carrying = self.carrier.carry(&parcel);
        let Times { slow, carry, .. } = self.times;
        let carried = if let Ok(carried) = timeout(slow, &mut carrying).await {
            carried
        } else {
            if one {
                passage.slow();
            }
            let late = || Err(Refused::Transient(format!("no answer in {} s", carry.as_secs())));
            timeout(carry.saturating_sub(slow), carrying).await.unwrap_or_else(|_| late())
        };
        if one {
            passage.found(&carried);
        }
        match carried {
            Ok(Carried { provider_id }) => Ok(Outcome::Sent(provider_id)),
            Err(Refused::Permanent(reason)) => Ok(Outcome::Failed(Reason::Refused, reason)),
            Err(Refused::Transient(reason)) => Err(Failure::Transient(reason)),
            Err(Refused::Later(after, _)) => Err(Failure::Later(after)),
            Err(Refused::Away(_)) => Err(Failure::Later(self.gate.again())),
        }
    }
}

/// The message in words.
fn parcel(ready: Ready, templates: &Templates) -> Result<Parcel, Outcome> {
    let writing = Writing {
        kind: ready.kind,
        channel: ready.channel,
        locale: &ready.locale,
        data: &ready.fields,
        link: ready.link.as_deref(),
        leave: ready.leave.as_deref(),
        own: ready.own.as_ref(),
    };
    let content = templates.write(&writing);
    let content = content.map_err(|error| Outcome::Failed(Reason::NoWords, error.to_string()))?;
    Ok(Parcel { message: ready, content })
}
