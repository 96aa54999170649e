//! What is shown of some topics.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Something that is shown, as the server last told it.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// `visit`, `entry`, …
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: i64,
    /// All that was told.
    pub body: Value,
}

/// What is shown of a topic.
#[derive(Debug, Clone, Default)]
pub struct Shown {
    /// Up to which event.
    pub seq: i64,
    /// As whom, as the snapshot said it.
    pub audience: Option<String>,
    /// By id.
    pub items: BTreeMap<String, Item>,
}

/// Something that a server must never do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// An older version came after a newer one.
    Older {
        /// Of what.
        id: String,
        /// What was shown.
        shown: i64,
        /// What came.
        came: i64,
    },
    /// A change doesn't lead on from what is known.
    NotBehind {
        /// Where.
        topic: String,
        /// What was known.
        known: i64,
        /// What came.
        came: i64,
    },
    /// A change of something that was never shown, or never asked for.
    Unasked {
        /// Where.
        topic: String,
    },
    /// A message that can't be read.
    Unreadable(String),
}

/// What is shown of all topics that somebody watches.
#[derive(Debug, Clone, Default)]
pub struct Board {
    topics: BTreeMap<String, Shown>,
    /// The newest version that was ever shown of anything, by kind and id: a line and its screen are
    /// both called as the location is.
    newest: BTreeMap<(String, String), i64>,
    resyncing: BTreeSet<String>,
    /// What the server must never have done.
    pub faults: Vec<Fault>,
    /// How often it told everything afresh because something was missed.
    pub resyncs: u64,
    /// How many messages there were.
    pub messages: u64,
}

impl Board {
    /// What is shown of a topic.
    pub fn topic(&self, topic: &str) -> Option<&Shown> {
        self.topics.get(topic)
    }

    /// All topics.
    pub fn topics(&self) -> impl Iterator<Item = (&str, &Shown)> {
        self.topics.iter().map(|(topic, shown)| (topic.as_str(), shown))
    }

    /// Up to which event a topic is known, to go on from there.
    pub fn since(&self, topic: &str) -> Option<i64> {
        self.topics.get(topic).map(|shown| shown.seq)
    }

    /// What a topic that is asked for like this is called. A screen's is known once it has shown
    /// something.
    pub fn name(&self, wish: &Value) -> Option<String> {
        let text = |key: &str| wish[key].as_str();
        match (wish["sub"].as_str()?, text("location")) {
            ("schedule", location) => Some(format!("schedule:{}:{}", location?, text("date")?)),
            ("board", None) => {
                self.topics.keys().find(|topic| topic.starts_with("board:")).cloned()
            }
            (sub, Some(location)) => Some(format!("{sub}:{location}")),
            (sub, None) => Some(sub.to_owned()),
        }
    }

    /// What is asked for, and up to where it is known, if it is.
    pub fn wish(&self, wish: &Value) -> Value {
        let mut wish = wish.clone();
        if let Some(shown) = self.name(&wish).and_then(|name| self.topics.get(&name)) {
            wish["since"] = shown.seq.into();
            if let Some(audience) = &shown.audience {
                wish["audience"] = audience.clone().into();
            }
        }
        wish
    }

    /// There is a new connection. What the one before was about to tell afresh, this one tells from where
    /// it is known.
    pub fn begin(&mut self) {
        self.resyncing.clear();
    }

    /// What is known is forgotten, as by who starts anew.
    pub fn forget(&mut self, topic: &str) {
        self.topics.remove(topic);
    }

    /// Takes in a message. True: it was about what is shown.
    pub fn take(&mut self, message: &Value) -> bool {
        self.messages += 1;
        let Some(topic) = message["topic"].as_str().map(str::to_owned) else {
            if message["type"] == "pong"
                && let Some(seq) = message["seq"].as_i64()
            {
                self.topics.values_mut().for_each(|shown| shown.seq = shown.seq.max(seq));
            }
            return false;
        };
        match message["type"].as_str().unwrap_or_default() {
            "resync" => {
                self.resyncs += 1;
                self.resyncing.insert(topic);
                false
            }
            "snapshot" => {
                self.snapshot(&topic, message);
                true
            }
            "change" => {
                self.change(&topic, message);
                true
            }
            _ => false,
        }
    }

    fn items(&mut self, message: &Value) -> Vec<Item> {
        let listed = message["items"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut items = Vec::with_capacity(listed.len());
        for body in listed {
            match (body["kind"].as_str(), body["id"].as_str(), body["version"].as_i64()) {
                (Some(kind), Some(id), Some(version)) => items.push(Item {
                    kind: kind.to_owned(),
                    id: id.to_owned(),
                    version,
                    body: body.clone(),
                }),
                _ => self.faults.push(Fault::Unreadable(body.to_string())),
            }
        }
        items
    }

    /// Whether it may be shown: nothing newer ever was.
    fn may_show(&mut self, item: &Item) -> bool {
        let newest = self.newest.entry((item.kind.clone(), item.id.clone()));
        let newest = newest.or_insert(item.version);
        if *newest > item.version {
            let (id, shown, came) = (item.id.clone(), *newest, item.version);
            self.faults.push(Fault::Older { id, shown, came });
            return false;
        }
        *newest = item.version;
        true
    }

    fn snapshot(&mut self, topic: &str, message: &Value) {
        self.resyncing.remove(topic);
        let seq = message["seq"].as_i64().unwrap_or_default();
        if let Some(known) = self.topics.get(topic).map(|shown| shown.seq).filter(|it| *it > seq) {
            self.faults.push(Fault::NotBehind { topic: topic.to_owned(), known, came: seq });
            return;
        }
        let mut items = self.items(message);
        items.retain(|item| self.may_show(item));
        let items = items.into_iter().map(|item| (item.id.clone(), item)).collect();
        let audience = message["audience"].as_str().map(str::to_owned);
        self.topics.insert(topic.to_owned(), Shown { seq, audience, items });
    }

    fn change(&mut self, topic: &str, message: &Value) {
        let seq = message["seq"].as_i64().unwrap_or_default();
        let Some(known) = self.topics.get(topic).map(|shown| shown.seq) else {
            self.faults.push(Fault::Unasked { topic: topic.to_owned() });
            return;
        };
        if known > seq || self.resyncing.contains(topic) {
            self.faults.push(Fault::NotBehind { topic: topic.to_owned(), known, came: seq });
            return;
        }
        let mut items = self.items(message);
        items.retain(|item| self.may_show(item));
        let gone = message["gone"].as_array().map(Vec::as_slice).unwrap_or_default();
        let Some(shown) = self.topics.get_mut(topic) else { return };
        shown.seq = seq;
        for id in gone.iter().filter_map(Value::as_str) {
            shown.items.remove(id);
        }
        shown.items.extend(items.into_iter().map(|item| (item.id.clone(), item)));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn item(id: &str, version: i64) -> Value {
        json!({ "kind": "visit", "id": id, "version": version })
    }

    fn shown(board: &Board) -> Vec<(&str, i64)> {
        let items = board.topic("t").map(|shown| shown.items.values());
        items.into_iter().flatten().map(|item| (item.id.as_str(), item.version)).collect()
    }

    fn snapshot(seq: i64, items: &[Value]) -> Value {
        json!({ "type": "snapshot", "topic": "t", "seq": seq, "items": items })
    }

    fn change(seq: i64, items: &[Value], gone: &[&str]) -> Value {
        json!({ "type": "change", "topic": "t", "seq": seq, "items": items, "gone": gone })
    }

    #[test]
    fn changes_build_on_the_snapshot() {
        let mut board = Board::default();
        assert!(board.take(&snapshot(4, &[item("a", 1), item("b", 3)])));
        assert!(board.take(&change(6, &[item("a", 2), item("c", 1)], &["b"])));
        assert_eq!(shown(&board), [("a", 2), ("c", 1)]);
        assert!(!board.take(&json!({ "type": "pong", "ping": 1, "seq": 9 })));
        assert_eq!(board.since("t"), Some(9));
        assert!(!board.take(&json!({ "type": "resync", "topic": "t" })));
        assert!(board.take(&snapshot(12, &[item("c", 4)])));
        assert_eq!((shown(&board), board.resyncs), (vec![("c", 4)], 1));
        assert_eq!(board.faults, []);
    }

    #[test]
    fn who_comes_back_says_what_they_know_and_as_whom() {
        let mut board = Board::default();
        let day = json!({ "sub": "schedule", "location": "loc_1", "date": "2026-03-09" });
        let screen = json!({ "sub": "board" });
        assert_eq!((board.wish(&day), board.wish(&screen)), (day.clone(), screen.clone()));
        let told = |topic: &str, more: Value| {
            let mut told = json!({ "type": "snapshot", "topic": topic, "seq": 7, "items": [] });
            told.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            told
        };
        board.take(&told("schedule:loc_1:2026-03-09", json!({ "audience": "me" })));
        board.take(&told("board:loc_2", json!({})));
        let wish = board.wish(&day);
        assert_eq!((&wish["since"], &wish["audience"]), (&json!(7), &json!("me")));
        assert_eq!(board.wish(&screen), json!({ "sub": "board", "since": 7 }));
        let named = json!({ "sub": "board", "location": "loc_2" });
        assert_eq!(board.wish(&named)["since"], 7);
        assert_eq!(board.wish(&json!({ "sub": "ticket" })), json!({ "sub": "ticket" }));
    }

    #[test]
    fn a_connection_that_broke_before_it_told_afresh_is_followed_by_one_that_goes_on() {
        let mut board = Board::default();
        board.take(&snapshot(4, &[item("a", 1)]));
        board.take(&json!({ "type": "resync", "topic": "t" }));
        board.begin();
        assert_eq!(board.since("t"), Some(4));
        assert!(board.take(&change(6, &[item("a", 2)], &[])));
        assert_eq!(shown(&board), [("a", 2)]);
        assert_eq!(board.faults, []);
    }

    #[test]
    fn what_a_server_must_never_do_is_noted_and_not_shown() {
        let mut board = Board::default();
        board.take(&change(3, &[], &[]));
        assert_eq!(board.faults.pop(), Some(Fault::Unasked { topic: "t".into() }));
        board.take(&snapshot(5, &[item("a", 2)]));
        board.take(&change(6, &[item("a", 1)], &[]));
        let older = Fault::Older { id: "a".into(), shown: 2, came: 1 };
        assert_eq!((board.faults.pop(), shown(&board)), (Some(older), vec![("a", 2)]));
        board.take(&change(4, &[item("a", 9)], &[]));
        let late = Fault::NotBehind { topic: "t".into(), known: 6, came: 4 };
        assert_eq!((board.faults.pop(), shown(&board)), (Some(late), vec![("a", 2)]));
        board.take(&snapshot(2, &[]));
        assert!(matches!(board.faults.pop(), Some(Fault::NotBehind { .. })));
        board.take(&json!({ "type": "resync", "topic": "t" }));
        board.take(&change(8, &[], &[]));
        assert!(matches!(board.faults.pop(), Some(Fault::NotBehind { .. })));
        board.take(&snapshot(8, &[json!({ "kind": "visit" })]));
        assert!(matches!(board.faults.pop(), Some(Fault::Unreadable(_))));
        // Not even when it was gone in between.
        board.take(&change(9, &[item("b", 7)], &[]));
        board.take(&change(10, &[], &["b"]));
        board.take(&change(11, &[item("b", 6)], &[]));
        assert!(matches!(board.faults.pop(), Some(Fault::Older { .. })));
    }
}
