//! Amounts as people read them.

use crate::config::Countries;

/// An amount of a currency's minor unit with its code, with the decimal sign of the language:
/// `1234.50 EUR`. A code is understood everywhere, and a sign isn't.
pub(crate) fn shown(minor: i64, currency: &str, locale: &str) -> String {
    let digits = Countries::shipped().currency(currency).map_or(2, |found| found.digits);
    let sign = if matches!(locale, "de" | "es" | "fr") { ',' } else { '.' };
    let width = usize::from(digits);
    let (negative, minor) = (minor < 0, minor.unsigned_abs().to_string());
    let padded = format!("{minor:0>least$}", least = width + 1);
    let (whole, rest) = padded.split_at(padded.len() - width);
    let minus = if negative { "-" } else { "" };
    if rest.is_empty() {
        format!("{minus}{whole} {currency}")
    } else {
        format!("{minus}{whole}{sign}{rest} {currency}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_have_the_digits_of_their_currency() {
        for (minor, currency, locale, expected) in [
            (123_450, "EUR", "en", "1234.50 EUR"),
            (123_450, "EUR", "de", "1234,50 EUR"),
            (5, "USD", "en", "0.05 USD"),
            (0, "USD", "ar", "0.00 USD"),
            (1_500, "JPY", "en", "1500 JPY"),
            (1_500, "KWD", "en", "1.500 KWD"),
            (-250, "EUR", "fr", "-2,50 EUR"),
        ] {
            assert_eq!(shown(minor, currency, locale), expected);
        }
    }
}
