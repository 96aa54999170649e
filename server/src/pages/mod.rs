//! What customers open: a shop's page, its line, the screen in the shop, and what links in messages lead
//! to. The shop is written into the shell, so that a phone shows it before anything else is asked for, and
//! a search engine reads it.

mod address;
mod business;
#[cfg(test)]
mod fixture;
mod head;
mod menu;
mod plain;
mod shell;

use std::fmt::Write as _;

use openchair_domain::ids::{Id, Location};
use openchair_domain::tenancy::RequestFacts;
use openchair_domain::tenants::PublicPage;
use poem::endpoint::{make, make_sync};
use poem::http::header::{CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, RETRY_AFTER};
use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use poem::{Request, Response, Route, get};
use poem_openapi::types::ToJSON as _;

use crate::app::App;
use crate::auth::facts;
use crate::middleware::security_headers::PAGE_POLICY;
use crate::problem::{ApiError, whole_seconds};
use crate::public::{self, PublicPageView};
use crate::web_files::{self, WebFiles};

use address::{Address, OF_SHOPS, Show, WITH_TOKENS};
use shell::Written;

const ROBOTS: &str = "/robots.txt";

/// `/app` is the staff's, `/apple-spa` is somebody's shop. Framed pages name their address themselves.
const ROBOTS_TEXT: &str = "User-agent: *\nDisallow: /app$\nDisallow: /app/\nDisallow: /v1/\n\
     Disallow: /b/\nDisallow: /w/\nDisallow: /o/\nDisallow: /g/\nDisallow: /q/\nDisallow: /u/\nDisallow: /kiosk/\n";

/// Every path that [`routes`] adds, for the table of methods.
pub fn paths() -> impl Iterator<Item = &'static str> {
    OF_SHOPS.into_iter().chain(WITH_TOKENS.map(|(path, _)| path)).chain([ROBOTS])
}

/// Whether a request for this path asks the database what a call of the API would.
pub fn asks(path: &str) -> bool {
    Address::meant_by(path).is_some()
}

/// Adds the pages.
#[must_use]
pub fn routes(mut route: Route, app: &App, files: WebFiles) -> Route {
    for path in OF_SHOPS {
        let app = app.clone();
        let shop = make(move |request: Request| of_shop(app.clone(), files, request));
        route = route.at(path, get(shop));
    }
    for (path, shell) in WITH_TOKENS {
        let app = app.clone();
        let page =
            make_sync(move |request: Request| with_token(&app, files, shell, request.headers()));
        route = route.at(path, get(page));
    }
    route.at(ROBOTS, get(make_sync(|_| robots())))
}

fn robots() -> Response {
    let text = Response::builder().content_type("text/plain; charset=utf-8");
    text.header("cache-control", "public, max-age=3600").body(ROBOTS_TEXT)
}

/// Whoever has the address may do what it says: it is told to nobody.
fn with_token(app: &App, files: WebFiles, shell: &'static str, headers: &HeaderMap) -> Response {
    let mut page = filled(files, shell, headers, StatusCode::OK, Written::unlisted("Openchair"));
    let out = page.headers_mut();
    if shell == Show::Book.shell() {
        let_pay(app, out);
    }
    out.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    out.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    page
}

async fn of_shop(app: App, files: WebFiles, request: Request) -> Result<Response, ApiError> {
    let who = facts(&request);
    let (uri, headers) = (request.uri(), request.headers());
    let Some(address) = Address::meant_by(uri.path()) else {
        // People who mistype are told in words. Nothing is asked of the database.
        if headers.get("sec-fetch-dest").is_some_and(|what| what == "document") {
            return nobody(&app, files, Show::Book, headers);
        }
        return Err(ApiError::not_found());
    };
    let query = uri.query().unwrap_or_default();
    let shell = address.show.shell();
    let mut page = match find(&app, who, &address, query).await {
        Ok(_) if address.path() != uri.path() => moved(&address.path(), uri.query()),
        Ok(shop) => {
            let written = shop.written(&app, &address, is_framed(query))?;
            filled(files, shell, headers, StatusCode::OK, written)
        }
        Err(error) if error.status == StatusCode::NOT_FOUND => {
            nobody(&app, files, address.show, headers)?
        }
        Err(error) => without(files, shell, headers, &error),
    };
    match address.show {
        Show::Book if is_framed(query) => let_frame(page.headers_mut()),
        Show::Book | Show::Gift => let_pay(&app, page.headers_mut()),
        _ => {}
    }
    Ok(page)
}

/// What is written into a page: what the API would say.
struct Shop {
    page: PublicPage,
    line: Option<public::Line>,
}

async fn find(
    app: &App,
    facts: RequestFacts,
    address: &Address,
    query: &str,
) -> Result<Shop, ApiError> {
    let page = public::shop(app, &facts, &address.slug).await?;
    let tells = matches!(address.show, Show::Queue | Show::Board);
    let line = match line_at(&page, query).filter(|_| tells) {
        Some(at) => Some(Box::pin(public::line(app, facts, &address.slug, at)).await?),
        None => None,
    };
    Ok(Shop { page, line })
}

/// Whose line is shown: what the query names, or what there is only one of.
fn line_at(page: &PublicPage, query: &str) -> Option<Id<Location>> {
    let named = query.split('&').find_map(|part| part.strip_prefix("location="));
    let mut places = page.locations.iter().map(|at| at.id);
    match named {
        Some(named) => {
            let named = Id::parse_or_nothing(named);
            places.find(|id| *id == named)
        }
        None => places.next().filter(|_| page.locations.len() == 1),
    }
}

impl Shop {
    fn written(self, app: &App, address: &Address, framed: bool) -> Result<Written, ApiError> {
        let said = app.templates.pages(&self.page.locale);
        let said = said.map_err(|error| ApiError::internal(&error))?;
        let mut head = head::head(&self.page, address, said, &app.public_url);
        // In a frame, the site around it says who it is.
        if address.show == Show::Book && !framed {
            head.push_str(&head::at_once(&self.page));
        }
        let page = plain::plain(&self.page, said);
        let mut boot = format!("{{\"shop\":{}", PublicPageView::from(self.page).to_json_string());
        if let Some(line) = self.line {
            let _infallible = write!(boot, ",\"queue\":{}", line.queue.to_json_string());
            if address.show == Show::Board {
                let _infallible = write!(boot, ",\"board\":{}", line.board.to_json_string());
            }
        }
        boot.push('}');
        let (locale, direction) = (said.locale(), said.direction());
        Ok(Written { locale, direction, head, page, boot: Some(boot) })
    }
}

/// The shell with something written into it.
fn filled(
    files: WebFiles,
    shell: &'static str,
    headers: &HeaderMap,
    status: StatusCode,
    written: Written,
) -> Response {
    let Some(text) = files.text(shell) else { return web_files::not_built() };
    let page = written.fill(&text).unwrap_or_else(|| {
        tracing::error!(shell, "a shell has lost its marks: nothing is written into it");
        text
    });
    web_files::page(headers, status, page)
}

/// There is no such shop, which the page is told, too: it says so in the visitor's language.
fn nobody(
    app: &App,
    files: WebFiles,
    show: Show,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let said = app.templates.pages("en").map_err(|error| ApiError::internal(&error))?;
    let written = Written {
        page: format!("<main class=\"stack\"><h1>{}</h1></main>", said.words().nobody),
        boot: Some("{\"shop\":null}".into()),
        ..Written::unlisted("Openchair")
    };
    Ok(filled(files, show.shell(), headers, StatusCode::NOT_FOUND, written))
}

/// The page without the shop: it asks the API, and tells people in their words what the API tells it.
fn without(
    files: WebFiles,
    shell: &'static str,
    headers: &HeaderMap,
    error: &ApiError,
) -> Response {
    let mut page = filled(files, shell, headers, error.status, Written::unlisted("Openchair"));
    if let Some(wait) = error.retry_after {
        page.headers_mut().insert(RETRY_AFTER, whole_seconds(wait).into());
    }
    page
}

/// The same page under the address as it is written.
fn moved(path: &str, query: Option<&str>) -> Response {
    let to = query.map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"));
    Response::builder().status(StatusCode::PERMANENT_REDIRECT).header(LOCATION, to).finish()
}

/// Whether somebody's site shows the page in a frame of theirs. It is asked for with the query, not with an
/// address of its own: what is in the frame is the same page, which search engines know by one address, and
/// nothing else has to be told of a second.
fn is_framed(query: &str) -> bool {
    query.split('&').any(|part| part == "embed" || part.starts_with("embed="))
}

/// Where customers pay, the provider's form for cards may stand.
fn let_pay(app: &App, headers: &mut HeaderMap) {
    if let Some(form) = &app.card_form {
        headers.insert(CONTENT_SECURITY_POLICY, form.policy());
    }
}

/// Anybody may frame it: it shows nothing but what anybody may see, and no cookie comes along.
fn let_frame(headers: &mut HeaderMap) {
    let policy = PAGE_POLICY.replace("frame-ancestors 'none'", "frame-ancestors *");
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(CONTENT_SECURITY_POLICY, policy);
    }
    for (name, value) in [
        // A window that it opens, to pay in, may answer it.
        ("cross-origin-opener-policy", "unsafe-none"),
        // A site that isolates itself takes in only what says that it may.
        ("cross-origin-resource-policy", "cross-origin"),
    ] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whose_line_is_meant() {
        let id = |text: &str| Id::<Location>::parse_or_nothing(text);
        let (first, second) = ("loc_06h049y539t1n2894kdsvtnf8r", "loc_06h049y539yhxdz8646gfxgf7c");
        let mut page = fixture::page("Lagoon");
        page.locations[0].id = id(first);
        assert_ne!(id(first), id(second));
        assert_eq!(line_at(&page, ""), Some(id(first)));
        assert_eq!(line_at(&page, "a=b&location=nonsense"), None);
        page.locations.push(fixture::at("Harbour", ""));
        page.locations[1].id = id(second);
        assert_eq!(line_at(&page, ""), None);
        assert_eq!(line_at(&page, &format!("a=b&location={second}")), Some(id(second)));
    }

    #[test]
    fn only_the_policy_of_frames_differs() {
        let mut headers = HeaderMap::new();
        let_frame(&mut headers);
        let policy = headers[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.ends_with("frame-ancestors *"), "{policy}");
        assert_eq!(policy.replace("frame-ancestors *", "frame-ancestors 'none'"), PAGE_POLICY);
        for (query, framed) in
            [("embed", true), ("a=b&embed=1", true), ("", false), ("embedded", false)]
        {
            assert_eq!(is_framed(query), framed, "{query}");
        }
    }
}
