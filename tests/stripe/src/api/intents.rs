//! Payment intents: what stands behind a payment.

use serde_json::{Value, json};

use super::{Call, charging, sessions, takes_money};
use crate::money;
use crate::problem::Problem;
use crate::state::{State, example};

pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    if params.has("confirm") || params.has("off_session") {
        return charging::create(state, call);
    }
    params.only(&[
        "amount",
        "currency",
        "automatic_payment_methods[enabled]",
        "payment_method_types[#]",
        "metadata[*]",
        "description",
        "receipt_email",
        "statement_descriptor_suffix",
    ])?;
    let amount = params.need_integer("amount")?;
    let currency = money::currency(params.need("currency")?, "currency")?;
    money::chargeable(amount, &currency, "amount")?;
    let automatic = params.one_of("automatic_payment_methods[enabled]", &["true", "false"])?;
    params.one_of("payment_method_types[0]", &["card"])?;
    let metadata = params.metadata("metadata")?;
    takes_money(state, call)?;
    let id = state.new_id("pi");
    let secret = state.new_id("secret");
    let mut intent = example("payment_intent");
    intent["amount"] = amount.into();
    if let Some(automatic) = automatic {
        intent["automatic_payment_methods"] =
            json!({ "allow_redirects": "always", "enabled": automatic == "true" });
    }
    intent["client_secret"] = format!("{id}_{secret}").into();
    intent["created"] = state.now.into();
    intent["currency"] = currency.into();
    for name in ["description", "receipt_email", "statement_descriptor_suffix"] {
        intent[name] = params.text(name).into();
    }
    intent["id"] = id.as_str().into();
    intent["metadata"] = metadata;
    state.keep(call.account, intent.clone());
    state.emit(call.account, "payment_intent.created", &id);
    Ok(intent)
}

pub(super) fn read(state: &State, call: &Call, id: &str) -> Result<Value, Problem> {
    call.params.only(&["expand[#]"])?;
    let mut intent = state.of(call.account, "payment_intent", id)?.clone();
    for wanted in call.params.expand() {
        if wanted != "latest_charge" {
            return Err(sessions::cannot_expand(wanted));
        }
        let charge = intent["latest_charge"].as_str();
        if let Some(charge) = charge.and_then(|id| state.of(call.account, "charge", id).ok()) {
            intent["latest_charge"] = charge.clone();
        }
    }
    Ok(intent)
}

pub(super) fn cancel(state: &mut State, call: &Call, id: &str) -> Result<Value, Problem> {
    call.params.only(&["cancellation_reason"])?;
    let reasons = ["duplicate", "fraudulent", "requested_by_customer", "abandoned"];
    let reason = call.params.one_of("cancellation_reason", &reasons)?;
    let intent = state.of(call.account, "payment_intent", id)?;
    let status = intent["status"].as_str().unwrap_or_default();
    let unexpected =
        |said: String| Err(Problem::coded("payment_intent_unexpected_state", said).begun());
    if state.all("checkout.session").any(|(_, one)| one["payment_intent"] == id) {
        return unexpected(
            "You cannot cancel this PaymentIntent because it was created by a Checkout Session. Expire the \
             Checkout Session instead."
                .to_owned(),
        );
    }
    if !matches!(status, "requires_payment_method" | "requires_confirmation" | "requires_action") {
        return unexpected(format!(
            "You cannot cancel this PaymentIntent because it has a status of {status}. Only a PaymentIntent \
             with one of the following statuses may be canceled: requires_payment_method, requires_capture, \
             requires_confirmation, requires_action, processing."
        ));
    }
    let reason = reason.map_or(Value::Null, Value::from);
    state.cancel(id, "abandoned");
    state.change(id)["cancellation_reason"] = reason;
    state.of(call.account, "payment_intent", id).cloned()
}
