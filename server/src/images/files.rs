//! `/media/…`: the pictures themselves, for anybody. An address names the bytes, so whoever has them keeps
//! them for ever; one that was replaced or removed is found nowhere.

use openchair_domain::images::{self, Address};
use openchair_domain::tenancy::SystemReason;
use poem::endpoint::make;
use poem::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, X_CONTENT_TYPE_OPTIONS,
};
use poem::http::{HeaderName, HeaderValue, StatusCode};
use poem::{Body, Request, Response, Route, get};

use crate::app::App;
use crate::problem::ApiError;
use crate::web_files::{FOR_EVER, is_fresh};

/// The path, for the table of methods.
pub const PATH: &str = "/media/:shop/:file";

/// If somebody's browser shows it as a page all the same: nothing runs there.
const POLICY: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// Whether a request for this path asks the database what a call of the API would.
pub fn asks(path: &str) -> bool {
    path.starts_with("/media/")
}

/// Adds the pictures.
#[must_use]
pub fn routes(route: Route, app: &App) -> Route {
    let app = app.clone();
    route.at(PATH, get(make(move |request: Request| answer(app.clone(), request))))
}

async fn answer(app: App, request: Request) -> Result<Response, ApiError> {
    let part = |name| request.raw_path_param(name).unwrap_or_default();
    let address = Address::meant_by(part("shop"), part("file")).ok_or_else(ApiError::not_found)?;
    let tx = app.db.system(SystemReason::PublicPage).await?;
    let tag = format!("\"{}\"", address.hash());
    let has_it = is_fresh(request.headers(), &tag);
    let image = if has_it { None } else { images::find(&tx, &address).await? };
    let there = image.is_some() || (has_it && images::is_there(&tx, &address).await?);
    tx.commit().await?;
    if !there {
        return Err(ApiError::not_found());
    }

    let mut response = Response::builder().finish();
    let out = response.headers_mut();
    out.insert(CACHE_CONTROL, HeaderValue::from_static(FOR_EVER));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        out.insert(ETAG, tag);
    }
    let Some(image) = image else {
        response.set_status(StatusCode::NOT_MODIFIED);
        return Ok(response);
    };
    for (name, value) in [
        (CONTENT_TYPE, image.facts.format.media_type()),
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // Anybody may see it, so anybody's page may show it.
        (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
    ] {
        out.insert(name, HeaderValue::from_static(value));
    }
    response.set_body(Body::from_vec(image.bytes));
    Ok(response)
}
