//! A shop's page for whoever runs no scripts, and for everybody until theirs run: who it is, where, when
//! it is open, and the menu with its prices.

use std::fmt::Write as _;

use openchair_domain::hours::{Opening, shown};
use openchair_domain::html::escaped;
use openchair_domain::locations::LocationFacts;
use openchair_domain::messaging::templates::Pages;
use openchair_domain::tenants::PublicPage;

use super::menu::{Offer, price, sections};

/// The whole of it.
pub(super) fn plain(page: &PublicPage, said: Pages<'_>) -> String {
    let words = said.words();
    let mut out = format!("<main class=\"stack\"><h1>{}</h1>", name(&page.name));
    for at in &page.locations {
        place(&mut out, at, page.locations.len() > 1, said);
    }
    let menu = sections(page);
    if !menu.is_empty() {
        let _infallible = write!(out, "<h2>{}</h2>", escaped(&words.services));
    }
    for section in menu {
        let _infallible = write!(out, "<h3>{}</h3><ul>", name(section.name));
        for one in section.offers {
            offer(&mut out, &one, &page.currency, said);
        }
        out.push_str("</ul>");
    }
    out.push_str("</main>");
    out
}

/// A name may run the other way than the words around it.
fn name(text: &str) -> String {
    format!("<bdi>{}</bdi>", escaped(text))
}

fn place(out: &mut String, at: &LocationFacts, one_of_several: bool, said: Pages<'_>) {
    if one_of_several {
        let _infallible = write!(out, "<h2>{}</h2>", name(&at.name));
    }
    if !at.address.is_empty() {
        let _infallible = write!(out, "<p>{}</p>", name(&at.address));
    }
    if at.hours.is_empty() {
        return;
    }
    let level = if one_of_several { "h3" } else { "h2" };
    let _infallible = write!(out, "<{level}>{}</{level}><ul>", escaped(&said.words().hours));
    for (day, times) in by_day(&at.hours) {
        let day = escaped(said.weekday(day));
        let _infallible = write!(out, "<li>{day}: <bdi>{}</bdi></li>", times.join(", "));
    }
    out.push_str("</ul>");
}

/// The days on which it is open, from Monday on, with their stretches of time.
fn by_day(hours: &[Opening]) -> Vec<(u8, Vec<String>)> {
    let mut days: Vec<(u8, Vec<String>)> = Vec::new();
    for opening in hours {
        let (opens, closes) = shown(opening.window());
        let time = format!("{opens}–{closes}");
        match days.last_mut().filter(|(day, _)| *day == opening.weekday()) {
            Some((_, times)) => times.push(time),
            None => days.push((opening.weekday(), vec![time])),
        }
    }
    days
}

fn offer(out: &mut String, offer: &Offer<'_>, currency: &str, said: Pages<'_>) {
    let minutes = u64::try_from(offer.minutes).unwrap_or_default();
    let _infallible = write!(
        out,
        "<li>{}, {}, <bdi>{}</bdi>",
        name(offer.name),
        escaped(&said.duration(minutes)),
        escaped(&price(offer.price_minor, currency)),
    );
    if offer.members_only {
        let _infallible = write!(out, " ({})", escaped(&said.words().members));
    }
    if !offer.description.is_empty() {
        let _infallible = write!(out, "<p>{}</p>", name(offer.description));
    }
    out.push_str("</li>");
}

#[cfg(test)]
mod tests {
    use openchair_domain::messaging::templates::Templates;

    use super::*;
    use crate::pages::fixture::{at, page};

    fn written(page: &PublicPage, locale: &str) -> String {
        plain(page, Templates::load().unwrap().pages(locale).unwrap())
    }

    #[test]
    fn who_where_when_and_what() {
        let html = written(&page("Lagoon"), "en");
        assert_eq!(
            html,
            "<main class=\"stack\"><h1><bdi>Lagoon</bdi></h1><p><bdi>7 Shore Road, Tamuning</bdi></p>\
             <h2>Opening hours</h2><ul><li>Monday: <bdi>10:00–19:00</bdi></li>\
             <li>Sunday: <bdi>18:00–23:00</bdi></li></ul>\
             <h2>Services and prices</h2><h3><bdi>Facials</bdi></h3><ul>\
             <li><bdi>Express facial</bdi>, 30 minutes, <bdi>65 USD</bdi>\
             <p><bdi>In a lunch break.</bdi></p></li>\
             <li><bdi>Deep facial</bdi>, 30 minutes, <bdi>130 USD</bdi>\
             <p><bdi>In a lunch break.</bdi></p></li></ul>\
             <h3><bdi>Club</bdi></h3><ul><li><bdi>Light bath</bdi>, 30 minutes, <bdi>0 USD</bdi> \
             (Members only)<p><bdi>In a lunch break.</bdi></p></li></ul></main>"
        );
    }

    #[test]
    fn several_places_in_another_language() {
        let mut chain = page("Lagoon");
        let mut harbour = at("Harbour", "");
        harbour.hours.insert(1, harbour.hours[0]);
        chain.locations.push(harbour);
        let html = written(&chain, "fr");
        for part in [
            "<h2><bdi>Tumon Bay</bdi></h2><p>",
            "<h2><bdi>Harbour</bdi></h2><h3>Horaires d&#x27;ouverture</h3>",
            "<li>lundi: <bdi>10:00–19:00, 10:00–19:00</bdi></li>",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
    }

    #[test]
    fn no_name_is_markup() {
        let mut sly = page("<script>alert(1)");
        sly.locations.push(at("<script>alert(2)", "<script>alert(3)"));
        sly.menu.services[0].category_name = "<script>alert(4)".into();
        sly.menu.services[0].terms.name = "<script>alert(5)".into();
        sly.menu.services[0].terms.description = "<script>alert(6)".into();
        sly.currency = "<script>".into();
        let html = written(&sly, "ar");
        assert!(!html.contains("<script"), "{html}");
        assert_eq!(html.matches("&lt;script&gt;alert(").count(), 6, "{html}");
    }
}
