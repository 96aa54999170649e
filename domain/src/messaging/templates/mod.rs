//! Messages from templates: texts per language (`config/templates/mail/<locale>.toml`), or a
//! business's own words, in one layout.
//!
//! The layout is MJML and becomes HTML once, at the start, with its merge fields still in place; what
//! people typed is filled in afterwards, escaped, and never passes through the MJML parser. It is
//! never taken for a template either.

mod catalogue;
mod fields;
mod own;
#[cfg(test)]
mod own_tests;
#[cfg(test)]
mod tests;
mod writer;

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use self::catalogue::Catalogue;
use self::fields::{Fields, one_line};
use self::writer::{Part, Said, Writer, line_name};
use super::{Channel, Click, Kind, Mail, Template};
use crate::config::LOCALES;
use crate::fault::Faults;
use crate::html::escaped;

pub use catalogue::{Leave, PageWords, Pages, Replies};
pub use own::{Own, fields_of, sample};

const LAYOUT_HTML: &str = include_str!("../../../../config/templates/mail/layout.mjml");
const LAYOUT_TEXT: &str = include_str!("../../../../config/templates/mail/layout.txt");
const CATALOGUES: [(&str, &str); LOCALES.len()] = [
    ("en", include_str!("../../../../config/templates/mail/en.toml")),
    ("es", include_str!("../../../../config/templates/mail/es.toml")),
    ("fr", include_str!("../../../../config/templates/mail/fr.toml")),
    ("ar", include_str!("../../../../config/templates/mail/ar.toml")),
    ("de", include_str!("../../../../config/templates/mail/de.toml")),
];

/// Longest subject, in characters.
const LONGEST_SUBJECT: usize = 150;

/// A message's texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// One line; empty where there is no place for one.
    pub subject: String,
    /// For programs that show text only.
    pub text: String,
    /// For all others; empty where there are none.
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

/// Why a message can't be written. Trying again would not help.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// There is nothing to click.
    #[error("the mail needs a link and has none")]
    NoLink,
    /// The message is about something that the catalogue has no words for.
    #[error("there are no words for {0:?}")]
    NoWords(String),
    /// A merge field is missing, or the text isn't a template.
    #[error("{0:#}")]
    Field(#[from] minijinja::Error),
}

/// What is to be written.
#[derive(Debug, Clone, Copy)]
pub struct Writing<'a> {
    /// What it is about.
    pub kind: Kind,
    /// Which way it goes.
    pub channel: Channel,
    /// In which language.
    pub locale: &'a str,
    /// What it says about.
    pub data: &'a serde_json::Map<String, serde_json::Value>,
    /// Where it leads; of several visits, a line for each.
    pub link: Option<&'a str>,
    /// Where one says that one doesn't want such mails.
    pub leave: Option<&'a str>,
    /// The business's own words, if it has some.
    pub own: Option<&'a Own>,
}

/// All words in all languages, ready to be filled in.
#[derive(Debug)]
pub struct Templates {
    environment: Environment<'static>,
    own: Environment<'static>,
    catalogues: BTreeMap<&'static str, Catalogue>,
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
            complete(&catalogue).map_err(|problem| bad(&problem))?;
            for line in catalogue.lines() {
                for part in [Part::Text, Part::Html] {
                    environment
                        .add_template_owned(line_name(line, part), line.to_owned())
                        .map_err(|problem| bad(&problem))?;
                }
            }
            catalogues.insert(locale, catalogue);
        }
        Ok(Self { environment, own: own::environment(), catalogues })
    }

    /// The language that is written, and its words: one that nobody translated to is English.
    fn language(&self, locale: &str) -> Result<(&'static str, &Catalogue), RenderError> {
        let language = locale.split(['-', '_']).next().unwrap_or_default();
        let known = self.catalogues.get_key_value(language);
        let known = known.or_else(|| self.catalogues.get_key_value("en"));
        let (locale, catalogue) = known.ok_or_else(|| RenderError::NoWords(locale.to_owned()))?;
        Ok((*locale, catalogue))
    }

    /// How one says, in this language, that one doesn't want to hear any more.
    pub fn leave(&self, locale: &str) -> Result<&Leave, RenderError> {
        Ok(&self.language(locale)?.1.leave)
    }

    /// What stands, in this language, on a business's pages.
    pub fn pages(&self, locale: &str) -> Result<Pages<'_>, RenderError> {
        let (locale, catalogue) = self.language(locale)?;
        Ok(Pages { locale, catalogue })
    }

    /// What is said, in this language, to who answers a text.
    pub fn replies(&self, locale: &str) -> Result<&Replies, RenderError> {
        Ok(&self.language(locale)?.1.replies)
    }

    /// Writes a mail that concerns a login or a team.
    pub fn render(&self, mail: &Mail, link: Option<&str>) -> Result<Rendered, RenderError> {
        self.built_in(mail.template, &mail.locale, &mail.data, link, None)
    }

    /// Writes a message to a customer. Own words that come to nothing (a field that isn't there after
    /// all) are no reason to say nothing: then it is the built-in ones.
    pub fn write(&self, writing: &Writing<'_>) -> Result<Rendered, RenderError> {
        if let Some(own) = writing.own {
            match self.in_own_words(writing, own) {
                Ok(rendered) => return Ok(rendered),
                Err(error) => {
                    let kind = writing.kind.key();
                    tracing::warn!(kind, %error, "a business's own words can't be used");
                }
            }
        }
        let Writing { kind, channel, locale, data, link, leave, .. } = *writing;
        match channel {
            Channel::Email => self.built_in(kind.template(), locale, data, link, leave),
            // Who is reminded by a text can answer it.
            Channel::Sms | Channel::Whatsapp if kind == Kind::Reminder => {
                let mut short = self.short(kind, locale, data, link)?;
                short.text = format!("{}\n{}", short.text, self.replies(locale)?.hint);
                Ok(short)
            }
            _ => self.short(kind, locale, data, link),
        }
    }

    /// Whether a business can use these words; if so, as they are kept.
    pub fn check(&self, kind: Kind, channel: Channel, own: &Own) -> Result<Own, Faults> {
        own::check(&self.own, kind, channel, own)
    }

    /// The built-in words as a business could have written them: something to begin with.
    pub fn words(&self, kind: Kind, channel: Channel, locale: &str) -> Result<Own, RenderError> {
        let (_, catalogue) = self.language(locale)?;
        let template = kind.template();
        if channel != Channel::Email {
            let body = catalogue.short(template).ok_or_else(|| no_words(template))?;
            return Ok(Own { subject: None, body: body.to_owned() });
        }
        let texts = catalogue.texts(template).ok_or_else(|| no_words(template))?;
        let known = fields_of(kind);
        let mut lines = Vec::new();
        if known.contains(&"name") {
            lines.push(catalogue.hello.as_str());
        }
        // A line for each of several visits is one field.
        let line = |line: &String| {
            if known.contains(&"visits") && is_dated(line) {
                "{{ visits }}".to_owned()
            } else {
                line.clone()
            }
        };
        let texts_of = texts.before.iter().chain(&texts.after).map(line);
        let body: Vec<String> = lines.into_iter().map(str::to_owned).chain(texts_of).collect();
        Ok(Own { subject: Some(texts.subject.clone()), body: body.join("\n\n") })
    }

    fn built_in(
        &self,
        template: Template,
        locale: &str,
        data: &serde_json::Map<String, serde_json::Value>,
        link: Option<&str>,
        leave: Option<&str>,
    ) -> Result<Rendered, RenderError> {
        let links: Vec<&str> = links(template, link)?;
        let (locale, catalogue) = self.language(locale)?;
        let texts = catalogue.texts(template).ok_or_else(|| no_words(template))?;
        let fields = fields::fields(data, locale, catalogue)?;
        let visits = fields::visits(data, locale, catalogue, &links)?;
        let environment = &self.environment;
        let write = Writer::new(environment, (locale, catalogue), &fields, &visits, leave);
        let link = links.first().copied();
        let subject = one_line(&write.line(&texts.subject, Part::Text)?, LONGEST_SUBJECT);
        let part = |part: Part| -> Result<String, RenderError> {
            write.whole(write.built_in(texts, &subject, part)?, link, part)
        };
        let (text, html) = (part(Part::Text)?, part(Part::Html)?);
        Ok(Rendered { subject, text, html })
    }

    fn short(
        &self,
        kind: Kind,
        locale: &str,
        data: &serde_json::Map<String, serde_json::Value>,
        link: Option<&str>,
    ) -> Result<Rendered, RenderError> {
        let template = kind.template();
        let links = links(template, link)?;
        let (locale, catalogue) = self.language(locale)?;
        let words = catalogue.short(template).ok_or_else(|| no_words(template))?;
        let fields = all_fields(kind, data, locale, catalogue, &links)?;
        let context = fields.into_iter().map(|(name, text)| (name, Value::from(text)));
        let context = Value::from(context.collect::<BTreeMap<_, _>>());
        let text = self.environment.get_template(&line_name(words, Part::Text))?.render(context)?;
        Ok(Rendered { subject: String::new(), text: tidy(&text), html: String::new() })
    }

    fn in_own_words(&self, writing: &Writing<'_>, own: &Own) -> Result<Rendered, RenderError> {
        let Writing { kind, channel, locale, data, link, leave, .. } = *writing;
        let template = kind.template();
        let links = links(template, link)?;
        let (locale, catalogue) = self.language(locale)?;
        let fields = all_fields(kind, data, locale, catalogue, &links)?;
        let body = own::write(&self.own, &own.body, &fields)?;
        if channel != Channel::Email {
            return Ok(Rendered { subject: String::new(), text: tidy(&body), html: String::new() });
        }
        let texts = catalogue.texts(template).ok_or_else(|| no_words(template))?;
        let subject = own.subject.as_deref().unwrap_or(&texts.subject);
        let subject = one_line(&own::write(&self.own, subject, &fields)?, LONGEST_SUBJECT);
        let paragraphs = own::paragraphs(&self.own, &own.body, &fields)?;
        let environment = &self.environment;
        let write = Writer::new(environment, (locale, catalogue), &fields, &[], leave);
        let preview = one_line(&body, LONGEST_SUBJECT);
        let part = |part: Part| -> Result<String, RenderError> {
            let (heading, before) = match part {
                Part::Text => (subject.clone(), vec![body.clone()]),
                Part::Html => (escaped(&subject), paragraphs.clone()),
            };
            let said = Said {
                subject: subject.clone(),
                preview: preview.clone(),
                heading: Value::from_safe_string(heading),
                hello: Value::from(""),
                before: before.into_iter().map(Value::from_safe_string).collect(),
                button: write.button(texts, part)?,
                after: Vec::new(),
            };
            write.whole(said, links.first().copied(), part)
        };
        let (text, html) = (part(Part::Text)?, part(Part::Html)?);
        Ok(Rendered { subject, text, html })
    }
}

/// Whether a language has all words.
fn complete(catalogue: &Catalogue) -> Result<(), String> {
    for template in Template::ALL {
        let key = template.key();
        let Some(texts) = catalogue.texts(template) else {
            return Err(format!("mails.{key} is missing"));
        };
        if texts.button.is_some() != (template.click() != Click::Never) {
            return Err(format!("mails.{key} needs a button for a link, or neither"));
        }
    }
    for kind in Kind::ALL {
        let key = kind.template().key();
        if catalogue.short(kind.template()).is_none() {
            return Err(format!("shorts.{key} is missing"));
        }
    }
    Ok(())
}

/// The links of a message that has any.
fn links(template: Template, link: Option<&str>) -> Result<Vec<&str>, RenderError> {
    match (template.click(), link) {
        (Click::Must, None) => Err(RenderError::NoLink),
        (Click::Never, _) | (Click::May, None) => Ok(Vec::new()),
        (_, Some(links)) => Ok(links.lines().collect()),
    }
}

/// Everything that can be said, in words: also the link, and several visits as lines.
fn all_fields(
    kind: Kind,
    data: &serde_json::Map<String, serde_json::Value>,
    locale: &str,
    catalogue: &Catalogue,
    links: &[&str],
) -> Result<Fields, RenderError> {
    let mut all = fields::fields(data, locale, catalogue)?;
    let line = |visit: &fields::Visit<'_>| {
        let said = |name: &str| visit.fields.get(name).map_or("", String::as_str);
        let when = format!("{}, {}", said("date"), said("time"));
        visit.link.map_or_else(|| when.clone(), |link| format!("{when}: {link}"))
    };
    let visits: Vec<_> = fields::visits(data, locale, catalogue, links)?.iter().map(line).collect();
    if !visits.is_empty() {
        all.insert("visits".to_owned(), visits.join("\n"));
    }
    all.insert("link".to_owned(), links.first().copied().unwrap_or_default().to_owned());
    for known in fields_of(kind) {
        all.entry((*known).to_owned()).or_default();
    }
    Ok(all)
}

/// Whether a line of the catalogue comes once for each of several visits.
fn is_dated(line: &str) -> bool {
    line.contains("{{ date }}")
}

fn no_words(template: Template) -> RenderError {
    RenderError::NoWords(template.key().to_owned())
}

/// Without the spaces of what was left out.
fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
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
