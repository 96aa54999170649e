//! Mails from templates: texts per language (`config/templates/mail/<locale>.toml`) in one layout.
//!
//! The layout is MJML and becomes HTML once, at the start, with its merge fields still in place; what
//! people typed is filled in afterwards, escaped, and never passes through the MJML parser. It is
//! never taken for a template either.

mod catalogue;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value, context};
use openchair_domain::config::LOCALES;
use openchair_domain::messaging::{Mail, Template};

use self::catalogue::{Catalogue, Direction, Texts};
use crate::html::escaped;

const LAYOUT_HTML: &str = include_str!("../../../config/templates/mail/layout.mjml");
const LAYOUT_TEXT: &str = include_str!("../../../config/templates/mail/layout.txt");
const CATALOGUES: [(&str, &str); LOCALES.len()] = [
    ("en", include_str!("../../../config/templates/mail/en.toml")),
    ("es", include_str!("../../../config/templates/mail/es.toml")),
    ("fr", include_str!("../../../config/templates/mail/fr.toml")),
    ("ar", include_str!("../../../config/templates/mail/ar.toml")),
    ("de", include_str!("../../../config/templates/mail/de.toml")),
];

/// Who writes where no business does.
const PRODUCT: &str = "Openchair";
/// Longest name that a mail repeats: more is not a name but a message of somebody else's.
const LONGEST_NAME: usize = 100;
/// Longest reason that a mail repeats.
const LONGEST_REASON: usize = 300;
/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 150;

/// A mail's three texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line.
    pub subject: String,
    /// For programs that show text only.
    pub text: String,
    /// For all others.
    pub html: String,
}

/// Why there are no templates. They are built in: a build that says so must not run.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The layout isn't MJML.
    #[error("config/templates/mail/layout.mjml: {0}")]
    Layout(String),
    /// A language's texts can't be read, or one is missing.
    #[error("config/templates/mail/{0}.toml: {1}")]
    Catalogue(&'static str, String),
}

/// Why a mail can't be written. Trying again would not help.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// There is nothing to click.
    #[error("the mail needs a link and has none")]
    NoLink,
    /// The mail is about something that the catalogue has no words for.
    #[error("there are no words for {0:?}")]
    NoWords(String),
    /// A merge field is missing, or the text isn't a template.
    #[error("{0:#}")]
    Field(#[from] minijinja::Error),
}

/// All mails in all languages, ready to be filled in.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    catalogues: BTreeMap<&'static str, Catalogue>,
}

/// Where a text will stand, which decides how it is escaped.
#[derive(Clone, Copy)]
enum Part {
    Text,
    Html,
}

impl Templates {
    /// Everything that is built in.
    pub fn load() -> Result<Self, TemplateError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| match name.rsplit_once('.') {
            Some((_, "txt")) => AutoEscape::None,
            _ => AutoEscape::Html,
        });
        let layout = |problem: &dyn ToString| TemplateError::Layout(problem.to_string());
        let html = to_html(LAYOUT_HTML).map_err(|problem| layout(&problem))?;
        environment
            .add_template_owned("layout.html", html)
            .and_then(|()| environment.add_template("layout.txt", LAYOUT_TEXT))
            .map_err(|problem| layout(&problem))?;

        let mut catalogues = BTreeMap::new();
        for (locale, text) in CATALOGUES {
            let bad =
                |problem: &dyn ToString| TemplateError::Catalogue(locale, problem.to_string());
            let catalogue: Catalogue = toml::from_str(text).map_err(|problem| bad(&problem))?;
            for template in Template::ALL {
                let key = template.key();
                let Some(texts) = catalogue.texts(template) else {
                    return Err(bad(&format!("mails.{key} is missing")));
                };
                if texts.button.is_some() != template.needs_link() {
                    return Err(bad(&format!("mails.{key} needs a button for a link, or neither")));
                }
            }
            catalogues.insert(locale, catalogue);
        }
        Ok(Self { environment, catalogues })
    }

    /// Writes a mail. A language that nobody translated to is English.
    pub fn render(&self, mail: &Mail, link: Option<&str>) -> Result<Rendered, RenderError> {
        let links: Vec<&str> = match (mail.template.needs_link(), link) {
            (true, None) => return Err(RenderError::NoLink),
            (true, Some(links)) => links.lines().collect(),
            (false, _) => Vec::new(),
        };
        let language = mail.locale.split(['-', '_']).next().unwrap_or_default();
        let known = self.catalogues.get_key_value(language);
        let Some((locale, catalogue)) = known.or_else(|| self.catalogues.get_key_value("en"))
        else {
            return Err(RenderError::NoWords(mail.locale.clone()));
        };
        let Some(texts) = catalogue.texts(mail.template) else {
            return Err(RenderError::NoWords(mail.template.key().to_owned()));
        };
        let fields = fields(mail, locale, catalogue)?;
        let visits = visits(mail, locale, catalogue, &links)?;
        let environment = &self.environment;
        let write = Writer { environment, locale, catalogue, fields: &fields, visits: &visits };
        let link = links.first().copied();
        let subject = one_line(&write.line(&texts.subject, Part::Text)?, LONGEST_SUBJECT);
        let text = write.whole(texts, &subject, link, Part::Text)?;
        let html = write.whole(texts, &subject, link, Part::Html)?;
        Ok(Rendered { subject, text, html })
    }
}

/// What a mail says about, each in the form that fits its part.
type Fields = BTreeMap<String, String>;

fn fields(mail: &Mail, locale: &str, catalogue: &Catalogue) -> Result<Fields, RenderError> {
    let mut fields = Fields::new();
    for (key, value) in &mail.data {
        match (key.as_str(), value) {
            ("minutes", value) => {
                let minutes = value.as_u64().ok_or_else(|| no_words(value))?;
                fields.insert("duration".to_owned(), catalogue.duration(locale, minutes));
            }
            ("date", value) => {
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
            ("reason", serde_json::Value::String(text)) => {
                fields.insert(key.clone(), one_line(text, LONGEST_REASON));
            }
            ("role", serde_json::Value::String(role)) => {
                fields.insert(key.clone(), one_line(catalogue.role(role), LONGEST_NAME));
            }
            (_, serde_json::Value::String(text)) => {
                fields.insert(key.clone(), one_line(text, LONGEST_NAME));
            }
            // Somebody meant to say it and can't any more, such as the name of a deleted role.
            (_, serde_json::Value::Null) => {
                fields.insert(key.clone(), "—".to_owned());
            }
            (_, other) => {
                fields.insert(key.clone(), other.to_string());
            }
        }
    }
    Ok(fields)
}

/// One of several visits that a mail is about.
struct Visit<'a> {
    fields: Fields,
    link: Option<&'a str>,
}

fn visits<'a>(
    mail: &Mail,
    locale: &str,
    catalogue: &Catalogue,
    links: &[&'a str],
) -> Result<Vec<Visit<'a>>, RenderError> {
    let Some(value) = mail.data.get("visits") else { return Ok(Vec::new()) };
    let listed = value.as_array().ok_or_else(|| no_words(value))?;
    let one = |(place, value): (usize, &serde_json::Value)| {
        let data = value.as_object().ok_or_else(|| no_words(value))?.clone();
        let fields = fields(&Mail { data, ..mail.clone() }, locale, catalogue)?;
        // One link alone is the mail's.
        let link = links.get(place).copied().filter(|_| links.len() > 1);
        Ok(Visit { fields, link })
    };
    listed.iter().enumerate().map(one).collect()
}

fn no_words(value: &serde_json::Value) -> RenderError {
    RenderError::NoWords(value.to_string())
}

struct Writer<'a> {
    environment: &'a Environment<'static>,
    locale: &'a str,
    catalogue: &'a Catalogue,
    fields: &'a Fields,
    visits: &'a [Visit<'a>],
}

impl Writer<'_> {
    /// One text of the catalogue, filled in.
    fn line(&self, source: &str, part: Part) -> Result<String, RenderError> {
        self.line_about(source, part, self.fields)
    }

    /// The same about one of several visits.
    fn line_about(&self, source: &str, part: Part, fields: &Fields) -> Result<String, RenderError> {
        let value = |text: &str| match part {
            Part::Text => Value::from(text.to_owned()),
            // What is not there is not marked, either.
            Part::Html if text.is_empty() => Value::from(""),
            // A name in another script must not turn the sentence around it.
            Part::Html => Value::from_safe_string(format!("<bdi>{}</bdi>", escaped(text))),
        };
        let name = match part {
            Part::Text => "line.txt",
            Part::Html => "line.html",
        };
        let values: BTreeMap<&str, Value> =
            fields.iter().map(|(key, text)| (key.as_str(), value(text))).collect();
        Ok(self.environment.render_named_str(name, source, Value::from(values))?)
    }

    /// Texts of the catalogue that have something to say. Of several visits, each has a line with its
    /// date, which leads to it.
    fn lines(&self, sources: &[String], part: Part) -> Result<Vec<Value>, RenderError> {
        let mut lines = Vec::new();
        for source in sources {
            if self.visits.is_empty() || !source.contains("{{ date }}") {
                lines.push(self.line(source, part)?);
                continue;
            }
            for visit in self.visits {
                let mut fields = self.fields.clone();
                fields.extend(visit.fields.clone());
                let line = self.line_about(source, part, &fields)?;
                lines.push(match (visit.link, part) {
                    (None, _) => line,
                    (Some(link), Part::Text) => format!("{line}: {link}"),
                    (Some(link), Part::Html) => {
                        format!("<a href=\"{}\">{line}</a>", escaped(link))
                    }
                });
            }
        }
        lines.retain(|line| !line.trim().is_empty());
        Ok(lines.into_iter().map(Value::from_safe_string).collect())
    }

    /// One text of the catalogue, which is not to be escaped again.
    fn safe(&self, source: &str, part: Part) -> Result<Value, RenderError> {
        Ok(Value::from_safe_string(self.line(source, part)?))
    }

    /// The whole mail.
    fn whole(
        &self,
        texts: &Texts,
        subject: &str,
        link: Option<&str>,
        part: Part,
    ) -> Result<String, RenderError> {
        let Catalogue { direction, hello, copy, footer, .. } = self.catalogue;
        let named = self.fields.get("name").is_some_and(|name| !name.is_empty());
        let hello = if named { self.safe(hello, part)? } else { Value::from("") };
        let button = texts.button.as_deref().map(|button| self.safe(button, part)).transpose()?;
        let layout = match part {
            Part::Text => "layout.txt",
            Part::Html => "layout.html",
        };
        let context = context! {
            lang => self.locale,
            dir => Direction::key(*direction),
            start => Direction::start(*direction),
            sender => self.fields.get("business").map_or(PRODUCT, String::as_str),
            subject => subject,
            preview => self.line(&texts.preview, Part::Text)?,
            heading => self.safe(&texts.heading, part)?,
            hello => hello,
            before => self.lines(&texts.before, part)?,
            button => button,
            after => self.lines(&texts.after, part)?,
            copy => self.safe(copy, part)?,
            footer => self.safe(footer, part)?,
            // Escaped by us: the engine would also write every slash as an entity.
            link => link.map(|link| Value::from_safe_string(match part {
                Part::Text => link.to_owned(),
                Part::Html => escaped(link),
            })),
        };
        Ok(self.environment.get_template(layout)?.render(context)?)
    }
}

/// MJML to HTML. No web fonts: a mail loads nothing from anywhere.
fn to_html(mjml: &str) -> Result<String, String> {
    let options = mrml::prelude::render::RenderOptions {
        fonts: std::collections::HashMap::new(),
        ..Default::default()
    };
    let layout = mrml::parse(mjml).map_err(|problem| problem.to_string())?;
    if let Some(warning) = layout.warnings.first() {
        return Err(format!("{warning:?}"));
    }
    layout.element.render(&options).map_err(|problem| problem.to_string())
}

/// One line of at most so many characters: what is typed can't add lines to a mail, nor headers.
/// Characters that turn the direction of what follows go as well.
fn one_line(text: &str, longest: usize) -> String {
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
