//! The page where a business looks at its bills, changes its card and cancels.

use serde_json::Value;

use crate::api::Portal;
use crate::billing::{is_over, why_not_left};
use crate::http::Said;
use crate::money;
use crate::pages::{escaped, page};
use crate::paying::Outcome;
use crate::periods;
use crate::state::State;

pub(crate) fn show(state: &State, token: &str, error: Option<&str>) -> Said {
    let Some(portal) = open(state, token) else { return over() };
    let Some((_, customer)) = state.any("customer", &portal.customer) else { return over() };
    let text = |name: &str| customer[name].as_str().unwrap_or_default();
    let back = portal.return_url.as_deref().map_or_else(String::new, |url| {
        format!("<a class=back href=\"{}\" data-testid=return-link>&larr; Back</a>", escaped(url))
    });
    let error = error.map_or_else(String::new, |error| {
        format!("<p class=error role=alert>{}</p>", escaped(error))
    });
    let plans: String = state
        .subscriptions_of(&portal.customer)
        .iter()
        .filter_map(|id| state.any("subscription", id))
        .filter(|(_, one)| !is_over(one))
        .map(|(_, one)| plan(state, one))
        .collect();
    let bills: String = state
        .all("invoice")
        .filter(|(_, one)| one["customer"] == portal.customer.as_str())
        .map(|(_, one)| bill(one))
        .collect();
    let card = customer["invoice_settings"]["default_payment_method"].as_str();
    let card = card.and_then(|method| state.any("payment_method", method));
    let card = card.and_then(|(_, method)| method["card"]["last4"].as_str());
    let card = card.map_or_else(String::new, |last| {
        format!("<p data-testid=payment-method>•••• {}</p>", escaped(last))
    });
    let main = format!(
        "{back}<p class=shop>{name}</p><h1>Your plan</h1>{error}{plans}\
         <h1>Your card</h1>{card}<form method=post>\
         <label>Card number<input name=cardNumber inputmode=numeric autocomplete=cc-number required placeholder=\"1234 1234 1234 1234\"></label>\
         <button name=deed value=card data-testid=confirm>Save card</button></form>\
         <h1>Your bills</h1><ul>{bills}</ul>",
        name = escaped(text("name")),
    );
    let locale = if portal.locale == "auto" { "en" } else { &portal.locale };
    Said::page(200, page(locale, "Billing", &main))
}

fn plan(state: &State, subscription: &Value) -> String {
    let item = &subscription["items"]["data"][0];
    let price = &item["price"];
    let day = |at: &Value| at.as_i64().map(periods::day).unwrap_or_default();
    let text = |name: &str| subscription[name].as_str().unwrap_or_default();
    let ends = &subscription["cancel_at"];
    let (when, deed, label) = if ends.is_null() {
        let when = format!("Goes on at {}", day(&item["current_period_end"]));
        (when, "cancel", "Cancel subscription")
    } else {
        (format!("Ends at {}", day(ends)), "resume", "Don't cancel subscription")
    };
    format!(
        "<h2>{title}</h2><p class=amount>{amount} per {interval}</p>\
         <p data-testid=status>{status}</p><p>{when}</p>\
         <form method=post><input type=hidden name=subscription value=\"{id}\">\
         <button name=deed value={deed} class=plain data-testid={deed}>{label}</button></form>",
        title = escaped(&state.product_name(price)),
        amount =
            escaped(&money::shown(price["unit_amount"].as_i64().unwrap_or(0), text("currency"))),
        interval = price["recurring"]["interval"].as_str().unwrap_or_default(),
        status = escaped(text("status")),
        id = escaped(text("id")),
    )
}

fn bill(invoice: &Value) -> String {
    let text = |name: &str| invoice[name].as_str().unwrap_or_default();
    format!(
        "<li>{number}: {amount}, {status}, {day}</li>",
        number = escaped(text("number")),
        amount = money::shown(invoice["amount_due"].as_i64().unwrap_or(0), text("currency")),
        status = escaped(text("status")),
        day = periods::day(invoice["created"].as_i64().unwrap_or(0)),
    )
}

fn open<'a>(state: &'a State, token: &str) -> Option<&'a Portal> {
    state.billing.portals.get(token).filter(|portal| portal.expires_at > state.now)
}

fn over() -> Said {
    Said::page(404, page("en", "Billing", "<h1>This link is not valid, or has expired.</h1>"))
}

/// What somebody does there.
pub(crate) fn act(
    state: &mut State,
    token: &str,
    deed: &str,
    subscription: &str,
    number: &str,
) -> Said {
    let Some(portal) = open(state, token).cloned() else { return over() };
    if deed == "card" {
        return match why_not_left(number) {
            Some(Outcome::Declined { message, .. }) => show(state, token, Some(&message)),
            Some(_) => show(state, token, Some("Your card number is invalid.")),
            None => {
                state.card_of(&portal.customer, number);
                Said::elsewhere(&format!("/p/session/{token}"))
            }
        };
    }
    let theirs = state
        .any("subscription", subscription)
        .is_some_and(|(_, one)| one["customer"] == portal.customer.as_str() && !is_over(one));
    if !theirs || !matches!(deed, "cancel" | "resume") {
        return show(state, token, Some("That can't be done."));
    }
    state.end_with_period(subscription, deed == "cancel");
    state.emit(None, "customer.subscription.updated", subscription);
    Said::elsewhere(&format!("/p/session/{token}"))
}
