//! Requests under a key: the same request, the same answer.

use std::collections::{HashMap, HashSet};

use crate::form::Params;
use crate::problem::Problem;

/// How long an answer is kept.
const KEPT: i64 = 24 * 60 * 60;

/// Whose key it is.
pub(crate) type Key = (Option<String>, String);

/// What was asked under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Question {
    pub(crate) path: String,
    pub(crate) params: Params,
}

#[derive(Debug)]
struct Kept {
    question: Question,
    at: i64,
    status: u16,
    body: String,
}

/// Answers by their keys.
#[derive(Debug, Default)]
pub(crate) struct KeptAnswers {
    answers: HashMap<Key, Kept>,
    under_way: HashSet<Key>,
}

impl KeptAnswers {
    /// The answer that was given before; none: it is to be done now.
    pub(crate) fn claim(
        &mut self,
        key: &Key,
        question: &Question,
        now: i64,
    ) -> Result<Option<(u16, String)>, Problem> {
        self.answers.retain(|_, kept| kept.at + KEPT > now);
        let refused = |said: String| Problem { kind: "idempotency_error", ..Problem::wrong(said) };
        if let Some(kept) = self.answers.get(key) {
            let key = &key.1;
            if kept.question.path != question.path {
                return Err(refused(format!(
                    "Keys for idempotent requests can only be used for the same endpoint they were first used \
                     for ('{}'). Try using a key other than '{key}' if you meant to execute a different \
                     request.",
                    kept.question.path
                )));
            }
            if kept.question.params != question.params {
                return Err(refused(format!(
                    "Keys for idempotent requests can only be used with the same parameters they were first \
                     used with. Try using a key other than '{key}' if you meant to execute a different \
                     request."
                )));
            }
            return Ok(Some((kept.status, kept.body.clone())));
        }
        if !self.under_way.insert(key.clone()) {
            let said = format!(
                "There is currently another in-progress request using this Idempotent Key (that probably \
                 means you submitted twice, and the other request is still going through): {}. Please try \
                 again later.",
                key.1
            );
            return Err(
                Problem { code: Some("idempotency_key_in_use"), ..refused(said) }.with_status(409)
            );
        }
        Ok(None)
    }

    /// It was done, or wasn't begun.
    pub(crate) fn settle(
        &mut self,
        key: Key,
        question: Question,
        at: i64,
        answer: Option<(u16, String)>,
    ) {
        self.under_way.remove(&key);
        if let Some((status, body)) = answer {
            self.answers.insert(key, Kept { question, at, status, body });
        }
    }
}
