//! `/dev/mail`: what would have been mailed. Only in development and tests.

use std::fmt::Write as _;

use openchair_domain::html::escaped;
use openchair_domain::messaging::mailbox::{self, Delivered};
use poem::endpoint::make;
use poem::web::Json;
use poem::{IntoResponse, Response, Route, get};
use serde_json::json;

use crate::app::App;
use crate::problem::ApiError;

/// How many mails are shown.
const SHOWN: u32 = 200;

/// Adds the page and the same as JSON.
#[must_use]
pub fn routes(route: Route, app: &App) -> Route {
    let (page, list) = (app.clone(), app.clone());
    route
        .at("/dev/mail", get(make(move |_| show(page.clone()))))
        .at("/dev/mail.json", get(make(move |_| as_json(list.clone()))))
}

async fn mails(app: &App) -> Result<Vec<Delivered>, ApiError> {
    Ok(mailbox::recent(&app.db, SHOWN).await?)
}

async fn as_json(app: App) -> Result<Response, ApiError> {
    let mails: Vec<_> = mails(&app)
        .await?
        .into_iter()
        .map(|mail| {
            json!({
                "id": mail.id, "at": mail.at, "to": mail.to, "subject": mail.subject,
                "text": mail.text, "html": mail.html,
            })
        })
        .collect();
    Ok(Json(mails).into_response())
}

async fn show(app: App) -> Result<Response, ApiError> {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Mail</title><link rel=\"stylesheet\" href=\"/docs/docs.css\"></head><body>\
         <h1>Mail</h1><p>What would have been sent, the newest first. Nothing leaves this machine.</p>",
    );
    for mail in mails(&app).await? {
        let _infallible = write!(
            page,
            "<details><summary><strong>{}</strong> <span>to {} at {}</span></summary><p>{}</p></details>",
            escaped(&mail.subject),
            escaped(&mail.to),
            mail.at.format("%Y-%m-%d %H:%M:%S UTC"),
            linked(&mail.text),
        );
    }
    page.push_str("</body></html>");
    Ok(Response::builder().content_type("text/html; charset=utf-8").body(page))
}

/// The text with its lines kept, and its links made links.
fn linked(text: &str) -> String {
    text.lines()
        .map(|line| {
            line.split(' ')
                .map(|word| {
                    if word.starts_with("http://") || word.starts_with("https://") {
                        format!("<a href=\"{0}\">{0}</a>", escaped(word))
                    } else {
                        escaped(word)
                    }
                })
                .collect::<Vec<_>>()
                .join(" ")
        })
        .collect::<Vec<_>>()
        .join("<br>")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_links_and_markup_is_text() {
        let shown = linked("See https://a.example/x#oc_ml_a\n<script>");
        assert_eq!(
            shown,
            "See <a href=\"https://a.example/x#oc_ml_a\">https://a.example/x#oc_ml_a</a><br>&lt;script&gt;"
        );
    }
}
