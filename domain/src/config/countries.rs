//! What is proposed to a business once it names its country.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

const TEXT: &str = include_str!("../../../config/countries.toml");

/// The locales that the product speaks, the fallback first.
pub const LOCALES: [&str; 5] = ["en", "es", "fr", "ar", "de"];

/// A country as `config/countries.toml` has it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Country {
    /// In English.
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// One of [`LOCALES`].
    pub locale: String,
    /// Dialling prefix without `+`.
    pub dial: String,
    /// All IANA zones, the one to propose first.
    pub zones: Vec<String>,
}

/// How a currency is counted, and how starter prices come out in it.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Currency {
    /// Digits of the minor unit: 2 for cents, 0 for yen.
    pub digits: u8,
    factor: f64,
    step: f64,
}

impl Currency {
    /// A starter price, given in US dollars, as a sensible amount of this currency's minor unit.
    pub fn starter_price_minor(&self, dollars: u32) -> i64 {
        let steps = (f64::from(dollars) * self.factor / self.step).round().max(1.0);
        let minor = steps * self.step * 10_f64.powi(i32::from(self.digits));
        #[expect(
            clippy::cast_possible_truncation,
            reason = "prices of u32 × factors are far below 2^53"
        )]
        let minor = minor.round() as i64;
        minor
    }
}

/// What a sign-up form is filled in with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposal {
    /// The zone to start with.
    pub time_zone: String,
    /// All zones of the country, that one first.
    pub time_zones: Vec<String>,
    /// ISO 4217.
    pub currency: String,
    /// The locale to start with.
    pub locale: String,
    /// All locales of the product, that one first.
    pub locales: Vec<String>,
}

/// All countries and their currencies.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Countries {
    countries: BTreeMap<String, Country>,
    currencies: BTreeMap<String, Currency>,
}

impl Countries {
    /// The countries that the product ships with.
    pub fn shipped() -> &'static Self {
        static COUNTRIES: LazyLock<Countries> =
            LazyLock::new(|| super::shipped("countries.toml", TEXT));
        &COUNTRIES
    }

    /// A country by its ISO 3166 code, in upper case.
    pub fn get(&self, code: &str) -> Option<&Country> {
        self.countries.get(code)
    }

    /// A currency by its ISO 4217 code, in upper case.
    pub fn currency(&self, code: &str) -> Option<&Currency> {
        self.currencies.get(code)
    }

    /// Codes and countries, by code.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Country)> {
        self.countries.iter().map(|(code, country)| (code.as_str(), country))
    }

    /// Codes of all currencies.
    pub fn currencies(&self) -> impl Iterator<Item = &str> {
        self.currencies.keys().map(String::as_str)
    }

    /// What to propose; `None` for a code that is no country.
    pub fn propose(&self, code: &str) -> Option<Proposal> {
        let country = self.get(code)?;
        let others = LOCALES.into_iter().filter(|locale| *locale != country.locale);
        Some(Proposal {
            time_zone: country.zones.first()?.clone(),
            time_zones: country.zones.clone(),
            currency: country.currency.clone(),
            locale: country.locale.clone(),
            locales: std::iter::once(country.locale.as_str())
                .chain(others)
                .map(str::to_owned)
                .collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_country_is_whole() {
        let countries = Countries::shipped();
        assert!(countries.iter().count() > 240);
        for (code, country) in countries.iter() {
            assert!(code.len() == 2 && code.chars().all(|c| c.is_ascii_uppercase()), "{code}");
            assert!(!country.name.is_empty() && !country.zones.is_empty(), "{code}");
            for zone in &country.zones {
                assert!(zone.parse::<chrono_tz::Tz>().is_ok(), "{code}: {zone}");
            }
            let unique: BTreeSet<_> = country.zones.iter().collect();
            assert_eq!(unique.len(), country.zones.len(), "{code}");
            assert!(
                countries.currency(&country.currency).is_some(),
                "{code}: {}",
                country.currency
            );
            assert!(LOCALES.contains(&country.locale.as_str()), "{code}: {}", country.locale);
            assert!(country.dial.chars().all(|c| c.is_ascii_digit()), "{code}: {}", country.dial);
        }
    }

    #[test]
    fn proposals() {
        let cases = [
            ("US", "America/New_York", "USD", "en", 29),
            ("AU", "Australia/Sydney", "AUD", "en", 12),
            ("CH", "Europe/Zurich", "CHF", "de", 1),
            ("MX", "America/Mexico_City", "MXN", "es", 12),
            ("EG", "Africa/Cairo", "EGP", "ar", 1),
            ("SN", "Africa/Dakar", "XOF", "fr", 1),
            ("BG", "Europe/Sofia", "EUR", "en", 1),
            ("UA", "Europe/Kyiv", "UAH", "en", 2),
        ];
        for (code, zone, currency, locale, zones) in cases {
            let proposal = Countries::shipped().propose(code).expect(code);
            assert_eq!(proposal.time_zone, zone, "{code}");
            assert_eq!(proposal.time_zones.len(), zones, "{code}");
            assert_eq!(proposal.currency, currency, "{code}");
            assert_eq!(proposal.locale, locale, "{code}");
            assert_eq!(proposal.locales[0], locale, "{code}");
            assert_eq!(proposal.locales.len(), LOCALES.len(), "{code}");
        }
        for unknown in ["", "us", "ZZ", "USA"] {
            assert_eq!(Countries::shipped().propose(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn starter_prices_look_like_prices() {
        let cases = [
            ("USD", 95, 9_500),
            ("EUR", 95, 8_600),
            ("JPY", 95, 9_500),
            ("ZAR", 95, 105_000),
            ("KWD", 95, 28_500),
            ("IDR", 95, 66_500_000),
            ("USD", 0, 500),
        ];
        for (code, dollars, minor) in cases {
            let currency = Countries::shipped().currency(code).expect(code);
            assert_eq!(currency.starter_price_minor(dollars), minor, "{code} {dollars}");
        }
        for code in Countries::shipped().currencies() {
            let currency = Countries::shipped().currency(code).expect(code);
            assert!(matches!(currency.digits, 0 | 2 | 3), "{code}");
            assert!(currency.factor > 0.0 && currency.step > 0.0, "{code}");
        }
    }
}
