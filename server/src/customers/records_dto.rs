use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::customers::{
    AnswersFacts, ConsentFacts, CustomerMembershipFacts, Medical, NewConsent, NewMembership,
    Purpose, VisitFacts,
};
use openchair_domain::ids::{
    Appointment, Consent, CustomerMembership, Form, FormAnswer, Location, MembershipPlan,
};
use poem_openapi::types::Any;
use poem_openapi::{Enum, Object};
use serde_json::Value;

use crate::conditional::Versioned;
use crate::ids::Ref;

/// Where a visit was.
#[derive(Debug, Clone, Object)]
struct VisitPlace {
    id: Ref<Location>,
    name: String,
}

/// A customer's visit, in short.
#[derive(Debug, Clone, Object)]
pub(super) struct CustomerVisitView {
    id: Ref<Appointment>,
    location: VisitPlace,
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    status: String,
    title: String,
    /// By whom, as they were called then
    staff: Vec<String>,
    /// In the currency's minor unit
    price_minor: i64,
    /// ISO 4217
    currency: String,
}

impl From<VisitFacts> for CustomerVisitView {
    fn from(visit: VisitFacts) -> Self {
        Self {
            id: visit.id.into(),
            location: VisitPlace { id: visit.location.into(), name: visit.location_name },
            starts_at: visit.starts_at,
            ends_at: visit.ends_at,
            status: visit.status,
            title: visit.title,
            staff: visit.staff,
            price_minor: visit.price_minor,
            currency: visit.currency,
        }
    }
}

/// What the team must know about somebody's health.
#[derive(Debug, Clone, Object)]
pub(super) struct MedicalView {
    /// Empty if there is nothing
    text: String,
    written_at: Option<DateTime<Utc>>,
    /// The customer's
    version: i32,
}

/// The view with its version.
pub(super) fn medical(notes: Medical) -> Versioned<MedicalView> {
    let Medical { text, written_at, version } = notes;
    Versioned::new(version.into(), MedicalView { text, written_at, version })
}

/// Medical notes as they shall be. Empty takes them away.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MedicalNotes {
    #[oai(validator(max_length = 10000))]
    pub(super) text: String,
}

/// What a customer can agree to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum ConsentPurpose {
    /// Offers by e-mail
    MarketingEmail,
    /// Offers by text message
    MarketingSms,
    /// Reminders by text message
    RemindersSms,
}

/// What a customer said to the team.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewConsentRecord {
    purpose: ConsentPurpose,
    granted: bool,
}

impl From<&NewConsentRecord> for NewConsent {
    fn from(body: &NewConsentRecord) -> Self {
        let purpose = match body.purpose {
            ConsentPurpose::MarketingEmail => Purpose::MarketingEmail,
            ConsentPurpose::MarketingSms => Purpose::MarketingSms,
            ConsentPurpose::RemindersSms => Purpose::RemindersSms,
        };
        Self { purpose, granted: body.granted }
    }
}

/// Something that a customer agreed to or withdrew.
#[derive(Debug, Clone, Object)]
pub(super) struct ConsentView {
    id: Ref<Consent>,
    /// `form`, `marketing_email`, `marketing_sms` or `reminders_sms`
    purpose: String,
    form_id: Option<Ref<Form>>,
    form_version: Option<i32>,
    granted: bool,
    /// `booking`, `staff` or `import`
    source: String,
    appointment_id: Option<Ref<Appointment>>,
    recorded_by: String,
    at: DateTime<Utc>,
}

impl From<ConsentFacts> for ConsentView {
    fn from(consent: ConsentFacts) -> Self {
        Self {
            id: consent.id.into(),
            purpose: consent.purpose,
            form_id: consent.form.map(Ref::from),
            form_version: consent.form_version,
            granted: consent.granted,
            source: consent.source,
            appointment_id: consent.appointment.map(Ref::from),
            recorded_by: consent.recorded_by,
            at: consent.at,
        }
    }
}

/// A customer's answers to one form.
#[derive(Debug, Clone, Object)]
pub(super) struct FormAnswersView {
    id: Ref<FormAnswer>,
    form_id: Ref<Form>,
    /// What it was called then
    form_name: String,
    form_version: i32,
    appointment_id: Option<Ref<Appointment>>,
    /// As they were given
    answers: Any<Value>,
    at: DateTime<Utc>,
}

impl From<AnswersFacts> for FormAnswersView {
    fn from(answers: AnswersFacts) -> Self {
        Self {
            id: answers.id.into(),
            form_id: answers.form.into(),
            form_name: answers.form_name,
            form_version: answers.form_version,
            appointment_id: answers.appointment.map(Ref::from),
            answers: Any(answers.answers),
            at: answers.at,
        }
    }
}

/// What is wanted of a new membership.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewCustomerMembership {
    plan_id: Ref<MembershipPlan>,
    /// Today, if not given
    starts_on: Option<NaiveDate>,
}

impl From<&NewCustomerMembership> for NewMembership {
    fn from(body: &NewCustomerMembership) -> Self {
        Self { plan: body.plan_id.0, starts_on: body.starts_on }
    }
}

/// A customer's membership.
#[derive(Debug, Clone, Object)]
pub(super) struct CustomerMembershipView {
    id: Ref<CustomerMembership>,
    plan_id: Ref<MembershipPlan>,
    plan_name: String,
    starts_on: NaiveDate,
    /// The first day after it
    ends_on: NaiveDate,
    created_at: DateTime<Utc>,
    /// It ended then
    cancelled_at: Option<DateTime<Utc>>,
}

impl From<CustomerMembershipFacts> for CustomerMembershipView {
    fn from(membership: CustomerMembershipFacts) -> Self {
        Self {
            id: membership.id.into(),
            plan_id: membership.plan.into(),
            plan_name: membership.plan_name,
            starts_on: membership.starts_on,
            ends_on: membership.ends_on,
            created_at: membership.created_at,
            cancelled_at: membership.cancelled_at,
        }
    }
}
