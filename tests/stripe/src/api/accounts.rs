//! Accounts of businesses, and the links by which they say who they are.

use serde_json::{Value, json};

use super::Call;
use crate::problem::Problem;
use crate::state::{State, example};

/// Where businesses can have an account that takes money, and what it is kept in.
const COUNTRIES: &str = "AE:aed AT:eur AU:aud BE:eur BG:eur BR:brl CA:cad CH:chf CY:eur CZ:czk DE:eur DK:dkk EE:eur \
    ES:eur FI:eur FR:eur GB:gbp GI:gbp GR:eur HK:hkd HR:eur HU:huf IE:eur IT:eur JP:jpy LI:chf LT:eur LU:eur \
    LV:eur MT:eur MX:mxn MY:myr NL:eur NO:nok NZ:nzd PL:pln PT:eur RO:ron SE:sek SG:sgd SI:eur SK:eur TH:thb \
    US:usd";
/// How long a link is good.
const LINK: i64 = 5 * 60;

pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&[
        "type",
        "country",
        "email",
        "metadata[*]",
        "business_profile[name]",
        "business_profile[url]",
        "business_profile[mcc]",
        "business_type",
        "default_currency",
        "capabilities[card_payments][requested]",
        "capabilities[transfers][requested]",
        "controller[fees][payer]",
        "controller[losses][payments]",
        "controller[requirement_collection]",
        "controller[stripe_dashboard][type]",
    ])?;
    if call.account.is_some() {
        let said = "Accounts are made by the platform itself; leave out Stripe-Account.";
        return Err(Problem::wrong(said));
    }
    params.one_of("type", &["standard"])?;
    params.one_of("controller[fees][payer]", &["account", "application"])?;
    params.one_of("controller[losses][payments]", &["stripe", "application"])?;
    params.one_of("controller[requirement_collection]", &["stripe", "application"])?;
    params.one_of("controller[stripe_dashboard][type]", &["full", "express", "none"])?;
    if params.has("type") == params.has("controller") {
        let said = "Exactly one of type and controller says what kind of account it is.";
        return Err(Problem::wrong(said).about("type"));
    }
    let country = params.text("country").unwrap_or("US");
    let Some(currency) = currency_of(country) else {
        let said = format!("{country} is not currently supported by Stripe.");
        return Err(Problem::coded("country_unsupported", said).about("country"));
    };
    email(params.text("email"), "email")?;
    let metadata = params.metadata("metadata")?;
    let id = state.new_id("acct");
    let mut account = example("account");
    account["business_profile"]["name"] = params.text("business_profile[name]").into();
    account["business_profile"]["url"] = params.text("business_profile[url]").into();
    account["business_type"] = params.text("business_type").into();
    account["capabilities"] = json!({ "card_payments": "inactive", "transfers": "inactive" });
    account["controller"] = json!({
        "fees": { "payer": params.text("controller[fees][payer]").unwrap_or("account") },
        "is_controller": true,
        "losses": { "payments": params.text("controller[losses][payments]").unwrap_or("stripe") },
        "requirement_collection":
            params.text("controller[requirement_collection]").unwrap_or("stripe"),
        "stripe_dashboard":
            { "type": params.text("controller[stripe_dashboard][type]").unwrap_or("full") },
        "type": "application",
    });
    account["country"] = country.into();
    account["created"] = state.now.into();
    account["default_currency"] = currency.into();
    account["email"] = params.text("email").into();
    account["external_accounts"]["url"] = format!("/v1/accounts/{id}/external_accounts").into();
    account["id"] = id.as_str().into();
    account["metadata"] = metadata;
    // One that is put together by its controller's properties has no type of the old kind.
    account["type"] = if params.has("type") { "standard" } else { "none" }.into();
    state.keep(None, account.clone());
    Ok(account)
}

/// What an account in this country is kept in.
pub(crate) fn currency_of(country: &str) -> Option<&'static str> {
    let mut all = COUNTRIES.split_whitespace().filter_map(|one| one.split_once(':'));
    all.find(|(one, _)| *one == country).map(|(_, currency)| currency)
}

/// An address to which something can be sent.
pub(super) fn email(said: Option<&str>, param: &str) -> Result<(), Problem> {
    let good = said.is_none_or(|said| {
        said.split_once('@').is_some_and(|(who, at)| {
            !who.is_empty() && at.contains('.') && !at.starts_with('.') && !at.ends_with('.')
        }) && !said.contains(char::is_whitespace)
    });
    if good {
        return Ok(());
    }
    let said = format!("Invalid email address: {}", said.unwrap_or_default());
    Err(Problem::coded("email_invalid", said).about(param))
}

pub(super) fn read(state: &State, call: &Call, id: &str) -> Result<Value, Problem> {
    call.params.only(&[])?;
    let own = call.account.is_none_or(|account| account == id);
    match state.any("account", id) {
        Some((_, account)) if own && state.is_ours(id) => Ok(account.clone()),
        _ => Err(no_access(id)),
    }
}

fn no_access(id: &str) -> Problem {
    let said = format!(
        "The provided key does not have access to account '{id}' (or that account does not exist). \
         Application access may have been revoked."
    );
    Problem::coded("account_invalid", said).with_status(403)
}

pub(super) fn link(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&["account", "type", "refresh_url", "return_url", "collection_options[fields]"])?;
    let account = params.need("account")?.to_owned();
    params.need("type")?;
    params.one_of("type", &["account_onboarding", "account_update"])?;
    for name in ["refresh_url", "return_url"] {
        params.need(name)?;
        params.url(name)?;
    }
    if !state.is_ours(&account) {
        let said = format!("No such account: '{account}'");
        return Err(Problem::coded("resource_missing", said).about("account"));
    }
    let token = state.new_id("link");
    let text = |name: &str| params.text(name).unwrap_or_default().to_owned();
    let link = Link {
        account: account.clone(),
        refresh_url: text("refresh_url"),
        return_url: text("return_url"),
        expires_at: state.now + LINK,
        seen: false,
    };
    state.links.insert(token.clone(), link);
    let mut answer = example("account_link");
    answer["created"] = state.now.into();
    answer["expires_at"] = (state.now + LINK).into();
    answer["url"] = format!("{}/setup/s/{account}/{token}", call.origin).into();
    Ok(answer)
}

/// Where a business says who it is; good once.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) account: String,
    pub(crate) refresh_url: String,
    pub(crate) return_url: String,
    pub(crate) expires_at: i64,
    /// Whether somebody has looked already.
    pub(crate) seen: bool,
}

impl State {
    /// The business has said everything.
    pub(crate) fn onboard(&mut self, id: &str) -> bool {
        if self.any("account", id).is_none() {
            return false;
        }
        let account = self.change(id);
        for name in ["details_submitted", "charges_enabled", "payouts_enabled"] {
            account[name] = true.into();
        }
        account["capabilities"] = json!({ "card_payments": "active", "transfers": "active" });
        let requirements = &mut account["requirements"];
        for name in ["currently_due", "eventually_due", "past_due"] {
            requirements[name] = json!([]);
        }
        requirements["disabled_reason"] = Value::Null;
        self.emit(Some(id), "account.updated", id);
        true
    }

    /// Something is asked of it anew, and it takes no money until that is said.
    pub(crate) fn restrict(&mut self, id: &str, what: &str) -> bool {
        if self.any("account", id).is_none() {
            return false;
        }
        let account = self.change(id);
        account["charges_enabled"] = false.into();
        account["payouts_enabled"] = false.into();
        account["requirements"]["currently_due"] = json!([what]);
        account["requirements"]["past_due"] = json!([what]);
        account["requirements"]["disabled_reason"] = "requirements.past_due".into();
        self.emit(Some(id), "account.updated", id);
        true
    }
}
