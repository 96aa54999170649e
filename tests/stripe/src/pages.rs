//! The pages that people see: where they pay, where their bank asks who they are, and where a business
//! says who it is.

use serde_json::Value;
use url::form_urlencoded;

use crate::Inner;
use crate::http::{Asked, Said};
use crate::paying::Outcome;
use crate::state::State;
use crate::{embedded, money, portal_page};

const STYLE: &str = include_str!("page.css");

pub(crate) fn answer(inner: &Inner, asked: &Asked) -> Said {
    let words: Vec<&str> = asked.path.trim_start_matches('/').split('/').collect();
    let method = if asked.method == "HEAD" { "GET" } else { asked.method.as_str() };
    let field = |name: &str| {
        form_urlencoded::parse(&asked.body)
            .find(|(one, _)| one == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    match (method, words.as_slice()) {
        // Browsers ask for one of each host, once, and would say that there is none.
        ("GET", ["favicon.ico"]) => Said::text(204, "image/x-icon", String::new()),
        ("GET", ["c", "pay", id]) => inner.act(|state| pay_page(state, id, None)),
        ("POST", ["c", "pay", id]) => {
            let number = field("cardNumber");
            inner.act(|state| {
                let outcome = state.pay(id, &number, &inner.origin);
                after(state, id, outcome)
            })
        }
        ("GET", ["c", "pay", id, "3ds"]) => inner.act(|state| bank_page(state, id)),
        ("POST", ["c", "pay", id, "3ds"]) => {
            let well = field("outcome") == "complete";
            inner.act(|state| {
                let outcome = state.authenticate(id, well);
                after(state, id, outcome)
            })
        }
        ("GET", ["dahlia", "stripe.js"]) => embedded::script(),
        (_, ["embed", rest @ ..]) => embedded::answer(inner, method, rest, asked, &field),
        ("GET", ["setup", "s", _, token]) => inner.act(|state| setup_page(state, token)),
        ("POST", ["setup", "s", _, token]) => {
            let done = field("outcome") == "complete";
            inner.act(|state| set_up(state, token, done))
        }
        ("GET", ["p", "session", token]) => portal_page::show(&inner.state(), token, None),
        ("POST", ["p", "session", token]) => {
            let (deed, subscription) = (field("deed"), field("subscription"));
            let number = field("cardNumber");
            inner.act(|state| portal_page::act(state, token, &deed, &subscription, &number))
        }
        _ => Said::page(404, page("en", "Not found", "<h1>There is nothing here.</h1>")),
    }
}

/// Where a customer is sent after an attempt.
fn after(state: &State, id: &str, outcome: Outcome) -> Said {
    match outcome {
        Outcome::Paid | Outcome::Left | Outcome::Processing => {
            let success = session(state, id).and_then(|session| session["success_url"].as_str());
            Said::elsewhere(&success.unwrap_or_default().replace("{CHECKOUT_SESSION_ID}", id))
        }
        Outcome::Asked => Said::elsewhere(&format!("/c/pay/{id}/3ds")),
        Outcome::Declined { message, .. } => pay_page(state, id, Some(&message)),
        Outcome::NoCard => pay_page(state, id, Some("Your card number is invalid.")),
        Outcome::Closed | Outcome::Unknown => pay_page(state, id, None),
    }
}

fn session<'a>(state: &'a State, id: &str) -> Option<&'a Value> {
    state.any("checkout.session", id).map(|(_, session)| session)
}

pub(crate) fn pay_page(state: &State, id: &str, error: Option<&str>) -> Said {
    let Some((account, session)) = state.any("checkout.session", id) else {
        return Said::page(404, page("en", "Checkout", "<h1>This page was not found.</h1>"));
    };
    let account = account.and_then(|account| state.any("account", account));
    let shop = account.and_then(|(_, account)| account["business_profile"]["name"].as_str());
    let text = |name: &str| session[name].as_str().unwrap_or_default();
    let back = if text("cancel_url").is_empty() {
        String::new()
    } else {
        format!(
            "<a class=back href=\"{}\" data-testid=business-link>&larr; Back</a>",
            escaped(text("cancel_url"))
        )
    };
    let due = session["expires_at"].as_i64().unwrap_or(0) <= state.now;
    let main = match text("status") {
        "open" if !due => {
            let amount = session["amount_total"].as_i64().unwrap_or(0);
            let amount = escaped(&money::shown(amount, text("currency")));
            let email = session["customer_email"].as_str();
            let email = email.or(session["customer_details"]["email"].as_str()).unwrap_or_default();
            let (amount, deed) = match state.billing.wanted(id) {
                Some(wanted) => (escaped(&wanted.shown()), wanted.deed().to_owned()),
                None if state.is_left_at(id) => (String::new(), "Save card".to_owned()),
                None => (amount.clone(), format!("Pay {amount}")),
            };
            let error = error.map_or_else(String::new, |error| {
                format!("<p class=error role=alert>{}</p>", escaped(error))
            });
            format!(
                "<p class=shop>{shop}</p><h1>{title}</h1><p class=amount data-testid=product-summary-total-amount>{amount}</p>\
                 <form method=post>{error}\
                 <label>Email<input name=email type=email autocomplete=email value=\"{email}\"></label>\
                 <label>Card number<input name=cardNumber inputmode=numeric autocomplete=cc-number required placeholder=\"1234 1234 1234 1234\"></label>\
                 <div class=pair>\
                 <label>Expiry<input name=cardExpiry inputmode=numeric autocomplete=cc-exp placeholder=\"MM / YY\"></label>\
                 <label>CVC<input name=cardCvc inputmode=numeric autocomplete=cc-csc placeholder=CVC></label></div>\
                 <label>Cardholder name<input name=billingName autocomplete=cc-name></label>\
                 <button data-testid=hosted-payment-submit-button>{deed}</button></form>",
                shop = escaped(shop.unwrap_or_default()),
                title = escaped(state.titles.get(id).map_or("", String::as_str)),
                email = escaped(email),
            )
        }
        "complete" => "<h1>You're all done here</h1><p>This has been paid, or the bank is taking its time.</p>".to_owned(),
        _ => "<h1>This page has expired</h1><p>Nothing can be paid here any more, and nothing was taken.</p>".to_owned(),
    };
    let locale = match text("locale") {
        "" | "auto" => "en",
        locale => locale,
    };
    Said::page(200, page(locale, "Checkout", &format!("{back}{main}")))
}

pub(crate) fn bank_page(state: &State, id: &str) -> Said {
    let asks = |kind: &str| {
        session(state, id)
            .and_then(|session| session[kind].as_str())
            .and_then(|intent| state.any(kind, intent))
            .is_some_and(|(_, intent)| intent["status"] == "requires_action")
    };
    let waits = asks("payment_intent") || asks("setup_intent") || state.billing.is_asked(id);
    if !waits {
        return pay_page(state, id, None);
    }
    let form = "<h1>3D Secure 2 Test Page</h1><p>Your bank asks whether this is you.</p><form method=post>\
         <button name=outcome value=complete id=test-source-authorize-3ds>Complete</button>\
         <button name=outcome value=fail id=test-source-fail-3ds class=plain>Fail</button></form>";
    Said::page(200, page("en", "3D Secure", form))
}

/// A link is good for one look; whoever comes again is sent for a new one.
fn setup_page(state: &mut State, token: &str) -> Said {
    let now = state.now;
    let Some(link) = state.links.get_mut(token) else {
        return Said::page(404, page("en", "Set up", "<h1>This link is not valid.</h1>"));
    };
    if link.seen || link.expires_at <= now {
        return Said::elsewhere(&link.refresh_url);
    }
    link.seen = true;
    let account = link.account.clone();
    let name = state.any("account", &account);
    let name = name.and_then(|(_, account)| account["business_profile"]["name"].as_str());
    let form = format!(
        "<p class=shop>{}</p><h1>Get paid</h1><p>Here a business says who it is and where its money goes.</p>\
         <form method=post><button name=outcome value=complete data-testid=submit>Say everything</button>\
         <button name=outcome value=later class=plain data-testid=later>Save for later</button></form>",
        escaped(name.unwrap_or(&account)),
    );
    Said::page(200, page("en", "Set up", &form))
}

fn set_up(state: &mut State, token: &str, done: bool) -> Said {
    let Some(link) = state.links.get(token).cloned() else {
        return Said::page(404, page("en", "Set up", "<h1>This link is not valid.</h1>"));
    };
    if done {
        state.onboard(&link.account);
    }
    Said::elsewhere(&link.return_url)
}

pub(crate) fn page(locale: &str, title: &str, main: &str) -> String {
    let locale = escaped(locale);
    format!(
        "<!doctype html><html lang=\"{locale}\"><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}</style>\
         <main><p class=test>Stand-in of Stripe: no real money</p>{main}</main></html>"
    )
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
