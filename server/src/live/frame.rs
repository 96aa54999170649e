//! Messages as they travel, made once and shared by all sockets that they go to. What a server sends
//! is not masked, so that the same bytes are right for everybody.

use bytes::{BufMut as _, Bytes, BytesMut};

/// A message on its way.
#[derive(Debug, Clone)]
pub(super) struct Frame {
    /// What it brings the topic up to.
    pub(super) seq: i64,
    /// Whether it says something new of who knows everything up to there: time has passed.
    pub(super) later: bool,
    /// What it is for who has it.
    pub(super) matter: Matter,
}

/// What a frame is for.
#[derive(Debug, Clone)]
pub(super) enum Matter {
    /// Goes out as it is.
    Send(Bytes),
    /// What happened can't be told piece by piece: everybody needs a new snapshot.
    Resync,
    /// There is nothing more to come.
    Over(Bytes),
}

/// A WebSocket frame with one whole text.
pub(super) fn text(text: &str) -> Bytes {
    const WHOLE_TEXT: u8 = 0x81;
    frame(WHOLE_TEXT, text.as_bytes())
}

/// A WebSocket frame that asks whether anybody is there.
pub(super) const PING: [u8; 2] = [0x89, 0];

fn frame(head: u8, payload: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(payload.len() + 10);
    bytes.put_u8(head);
    match (u8::try_from(payload.len()), u16::try_from(payload.len())) {
        (Ok(length @ 0..=125), _) => bytes.put_u8(length),
        (_, Ok(length)) => {
            bytes.put_u8(126);
            bytes.put_u16(length);
        }
        _ => {
            bytes.put_u8(127);
            bytes.put_u64(payload.len() as u64);
        }
    }
    bytes.put_slice(payload);
    bytes.freeze()
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;
    use tokio::io::AsyncWriteExt as _;
    use tokio_tungstenite::WebSocketStream;
    use tokio_tungstenite::tungstenite::Message;
    use tokio_tungstenite::tungstenite::protocol::Role;

    use super::*;

    /// Whoever knows how to read WebSockets reads what was written.
    #[tokio::test]
    async fn texts_of_all_lengths_are_read_as_they_were() {
        let (mut here, there) = tokio::io::duplex(64);
        let mut reader = WebSocketStream::from_raw_socket(there, Role::Client, None).await;
        for length in [0, 1, 125, 126, 127, 65_535, 65_536, 70_000] {
            let written = format!("{}{}", "ä".repeat(length / 2), "x".repeat(length % 2));
            let bytes = text(&written);
            let (sent, read) = tokio::join!(here.write_all(&bytes), reader.next());
            sent.unwrap();
            assert_eq!(read.unwrap().unwrap(), Message::text(written), "{length}");
        }
        let (sent, read) = tokio::join!(here.write_all(&PING), reader.next());
        sent.unwrap();
        assert_eq!(read.unwrap().unwrap(), Message::Ping(Bytes::new()));
    }
}
