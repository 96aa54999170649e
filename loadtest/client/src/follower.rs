//! A board that is kept up to date.

use std::time::Duration;

use serde_json::Value;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

use crate::board::Board;
use crate::socket::{Closed, Door, Heard, Socket};

/// What to watch, and how to come back.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Where; with several, the next one is tried after each connection that ended.
    pub doors: Vec<Door>,
    /// What is asked for, without `since`: `{"sub": "schedule", …}`.
    pub topics: Vec<Value>,
    /// The first pause after a connection that ended; doubled each time up to thirty-two times as
    /// much, and jittered.
    pub pause: Duration,
    /// Where its jitter begins; each follower's own.
    pub seed: u64,
}

/// How long a connection may take to say hello.
const HELLO: Duration = Duration::from_secs(15);

/// Somebody who watches, whatever happens to their connection.
#[derive(Debug)]
pub struct Follower {
    plan: Plan,
    socket: Option<Socket>,
    /// At most one: the connection that is being made. Who listens for a moment at a time gets there, too.
    connecting: JoinSet<Result<Socket, Option<Closed>>>,
    door: usize,
    tries: u32,
    random: u64,
    /// What is shown.
    pub board: Board,
    /// How often it connected.
    pub connections: u64,
    /// How often it went on where it was instead of beginning anew.
    pub resumed: u64,
    /// How its last connection ended.
    pub last_end: Option<Closed>,
}

impl Follower {
    /// Not connected yet.
    pub fn new(plan: Plan) -> Self {
        let random = plan.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        Self {
            plan,
            socket: None,
            connecting: JoinSet::new(),
            door: 0,
            tries: 0,
            random,
            board: Board::default(),
            connections: 0,
            resumed: 0,
            last_end: None,
        }
    }

    /// Follows for some time, through whatever happens.
    pub async fn follow(&mut self, time: Duration) {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            if timeout(left, self.next()).await.is_err() {
                return;
            }
        }
    }

    /// Connects if it isn't, then takes in the next message and gives it back. Cancelling it loses
    /// nothing.
    pub async fn next(&mut self) -> Value {
        loop {
            let Some(socket) = &mut self.socket else {
                self.connect().await;
                continue;
            };
            match socket.hear().await {
                Heard::Message(message) => {
                    self.board.take(&message);
                    return message;
                }
                Heard::Closed(closed) => {
                    self.socket = None;
                    self.last_end = Some(closed);
                }
            }
        }
    }

    /// Lets the connection break without a word, as a network does.
    pub fn break_off(&mut self) {
        self.socket = None;
    }

    /// Whether it is connected, as far as it knows.
    pub fn is_connected(&self) -> bool {
        self.socket.is_some()
    }

    /// Says something, if it is connected.
    pub async fn say(&mut self, message: &Value) {
        if let Some(socket) = &mut self.socket {
            socket.say(message).await;
        }
    }

    async fn connect(&mut self) {
        if self.connecting.is_empty() {
            let wishes = self.wishes();
            let (door, pause) = (self.next_door(), self.pause());
            self.tries += 1;
            self.connecting.spawn(async move {
                sleep(pause).await;
                enter(&door, &wishes).await
            });
        }
        match self.connecting.join_next().await {
            Some(Ok(Ok(socket))) => {
                self.connections += 1;
                self.board.begin();
                let wishes = self.wishes();
                let resumed = wishes.iter().filter(|wish| wish.get("since").is_some());
                self.resumed += resumed.count() as u64;
                self.socket = Some(socket);
                // A connection that ends at once is no reason to come back at once.
                self.tries = 1;
            }
            Some(Ok(Err(Some(closed)))) => self.last_end = Some(closed),
            _ => {}
        }
    }

    fn wishes(&self) -> Vec<Value> {
        self.plan.topics.iter().map(|topic| self.board.wish(topic)).collect()
    }

    fn next_door(&mut self) -> Door {
        let doors = self.plan.doors.len().max(1);
        let door = self.plan.doors.get(self.door % doors).cloned().unwrap_or_default();
        self.door += 1;
        door
    }

    fn pause(&mut self) -> Duration {
        if self.tries == 0 {
            return Duration::ZERO;
        }
        let most = self.plan.pause * 2_u32.pow(self.tries.min(6) - 1);
        most.mul_f64(0.5 + self.jitter() / 2.0)
    }

    /// Between 0 and 1, by a generator of its own: no two followers come back together.
    fn jitter(&mut self) -> f64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        f64::from(u32::try_from(self.random >> 32).unwrap_or_default()) / f64::from(u32::MAX)
    }
}

/// Connects, hears the hello and says what is wished for; else how it ended, if that was said.
async fn enter(door: &Door, wishes: &[Value]) -> Result<Socket, Option<Closed>> {
    let Ok(Ok(mut socket)) = timeout(HELLO, Socket::connect(door)).await else { return Err(None) };
    match timeout(HELLO, socket.hear()).await {
        Ok(Heard::Message(hello)) if hello["type"] == "hello" => {}
        Ok(Heard::Closed(closed)) => return Err(Some(closed)),
        _ => return Err(None),
    }
    for wish in wishes {
        socket.say(wish).await;
    }
    Ok(socket)
}
