//! What a shop is, in the vocabulary of schema.org, which search engines read.

use openchair_domain::hours::{Opening, shown};
use openchair_domain::images::Facts;
use openchair_domain::locations::LocationFacts;
use openchair_domain::tenants::PublicPage;
use serde_json::{Value, json};

use super::menu::{Section, amount};

/// What schema.org calls such a business.
fn kind(kind: &str) -> &'static str {
    match kind {
        "spa" => "DaySpa",
        "salon" | "barbershop" => "HairSalon",
        "clinic" => "MedicalClinic",
        _ => "HealthAndBeautyBusiness",
    }
}

/// A shop of the product at `origin`.
pub(super) fn business(page: &PublicPage, menu: &[Section<'_>], origin: &str) -> Value {
    let url = &format!("{origin}/{}", page.slug);
    let mut business = json!({
        "@context": "https://schema.org",
        "@type": kind(&page.kind),
        "@id": format!("{url}#business"),
        "name": page.name,
        "url": url,
        "currenciesAccepted": page.currency,
        "potentialAction": {
            "@type": "ReserveAction",
            "target": {
                "@type": "EntryPoint",
                "urlTemplate": url,
                "inLanguage": page.locale,
                "actionPlatform": [
                    "https://schema.org/DesktopWebPlatform",
                    "https://schema.org/MobileWebPlatform",
                ],
            },
            "result": { "@type": "Reservation" },
        },
    });
    match page.locations.as_slice() {
        [only] => put_place(&mut business, only),
        several => business["location"] = several.iter().map(|at| place(page, at)).collect(),
    }
    if let Some(range) = price_range(menu, &page.currency) {
        business["priceRange"] = range.into();
    }
    let image = |facts: &Facts| format!("{origin}{}", facts.path(&page.slug));
    if let Some(logo) = &page.images.logo {
        business["logo"] = image(logo).into();
    }
    // A search engine that shows one shows what it looks like there, else the mark.
    if let Some(shown) = page.images.photo.as_ref().or(page.images.logo.as_ref()) {
        business["image"] = image(shown).into();
    }
    let catalog = catalog(menu, &page.currency);
    if !catalog.is_empty() {
        business["hasOfferCatalog"] =
            json!({ "@type": "OfferCatalog", "name": page.name, "itemListElement": catalog });
    }
    business
}

/// One of several places of the same business.
fn place(page: &PublicPage, at: &LocationFacts) -> Value {
    let mut place =
        json!({ "@type": kind(&page.kind), "name": format!("{}, {}", page.name, at.name) });
    put_place(&mut place, at);
    place
}

fn put_place(into: &mut Value, at: &LocationFacts) {
    if !at.address.is_empty() {
        // An address is one line here: which part is the town, nobody has said.
        into["address"] = json!({ "@type": "PostalAddress", "streetAddress": at.address });
    }
    if !at.hours.is_empty() {
        into["openingHoursSpecification"] = at.hours.iter().copied().map(open).collect();
    }
}

fn open(opening: Opening) -> Value {
    const DAYS: [&str; 7] =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let day = usize::from(opening.weekday()).checked_sub(1).and_then(|day| DAYS.get(day));
    let (opens, closes) = shown(opening.window());
    let closes = until(&closes);
    json!({ "@type": "OpeningHoursSpecification", "dayOfWeek": day, "opens": opens, "closes": closes })
}

/// There is no 24:00 there.
fn until(closes: &str) -> &str {
    if closes == "24:00" { "23:59" } else { closes }
}

/// What costs least and what costs most, of what anybody can have.
fn price_range(menu: &[Section<'_>], currency: &str) -> Option<String> {
    let offers = menu.iter().flat_map(|section| &section.offers);
    let prices = offers.filter(|offer| !offer.members_only).map(|offer| offer.price_minor);
    let (least, most) = (prices.clone().min()?, prices.max()?);
    let (least, most) = (amount(least, currency), amount(most, currency));
    let range = if least == most { least } else { format!("{least}–{most}") };
    Some(format!("{range} {currency}"))
}

fn catalog(menu: &[Section<'_>], currency: &str) -> Vec<Value> {
    let offers = |section: &Section<'_>| -> Vec<Value> {
        // What only members get isn't offered to whoever searches.
        let offers = section.offers.iter().filter(|offer| !offer.members_only);
        offers
            .map(|offer| {
                let mut service = json!({ "@type": "Service", "name": offer.name });
                if !offer.description.is_empty() {
                    service["description"] = offer.description.into();
                }
                let price = amount(offer.price_minor, currency);
                json!({ "@type": "Offer", "itemOffered": service, "price": price,
                        "priceCurrency": currency })
            })
            .collect()
    };
    let sections = menu.iter().map(|section| (section.name, offers(section)));
    let sections = sections.filter(|(_, offers)| !offers.is_empty());
    sections
        .map(|(name, offers)| {
            json!({ "@type": "OfferCatalog", "name": name, "itemListElement": offers })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::fixture::{at, page};
    use crate::pages::menu::sections;

    fn shown(page: &PublicPage) -> Value {
        business(page, &sections(page), "https://book.example")
    }

    #[test]
    fn one_place() {
        let shop = shown(&page("Lagoon"));
        assert_eq!(shop["@type"], "DaySpa");
        assert_eq!(shop["url"], "https://book.example/lagoon");
        assert_eq!(shop["address"]["streetAddress"], "7 Shore Road, Tamuning");
        assert_eq!(
            shop["openingHoursSpecification"],
            json!([
                { "@type": "OpeningHoursSpecification", "dayOfWeek": "Monday", "opens": "10:00",
                  "closes": "19:00" },
                { "@type": "OpeningHoursSpecification", "dayOfWeek": "Sunday", "opens": "18:00",
                  "closes": "23:00" },
            ])
        );
        assert_eq!(shop["priceRange"], "65.00–130.00 USD");
        assert_eq!(shop["potentialAction"]["@type"], "ReserveAction");
        let offer = |name: &str, description: &str, price: &str| {
            json!({ "@type": "Offer", "price": price, "priceCurrency": "USD", "itemOffered":
                    { "@type": "Service", "name": name, "description": description } })
        };
        assert_eq!(
            shop["hasOfferCatalog"]["itemListElement"],
            json!([{ "@type": "OfferCatalog", "name": "Facials", "itemListElement": [
                offer("Express facial", "In a lunch break.", "65.00"),
                offer("Deep facial", "In a lunch break.", "130.00"),
            ] }])
        );
    }

    #[test]
    fn several_places_and_other_kinds() {
        let mut chain = page("Lagoon");
        chain.locations.push(at("Harbour", ""));
        chain.kind = "barbershop".into();
        chain.menu.services.clear();
        let chain = shown(&chain);
        assert_eq!(chain["@type"], "HairSalon");
        assert_eq!((&chain["address"], &chain["priceRange"]), (&Value::Null, &Value::Null));
        assert_eq!(chain["hasOfferCatalog"], Value::Null);
        assert_eq!(chain["location"][0]["name"], "Lagoon, Tumon Bay");
        assert_eq!(chain["location"][0]["address"]["streetAddress"], "7 Shore Road, Tamuning");
        assert_eq!(chain["location"][1]["address"], Value::Null);
        assert_eq!((until("24:00"), until("00:30")), ("23:59", "00:30"));
        assert_eq!((kind("clinic"), kind("nails")), ("MedicalClinic", "HealthAndBeautyBusiness"));
    }
}
