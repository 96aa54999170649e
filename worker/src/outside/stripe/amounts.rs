//! Amounts as Stripe wants them. It counts in a currency's minor unit, as we do, and does so in its own
//! way where the two never agreed: <https://docs.stripe.com/currencies#minor-units>.

use openchair_domain::config::Countries;
use openchair_domain::payments::ProviderError;

/// Currencies that Stripe counts in whole units.
const WHOLE: [&str; 15] = [
    "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF",
    "XOF", "XPF",
];
/// Currencies that Stripe counts in thousandths; cards know only hundredths of them.
const THOUSANDTHS: [&str; 5] = ["BHD", "JOD", "KWD", "OMR", "TND"];

/// How many digits Stripe has behind the point. Krónur and Ugandan shillings, which have no minor unit, are
/// counted in hundredths all the same.
fn their_digits(currency: &str) -> u32 {
    if WHOLE.contains(&currency) {
        0
    } else if THOUSANDTHS.contains(&currency) {
        3
    } else {
        2
    }
}

fn our_digits(currency: &str) -> Option<u32> {
    Countries::shipped().currency(currency).map(|currency| u32::from(currency.digits))
}

/// An amount in the minor unit of ISO 4217, as Stripe takes it.
pub(super) fn to_stripe(amount_minor: i64, currency: &str) -> Result<i64, ProviderError> {
    let impossible = || impossible(amount_minor, currency);
    let (ours, theirs) = (our_digits(currency).ok_or_else(impossible)?, their_digits(currency));
    // Stripe doesn't say how it would count these.
    if ours == 3 && theirs != 3 {
        return Err(impossible());
    }
    let amount = scaled(amount_minor, ours, theirs).ok_or_else(impossible)?;
    if theirs == 3 && amount % 10 != 0 {
        return Err(impossible());
    }
    Ok(amount)
}

/// An amount as Stripe says it, in the minor unit of ISO 4217.
pub(super) fn from_stripe(amount: i64, currency: &str) -> Result<i64, ProviderError> {
    let impossible = || impossible(amount, currency);
    let ours = our_digits(currency).ok_or_else(impossible)?;
    scaled(amount, their_digits(currency), ours).ok_or_else(impossible)
}

/// The same amount with other digits behind the point; none, if it isn't a whole number of them.
fn scaled(amount: i64, from: u32, to: u32) -> Option<i64> {
    if to >= from {
        return amount.checked_mul(10_i64.checked_pow(to - from)?);
    }
    let unit = 10_i64.checked_pow(from - to)?;
    (amount % unit == 0).then_some(amount / unit)
}

fn impossible(amount: i64, currency: &str) -> ProviderError {
    ProviderError::Refused {
        code: "amount_not_possible".to_owned(),
        detail: format!("{amount} in the smallest unit of {currency} can't be taken from cards"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_stripe_is_asked_for() {
        for (amount, currency, expected) in [
            (1_234, "EUR", 1_234),
            (1_234, "USD", 1_234),
            (1_234, "HUF", 1_234),
            (500, "JPY", 500),
            (500, "CLP", 500),
            (500, "XOF", 500),
            // In hundredths, although it has none.
            (500, "ISK", 50_000),
            (500, "UGX", 50_000),
            // Without hundredths, although it has them.
            (50_000, "MGA", 500),
            (5_120, "KWD", 5_120),
            (0, "EUR", 0),
        ] {
            assert_eq!(to_stripe(amount, currency), Ok(expected), "{amount} {currency}");
            assert_eq!(from_stripe(expected, currency), Ok(amount), "{expected} {currency}");
        }
    }

    #[test]
    fn what_cards_do_not_know() {
        for (amount, currency) in [
            (5_124, "KWD"),
            (1, "BHD"),
            (50_050, "MGA"),
            // Not counted by Stripe in any way that it says.
            (1_000, "IQD"),
            (1_000, "LYD"),
            (1_000, "XXX"),
            (1_000, "eur"),
            (i64::MAX, "ISK"),
        ] {
            let refused = to_stripe(amount, currency).unwrap_err();
            let ProviderError::Refused { code, .. } = refused else { panic!("{refused:?}") };
            assert_eq!(code, "amount_not_possible", "{amount} {currency}");
        }
        // Half a króna is nothing that we could write down.
        assert!(from_stripe(50_050, "ISK").is_err());
    }

    /// Every currency without a minor unit is one of those that Stripe names.
    #[test]
    fn currencies_without_a_minor_unit() {
        for currency in Countries::shipped().currencies() {
            let special = ["ISK", "UGX"].contains(&currency);
            if our_digits(currency) == Some(0) && !special {
                assert_eq!(their_digits(currency), 0, "{currency}");
            }
        }
        for currency in THOUSANDTHS {
            assert_eq!(our_digits(currency), Some(3), "{currency}");
        }
    }

    proptest! {
        /// What was asked for is what is read back, in every currency.
        #[test]
        fn there_and_back(amount in 0..10_000_000_000_i64, place in any::<prop::sample::Index>()) {
            let all: Vec<_> = Countries::shipped().currencies().collect();
            let currency = *place.get(&all);
            if let Ok(theirs) = to_stripe(amount, currency) {
                prop_assert_eq!(from_stripe(theirs, currency), Ok(amount));
            }
        }
    }
}
