//! Whom a business serves. Nobody's record is overwritten by a booking: what looks like the same
//! person is suggested as a merge, and people decide.
//!
//! A record that was merged into another one is not there for any operation (404) until the merge is
//! undone; the list of merges names both. The audit log can't be erased, so it knows customers by
//! their ids alone.

mod booking;
mod check;
mod consents;
mod entities;
mod erase;
mod export;
mod find;
mod import;
mod medical;
mod memberships;
mod merge;
mod suggestions;
#[cfg(test)]
mod tests;
mod undo;
mod visits;
mod write;

use crate::audit::NewEntry;
use crate::fault::refusals;
use crate::ids::{Customer, Id};
use crate::messaging::Channel;
use crate::patch::Patch;
use crate::tenants::TenantError;
use crate::time::Instant;

pub(crate) use booking::hold_still;
pub use booking::{Contact, TypedContact, Whose, for_booking};
pub(crate) use booking::{Likeness, likeness, met};
pub use consents::{
    AnswersFacts, ConsentFacts, NewConsent, Purpose, Standing, answers, consents, record_answers,
    record_booking_consent, record_consent, record_form_consent, standing,
};
pub use erase::erase;
pub use export::{ExportRow, export};
pub use find::{Search, list, read};
pub use import::{
    FILES_KEPT, IMPORT_CUSTOMERS, ImportFacts, ImportJob, ImportReport, ImportRow, ImportState,
    ImportTotals, NewImport, RowOutcome, bury_import, continue_import, forget_files, import,
    imports, read_import, run_import,
};
pub use medical::{Medical, read_medical, write_medical};
pub use memberships::{
    CustomerMembershipFacts, LiveMemberships, NewMembership, active_plans, add_membership,
    cancel_membership, live_memberships, memberships,
};
pub(crate) use memberships::{HeldMembership, OnSale, Term, near, unknown_plan};
pub use merge::{MergeFacts, MergeWith, merge, merges};
pub use suggestions::{SuggestionFacts, dismiss, suggestions};
pub use undo::undo;
pub use visits::{VisitFacts, visits};
pub(crate) use write::{channel_chosen_by, choose_channel, chosen_channel};
pub use write::{create, update};

refusals! {
    /// Why a customer can't be read or changed.
    CustomerError {
        SameRecord = Conflict "same_customer" "This is one record already." on "/other_id",
        OtherStale = Stale "version_conflict" "Somebody changed the other record meanwhile. Look at its newest version and try again." on "/other_version",
        AlreadyUndone = Conflict "already_undone" "This merge was undone already.",
        MergedSince = Conflict "merged_since" "The record was merged again or erased since. This can't be undone any more.",
        PaidFor = Conflict "membership_sold" "This membership was paid for. Whoever may give money back ends it, and says what goes back.",
        Erased = Conflict "customer_erased" "This customer's data were erased.",
    }
}

impl From<TenantError> for CustomerError {
    fn from(error: TenantError) -> Self {
        match error {
            TenantError::Store(store) => Self::Store(store),
            _ => Self::NotFound,
        }
    }
}

/// A customer, as the team sees them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerFacts {
    /// The id.
    pub id: Id<Customer>,
    /// The name.
    pub name: String,
    /// The address, as it was written.
    pub email: Option<String>,
    /// The number, in E.164.
    pub phone: Option<String>,
    /// The language.
    pub locale: Option<String>,
    /// The way by which they want to hear, if they ever said.
    pub channel: Option<Channel>,
    /// What the team noted; never about health.
    pub note: String,
    /// How the team groups customers.
    pub tags: Vec<String>,
    /// The last word on each purpose that they ever said one on.
    pub standing: Vec<Standing>,
    /// When something about health was last written down, if ever.
    pub medical_at: Option<Instant>,
    /// Where the record came from.
    pub source: String,
    /// When it was made.
    pub created_at: Instant,
    /// When it was last changed.
    pub updated_at: Instant,
    /// When it was erased: what is left is that somebody was here.
    pub erased_at: Option<Instant>,
    /// Grows with each change.
    pub version: i32,
}

impl CustomerFacts {
    fn new(row: entities::customer::Model, standing: Vec<Standing>) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            name: row.name,
            email: row.email,
            phone: row.phone,
            locale: row.locale,
            // Nothing else is ever stored.
            channel: row.channel.and_then(|channel| Channel::stored(&channel).ok()),
            note: row.note,
            tags: row.tags,
            standing,
            medical_at: row.medical_at,
            source: row.source,
            created_at: row.created_at,
            updated_at: row.updated_at,
            erased_at: row.erased_at,
            version: row.version,
        }
    }
}

/// What is wanted of a new customer. Texts as they were typed.
#[derive(Debug, Clone, Default)]
pub struct NewCustomer {
    /// The name.
    pub name: String,
    /// The address; empty is none.
    pub email: Option<String>,
    /// The number, with its country or in the business's own; empty is none.
    pub phone: Option<String>,
    /// The language; empty is none.
    pub locale: Option<String>,
    /// What the team notes.
    pub note: String,
    /// How the team groups customers.
    pub tags: Vec<String>,
}

/// What may be changed. Empty texts empty a field.
#[derive(Debug, Clone, Default)]
pub struct CustomerChange {
    /// The name.
    pub name: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The number.
    pub phone: Option<String>,
    /// The language.
    pub locale: Option<String>,
    /// The way by which they want to hear.
    pub channel: Patch<Channel>,
    /// What the team notes.
    pub note: Option<String>,
    /// All tags.
    pub tags: Option<Vec<String>>,
}

/// A line about a customer: by id, because names can be erased and the log can't.
fn line_about(action: &'static str, id: Id<Customer>) -> NewEntry {
    NewEntry::new(action, "customer").on(id, "Customer")
}
