//! Which customers can be meant.

use std::collections::HashSet;

use super::{CustomerChange, CustomerError};
use crate::fault::{Faults, ValueFault};
use crate::phone::Phone;
use crate::tenants;
use crate::text::{self, Email};

pub(super) const LONGEST_NAME: usize = 120;
pub(super) const LONGEST_NOTE: usize = 4_000;
const LONGEST_TAG: usize = 40;
const MOST_TAGS: usize = 30;

/// What is to be written. The outer option: whether the field is touched.
#[derive(Debug, Default)]
#[expect(clippy::option_option, reason = "left as it is, emptied, or filled: three things")]
pub(super) struct Wanted {
    pub(super) name: Option<String>,
    pub(super) email: Option<Option<Email>>,
    pub(super) phone: Option<Option<Phone>>,
    pub(super) locale: Option<Option<String>>,
    pub(super) note: Option<String>,
    pub(super) tags: Option<Vec<String>>,
}

pub(super) fn check(change: &CustomerChange, country: &str) -> Result<Wanted, CustomerError> {
    let mut faults = Faults::new();
    let name = |name: &str| text::line(name, 1, LONGEST_NAME);
    let phone = |phone: &str| Phone::parse(phone, country);
    let wanted = Wanted {
        name: faults.given("/name", change.name.as_deref(), name),
        email: faults.given("/email", change.email.as_deref(), |e| unless_empty(e, Email::parse)),
        phone: faults.given("/phone", change.phone.as_deref(), |p| unless_empty(p, phone)),
        locale: faults
            .given("/locale", change.locale.as_deref(), |l| unless_empty(l, tenants::locale)),
        note: faults
            .given("/note", change.note.as_deref(), |note| text::prose(note, 0, LONGEST_NOTE)),
        tags: change.tags.as_deref().map(|typed| tags(typed, &mut faults)),
    };
    if faults.is_empty() { Ok(wanted) } else { Err(faults.into()) }
}

/// Nothing typed is nothing meant.
pub(super) fn unless_empty<T>(
    typed: &str,
    parse: impl FnOnce(&str) -> Result<T, ValueFault>,
) -> Result<Option<T>, ValueFault> {
    if typed.trim().is_empty() { Ok(None) } else { parse(typed).map(Some) }
}

/// Tags that differ by more than case and accents, in their order.
fn tags(typed: &[String], faults: &mut Faults) -> Vec<String> {
    let mut known = HashSet::new();
    let mut tags = Vec::new();
    for (place, tag) in typed.iter().enumerate() {
        if let Some(tag) = faults.take(&format!("/tags/{place}"), text::line(tag, 1, LONGEST_TAG))
            && known.insert(text::fold(&tag))
        {
            tags.push(tag);
        }
    }
    if tags.len() > MOST_TAGS {
        let detail = format!("At most {MOST_TAGS} tags, please.");
        faults.note("/tags", ValueFault::new("too_many", detail));
    }
    tags
}

/// The tags of a cell.
pub(super) fn tags_of(cell: &str) -> Result<Vec<String>, ValueFault> {
    let mut faults = Faults::new();
    let typed = cell.split([',', ';', '|']).map(str::trim).filter(|tag| !tag.is_empty());
    let tags = tags(&typed.map(str::to_owned).collect::<Vec<_>>(), &mut faults);
    match faults.into_fields().into_iter().next() {
        None => Ok(tags),
        Some(fault) => Err(ValueFault::new(fault.code, fault.detail)),
    }
}
