//! Checkout sessions where a business takes a plan.

use serde_json::Value;

use super::sessions::{LOCALES, end, shown};
use super::{Call, named, platform_only};
use crate::billing::{Wanted, is_over};
use crate::money;
use crate::problem::Problem;
use crate::state::{State, example};

/// How far away a trial's end is at the least and at the most.
const SHORTEST_TRIAL: i64 = 2 * 24 * 60 * 60;
const LONGEST_TRIAL: i64 = 730 * 24 * 60 * 60;

pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&[
        "mode",
        "line_items[#][price]",
        "line_items[#][quantity]",
        "success_url",
        "cancel_url",
        "customer",
        "client_reference_id",
        "metadata[*]",
        "subscription_data[metadata][*]",
        "subscription_data[description]",
        "subscription_data[trial_end]",
        "payment_method_types[#]",
        "payment_method_collection",
        "locale",
        "expires_at",
        "expand[#]",
    ])?;
    platform_only(call)?;
    params.need("success_url")?;
    params.url("success_url")?;
    params.url("cancel_url")?;
    params.one_of("locale", &LOCALES)?;
    params.one_of("payment_method_types[0]", &["card"])?;
    params.one_of("payment_method_collection", &["always"])?;
    let expires_at = end(state.now, call)?;
    let trial_end = trial(state.now, call)?;
    let metadata = params.metadata("metadata")?;
    let about = params.metadata("subscription_data[metadata]")?;
    if params.text("client_reference_id").is_some_and(|id| id.chars().count() > 200) {
        let said = "Invalid string: must be at most 200 characters";
        return Err(Problem::wrong(said).about("client_reference_id"));
    }
    let Some(customer) = params.text("customer") else {
        let said =
            "The stand-in wants a customer where a plan is taken, so that there is only one.";
        return Err(Problem::coded("parameter_missing", said).about("customer"));
    };
    let email = named(state, call, "customer", customer, "customer")?["email"].clone();
    let (price, quantity) = line(state, call)?;
    one_currency(state, customer, &price)?;
    let wanted = Wanted {
        price,
        quantity,
        trial_end,
        description: params.text("subscription_data[description]").map(str::to_owned),
        metadata: about,
    };
    let amount = if trial_end.is_some() { 0 } else { wanted.amount() };
    let currency = wanted.price["currency"].as_str().unwrap_or_default();
    if wanted.amount() > 0 {
        money::chargeable(wanted.amount(), currency, "line_items")?;
    }
    let id = state.new_id("cs_test");
    let mut session = example("checkout.session");
    for name in ["success_url", "cancel_url", "client_reference_id", "customer", "locale"] {
        session[name] = params.text(name).into();
    }
    session["amount_subtotal"] = amount.into();
    session["amount_total"] = amount.into();
    session["created"] = state.now.into();
    session["currency"] = currency.into();
    session["customer_details"] = serde_json::json!({
        "address": null, "business_name": null, "email": email, "individual_name": null,
        "name": null, "phone": null, "tax_exempt": "none", "tax_ids": null,
    });
    session["expires_at"] = expires_at.into();
    session["id"] = id.as_str().into();
    session["metadata"] = metadata;
    session["mode"] = "subscription".into();
    session["payment_method_collection"] = "always".into();
    session["url"] = format!("{}/c/pay/{id}", call.origin).into();
    let title = state.product_name(&wanted.price);
    state.titles.insert(id.clone(), title);
    state.billing.want(&id, wanted);
    state.keep(None, session);
    shown(state, call, &id)
}

fn trial(now: i64, call: &Call) -> Result<Option<i64>, Problem> {
    let param = "subscription_data[trial_end]";
    let Some(end) = call.params.integer(param)? else { return Ok(None) };
    let said = match end - now {
        ahead if ahead < SHORTEST_TRIAL => {
            "The `trial_end` date has to be at least 2 days in the future."
        }
        ahead if ahead > LONGEST_TRIAL => {
            "The maximum number of trial period days is 730 (2 years)."
        }
        _ => return Ok(Some(end)),
    };
    Err(Problem::wrong(said).about(param))
}

/// What is taken, and how much of it.
fn line(state: &State, call: &Call) -> Result<(Value, i64), Problem> {
    let params = call.params;
    if !params.has("line_items[0]") {
        return Err(Problem::missing("line_items"));
    }
    if params.has("line_items[1]") {
        let said = "The stand-in knows subscriptions to one thing only.";
        return Err(Problem::wrong(said).about("line_items[1]"));
    }
    let param = "line_items[0][price]";
    let price = takeable(state, call, params.need(param)?, param)?;
    let quantity = params.need_integer("line_items[0][quantity]")?;
    if quantity < 1 {
        let said = format!("Invalid positive integer: {quantity}");
        return Err(
            Problem::coded("parameter_invalid_integer", said).about("line_items[0][quantity]")
        );
    }
    Ok((price, quantity))
}

/// A price that somebody can take.
pub(super) fn takeable(
    state: &State,
    call: &Call,
    id: &str,
    param: &str,
) -> Result<Value, Problem> {
    let price = named(state, call, "price", id, param)?;
    if price["active"] != true {
        let said = "The price specified is inactive. This field only accepts active prices.";
        return Err(Problem::wrong(said).about(param));
    }
    let product = price["product"].as_str().and_then(|product| state.any("product", product));
    if product.is_some_and(|(_, product)| product["active"] != true) {
        let said = format!(
            "Price `{id}` is not available to be purchased because its product is not active."
        );
        return Err(Problem::wrong(said).about(param));
    }
    Ok(price.clone())
}

/// Whoever pays in one currency can't begin to pay in another.
fn one_currency(state: &State, customer: &str, price: &Value) -> Result<(), Problem> {
    let other = state.all("subscription").find(|(_, one)| {
        one["customer"] == customer && !is_over(one) && one["currency"] != price["currency"]
    });
    let Some((_, other)) = other else { return Ok(()) };
    let said = format!(
        "You cannot combine currencies on a single customer. This customer has an active subscription, \
         subscription schedule, discount, quote, or invoice item with currency {}",
        other["currency"].as_str().unwrap_or_default()
    );
    Err(Problem::wrong(said))
}
