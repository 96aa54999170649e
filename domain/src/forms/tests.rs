use std::collections::BTreeMap;

use serde_json::json;

use super::body::{check_change, check_new};
use super::*;
use crate::fault::{Explain as _, Faults};

fn question(key: Option<&str>, kind: QuestionKind, label: &str, choices: &[&str]) -> NewQuestion {
    NewQuestion {
        key: key.map(str::to_owned),
        kind,
        label: label.to_owned(),
        required: false,
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
    }
}

fn intake(questions: Vec<NewQuestion>) -> FormChange {
    FormChange { name: Some("Health".to_owned()), text: None, questions: Some(questions) }
}

fn faulty(checked: Result<(String, FormBody), FormError>) -> Vec<String> {
    match checked {
        Ok(_) => Vec::new(),
        Err(error) => error.fields().iter().map(|f| format!("{} {}", f.field, f.code)).collect(),
    }
}

#[test]
fn which_questions_can_be_asked() {
    use QuestionKind::{Choice, Date, LongText, Text, YesNo};
    let cases: Vec<(Vec<NewQuestion>, &[&str])> = vec![
        (vec![question(None, YesNo, "Are you pregnant? 🤰", &[])], &[]),
        (vec![question(None, Text, "هل لديك حساسية؟", &[]); 50], &[]),
        (vec![], &["/questions too_few"]),
        (vec![question(None, Text, "Why?", &[]); 51], &["/questions too_many"]),
        (vec![question(None, LongText, " ", &[])], &["/questions/0/label required"]),
        (vec![question(None, Date, &"x".repeat(301), &[])], &["/questions/0/label too_long"]),
        (vec![question(None, Choice, "Pressure?", &["Light", "Firm"])], &[]),
        (vec![question(None, Choice, "Pressure?", &["Firm"])], &["/questions/0/choices too_few"]),
        (
            vec![question(None, Choice, "Pressure?", &["Firm", " Firm ", ""])],
            &["/questions/0/choices/1 duplicate", "/questions/0/choices/2 required"],
        ),
        (vec![question(None, Text, "Why?", &["So"])], &["/questions/0/choices too_many"]),
        (
            vec![question(Some("a"), Text, "A?", &[]), question(Some("a"), Text, "B?", &[])],
            &["/questions/1/key duplicate"],
        ),
        (vec![question(Some("Nope!"), Text, "A?", &[])], &["/questions/0/key invalid"]),
        (vec![question(Some(""), Text, "A?", &[])], &["/questions/0/key invalid"]),
    ];
    for (questions, wrong) in cases {
        let checked = check_new(FormKind::Intake, intake(questions.clone()));
        assert_eq!(faulty(checked), wrong, "{questions:?}");
    }
}

#[test]
fn questions_get_keys_that_nobody_has() {
    let questions = vec![
        question(None, QuestionKind::Text, "One?", &[]),
        question(Some("q1"), QuestionKind::Text, "Two?", &[]),
        question(None, QuestionKind::Text, "Three?", &[]),
    ];
    let (_, body) = check_new(FormKind::Intake, intake(questions)).unwrap();
    let FormBody::Intake { questions } = body else { panic!("an intake form") };
    let keys: Vec<_> = questions.iter().map(|question| question.key.as_str()).collect();
    assert_eq!(keys, ["q2", "q1", "q3"]);
}

#[test]
fn a_consent_has_a_text_and_an_intake_form_has_questions() {
    let text = |text: &str| FormChange {
        name: Some("Terms".to_owned()),
        text: Some(text.to_owned()),
        questions: None,
    };
    let none = || FormChange { name: Some("Terms".to_owned()), ..FormChange::default() };
    let ask = || intake(vec![question(None, QuestionKind::YesNo, "Well?", &[])]);
    let cases: [(FormKind, FormChange, &[&str]); 8] = [
        (FormKind::Consent, text("I agree.\n\nStill."), &[]),
        (FormKind::Consent, text(" \n "), &["/text required"]),
        (FormKind::Consent, text(&"x".repeat(10_001)), &["/text too_long"]),
        (FormKind::Consent, none(), &["/text required"]),
        (FormKind::Consent, ask(), &["/questions not_here", "/text required"]),
        (FormKind::Intake, none(), &["/questions too_few"]),
        (FormKind::Intake, text("I agree."), &["/text not_here", "/questions too_few"]),
        (FormKind::Intake, FormChange { name: None, ..ask() }, &["/name required"]),
    ];
    for (kind, change, wrong) in cases {
        assert_eq!(faulty(check_new(kind, change.clone())), wrong, "{kind:?} {change:?}");
    }
    let before = FormBody::Consent { text: "I agree.".to_owned() };
    let kept = check_change("Terms", &before, FormChange::default()).unwrap();
    assert_eq!(kept, ("Terms".to_owned(), before));
}

#[test]
fn what_is_asked_is_stored_and_read_again() {
    let stored = json!({ "questions": [
        { "key": "q1", "kind": "long_text", "label": "Why?", "required": true },
        { "key": "q2", "kind": "choice", "label": "Which?", "required": false,
          "choices": ["A", "B"] },
    ] });
    let read = FormBody::stored(FormKind::Intake, stored.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), stored);
    let consent = json!({ "text": "I agree." });
    let read = FormBody::stored(FormKind::Consent, consent.clone()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), consent);
    assert!(FormBody::stored(FormKind::Consent, stored).is_err());
}

#[test]
fn which_answers_can_be_meant() {
    let asked = |key: &str, kind, required| Question {
        key: key.to_owned(),
        kind,
        label: "?".to_owned(),
        required,
        choices: vec!["Light".to_owned(), "Firm".to_owned()],
    };
    let questions = [
        asked("text", QuestionKind::Text, false),
        asked("long", QuestionKind::LongText, false),
        asked("yes", QuestionKind::YesNo, true),
        asked("choice", QuestionKind::Choice, false),
        asked("date", QuestionKind::Date, false),
    ];
    let cases = [
        (json!({ "yes": false }), json!({ "yes": false }), vec![]),
        (
            json!({ "yes": true, "text": " نعم ", "long": "a\nb", "choice": "Firm",
                    "date": "2024-02-29" }),
            json!({ "yes": true, "text": "نعم", "long": "a\nb", "choice": "Firm",
                    "date": "2024-02-29" }),
            vec![],
        ),
        (json!({ "yes": true, "text": " ", "date": "" }), json!({ "yes": true }), vec![]),
        (json!({}), json!({}), vec!["/answers/yes required"]),
        (json!({ "yes": "yes" }), json!({}), vec!["/answers/yes invalid"]),
        (
            json!({ "yes": true, "text": true }),
            json!({ "yes": true }),
            vec!["/answers/text invalid"],
        ),
        (
            json!({ "yes": true, "text": "a\nb" }),
            json!({ "yes": true }),
            vec!["/answers/text invalid"],
        ),
        (
            json!({ "yes": true, "text": "x".repeat(301) }),
            json!({ "yes": true }),
            vec!["/answers/text too_long"],
        ),
        (
            json!({ "yes": true, "choice": "firm" }),
            json!({ "yes": true }),
            vec!["/answers/choice invalid"],
        ),
        (
            json!({ "yes": true, "date": "2025-02-29" }),
            json!({ "yes": true }),
            vec!["/answers/date invalid"],
        ),
        (
            json!({ "yes": true, "date": "2025-2-1" }),
            json!({ "yes": true }),
            vec!["/answers/date invalid"],
        ),
        (json!({ "yes": true, "a/b": "" }), json!({ "yes": true }), vec!["/answers/a~1b unknown"]),
    ];
    for (given, kept, wrong) in cases {
        let answers: BTreeMap<String, Answer> = serde_json::from_value(given.clone()).unwrap();
        let mut faults = Faults::new();
        let checked = check_answers("/answers", &questions, &answers, &mut faults);
        let faults: Vec<_> = faults.into_fields();
        let faults: Vec<_> = faults.iter().map(|f| format!("{} {}", f.field, f.code)).collect();
        assert_eq!(faults, wrong, "{given}");
        assert_eq!(serde_json::to_value(checked).unwrap(), kept, "{given}");
    }
}
