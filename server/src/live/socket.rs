//! One socket's life: a task that listens to its client and to its topics.

use std::sync::Arc;
use std::time::Duration;

use openchair_domain::ids::{Id, Location, QueueEntry};
use openchair_domain::live::Watch;
use openchair_domain::tenancy::{Caller, Principal, RequestFacts};
use poem::Upgraded;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::frame::PING;
use super::hub::{Admission, Hub, Sub};
use super::line::{End, Known};
use super::protocol::{self, LiveHello, LiveMessage, VERSION};
use super::topic::Topic;
use super::wire::Wire;
use crate::app::App;

/// How long somebody may take to say who they are.
const TO_SAY_WHO: Duration = Duration::from_secs(10);

/// Over what time a client's messages are counted.
const WINDOW: Duration = Duration::from_secs(10);

/// When whoever said too much may come back, in milliseconds.
const REST: u32 = 10_000;

/// Who looks on.
#[derive(Debug)]
pub(super) struct Who {
    pub(super) caller: Caller,
    /// By what it is asked whether they may still; nothing for who has no rights.
    pub(super) watch: Option<Watch>,
    /// What they hold.
    pub(super) ticket: Option<(Id<Location>, Id<QueueEntry>)>,
}

/// What a socket's task was woken for.
enum Woken {
    Rung,
    Told(Option<Result<Message, Error>>),
    Due,
}

/// A socket and what it watches.
pub(super) struct Socket {
    pub(super) wire: Wire,
    pub(super) app: App,
    pub(super) hub: Hub,
    pub(super) admission: Admission,
    pub(super) request: Arc<RequestFacts>,
    pub(super) caller: Option<Arc<Caller>>,
    pub(super) ticket: Option<(Id<Location>, Id<QueueEntry>)>,
    pub(super) subs: Vec<Sub>,
    /// Topics of which something was missed.
    pub(super) missed: Vec<Topic>,
    /// When it was last heard, and whether it was asked since.
    heard: Instant,
    /// When the counting of its messages began, and how many there were.
    counted: (Instant, u32),
}

impl Socket {
    pub(super) fn new(
        ws: WebSocketStream<Upgraded>,
        (app, hub): (App, Hub),
        admission: Admission,
        request: RequestFacts,
    ) -> Self {
        let now = Instant::now();
        Self {
            wire: Wire::new(ws, Arc::clone(&admission.line)),
            app,
            hub,
            admission,
            request: Arc::new(request),
            caller: None,
            ticket: None,
            subs: Vec::new(),
            missed: Vec::new(),
            heard: now,
            counted: (now, 0),
        }
    }

    /// Lives until it ends.
    pub(super) async fn run(mut self, who: Option<Box<Who>>) {
        let end = match Box::pin(self.begin(who)).await {
            Ok(()) => self.live().await,
            Err(end) => end,
        };
        // Seats are free at once, however long the goodbye takes.
        self.subs.clear();
        Box::pin(self.wire.end(end)).await;
    }

    async fn begin(&mut self, who: Option<Box<Who>>) -> Result<(), End> {
        match who {
            Some(who) => self.know(*who).await,
            None => Ok(()),
        }
    }

    /// Says hello to somebody.
    pub(super) async fn know(&mut self, who: Who) -> Result<(), End> {
        let Who { caller, watch, ticket } = who;
        if !self.admission.count_for(&caller) {
            return Err(End::TooMany);
        }
        if let Some(watch) = watch {
            self.admission.line.know(Known { watch, rights: caller.rights() });
        }
        self.ticket = ticket;
        let is_visitor = *caller.principal() == Principal::Visitor;
        let tenant = (!is_visitor).then(|| caller.tenant().into());
        let hello = LiveHello { v: VERSION, tenant };
        self.caller = Some(Arc::new(caller));
        self.say(&LiveMessage::Hello(hello)).await
    }

    async fn live(&mut self) -> End {
        let line = Arc::clone(&self.admission.line);
        let begun = self.heard;
        loop {
            let look_at = self.next_look(begun);
            self.wire.sleep(self.knows());
            let woken = tokio::select! {
                () = line.woken() => Woken::Rung,
                message = self.wire.hear() => Woken::Told(message),
                () = sleep_until(look_at) => Woken::Due,
            };
            if let Err(end) = self.go_on(woken, begun).await {
                return end;
            }
        }
    }

    async fn go_on(&mut self, woken: Woken, begun: Instant) -> Result<(), End> {
        self.wire.awake().await?;
        match woken {
            Woken::Rung => {}
            Woken::Told(message) => {
                Box::pin(self.hear(message)).await?;
                // The answer to a ping: when others write, nothing else may be on its way.
                self.wire.flush().await?;
            }
            Woken::Due => Box::pin(self.look_after(begun)).await?,
        }
        self.deliver().await
    }

    /// The last that the other side knows of anything.
    fn knows(&self) -> i64 {
        self.subs.iter().map(|sub| sub.seq).max().unwrap_or_default()
    }

    /// When somebody has to look whether anybody is there.
    fn next_look(&self, begun: Instant) -> Instant {
        if self.caller.is_none() {
            return begun + TO_SAY_WHO;
        }
        let (every, now) = (self.hub.options.ping_every, Instant::now());
        let mut next = self.heard + every;
        while next <= now {
            next += every;
        }
        next
    }

    async fn look_after(&mut self, begun: Instant) -> Result<(), End> {
        if self.caller.is_none() && begun.elapsed() >= TO_SAY_WHO {
            return Err(End::NotSignedIn);
        }
        let every = self.hub.options.ping_every;
        if self.heard.elapsed() >= every.mul_f64(2.5) {
            return Err(End::Silent);
        }
        self.wire.write(&PING).await
    }

    async fn hear(&mut self, message: Option<Result<Message, Error>>) -> Result<(), End> {
        self.heard = Instant::now();
        match message {
            Some(Ok(Message::Text(text))) => {
                self.count()?;
                match protocol::read(&text) {
                    Ok(asked) => self.answer(asked).await,
                    Err(error) => self.refuse(&error, None).await,
                }
            }
            Some(Ok(Message::Binary(_))) => Err(End::NotText),
            // A ping is answered by the protocol; who sends them by the hundred is too loud, too, and
            // so is who answers what nobody asked.
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => self.count(),
            Some(Ok(Message::Close(_))) => Err(End::Closed),
            Some(Err(Error::Capacity(_))) => Err(End::TooLarge),
            Some(Err(Error::Protocol(_) | Error::Utf8(_))) => Err(End::Broken),
            Some(Err(_)) | None => Err(End::Gone),
        }
    }

    fn count(&mut self) -> Result<(), End> {
        let (since, count) = &mut self.counted;
        if since.elapsed() > WINDOW {
            (*since, *count) = (self.heard, 0);
        }
        *count += 1;
        if *count > self.hub.options.messages_per_10_seconds {
            return Err(End::Flood { retry_ms: REST });
        }
        Ok(())
    }
}
