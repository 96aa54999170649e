//! What a shop offers, as its page tells it to whoever reads no JSON.

use openchair_domain::config::Countries;
use openchair_domain::tenants::PublicPage;

/// A category with what is in it.
#[derive(Debug)]
pub(super) struct Section<'a> {
    pub(super) name: &'a str,
    pub(super) offers: Vec<Offer<'a>>,
}

/// A service or a package.
#[derive(Debug)]
pub(super) struct Offer<'a> {
    pub(super) name: &'a str,
    pub(super) description: &'a str,
    pub(super) minutes: i32,
    pub(super) price_minor: i64,
    pub(super) members_only: bool,
}

/// The menu in its order, category by category.
pub(super) fn sections(page: &PublicPage) -> Vec<Section<'_>> {
    let services = page.menu.services.iter().map(|service| {
        let terms = &service.terms;
        let offer = Offer {
            name: &terms.name,
            description: &terms.description,
            minutes: terms.duration_minutes,
            price_minor: terms.price_minor,
            members_only: terms.members_only,
        };
        (service.category_name.as_str(), offer)
    });
    let packages = page.menu.packages.iter().map(|menu| {
        let terms = &menu.package.terms;
        let offer = Offer {
            name: &terms.name,
            description: &terms.description,
            minutes: menu.duration_minutes,
            price_minor: terms.price_minor,
            members_only: menu.members_only,
        };
        (menu.category_name.as_str(), offer)
    });
    let mut sections: Vec<Section<'_>> = Vec::new();
    for (name, offer) in services.chain(packages) {
        match sections.iter_mut().find(|section| section.name == name) {
            Some(section) => section.offers.push(offer),
            None => sections.push(Section { name, offers: vec![offer] }),
        }
    }
    sections
}

/// An amount in the currency itself: `65.00`.
pub(super) fn amount(minor: i64, currency: &str) -> String {
    let digits = Countries::shipped().currency(currency).map_or(2, |currency| currency.digits);
    if digits == 0 {
        return minor.to_string();
    }
    let unit = 10_i64.pow(digits.into());
    format!("{}.{:0digits$}", minor / unit, minor % unit, digits = usize::from(digits))
}

/// The same for people, with its currency; without cents where there are none.
pub(super) fn price(minor: i64, currency: &str) -> String {
    let amount = amount(minor, currency);
    let whole = amount.split_once('.').filter(|(_, cents)| cents.bytes().all(|b| b == b'0'));
    format!("{} {currency}", whole.map_or(amount.as_str(), |(whole, _)| whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts() {
        for (minor, currency, exact, shown) in [
            (6_500, "USD", "65.00", "65 USD"),
            (6_505, "EUR", "65.05", "65.05 EUR"),
            (5, "USD", "0.05", "0.05 USD"),
            (0, "USD", "0.00", "0 USD"),
            (6_500, "JPY", "6500", "6500 JPY"),
            (6_500, "BHD", "6.500", "6.500 BHD"),
            (7_000, "BHD", "7.000", "7 BHD"),
        ] {
            assert_eq!(
                (amount(minor, currency), price(minor, currency)),
                (exact.into(), shown.into())
            );
        }
    }
}
