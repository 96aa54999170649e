//! Where payments begin, the pages where people pay, and where it is confirmed what was told.

use crate::form;
use crate::http::{Asked, Said};
use crate::process;
use crate::state::{Method, Payment, Status, rand};
use crate::{Inner, Outcome};

pub(crate) fn answer(inner: &Inner, asked: &Asked) -> Said {
    let words: Vec<&str> = asked.path.trim_start_matches('/').split('/').collect();
    match (asked.method.as_str(), words.as_slice()) {
        ("POST", ["eng", "process"]) => begin(inner, asked),
        ("POST", ["eng", "query", "validate"]) => {
            let valid = confirms(inner, asked);
            let word = if valid { "VALID" } else { "INVALID" };
            Said::text(200, "text/html; charset=utf-8", word.to_owned())
        }
        ("GET", ["eng", "process", "payment", page]) => {
            show(inner.state().at_page(page).map(|payment| &*payment))
        }
        ("POST", ["eng", "process", "payment", page]) => {
            let said = form::read(&asked.body);
            let cancels = said.iter().any(|(name, value)| name == "deed" && value == "cancel");
            let done = if cancels {
                inner.cancel(page).then_some("cancel_url")
            } else {
                (inner.pay(page, Method::Card) == Outcome::Paid).then_some("return_url")
            };
            let mut state = inner.state();
            let payment = state.at_page(page);
            match (done, payment) {
                (Some(name), Some(payment)) => Said::elsewhere(payment.field(name)),
                (_, payment) => show(payment.map(|payment| &*payment)),
            }
        }
        _ => Said::page(404, page("<h1>There is nothing here.</h1>")),
    }
}

fn is_form(asked: &Asked) -> bool {
    asked.header("content-type").starts_with("application/x-www-form-urlencoded")
}

fn begin(inner: &Inner, asked: &Asked) -> Said {
    if !is_form(asked) {
        return Said::page(400, page("<h1>400 Bad Request</h1>"));
    }
    let begun = process::begin(&mut inner.state(), &asked.body);
    match begun {
        Ok(page) => Said::elsewhere(&format!("{}/eng/process/payment/{page}", inner.origin)),
        Err(wrong) => {
            let text = format!("<h1>400 Bad Request</h1><p>{}</p>", escaped(&wrong));
            Said::page(400, page(&text))
        }
    }
}

/// Whether these very fields were told by us; the signature may be among them.
fn confirms(inner: &Inner, asked: &Asked) -> bool {
    let mut said = form::read(&asked.body);
    said.retain(|(name, _)| name != "signature");
    is_form(asked) && inner.state().told.contains(&said)
}

fn show(payment: Option<&Payment>) -> Said {
    let Some(payment) = payment else {
        return Said::page(404, page("<h1>This payment was not found.</h1>"));
    };
    if payment.status == Status::Complete {
        return Said::page(200, page("<h1>This payment has been made.</h1>"));
    }
    let form = format!(
        "<h1>{}</h1><p data-testid=amount>R {}</p><form method=post>\
         <button name=deed value=pay data-testid=pay>Pay</button>\
         <button name=deed value=cancel class=plain data-testid=cancel>Cancel</button></form>",
        escaped(payment.field("item_name")),
        rand(payment.amount)
    );
    Said::page(200, page(&form))
}

fn page(main: &str) -> String {
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <title>PayFast</title><main><p>Stand-in of PayFast: no real money</p>{main}</main></html>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
