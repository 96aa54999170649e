//! The connection of a socket, and the end of it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt as _, StreamExt as _};
use poem::Upgraded;
use tokio::io::AsyncWriteExt as _;
use tokio::time::timeout;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::line::{End, Line};
use super::protocol::LiveMessage;

/// A connection that takes in nothing for so long is given up.
const STUCK: Duration = Duration::from_mins(1);

/// How long a goodbye may take.
const TO_SAY_GOODBYE: Duration = Duration::from_secs(2);

/// What a client is heard and told over.
pub(super) struct Wire {
    ws: WebSocketStream<Upgraded>,
    line: Arc<Line>,
}

impl Wire {
    /// Until `line` ends.
    pub(super) fn new(ws: WebSocketStream<Upgraded>, line: Arc<Line>) -> Self {
        Self { ws, line }
    }

    /// What the client says next. Cancelling it loses nothing.
    pub(super) async fn hear(&mut self) -> Option<Result<Message, Error>> {
        self.ws.next().await
    }

    /// Writes a whole frame; nothing to who isn't to hear anything any more. Whatever ends the socket
    /// meanwhile leaves half of it behind, and then nothing can be said any more.
    pub(super) async fn write(&mut self, bytes: &[u8]) -> Result<(), End> {
        self.put(true, bytes).await
    }

    /// Others may write here: everything was said, as far as the other side knows it.
    pub(super) fn sleep(&self, up_to: i64) {
        self.line.outlet.sleep(up_to);
    }

    /// Nobody else writes here any more; what they have begun is written to its end.
    pub(super) async fn awake(&mut self) -> Result<(), End> {
        match self.line.outlet.awake() {
            // Nothing may come between: what the protocol has to say waits, too. If it can't be finished,
            // nothing can be said any more.
            Some(left) => self.put(false, &left).await.map_err(|_| End::Gone),
            None => Ok(()),
        }
    }

    /// Writes what the protocol has to say by itself.
    pub(super) async fn flush(&mut self) -> Result<(), End> {
        self.put(true, &[]).await
    }

    /// Writes; `flush`: behind what the protocol has to say.
    async fn put(&mut self, flush: bool, bytes: &[u8]) -> Result<(), End> {
        if let Some(end) = self.line.ended() {
            return Err(end);
        }
        let ws = &mut self.ws;
        let work = async {
            // The answer to a ping may wait to be sent: not in the middle of ours.
            if flush {
                ws.flush().await.map_err(|_| End::Gone)?;
            }
            let stream = ws.get_mut();
            stream.write_all(bytes).await.map_err(|_| End::Gone)?;
            stream.flush().await.map_err(|_| End::Gone)
        };
        tokio::select! {
            biased;
            done = work => done,
            _ = self.line.ending() => Err(End::Gone),
            () = tokio::time::sleep(STUCK) => Err(End::Gone),
        }
    }

    /// Says why it is over, if anybody is there to hear it.
    pub(super) async fn end(&mut self, end: End) {
        self.line.outlet.close();
        if end != End::Gone {
            let _gone = timeout(TO_SAY_GOODBYE, self.say_goodbye(end)).await;
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
