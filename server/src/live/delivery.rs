//! What a socket is told of its topics: each message in the order in which it happened, across all of
//! them.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use super::LAGGED;
use super::channel::{Next, Taken};
use super::first::First;
use super::frame::{Frame, Matter};
use super::line::{End, unless_ended};
use super::protocol::LiveMessage;
use super::socket::Socket;
use super::subscribe;
use super::topic::Topic;

/// How long a snapshot waits for what other topics have to tell first.
const SETTLE: Duration = Duration::from_secs(3);

impl Socket {
    /// Sends what there is, until there is nothing more.
    pub(super) async fn deliver(&mut self) -> Result<(), End> {
        loop {
            if let Some(end) = self.admission.line.ended() {
                return Err(end);
            }
            if let Some(topic) = self.missed.pop() {
                Box::pin(self.resync(topic)).await?;
            } else if !self.send_next(i64::MAX, None).await? {
                return Ok(());
            }
        }
    }

    /// Sends what is next, if it happened by then. False: there is nothing. What happened to one thing
    /// may be told by two topics, by the one that it left and by the one that it came to: so it is the
    /// earliest of all.
    async fn send_next(&mut self, last: i64, but: Option<Topic>) -> Result<bool, End> {
        let Some(at) = self.earliest(but) else { return Ok(false) };
        let sub = &self.subs[at];
        match sub.channel.take(sub.seat, last) {
            Taken::Nothing => Ok(false),
            Taken::Missed => {
                metrics::counter!(LAGGED).increment(1);
                self.miss(sub.topic);
                Ok(true)
            }
            Taken::Frame(frame) => self.send(at, frame).await.map(|()| true),
        }
    }

    /// Which topic has what is next.
    fn earliest(&self, but: Option<Topic>) -> Option<usize> {
        match self.subs.as_slice() {
            [only] => (Some(only.topic) != but).then_some(0),
            subs => {
                let others = subs.iter().enumerate().filter(|(_, sub)| Some(sub.topic) != but);
                let next = others.filter_map(|(at, sub)| match sub.channel.next(sub.seat) {
                    Next::Nothing => None,
                    Next::Missed => Some((i64::MIN, at)),
                    Next::At(seq) => Some((seq, at)),
                });
                next.min().map(|(_, at)| at)
            }
        }
    }

    fn miss(&mut self, topic: Topic) {
        if !self.missed.contains(&topic) {
            self.missed.push(topic);
        }
    }

    async fn send(&mut self, at: usize, frame: Frame) -> Result<(), End> {
        let (topic, known) = (self.subs[at].topic, self.subs[at].seq);
        // What is in the snapshot already is not told once more: that would be older.
        let is_old = frame.seq < known || (frame.seq == known && !frame.later);
        if is_old || self.missed.contains(&topic) {
            return Ok(());
        }
        match frame.matter {
            Matter::Send(bytes) => {
                self.wire.write(&bytes).await?;
                self.subs[at].seq = frame.seq;
                Ok(())
            }
            Matter::Resync => {
                self.miss(topic);
                Ok(())
            }
            Matter::Over(bytes) => {
                self.wire.write(&bytes).await?;
                Err(End::Over)
            }
        }
    }

    /// Tells everything that other topics have to tell up to an event, before a picture with that event
    /// in it is shown: nothing is shown newer first and older then.
    pub(super) async fn settle(&mut self, topic: Topic, seq: i64) -> Result<(), End> {
        let Some(other) = self.subs.iter().find(|sub| sub.topic != topic) else { return Ok(()) };
        let desk = Arc::clone(&other.desk);
        if desk.seen().is_some_and(|seen| seen < seq) {
            self.hub.dirty.mark(desk.tenant.id);
            // It takes as long as a query. If it takes much longer, the database is away, or busier
            // than it can be: the client comes back when that may be over.
            let told = timeout(SETTLE, desk.told_up_to(seq));
            unless_ended(&self.admission.line, told).await?.map_err(|_| End::Failed)?;
        }
        while self.send_next(seq, Some(topic)).await? {}
        Ok(())
    }

    /// Tells what is told first of a topic.
    pub(super) async fn begin_with(
        &mut self,
        topic: Topic,
        first: &First,
        afresh: bool,
    ) -> Result<(), End> {
        self.settle(topic, first.seq).await?;
        if afresh {
            self.say(&LiveMessage::resync(topic)).await?;
        }
        self.wire.write(&first.message).await?;
        if first.over { Err(End::Over) } else { Ok(()) }
    }

    /// Everything of a topic afresh.
    async fn resync(&mut self, topic: Topic) -> Result<(), End> {
        let Some(caller) = self.caller.clone() else { return Ok(()) };
        let Some(at) = self.subs.iter().position(|sub| sub.topic == topic) else { return Ok(()) };
        let line = Arc::clone(&self.admission.line);
        let looking = subscribe::afresh(&self.hub, &caller, &mut self.subs[at]);
        match unless_ended(&line, looking).await? {
            Ok(first) => self.begin_with(topic, &first, true).await,
            Err(error) if error.status.is_server_error() => Err(End::Failed),
            Err(error) => {
                self.subs.remove(at);
                self.refuse(&error, Some(topic.to_string())).await
            }
        }
    }
}
