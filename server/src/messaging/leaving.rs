//! `/u/…`: where somebody says that they don't want such messages any more. A page with one button,
//! written here because it must work in any program that shows mail; the button and the one-click of
//! mail programs (RFC 8058) send the same. Looking at it changes nothing: scanners follow links.

use openchair_domain::fault::{Explain as _, Kind};
use openchair_domain::html::escaped;
use openchair_domain::messaging::{self, Leaver, templates::Leave};
use openchair_domain::tenancy::RequestFacts;
use poem::endpoint::make;
use poem::http::StatusCode;
use poem::{Request, Response, Route, get};

use crate::app::App;
use crate::auth::facts;
use crate::problem::ApiError;

/// The path, for the table of methods.
pub const PATH: &str = "/u/:token";

/// Adds the page.
#[must_use]
pub fn routes(route: Route, app: &App) -> Route {
    let (page, done) = (app.clone(), app.clone());
    let ask = make(move |request: Request| answer(page.clone(), request, false));
    let leave = make(move |request: Request| answer(done.clone(), request, true));
    route.at(PATH, get(ask).post(leave))
}

async fn answer(app: App, request: Request, leaves: bool) -> Result<Response, ApiError> {
    let facts: RequestFacts = facts(&request);
    app.limits.public(&facts).await?;
    let token = request.path_params::<String>().unwrap_or_default();
    match messaging::who_leaves(&app.db, &token, facts).await {
        Ok(leaver) => {
            if leaves {
                messaging::leave(&app.db, &leaver).await?;
            }
            let words = words(&app, &leaver.locale)?;
            Ok(shown(StatusCode::OK, &page(words, &leaver, leaves)))
        }
        Err(error) if error.kind() == Kind::NotFound => {
            let words = words(&app, "en")?;
            Ok(shown(StatusCode::NOT_FOUND, &whole("en", "", &words.nowhere, "")))
        }
        Err(error) => Err(error.into()),
    }
}

fn words<'a>(app: &'a App, locale: &str) -> Result<&'a Leave, ApiError> {
    app.templates.leave(locale).map_err(|error| ApiError::internal(&error))
}

fn page(words: &Leave, leaver: &Leaver, left: bool) -> String {
    let business = &leaver.business;
    if left {
        return whole(&leaver.locale, business, &words.done, "");
    }
    let form = format!(
        "<form method=\"post\"><input type=\"hidden\" name=\"List-Unsubscribe\" value=\"One-Click\">\
         <button>{}</button></form>",
        escaped(&words.button)
    );
    whole(&leaver.locale, business, &words.question.replace("{business}", business), &form)
}

fn whole(locale: &str, title: &str, text: &str, form: &str) -> String {
    let dir = if locale.starts_with("ar") { "rtl" } else { "ltr" };
    format!(
        "<!doctype html><html lang=\"{}\" dir=\"{dir}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title>\
         <link rel=\"stylesheet\" href=\"/docs/docs.css\"></head>\
         <body><main><h1>{title}</h1><p>{}</p>{form}</main></body></html>",
        escaped(locale),
        escaped(text),
        title = escaped(title),
    )
}

fn shown(status: StatusCode, page: &str) -> Response {
    Response::builder()
        .status(status)
        .content_type("text/html; charset=utf-8")
        .header("cache-control", "no-store")
        .header("referrer-policy", "no-referrer")
        .body(page.to_owned())
}
