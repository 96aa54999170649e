//! What a customer fills in and agrees to before a visit is theirs.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::ask::{Agreed, FilledIn, OnOffer};
use super::error::BookingError;
use crate::customers;
use crate::diary::Asking;
use crate::fault::{Faults, ValueFault};
use crate::forms::{self, Answer, Question, check_answers};
use crate::ids::{Appointment, Customer, Form, Id};
use crate::tenancy::{StoreError, TenantTx};

/// What each intake form asks.
pub(crate) type Questions = HashMap<Id<Form>, Vec<Question>>;

/// Checked answers, form by form.
pub(crate) type Filled = HashMap<Id<Form>, BTreeMap<String, Answer>>;

/// What the intake forms among these ask.
pub(super) async fn questions(tx: &TenantTx, forms: &[Asking]) -> Result<Questions, StoreError> {
    let intake = forms.iter().filter(|form| !form.consent);
    let intake: Vec<_> = intake.map(|form| (form.form, form.version)).collect();
    forms::questions(tx, &intake).await
}

/// Whether all is agreed to, and what was answered.
pub(crate) fn check(
    answers: &[FilledIn],
    agreed: &[Agreed],
    what: &OnOffer,
    faults: &mut Faults,
) -> Filled {
    let mut filled = Filled::new();
    for form in &what.forms {
        let this = (form.form, form.version);
        if form.consent {
            if !agreed.iter().any(|one| (one.form, one.version) == this) {
                let detail = format!("Please agree to “{}”.", form.name);
                faults.note("/agreed", ValueFault::new("consent_needed", detail));
            }
            continue;
        }
        let mut given = answers.iter().enumerate();
        let Some((place, one)) = given.find(|(_, one)| (one.form, one.version) == this) else {
            let detail = format!("Please fill in “{}”.", form.name);
            faults.note("/answers", ValueFault::new("form_needed", detail));
            continue;
        };
        let asked = what.questions.get(&form.form).map_or(&[][..], Vec::as_slice);
        let at = format!("/answers/{place}/answers");
        let given = read(&at, &one.answers, faults);
        filled.insert(form.form, check_answers(&at, asked, &given, faults));
    }
    filled
}

/// The answers in what was sent: whatever can be one.
fn read(at: &str, sent: &Value, faults: &mut Faults) -> BTreeMap<String, Answer> {
    let Value::Object(sent) = sent else {
        faults.note(at, ValueFault::new("invalid", "These should be answers by their questions."));
        return BTreeMap::new();
    };
    let mut given = BTreeMap::new();
    for (key, value) in sent {
        match value {
            Value::Bool(yes) => {
                given.insert(key.clone(), Answer::YesNo(*yes));
            }
            Value::String(words) => {
                given.insert(key.clone(), Answer::Words(words.clone()));
            }
            Value::Null => {}
            _ => {
                let field = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
                faults.note(&field, ValueFault::new("invalid", "This can't be an answer."));
            }
        }
    }
    given
}

/// Keeps what was filled in and agreed to, with the visit. Without having agreed to all of it nobody
/// gets here.
pub(super) async fn keep(
    tx: &mut TenantTx,
    forms: &[Asking],
    mut filled: Filled,
    customer: Id<Customer>,
    visit: Id<Appointment>,
) -> Result<(), BookingError> {
    for form in forms {
        let which = (form.form, form.version);
        if form.consent {
            customers::record_form_consent(tx, customer, which, true, Some(visit)).await?;
        }
        if let Some(answers) = filled.remove(&form.form) {
            customers::record_answers(tx, customer, which, &json!(answers), Some(visit)).await?;
        }
    }
    Ok(())
}
