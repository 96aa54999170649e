//! What customers agreed to and withdrew, in the order in which they said it, and what they answered
//! to forms. Nothing of it is ever changed: the last word counts.

use std::collections::HashMap;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, Statement,
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::entities::{answers as answers_entity, consent};
use super::find::{held, visible};
use super::{CustomerError, line_about};
use crate::audit::{Actor, Change};
use crate::ids::{Appointment, Consent, Customer, Form, FormAnswer, Id};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::secrets::Place;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// What can be agreed to without a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Purpose {
    /// Offers by e-mail.
    MarketingEmail,
    /// Offers by text message.
    MarketingSms,
    /// Reminders by text message.
    RemindersSms,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::MarketingEmail, Self::MarketingSms, Self::RemindersSms];

    /// The stable name.
    pub const fn key(self) -> &'static str {
        match self {
            Self::MarketingEmail => "marketing_email",
            Self::MarketingSms => "marketing_sms",
            Self::RemindersSms => "reminders_sms",
        }
    }

    fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.key() == key)
    }
}

/// Something that was said.
#[derive(Debug, Clone)]
pub struct ConsentFacts {
    /// Its id.
    pub id: Id<Consent>,
    /// `form`, or one of [`Purpose`]'s names.
    pub purpose: String,
    /// The form that was agreed to.
    pub form: Option<Id<Form>>,
    /// Which version of it.
    pub form_version: Option<i32>,
    /// Yes or no.
    pub granted: bool,
    /// How it was said: `booking`, `staff`, `import`.
    pub source: String,
    /// At which visit.
    pub appointment: Option<Id<Appointment>>,
    /// Who wrote it down.
    pub recorded_by: String,
    /// When.
    pub at: Instant,
}

impl From<consent::Model> for ConsentFacts {
    fn from(row: consent::Model) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            purpose: row.purpose,
            form: row.form_id.map(Id::from_uuid),
            form_version: row.form_version,
            granted: row.granted,
            source: row.source,
            appointment: row.appointment_id.map(Id::from_uuid),
            recorded_by: row.recorded_by,
            at: row.at,
        }
    }
}

/// What the team writes down.
#[derive(Debug, Clone, Copy)]
pub struct NewConsent {
    /// For what.
    pub purpose: Purpose,
    /// Yes or no.
    pub granted: bool,
}

/// The last word on one purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// For what.
    pub purpose: Purpose,
    /// Yes or no.
    pub granted: bool,
    /// When it was said.
    pub at: Instant,
}

/// Everything that was said, the newest first.
pub async fn consents(
    tx: &TenantTx,
    id: Id<Customer>,
    window: Window<Consent>,
) -> Result<Paged<ConsentFacts>, CustomerError> {
    visible(tx, id).await?;
    let mut query = consent::Entity::find()
        .filter(consent::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(consent::Column::CustomerId.eq(id.uuid()))
        .order_by_desc(consent::Column::Id)
        .limit(window.rows_to_ask());
    if let Some(after) = window.after {
        query = query.filter(consent::Column::Id.lt(after.uuid()));
    }
    let rows = query.all(tx.conn()).await?;
    Ok(window.cut(rows.into_iter().map(ConsentFacts::from).collect(), |consent| consent.id))
}

#[derive(FromQueryResult)]
struct Word {
    customer_id: Uuid,
    purpose: String,
    granted: bool,
    at: Instant,
}

const LAST_WORDS: &str = "
    select distinct on (customer_id, purpose) customer_id, purpose, granted, at from consents
    where tenant_id = $1 and customer_id = any($2) and purpose <> 'form'
    order by customer_id, purpose, at desc, id desc";

/// The last word of each of these customers on each purpose that they ever said one on.
pub(super) async fn last_words(
    tx: &TenantTx,
    customers: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<Standing>>, StoreError> {
    let values = [tx.tenant().uuid().into(), customers.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LAST_WORDS, values);
    let mut by_customer: HashMap<Uuid, Vec<Standing>> = HashMap::new();
    for word in Word::find_by_statement(statement).all(tx.conn()).await? {
        if let Some(purpose) = Purpose::from_key(&word.purpose) {
            let standing = Standing { purpose, granted: word.granted, at: word.at };
            by_customer.entry(word.customer_id).or_default().push(standing);
        }
    }
    Ok(by_customer)
}

/// The last word on each purpose that somebody ever said one on.
pub async fn standing(tx: &TenantTx, id: Id<Customer>) -> Result<Vec<Standing>, StoreError> {
    Ok(last_words(tx, vec![id.uuid()]).await?.remove(&id.uuid()).unwrap_or_default())
}

/// The team writes down what a customer said.
pub async fn record_consent(
    tx: &mut TenantTx,
    id: Id<Customer>,
    new: NewConsent,
) -> Result<ConsentFacts, CustomerError> {
    held(tx, id).await?;
    let row = said(tx, id, new, "staff").insert(tx.conn()).await?;
    let change = Change::of(new.purpose.key(), Value::Null, new.granted);
    tx.record(line_about("customer.consent_recorded", id).changed([change]));
    tx.emit(NewEvent::new("customer.consent_recorded", &json!({ "id": id })));
    Ok(row.into())
}

/// A consent's row.
pub(super) fn said(
    tx: &TenantTx,
    customer: Id<Customer>,
    new: NewConsent,
    source: &str,
) -> consent::ActiveModel {
    consent::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Consent>().uuid()),
        customer_id: Set(customer.uuid()),
        purpose: Set(new.purpose.key().to_owned()),
        form_id: Set(None),
        form_version: Set(None),
        granted: Set(new.granted),
        source: Set(source.to_owned()),
        appointment_id: Set(None),
        recorded_by: Set(Actor::from(tx.caller().principal()).name),
        at: Set(tx.now()),
    }
}

/// What a customer said to offers when they booked. Part of the booking: its line in the log is the
/// booking's.
pub async fn record_booking_consent(
    tx: &mut TenantTx,
    customer: Id<Customer>,
    new: NewConsent,
    appointment: Id<Appointment>,
) -> Result<(), CustomerError> {
    let mut row = said(tx, customer, new, "booking");
    row.appointment_id = Set(Some(appointment.uuid()));
    consent::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    tx.emit(NewEvent::new("customer.consent_recorded", &json!({ "id": customer })));
    Ok(())
}

/// What a customer said to a consent form when they booked. Part of the booking: its line in the log
/// is the booking's.
pub async fn record_form_consent(
    tx: &TenantTx,
    customer: Id<Customer>,
    (form, version): (Id<Form>, i32),
    granted: bool,
    appointment: Option<Id<Appointment>>,
) -> Result<(), CustomerError> {
    let row = consent::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Consent>().uuid()),
        customer_id: Set(customer.uuid()),
        purpose: Set("form".to_owned()),
        form_id: Set(Some(form.uuid())),
        form_version: Set(Some(version)),
        granted: Set(granted),
        source: Set("booking".to_owned()),
        appointment_id: Set(appointment.map(Id::uuid)),
        recorded_by: Set(Actor::from(tx.caller().principal()).name),
        at: Set(tx.now()),
    };
    consent::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

/// What a customer answered to an intake form when they booked; sealed.
pub async fn record_answers(
    tx: &TenantTx,
    customer: Id<Customer>,
    (form, version): (Id<Form>, i32),
    answers: &Value,
    appointment: Option<Id<Appointment>>,
) -> Result<(), CustomerError> {
    let id = tx.new_id::<FormAnswer>().uuid();
    let row = answers_entity::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id),
        customer_id: Set(customer.uuid()),
        form_id: Set(form.uuid()),
        form_version: Set(version),
        appointment_id: Set(appointment.map(Id::uuid)),
        answers: Set(tx.tools().seal(&place(id), answers.to_string().as_bytes())?),
        at: Set(tx.now()),
    };
    answers_entity::Entity::insert(row).exec_without_returning(tx.conn()).await?;
    Ok(())
}

fn place(row: Uuid) -> Place {
    Place { table: "form_answers", column: "answers", row }
}

/// A customer's answers to one form.
#[derive(Debug, Clone)]
pub struct AnswersFacts {
    /// Their id.
    pub id: Id<FormAnswer>,
    /// The form.
    pub form: Id<Form>,
    /// What it was called.
    pub form_name: String,
    /// Its version then.
    pub form_version: i32,
    /// For which visit.
    pub appointment: Option<Id<Appointment>>,
    /// As they were given.
    pub answers: Value,
    /// When.
    pub at: Instant,
}

#[derive(FromQueryResult)]
struct AnswersRow {
    id: Uuid,
    form_id: Uuid,
    form_name: String,
    form_version: i32,
    appointment_id: Option<Uuid>,
    answers: Vec<u8>,
    at: Instant,
}

const ANSWERS: &str = "
    select a.id, a.form_id, v.name as form_name, a.form_version, a.appointment_id, a.answers, a.at
    from form_answers a
    join form_versions v on v.tenant_id = a.tenant_id and v.form_id = a.form_id
         and v.version = a.form_version
    where a.tenant_id = $1 and a.customer_id = $2 and ($3::uuid is null or a.id < $3)
    order by a.id desc limit $4";

/// A customer's answers, the newest first. They are about health: reading them is a line in the log.
pub async fn answers(
    tx: &mut TenantTx,
    id: Id<Customer>,
    window: Window<FormAnswer>,
) -> Result<Paged<AnswersFacts>, CustomerError> {
    visible(tx, id).await?;
    tx.record(line_about("medical.answers_read", id));
    let values = [
        tx.tenant().uuid().into(),
        id.uuid().into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, ANSWERS, values);
    let rows = AnswersRow::find_by_statement(statement).all(tx.conn()).await?;
    let open = |row: AnswersRow| {
        let plain = tx.tools().open(&place(row.id), &row.answers)?;
        let answers = serde_json::from_slice(&plain)
            .map_err(|error| StoreError::Unreadable(error.to_string()))?;
        Ok(AnswersFacts {
            id: Id::from_uuid(row.id),
            form: Id::from_uuid(row.form_id),
            form_name: row.form_name,
            form_version: row.form_version,
            appointment: row.appointment_id.map(Id::from_uuid),
            answers,
            at: row.at,
        })
    };
    let rows = rows.into_iter().map(open).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(window.cut(rows, |answers| answers.id))
}
