//! What plans cost, and what is paid for by that.

use serde_json::Value;

use super::{Call, list, named, platform_only};
use crate::money;
use crate::problem::Problem;
use crate::state::{State, example};

/// The longest key by which a price is found, and how many of them can be asked for at once.
const LONGEST_KEY: usize = 200;
const MOST_KEYS: usize = 10;

pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&[
        "currency",
        "unit_amount",
        "product",
        "product_data[name]",
        "product_data[metadata][*]",
        "recurring[interval]",
        "recurring[interval_count]",
        "lookup_key",
        "transfer_lookup_key",
        "nickname",
        "tax_behavior",
        "metadata[*]",
    ])?;
    platform_only(call)?;
    let currency = money::currency(params.need("currency")?, "currency")?;
    let amount = params.need_integer("unit_amount")?;
    if amount < 0 {
        let said = format!("Invalid non-negative integer: {amount}");
        return Err(Problem::coded("parameter_invalid_integer", said).about("unit_amount"));
    }
    money::possible(amount, &currency, "unit_amount")?;
    params.one_of("tax_behavior", &["inclusive", "exclusive", "unspecified"])?;
    if !params.has("recurring") {
        let said = "The stand-in knows prices that are paid again and again only; say \
                    recurring[interval].";
        return Err(Problem::wrong(said).about("recurring"));
    }
    params.need("recurring[interval]")?;
    let interval = params.one_of("recurring[interval]", &["day", "week", "month", "year"])?;
    let count = params.integer("recurring[interval_count]")?.unwrap_or(1);
    if !(1..=36).contains(&count) {
        let said = "Invalid interval_count: a period is three years at the most";
        return Err(Problem::wrong(said).about("recurring[interval_count]"));
    }
    let metadata = params.metadata("metadata")?;
    let about = params.metadata("product_data[metadata]")?;
    let transfer = params.one_of("transfer_lookup_key", &["true", "false"])? == Some("true");
    let before = holder_of_key(state, call, transfer)?;
    let product = product(state, call, about)?;
    if let Some(before) = before {
        state.change(&before)["lookup_key"] = Value::Null;
    }
    let id = state.new_id("price");
    let mut price = example("price");
    price["created"] = state.now.into();
    price["currency"] = currency.into();
    price["id"] = id.as_str().into();
    price["lookup_key"] = params.text("lookup_key").into();
    price["metadata"] = metadata;
    price["nickname"] = params.text("nickname").into();
    price["product"] = product.into();
    price["recurring"]["interval"] = interval.into();
    price["recurring"]["interval_count"] = count.into();
    price["tax_behavior"] = params.text("tax_behavior").unwrap_or("unspecified").into();
    price["unit_amount"] = amount.into();
    price["unit_amount_decimal"] = amount.to_string().into();
    state.keep(call.account, price.clone());
    Ok(price)
}

/// Who has the key until now by which the new price is found.
fn holder_of_key(state: &State, call: &Call, transfer: bool) -> Result<Option<String>, Problem> {
    let Some(key) = call.params.text("lookup_key") else {
        if transfer {
            let said = "You must pass `lookup_key` if you pass `transfer_lookup_key`.";
            return Err(Problem::wrong(said).about("transfer_lookup_key"));
        }
        return Ok(None);
    };
    if key.chars().count() > LONGEST_KEY {
        let said = format!("Invalid string: must be at most {LONGEST_KEY} characters");
        return Err(Problem::wrong(said).about("lookup_key"));
    }
    let mut mine = state.all("price").filter(|(owner, _)| *owner == call.account);
    let holder = mine.find(|(_, one)| one["lookup_key"] == key);
    let holder = holder.and_then(|(_, one)| one["id"].as_str().map(str::to_owned));
    match holder {
        Some(holder) if !transfer => {
            let said = format!("A price (`{holder}`) already uses that lookup key.");
            Err(Problem::wrong(said).about("lookup_key"))
        }
        holder => Ok(holder),
    }
}

/// What the price is for: something that there is, or something new.
fn product(state: &mut State, call: &Call, about: Value) -> Result<String, Problem> {
    let params = call.params;
    match (params.text("product"), params.has("product_data")) {
        (Some(product), false) => {
            named(state, call, "product", product, "product")?;
            Ok(product.to_owned())
        }
        (None, true) => {
            let name = params.need("product_data[name]")?;
            let id = state.new_id("prod");
            let mut product = example("product");
            product["created"] = state.now.into();
            product["id"] = id.as_str().into();
            product["metadata"] = about;
            product["name"] = name.into();
            product["updated"] = state.now.into();
            state.keep(call.account, product);
            Ok(id)
        }
        (Some(_), true) => {
            let said = "You may only specify one of these parameters: product, product_data.";
            Err(Problem::wrong(said).about("product"))
        }
        (None, false) => Err(Problem::missing("product")),
    }
}

pub(super) fn list(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&[
        "active",
        "currency",
        "product",
        "lookup_keys[#]",
        "limit",
        "starting_after",
        "expand[#]",
    ])?;
    platform_only(call)?;
    let active = params.one_of("active", &["true", "false"])?.map(|active| active == "true");
    let keys: Vec<&str> =
        (0..).map_while(|number| params.text(&format!("lookup_keys[{number}]"))).collect();
    if keys.len() > MOST_KEYS {
        let said = format!("You may only ask for {MOST_KEYS} lookup keys at once");
        return Err(Problem::wrong(said).about("lookup_keys"));
    }
    let asked = |one: &Value| {
        let has = |name: &str| params.text(name).is_none_or(|wanted| one[name] == wanted);
        has("currency")
            && has("product")
            && active.is_none_or(|active| one["active"] == active)
            && (keys.is_empty() || keys.iter().any(|key| one["lookup_key"] == *key))
    };
    let found = state.all("price").filter(|(owner, one)| *owner == call.account && asked(one));
    let found = found.map(|(_, one)| one.clone()).collect();
    let mut page = list::page(call, "/v1/prices", found)?;
    for wanted in params.expand() {
        if wanted != "data.product" {
            return Err(super::sessions::cannot_expand(wanted));
        }
        for price in page["data"].as_array_mut().into_iter().flatten() {
            let product = price["product"].as_str().and_then(|id| state.any("product", id));
            if let Some((_, product)) = product {
                price["product"] = product.clone();
            }
        }
    }
    Ok(page)
}

pub(super) fn change(state: &mut State, call: &Call, id: &str) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&["active", "nickname", "metadata[*]"])?;
    let active = params.one_of("active", &["true", "false"])?;
    let metadata = params.metadata("metadata")?;
    state.of(call.account, "price", id)?;
    let price = state.change(id);
    if let Some(active) = active {
        price["active"] = (active == "true").into();
    }
    if let Some(nickname) = params.text("nickname") {
        price["nickname"] = nickname.into();
    }
    for (name, value) in metadata.as_object().into_iter().flatten() {
        price["metadata"][name] = value.clone();
    }
    Ok(price.clone())
}

pub(super) fn change_product(state: &mut State, call: &Call, id: &str) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&["name", "active", "description", "metadata[*]"])?;
    let active = params.one_of("active", &["true", "false"])?;
    let metadata = params.metadata("metadata")?;
    state.of(call.account, "product", id)?;
    let now = state.now;
    let product = state.change(id);
    for name in ["name", "description"] {
        if let Some(said) = params.text(name) {
            product[name] = said.into();
        }
    }
    if let Some(active) = active {
        product["active"] = (active == "true").into();
    }
    for (name, value) in metadata.as_object().into_iter().flatten() {
        product["metadata"][name] = value.clone();
    }
    product["updated"] = now.into();
    Ok(product.clone())
}
