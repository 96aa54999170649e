//! Who has which plan, and what was billed for it.

use serde_json::{Value, json};

use super::subscribing::takeable;
use super::{Call, list, named, platform_only};
use crate::billing::{is_over, plan_of};
use crate::problem::Problem;
use crate::state::State;

/// How a subscription can be asked for.
const STATUSES: [&str; 10] = [
    "all",
    "active",
    "canceled",
    "ended",
    "incomplete",
    "incomplete_expired",
    "past_due",
    "paused",
    "trialing",
    "unpaid",
];

pub(super) fn list(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&["customer", "status", "price", "limit", "starting_after"])?;
    platform_only(call)?;
    let status = params.one_of("status", &STATUSES)?;
    if let Some(customer) = params.text("customer") {
        named(state, call, "customer", customer, "customer")?;
    }
    let asked = |one: &Value| {
        params.text("customer").is_none_or(|wanted| one["customer"] == wanted)
            && params
                .text("price")
                .is_none_or(|wanted| one["items"]["data"][0]["price"]["id"] == wanted)
            && match status {
                None => one["status"] != "canceled",
                Some("all") => true,
                Some("ended") => is_over(one),
                Some(status) => one["status"] == status,
            }
    };
    let found = state.all("subscription").filter(|(_, one)| asked(one));
    list::page(call, "/v1/subscriptions", found.map(|(_, one)| one.clone()).collect())
}

pub(super) fn invoices(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&["customer", "subscription", "status", "limit", "starting_after"])?;
    platform_only(call)?;
    params.one_of("status", &["draft", "open", "paid", "uncollectible", "void"])?;
    let of = |one: &Value| one["parent"]["subscription_details"]["subscription"].clone();
    let asked = |one: &Value| {
        let has = |name: &str| params.text(name).is_none_or(|wanted| one[name] == wanted);
        has("customer")
            && has("status")
            && params.text("subscription").is_none_or(|wanted| of(one) == wanted)
    };
    let found = state.all("invoice").filter(|(_, one)| asked(one));
    list::page(call, "/v1/invoices", found.map(|(_, one)| one.clone()).collect())
}

pub(super) fn change(state: &mut State, call: &Call, id: &str) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&[
        "items[#][id]",
        "items[#][price]",
        "items[#][quantity]",
        "proration_behavior",
        "cancel_at_period_end",
        "metadata[*]",
    ])?;
    let behavior = params.one_of("proration_behavior", &["create_prorations", "none"])?;
    let ending = params.one_of("cancel_at_period_end", &["true", "false"])?;
    let metadata = params.metadata("metadata")?;
    let found = state.of(call.account, "subscription", id)?.clone();
    if is_over(&found) && (params.has("items") || ending.is_some()) {
        let said = "A canceled subscription can only update its cancellation_details and metadata.";
        return Err(Problem::wrong(said).begun());
    }
    let item = item(state, call, &found)?;
    if let Some(item) = item {
        if behavior != Some("none") {
            prorate(state, id, &found, &item);
        }
        state.change(id)["items"]["data"][0] = item;
    }
    if let Some(ending) = ending {
        state.end_with_period(id, ending == "true");
        state.change(id)["cancel_at_period_end"] = (ending == "true").into();
    }
    let subscription = state.change(id);
    for (name, value) in metadata.as_object().into_iter().flatten() {
        subscription["metadata"][name] = json!(value);
    }
    state.emit(call.account, "customer.subscription.updated", id);
    state.of(call.account, "subscription", id).cloned()
}

/// The one thing in a subscription, as it is to be; none: as it is.
fn item(state: &State, call: &Call, subscription: &Value) -> Result<Option<Value>, Problem> {
    let params = call.params;
    if !params.has("items") {
        return Ok(None);
    }
    if params.has("items[1]") {
        let said = "The stand-in knows subscriptions to one thing only.";
        return Err(Problem::wrong(said).about("items[1]"));
    }
    // Without it there would be another thing besides the first.
    let id = params.need("items[0][id]")?;
    let mut item = subscription["items"]["data"][0].clone();
    if item["id"] != id {
        let said = format!("No such subscription_item: '{id}'");
        return Err(Problem::coded("resource_missing", said).about("items[0][id]"));
    }
    if let Some(price) = params.text("items[0][price]") {
        let price = takeable(state, call, price, "items[0][price]")?;
        if price["currency"] != subscription["currency"] {
            let said = format!(
                "The price specified only supports `{}`. This doesn't match the expected currency: `{}`.",
                price["currency"].as_str().unwrap_or_default(),
                subscription["currency"].as_str().unwrap_or_default(),
            );
            return Err(Problem::wrong(said).about("items[0][price]"));
        }
        item["plan"] = plan_of(&price);
        item["price"] = price;
    }
    if let Some(quantity) = params.integer("items[0][quantity]")? {
        if quantity < 1 {
            let said = format!("Invalid positive integer: {quantity}");
            return Err(
                Problem::coded("parameter_invalid_integer", said).about("items[0][quantity]")
            );
        }
        item["quantity"] = quantity.into();
    }
    Ok(Some(item))
}

/// The next bill evens out what is left of this period.
fn prorate(state: &mut State, id: &str, subscription: &Value, now: &Value) {
    let before = &subscription["items"]["data"][0];
    let number = |value: &Value| value.as_i64().unwrap_or(0);
    let amount = |item: &Value| number(&item["price"]["unit_amount"]) * number(&item["quantity"]);
    let (start, end) =
        (number(&before["current_period_start"]), number(&before["current_period_end"]));
    let whole = (end - start).max(1);
    let left = (end - state.now).clamp(0, whole);
    if subscription["status"] == "trialing" {
        return;
    }
    let difference = i128::from(amount(now) - amount(before));
    let even = difference * i128::from(left) / i128::from(whole);
    *state.billing.prorated.entry(id.to_owned()).or_default() += i64::try_from(even).unwrap_or(0);
}

pub(super) fn end(state: &mut State, call: &Call, id: &str) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&[
        "invoice_now",
        "prorate",
        "cancellation_details[comment]",
        "cancellation_details[feedback]",
    ])?;
    for name in ["invoice_now", "prorate"] {
        params.one_of(name, &["false"])?;
    }
    state.of(call.account, "subscription", id)?;
    // What is over isn't found here.
    if !state.end_subscription(id) {
        return Err(Problem::no_such("subscription", id));
    }
    state.of(call.account, "subscription", id).cloned()
}

impl State {
    /// A subscription ends with its period, or goes on all the same. Nobody is told yet.
    pub(crate) fn end_with_period(&mut self, subscription: &str, ends: bool) {
        let now = self.now;
        let object = self.change(subscription);
        let period = object["items"]["data"][0]["current_period_end"].clone();
        let (at, said, reason) = if ends {
            (period, now.into(), "cancellation_requested".into())
        } else {
            (Value::Null, Value::Null, Value::Null)
        };
        object["cancel_at"] = at;
        object["canceled_at"] = said;
        object["cancellation_details"]["reason"] = reason;
        object["cancel_at_period_end"] = false.into();
    }
}
