//! What forms ask, and what can be asked.

use serde::{Deserialize, Serialize};

use super::{FormChange, FormError, FormKind};
use crate::fault::{Faults, ValueFault};
use crate::tenancy::StoreError;
use crate::text;
use crate::words::words;

const MOST_QUESTIONS: usize = 50;
const MOST_CHOICES: usize = 30;

words! {
    /// What an answer is.
    QuestionKind {
        /// One line.
        Text = "text",
        /// Several lines.
        LongText = "long_text",
        /// Yes or no.
        YesNo = "yes_no",
        /// One of several.
        Choice = "choice",
        /// A day.
        Date = "date",
    }
}

/// A question of an intake form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Its name among the form's questions. Answers are kept under it.
    pub key: String,
    /// What the answer is.
    pub kind: QuestionKind,
    /// What is asked.
    pub label: String,
    /// Whether there must be an answer.
    pub required: bool,
    /// What can be chosen, if it is a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
}

/// A question, as it is typed.
#[derive(Debug, Clone)]
pub struct NewQuestion {
    /// Its name. Without one it gets one.
    pub key: Option<String>,
    /// What the answer is.
    pub kind: QuestionKind,
    /// What is asked.
    pub label: String,
    /// Whether there must be an answer.
    pub required: bool,
    /// What can be chosen, if it is a choice.
    pub choices: Vec<String>,
}

/// What a form asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", untagged)]
pub enum FormBody {
    /// To answer questions.
    Intake {
        /// The questions, in their order.
        questions: Vec<Question>,
    },
    /// To agree to a text.
    Consent {
        /// The text.
        text: String,
    },
}

impl FormBody {
    /// What kind of form asks it.
    pub const fn kind(&self) -> FormKind {
        match self {
            Self::Intake { .. } => FormKind::Intake,
            Self::Consent { .. } => FormKind::Consent,
        }
    }

    pub(super) fn stored(kind: FormKind, body: serde_json::Value) -> Result<Self, StoreError> {
        #[derive(Deserialize)]
        struct Intake {
            questions: Vec<Question>,
        }
        #[derive(Deserialize)]
        struct Consent {
            text: String,
        }
        let read = match kind {
            FormKind::Intake => {
                serde_json::from_value(body).map(|Intake { questions }| Self::Intake { questions })
            }
            FormKind::Consent => {
                serde_json::from_value(body).map(|Consent { text }| Self::Consent { text })
            }
        };
        read.map_err(|error| StoreError::Unreadable(format!("what a form asks: {error}")))
    }
}

/// Which new forms can be meant.
pub(super) fn check_new(kind: FormKind, new: FormChange) -> Result<(String, FormBody), FormError> {
    let empty = match kind {
        FormKind::Intake => FormBody::Intake { questions: Vec::new() },
        FormKind::Consent => FormBody::Consent { text: String::new() },
    };
    // What is left out of a new form is empty, and may not be.
    let new = match kind {
        FormKind::Intake => FormChange { questions: new.questions.or(Some(Vec::new())), ..new },
        FormKind::Consent => FormChange { text: new.text.or(Some(String::new())), ..new },
    };
    let name = new.name.or(Some(String::new()));
    check_change("", &empty, FormChange { name, ..new })
}

/// Which changes of a form can be meant: the name and what it asks then.
pub(super) fn check_change(
    name: &str,
    body: &FormBody,
    change: FormChange,
) -> Result<(String, FormBody), FormError> {
    let mut faults = Faults::new();
    let f = &mut faults;
    let name = match change.name {
        Some(typed) => f.take("/name", text::line(&typed, 1, 120)).unwrap_or_default(),
        None => name.to_owned(),
    };
    let body = match body {
        FormBody::Consent { text } => {
            if change.questions.is_some() {
                f.note("/questions", ValueFault::new("not_here", "A consent has no questions."));
            }
            let typed = change.text.map(|typed| f.take("/text", text::prose(&typed, 1, 10_000)));
            let text = typed.map_or_else(|| text.clone(), Option::unwrap_or_default);
            FormBody::Consent { text }
        }
        FormBody::Intake { questions } => {
            if change.text.is_some() {
                let detail = "An intake form has questions, and no text.";
                f.note("/text", ValueFault::new("not_here", detail));
            }
            let typed = change.questions.map(|typed| check_questions(typed, f));
            FormBody::Intake { questions: typed.unwrap_or_else(|| questions.clone()) }
        }
    };
    if faults.is_empty() { Ok((name, body)) } else { Err(faults.into()) }
}

fn check_questions(typed: Vec<NewQuestion>, f: &mut Faults) -> Vec<Question> {
    if typed.is_empty() {
        f.note("/questions", ValueFault::new("too_few", "Ask at least one thing."));
    }
    if typed.len() > MOST_QUESTIONS {
        let detail = format!("At most {MOST_QUESTIONS} questions, please.");
        f.note("/questions", ValueFault::new("too_many", detail));
        return Vec::new();
    }
    let mut taken: Vec<String> = typed.iter().filter_map(|one| one.key.clone()).collect();
    let mut questions: Vec<Question> = Vec::with_capacity(typed.len());
    for (place, typed) in typed.into_iter().enumerate() {
        let at = format!("/questions/{place}");
        let key = match typed.key {
            Some(key) => {
                let known = questions.iter().any(|other| other.key == key);
                f.take(&format!("{at}/key"), check_key(&key, known));
                key
            }
            None => free_key(&mut taken),
        };
        let label = f.take(&format!("{at}/label"), text::line(&typed.label, 1, 300));
        let choices = check_choices(&format!("{at}/choices"), typed.kind, &typed.choices, f);
        questions.push(Question {
            key,
            kind: typed.kind,
            label: label.unwrap_or_default(),
            required: typed.required,
            choices,
        });
    }
    questions
}

fn check_key(key: &str, known: bool) -> Result<(), ValueFault> {
    let fits = (1..=40).contains(&key.len())
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    if !fits {
        return Err(ValueFault::new("invalid", "Small letters, digits and _, at most 40."));
    }
    if known {
        return Err(ValueFault::new("duplicate", "Another question has this key."));
    }
    Ok(())
}

/// The first of `q1`, `q2`, … that no question has.
fn free_key(taken: &mut Vec<String>) -> String {
    let mut number = 1;
    let key = loop {
        let key = format!("q{number}");
        if !taken.contains(&key) {
            break key;
        }
        number += 1;
    };
    taken.push(key.clone());
    key
}

fn check_choices(at: &str, kind: QuestionKind, typed: &[String], f: &mut Faults) -> Vec<String> {
    let (least, most) = if kind == QuestionKind::Choice { (2, MOST_CHOICES) } else { (0, 0) };
    if typed.len() < least {
        f.note(at, ValueFault::new("too_few", "At least two to choose from, please."));
    }
    if typed.len() > most {
        let detail = match most {
            0 => "Only a choice has these.".to_owned(),
            _ => format!("At most {most} to choose from, please."),
        };
        f.note(at, ValueFault::new("too_many", detail));
        return Vec::new();
    }
    let mut choices: Vec<String> = Vec::with_capacity(typed.len());
    for (place, choice) in typed.iter().enumerate() {
        let at = format!("{at}/{place}");
        let Some(choice) = f.take(&at, text::line(choice, 1, 120)) else { continue };
        if choices.contains(&choice) {
            f.note(&at, ValueFault::new("duplicate", "This is there twice."));
        }
        choices.push(choice);
    }
    choices
}
