//! One mail: the texts of a language, or a business's own, in the layout.

use std::collections::BTreeMap;

use minijinja::{Environment, Value, context};

use super::catalogue::{Catalogue, Direction, Texts};
use super::fields::{Fields, Visit};
use super::{RenderError, is_dated};
use crate::html::escaped;

/// Who writes where no business does.
const PRODUCT: &str = "Openchair";

/// Where a text will stand, which decides how it is escaped.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Text,
    Html,
}

/// Writes one mail.
pub(super) struct Writer<'a> {
    environment: &'a Environment<'static>,
    locale: &'a str,
    catalogue: &'a Catalogue,
    fields: &'a Fields,
    visits: &'a [Visit<'a>],
    /// Where one says that one doesn't want such mails.
    leave: Option<&'a str>,
    /// What is said about, as it stands in the text and in the HTML.
    values: [Value; 2],
}

/// What stands in the layout besides what is the same in all mails.
pub(super) struct Said {
    pub(super) subject: String,
    pub(super) preview: String,
    pub(super) heading: Value,
    pub(super) hello: Value,
    pub(super) before: Vec<Value>,
    pub(super) button: Option<Value>,
    pub(super) after: Vec<Value>,
}

/// What is said about, as it stands in a part.
fn values(fields: &Fields, part: Part) -> Value {
    let value = |text: &str| match part {
        Part::Text => Value::from(text.to_owned()),
        // What is not there is not marked, either.
        Part::Html if text.is_empty() => Value::from(""),
        // A name in another script must not turn the sentence around it.
        Part::Html => Value::from_safe_string(format!("<bdi>{}</bdi>", escaped(text))),
    };
    let values: BTreeMap<&str, Value> =
        fields.iter().map(|(key, text)| (key.as_str(), value(text))).collect();
    Value::from(values)
}

/// Under which name a text of the catalogues is kept, ready to be filled in: its own.
pub(super) fn line_name(source: &str, part: Part) -> String {
    match part {
        Part::Text => format!("{source}.txt"),
        Part::Html => format!("{source}.html"),
    }
}

impl<'a> Writer<'a> {
    pub(super) fn new(
        environment: &'a Environment<'static>,
        (locale, catalogue): (&'a str, &'a Catalogue),
        fields: &'a Fields,
        visits: &'a [Visit<'a>],
        leave: Option<&'a str>,
    ) -> Self {
        let values = [values(fields, Part::Text), values(fields, Part::Html)];
        Self { environment, locale, catalogue, fields, visits, leave, values }
    }

    /// One text of the catalogue, filled in.
    pub(super) fn line(&self, source: &str, part: Part) -> Result<String, RenderError> {
        let [text, html] = &self.values;
        let values = match part {
            Part::Text => text,
            Part::Html => html,
        };
        self.filled(source, part, values)
    }

    fn filled(&self, source: &str, part: Part, values: &Value) -> Result<String, RenderError> {
        let line = self.environment.get_template(&line_name(source, part))?;
        Ok(line.render(values)?)
    }

    /// Texts of the catalogue that have something to say. Of several visits, each has a line with its
    /// date, which leads to it.
    fn lines(&self, sources: &[String], part: Part) -> Result<Vec<Value>, RenderError> {
        let mut lines = Vec::new();
        for source in sources {
            if self.visits.is_empty() || !is_dated(source) {
                lines.push(self.line(source, part)?);
                continue;
            }
            for visit in self.visits {
                let mut fields = self.fields.clone();
                fields.extend(visit.fields.clone());
                let line = self.filled(source, part, &values(&fields, part))?;
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
    pub(super) fn safe(&self, source: &str, part: Part) -> Result<Value, RenderError> {
        Ok(Value::from_safe_string(self.line(source, part)?))
    }

    /// What the catalogue has to say.
    pub(super) fn built_in(
        &self,
        texts: &Texts,
        subject: &str,
        part: Part,
    ) -> Result<Said, RenderError> {
        let named = self.fields.get("name").is_some_and(|name| !name.is_empty());
        Ok(Said {
            subject: subject.to_owned(),
            preview: self.line(&texts.preview, Part::Text)?,
            heading: self.safe(&texts.heading, part)?,
            hello: if named { self.safe(&self.catalogue.hello, part)? } else { Value::from("") },
            before: self.lines(&texts.before, part)?,
            button: self.button(texts, part)?,
            after: self.lines(&texts.after, part)?,
        })
    }

    /// What is on the button.
    pub(super) fn button(&self, texts: &Texts, part: Part) -> Result<Option<Value>, RenderError> {
        texts.button.as_deref().map(|button| self.safe(button, part)).transpose()
    }

    /// The whole mail.
    pub(super) fn whole(
        &self,
        said: Said,
        link: Option<&str>,
        part: Part,
    ) -> Result<String, RenderError> {
        let Catalogue { direction, copy, footer, leave, .. } = self.catalogue;
        let layout = match part {
            Part::Text => "layout.txt",
            Part::Html => "layout.html",
        };
        // Escaped by us: the engine would also write every slash as an entity.
        let href = |link: &str| {
            Value::from_safe_string(match part {
                Part::Text => link.to_owned(),
                Part::Html => escaped(link),
            })
        };
        let context = context! {
            lang => self.locale,
            dir => Direction::key(*direction),
            start => Direction::start(*direction),
            sender => self.fields.get("business").map_or(PRODUCT, String::as_str),
            subject => said.subject,
            preview => said.preview,
            heading => said.heading,
            hello => said.hello,
            before => said.before,
            button => said.button,
            after => said.after,
            copy => self.safe(copy, part)?,
            footer => self.safe(footer, part)?,
            link => link.map(href),
            leave => self.leave.map(href),
            leave_text => leave.link.as_str(),
        };
        Ok(self.environment.get_template(layout)?.render(context)?)
    }
}
