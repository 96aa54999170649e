//! The web client, built into the server: its shells and their assets. What is written into the shells of
//! customers' pages is said in `pages`.

use std::borrow::Cow;
use std::fmt;

use data_encoding::HEXLOWER;
use poem::error::NotFoundError;
use poem::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    VARY,
};
use poem::http::{HeaderMap, HeaderValue, StatusCode};
use poem::{Body, Endpoint, EndpointExt, Request, Response, Result, Route, get};
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};

use crate::middleware::compress::{Encoding, is_compressible};

#[derive(RustEmbed)]
#[folder = "../web/dist"]
#[allow_missing = true]
struct Dist;

/// One file as it is embedded.
#[derive(Clone)]
pub struct File {
    /// Its bytes.
    pub data: Cow<'static, [u8]>,
    /// SHA-256 of the bytes.
    pub hash: [u8; 32],
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File").field("bytes", &self.data.len()).finish_non_exhaustive()
    }
}

/// Where the files come from.
#[derive(Debug, Clone, Copy)]
pub struct WebFiles {
    find: fn(&str) -> Option<File>,
}

impl WebFiles {
    /// The files that were there when the server was built.
    pub fn embedded() -> Self {
        Self::new(|path| {
            let file = Dist::get(path)?;
            Some(File { hash: file.metadata.sha256_hash(), data: file.data })
        })
    }

    /// Files from elsewhere, for tests.
    pub fn new(find: fn(&str) -> Option<File>) -> Self {
        Self { find }
    }

    /// A file of text, to be written into.
    pub(crate) fn text(self, path: &str) -> Option<String> {
        String::from_utf8((self.find)(path)?.data.into_owned()).ok()
    }

    /// Whether there is a web build at all.
    pub fn is_built(self) -> bool {
        (self.find)("index.html").is_some()
    }
}

/// Pages of the public shell.
pub const PUBLIC_PAGES: [&str; 8] = [
    "/",
    "/sign-up",
    "/sign-in",
    "/sign-in/link",
    "/forgot-password",
    "/reset-password",
    "/verify-email",
    "/join",
];

/// Files that browsers look for at the root.
const ROOT_FILES: [&str; 4] =
    ["favicon.ico", "favicon.svg", "apple-touch-icon.png", "manifest.webmanifest"];

/// The service workers: of the staff pages, and of the notes that customers get. From the root they may
/// have what they like for their scope, the staff's `/app` itself.
const WORKERS: [&str; 2] = ["sw.js", "notes.js"];
/// What a worker may do is said by its script's answer, not by the page: it fetches our own files.
const WORKER_POLICY: &str = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";

/// The script that businesses put on sites of their own.
const WIDGET: &str = "widget.js";

/// What the shells link to may change with each build: look again each time (an ETag makes it
/// cheap). What carries a hash in its name never changes.
const LOOK_AGAIN: &str = "no-cache";
pub(crate) const FOR_EVER: &str = "public, max-age=31536000, immutable";
/// Its name is on others' sites and never changes: looked for once an hour, by each visitor of theirs.
const FOR_AN_HOUR: &str = "public, max-age=3600";

/// Every path that [`routes`] adds, for the table of methods.
pub fn paths() -> impl Iterator<Item = String> {
    let pages = PUBLIC_PAGES.iter().map(|&page| page.to_owned());
    let root = ROOT_FILES.iter().chain(&WORKERS).map(|name| format!("/{name}"));
    let others = ["/app", "/app/*rest", "/assets/*file", "/widget.js"];
    pages.chain(root).chain(others.map(str::to_owned))
}

/// Adds the shells and the assets.
#[must_use]
pub fn routes(mut route: Route, files: WebFiles) -> Route {
    for page in PUBLIC_PAGES {
        route = route.at(page, get(shell(files, "index.html")));
    }
    for name in ROOT_FILES {
        route = route.at(format!("/{name}"), get(file(files, name)));
    }
    for name in WORKERS {
        route = route.at(format!("/{name}"), get(worker(files, name)));
    }
    route
        .at("/app", get(shell(files, "app.html")))
        .at("/app/*rest", get(shell(files, "app.html")))
        .at("/assets/*file", get(asset(files)))
        .at("/widget.js", get(widget(files)))
}

fn shell(files: WebFiles, name: &'static str) -> impl Endpoint + 'static {
    poem::endpoint::make_sync(move |req| {
        serve(files, name, req.headers(), LOOK_AGAIN).unwrap_or_else(not_built)
    })
    .map_to_response()
}

fn file(files: WebFiles, name: &'static str) -> impl Endpoint + 'static {
    poem::endpoint::make_sync(move |req| found(serve(files, name, req.headers(), LOOK_AGAIN)))
}

fn worker(files: WebFiles, name: &'static str) -> impl Endpoint + 'static {
    poem::endpoint::make_sync(move |req| {
        let mut script = found(serve(files, name, req.headers(), LOOK_AGAIN))?;
        let policy = HeaderValue::from_static(WORKER_POLICY);
        script.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        Ok::<_, poem::Error>(script)
    })
}

fn widget(files: WebFiles) -> impl Endpoint + 'static {
    poem::endpoint::make_sync(move |req| {
        let mut script = found(serve(files, WIDGET, req.headers(), FOR_AN_HOUR))?;
        let anywhere = HeaderValue::from_static("cross-origin");
        script.headers_mut().insert("cross-origin-resource-policy", anywhere);
        Ok::<_, poem::Error>(script)
    })
}

fn asset(files: WebFiles) -> impl Endpoint + 'static {
    poem::endpoint::make_sync(move |req: Request| {
        let name = req.raw_path_param("file").unwrap_or_default();
        // The compressed twins are answers to the plain name, not files of their own.
        let twin = name.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "br" | "gz"));
        let path = format!("assets/{name}");
        let answer = serve(files, &path, req.headers(), FOR_EVER);
        found(answer.filter(|_| !twin))
    })
}

/// A missing file is 404, never the shell: a page that is told to load HTML as script only says
/// that something is wrong, not what.
fn found(answer: Option<Response>) -> Result<Response> {
    answer.ok_or_else(|| NotFoundError.into())
}

fn serve(
    files: WebFiles,
    path: &str,
    headers: &HeaderMap,
    cache: &'static str,
) -> Option<Response> {
    let plain = (files.find)(path)?;
    let twins = Encoding::accepted(headers).into_iter().find_map(|encoding| {
        let ending = match encoding {
            Encoding::Br => "br",
            Encoding::Gzip => "gz",
        };
        (files.find)(&format!("{path}.{ending}")).map(|twin| (twin, Some(encoding)))
    });
    let (file, encoding) = twins.unwrap_or((plain, None));
    let kind = content_type(path);
    let tag = etag(&file, encoding);
    let fresh = is_fresh(headers, &tag);

    let mut response = Response::builder().finish();
    let out = response.headers_mut();
    out.insert(CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(ETAG, tag);
    }
    if is_compressible(&kind) {
        out.insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    if fresh {
        response.set_status(StatusCode::NOT_MODIFIED);
        return Some(response);
    }
    if let Ok(kind) = HeaderValue::from_str(&kind) {
        out.insert(CONTENT_TYPE, kind);
    }
    if let Some(encoding) = encoding {
        out.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    response.set_body(match file.data {
        Cow::Borrowed(data) => Body::from(data),
        Cow::Owned(data) => Body::from_vec(data),
    });
    Some(response)
}

/// A page that was written for this request. Its tag is that of its bytes: what comes out the same is not
/// sent again.
pub(crate) fn page(headers: &HeaderMap, status: StatusCode, page: String) -> Response {
    let mut response = Response::builder().content_type("text/html; charset=utf-8").finish();
    response.set_status(status);
    if status == StatusCode::OK {
        let hash = Sha256::digest(&page).into();
        let tag = etag(&File { data: Cow::Borrowed(&[]), hash }, None);
        let fresh = is_fresh(headers, &tag);
        let out = response.headers_mut();
        out.insert(CACHE_CONTROL, HeaderValue::from_static(LOOK_AGAIN));
        out.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if let Ok(tag) = HeaderValue::from_str(&tag) {
            out.insert(ETAG, tag);
        }
        if fresh {
            out.remove(CONTENT_TYPE);
            response.set_status(StatusCode::NOT_MODIFIED);
            return response;
        }
    }
    response.set_body(page);
    response
}

fn content_type(path: &str) -> String {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let is_text = kind.type_() == "text" || kind.subtype() == "javascript";
    if is_text { format!("{kind}; charset=utf-8") } else { kind.to_string() }
}

/// One tag per encoding: they are different bytes.
fn etag(file: &File, encoding: Option<Encoding>) -> String {
    let hash = HEXLOWER.encode(&file.hash[..12]);
    encoding.map_or_else(|| format!("\"{hash}\""), |it| format!("\"{hash}-{}\"", it.name()))
}

pub(crate) fn is_fresh(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut known = values.flat_map(|value| value.split(',')).map(str::trim);
    known.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

pub(crate) fn not_built() -> Response {
    const PAGE: &str = "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
        <title>Openchair</title>\n<h1>The web client is not built in</h1>\n\
        <p>This server was built without its web files. Run <code>cargo xtask up</code>, or build \
        them by <code>npm ci &amp;&amp; npm run build</code> in <code>web/</code> and then the \
        server again.</p>\n<p>The API answers all the same: <a href=\"/docs\">/docs</a>.</p>\n";
    Response::builder()
        .status(StatusCode::SERVICE_UNAVAILABLE)
        .content_type("text/html; charset=utf-8")
        .header(CACHE_CONTROL, "no-store")
        .body(PAGE)
}

#[cfg(test)]
mod tests {
    use poem::http::Method;

    use super::*;
    use crate::middleware::head::HeadByGet;
    use crate::problem::Normalise;
    use crate::testing::{Answer, Client};

    fn some_files(path: &str) -> Option<File> {
        let data: &'static [u8] = match path {
            "index.html" => b"<p>public",
            "index.html.br" => b"BR",
            "app.html" => b"<p>staff",
            "assets/a-1.js" => b"let a",
            "assets/a-1.js.br" => b"JSBR",
            "assets/a-1.js.gz" => b"JSGZ",
            "assets/font.woff2" => b"font",
            "widget.js" => b"let w",
            "sw.js" => b"let s",
            "notes.js" => b"let n",
            "manifest.webmanifest" => b"{}",
            _ => return None,
        };
        let mut hash = [0; 32];
        hash[..data.len()].copy_from_slice(data);
        Some(File { data: data.into(), hash })
    }

    fn app(find: fn(&str) -> Option<File>) -> Client<impl Endpoint> {
        let routes = routes(Route::new(), WebFiles::new(find));
        Client(routes.with(Normalise::default()).with(HeadByGet))
    }

    async fn fetch(path: &str, accept: &str) -> Answer {
        app(some_files).get(path).header("accept-encoding", accept).send().await
    }

    #[tokio::test]
    async fn pages_have_their_shell() {
        for page in PUBLIC_PAGES {
            let answer = fetch(page, "").await;
            assert_eq!(answer.text(), "<p>public", "{page}");
            assert_eq!(answer.header("cache-control"), "no-cache");
            assert_eq!(answer.header("content-type"), "text/html; charset=utf-8");
        }
        for page in ["/app", "/app/", "/app/team", "/app/settings/security", "/app/a.js"] {
            assert_eq!(fetch(page, "br").await.text(), "<p>staff", "{page}");
        }
        for nothing in ["/nothing", "/apple", "/sign-up/x", "/favicon.ico", "/assets", "/assets/"] {
            assert_eq!(fetch(nothing, "").await.refusal(), (404, "not_found".into()), "{nothing}");
        }
    }

    #[tokio::test]
    async fn assets_come_compressed_and_stay_for_ever() {
        for (accept, body, encoding) in [
            ("gzip, br", "JSBR", "br"),
            ("gzip", "JSGZ", "gzip"),
            ("br;q=0.1, gzip", "JSGZ", "gzip"),
            ("", "let a", ""),
        ] {
            let answer = fetch("/assets/a-1.js", accept).await;
            assert_eq!((answer.text(), answer.header("content-encoding")), (body, encoding));
            assert_eq!(answer.header("content-type"), "text/javascript; charset=utf-8");
            assert_eq!(answer.header("cache-control"), FOR_EVER);
            assert_eq!(answer.header("vary"), "accept-encoding");
        }
        let font = fetch("/assets/font.woff2", "br, gzip").await;
        assert_eq!((font.text(), font.header("vary")), ("font", ""));
        assert_eq!(font.header("content-type"), "font/woff2");
        for missing in ["/assets/a-2.js", "/assets/a-1.js.br", "/assets/../index.html"] {
            assert_eq!(fetch(missing, "").await.status.as_u16(), 404, "{missing}");
        }
    }

    #[tokio::test]
    async fn what_is_installed_is_looked_for_each_time() {
        for (path, kind) in [
            ("/sw.js", "text/javascript; charset=utf-8"),
            ("/notes.js", "text/javascript; charset=utf-8"),
            ("/manifest.webmanifest", "application/manifest+json"),
        ] {
            let answer = fetch(path, "").await;
            assert_eq!(answer.header("content-type"), kind);
            assert_eq!(answer.header("cache-control"), "no-cache");
            assert_eq!(app(|_| None).get(path).send().await.status.as_u16(), 404, "{path}");
        }
        for path in ["/sw.js", "/notes.js"] {
            let worker = fetch(path, "").await;
            assert!(
                worker.header("content-security-policy").contains("connect-src 'self'"),
                "{path}"
            );
        }
    }

    #[tokio::test]
    async fn others_sites_may_load_the_widget() {
        let script = fetch("/widget.js", "").await;
        assert_eq!(script.text(), "let w");
        assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(script.header("cache-control"), "public, max-age=3600");
        assert_eq!(script.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(app(|_| None).get("/widget.js").send().await.status.as_u16(), 404);
    }

    #[tokio::test]
    async fn what_is_known_is_not_sent_again() {
        let first = fetch("/", "br").await;
        let tag = first.header("etag").to_owned();
        assert!(tag.ends_with("-br\""));
        let app = app(some_files);
        for (known, status) in [
            (tag.clone(), 304),
            (format!("W/{tag}"), 304),
            (format!("\"x\", {tag}"), 304),
            ("*".into(), 304),
            ("\"x\"".into(), 200),
        ] {
            let call = app.get("/").header("accept-encoding", "br");
            let answer = call.header("if-none-match", &known).send().await;
            assert_eq!(answer.status.as_u16(), status, "{known}");
            assert_eq!(answer.body.is_empty(), status == 304);
            assert_eq!(answer.header("etag"), tag);
        }
        let plain = app.get("/").header("if-none-match", &tag).send().await;
        assert_eq!(plain.status.as_u16(), 200);
        let head = app.call(Method::HEAD, "/").send().await;
        assert_eq!((head.body.len(), head.header("content-length")), (0, "9"));
    }

    /// A new web build must reach the next server build.
    #[test]
    fn what_lies_in_the_folder_is_embedded() {
        fn look(folder: &std::path::Path, prefix: &str) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let name = format!("{prefix}{}", path.file_name().unwrap().to_str().unwrap());
                if path.is_dir() {
                    look(&path, &format!("{name}/"));
                } else {
                    let file = (WebFiles::embedded().find)(&name).expect("a file is missing");
                    assert_eq!(file.data, std::fs::read(path).unwrap(), "{name}");
                }
            }
        }
        let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../web/dist"));
        look(folder, "");
        assert_eq!(WebFiles::embedded().is_built(), folder.join("index.html").exists());
    }

    #[tokio::test]
    async fn without_a_web_build_it_says_so() {
        let app = app(|_| None);
        for page in ["/", "/app/team"] {
            let answer = app.get(page).send().await;
            assert_eq!(answer.status.as_u16(), 503);
            assert!(answer.text().contains("cargo xtask up"));
        }
        assert_eq!(app.get("/assets/a-1.js").send().await.status.as_u16(), 404);
    }
}
