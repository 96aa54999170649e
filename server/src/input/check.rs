//! Checks a value against its schema and collects every fault, in sentences for the person who
//! filled in the form.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

use super::format;
use super::json::push_key;
use super::schema::{Kind, ListRules, Node, NumberRules, Rules, Schema, Tag, TextRules};
use crate::problem::FieldFault;

/// Nobody reads more; a list of ten thousand wrong items shall not make an answer of a megabyte.
const MAX_FAULTS: usize = 50;

/// All faults of `value`, none if it fits.
pub(super) fn check(schema: &Schema, value: &Value) -> Vec<FieldFault> {
    let mut check = Check { schema, faults: Vec::new() };
    check.control_characters(value, "");
    check.node(value, &schema.root, "", true);
    check.faults
}

struct Check<'a> {
    schema: &'a Schema,
    faults: Vec<FieldFault>,
}

impl Check<'_> {
    fn fault(&mut self, at: &str, code: &'static str, detail: impl Into<String>) {
        // Composed schemas say some rules twice.
        let known = self.faults.iter().any(|fault| fault.field == at && fault.code == code);
        if !known && self.faults.len() < MAX_FAULTS {
            self.faults.push(FieldFault::new(at, code, detail));
        }
    }

    /// PostgreSQL can't store NUL, and the others have no business in a name or a note.
    fn control_characters(&mut self, value: &Value, at: &str) {
        let shown = |c: char| !c.is_control() || c == '\n' || c == '\t';
        // Files from other systems end their lines with both; a carriage return alone shows nothing.
        let plain = |text: &str| text.strip_suffix('\r').unwrap_or(text).chars().all(shown);
        let has = |text: &str| match text.rsplit_once('\n') {
            Some((lines, last)) => !lines.split('\n').all(plain) || !last.chars().all(shown),
            None => !text.chars().all(shown),
        };
        match value {
            Value::String(text) if has(text) => {
                self.fault(at, "control_character", "This has a character that can't be shown.");
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.control_characters(item, &format!("{at}/{index}"));
                }
            }
            Value::Object(entries) => {
                for (key, value) in entries {
                    let at = push_key(at.to_owned(), key);
                    if has(key) {
                        self.fault(&at, "control_character", "A field has no such name.");
                    }
                    self.control_characters(value, &at);
                }
            }
            _ => {}
        }
    }

    /// `whole`: the value is judged by these rules alone, not by these among other parts.
    fn node(&mut self, value: &Value, node: &Node, at: &str, whole: bool) {
        let schema = self.schema;
        let Some(rules) = schema.resolve(node) else { return };
        if value.is_null() && rules.nullable {
            return;
        }
        if let Some(tag) = &rules.tag {
            return self.tagged(value, tag, at);
        }
        if !rules.any.is_empty() {
            return self.alternatives(value, &rules.any, at);
        }
        if !is(value, rules.kind) {
            return self.wrong_kind(value, rules, at);
        }
        if !rules.choices.is_empty() && !rules.choices.contains(value) {
            let names: Vec<_> = rules.choices.iter().map(plain).collect();
            self.fault(at, "choice", format!("This must be one of: {}.", names.join(", ")));
            return;
        }
        match value {
            Value::String(text) => self.text(text, &rules.text, at),
            Value::Number(number) => self.number(number, &rules.number, at),
            Value::Array(items) => self.list(items, &rules.list, at),
            Value::Object(entries) => self.object(entries, rules, at, whole),
            Value::Null | Value::Bool(_) => {}
        }
        for part in &rules.all {
            self.node(value, part, at, false);
        }
    }

    fn wrong_kind(&mut self, value: &Value, rules: &Rules, at: &str) {
        if value.is_null() {
            return self.fault(at, "required", "This must not be empty.");
        }
        let expected = match rules.kind {
            Kind::Any => return,
            Kind::Text => "This should be text.",
            Kind::Integer => "This should be a whole number.",
            Kind::Number => "This should be a number.",
            Kind::Boolean => "This should be yes or no (true or false).",
            Kind::List => "This should be a list.",
            Kind::Object => "This should be a group of fields.",
        };
        self.fault(at, "type", expected);
    }

    fn text(&mut self, text: &str, rules: &TextRules, at: &str) {
        let length = text.chars().count();
        if let Some(min) = rules.min.filter(|&min| length < min) {
            let detail = match min {
                1 => "This must not be empty.".into(),
                _ => format!("This needs at least {min} characters."),
            };
            return self.fault(at, "too_short", detail);
        }
        if let Some(max) = rules.max.filter(|&max| length > max) {
            let detail = format!("This may have at most {max} characters; it has {length}.");
            return self.fault(at, "too_long", detail);
        }
        if rules.pattern.as_ref().is_some_and(|pattern| !pattern.is_match(text)) {
            return self.fault(at, "pattern", "This is not in the expected form.");
        }
        if let Some(Err(sentence)) = rules.format.map(|format| format::check(format, text)) {
            self.fault(at, "format", sentence);
        }
    }

    fn number(&mut self, number: &Number, rules: &NumberRules, at: &str) {
        if let Some(((low, high), n)) = rules.holds.zip(integer(number)) {
            if n < low {
                let detail = match low {
                    0 => "This must not be negative.".into(),
                    _ => format!("This must be at least {low}."),
                };
                return self.fault(at, "too_small", detail);
            }
            if n > high {
                return self.fault(at, "too_large", format!("This must be at most {high}."));
            }
        }
        let n = number.as_f64().unwrap_or(f64::NAN);
        if let Some(min) = rules.min {
            if rules.above && n <= min {
                return self.fault(at, "too_small", format!("This must be more than {min}."));
            }
            if n < min {
                return self.fault(at, "too_small", format!("This must be at least {min}."));
            }
        }
        if let Some(max) = rules.max {
            if rules.below && n >= max {
                return self.fault(at, "too_large", format!("This must be less than {max}."));
            }
            if n > max {
                return self.fault(at, "too_large", format!("This must be at most {max}."));
            }
        }
        // The same arithmetic as the parser's.
        if let Some(step) = rules.step.filter(|step| n % step != 0.0) {
            self.fault(at, "step", format!("This must be a multiple of {step}."));
        }
    }

    fn list(&mut self, items: &[Value], rules: &ListRules, at: &str) {
        if let Some(min) = rules.min.filter(|&min| items.len() < min) {
            self.fault(at, "too_few", format!("This needs at least {}.", entries(min)));
        }
        if let Some(max) = rules.max.filter(|&max| items.len() > max) {
            return self.fault(at, "too_many", format!("This may have at most {}.", entries(max)));
        }
        if rules.unique && items.iter().enumerate().any(|(i, item)| items[..i].contains(item)) {
            self.fault(at, "duplicate", "The same entry is here twice.");
        }
        let Some(node) = &rules.items else { return };
        for (index, item) in items.iter().enumerate() {
            self.node(item, node, &format!("{at}/{index}"), true);
        }
    }

    fn object(&mut self, entries: &Map<String, Value>, rules: &Rules, at: &str, whole: bool) {
        if whole {
            self.keys(entries, rules, at);
        }
        let count = entries.len();
        if let Some(min) = rules.object.min.filter(|&min| count < min) {
            self.fault(at, "too_few", format!("This needs at least {}.", self::entries(min)));
        }
        if let Some(max) = rules.object.max.filter(|&max| count > max) {
            self.fault(at, "too_many", format!("This may have at most {}.", self::entries(max)));
        }
        for field in &rules.object.fields {
            match entries.get(field.name) {
                None if field.required => {
                    let at = push_key(at.to_owned(), field.name);
                    self.fault(&at, "required", "This is missing.");
                }
                // An optional field may be left out by null, too.
                Some(Value::Null) if !field.required => {}
                None => {}
                Some(value) => {
                    self.node(value, &field.node, &push_key(at.to_owned(), field.name), true);
                }
            }
        }
    }

    /// Keys that no part of the schema knows.
    fn keys(&mut self, entries: &Map<String, Value>, rules: &Rules, at: &str) {
        let shape = self.schema.shape(rules);
        if !shape.is_object {
            return;
        }
        for (key, value) in entries {
            if shape.names.contains(&key.as_str()) {
                continue;
            }
            let at = push_key(at.to_owned(), key);
            match shape.rest {
                Some(node) => self.node(value, node, &at, true),
                None => self.fault(&at, "unknown", "There is no such field."),
            }
        }
    }

    fn tagged(&mut self, value: &Value, tag: &Tag, at: &str) {
        let Some(entries) = value.as_object() else {
            return self.fault(at, "type", "This should be a group of fields.");
        };
        let tag_at = push_key(at.to_owned(), tag.property);
        let Some(chosen) = entries.get(tag.property) else {
            return self.fault(&tag_at, "required", "This is missing.");
        };
        let fits = tag.alternatives.iter().find(|(name, _)| chosen == name.as_str());
        if let Some((_, node)) = fits {
            return self.node(value, node, at, true);
        }
        let names: Vec<_> = tag.alternatives.iter().map(|(name, _)| name.as_str()).collect();
        self.fault(&tag_at, "choice", format!("This must be one of: {}.", names.join(", ")));
    }

    /// Without a tag, the alternative that comes closest speaks for all.
    fn alternatives(&mut self, value: &Value, nodes: &[Node], at: &str) {
        let tries = nodes.iter().map(|node| {
            let mut one = Check { schema: self.schema, faults: Vec::new() };
            one.node(value, node, at, true);
            one.faults
        });
        let Some(closest) = tries.min_by_key(Vec::len) else { return };
        for fault in closest {
            if self.faults.len() < MAX_FAULTS {
                self.faults.push(fault);
            }
        }
    }
}

fn is(value: &Value, kind: Kind) -> bool {
    match kind {
        Kind::Any => true,
        Kind::Text => value.is_string(),
        Kind::Integer => value.as_number().is_some_and(|number| integer(number).is_some()),
        Kind::Number => value.is_number(),
        Kind::Boolean => value.is_boolean(),
        Kind::List => value.is_array(),
        Kind::Object => value.is_object(),
    }
}

fn integer(number: &Number) -> Option<i128> {
    number.as_i64().map(i128::from).or_else(|| number.as_u64().map(i128::from))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn entries(n: usize) -> String {
    let mut text = n.to_string();
    let _ = write!(text, " {}", if n == 1 { "entry" } else { "entries" });
    text
}
