//! A business's own words. They are templates of a small kind: merge fields, filters of the harmless
//! sort, and `if`. Nothing that repeats or multiplies, so that what comes out is about as long as what
//! was typed; and what fields stand for is filled in, never read as a template.

use std::collections::BTreeMap;

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, filters};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::fields::Fields;
use super::{Click, RenderError};
use crate::fault::{Faults, ValueFault};
use crate::html::escaped;
use crate::messaging::{Channel, Kind};
use crate::text;

/// How many steps of the engine one text may take: thousands for the longest that is honest.
const FUEL: u64 = 20_000;
/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 200;
/// Longest mail.
const LONGEST_BODY: usize = 5_000;
/// Longest text where each part of it costs.
const LONGEST_SHORT: usize = 600;
/// Longest text that comes out.
const LONGEST_WRITTEN: usize = 20_000;

/// Around what was filled in, in what becomes HTML: nobody can type them (see `fields::one_line`), and
/// in a template they are refused.
const OPENS: char = '\u{2068}';
const CLOSES: char = '\u{2069}';

/// Words that a business wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Own {
    /// One line; of mails only.
    pub subject: Option<String>,
    /// What it says. Paragraphs have an empty line between them.
    pub body: String,
}

/// What the words of a kind may speak of.
pub fn fields_of(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::WaitlistOffer => {
            &["name", "business", "title", "date", "time", "place", "duration", "link"]
        }
        Kind::QueueNext | Kind::QueueCalled => {
            &["name", "business", "place", "code", "staff", "link"]
        }
        Kind::SeriesConfirmed | Kind::SeriesMoved | Kind::SeriesCancelled => {
            &["name", "business", "title", "place", "reason", "visits", "link"]
        }
        // Of the visit that began it, if one did.
        Kind::Sequence => &["name", "business", "title", "date", "time", "place", "link"],
        _ => &["name", "business", "title", "date", "time", "place", "reason", "link"],
    }
}

/// Something that the words of a kind could be about, to show what they look like.
pub fn sample(kind: Kind, business: &str) -> Map<String, Value> {
    let visit = json!({
        "name": "Ana Pérez", "business": business, "title": "Deep tissue massage",
        "date": "2026-03-08", "time": "14:30", "place": business, "reason": "",
    });
    let mut sample = match kind {
        Kind::QueueNext | Kind::QueueCalled => json!({
            "name": "Ana Pérez", "business": business, "place": business, "code": "A12",
            "staff": "Eve",
        }),
        _ => visit,
    };
    match kind {
        Kind::WaitlistOffer => sample["minutes"] = json!(30),
        Kind::Declined | Kind::Cancelled | Kind::SeriesCancelled => {
            sample["reason"] = json!("The boiler broke.");
        }
        _ => {}
    }
    if matches!(kind, Kind::SeriesConfirmed | Kind::SeriesMoved | Kind::SeriesCancelled) {
        sample["visits"] = json!([
            { "date": "2026-03-08", "time": "14:30" },
            { "date": "2026-03-15", "time": "14:30" },
        ]);
    }
    match sample {
        Value::Object(sample) => sample,
        _ => Map::new(),
    }
}

/// The engine for words that aren't ours: nothing in it but what is put here.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    environment.add_filter("upper", filters::upper);
    environment.add_filter("lower", filters::lower);
    environment.add_filter("capitalize", filters::capitalize);
    environment.add_filter("title", filters::title);
    environment.add_filter("trim", filters::trim);
    environment.add_filter("default", filters::default);
    environment
}

/// Whether these are words that can be used, and what is wrong with them.
pub(super) fn check(
    environment: &Environment<'static>,
    kind: Kind,
    channel: Channel,
    own: &Own,
) -> Result<Own, Faults> {
    let mut faults = Faults::new();
    let is_mail = channel == Channel::Email;
    let subject = match (&own.subject, is_mail) {
        (Some(subject), true) => faults.take("/subject", text::line(subject, 1, LONGEST_SUBJECT)),
        (None, true) => faults.take("/subject", Err(required())),
        (Some(subject), false) if !subject.trim().is_empty() => {
            let detail = "Only mails have a subject.";
            faults.take("/subject", Err(ValueFault::new("not_asked", detail)))
        }
        (_, false) => None,
    };
    let longest = if is_mail { LONGEST_BODY } else { LONGEST_SHORT };
    let body = faults.take("/body", text::prose(&own.body, 1, longest));
    for (field, text) in [("/subject", &subject), ("/body", &body)] {
        if let Some(text) = text {
            faults.take(field, usable(environment, kind, text));
        }
    }
    let links = body.as_deref().is_some_and(|body| body.contains("link"));
    if !is_mail && kind.template().click() == Click::Must && body.is_some() && !links {
        let detail = "Without {{ link }} nobody can do what this asks for.";
        faults.note("/body", ValueFault::new("needs_link", detail));
    }
    match body {
        Some(body) if faults.is_empty() => Ok(Own { subject, body }),
        _ => Err(faults),
    }
}

fn required() -> ValueFault {
    ValueFault::new("required", "Please fill this in.")
}

/// One text: its tags, its syntax, the fields that it names, and what comes of it with all fields and
/// with those only that are always there.
fn usable(environment: &Environment<'static>, kind: Kind, text: &str) -> Result<(), ValueFault> {
    harmless(text)?;
    let known = fields_of(kind);
    let template =
        environment.template_from_named_str("own", text).map_err(|error| syntax(&error))?;
    let mut unknown: Vec<String> = template
        .undeclared_variables(false)
        .into_iter()
        .filter(|name| !known.contains(&name.as_str()))
        .collect();
    if !unknown.is_empty() {
        unknown.sort();
        let detail = format!(
            "There is no field called {}. There are: {}.",
            unknown.join(", "),
            known.join(", ")
        );
        return Err(ValueFault::new("unknown_field", detail));
    }
    for filled in ["Ana Pérez", ""] {
        let fields: Fields =
            known.iter().map(|name| ((*name).to_owned(), filled.to_owned())).collect();
        write(environment, text, &fields).map_err(|error| match &error {
            RenderError::Field(error) => syntax(error),
            _ => ValueFault::new("invalid", error.to_string()),
        })?;
    }
    Ok(())
}

fn syntax(error: &Error) -> ValueFault {
    let what = match error.kind() {
        ErrorKind::OutOfFuel => "this takes too long to write".to_owned(),
        ErrorKind::UndefinedError => "this isn't part of any field".to_owned(),
        kind => error.detail().map_or_else(|| kind.to_string(), str::to_owned),
    };
    let line = error.line().unwrap_or(1);
    ValueFault::new("bad_template", format!("Line {line}: {what}."))
}

/// The statements that there are.
const STATEMENTS: [&str; 4] = ["if", "elif", "else", "endif"];

/// Whether there is nothing in it that repeats, keeps or multiplies.
fn harmless(text: &str) -> Result<(), ValueFault> {
    if text.contains([OPENS, CLOSES]) {
        return Err(ValueFault::new("invalid", "This has characters that can't be shown."));
    }
    // A remark could hide from this look what the engine sees.
    if text.contains("{#") {
        return Err(ValueFault::new("bad_template", "There are no remarks here."));
    }
    let mut rest = text;
    while let Some(start) = rest.find("{{").into_iter().chain(rest.find("{%")).min() {
        let statement = rest[start..].starts_with("{%");
        let inside = &rest[start + 2..];
        let (end, plain) = inside_of(inside, if statement { "%}" } else { "}}" });
        if plain.contains(['*', '{', '[']) {
            let detail = "Between braces there may be fields, filters and conditions only.";
            return Err(ValueFault::new("bad_template", detail));
        }
        let word = plain.trim_start_matches(['-', '+']).split_whitespace().next();
        let word = word.unwrap_or_default().trim_end_matches('-');
        if statement && !STATEMENTS.contains(&word) {
            let detail =
                format!("There is no {word:?} here: if, elif, else and endif are all there is.");
            return Err(ValueFault::new("bad_template", detail));
        }
        rest = inside.get(end..).unwrap_or_default();
    }
    Ok(())
}

/// Where a tag ends, and what is in it without its texts in quotes.
fn inside_of(inside: &str, closes: &str) -> (usize, String) {
    let (mut plain, mut quote, mut escaped) = (String::new(), None, false);
    for (place, c) in inside.char_indices() {
        match quote {
            Some(_) if escaped => escaped = false,
            Some(_) if c == '\\' => escaped = true,
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if matches!(c, '"' | '\'') => quote = Some(c),
            None if inside[place..].starts_with(closes) => return (place + 2, plain),
            None => plain.push(c),
        }
    }
    (inside.len(), plain)
}

/// The text with its fields filled in.
pub(super) fn write(
    environment: &Environment<'static>,
    text: &str,
    fields: &Fields,
) -> Result<String, RenderError> {
    let context: BTreeMap<&str, minijinja::Value> =
        fields.iter().map(|(name, text)| (name.as_str(), text.as_str().into())).collect();
    let written = environment.render_named_str("own", text, minijinja::Value::from(context))?;
    if written.chars().count() > LONGEST_WRITTEN {
        return Err(RenderError::NoWords("what comes out is too long".to_owned()));
    }
    Ok(written)
}

/// The paragraphs of the text as HTML. What was filled in stands by itself: a name in another script
/// must not turn the sentence around it.
pub(super) fn paragraphs(
    environment: &Environment<'static>,
    text: &str,
    fields: &Fields,
) -> Result<Vec<String>, RenderError> {
    let marked = |value: &String| match value.as_str() {
        "" => String::new(),
        value => format!("{OPENS}{value}{CLOSES}"),
    };
    let marked = fields.iter().map(|(name, value)| (name.clone(), marked(value))).collect();
    let written = write(environment, text, &marked)?;
    let html = |paragraph: &str| {
        let safe = escaped(paragraph.trim()).replace('\n', "<br />");
        // A filter may have cut one of the two off: then none of them counts.
        if safe.matches(OPENS).count() == safe.matches(CLOSES).count() {
            safe.replace(OPENS, "<bdi>").replace(CLOSES, "</bdi>")
        } else {
            safe.replace([OPENS, CLOSES], "")
        }
    };
    let split = written.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty());
    Ok(split.map(html).collect())
}
