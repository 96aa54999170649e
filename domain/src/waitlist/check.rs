//! What somebody can wait for.

use chrono::{Days, NaiveDate};

use crate::bookings::workshop::{Asker, introduced};
use crate::bookings::{BookingError, Refusal, Wanted};
use crate::customers::{Contact, TypedContact};
use crate::diary::{Asked, Asks, Shop};
use crate::fault::{Faults, ValueFault};
use crate::hours::minute_of_day;
use crate::ids::{Customer, Id, Location};
use crate::text;

/// One waits for at most so many days.
const MOST_DAYS: i64 = 62;

/// Nobody plans beyond.
const FURTHEST: u64 = 800;

/// The minutes of a day.
const DAY: i16 = 1_440;

/// Somebody who wants to wait, as they type it.
#[derive(Debug, Clone)]
pub struct NewWaiting {
    /// Where; the first location if left out.
    pub location: Option<Id<Location>>,
    /// For what.
    pub wanted: Wanted,
    /// From which day of the location.
    pub first_day: NaiveDate,
    /// To which.
    pub last_day: NaiveDate,
    /// From which time of the clock it may begin: `09:30`.
    pub earliest: Option<String>,
    /// And until which.
    pub latest: Option<String>,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: Option<String>,
    /// Their number.
    pub phone: Option<String>,
    /// What they want said.
    pub note: String,
    /// Their language.
    pub locale: Option<String>,
    /// Who they are, if staff know.
    pub customer: Option<Id<Customer>>,
}

/// The same, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) contact: Contact,
    pub(super) note: String,
    pub(super) earliest: i16,
    pub(super) latest: i16,
}

fn days(new: &NewWaiting, today: NaiveDate, faults: &mut Faults) {
    if new.last_day < new.first_day {
        let detail = "This must not be before the first day.";
        faults.note("/last_day", ValueFault::new("before_start", detail));
    } else if new.last_day < today {
        faults.note("/last_day", ValueFault::new("past", "This day is over."));
    } else if new.last_day.signed_duration_since(new.first_day).num_days() >= MOST_DAYS {
        faults.note("/last_day", ValueFault::new("too_long", "Wait for up to 62 days, please."));
    } else if today.checked_add_days(Days::new(FURTHEST)).is_some_and(|far| new.last_day > far) {
        faults.note("/last_day", ValueFault::new("too_far", "This is too far ahead."));
    }
}

fn minute(field: &str, typed: Option<&String>, otherwise: i16, faults: &mut Faults) -> i16 {
    let read = |text: &String| {
        let fault = || ValueFault::new("invalid_time", "This should be a time like 09:30.");
        minute_of_day(text).ok_or_else(fault)
    };
    faults.given(field, typed, read).unwrap_or(otherwise)
}

/// Whether this can be meant. Customers are asked for what the shop asks of who books; there must be
/// a way to reach them. Staff know what they do.
pub(super) fn check(
    new: &NewWaiting,
    shop: &Shop,
    asker: Asker,
    today: NaiveDate,
) -> Result<Checked, BookingError> {
    let mut faults = Faults::new();
    days(new, today, &mut faults);
    let earliest = minute("/earliest", new.earliest.as_ref(), 0, &mut faults);
    let latest = minute("/latest", new.latest.as_ref(), DAY, &mut faults);
    if faults.is_empty() && latest < earliest {
        let detail = "This must not be before the earliest time.";
        faults.note("/latest", ValueFault::new("before_start", detail));
    }
    let asks = match asker {
        Asker::Customer => shop.asks,
        Asker::Staff => Asks { email: Asked::Optional, phone: Asked::Optional, note: true },
    };
    let typed = TypedContact {
        name: &new.name,
        email: new.email.as_deref(),
        phone: new.phone.as_deref(),
        locale: new.locale.as_deref(),
    };
    let contact = introduced(&typed, asks, &shop.country, &mut faults);
    let reachable = contact.as_ref().is_some_and(|c| c.email.is_some() || c.phone.is_some());
    if asker == Asker::Customer && faults.is_empty() && !reachable {
        let detail = "How can you be reached when time frees up?";
        faults.note("/email", ValueFault::new("required", detail));
    }
    let note = faults.take("/note", text::prose(&new.note, 0, 1_000)).unwrap_or_default();
    match contact {
        Some(contact) if faults.is_empty() => Ok(Checked { contact, note, earliest, latest }),
        _ => Err(Refusal::from(faults).into()),
    }
}
