use chrono::{DateTime, Utc};
use openchair_domain::customers::{
    CustomerChange, CustomerFacts, MergeFacts, MergeWith, NewCustomer, Purpose, Standing,
    SuggestionFacts,
};
use openchair_domain::ids::{Customer, CustomerMerge, Id, MergeSuggestion};
use openchair_domain::messaging::Channel;
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Enum, Object};

use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::messaging::MessageChannel;
use crate::patch::patch;

/// What is wanted of a new customer.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewCustomerRecord {
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    #[oai(validator(max_length = 254))]
    email: Option<String>,
    /// With its country (`+49 …`), or as it is dialled in the business's own
    #[oai(validator(max_length = 60))]
    phone: Option<String>,
    /// One that the product speaks
    #[oai(validator(max_length = 10))]
    locale: Option<String>,
    #[oai(default, validator(max_length = 4000))]
    note: String,
    #[oai(default, validator(max_items = 30))]
    tags: Vec<String>,
}

impl NewCustomerRecord {
    pub(super) fn to_domain(&self) -> NewCustomer {
        NewCustomer {
            name: self.name.clone(),
            email: self.email.clone(),
            phone: self.phone.clone(),
            locale: self.locale.clone(),
            note: self.note.clone(),
            tags: self.tags.clone(),
        }
    }
}

/// What to change; what is left out stays, and an empty text empties a field.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct CustomerRecordChange {
    #[oai(validator(min_length = 1, max_length = 120))]
    name: Option<String>,
    #[oai(validator(max_length = 254))]
    email: Option<String>,
    #[oai(validator(max_length = 60))]
    phone: Option<String>,
    #[oai(validator(max_length = 10))]
    locale: Option<String>,
    /// By which way they want to hear; null: the business's first
    channel: MaybeUndefined<MessageChannel>,
    #[oai(validator(max_length = 4000))]
    note: Option<String>,
    /// All of them
    #[oai(validator(max_items = 30))]
    tags: Option<Vec<String>>,
}

impl From<CustomerRecordChange> for CustomerChange {
    fn from(change: CustomerRecordChange) -> Self {
        Self {
            name: change.name,
            email: change.email,
            phone: change.phone,
            locale: change.locale,
            channel: patch(change.channel).map(Channel::from),
            note: change.note,
            tags: change.tags,
        }
    }
}

/// The customer's last word on each purpose; null if they never said one.
#[derive(Debug, Clone, Default, Object)]
pub(super) struct ConsentsNow {
    marketing_email: Option<bool>,
    marketing_sms: Option<bool>,
    reminders_sms: Option<bool>,
}

impl From<Vec<Standing>> for ConsentsNow {
    fn from(words: Vec<Standing>) -> Self {
        let last =
            |purpose| words.iter().find(|word| word.purpose == purpose).map(|word| word.granted);
        Self {
            marketing_email: last(Purpose::MarketingEmail),
            marketing_sms: last(Purpose::MarketingSms),
            reminders_sms: last(Purpose::RemindersSms),
        }
    }
}

/// A customer.
#[derive(Debug, Clone, Object)]
pub(super) struct CustomerView {
    id: Ref<Customer>,
    name: String,
    email: Option<String>,
    /// E.164
    phone: Option<String>,
    locale: Option<String>,
    /// By which way they want to hear, if they ever said
    channel: Option<MessageChannel>,
    note: String,
    tags: Vec<String>,
    consents: ConsentsNow,
    /// Whether there are medical notes; what they say is read apart, on record
    has_medical: bool,
    /// `booking`, `staff`, `import`, `queue` or `demo`
    source: String,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// When their data were erased: what is left is that somebody was here
    erased_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<CustomerFacts> for CustomerView {
    fn from(customer: CustomerFacts) -> Self {
        Self {
            id: customer.id.into(),
            name: customer.name,
            email: customer.email,
            phone: customer.phone,
            locale: customer.locale,
            channel: customer.channel.map(MessageChannel::from),
            note: customer.note,
            tags: customer.tags,
            consents: customer.standing.into(),
            has_medical: customer.medical_at.is_some(),
            source: customer.source,
            created_at: customer.created_at,
            updated_at: customer.updated_at,
            erased_at: customer.erased_at,
            version: customer.version,
        }
    }
}

/// The view with its version.
pub(super) fn versioned(customer: CustomerFacts) -> Versioned<CustomerView> {
    Versioned::new(customer.version.into(), customer.into())
}

/// One of two records.
#[derive(Debug, Clone, Object)]
pub(super) struct CustomerVersionRef {
    id: Ref<Customer>,
    name: String,
    /// What a merge has to name
    version: i32,
}

impl From<(Id<Customer>, String, i32)> for CustomerVersionRef {
    fn from((id, name, version): (Id<Customer>, String, i32)) -> Self {
        Self { id: id.into(), name, version }
    }
}

/// What two records share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum SharedContact {
    Email,
    Phone,
    EmailAndPhone,
}

/// Two records that may be one person's.
#[derive(Debug, Clone, Object)]
pub(super) struct MergeSuggestionView {
    id: Ref<MergeSuggestion>,
    /// The older record
    customer: CustomerVersionRef,
    /// The newer one
    other: CustomerVersionRef,
    shared: SharedContact,
    created_at: DateTime<Utc>,
}

impl From<SuggestionFacts> for MergeSuggestionView {
    fn from(found: SuggestionFacts) -> Self {
        Self {
            id: found.id.into(),
            customer: found.customer.into(),
            other: found.other.into(),
            shared: match &*found.reason {
                "email" => SharedContact::Email,
                "phone" => SharedContact::Phone,
                _ => SharedContact::EmailAndPhone,
            },
            created_at: found.created_at,
        }
    }
}

/// The record that goes into the other one.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct MergeRequest {
    other_id: Ref<Customer>,
    /// The version of the other record that you have seen
    other_version: i32,
}

impl From<&MergeRequest> for MergeWith {
    fn from(body: &MergeRequest) -> Self {
        Self { other: body.other_id.0, seen: body.other_version.into() }
    }
}

/// One of two records that were merged.
#[derive(Debug, Clone, Object)]
pub(super) struct CustomerRef {
    id: Ref<Customer>,
    name: String,
}

impl From<(Id<Customer>, String)> for CustomerRef {
    fn from((id, name): (Id<Customer>, String)) -> Self {
        Self { id: id.into(), name }
    }
}

/// Two records that became one.
#[derive(Debug, Clone, Object)]
pub(super) struct CustomerMergeView {
    id: Ref<CustomerMerge>,
    /// The record that stayed
    kept: CustomerRef,
    /// The record that went: 404 until this is undone
    gone: CustomerRef,
    merged_by: String,
    created_at: DateTime<Utc>,
    undone_at: Option<DateTime<Utc>>,
}

impl From<MergeFacts> for CustomerMergeView {
    fn from(merge: MergeFacts) -> Self {
        Self {
            id: merge.id.into(),
            kept: merge.kept.into(),
            gone: merge.gone.into(),
            merged_by: merge.merged_by,
            created_at: merge.created_at,
            undone_at: merge.undone_at,
        }
    }
}

/// A merge, and the record as it is now.
#[derive(Debug, Clone, Object)]
pub(super) struct MergedCustomerView {
    merge: CustomerMergeView,
    customer: CustomerView,
    /// The customer's
    version: i32,
}

/// The view with its version.
pub(super) fn merged(
    (merge, customer): (MergeFacts, CustomerFacts),
) -> Versioned<MergedCustomerView> {
    let version = customer.version;
    let view = MergedCustomerView { merge: merge.into(), customer: customer.into(), version };
    Versioned::new(version.into(), view)
}

/// That somebody's data are to go for good.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ErasureRequest {
    /// The version of the record that you have seen
    pub(super) version: i32,
}
