//! What a business chooses from lists that the product ships with.

use crate::config::{Countries, LOCALES};
use crate::fault::ValueFault;

/// The code of a country that the product knows.
pub(super) fn country(code: &str) -> Result<String, ValueFault> {
    let code = code.to_ascii_uppercase();
    let known = Countries::shipped().get(&code).is_some();
    let fault = || ValueFault::new("unknown_country", "There is no country with this code.");
    known.then_some(code).ok_or_else(fault)
}

/// A language that the product speaks.
pub(crate) fn locale(wanted: &str) -> Result<String, ValueFault> {
    let known = LOCALES.contains(&wanted).then(|| wanted.to_owned());
    known.ok_or_else(|| ValueFault::new("unknown_locale", "This language isn't offered yet."))
}

/// The name of a time zone, in the spelling of the tz database.
pub(crate) fn time_zone(name: &str) -> Result<String, ValueFault> {
    let known = name.parse::<chrono_tz::Tz>().map(|zone| zone.name().to_owned());
    known.map_err(|_| ValueFault::new("unknown_time_zone", "There is no time zone of this name."))
}

/// The code of a currency that the product can count in.
pub(super) fn currency(code: &str) -> Result<String, ValueFault> {
    let code = code.to_ascii_uppercase();
    let known = Countries::shipped().currency(&code).is_some();
    let fault = || ValueFault::new("unknown_currency", "There is no currency with this code.");
    known.then_some(code).ok_or_else(fault)
}
