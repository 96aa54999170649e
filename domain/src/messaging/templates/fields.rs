//! What a message says about, each in words.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde_json::{Map, Value};

use super::RenderError;
use super::catalogue::Catalogue;

/// Longest name that a message repeats: more is not a name but a message of somebody else's.
const LONGEST_NAME: usize = 100;
/// Longest reason, or message of somebody's own, that a message repeats.
const LONGEST_REASON: usize = 300;

/// What is said about, by its name.
pub(super) type Fields = BTreeMap<String, String>;

/// The fields in the words of a language.
pub(super) fn fields(
    data: &Map<String, Value>,
    locale: &str,
    catalogue: &Catalogue,
) -> Result<Fields, RenderError> {
    let mut fields = Fields::new();
    for (key, value) in data {
        match (key.as_str(), value) {
            ("minutes", value) => {
                let minutes = value.as_u64().ok_or_else(|| no_words(value))?;
                fields.insert("duration".to_owned(), catalogue.duration(locale, minutes));
            }
            ("date" | "last_day", value) => {
                let date = value.as_str().and_then(|date| date.parse::<NaiveDate>().ok());
                let date = date.ok_or_else(|| no_words(value))?;
                fields.insert(key.clone(), catalogue.date(date));
            }
            ("what", value) => {
                let event = value.as_str().and_then(|what| catalogue.event(what));
                let event = event.ok_or_else(|| no_words(value))?;
                fields.insert("event".to_owned(), event.to_owned());
            }
            // Of the visits, each has its own.
            ("visits", _) => {}
            ("reason" | "message", Value::String(text)) => {
                fields.insert(key.clone(), one_line(text, LONGEST_REASON));
            }
            ("role", Value::String(role)) => {
                fields.insert(key.clone(), one_line(catalogue.role(role), LONGEST_NAME));
            }
            (_, Value::String(text)) => {
                fields.insert(key.clone(), one_line(text, LONGEST_NAME));
            }
            // Somebody meant to say it and can't any more, such as the name of a deleted role.
            (_, Value::Null) => {
                fields.insert(key.clone(), "—".to_owned());
            }
            (_, other) => {
                fields.insert(key.clone(), other.to_string());
            }
        }
    }
    Ok(fields)
}

/// One of several visits that a message is about.
pub(super) struct Visit<'a> {
    pub(super) fields: Fields,
    pub(super) link: Option<&'a str>,
}

/// The visits that a message is about, if it is about several.
pub(super) fn visits<'a>(
    data: &Map<String, Value>,
    locale: &str,
    catalogue: &Catalogue,
    links: &[&'a str],
) -> Result<Vec<Visit<'a>>, RenderError> {
    let Some(value) = data.get("visits") else { return Ok(Vec::new()) };
    let listed = value.as_array().ok_or_else(|| no_words(value))?;
    let one = |(place, value): (usize, &Value)| {
        let data = value.as_object().ok_or_else(|| no_words(value))?;
        let fields = fields(data, locale, catalogue)?;
        // One link alone is the mail's.
        let link = links.get(place).copied().filter(|_| links.len() > 1);
        Ok(Visit { fields, link })
    };
    listed.iter().enumerate().map(one).collect()
}

fn no_words(value: &Value) -> RenderError {
    RenderError::NoWords(value.to_string())
}

/// One line of at most so many characters: what is typed can't add lines to a message, nor headers.
/// Characters that turn the direction of what follows go as well.
pub(super) fn one_line(text: &str, longest: usize) -> String {
    let turns = |c: char| matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let words: String =
        text.chars().filter(|c| !turns(*c)).map(|c| if breaks(c) { ' ' } else { c }).collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match words.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", words[..end].trim_end()),
        None => words,
    }
}
