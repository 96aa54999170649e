//! The short way out. While a socket's task sleeps and has said everything, whoever has news writes to
//! the connection itself: to wake a task for each of a thousand sockets costs as much as to write to
//! them. What can't be said this way is left to the task.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::net::TcpStream;

use super::frame::{Frame, Matter};

/// A socket's way out.
#[derive(Debug, Default)]
pub(super) struct Outlet(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// None: only the task can write.
    stream: Option<Arc<TcpStream>>,
    /// While the task sleeps: the last that the other side knows of anything.
    asleep: Option<i64>,
    /// The task was called, and hasn't come yet: it doesn't sleep before it has looked why.
    called: bool,
    /// What is left of a message that didn't fit.
    left: Option<Bytes>,
}

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sent {
    /// It is on its way.
    Whole,
    /// It began; the task has the rest of it.
    Part,
    /// It is the task's.
    No,
}

impl Outlet {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// There is a short way.
    pub(super) fn open(&self, stream: Arc<TcpStream>) {
        self.state().stream = Some(stream);
    }

    /// There is none any more. Nothing is being written when this returns, nor will be.
    pub(super) fn close(&self) {
        *self.state() = State::default();
    }

    /// The task sleeps, with nothing left to say up to there.
    pub(super) fn sleep(&self, up_to: i64) {
        let mut state = self.state();
        state.asleep = Some(up_to).filter(|_| !state.called);
    }

    /// The task has something to do: nobody else writes until it sleeps again.
    pub(super) fn stir(&self) {
        self.state().call();
    }

    /// The same, for the task itself; what it must write before anything else.
    pub(super) fn awake(&self) -> Option<Bytes> {
        let mut state = self.state();
        (state.asleep, state.called) = (None, false);
        state.left.take()
    }

    /// Says it the short way, if that can be. If not, nothing goes this way until the task has slept
    /// again: nobody hears what is newer first.
    pub(super) fn send(&self, frame: &Frame) -> Sent {
        let mut state = self.state();
        let Some(sent) = state.try_send(frame) else {
            state.call();
            return Sent::No;
        };
        sent
    }
}

impl State {
    fn call(&mut self) {
        (self.asleep, self.called) = (None, true);
    }

    fn try_send(&mut self, frame: &Frame) -> Option<Sent> {
        let (Matter::Send(bytes), Some(up_to)) = (&frame.matter, self.asleep) else { return None };
        // What may be in a snapshot already is for the task to judge.
        if frame.seq <= up_to {
            return None;
        }
        let written = self.stream.as_ref()?.try_write(bytes).ok()?;
        if written == bytes.len() {
            return Some(Sent::Whole);
        }
        self.left = Some(bytes.slice(written..));
        self.call();
        Some(Sent::Part)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt as _;
    use tokio::net::TcpListener;

    use super::*;

    async fn pair() -> (Arc<TcpStream>, TcpStream) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let there = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let here = listener.accept().await.unwrap().0;
        here.writable().await.unwrap();
        (Arc::new(here), there)
    }

    fn frame(seq: i64, matter: Matter) -> Frame {
        Frame { seq, later: false, matter }
    }

    #[tokio::test]
    async fn only_who_sleeps_is_told_past_their_task_and_only_of_news() {
        let (here, mut there) = pair().await;
        let outlet = Outlet::default();
        let news = |seq| frame(seq, Matter::Send(Bytes::from(format!("{seq} "))));
        outlet.sleep(1);
        assert_eq!(outlet.send(&news(2)), Sent::No, "there is no way yet");
        outlet.open(Arc::clone(&here));
        outlet.sleep(2);
        assert_eq!(outlet.send(&news(3)), Sent::No, "the task was called and hasn't come yet");
        let wakes_and_sleeps = |up_to| {
            assert_eq!(outlet.awake(), None);
            outlet.sleep(up_to);
        };
        wakes_and_sleeps(2);
        assert_eq!((outlet.send(&news(3)), outlet.send(&news(4))), (Sent::Whole, Sent::Whole));
        assert_eq!(outlet.send(&news(2)), Sent::No, "that is known");
        assert_eq!(outlet.send(&news(5)), Sent::No, "the task has something to do first");
        wakes_and_sleeps(4);
        assert_eq!(outlet.send(&frame(5, Matter::Resync)), Sent::No);
        wakes_and_sleeps(4);
        assert_eq!(outlet.send(&frame(5, Matter::Over(Bytes::new()))), Sent::No);
        wakes_and_sleeps(5);
        outlet.stir();
        assert_eq!(outlet.send(&news(6)), Sent::No);
        wakes_and_sleeps(5);
        outlet.close();
        assert_eq!(outlet.send(&news(6)), Sent::No);
        drop(here);
        let mut heard = String::new();
        there.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "3 4 ", "the last to hold it was the outlet");
    }

    #[tokio::test]
    async fn what_does_not_fit_is_left_to_the_task_from_where_it_broke_off() {
        let (here, mut there) = pair().await;
        let outlet = Outlet::default();
        outlet.open(here.clone());
        outlet.sleep(0);
        // More than any buffer takes.
        let long = Bytes::from(vec![7; 64 * 1024 * 1024]);
        assert_eq!(outlet.send(&frame(1, Matter::Send(long.clone()))), Sent::Part);
        assert_eq!(outlet.send(&frame(2, Matter::Send(long.clone()))), Sent::No);
        let left = outlet.awake().unwrap();
        assert!(!left.is_empty() && left.len() < long.len());
        let mut head = vec![0; long.len() - left.len()];
        there.read_exact(&mut head).await.unwrap();
        assert_eq!(head.len() + left.len(), long.len());
        // Full again: it isn't begun.
        while here.try_write(&long).is_ok() {}
        outlet.sleep(2);
        assert_eq!(outlet.send(&frame(3, Matter::Send(long))), Sent::No);
        assert_eq!(outlet.awake(), None);
    }
}
