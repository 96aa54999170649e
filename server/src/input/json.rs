//! Reads JSON more strictly than serde_json: nesting is bounded, and no key may come twice.
//!
//! A key that comes twice is how a request says one thing to a proxy and another to the server.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// How deep lists and objects may nest. Nothing in the API needs more than a handful.
pub(super) const MAX_DEPTH: usize = 32;

/// Why a text is not acceptable JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Reject {
    /// Not JSON at all, from this place on.
    Malformed { line: usize, column: usize },
    /// Nested deeper than [`MAX_DEPTH`].
    TooDeep,
    /// The same key twice in one object; a JSON pointer.
    DuplicateKey(String),
}

/// Reads one JSON document.
pub(super) fn read(text: &str) -> Result<Value, Reject> {
    let reject = RefCell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let seed = Seed { place: &Place::Root, depth: 0, reject: &reject };
    let read = seed.deserialize(&mut reader).and_then(|value| reader.end().map(|()| value));
    read.map_err(|error| {
        reject
            .into_inner()
            .unwrap_or(Reject::Malformed { line: error.line(), column: error.column() })
    })
}

/// Where in the document the reader is.
enum Place<'a> {
    Root,
    Key(&'a Place<'a>, &'a str),
    Item(&'a Place<'a>, usize),
}

impl Place<'_> {
    fn pointer(&self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Key(parent, key) => push_key(parent.pointer(), key),
            Self::Item(parent, index) => format!("{}/{index}", parent.pointer()),
        }
    }
}

/// Appends a key to a JSON pointer.
pub(super) fn push_key(mut pointer: String, key: &str) -> String {
    pointer.push('/');
    pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
    pointer
}

struct Seed<'a> {
    place: &'a Place<'a>,
    depth: usize,
    /// serde's errors carry only text: the real reason is left here.
    reject: &'a RefCell<Option<Reject>>,
}

impl Seed<'_> {
    fn refuse<E: Error>(&self, reason: Reject) -> E {
        self.reject.replace(Some(reason));
        E::custom("refused")
    }

    fn deeper<E: Error>(&self) -> Result<usize, E> {
        if self.depth == MAX_DEPTH {
            return Err(self.refuse(Reject::TooDeep));
        }
        Ok(self.depth + 1)
    }
}

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut list = Vec::new();
        loop {
            let place = Place::Item(self.place, list.len());
            let seed = Seed { place: &place, depth, reject: self.reject };
            match items.next_element_seed(seed)? {
                Some(item) => list.push(item),
                None => return Ok(list.into()),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let depth = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let place = Place::Key(self.place, &key);
            if object.contains_key(&key) {
                return Err(self.refuse(Reject::DuplicateKey(place.pointer())));
            }
            let value =
                entries.next_value_seed(Seed { place: &place, depth, reject: self.reject })?;
            object.insert(key, value);
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_refused() {
        let nested = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(read(&nested(MAX_DEPTH)).is_ok());
        for (text, reason) in [
            (nested(MAX_DEPTH + 1), Reject::TooDeep),
            ("[".repeat(100_000), Reject::TooDeep),
            ("{\"a\":".repeat(100_000), Reject::TooDeep),
            (r#"{"a":{"b/c":1,"b/c":2}}"#.into(), Reject::DuplicateKey("/a/b~1c".into())),
            (r#"[0,{"k":1,"\u006b":2}]"#.into(), Reject::DuplicateKey("/1/k".into())),
            ("{\n \"a\": oops\n}".into(), Reject::Malformed { line: 2, column: 7 }),
            (r#"{"a":1} x"#.into(), Reject::Malformed { line: 1, column: 9 }),
            (String::new(), Reject::Malformed { line: 1, column: 0 }),
            ("1e999".into(), Reject::Malformed { line: 1, column: 5 }),
            (r#""\ud800""#.into(), Reject::Malformed { line: 1, column: 8 }),
            ("NaN".into(), Reject::Malformed { line: 1, column: 1 }),
        ] {
            let start: String = text.chars().take(40).collect();
            assert_eq!(read(&text), Err(reason), "{start}");
        }
    }

    #[test]
    fn large_numbers_keep_their_kind() {
        assert_eq!(read("18446744073709551615").unwrap(), json!(u64::MAX));
        assert_eq!(read("-9223372036854775808").unwrap(), json!(i64::MIN));
        assert!(read("100000000000000000000").unwrap().is_f64());
    }

    proptest! {
        #[test]
        fn never_panics(text in ".{0,200}") {
            let _ = read(&text);
        }

        #[test]
        fn agrees_with_serde_json(text in r#"([\[\]{}:,"0-9a-b.e \\-]|true|null){0,40}"#) {
            if let Ok(value) = read(&text) {
                prop_assert_eq!(value, serde_json::from_str::<Value>(&text).unwrap());
            }
        }
    }
}
