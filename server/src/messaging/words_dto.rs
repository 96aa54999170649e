use openchair_domain::ids::Message;
use openchair_domain::messaging::TemplateFacts;
use openchair_domain::messaging::templates::{Own, Rendered};
use poem_openapi::Object;

use super::dto::{MessageChannel, MessageKind};
use crate::ids::Ref;

/// The words of a message.
#[derive(Debug, Clone, Object)]
pub(super) struct MessageTemplateView {
    kind: MessageKind,
    channel: MessageChannel,
    locale: String,
    /// Mails have one
    subject: Option<String>,
    body: String,
    /// Whether they are the business's own; else they are built in
    own: bool,
    /// What they may speak of, as `{{ name }}`
    fields: Vec<String>,
    /// 0: built in
    version: i32,
}

impl From<TemplateFacts> for MessageTemplateView {
    fn from(facts: TemplateFacts) -> Self {
        Self {
            kind: facts.key.kind.into(),
            channel: facts.key.channel.into(),
            locale: facts.key.locale.to_owned(),
            subject: facts.words.subject,
            body: facts.words.body,
            own: facts.own,
            fields: facts.fields.iter().map(|field| (*field).to_owned()).collect(),
            version: facts.version,
        }
    }
}

/// All words that are the business's own.
#[derive(Debug, Clone, Object)]
pub(super) struct MessageTemplateList {
    pub(super) items: Vec<MessageTemplateView>,
}

/// Words of one's own.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MessageWords {
    /// Of mails only
    #[oai(validator(max_length = 400))]
    subject: Option<String>,
    /// Paragraphs have an empty line between them
    #[oai(validator(max_length = 10000))]
    body: String,
}

impl From<MessageWords> for Own {
    fn from(words: MessageWords) -> Self {
        Self { subject: words.subject, body: words.body }
    }
}

/// What is to be looked at: these words, or without any those that are used now.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MessagePreviewInput {
    pub(super) words: Option<MessageWords>,
}

/// What a message looks like, about somebody who doesn't exist.
#[derive(Debug, Clone, Object)]
pub(super) struct MessagePreview {
    /// Empty where there is no place for one
    subject: String,
    text: String,
    /// Empty where there is none
    html: String,
}

impl From<Rendered> for MessagePreview {
    fn from(rendered: Rendered) -> Self {
        Self { subject: rendered.subject, text: rendered.text, html: rendered.html }
    }
}

/// A message that is on its way to whoever asked.
#[derive(Debug, Clone, Object)]
pub(super) struct MessageTrialView {
    pub(super) message: Ref<Message>,
}
