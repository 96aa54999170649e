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
use poem::http::StatusCode;
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
use super::topic::Topic;
use crate::app::App;
use crate::auth;
use crate::problem::ApiError;

/// How long somebody may take to say who they are.
const TO_SAY_WHO: Duration = Duration::from_secs(10);

/// A connection that takes in nothing for so long is given up.
const STUCK: Duration = Duration::from_mins(1);

/// How long a snapshot waits for what other topics have to tell first.
const SETTLE: Duration = Duration::from_secs(2);

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

/// What a socket's task was woken for.
enum Woken {
    Rung,
    Told(Option<Result<Message, Error>>),
    Due,
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
    /// Taken from the topics and not sent yet, in the order in which it happened.
    pending: Vec<(Topic, Frame)>,
    /// Topics of which something was missed.
    missed: Vec<Topic>,
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
            pending: Vec::new(),
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
        self.admission.line.outlet.close();
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
            // Everything was said: until something else comes up, others may write here.
            line.outlet.sleep(self.knows());
            let woken = tokio::select! {
                () = line.woken() => Woken::Rung,
                message = self.ws.next() => Woken::Told(message),
                () = sleep_until(look_at) => Woken::Due,
            };
            if let Err(end) = self.go_on(woken, begun).await {
                return end;
            }
        }
    }

    async fn go_on(&mut self, woken: Woken, begun: Instant) -> Result<(), End> {
        if let Some(left) = self.admission.line.outlet.awake() {
            // Nothing may come between: what the protocol has to say waits, too.
            self.put(false, &left).await?;
        }
        match woken {
            Woken::Rung => {}
            Woken::Told(message) => {
                Box::pin(self.hear(message)).await?;
                // The answer to a ping: when others write, nothing else may be on its way.
                self.write(&[]).await?;
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
                // Whoever comes too often, or at a bad moment, may come back.
                let later =
                    error.status.is_server_error() || error.status == StatusCode::TOO_MANY_REQUESTS;
                Err(if later { End::Failed } else { End::NotSignedIn })
            }
        }
    }

    async fn subscribe(&mut self, caller: &Arc<Caller>, asking: Asking) -> Result<(), End> {
        let wish = match Wish::read(&self.hub, caller, self.ticket, asking).await {
            Ok(wish) => wish,
            Err(error) => return self.refuse_wish(&error, None).await,
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
                let (topic, seq) = (sub.topic, sub.seq);
                self.subs.push(sub);
                self.settle(topic, seq).await?;
                self.begin_with(first).await
            }
            Err(error) => self.refuse_wish(&error, Some(name)).await,
        }
    }

    /// Says that something can't be watched. If it is our fault, the client had better come back than
    /// think that there is nothing.
    async fn refuse_wish(&mut self, error: &ApiError, topic: Option<String>) -> Result<(), End> {
        self.refuse(error, topic).await?;
        if error.status.is_server_error() { Err(End::Failed) } else { Ok(()) }
    }

    async fn begin_with(&mut self, first: First) -> Result<(), End> {
        for bytes in first.messages {
            self.write(&bytes).await?;
        }
        if first.over { Err(End::Over) } else { Ok(()) }
    }

    /// Sends what there is, until there is nothing more.
    async fn deliver(&mut self) -> Result<(), End> {
        loop {
            if let Some(end) = self.admission.line.ended() {
                return Err(end);
            }
            self.gather();
            if let Some(topic) = self.missed.pop() {
                Box::pin(self.resync(topic)).await?;
            } else if self.pending.is_empty() {
                return Ok(());
            } else {
                self.send_up_to(i64::MAX).await?;
            }
        }
    }

    /// Takes what there is from all topics.
    fn gather(&mut self) {
        let mut frames = Vec::new();
        for sub in &self.subs {
            if sub.channel.take(sub.seat, &mut frames) == Taken::Missed {
                metrics::counter!(LAGGED).increment(1);
                self.missed.push(sub.topic);
            }
            self.pending.extend(frames.drain(..).map(|frame| (sub.topic, frame)));
        }
        // What happened to one thing may be told by two topics: by the one that it left, and by the
        // one that it came to.
        self.pending.sort_by_key(|(_, frame)| frame.seq);
    }

    /// Sends what was taken, as far as it happened by then.
    async fn send_up_to(&mut self, last: i64) -> Result<(), End> {
        let sent = self.pending.partition_point(|(_, frame)| frame.seq <= last);
        let now: Vec<_> = self.pending.drain(..sent).collect();
        self.pending.shrink_to(4);
        for (topic, frame) in now {
            let Some(at) = self.subs.iter().position(|sub| sub.topic == topic) else { continue };
            // What is in the snapshot already is not told once more: that would be older.
            let known = self.subs[at].seq;
            if frame.seq < known || (frame.seq == known && !frame.later) {
                continue;
            }
            match frame.matter {
                _ if self.missed.contains(&topic) => {}
                Matter::Send(bytes) => {
                    self.write(&bytes).await?;
                    self.subs[at].seq = frame.seq;
                }
                Matter::Resync => self.missed.push(topic),
                Matter::Over(bytes) => {
                    self.write(&bytes).await?;
                    return Err(End::Over);
                }
            }
        }
        Ok(())
    }

    /// Tells everything that other topics have to tell up to an event, before a picture with that event
    /// in it is shown: nothing is shown newer first and older then.
    async fn settle(&mut self, topic: Topic, seq: i64) -> Result<(), End> {
        let Some(other) = self.subs.iter().find(|sub| sub.topic != topic) else { return Ok(()) };
        let desk = Arc::clone(&other.desk);
        if desk.seen().is_some_and(|seen| seen < seq) {
            self.hub.dirty.mark(desk.tenant.id);
            // It takes as long as a query, or longer if the database is away; then better so than not.
            let _late = timeout(SETTLE, desk.told_up_to(seq)).await;
        }
        self.gather();
        self.send_up_to(seq).await
    }

    /// Everything of a topic afresh.
    async fn resync(&mut self, topic: Topic) -> Result<(), End> {
        let Some(caller) = self.caller.clone() else { return Ok(()) };
        let Some(at) = self.subs.iter().position(|sub| sub.topic == topic) else { return Ok(()) };
        match subscribe::afresh(&self.hub, &caller, &mut self.subs[at]).await {
            Ok(first) => {
                let seq = self.subs[at].seq;
                self.settle(topic, seq).await?;
                self.begin_with(first).await
            }
            Err(error) if error.status.is_server_error() => Err(End::Failed),
            Err(error) => {
                self.subs.remove(at);
                self.refuse(&error, Some(topic.to_string())).await
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
        self.put(true, bytes).await
    }

    /// The same; `flush`: behind what the protocol itself has to say.
    async fn put(&mut self, flush: bool, bytes: &[u8]) -> Result<(), End> {
        let line = &self.admission.line;
        let ws = &mut self.ws;
        let work = async {
            // The answer to a ping may wait to be sent: not in the middle of ours.
            if flush {
                ws.flush().await.map_err(|_| End::Gone)?;
            }
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
