//! Checkout sessions: pages where customers pay.

use serde_json::{Value, json};

use super::accounts::email;
use super::{Call, setup, subscribing, takes_money};
use crate::money;
use crate::problem::Problem;
use crate::state::{State, example};

/// How long a page can be paid at the least and at the most.
const SHORTEST: i64 = 30 * 60;
const LONGEST: i64 = 24 * 60 * 60;
/// The languages of the page.
pub(super) const LOCALES: [&str; 41] = [
    "auto", "bg", "cs", "da", "de", "el", "en", "en-GB", "es", "es-419", "et", "fi", "fil", "fr",
    "fr-CA", "hr", "hu", "id", "it", "ja", "ko", "lt", "lv", "ms", "mt", "nb", "nl", "pl", "pt",
    "pt-BR", "ro", "ru", "sk", "sl", "sv", "th", "tr", "vi", "zh", "zh-HK", "zh-TW",
];

pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    match params.text("mode") {
        Some("subscription") => return subscribing::create(state, call),
        Some("setup") => return setup::create(state, call),
        _ => {}
    }
    params.only(&[
        "mode",
        "line_items[#][quantity]",
        "line_items[#][price_data][currency]",
        "line_items[#][price_data][unit_amount]",
        "line_items[#][price_data][product_data][name]",
        "line_items[#][price_data][product_data][description]",
        "success_url",
        "cancel_url",
        "ui_mode",
        "return_url",
        "redirect_on_completion",
        "payment_intent_data[metadata][*]",
        "payment_intent_data[description]",
        "payment_intent_data[receipt_email]",
        "payment_intent_data[statement_descriptor_suffix]",
        "payment_intent_data[setup_future_usage]",
        "customer_creation",
        "payment_method_types[#]",
        "metadata[*]",
        "client_reference_id",
        "customer_email",
        "locale",
        "submit_type",
        "expires_at",
        "expand[#]",
    ])?;
    params.need("mode")?;
    params.one_of("mode", &["payment", "setup", "subscription"])?;
    let embedded = is_embedded(call)?;
    params.one_of("locale", &LOCALES)?;
    params.one_of("submit_type", &["auto", "book", "donate", "pay", "subscribe"])?;
    params.one_of("payment_method_types[0]", &["card"])?;
    let creation = params.one_of("customer_creation", &["always", "if_required"])?;
    let usage = "payment_intent_data[setup_future_usage]";
    params.one_of(usage, &["off_session", "on_session"])?;
    email(params.text("customer_email"), "customer_email")?;
    email(params.text("payment_intent_data[receipt_email]"), "payment_intent_data[receipt_email]")?;
    let (title, amount, currency) = total(call)?;
    let expires_at = end(state.now, call)?;
    let metadata = params.metadata("metadata")?;
    let about = params.metadata("payment_intent_data[metadata]")?;
    if params.text("client_reference_id").is_some_and(|id| id.chars().count() > 200) {
        let said = "Invalid string: must be at most 200 characters";
        return Err(Problem::wrong(said).about("client_reference_id"));
    }
    takes_money(state, call)?;
    let id = state.new_id("cs_test");
    let mut session = example("checkout.session");
    for name in [
        "success_url",
        "cancel_url",
        "client_reference_id",
        "customer_email",
        "locale",
        "submit_type",
    ] {
        session[name] = params.text(name).into();
    }
    session["amount_subtotal"] = amount.into();
    session["amount_total"] = amount.into();
    session["created"] = state.now.into();
    session["currency"] = currency.into();
    session["customer_creation"] = creation.unwrap_or("if_required").into();
    session["expires_at"] = expires_at.into();
    session["id"] = id.as_str().into();
    session["metadata"] = metadata;
    session["payment_method_collection"] = "if_required".into();
    place(state, call, &mut session, embedded);
    let said = |name: &str| params.text(&format!("payment_intent_data[{name}]"));
    let data = json!({
        "description": said("description"),
        "receipt_email": said("receipt_email"),
        "setup_future_usage": said("setup_future_usage"),
        "statement_descriptor_suffix": said("statement_descriptor_suffix"),
        "metadata": about,
    });
    state.intent_data.insert(id.clone(), data);
    state.titles.insert(id.clone(), title);
    state.keep(call.account, session);
    shown(state, call, &id)
}

/// Whether it is paid within somebody's own page; where the customer goes afterwards is said otherwise then.
pub(super) fn is_embedded(call: &Call) -> Result<bool, Problem> {
    let params = call.params;
    let embedded =
        params.one_of("ui_mode", &["embedded_page", "hosted_page"])? == Some("embedded_page");
    if !embedded {
        params.need("success_url")?;
        params.url("success_url")?;
        params.url("cancel_url")?;
        for only_there in ["return_url", "redirect_on_completion"] {
            if params.has(only_there) {
                let said =
                    format!("`{only_there}` can only be used with `ui_mode` `embedded_page`.");
                return Err(Problem::wrong(said).about(only_there));
            }
        }
        return Ok(false);
    }
    for only_there in ["success_url", "cancel_url"] {
        if params.has(only_there) {
            let said = format!("`{only_there}` can't be used with `ui_mode` `embedded_page`.");
            return Err(Problem::wrong(said).about(only_there));
        }
    }
    let redirects = params.one_of("redirect_on_completion", &["always", "if_required", "never"])?;
    if redirects == Some("never") {
        if params.has("return_url") {
            let said = "`return_url` can't be used when `redirect_on_completion` is `never`.";
            return Err(Problem::wrong(said).about("return_url"));
        }
    } else {
        params.need("return_url")?;
        params.url("return_url")?;
    }
    Ok(true)
}

/// Says where a session is shown: on a page here, or within somebody's.
pub(super) fn place(state: &mut State, call: &Call, session: &mut Value, embedded: bool) {
    let id = session["id"].as_str().unwrap_or_default().to_owned();
    if !embedded {
        session["ui_mode"] = "hosted_page".into();
        session["url"] = format!("{}/c/pay/{id}", call.origin).into();
        return;
    }
    let secret = state.new_id("secret");
    session["cancel_url"] = Value::Null;
    session["client_secret"] = format!("{id}_{secret}").into();
    let redirects = call.params.text("redirect_on_completion").unwrap_or("always");
    session["redirect_on_completion"] = redirects.into();
    session["return_url"] = call.params.text("return_url").into();
    session["success_url"] = Value::Null;
    session["ui_mode"] = "embedded_page".into();
    session["url"] = Value::Null;
}

/// What is paid for, how much, and in what.
fn total(call: &Call) -> Result<(String, i64, String), Problem> {
    let params = call.params;
    if !params.has("line_items") {
        return Err(Problem::missing("line_items"));
    }
    let (mut titles, mut sum, mut currency): (Vec<String>, i64, Option<String>) =
        (Vec::new(), 0, None);
    let lines = (0..).map(|number| format!("line_items[{number}]"));
    for line in lines.take_while(|line| params.has(line)) {
        let quantity_param = format!("{line}[quantity]");
        let quantity = params.need_integer(&quantity_param)?;
        let of = |name: &str| format!("{line}[price_data]{name}");
        let named = money::currency(params.need(&of("[currency]"))?, &of("[currency]"))?;
        let amount = params.need_integer(&of("[unit_amount]"))?;
        titles.push(params.need(&of("[product_data][name]"))?.to_owned());
        for (number, param) in [(quantity, quantity_param), (amount, of("[unit_amount]"))] {
            if number < 0 {
                let said = format!("Invalid non-negative integer: {number}");
                return Err(Problem::coded("parameter_invalid_integer", said).about(&param));
            }
        }
        money::possible(amount, &named, &of("[unit_amount]"))?;
        if currency.get_or_insert_with(|| named.clone()) != &named {
            let said = "All prices on a Checkout Session must have the same `currency`.";
            return Err(Problem::wrong(said).about("line_items"));
        }
        sum =
            amount.checked_mul(quantity).and_then(|line| sum.checked_add(line)).unwrap_or(i64::MAX);
    }
    let Some(currency) = currency else { return Err(Problem::missing("line_items[0]")) };
    money::chargeable(sum, &currency, "line_items")?;
    Ok((titles.join(", "), sum, currency))
}

pub(super) fn end(now: i64, call: &Call) -> Result<i64, Problem> {
    let Some(end) = call.params.integer("expires_at")? else { return Ok(now + LONGEST) };
    let said = match end - now {
        ahead if ahead < SHORTEST => {
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation."
        }
        ahead if ahead > LONGEST => {
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation."
        }
        _ => return Ok(end),
    };
    Err(Problem::wrong(said).about("expires_at"))
}

pub(super) fn read(state: &mut State, call: &Call, id: &str) -> Result<Value, Problem> {
    call.params.only(&["expand[#]"])?;
    state.of(call.account, "checkout.session", id)?;
    state.expire_if_due(id);
    shown(state, call, id)
}

pub(super) fn expire(state: &mut State, call: &Call, id: &str) -> Result<Value, Problem> {
    call.params.only(&["expand[#]"])?;
    state.of(call.account, "checkout.session", id)?;
    state.expire_if_due(id);
    let session = state.of(call.account, "checkout.session", id)?;
    if session["status"] != "open" {
        let status = session["status"].as_str().unwrap_or_default();
        let said = format!(
            "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a \
             status of `{status}`."
        );
        return Err(Problem::wrong(said).begun());
    }
    state.expire(id);
    shown(state, call, id)
}

/// As it is answered with: what is asked for is written out in full.
pub(super) fn shown(state: &State, call: &Call, id: &str) -> Result<Value, Problem> {
    let mut session = state.of(call.account, "checkout.session", id)?.clone();
    for wanted in call.params.expand() {
        let (behind, within) = match wanted {
            "payment_intent" => ("payment_intent", None),
            "payment_intent.latest_charge" => ("payment_intent", Some(("latest_charge", "charge"))),
            "payment_intent.payment_method" => {
                ("payment_intent", Some(("payment_method", "payment_method")))
            }
            "setup_intent" => ("setup_intent", None),
            "setup_intent.payment_method" => {
                ("setup_intent", Some(("payment_method", "payment_method")))
            }
            _ => return Err(cannot_expand(wanted)),
        };
        let in_full = |value: &Value, kind: &str| {
            let id = value.as_str()?;
            state.of(call.account, kind, id).ok().cloned()
        };
        if let Some(intent) = in_full(&session[behind], behind) {
            session[behind] = intent;
        }
        if let Some((name, kind)) = within
            && let Some(found) = in_full(&session[behind][name], kind)
        {
            session[behind][name] = found;
        }
    }
    Ok(session)
}

pub(super) fn cannot_expand(what: &str) -> Problem {
    let said = format!("This property cannot be expanded ({what}).");
    Problem::coded("property_expansion_unavailable", said).about("expand")
}
