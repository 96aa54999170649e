use chrono::{DateTime, Utc};
use openchair_domain::forms::{
    self as domain, FormBody, FormFacts, FormKind, FormVersion, QuestionKind,
};
use openchair_domain::ids::Form;
use poem_openapi::Object;

use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::shelf::mirrored;

mirrored! {
    /// What a form is.
    FormKindWord = FormKind {
        /// Questions.
        Intake,
        /// A text that is agreed to.
        Consent,
    }

    /// What an answer is.
    QuestionKindWord = QuestionKind {
        /// One line.
        Text,
        /// Several lines.
        LongText,
        /// Yes or no.
        YesNo,
        /// One of several.
        Choice,
        /// A day.
        Date,
    }
}

/// A question of an intake form.
#[derive(Debug, Clone, Object)]
pub(crate) struct QuestionView {
    /// Its name among the form's questions
    key: String,
    kind: QuestionKindWord,
    /// What is asked
    label: String,
    /// Whether there must be an answer
    required: bool,
    /// What can be chosen, if it is a choice
    choices: Vec<String>,
}

impl From<domain::Question> for QuestionView {
    fn from(question: domain::Question) -> Self {
        Self {
            key: question.key,
            kind: question.kind.into(),
            label: question.label,
            required: question.required,
            choices: question.choices,
        }
    }
}

/// A consent's text, and an intake form's questions.
pub(crate) fn asked(body: FormBody) -> (Option<String>, Vec<QuestionView>) {
    match body {
        FormBody::Consent { text } => (Some(text), Vec::new()),
        FormBody::Intake { questions } => {
            (None, questions.into_iter().map(QuestionView::from).collect())
        }
    }
}

/// A form, as it is asked now.
#[derive(Debug, Clone, Object)]
pub(super) struct FormView {
    id: Ref<Form>,
    kind: FormKindWord,
    name: String,
    /// What is agreed to, if it is a consent
    text: Option<String>,
    /// What is asked, if it is an intake form
    questions: Vec<QuestionView>,
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<FormFacts> for FormView {
    fn from(form: FormFacts) -> Self {
        let kind = form.body.kind().into();
        let (text, questions) = asked(form.body);
        Self {
            id: form.id.into(),
            kind,
            name: form.name,
            text,
            questions,
            archived_at: form.archived_at,
            version: form.version,
        }
    }
}

/// The view with its version.
pub(super) fn versioned(form: FormFacts) -> Versioned<FormView> {
    Versioned::new(form.version.into(), form.into())
}

/// A form, as it was asked once.
#[derive(Debug, Clone, Object)]
pub(super) struct FormVersionView {
    version: i32,
    name: String,
    /// What was agreed to, if it is a consent
    text: Option<String>,
    /// What was asked, if it is an intake form
    questions: Vec<QuestionView>,
    /// Since when
    created_at: DateTime<Utc>,
}

impl From<FormVersion> for FormVersionView {
    fn from(form: FormVersion) -> Self {
        let (text, questions) = asked(form.body);
        Self {
            version: form.version,
            name: form.name,
            text,
            questions,
            created_at: form.created_at,
        }
    }
}

/// A question to ask.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct NewQuestion {
    /// Its name among the form's questions: keep it and answers to old and new versions can be
    /// compared. Without one it gets one
    #[oai(validator(pattern = "^[a-z0-9_]{1,40}$"))]
    key: Option<String>,
    kind: QuestionKindWord,
    #[oai(validator(min_length = 1, max_length = 300))]
    label: String,
    /// Whether there must be an answer
    #[oai(default)]
    required: bool,
    /// What can be chosen, if it is a choice
    #[oai(default, validator(max_items = 30))]
    choices: Vec<String>,
}

impl NewQuestion {
    fn to_domain(&self) -> domain::NewQuestion {
        domain::NewQuestion {
            key: self.key.clone(),
            kind: self.kind.into(),
            label: self.label.clone(),
            required: self.required,
            choices: self.choices.clone(),
        }
    }
}

fn questions(sent: &[NewQuestion]) -> Vec<domain::NewQuestion> {
    sent.iter().map(NewQuestion::to_domain).collect()
}

/// What is wanted of a new form: of a consent a text, of an intake form questions.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewForm {
    kind: FormKindWord,
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    #[oai(validator(min_length = 1, max_length = 10000))]
    text: Option<String>,
    #[oai(validator(min_items = 1, max_items = 50))]
    questions: Option<Vec<NewQuestion>>,
}

impl NewForm {
    pub(super) fn to_domain(&self) -> (FormKind, domain::FormChange) {
        let wanted = domain::FormChange {
            name: Some(self.name.clone()),
            text: self.text.clone(),
            questions: self.questions.as_deref().map(questions),
        };
        (self.kind.into(), wanted)
    }
}

/// What to change; what is left out stays. The questions are replaced whole.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct FormChange {
    #[oai(validator(min_length = 1, max_length = 120))]
    name: Option<String>,
    /// Of a consent
    #[oai(validator(min_length = 1, max_length = 10000))]
    text: Option<String>,
    /// Of an intake form: all of them
    #[oai(validator(min_items = 1, max_items = 50))]
    questions: Option<Vec<NewQuestion>>,
}

impl From<FormChange> for domain::FormChange {
    fn from(change: FormChange) -> Self {
        Self {
            name: change.name,
            text: change.text,
            questions: change.questions.as_deref().map(questions),
        }
    }
}
