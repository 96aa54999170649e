//! Watching over WebSockets.

use std::time::Duration;

use openchair_live_client::{Board, Closed, Door, Fault, Heard, LiveError, Socket};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::answer::Answer;
use crate::app::TestApp;
use crate::browser::Browser;

/// Longer than anything takes on a slow, busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Until one asks again.
const SOON: Duration = Duration::from_millis(400);

impl Browser {
    /// The way to a socket, as this browser or program would go.
    pub fn live_door(&self) -> Door {
        let call = self.request(reqwest::Method::GET, "/v1/live");
        let mut door = Door::at(self.url());
        for (name, value) in call.headers() {
            door = door.header(name.as_str(), value.to_str().expect("a header's value"));
        }
        door
    }

    /// A socket over which something can be watched.
    pub async fn watch(&self) -> Watcher {
        Watcher::open(&self.live_door()).await
    }
}

/// The schedule of a day, as one asks for it.
pub fn schedule(location: &str, date: &str) -> Value {
    json!({ "sub": "schedule", "location": location, "date": date })
}

/// Somebody who watches.
#[derive(Debug)]
pub struct Watcher {
    socket: Socket,
    /// What is shown.
    pub board: Board,
}

impl Watcher {
    /// Connects and hears the hello.
    pub async fn open(door: &Door) -> Self {
        let mut watcher = Self::silent(door).await;
        let hello = watcher.message().await;
        assert_eq!((&hello["type"], &hello["v"]), (&json!("hello"), &json!(1)), "{hello}");
        watcher
    }

    /// Connects and waits for nothing.
    pub async fn silent(door: &Door) -> Self {
        let socket = Socket::connect(door).await;
        let socket = socket.unwrap_or_else(|error| panic!("no socket: {error}"));
        Self { socket, board: Board::default() }
    }

    /// Connects with as little room for what is on its way as there can be: whoever doesn't read soon
    /// has read slowly.
    pub async fn narrow(door: &Door) -> Self {
        Self::open(&door.clone().narrow()).await
    }

    /// Is refused; the status and the problem's code.
    pub async fn refused(door: &Door) -> (u16, String) {
        match Socket::connect(door).await {
            Err(LiveError::Refused { status, body }) => {
                let problem: Value = serde_json::from_str(&body).unwrap_or_default();
                (status, problem["code"].as_str().unwrap_or_default().to_owned())
            }
            other => panic!("not refused: {other:?}"),
        }
    }

    /// The connection.
    pub fn socket(&mut self) -> &mut Socket {
        &mut self.socket
    }

    /// Says something.
    pub async fn say(&mut self, message: &Value) {
        self.socket.say(message).await;
    }

    async fn hear(&mut self) -> Heard {
        let heard = timeout(PATIENCE, self.socket.hear()).await;
        heard.expect("something is heard in time")
    }

    /// The next message.
    pub async fn message(&mut self) -> Value {
        match self.hear().await {
            Heard::Message(message) => {
                self.board.take(&message);
                assert_eq!(self.board.faults, Vec::<Fault>::new(), "{message}");
                message
            }
            Heard::Closed(closed) => panic!("a message was expected: {closed:?}"),
        }
    }

    /// Says something, and gives back the next message.
    pub async fn ask(&mut self, message: &Value) -> Value {
        self.say(message).await;
        self.message().await
    }

    /// Asks for something and is refused: the code.
    pub async fn error(&mut self, message: &Value) -> String {
        let answer = self.ask(message).await;
        assert_eq!(answer["type"], "error", "{answer}");
        answer["code"].as_str().unwrap_or_default().to_owned()
    }

    /// Takes in messages until the board shows something.
    pub async fn until<T>(&mut self, what: &str, look: impl Fn(&Board) -> Option<T>) -> T {
        loop {
            if let Some(found) = look(&self.board) {
                return found;
            }
            match self.hear().await {
                Heard::Message(message) => {
                    self.board.take(&message);
                    assert_eq!(self.board.faults, Vec::<Fault>::new(), "{message}");
                }
                Heard::Closed(closed) => panic!("{what}: {closed:?}"),
            }
        }
    }

    /// Whatever comes until all that is there now was told.
    pub async fn catch_up(&mut self, app: &TestApp) -> Vec<Value> {
        let last = app.database.count("select max(last_seq) from event_counters").await;
        let mut heard = Vec::new();
        loop {
            self.say(&json!({ "ping": last })).await;
            loop {
                let message = self.message().await;
                if message["type"] != "pong" {
                    heard.push(message);
                } else if message["seq"].as_i64().is_some_and(|seq| seq >= last) {
                    return heard;
                } else {
                    break;
                }
            }
            // Who asks too often is sent away.
            tokio::time::sleep(SOON).await;
        }
    }

    /// Waits for the end.
    pub async fn ended(&mut self) -> Closed {
        loop {
            match self.hear().await {
                Heard::Message(message) => {
                    self.board.take(&message);
                }
                Heard::Closed(closed) => return closed,
            }
        }
    }

    /// Waits for a goodbye: its reason, and the code with which it was closed.
    pub async fn goodbye(&mut self) -> (String, u16) {
        let closed = self.ended().await;
        let reason = closed.bye.as_ref().and_then(|bye| bye["reason"].as_str());
        (reason.unwrap_or_default().to_owned(), closed.code.unwrap_or_default())
    }

    /// What is shown of a topic: each item's own view, by id.
    pub fn shown(&self, topic: &str) -> Vec<Value> {
        let shown = self.board.topic(topic).unwrap_or_else(|| panic!("{topic} isn't watched"));
        let own = |item: &openchair_live_client::Item| item.body[item.kind.as_str()].clone();
        shown.items.values().map(own).collect()
    }
}

/// What REST shows of a day to the same one, by id: visits from the first instant to the second.
pub async fn listed(browser: &Browser, location: &str, from: &str, to: &str) -> Vec<Value> {
    let path = format!("/v1/appointments?location={location}&from={from}&to={to}&limit=100");
    let answer: Answer = browser.get(&path).await;
    let listed = answer.expect(200);
    assert!(listed["next"].is_null() || listed.get("next_cursor").is_none(), "{listed}");
    let mut items = listed["items"].as_array().cloned().unwrap_or_default();
    items.sort_by_key(|item| item["id"].as_str().unwrap_or_default().to_owned());
    items
}
