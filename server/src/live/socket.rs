//! One socket's life: a task that listens to its client and to its topics.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use openchair_domain::identity::Proof;
use openchair_domain::ids::{Id, Location, QueueEntry, Tenant};
use openchair_domain::live::Watch;
use openchair_domain::queue;
use openchair_domain::secrets::TokenKind;
use openchair_domain::tenancy::{Caller, Principal, RequestFacts};
use openchair_domain::tenants;
use poem::Upgraded;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::LAGGED;
use super::channel::Taken;
use super::frame::{Frame, Matter, PING};
use super::hub::{Admission, Hub, Sub};
use super::line::{End, Known};
use super::protocol::{self, Asked, LiveHello, LiveMessage, LivePong, VERSION};
use super::subscribe::{self, Asking, First, Wish};
use crate::app::App;
use crate::auth;
use crate::problem::ApiError;

/// How long somebody may take to say who they are.
const TO_SAY_WHO: Duration = Duration::from_secs(10);

/// A connection that takes in nothing for so long is given up.
const STUCK: Duration = Duration::from_secs(60);

/// How long a goodbye may take.
const TO_SAY_GOODBYE: Duration = Duration::from_secs(2);

/// Over what time a client's messages are counted.
const WINDOW: Duration = Duration::from_secs(10);

/// Who looks on.
#[derive(Debug)]
pub(super) struct Who {
    pub(super) caller: Caller,
    /// By what it is asked whether they may still; nothing for who has no rights.
    pub(super) watch: Option<Watch>,
    /// What they hold.
    pub(super) ticket: Option<(Id<Location>, Id<QueueEntry>)>,
}

/// A socket and what it watches.
pub(super) struct Socket {
    ws: WebSocketStream<Upgraded>,
    app: App,
    hub: Hub,
    admission: Admission,
    request: Arc<RequestFacts>,
    caller: Option<Arc<Caller>>,
    ticket: Option<(Id<Location>, Id<QueueEntry>)>,
    subs: Vec<Sub>,
    frames: Vec<Frame>,
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
            ws,
            app,
            hub,
            admission,
            request: Arc::new(request),
            caller: None,
            ticket: None,
            subs: Vec::new(),
            frames: Vec::new(),
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
        if end != End::Gone {
            let _gone = timeout(TO_SAY_GOODBYE, Box::pin(self.say_goodbye(end))).await;
        }
    }

    async fn begin(&mut self, who: Option<Box<Who>>) -> Result<(), End> {
        match who {
            Some(who) => self.know(*who).await,
            None => Ok(()),
        }
    }

    /// Says hello to somebody.
    async fn know(&mut self, who: Who) -> Result<(), End> {
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
            let done = tokio::select! {
                () = line.woken() => Ok(()),
                message = self.ws.next() => Box::pin(self.hear(message)).await,
                () = sleep_until(look_at) => Box::pin(self.look_after(begun)).await,
            };
            let done = match done {
                Ok(()) => self.deliver().await,
                Err(end) => Err(end),
            };
            if let Err(end) = done {
                return end;
            }
        }
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
        self.write(&PING).await
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
            // A ping is answered by the protocol; who sends them by the hundred is too loud, too.
            Some(Ok(Message::Ping(_))) => self.count(),
            Some(Ok(Message::Pong(_) | Message::Frame(_))) => Ok(()),
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
        if *count > self.hub.options.messages_per_10_seconds { Err(End::Flood) } else { Ok(()) }
    }

    async fn answer(&mut self, asked: Asked) -> Result<(), End> {
        match asked {
            Asked::Auth { token, tenant } => {
                Box::pin(self.recognise(token, tenant.map(|id| id.0))).await
            }
            Asked::Shop(shop) => Box::pin(self.visit(shop)).await,
            Asked::Sub(asking) => match self.caller.clone() {
                Some(caller) => Box::pin(self.subscribe(&caller, asking)).await,
                None => self.refuse(&ApiError::unauthenticated(), None).await,
            },
            Asked::Unsub(topic) => {
                self.subs.retain(|sub| sub.topic.to_string() != topic);
                Ok(())
            }
            Asked::Ping(ping) => {
                let seq = match self.caller.as_ref().and_then(|who| self.hub.desk(who.tenant())) {
                    // What was told up to here is in the channels by now.
                    Some(desk) if !self.subs.is_empty() => desk.seen().unwrap_or_default(),
                    _ => 0,
                };
                self.deliver().await?;
                self.say(&LiveMessage::Pong(LivePong { ping, seq })).await
            }
        }
    }

    async fn recognise(&mut self, token: String, tenant: Option<Id<Tenant>>) -> Result<(), End> {
        let request = (*self.request).clone();
        let who = if token.starts_with(TokenKind::Ticket.prefix()) {
            let opened = queue::open(&self.hub.db, &token, request).await;
            opened.map_err(ApiError::from).map(|ticket| Who {
                ticket: Some((ticket.location, ticket.entry)),
                caller: ticket.caller,
                watch: None,
            })
        } else {
            let known = auth::who(&self.app, &Proof::Bearer(token), tenant, request).await;
            known.map(|(caller, watch)| Who { caller, watch: Some(watch), ticket: None })
        };
        self.introduce(who).await
    }

    /// Lets somebody look at what anybody may see.
    async fn visit(&mut self, shop: String) -> Result<(), End> {
        let request = (*self.request).clone();
        let visit = async {
            self.app.limits.public(&request).await?;
            let caller = tenants::visit(&self.hub.db, &shop, request).await?;
            Ok(Who { caller, watch: None, ticket: None })
        };
        let who = visit.await;
        self.introduce(who).await
    }

    async fn introduce(&mut self, who: Result<Who, ApiError>) -> Result<(), End> {
        if self.caller.is_some() {
            let error = ApiError::conflict("already_signed_in", "It is known already who you are.");
            return self.refuse(&error, None).await;
        }
        match who {
            Ok(who) => self.know(who).await,
            Err(error) => {
                self.refuse(&error, None).await?;
                Err(if error.status.is_server_error() { End::Failed } else { End::NotSignedIn })
            }
        }
    }

    async fn subscribe(&mut self, caller: &Arc<Caller>, asking: Asking) -> Result<(), End> {
        let wish = match Wish::read(&self.hub, caller, self.ticket, asking).await {
            Ok(wish) => wish,
            Err(error) => return self.refuse(&error, None).await,
        };
        let name = wish.topic.to_string();
        // Watching it again is watching it afresh.
        self.subs.retain(|sub| sub.topic != wish.topic);
        if self.subs.len() >= self.hub.options.topics_per_socket {
            let error = ApiError::conflict("too_many_topics", "This socket watches enough.");
            return self.refuse(&error, Some(name)).await;
        }
        let line = &self.admission.line;
        match subscribe::open(&self.hub, caller, &wish, line).await {
            Ok((sub, first)) => {
                self.subs.push(sub);
                self.begin_with(first).await
            }
            Err(error) => self.refuse(&error, Some(name)).await,
        }
    }

    async fn begin_with(&mut self, first: First) -> Result<(), End> {
        for bytes in first.messages {
            self.write(&bytes).await?;
        }
        if first.over { Err(End::Over) } else { Ok(()) }
    }

    /// Sends what there is, until there is nothing more.
    async fn deliver(&mut self) -> Result<(), End> {
        let mut at = 0;
        loop {
            if let Some(end) = self.admission.line.ended() {
                return Err(end);
            }
            let Some(sub) = self.subs.get_mut(at) else { return Ok(()) };
            let mut frames = std::mem::take(&mut self.frames);
            let taken = sub.channel.take(sub.seat, &mut frames);
            let known = sub.seq;
            if taken == Taken::Missed {
                metrics::counter!(LAGGED).increment(1);
                Box::pin(self.resync(at)).await?;
                at = 0;
                continue;
            }
            if frames.is_empty() {
                self.frames = frames;
                at += 1;
                continue;
            }
            let mut resync = false;
            // What is in the snapshot already is not told once more: that would be older.
            let is_new = |frame: &&Frame| frame.seq > known || (frame.later && frame.seq == known);
            for frame in frames.iter().filter(is_new) {
                match &frame.matter {
                    Matter::Send(bytes) => {
                        self.write(bytes).await?;
                        self.subs[at].seq = frame.seq;
                    }
                    Matter::Resync => {
                        resync = true;
                        break;
                    }
                    Matter::Over(bytes) => {
                        self.write(bytes).await?;
                        return Err(End::Over);
                    }
                }
            }
            frames.clear();
            frames.shrink_to(4);
            self.frames = frames;
            if resync {
                Box::pin(self.resync(at)).await?;
            }
            // Something may have come for those before meanwhile, and the bell for it is spent.
            at = 0;
        }
    }

    /// Everything of a topic afresh.
    async fn resync(&mut self, at: usize) -> Result<(), End> {
        let Some(caller) = self.caller.clone() else { return Ok(()) };
        let Some(sub) = self.subs.get_mut(at) else { return Ok(()) };
        match subscribe::afresh(&self.hub, &caller, sub).await {
            Ok(first) => self.begin_with(first).await,
            Err(error) if error.status.is_server_error() => Err(End::Failed),
            Err(error) => {
                let sub = self.subs.remove(at);
                self.refuse(&error, Some(sub.topic.to_string())).await
            }
        }
    }

    async fn refuse(&mut self, error: &ApiError, topic: Option<String>) -> Result<(), End> {
        self.say(&LiveMessage::refusal(error, topic)).await
    }

    async fn say(&mut self, message: &LiveMessage) -> Result<(), End> {
        self.write(&message.encode()).await
    }

    /// Writes a whole frame. Whatever ends the socket meanwhile leaves half of it behind, and then
    /// nothing can be said any more.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), End> {
        let line = &self.admission.line;
        let ws = &mut self.ws;
        let work = async {
            // The answer to a ping may wait to be sent: not in the middle of ours.
            ws.flush().await.map_err(|_| End::Gone)?;
            ws.get_mut().write_all(bytes).await.map_err(|_| End::Gone)
        };
        tokio::select! {
            biased;
            done = work => done,
            _ = line.ending() => Err(End::Gone),
            () = tokio::time::sleep(STUCK) => Err(End::Gone),
        }
    }

    async fn say_goodbye(&mut self, end: End) -> Result<(), Error> {
        let (reason, code) = end.words();
        if end != End::Closed {
            let bytes: Bytes = LiveMessage::bye(end).encode();
            self.ws.flush().await?;
            self.ws.get_mut().write_all(&bytes).await?;
        }
        self.ws.close(Some(CloseFrame { code: code.into(), reason: reason.into() })).await?;
        // Until the other side has said goodbye, too: what it still sent would reset the connection,
        // and take our last words with it.
        while let Some(Ok(_)) = self.ws.next().await {}
        Ok(())
    }
}
