//! What customers of a demo business filled in and agreed to when they booked.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::book::Book;
use super::data::{Form, Shop};
use super::dice::Dice;
use super::offer::Offered;
use super::people::bytes;
use crate::bookings::Entered;
use crate::forms::QuestionKind;
use crate::ids::{Consent, FormAnswer, Id};
use crate::secrets::Place;
use crate::tenancy::{StoreError, SystemTx};

/// Answers and consents of visits that customers booked themselves.
pub(super) fn write(
    tx: &SystemTx,
    shop: &Shop,
    offered: &Offered,
    visits: &[Entered<'_>],
    dice: &mut Dice,
    book: &mut Book,
) -> Result<(), StoreError> {
    for visit in visits {
        let (Some(customer), at) = (visit.customer, visit.story.at) else { continue };
        for asked in visit.forms() {
            let form = shop
                .forms
                .iter()
                .find(|form| offered.forms.id(&form.name).ok() == Some(asked.form));
            let Some(form) = form else { continue };
            if asked.consent {
                book.add(
                    "consents",
                    json!({
                        "id": Id::<Consent>::new(at, tx.entropy()).uuid(),
                        "customer_id": customer.uuid(), "purpose": "form",
                        "form_id": asked.form.uuid(), "form_version": asked.version,
                        "granted": true, "source": "booking", "appointment_id": visit.id.uuid(),
                        "recorded_by": "Customer", "at": at,
                    }),
                );
                continue;
            }
            let id: Uuid = Id::<FormAnswer>::new(at, tx.entropy()).uuid();
            let place = Place { table: "form_answers", column: "answers", row: id };
            let sealed = tx.tools().seal(&place, answers(form, dice).to_string().as_bytes())?;
            book.add(
                "form_answers",
                json!({
                    "id": id, "customer_id": customer.uuid(), "form_id": asked.form.uuid(),
                    "form_version": asked.version, "appointment_id": visit.id.uuid(),
                    "answers": bytes(&sealed), "at": at,
                }),
            );
        }
    }
    Ok(())
}

/// What somebody may answer.
pub(super) fn answers(form: &Form, dice: &mut Dice) -> Value {
    let mut given = Map::new();
    for question in &form.questions {
        let answer = match question.kind {
            QuestionKind::YesNo => Some(Value::from(dice.percent(15))),
            QuestionKind::Choice => dice.pick(&question.choices).cloned().map(Value::from),
            QuestionKind::Text | QuestionKind::LongText | QuestionKind::Date => {
                dice.pick(&question.samples).cloned().map(Value::from)
            }
        };
        if let Some(answer) = answer.filter(|_| question.required || dice.percent(60)) {
            given.insert(question.key.clone(), answer);
        }
    }
    given.into()
}
