//! Which address shows which page. The development server asks `web/scripts/shells.mjs`, which says the
//! same.

use openchair_domain::config::is_reserved_slug;
use openchair_domain::text;

/// What a page of a shop is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// Booking.
    Book,
    /// A voucher for somebody.
    Gift,
    /// The line, for who might join it.
    Queue,
    /// The screen in the shop.
    Board,
}

impl Show {
    pub(super) const fn shell(self) -> &'static str {
        match self {
            Self::Book | Self::Gift => BOOK,
            Self::Queue => QUEUE,
            Self::Board => "board.html",
        }
    }

    const fn rest(self) -> &'static str {
        match self {
            Self::Book => "",
            Self::Gift => "/gift",
            Self::Queue => "/queue",
            Self::Board => "/tv",
        }
    }
}

const BOOK: &str = "book.html";
const QUEUE: &str = "queue.html";

/// Pages whose address is a secret: visits, what somebody waits for, offers, vouchers; tickets, tablets; and that
/// of customers who come back, whose secret stands behind the `#`. Nothing of it is looked at here: the page asks
/// the API.
pub(super) const WITH_TOKENS: [(&str, &str); 7] = [
    ("/me", BOOK),
    ("/b/:token", BOOK),
    ("/w/:token", BOOK),
    ("/o/:token", BOOK),
    ("/g/:token", BOOK),
    ("/q/:token", QUEUE),
    ("/kiosk/:token", QUEUE),
];

/// A shop's pages, also as somebody types them.
pub(super) const OF_SHOPS: [&str; 8] = [
    "/:shop",
    "/:shop/",
    "/:shop/gift",
    "/:shop/gift/",
    "/:shop/queue",
    "/:shop/queue/",
    "/:shop/tv",
    "/:shop/tv/",
];

/// The address of a shop's page.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Address {
    pub(super) slug: String,
    pub(super) show: Show,
}

impl Address {
    /// What is meant by a path, if it can be the address of a shop's page.
    pub(super) fn meant_by(path: &str) -> Option<Self> {
        let path = path.strip_prefix('/')?;
        let path = path.strip_suffix('/').unwrap_or(path);
        let (shop, show) = match path.split_once('/') {
            None => (path, Show::Book),
            Some((shop, "gift")) => (shop, Show::Gift),
            Some((shop, "queue")) => (shop, Show::Queue),
            Some((shop, "tv")) => (shop, Show::Board),
            Some(_) => return None,
        };
        let slug = text::slug(&shop.to_ascii_lowercase()).ok()?;
        (!is_reserved_slug(&slug)).then_some(Self { slug, show })
    }

    /// As it is written.
    pub(super) fn path(&self) -> String {
        format!("/{}{}", self.slug, self.show.rest())
    }
}

#[cfg(test)]
mod tests {
    use regex::Regex;

    use super::*;
    use crate::web_files::PUBLIC_PAGES;

    /// The shell that the server shows at this address.
    fn shell(path: &str) -> Option<&'static str> {
        let in_app = path == "/app" || path.starts_with("/app/");
        let token = WITH_TOKENS.iter().find_map(|(pattern, shell)| {
            if path == *pattern {
                return Some(*shell);
            }
            let token = path.strip_prefix(pattern.strip_suffix(":token")?)?;
            (!token.is_empty() && !token.contains('/')).then_some(*shell)
        });
        in_app
            .then_some("app.html")
            .or(PUBLIC_PAGES.contains(&path).then_some("index.html"))
            .or(token)
            .or(Address::meant_by(path).map(|address| address.show.shell()))
    }

    #[test]
    fn the_development_server_shows_the_same() {
        let script = include_str!("../../../web/scripts/shells.mjs");
        let line = Regex::new(r"name: '(\w+)',\s*pages: /(.+)/,").unwrap();
        let shells: Vec<_> = line
            .captures_iter(script)
            .map(|found| (found[1].to_owned(), Regex::new(&found[2].replace(r"\/", "/")).unwrap()))
            .collect();
        assert_eq!(shells.len(), 5, "{script}");
        for path in [
            "/",
            "/sign-up",
            "/sign-in",
            "/sign-in/link",
            "/forgot-password",
            "/reset-password",
            "/verify-email",
            "/join",
            "/app",
            "/app/",
            "/app/settings/security",
            "/apple-spa",
            "/lagoon",
            "/lagoon/gift",
            "/lagoon/queue",
            "/lagoon/tv",
            "/app/queue",
            "/app/tv",
            "/me",
            "/b/oc_1",
            "/w/oc_1",
            "/o/oc_1",
            "/g/oc_1",
            "/g/gift",
            "/q/oc_1",
            "/kiosk/oc_1",
            "/lagoon/elsewhere",
            "/lagoon/gift/elsewhere",
            "/lagoon/queue/elsewhere",
        ] {
            let theirs = shells.iter().find(|(_, pages)| pages.is_match(path));
            let theirs = theirs.map(|(name, _)| format!("{name}.html"));
            assert_eq!(shell(path), theirs.as_deref(), "{path}");
        }
    }

    #[test]
    fn what_can_be_meant() {
        let page = |slug: &str, show| Some(Address { slug: slug.into(), show });
        for (path, meant) in [
            ("/lagoon", page("lagoon", Show::Book)),
            ("/Lagoon-Spa/", page("lagoon-spa", Show::Book)),
            ("/LAGOON/queue/", page("lagoon", Show::Queue)),
            ("/lagoon/gift/", page("lagoon", Show::Gift)),
            ("/lagoon/tv", page("lagoon", Show::Board)),
            ("/lagoon//", None),
            ("/lagoon/TV", None),
            ("/", None),
            ("//lagoon", None),
            ("/ab", None),
            ("/favicon.ico", None),
            ("/lagoon%20spa", None),
            ("/v2", None),
            ("/Help", None),
            ("/docs/queue", None),
        ] {
            assert_eq!(Address::meant_by(path), meant, "{path}");
        }
        assert_eq!(Address::meant_by("/LAGOON/queue/").unwrap().path(), "/lagoon/queue");
        assert_eq!(Address::meant_by("/lagoon/").unwrap().path(), "/lagoon");
    }
}
