//! What one audience of a topic is told: a bounded stretch of messages that all its sockets share.
//! Who is told never waits for who reads slowly: what doesn't fit any more is dropped, and whoever
//! hadn't read it learns that they missed something.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::task::yield_now;

use super::frame::{Frame, Matter};
use super::line::Line;
use super::outlet::Sent;

/// So many are told before others have a turn.
const AT_A_TIME: usize = 32;

/// So many bytes are kept at most, however few messages they are.
const MOST_BYTES: usize = 1024 * 1024;

/// The messages of an audience.
#[derive(Debug)]
pub(super) struct Channel {
    most: usize,
    ring: Mutex<Ring>,
}

#[derive(Debug, Default)]
struct Ring {
    /// The number of the first message that is kept.
    first: u64,
    kept: VecDeque<Kept>,
    bytes: usize,
    seats: Vec<Option<Seat>>,
    free: Vec<usize>,
}

#[derive(Debug)]
struct Kept {
    frame: Frame,
    /// Who hasn't read it.
    unread: usize,
}

#[derive(Debug)]
struct Seat {
    line: Arc<Line>,
    /// The number of the next message that it reads.
    next: u64,
}

/// What is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Next {
    /// There is nothing yet.
    Nothing,
    /// Something was dropped before: what follows doesn't connect.
    Missed,
    /// It brings the topic up to this event.
    At(i64),
}

/// What there was to take.
#[derive(Debug)]
pub(super) enum Taken {
    /// Nothing.
    Nothing,
    /// Something was dropped before, and so was the rest: it doesn't connect.
    Missed,
    /// The next message.
    Frame(Frame),
}

impl Channel {
    /// Keeps at most so many messages.
    pub(super) fn new(most: usize) -> Self {
        Self { most, ring: Mutex::default() }
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes part from now on; the number of the seat.
    pub(super) fn join(&self, line: Arc<Line>) -> usize {
        let mut ring = self.ring();
        let seat = Some(Seat { line, next: ring.end() });
        if let Some(place) = ring.free.pop() {
            ring.seats[place] = seat;
            return place;
        }
        ring.seats.push(seat);
        ring.seats.len() - 1
    }

    /// Takes part no more. True: nobody does.
    pub(super) fn leave(&self, place: usize) -> bool {
        let mut ring = self.ring();
        if let Some(seat) = ring.seats.get_mut(place).and_then(Option::take) {
            ring.free.push(place);
            ring.read(seat.next);
        }
        ring.free.len() == ring.seats.len()
    }

    /// Tells everybody; how many that are. Who reads on is told at once, the others are woken. A round
    /// of many isn't held up for others meanwhile, nor are they for it.
    pub(super) async fn push(&self, frame: Frame) -> usize {
        let Some((number, unread)) = self.keep(frame.clone()) else { return 0 };
        let mut place = 0;
        while let Some(next) = self.tell(place, number, &frame) {
            place = next;
            yield_now().await;
        }
        unread
    }

    /// Keeps it for everybody; its number, and how many that are.
    fn keep(&self, frame: Frame) -> Option<(u64, usize)> {
        let mut ring = self.ring();
        let unread = ring.seats.len() - ring.free.len();
        if unread == 0 {
            return None;
        }
        let number = ring.end();
        ring.bytes += frame.bytes();
        ring.kept.push_back(Kept { frame, unread });
        while ring.kept.len() > self.most || (ring.bytes > MOST_BYTES && ring.kept.len() > 1) {
            ring.drop_first();
        }
        Some((number, unread))
    }

    /// Tells some, from this place on; where to go on.
    fn tell(&self, from: usize, number: u64, frame: &Frame) -> Option<usize> {
        let mut ring = self.ring();
        let to = (from + AT_A_TIME).min(ring.seats.len());
        let mut told = 0;
        for seat in ring.seats[from.min(to)..to].iter_mut().flatten() {
            // Who took their seat, or looked, meanwhile knows it.
            if seat.next > number {
                continue;
            }
            let sent = if seat.next == number { seat.line.outlet.send(frame) } else { Sent::No };
            if sent != Sent::No {
                seat.next += 1;
                told += 1;
            }
            if sent != Sent::Whole {
                seat.line.wake();
            }
        }
        ring.told(number, told);
        (to < ring.seats.len()).then_some(to)
    }

    /// How many messages somebody hasn't read.
    pub(super) fn unread(&self) -> usize {
        self.ring().kept.len()
    }

    /// What is next for a seat.
    pub(super) fn next(&self, place: usize) -> Next {
        let ring = self.ring();
        match ring.seats.get(place).and_then(Option::as_ref).map(|seat| seat.next) {
            Some(next) if next < ring.first => Next::Missed,
            Some(next) => match ring.kept.get(ring.place(next)) {
                Some(kept) => Next::At(kept.frame.seq),
                None => Next::Nothing,
            },
            None => Next::Nothing,
        }
    }

    /// Takes what is next for a seat, if it happened by then. What isn't taken stays where everybody
    /// finds it: who is slow keeps nothing of their own.
    pub(super) fn take(&self, place: usize, last: i64) -> Taken {
        let mut ring = self.ring();
        let ring = &mut *ring;
        let (first, end) = (ring.first, ring.end());
        let Some(seat) = ring.seats.get_mut(place).and_then(Option::as_mut) else {
            return Taken::Nothing;
        };
        if seat.next < first {
            let from = std::mem::replace(&mut seat.next, end);
            ring.read(from);
            return Taken::Missed;
        }
        let at = usize::try_from(seat.next - first).unwrap_or(usize::MAX);
        match ring.kept.get_mut(at) {
            Some(kept) if kept.frame.seq <= last => {
                seat.next += 1;
                kept.unread -= 1;
                let frame = kept.frame.clone();
                ring.drop_read();
                Taken::Frame(frame)
            }
            _ => Taken::Nothing,
        }
    }
}

impl Ring {
    fn end(&self) -> u64 {
        self.first + self.kept.len() as u64
    }

    fn place(&self, number: u64) -> usize {
        usize::try_from(number.saturating_sub(self.first))
            .unwrap_or(usize::MAX)
            .min(self.kept.len())
    }

    fn drop_first(&mut self) {
        if let Some(gone) = self.kept.pop_front() {
            self.first += 1;
            self.bytes -= gone.frame.bytes();
        }
    }

    /// One more waits for nothing from this number on. What all have read isn't kept.
    fn read(&mut self, from: u64) {
        let from = self.place(from);
        for kept in self.kept.range_mut(from..) {
            kept.unread -= 1;
        }
        self.drop_read();
    }

    /// So many more have read this one.
    fn told(&mut self, number: u64, many: usize) {
        if many > 0 && number >= self.first {
            let place = self.place(number);
            self.kept[place].unread -= many;
            self.drop_read();
        }
    }

    fn drop_read(&mut self) {
        while self.kept.front().is_some_and(|kept| kept.unread == 0) {
            self.drop_first();
        }
    }
}

impl Frame {
    fn bytes(&self) -> usize {
        match &self.matter {
            Matter::Send(bytes) | Matter::Over(bytes) => bytes.len(),
            Matter::Resync => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use tokio::io::AsyncReadExt as _;
    use tokio::net::{TcpListener, TcpStream};

    use super::*;

    fn frame(seq: i64) -> Frame {
        Frame { seq, later: false, matter: Matter::Send(Bytes::from_static(b"0123456789")) }
    }

    /// All that there is to take, and whether something was missed.
    fn read(channel: &Channel, seat: usize) -> (bool, Vec<i64>) {
        let mut seqs = Vec::new();
        loop {
            let next = channel.next(seat);
            match channel.take(seat, i64::MAX) {
                Taken::Nothing => {
                    assert_eq!(next, Next::Nothing);
                    return (false, seqs);
                }
                Taken::Missed => {
                    assert_eq!(next, Next::Missed);
                    return (true, seqs);
                }
                Taken::Frame(frame) => {
                    assert_eq!(next, Next::At(frame.seq));
                    seqs.push(frame.seq);
                }
            }
        }
    }

    #[tokio::test]
    async fn everybody_reads_all_in_order_from_when_they_came() {
        let channel = Channel::new(10);
        assert_eq!(channel.push(frame(1)).await, 0);
        let early = channel.join(Arc::default());
        assert_eq!(channel.push(frame(2)).await, 1);
        let late = channel.join(Arc::default());
        assert_eq!((channel.push(frame(3)).await, channel.push(frame(4)).await), (2, 2));
        assert_eq!(read(&channel, early), (false, vec![2, 3, 4]));
        assert_eq!(read(&channel, early), (false, vec![]));
        assert_eq!(channel.ring().kept.len(), 2);
        assert_eq!(read(&channel, late), (false, vec![3, 4]));
        // Nothing is kept that all have read.
        let ring = channel.ring();
        assert_eq!((ring.kept.len(), ring.bytes), (0, 0));
    }

    #[tokio::test]
    async fn who_reads_slowly_misses_something_and_holds_nobody_up() {
        let channel = Channel::new(3);
        let (slow, quick) = (channel.join(Arc::default()), channel.join(Arc::default()));
        for seq in 1..=5 {
            channel.push(frame(seq)).await;
            assert_eq!(read(&channel, quick), (false, vec![seq]));
        }
        assert_eq!(channel.ring().kept.len(), 3);
        assert_eq!(read(&channel, slow), (true, vec![]));
        assert_eq!(channel.ring().kept.len(), 0);
        channel.push(frame(6)).await;
        assert_eq!(read(&channel, slow), (false, vec![6]));
    }

    #[tokio::test]
    async fn who_takes_one_leaves_the_others_where_they_are() {
        let channel = Channel::new(3);
        let (slow, quick) = (channel.join(Arc::default()), channel.join(Arc::default()));
        for seq in 1..=3 {
            channel.push(frame(seq)).await;
        }
        assert!(matches!(channel.take(slow, 1), Taken::Frame(frame) if frame.seq == 1));
        // The next happened later.
        assert!(matches!(channel.take(slow, 1), Taken::Nothing));
        assert_eq!(read(&channel, quick), (false, vec![1, 2, 3]));
        assert_eq!(channel.unread(), 2);
        // It doesn't wait for the slow one: three more, and what they haven't taken is gone.
        for seq in 4..=6 {
            channel.push(frame(seq)).await;
        }
        assert_eq!(read(&channel, quick), (false, vec![4, 5, 6]));
        assert_eq!(read(&channel, slow), (true, vec![]));
        assert_eq!(channel.unread(), 0);
    }

    #[tokio::test]
    async fn who_sleeps_is_told_at_once_and_only_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut there = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
        let here = listener.accept().await.unwrap().0;
        here.writable().await.unwrap();
        let sleeper = Arc::new(Line::default());
        sleeper.outlet.open(Arc::new(here));
        let channel = Channel::new(10);
        // More than are told at a time, the sleeper last.
        let others: Vec<_> = (0..AT_A_TIME * 2).map(|_| channel.join(Arc::default())).collect();
        let seat = channel.join(Arc::clone(&sleeper));
        sleeper.outlet.sleep(0);
        assert_eq!(channel.push(frame(1)).await, others.len() + 1);
        assert_eq!(read(&channel, seat), (false, vec![]), "told already");
        // What it didn't read in time is behind what the task must say first.
        sleeper.outlet.stir();
        channel.push(frame(2)).await;
        sleeper.outlet.awake();
        sleeper.outlet.sleep(1);
        channel.push(frame(3)).await;
        assert_eq!(read(&channel, seat), (false, vec![2, 3]));
        sleeper.outlet.awake();
        sleeper.outlet.sleep(3);
        channel.push(frame(4)).await;
        for other in others {
            assert_eq!(read(&channel, other), (false, vec![1, 2, 3, 4]));
        }
        assert_eq!(channel.unread(), 0);
        sleeper.outlet.close();
        let mut heard = String::new();
        there.read_to_string(&mut heard).await.unwrap();
        assert_eq!(heard, "0123456789".repeat(2), "the first and the last");
    }

    #[tokio::test]
    async fn few_large_messages_are_too_much_too() {
        let channel = Channel::new(100);
        let seat = channel.join(Arc::default());
        for seq in 0..4 {
            let matter = Matter::Send(Bytes::from(vec![0; MOST_BYTES / 3]));
            channel.push(Frame { seq, later: false, matter }).await;
        }
        assert!(channel.ring().bytes <= MOST_BYTES);
        assert!(read(&channel, seat).0);
    }

    #[tokio::test]
    async fn who_leaves_is_waited_for_no_more() {
        let channel = Channel::new(10);
        let (one, two) = (channel.join(Arc::default()), channel.join(Arc::default()));
        channel.push(frame(1)).await;
        assert_eq!(read(&channel, one), (false, vec![1]));
        assert!(!channel.leave(two));
        assert_eq!(channel.ring().kept.len(), 0);
        // The seat is taken by the next, who hears nothing of before.
        channel.push(frame(2)).await;
        assert_eq!(channel.join(Arc::default()), two);
        assert_eq!(read(&channel, two), (false, vec![]));
        assert_eq!(read(&channel, one), (false, vec![2]));
        assert!(!channel.leave(two) && channel.leave(one));
        assert!(channel.leave(one));
    }
}
