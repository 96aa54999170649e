//! One endpoint, held for a while: what is due there is sent, and how it went is written down.

use std::time::Duration;

use chrono::TimeDelta;
use openchair_domain::ids::{Id, WebhookDelivery};
use openchair_domain::tallies::What;
use openchair_domain::tenancy::Db;
use openchair_domain::time::Instant;
use openchair_domain::webhooks::{
    self, Due, Heard, Leased, Outcome, Outgoing, Room, Secret, Settled, Window,
};
use serde_json::json;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::handler::with_causes;
use crate::outside::http::Client;

/// So many requests to one endpoint are under way together, each about something else.
const TOGETHER: usize = 8;
/// How often to look for more while some are under way.
const LOOK: Duration = Duration::from_millis(500);
/// How often an outcome is written before it is left to the lease.
const WRITES: u32 = 5;
/// The beginning of the scale on which requests are counted: a while after zero, so that what ended
/// before has its place.
const BEGUN: Duration = Duration::from_mins(1);

pub(super) struct Session {
    db: Db,
    client: Client,
    leased: Leased,
    /// Nothing is begun after this.
    last_begin: Instant,
    shutdown: CancellationToken,
    begun: tokio::time::Instant,
    window: Window,
    flights: JoinSet<Outcome>,
    under_way: Vec<Id<WebhookDelivery>>,
    together: usize,
    /// All that was due, when it was last looked, is begun.
    drained: bool,
    /// Nothing more is begun: only what is under way is waited for.
    over: bool,
}

/// What there is to do next.
enum Next {
    /// Nothing: the endpoint is given back.
    End,
    /// Wait for one that is under way, or look for more in a while.
    Wait,
    /// Look again then.
    At(Duration),
}

impl Session {
    pub(super) fn new(
        db: Db,
        client: Client,
        leased: Leased,
        timeout: Duration,
        shutdown: CancellationToken,
    ) -> Self {
        let margin = TimeDelta::from_std(timeout * 2).unwrap_or(TimeDelta::MAX);
        Self {
            last_begin: leased.until - margin,
            begun: tokio::time::Instant::now(),
            window: Window::new(1, []),
            flights: JoinSet::new(),
            under_way: Vec::new(),
            together: 1,
            drained: false,
            over: false,
            db,
            client,
            leased,
            shutdown,
        }
    }

    /// Sends until nothing is due, or the lease nears its end.
    pub(super) async fn run(mut self) {
        let mut first = true;
        loop {
            self.over |= self.shutdown.is_cancelled() || self.db.clock().now() >= self.last_begin;
            let next = if self.over { Next::Wait } else { self.begin(first).await };
            first = false;
            let pause = match next {
                Next::End => break,
                Next::Wait if self.flights.is_empty() => break,
                Next::Wait => LOOK,
                Next::At(at) => at.saturating_sub(self.now()),
            };
            tokio::select! {
                Some(ended) = self.flights.join_next() => self.land(ended).await,
                () = tokio::time::sleep(pause), if !self.over => {}
                () = self.shutdown.cancelled(), if !self.over => {}
            }
        }
        let now = self.now();
        let ended = self.window.ages(now).filter_map(|age| TimeDelta::from_std(age).ok());
        let at = self.db.clock().now();
        let recent = ended.map(|age| at - age).collect();
        if let Err(error) = webhooks::release(&self.db, &self.leased, recent).await {
            let error = with_causes(&error);
            tracing::warn!(error, endpoint = %self.leased.id, "an endpoint can't be given back before its lease ends");
        }
    }

    /// On the scale on which requests are counted.
    fn now(&self) -> Duration {
        BEGUN + self.begun.elapsed()
    }

    /// Begins what is due, as far as there is room.
    async fn begin(&mut self, first: bool) -> Next {
        // What has come since is for whoever looks next: that is soon, if there is something.
        if self.drained && self.flights.is_empty() {
            return Next::End;
        }
        if !first && self.under_way.len() >= self.together {
            return Next::Wait;
        }
        let due = webhooks::due(&self.db, &self.leased, &self.under_way, TOGETHER).await;
        let due = match due {
            Ok(Some(due)) => due,
            Ok(None) => {
                self.over = true;
                return Next::Wait;
            }
            Err(error) => {
                let error = with_causes(&error);
                tracing::warn!(error, endpoint = %self.leased.id, "what is due can't be read");
                self.over = true;
                return Next::Wait;
            }
        };
        self.together = if due.health.is_doubtful() { 1 } else { TOGETHER };
        if first {
            self.window = self.counted(&due);
        }
        let Due { url, secrets, deliveries, .. } = due;
        self.drained = false;
        let all = deliveries.len() < TOGETHER;
        for delivery in deliveries {
            if self.under_way.len() >= self.together {
                return Next::Wait;
            }
            match self.window.room(self.now()) {
                Room::Now => self.send(&url, &secrets, delivery),
                Room::At(at) => return Next::At(at),
                Room::WhenOneEnds => return Next::Wait,
            }
        }
        self.drained = all;
        if all { Next::Wait } else { Next::At(self.now()) }
    }

    /// The window, with what ended under the lease before.
    fn counted(&self, due: &Due) -> Window {
        let (now, at) = (self.now(), self.db.clock().now());
        let ended = due.recent.iter().filter_map(|ended| (at - *ended).to_std().ok());
        Window::new(due.per_second, ended.map(|age| now.saturating_sub(age)))
    }

    fn send(&mut self, url: &str, secrets: &[Secret], delivery: Outgoing) {
        self.under_way.push(delivery.id());
        self.window.begins();
        let at = self.db.clock().now();
        let (client, url) = (self.client.clone(), url.to_owned());
        let id = delivery.event().to_string();
        let signature = webhooks::sign(secrets, &id, at.timestamp(), &delivery.body);
        let headers = [
            ("webhook-id", id),
            ("webhook-timestamp", at.timestamp().to_string()),
            ("webhook-signature", signature),
        ];
        self.flights.spawn(async move {
            let begun = tokio::time::Instant::now();
            let reply = client.post(&url, &headers, delivery.body.clone(), at).await;
            let took = begun.elapsed();
            metrics::histogram!("webhook_seconds").record(took.as_secs_f64());
            let headers: serde_json::Map<_, _> =
                headers.into_iter().map(|(name, value)| (name.to_owned(), json!(value))).collect();
            Outcome {
                delivery,
                at,
                url,
                headers: headers.into(),
                status: reply.status,
                answer: reply.body,
                error: reply.error,
                retry_after: reply.retry_after,
                took: TimeDelta::from_std(took).unwrap_or(TimeDelta::MAX),
            }
        });
    }

    /// Writes down what has ended, with whatever ended meanwhile.
    async fn land(&mut self, ended: Result<Outcome, tokio::task::JoinError>) {
        let mut ended = vec![ended];
        while let Some(next) = self.flights.try_join_next() {
            ended.push(next);
        }
        let now = self.now();
        let mut outcomes = Vec::with_capacity(ended.len());
        for one in ended {
            self.window.ends(now);
            match one {
                Ok(outcome) => outcomes.push(outcome),
                // It panicked: what was sent is not known.
                Err(_) => self.over = true,
            }
        }
        for outcome in &outcomes {
            let name = match Heard::of(outcome.status, outcome.retry_after) {
                Heard::Fine => "delivered",
                Heard::Later(_) => "later",
                Heard::Wrong | Heard::Gone => "failed",
            };
            metrics::counter!("webhook_attempts_total", "outcome" => name).increment(1);
            self.db.tallies().note(What::Webhooks, name != "failed");
        }
        self.write(&outcomes).await;
        self.under_way.retain(|id| outcomes.iter().all(|outcome| outcome.delivery.id() != *id));
    }

    /// What arrived must be known to have arrived: worth some patience with the database.
    async fn write(&mut self, outcomes: &[Outcome]) {
        let mut pause = Duration::from_millis(50);
        for write in 1..=WRITES {
            match webhooks::settle(&self.db, &self.leased, outcomes).await {
                Ok(Settled::Ours { doubtful, .. }) => {
                    // It is of the other sort now: somebody with a place for those takes it.
                    self.over |= doubtful && !self.leased.doubtful;
                    return;
                }
                Ok(Settled::Over) => break,
                Err(error) if write == WRITES => {
                    let error = with_causes(&error);
                    tracing::warn!(error, endpoint = %self.leased.id, "what was sent can't be written down; it is sent again");
                }
                Err(_) => {
                    tokio::time::sleep(pause).await;
                    pause *= 3;
                }
            }
        }
        self.over = true;
    }
}
