//! Checkout sessions where a card is left, and nothing is paid; what stands behind them.

use serde_json::{Value, json};

use super::accounts::email;
use super::sessions::{LOCALES, cannot_expand, end, is_embedded, place, shown};
use super::{Call, takes_money};
use crate::problem::Problem;
use crate::state::{State, example};

pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&[
        "mode",
        "success_url",
        "cancel_url",
        "ui_mode",
        "return_url",
        "redirect_on_completion",
        "customer_creation",
        "customer_email",
        "client_reference_id",
        "metadata[*]",
        "setup_intent_data[metadata][*]",
        "setup_intent_data[description]",
        "payment_method_types[#]",
        "locale",
        "expires_at",
        "expand[#]",
    ])?;
    let embedded = is_embedded(call)?;
    params.one_of("locale", &LOCALES)?;
    if params.one_of("payment_method_types[0]", &["card"])?.is_none() {
        let said =
            "You must provide `currency` in `setup` mode when `payment_method_types` is not set.";
        return Err(Problem::coded("parameter_missing", said).about("currency"));
    }
    if params.one_of("customer_creation", &["always", "if_required"])? != Some("always") {
        let said = "The stand-in wants customer_creation=always where a card is left: a card is of use later \
                    only if it is somebody's.";
        return Err(Problem::wrong(said).about("customer_creation"));
    }
    email(params.text("customer_email"), "customer_email")?;
    let expires_at = end(state.now, call)?;
    let metadata = params.metadata("metadata")?;
    let about = params.metadata("setup_intent_data[metadata]")?;
    if params.text("client_reference_id").is_some_and(|id| id.chars().count() > 200) {
        let said = "Invalid string: must be at most 200 characters";
        return Err(Problem::wrong(said).about("client_reference_id"));
    }
    takes_money(state, call)?;
    let (id, intent_id) = (state.new_id("cs_test"), state.new_id("seti"));
    let secret = state.new_id("secret");
    let mut intent = example("setup_intent");
    intent["client_secret"] = format!("{intent_id}_{secret}").into();
    intent["created"] = state.now.into();
    intent["description"] = params.text("setup_intent_data[description]").into();
    intent["id"] = intent_id.as_str().into();
    intent["metadata"] = about;
    state.keep(call.account, intent);
    let mut session = example("checkout.session");
    for name in ["success_url", "cancel_url", "client_reference_id", "customer_email", "locale"] {
        session[name] = params.text(name).into();
    }
    for name in ["amount_subtotal", "amount_total", "currency", "total_details"] {
        session[name] = Value::Null;
    }
    session["created"] = state.now.into();
    session["customer_creation"] = "always".into();
    session["expires_at"] = expires_at.into();
    session["id"] = id.as_str().into();
    session["metadata"] = metadata;
    session["mode"] = "setup".into();
    session["payment_method_collection"] = "always".into();
    session["payment_method_types"] = json!(["card"]);
    session["payment_status"] = "no_payment_required".into();
    session["setup_intent"] = intent_id.as_str().into();
    place(state, call, &mut session, embedded);
    state.titles.insert(id.clone(), "Save your card".to_owned());
    state.keep(call.account, session);
    state.emit(call.account, "setup_intent.created", &intent_id);
    shown(state, call, &id)
}

pub(super) fn read(state: &State, call: &Call, id: &str) -> Result<Value, Problem> {
    call.params.only(&["expand[#]"])?;
    let mut intent = state.of(call.account, "setup_intent", id)?.clone();
    for wanted in call.params.expand() {
        if wanted != "payment_method" {
            return Err(cannot_expand(wanted));
        }
        let method = intent["payment_method"].as_str();
        if let Some(method) =
            method.and_then(|id| state.of(call.account, "payment_method", id).ok())
        {
            intent["payment_method"] = method.clone();
        }
    }
    Ok(intent)
}
