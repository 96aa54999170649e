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
    pub(super) environment: &'a Environment<'static>,
    pub(super) locale: &'a str,
    pub(super) catalogue: &'a Catalogue,
    pub(super) fields: &'a Fields,
    pub(super) visits: &'a [Visit<'a>],
    /// Where one says that one doesn't want such mails.
    pub(super) leave: Option<&'a str>,
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

impl Writer<'_> {
    /// One text of the catalogue, filled in.
    pub(super) fn line(&self, source: &str, part: Part) -> Result<String, RenderError> {
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
            if self.visits.is_empty() || !is_dated(source) {
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
