//! What a page of a shop says of itself, to search engines and to whoever is sent its address.

use std::fmt::Write as _;

use openchair_domain::html::escaped;
use openchair_domain::messaging::templates::Pages;
use openchair_domain::tenants::PublicPage;

use super::address::{Address, Show};
use super::business::business;
use super::menu::{Section, sections};
use super::shell::data;

/// So many categories say what a shop does.
const NAMED: usize = 8;

/// The head of a page. `origin` is where the product is found.
pub(super) fn head(page: &PublicPage, address: &Address, said: Pages<'_>, origin: &str) -> String {
    let words = said.words();
    let does = match address.show {
        Show::Book => &words.book,
        Show::Gift => &words.gift,
        Show::Queue => &words.queue,
        Show::Board => &words.board,
    };
    let menu = sections(page);
    let title = escaped(&format!("{} · {does}", page.name));
    let about = escaped(&description(page, &menu, does));
    let url = escaped(&format!("{origin}{}", address.path()));
    let name = escaped(&page.name);
    let mut head = format!(
        "<title>{title}</title>\
         <meta name=\"description\" content=\"{about}\" />\
         <link rel=\"canonical\" href=\"{url}\" />\
         <meta property=\"og:type\" content=\"website\" />\
         <meta property=\"og:site_name\" content=\"{name}\" />\
         <meta property=\"og:title\" content=\"{title}\" />\
         <meta property=\"og:description\" content=\"{about}\" />\
         <meta property=\"og:url\" content=\"{url}\" />",
    );
    head.push_str(&picture(page, origin));

    // The screen in the shop is for who sits there; its shell says that it isn't to be listed.
    if address.show != Show::Board {
        head.push_str(&data("application/ld+json", &business(page, &menu, origin)));
    }
    head
}

/// The photo is the largest thing on the page: it is on its way before the script that shows it.
pub(super) fn at_once(page: &PublicPage) -> String {
    page.images.photo.as_ref().map_or_else(String::new, |photo| {
        let path = escaped(&photo.path(&page.slug));
        format!("<link rel=\"preload\" as=\"image\" href=\"{path}\" fetchpriority=\"high\" />")
    })
}

/// What is shown where somebody is sent the address: what it looks like there, across the whole width, or
/// the mark beside the words.
fn picture(page: &PublicPage, origin: &str) -> String {
    let (shown, card) = match (&page.images.photo, &page.images.logo) {
        (Some(photo), _) => (Some(photo), "summary_large_image"),
        (None, logo) => (logo.as_ref(), "summary"),
    };
    let mut out = format!("<meta name=\"twitter:card\" content=\"{card}\" />");
    if let Some(shown) = shown {
        let url = escaped(&format!("{origin}{}", shown.path(&page.slug)));
        let (kind, name) = (shown.format.media_type(), escaped(&page.name));
        let (width, height) = (shown.width, shown.height);
        let _infallible = write!(
            out,
            "<meta property=\"og:image\" content=\"{url}\" />\
             <meta property=\"og:image:type\" content=\"{kind}\" />\
             <meta property=\"og:image:width\" content=\"{width}\" />\
             <meta property=\"og:image:height\" content=\"{height}\" />\
             <meta property=\"og:image:alt\" content=\"{name}\" />",
        );
    }
    out
}

/// Who it is, where, and what they do.
fn description(page: &PublicPage, menu: &[Section<'_>], does: &str) -> String {
    let mut about = page.name.clone();
    let places = match page.locations.as_slice() {
        [only] => only.address.clone(),
        several => several.iter().map(|at| at.name.as_str()).collect::<Vec<_>>().join(", "),
    };
    if !places.is_empty() {
        let _infallible = write!(about, ", {places}");
    }
    let names: Vec<_> = menu.iter().take(NAMED).map(|section| section.name).collect();
    if !names.is_empty() {
        let _infallible = write!(about, ". {}", names.join(", "));
    }
    let end = if does.ends_with('?') { "" } else { "." };
    let _infallible = write!(about, ". {does}{end}");
    about
}

#[cfg(test)]
mod tests {
    use openchair_domain::images::Format;
    use openchair_domain::messaging::templates::Templates;

    use super::*;
    use crate::pages::fixture::{at, page, picture_of};

    fn written(page: &PublicPage, show: Show, locale: &str) -> String {
        let templates = Templates::load().unwrap();
        let address = Address { slug: page.slug.clone(), show };
        head(page, &address, templates.pages(locale).unwrap(), "https://book.example")
    }

    #[test]
    fn each_page_says_what_it_is_for() {
        let lagoon = page("Lagoon & Sons");
        let book = written(&lagoon, Show::Book, "en");
        for part in [
            "<title>Lagoon &amp; Sons · Book online</title>",
            "<meta name=\"description\" content=\"Lagoon &amp; Sons, 7 Shore Road, Tamuning. \
             Facials, Club. Book online.\" />",
            "<link rel=\"canonical\" href=\"https://book.example/lagoon\" />",
            "<meta property=\"og:url\" content=\"https://book.example/lagoon\" />",
        ] {
            assert!(book.contains(part), "{part} in {book}");
        }
        let queue = written(&lagoon, Show::Queue, "de");
        assert!(queue.contains("<title>Lagoon &amp; Sons · In die Schlange stellen</title>"));
        assert!(queue.contains("href=\"https://book.example/lagoon/queue\""), "{queue}");
        assert!(queue.contains("\"url\":\"https://book.example/lagoon\""), "{queue}");
        let board = written(&lagoon, Show::Board, "en");
        assert!(board.contains("Facials, Club. Whose turn is it?\""), "{board}");
        assert!(!board.contains("ld+json"), "{board}");

        let mut chain = page("Lagoon");
        chain.locations.push(at("Harbour", "Somewhere"));
        chain.menu.services.clear();
        let chain = written(&chain, Show::Book, "en");
        assert!(chain.contains("content=\"Lagoon, Tumon Bay, Harbour. Book online.\""), "{chain}");
    }

    #[test]
    fn whoever_is_sent_the_address_sees_what_it_looks_like() {
        let mut lagoon = page("Lagoon");
        let none = written(&lagoon, Show::Book, "en");
        assert!(
            none.contains("\"twitter:card\" content=\"summary\"") && !none.contains("og:image")
        );
        lagoon.images.logo = Some(picture_of(Format::Png, 512, 300));
        let mark = written(&lagoon, Show::Queue, "en");
        for part in [
            "<meta name=\"twitter:card\" content=\"summary\" />",
            "<meta property=\"og:image\" content=\"https://book.example/media/lagoon/ab.png\" />",
            "<meta property=\"og:image:type\" content=\"image/png\" />",
            "<meta property=\"og:image:width\" content=\"512\" />",
            "<meta property=\"og:image:height\" content=\"300\" />",
            "\"logo\":\"https://book.example/media/lagoon/ab.png\"",
            "\"image\":\"https://book.example/media/lagoon/ab.png\"",
        ] {
            assert!(mark.contains(part), "{part} in {mark}");
        }
        lagoon.images.photo = Some(picture_of(Format::Jpg, 1600, 900));
        let both = written(&lagoon, Show::Book, "en");
        assert_eq!(
            at_once(&lagoon),
            "<link rel=\"preload\" as=\"image\" href=\"/media/lagoon/ab.jpg\" fetchpriority=\"high\" />"
        );
        for part in [
            "<meta name=\"twitter:card\" content=\"summary_large_image\" />",
            "<meta property=\"og:image\" content=\"https://book.example/media/lagoon/ab.jpg\" />",
            "\"logo\":\"https://book.example/media/lagoon/ab.png\"",
            "\"image\":\"https://book.example/media/lagoon/ab.jpg\"",
        ] {
            assert!(both.contains(part), "{part} in {both}");
        }
    }

    #[test]
    fn no_name_is_markup() {
        let mut sly = page("</script><script>alert(1)</script>\"><img src=x onerror='alert(2)'>");
        sly.locations[0].address = "</title><script>alert(3)".into();
        sly.menu.services[0].category_name = "\"><script>alert(4)".into();
        sly.menu.services[0].terms.name = "</script><script>alert(5)".into();
        for show in [Show::Book, Show::Gift, Show::Queue, Show::Board] {
            let head = written(&sly, show, "en");
            // One element for data at most, and it is the only script.
            assert_eq!(head.matches("<script").count(), usize::from(show != Show::Board), "{head}");
            assert_eq!(head.matches("</script").count(), head.matches("<script").count());
            assert!(!head.contains("<img"), "{head}");
            assert_eq!(head.matches("</title>").count(), 1, "{head}");
        }
    }
}
