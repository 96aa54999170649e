//! A browser sends its cookie along whoever wrote the page. For what changes something, the page
//! must be ours.

use openchair_domain::identity::Proof;
use poem::Request;
use poem::http::Method;
use poem::http::header::{HOST, ORIGIN};

use crate::problem::ApiError;

fn wrong() -> ApiError {
    ApiError::forbidden("wrong_origin", "This was sent from a page that is not ours.")
}

/// A request that shows a cookie must prove where it comes from.
pub(super) fn check(request: &Request, proof: &Proof, public_url: &str) -> Result<(), ApiError> {
    if matches!(proof, Proof::Bearer(_)) || is_safe(request.method()) {
        return Ok(());
    }
    match verdict(request, public_url) {
        Some(true) => Ok(()),
        Some(false) | None => Err(wrong()),
    }
}

/// A request without a proof may come from a program, which says nothing of where it comes from; if
/// it comes from a page, the page must be ours: signing somebody in as somebody else is an attack.
pub(super) fn check_visitor(request: &Request, public_url: &str) -> Result<(), ApiError> {
    if is_safe(request.method()) || verdict(request, public_url) != Some(false) {
        Ok(())
    } else {
        Err(wrong())
    }
}

/// A socket is asked for by `GET`, and does as much as anything else: who shows a cookie proves where
/// they come from; of a page that says so, even who shows something else.
pub(super) fn check_socket(
    request: &Request,
    proof: Option<&Proof>,
    public_url: &str,
) -> Result<(), ApiError> {
    match (proof, verdict(request, public_url)) {
        (_, Some(true)) | (None | Some(Proof::Bearer(_)), None) => Ok(()),
        (_, Some(false)) | (Some(Proof::Cookie(_)), None) => Err(wrong()),
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// Whether the page is ours, as far as the browser says.
fn verdict(request: &Request, public_url: &str) -> Option<bool> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(origin) = header(ORIGIN.as_str()) {
        let authority = origin.split_once("://").map(|(_, authority)| authority);
        let same_host = authority.is_some() && authority == header(HOST.as_str());
        return Some(same_host || origin == public_url);
    }
    header("sec-fetch-site").map(|site| matches!(site, "same-origin" | "none"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_only_good_from_our_own_pages() {
        let ours = "https://book.example";
        let cases: [(Option<&str>, Option<&str>, Option<bool>); 9] = [
            (Some("https://book.example"), None, Some(true)),
            (Some("http://127.0.0.1:8080"), None, Some(true)),
            (Some("https://evil.example"), None, Some(false)),
            (Some("null"), None, Some(false)),
            (Some("https://book.example.evil.example"), None, Some(false)),
            (Some("https://evil.example"), Some("same-origin"), Some(false)),
            (None, Some("same-origin"), Some(true)),
            (None, Some("cross-site"), Some(false)),
            (None, None, None),
        ];
        for (origin, site, expected) in cases {
            let mut request = Request::builder().header(HOST, "127.0.0.1:8080");
            if let Some(origin) = origin {
                request = request.header(ORIGIN, origin);
            }
            if let Some(site) = site {
                request = request.header("sec-fetch-site", site);
            }
            assert_eq!(verdict(&request.finish(), ours), expected, "{origin:?} {site:?}");
        }
    }
}
