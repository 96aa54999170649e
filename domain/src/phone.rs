//! Telephone numbers, as all the world writes them down: E.164.

use std::fmt;

use phonenumber::metadata::DATABASE;
use phonenumber::{Mode, country};

use crate::fault::ValueFault;

/// A telephone number in E.164: `+14155550132`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(String);

/// Longest text that is looked at: no number with its decoration is longer, and the patterns behind
/// the parser shall not be fed pages.
const LONGEST: usize = 40;

impl Phone {
    /// Reads a number as people write it. One without a country is read in `default_country`
    /// (ISO 3166). Numbers that no telephone can have are refused.
    pub fn parse(text: &str, default_country: &str) -> Result<Self, ValueFault> {
        let fault = |detail: &'static str| ValueFault::new("invalid_phone", detail);
        let unreadable = || fault("This doesn't look like a telephone number.");
        let plain = plain(text.trim());
        if plain.is_empty() {
            return Err(ValueFault::new("required", "Please fill this in."));
        }
        if plain.len() > LONGEST || !plain.chars().all(may_be_in_a_number) {
            return Err(unreadable());
        }
        let country: Option<country::Id> = default_country.parse().ok();
        let international = international(&plain, country);
        // The parser would take a prefix of the business's own country away from a foreign number.
        let (country, number) = match &international {
            Some(number) => (None, number),
            None => (country, &plain),
        };
        // `+49 (0)30 …` is how letterheads write it: the nought is dialled inside the country only.
        // In Italy it belongs to the number.
        let readings = [number.clone(), number.replacen("(0)", "", 1)];
        let mut read = readings.iter().filter_map(|text| phonenumber::parse(country, text).ok());
        match read.find(phonenumber::is_valid) {
            Some(number) => Ok(Self(number.format().mode(Mode::E164).to_string())),
            None => Err(fault("No telephone has this number. Is a digit missing, or the country?")),
        }
    }

    /// Whether it is one of another country. Countries that share a code (`+1`) are one; where the country is
    /// unknown, nothing is foreign.
    pub(crate) fn is_foreign(&self, country: &str) -> bool {
        let here = country.parse::<country::Id>().ok();
        let code = here
            .and_then(|id| DATABASE.by_id::<str>(id.as_ref()))
            .map(phonenumber::Metadata::country_code);
        let own = phonenumber::parse(None, &self.0).ok().map(|number| number.code().value());
        matches!((code, own), (Some(code), Some(own)) if code != own)
    }

    /// What is stored already.
    pub(crate) fn stored(text: String) -> Self {
        Self(text)
    }

    /// In E.164.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a number that begins as it is typed here begins in E.164: with its country, or in this one. Fewer
/// than three digits are the beginning of no number, and neither is what has anything else in it.
pub fn beginnings(text: &str, country: &str) -> Vec<String> {
    let plain = plain(text.trim());
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    let typed = digits(&plain);
    if typed.len() < 3 || plain.len() > LONGEST || !plain.chars().all(may_be_in_a_number) {
        return Vec::new();
    }
    let country: Option<country::Id> = country.parse().ok();
    if let Some(abroad) = international(&plain, country) {
        return vec![format!("+{}", digits(&abroad))];
    }
    let mut begins = vec![format!("+{typed}")];
    if let Some(here) = country.and_then(|id| DATABASE.by_id::<str>(id.as_ref())) {
        let dialled = here.national_prefix().and_then(|prefix| typed.strip_prefix(prefix));
        begins.push(format!("+{}{}", here.country_code(), dialled.unwrap_or(&typed)));
    }
    begins.dedup();
    begins
}

/// A number that says which country it is in, from its `+` on.
fn international(plain: &str, country: Option<country::Id>) -> Option<String> {
    if plain.starts_with('+') {
        return Some(plain.to_owned());
    }
    let exit = match country {
        Some(country::US | country::CA) => "011",
        Some(country::AU) => "0011",
        _ => "00",
    };
    plain.strip_prefix(exit).map(|rest| format!("+{rest}"))
}

/// Digits of other scripts become plain ones. Marks that say in which direction to write, which
/// copied numbers often carry, go.
fn plain(text: &str) -> String {
    text.chars()
        .filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'))
        .map(|c| match c {
            '٠'..='٩' => digit(c, '٠'),
            '۰'..='۹' => digit(c, '۰'),
            '０'..='９' => digit(c, '０'),
            '०'..='९' => digit(c, '०'),
            '＋' => '+',
            '\u{2010}'..='\u{2015}' | '\u{2212}' => '-',
            '\u{a0}' | '\u{2007}' | '\u{202f}' => ' ',
            other => other,
        })
        .collect()
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

fn may_be_in_a_number(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '+' | ' ' | '-' | '.' | '/' | '(' | ')')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn how_a_number_begins() {
        let cases: [(&str, &str, &[&str]); 9] = [
            ("+1 415", "DE", &["+1415"]),
            ("0049 30", "DE", &["+4930"]),
            ("(415) 55", "US", &["+41555", "+141555"]),
            ("1 415 55", "US", &["+141555"]),
            ("030 90", "DE", &["+03090", "+493090"]),
            ("06 69", "IT", &["+0669", "+390669"]),
            ("415", "", &["+415"]),
            ("12", "US", &[]),
            ("415 Ana", "US", &[]),
        ];
        for (typed, country, expected) in cases {
            assert_eq!(beginnings(typed, country), expected, "{typed} in {country}");
        }
    }

    #[test]
    fn numbers_as_people_write_them() {
        let cases = [
            ("+1 415 555 0132", "DE", "+14155550132"),
            ("(415) 555-0132", "US", "+14155550132"),
            ("1 415 555 0132", "US", "+14155550132"),
            ("030 901820", "DE", "+4930901820"),
            ("+49 (0)30 901820", "US", "+4930901820"),
            ("0049 30 901820", "DE", "+4930901820"),
            ("+39 (0)6 6982 1234", "US", "+390669821234"),
            ("+49 151 23456789", "US", "+4915123456789"),
            ("011 49 151 23456789", "US", "+4915123456789"),
            ("0011 44 20 7946 0958", "AU", "+442079460958"),
            ("06 12 34 56 78", "FR", "+33612345678"),
            ("020 7946 0958", "GB", "+442079460958"),
            ("06 6982 1234", "IT", "+390669821234"),
            ("050 123 4567", "AE", "+971501234567"),
            ("٠٥٠١٢٣٤٥٦٧", "AE", "+971501234567"),
            ("\u{202a}+971 50 123 4567\u{202c}", "US", "+971501234567"),
            ("98765 43210", "IN", "+919876543210"),
            ("+7 916 123-45-67", "US", "+79161234567"),
        ];
        for (text, country, written) in cases {
            let phone = Phone::parse(text, country).map(|phone| phone.to_string());
            assert_eq!(phone.as_deref(), Ok(written), "{text}");
        }
    }

    #[test]
    fn rubbish_is_named() {
        let long = "1".repeat(500);
        let cases = [
            ("", "required"),
            ("   ", "required"),
            ("call me", "invalid_phone"),
            ("+", "invalid_phone"),
            ("0", "invalid_phone"),
            ("123", "invalid_phone"),
            ("+1 415 555", "invalid_phone"),
            ("+1 415 555 0132 99", "invalid_phone"),
            ("+999 12345678", "invalid_phone"),
            ("+1 415 555 0132 ext. 5", "invalid_phone"),
            ("1-800-FLOWERS", "invalid_phone"),
            ("📞", "invalid_phone"),
            ("+1 415 555 0132; drop table", "invalid_phone"),
            ("tel:+14155550132;phone-context=x", "invalid_phone"),
            ("+-+-+-", "invalid_phone"),
            (long.as_str(), "invalid_phone"),
        ];
        for (text, code) in cases {
            assert_eq!(Phone::parse(text, "US").map_err(|fault| fault.code), Err(code), "{text}");
        }
        // Without a country, a national number is nobody's.
        assert!(Phone::parse("030 901820", "XX").is_err());
        assert!(Phone::parse("+4930901820", "XX").is_ok());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn any_text_is_a_number_or_refused(text in "[+0-9 ()./-]{0,24}|.{0,24}") {
            if let Ok(phone) = Phone::parse(&text, "US") {
                let digits = phone.as_str().strip_prefix('+').unwrap();
                prop_assert!((7..=15).contains(&digits.len()), "{phone}");
                prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()));
                // Written down, it reads the same everywhere.
                prop_assert_eq!(Phone::parse(phone.as_str(), "FR").unwrap(), phone);
            }
        }
    }
}
