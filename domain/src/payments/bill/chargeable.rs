//! Which amounts can be paid online at all: pure. Cards don't know every coin that a currency has, and whoever takes
//! them takes nothing below a least of their own.

use crate::config::Countries;
use crate::fault::ValueFault;
use crate::payments::words::ProviderName;

/// Currencies that cards know in whole units only, though they have hundredths.
const WHOLE_ONLY: [&str; 1] = ["MGA"];

/// The least that Stripe takes, in minor units, where it says so:
/// <https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts>.
const STRIPE_LEAST: [(&str, i64); 24] = [
    ("AED", 200),
    ("AUD", 50),
    ("BGN", 100),
    ("BRL", 50),
    ("CAD", 50),
    ("CHF", 50),
    ("CZK", 1_500),
    ("DKK", 250),
    ("EUR", 50),
    ("GBP", 30),
    ("HKD", 400),
    ("HUF", 17_500),
    ("INR", 50),
    ("JPY", 50),
    ("MXN", 1_000),
    ("MYR", 200),
    ("NOK", 300),
    ("NZD", 50),
    ("PLN", 200),
    ("RON", 200),
    ("SEK", 300),
    ("SGD", 50),
    ("THB", 1_000),
    ("USD", 50),
];

/// The least that PayFast takes, in cents.
const PAYFAST_LEAST: i64 = 500;

/// The smallest part of a currency that can be paid online, in its minor unit: of a thousand, cards know hundreds
/// and tens.
pub fn step(currency: &str) -> i64 {
    match Countries::shipped().currency(currency).map(|found| found.digits) {
        Some(3) => 10,
        _ if WHOLE_ONLY.contains(&currency) => 100,
        _ => 1,
    }
}

/// The next amount in whole steps that is no more than this.
pub(crate) const fn down(minor: i64, step: i64) -> i64 {
    minor - minor.rem_euclid(step)
}

/// The next amount in whole steps that is no less than this.
pub(crate) const fn up(minor: i64, step: i64) -> i64 {
    let more = minor.rem_euclid(step);
    if more == 0 { minor } else { minor.saturating_add(step - more) }
}

/// So many percent of an amount, to the next whole step that is no more.
pub(crate) fn percent_down(minor: i64, percent: u8, step: i64) -> i64 {
    let part = i128::from(minor) * i128::from(percent) / 100;
    down(i64::try_from(part).unwrap_or(minor), step)
}

/// So many percent of an amount, to the next whole step that is no less, and never more than the amount.
pub(crate) fn percent_up(minor: i64, percent: i64, step: i64) -> i64 {
    let part = (i128::from(minor) * i128::from(percent) + 99) / 100;
    let part = i64::try_from(part).unwrap_or(minor);
    up(part, step).min(down(minor, step))
}

/// Whether whoever takes money for a business takes exactly this online.
pub(crate) fn check(provider: ProviderName, currency: &str, minor: i64) -> Result<(), ValueFault> {
    Chargeable::by(provider, currency).check(minor)
}

/// Whether cards know exactly this at all.
pub(crate) fn check_step(currency: &str, minor: i64) -> Result<(), ValueFault> {
    in_steps(step(currency), minor)
}

fn in_steps(step: i64, minor: i64) -> Result<(), ValueFault> {
    if minor.rem_euclid(step) == 0 {
        return Ok(());
    }
    let detail = format!("In steps of {step}: cards know nothing smaller.");
    Err(ValueFault::new("not_chargeable", detail))
}

/// What somebody takes online in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Chargeable {
    step: i64,
    least: i64,
}

impl Chargeable {
    /// What this provider takes.
    pub(crate) fn by(provider: ProviderName, currency: &str) -> Self {
        let step = step(currency);
        let least = match provider {
            ProviderName::PayFast => PAYFAST_LEAST,
            ProviderName::Stripe => {
                let known = STRIPE_LEAST.iter().find(|(code, _)| *code == currency);
                known.map_or(1, |(_, least)| *least)
            }
        };
        Self { step, least: up(least, step) }
    }

    /// What is asked where so much is wanted and so much is open: no less than is wanted, and no more than is open.
    /// Nothing, if that is too little to be taken.
    pub(in crate::payments) fn no_less(self, wanted: i64, open: i64) -> i64 {
        let most = down(open, self.step);
        if wanted <= 0 || most < self.least {
            return 0;
        }
        up(wanted, self.step).clamp(self.least, most)
    }

    /// What is asked where so much is open: as much of it as can be taken. Nothing, if that is too little.
    pub(in crate::payments) fn no_more(self, open: i64) -> i64 {
        let most = down(open, self.step);
        if most < self.least { 0 } else { most }
    }

    /// Whether exactly this can be taken.
    pub(crate) fn takes(self, minor: i64) -> bool {
        self.check(minor).is_ok()
    }

    /// Whether exactly this can be taken, and what is wrong with it if not.
    pub(crate) fn check(self, minor: i64) -> Result<(), ValueFault> {
        in_steps(self.step, minor)?;
        if minor < self.least {
            let detail = format!("Nothing below {} can be paid online.", self.least);
            return Err(ValueFault::new("too_small", detail));
        }
        Ok(())
    }

    /// The smallest part.
    pub(crate) const fn step(self) -> i64 {
        self.step
    }

    /// The least.
    pub(crate) const fn least(self) -> i64 {
        self.least
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn which_coins_cards_know() {
        for (currency, expected) in [
            ("USD", 1),
            ("JPY", 1),
            ("ISK", 1),
            ("KWD", 10),
            ("BHD", 10),
            ("JOD", 10),
            ("OMR", 10),
            ("TND", 10),
            ("MGA", 100),
        ] {
            assert_eq!(step(currency), expected, "{currency}");
        }
    }

    #[test]
    fn what_is_asked_where_the_least_is_more() {
        let usd = Chargeable::by(ProviderName::Stripe, "USD");
        let kwd = Chargeable::by(ProviderName::Stripe, "KWD");
        let zar = Chargeable::by(ProviderName::PayFast, "ZAR");
        // who, wanted, open: no less than is wanted, as much as is open
        for (who, wanted, open, no_less, no_more) in [
            (usd, 30, 300, 50, 300),
            (usd, 30, 30, 0, 0),
            (usd, 30, 50, 50, 50),
            (usd, 0, 300, 0, 300),
            (usd, 900, 300, 300, 300),
            (kwd, 3_135, 9_500, 3_140, 9_500),
            (kwd, 3_135, 3_138, 3_130, 3_130),
            (kwd, 1, 5, 0, 0),
            (zar, 100, 20_000, 500, 20_000),
            (zar, 100, 499, 0, 0),
        ] {
            let found = (who.no_less(wanted, open), who.no_more(open));
            assert_eq!(found, (no_less, no_more), "{who:?} {wanted} of {open}");
        }
    }

    #[test]
    fn what_is_wrong_with_an_amount() {
        let dinars = Chargeable::by(ProviderName::Stripe, "KWD");
        let rand = Chargeable::by(ProviderName::PayFast, "ZAR");
        for (who, minor, expected) in [
            (dinars, 9_500, None),
            (dinars, 10, None),
            (dinars, 9_505, Some("not_chargeable")),
            (dinars, 5, Some("not_chargeable")),
            (dinars, 0, Some("too_small")),
            (rand, 500, None),
            (rand, 499, Some("too_small")),
            (rand, -500, Some("too_small")),
        ] {
            let found = who.check(minor).err().map(|fault| fault.code);
            assert_eq!(found, expected, "{who:?} {minor}");
        }
    }

    #[test]
    fn percents_in_steps() {
        // amount, percent, step: at most, at least
        for (minor, percent, step, less, more) in [
            (9_500, 33, 10, 3_130, 3_140),
            (9_500, 33, 1, 3_135, 3_135),
            (9_001, 50, 1, 4_500, 4_501),
            (9_505, 100, 10, 9_500, 9_500),
            (5, 100, 10, 0, 0),
            (50_050, 10, 100, 5_000, 5_100),
            (i64::MAX, 100, 1, i64::MAX, i64::MAX),
        ] {
            let found = (
                percent_down(minor, u8::try_from(percent).unwrap(), step),
                percent_up(minor, percent, step),
            );
            assert_eq!(found, (less, more), "{percent} % of {minor} in {step}");
        }
    }

    proptest! {
        /// Whatever is wanted and open, what is asked can be taken, and is never more than is open.
        #[test]
        fn what_is_asked_can_be_taken(
            wanted in 0..10_000_000_i64, open in 0..10_000_000_i64,
            payfast in any::<bool>(), place in any::<prop::sample::Index>(),
        ) {
            let all: Vec<_> = Countries::shipped().currencies().collect();
            let currency = *place.get(&all);
            let provider = if payfast { ProviderName::PayFast } else { ProviderName::Stripe };
            let who = Chargeable::by(provider, currency);
            for asked in [who.no_less(wanted, open), who.no_more(open)] {
                prop_assert!(asked == 0 || who.takes(asked), "{asked} {currency}");
                prop_assert!(asked <= open);
            }
            // What remains when all that can be taken was is too little to be taken.
            let rest = open - who.no_more(open);
            prop_assert_eq!(who.no_more(rest), 0);
            // And a deposit is asked wherever anything can be.
            if wanted > 0 && who.no_more(open) > 0 {
                prop_assert!(who.no_less(wanted, open) >= wanted.min(down(open, who.step())));
            }
        }

        #[test]
        fn parts_are_in_steps_and_no_more_than_the_whole(
            minor in 0..i64::MAX, percent in 0..=100_u8, place in any::<prop::sample::Index>(),
        ) {
            let all: Vec<_> = Countries::shipped().currencies().collect();
            let currency = *place.get(&all);
            let step = step(currency);
            let (less, more) = (percent_down(minor, percent, step), percent_up(minor, percent.into(), step));
            prop_assert_eq!((less % step, more % step), (0, 0));
            prop_assert!(less <= more && more <= minor);
        }
    }
}
