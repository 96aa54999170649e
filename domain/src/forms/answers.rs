//! What can be answered.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Question, QuestionKind};
use crate::fault::{Faults, ValueFault};
use crate::text;

/// An answer to one question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Answer {
    /// Yes or no.
    YesNo(bool),
    /// Words: a text, what was chosen, or a day as `2026-03-02`.
    Words(String),
}

/// Which answers can be meant, under the keys of their questions. Faults point into `field`. What is
/// left empty counts as not answered.
pub fn check_answers(
    field: &str,
    questions: &[Question],
    given: &BTreeMap<String, Answer>,
    faults: &mut Faults,
) -> BTreeMap<String, Answer> {
    for key in given.keys().filter(|key| !questions.iter().any(|one| one.key == **key)) {
        let at = format!("{field}/{}", key.replace('~', "~0").replace('/', "~1"));
        faults.note(&at, ValueFault::new("unknown", "There is no such question."));
    }
    let mut kept = BTreeMap::new();
    for question in questions {
        let at = format!("{field}/{}", question.key);
        match given.get(&question.key).map(|answer| check(question, answer)) {
            Some(Ok(Some(answer))) => {
                kept.insert(question.key.clone(), answer);
            }
            Some(Err(fault)) => faults.note(&at, fault),
            None | Some(Ok(None)) if question.required => {
                faults.note(&at, ValueFault::new("required", "Please answer this."));
            }
            None | Some(Ok(None)) => {}
        }
    }
    kept
}

fn check(question: &Question, answer: &Answer) -> Result<Option<Answer>, ValueFault> {
    let fault = |detail: &'static str| Err(ValueFault::new("invalid", detail));
    let words = match (question.kind, answer) {
        (QuestionKind::YesNo, Answer::YesNo(_)) => return Ok(Some(answer.clone())),
        (QuestionKind::YesNo, Answer::Words(_)) => return fault("This should be yes or no."),
        (_, Answer::YesNo(_)) => return fault("This should be text."),
        (QuestionKind::LongText, Answer::Words(words)) => text::prose(words, 0, 4000)?,
        (_, Answer::Words(words)) => text::line(words, 0, 300)?,
    };
    match question.kind {
        _ if words.is_empty() => return Ok(None),
        QuestionKind::Choice if !question.choices.contains(&words) => {
            return fault("This can't be chosen.");
        }
        QuestionKind::Date if !is_day(&words) => {
            return fault("This should be a day like 2026-03-02.");
        }
        _ => {}
    }
    Ok(Some(Answer::Words(words)))
}

/// Only as it is written everywhere: four digits, two, two.
fn is_day(words: &str) -> bool {
    let day = words.parse::<NaiveDate>();
    day.is_ok_and(|day| day.format("%Y-%m-%d").to_string() == words && words.len() == 10)
}
