//! Payments that are taken from a card on file while its owner isn't there, and cards that are forgotten.

use serde_json::{Value, json};

use super::{Call, list, named, takes_money};
use crate::money;
use crate::problem::Problem;
use crate::state::{State, example};

/// Takes money at once.
pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&[
        "amount",
        "currency",
        "customer",
        "payment_method",
        "off_session",
        "confirm",
        "automatic_payment_methods[enabled]",
        "automatic_payment_methods[allow_redirects]",
        "metadata[*]",
        "description",
        "receipt_email",
        "statement_descriptor_suffix",
    ])?;
    let amount = params.need_integer("amount")?;
    let currency = money::currency(params.need("currency")?, "currency")?;
    money::chargeable(amount, &currency, "amount")?;
    for name in ["off_session", "confirm", "automatic_payment_methods[enabled]"] {
        params.one_of(name, &["true", "false"])?;
    }
    if params.text("confirm") != Some("true") {
        let said = "You can only set off_session when confirm is true.";
        return Err(Problem::wrong(said).about("off_session"));
    }
    if params.text("off_session") != Some("true") {
        let said = "The stand-in takes money at once only while nobody is there: off_session=true.";
        return Err(Problem::wrong(said).about("off_session"));
    }
    // Whoever isn't there can't be sent elsewhere.
    let redirects = params
        .one_of("automatic_payment_methods[allow_redirects]", &["always", "never"])?
        .unwrap_or("always");
    if params.text("automatic_payment_methods[enabled]") != Some("true") || redirects == "always" {
        let said = "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because \
                    some of these payment methods might redirect your customer off of your page, you must provide a \
                    `return_url`. If you don't want to accept redirect-based payment methods, set \
                    `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]` \
                    to `never` when creating Setup Intents and Payment Intents.";
        return Err(Problem::wrong(said));
    }
    let metadata = params.metadata("metadata")?;
    let method = params.need("payment_method")?;
    let owner = named(state, call, "payment_method", method, "payment_method")?["customer"].clone();
    if owner.is_null() {
        let said = "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, \
                    shared with a connected account without Customer attachment, or was detached from a Customer. \
                    It may not be used again. To use a PaymentMethod multiple times, you must attach it to a \
                    Customer first.";
        return Err(Problem::wrong(said).about("payment_method").begun());
    }
    let customer = params.need("customer")?;
    named(state, call, "customer", customer, "customer")?;
    if owner != customer {
        let said = format!(
            "The customer does not have a payment method with the ID {method}. The payment method must be attached \
             to the customer."
        );
        return Err(Problem::wrong(said).about("payment_method").begun());
    }
    takes_money(state, call)?;
    let id = state.new_id("pi");
    let secret = state.new_id("secret");
    let mut intent = example("payment_intent");
    intent["amount"] = amount.into();
    intent["automatic_payment_methods"] = json!({ "allow_redirects": "never", "enabled": true });
    intent["client_secret"] = format!("{id}_{secret}").into();
    intent["created"] = state.now.into();
    intent["currency"] = currency.into();
    for name in ["customer", "description", "payment_method", "receipt_email"] {
        intent[name] = params.text(name).into();
    }
    intent["statement_descriptor_suffix"] = params.text("statement_descriptor_suffix").into();
    intent["id"] = id.as_str().into();
    intent["metadata"] = metadata;
    state.keep(call.account, intent);
    state.emit(call.account, "payment_intent.created", &id);
    let taken = state.take_off_session(call.account, &id);
    if taken.is_err() {
        // A card that was declined isn't that of the payment any more.
        state.change(&id)["payment_method"] = Value::Null;
    }
    let intent = state.of(call.account, "payment_intent", &id)?.clone();
    match taken {
        Ok(()) => Ok(intent),
        Err(code) => {
            let error = intent["last_payment_error"].clone();
            Err(Problem::declined(&error, code, intent))
        }
    }
}

/// Payments, the newest first.
pub(super) fn list(state: &State, call: &Call) -> Result<Value, Problem> {
    call.params.only(&["customer", "limit", "starting_after"])?;
    let customer = call.params.text("customer");
    if let Some(customer) = customer {
        named(state, call, "customer", customer, "customer")?;
    }
    let mine = state.all("payment_intent").filter(|(owner, one)| {
        *owner == call.account && customer.is_none_or(|customer| one["customer"] == customer)
    });
    let found = mine.map(|(_, one)| one.clone()).collect();
    list::page(call, "/v1/payment_intents", found)
}

/// Nothing is ever taken from this card again.
pub(super) fn detach(state: &mut State, call: &Call, id: &str) -> Result<Value, Problem> {
    call.params.only(&[])?;
    let method = state.of(call.account, "payment_method", id)?;
    if method["customer"].is_null() {
        let said = "The payment method you provided is not attached to a customer so detachment is impossible.";
        return Err(Problem::wrong(said).begun());
    }
    state.change(id)["customer"] = Value::Null;
    state.emit(call.account, "payment_method.detached", id);
    state.of(call.account, "payment_method", id).cloned()
}
