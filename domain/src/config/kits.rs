//! Starter kits: what a new business of a kind finds, so that its page can take a booking at once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveTime;
use serde::{Deserialize, Deserializer};

use super::countries::{Countries, LOCALES};

/// The kinds of business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Consultations and treatments.
    Clinic,
    /// Massages and rituals.
    Spa,
    /// Cuts and beards.
    Barbershop,
    /// Hair and beauty.
    Salon,
}

impl Kind {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Clinic, Self::Spa, Self::Barbershop, Self::Salon];

    /// As the API and the tenant's row have it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Clinic => "clinic",
            Self::Spa => "spa",
            Self::Barbershop => "barbershop",
            Self::Salon => "salon",
        }
    }

    /// The kind of that key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.key() == key)
    }
}

/// A text in every locale of the product.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
struct Text(BTreeMap<String, String>);

impl Text {
    fn in_locale(&self, locale: &str) -> &str {
        self.0.get(locale).or_else(|| self.0.get(LOCALES[0])).map_or("", String::as_str)
    }
}

/// How bookings are taken until the business says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookingPolicy {
    /// Bookings start at multiples of this.
    pub step_minutes: u32,
    /// How long before its start a booking must be made.
    pub notice_minutes: u32,
    /// How far ahead it can be made.
    pub horizon_days: u32,
    /// Until how long before its start a customer can cancel it.
    pub cancel_notice_hours: u32,
    /// Whether staff must approve it.
    pub approval: bool,
}

/// One stretch of a weekday in which the door is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenHours {
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// From.
    pub opens: NaiveTime,
    /// To.
    pub closes: NaiveTime,
}

/// A service to start with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StarterService {
    /// In the business's language.
    pub name: String,
    /// How long it takes.
    pub duration_minutes: u32,
    /// In the minor unit of the business's currency.
    pub price_minor: i64,
    /// Whether it is for two, who pay this together.
    pub for_two: bool,
}

/// A category to start with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StarterCategory {
    /// In the business's language.
    pub name: String,
    /// What is in it.
    pub services: Vec<StarterService>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    name: Text,
    minutes: u32,
    price: u32,
    #[serde(default)]
    for_two: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Category {
    name: Text,
    services: Vec<Service>,
}

/// The kit of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kit {
    name: Text,
    blurb: Text,
    booking: BookingPolicy,
    #[serde(deserialize_with = "hours_of_a_week")]
    hours: Vec<OpenHours>,
    categories: Vec<Category>,
}

impl Kit {
    /// What this kind of business is called.
    pub fn name(&self, locale: &str) -> &str {
        self.name.in_locale(locale)
    }

    /// What it is, in a sentence.
    pub fn blurb(&self, locale: &str) -> &str {
        self.blurb.in_locale(locale)
    }

    /// How bookings are taken.
    pub fn booking(&self) -> BookingPolicy {
        self.booking
    }

    /// When the door is open, from Monday on.
    pub fn hours(&self) -> &[OpenHours] {
        &self.hours
    }

    /// The services in a business's language and currency; `None` for an unknown currency.
    pub fn categories(&self, locale: &str, currency: &str) -> Option<Vec<StarterCategory>> {
        let currency = Countries::shipped().currency(currency)?;
        let service = |service: &Service| StarterService {
            name: service.name.in_locale(locale).to_owned(),
            duration_minutes: service.minutes,
            price_minor: currency.starter_price_minor(service.price),
            for_two: service.for_two,
        };
        let category = |category: &Category| StarterCategory {
            name: category.name.in_locale(locale).to_owned(),
            services: category.services.iter().map(service).collect(),
        };
        Some(self.categories.iter().map(category).collect())
    }
}

/// All kits.
#[derive(Debug)]
pub struct Kits;

impl Kits {
    /// The kit of a kind.
    pub fn get(kind: Kind) -> &'static Kit {
        macro_rules! kit {
            ($file:literal) => {{
                static KIT: LazyLock<Kit> = LazyLock::new(|| {
                    super::shipped($file, include_str!(concat!("../../../config/", $file)))
                });
                &KIT
            }};
        }
        match kind {
            Kind::Clinic => kit!("kits/clinic.toml"),
            Kind::Spa => kit!("kits/spa.toml"),
            Kind::Barbershop => kit!("kits/barbershop.toml"),
            Kind::Salon => kit!("kits/salon.toml"),
        }
    }
}

/// `monday = ["09:00-13:00", "14:00-18:00"]`, in the order of the week.
pub(crate) fn hours_of_a_week<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<OpenHours>, D::Error> {
    const DAYS: [&str; 7] =
        ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let mut week = BTreeMap::<String, Vec<String>>::deserialize(deserializer)?;
    let mut open = Vec::new();
    for (weekday, day) in (1..).zip(DAYS) {
        for stretch in week.remove(day).unwrap_or_default() {
            let hours = stretch.split_once('-').and_then(|(opens, closes)| {
                let time = |text| NaiveTime::parse_from_str(text, "%H:%M").ok();
                Some(OpenHours { weekday, opens: time(opens)?, closes: time(closes)? })
            });
            let hours = hours.filter(|hours| hours.opens < hours.closes);
            open.push(hours.ok_or_else(|| serde::de::Error::custom(format!("hours {stretch:?}")))?);
        }
    }
    match week.pop_first() {
        Some((day, _)) => Err(serde::de::Error::custom(format!("{day:?} is no day"))),
        None => Ok(open),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kit_can_open_a_shop() {
        for kind in Kind::ALL {
            let (kit, key) = (Kits::get(kind), kind.key());
            assert_eq!(Kind::from_key(key), Some(kind));
            let policy = kit.booking();
            assert!([5, 10, 15, 20, 30, 60].contains(&policy.step_minutes), "{key}");
            assert!(policy.notice_minutes < policy.horizon_days * 24 * 60, "{key}");
            assert!(kit.hours().len() >= 5, "{key}");
            for pair in kit.hours().windows(2) {
                let after = (pair[0].weekday, pair[0].closes) < (pair[1].weekday, pair[1].opens);
                assert!(after, "{key}: {pair:?}");
            }
            assert!(kit.categories.len() >= 3, "{key}");
            for category in &kit.categories {
                assert!(category.services.len() >= 2, "{key}");
                for service in &category.services {
                    assert_eq!(service.minutes % 5, 0, "{key}: {service:?}");
                    assert!((5..=480).contains(&service.minutes), "{key}: {service:?}");
                    assert!((5..=1000).contains(&service.price), "{key}: {service:?}");
                }
            }
        }
        assert_eq!(Kind::from_key("garage"), None);
    }

    #[test]
    fn every_text_is_there_in_every_locale() {
        for kind in Kind::ALL {
            let kit = Kits::get(kind);
            let services = kit.categories.iter().flat_map(|category| &category.services);
            let texts = [&kit.name, &kit.blurb]
                .into_iter()
                .chain(kit.categories.iter().map(|category| &category.name))
                .chain(services.map(|service| &service.name));
            for text in texts {
                let locales: Vec<_> = text.0.keys().map(String::as_str).collect();
                let mut expected = LOCALES;
                expected.sort_unstable();
                assert_eq!(locales, expected, "{text:?}");
                assert!(text.0.values().all(|value| value.trim() == value && !value.is_empty()));
            }
        }
    }

    #[test]
    fn services_come_in_the_language_and_currency_of_the_business() {
        let spa = Kits::get(Kind::Spa);
        let first = |locale, currency| {
            let categories = spa.categories(locale, currency).unwrap();
            let service = categories[0].services[0].clone();
            (service.name, service.duration_minutes, service.price_minor)
        };
        assert_eq!(first("en", "USD"), ("Relaxing massage".to_owned(), 60, 9_500));
        assert_eq!(first("es", "JPY"), ("Masaje relajante".to_owned(), 60, 9_500));
        assert_eq!(first("pt", "ZAR"), ("Relaxing massage".to_owned(), 60, 105_000));
        assert_eq!(spa.categories("en", "XXX"), None);
    }

    #[test]
    fn wrong_hours_are_refused() {
        for bad in ["someday = []", "monday = [\"9-17\"]", "monday = [\"17:00-09:00\"]"] {
            let deserializer = toml::Deserializer::parse(bad).unwrap();
            assert!(hours_of_a_week(deserializer).is_err(), "{bad}");
        }
    }
}
