//! Pages where a business looks at its bills, changes its card and cancels.

use serde_json::Value;

use super::sessions::LOCALES;
use super::{Call, named, platform_only};
use crate::problem::Problem;
use crate::state::{State, example};

/// How long a page is good.
const GOOD: i64 = 60 * 60;

/// Where a business looks at its bills.
#[derive(Debug, Clone)]
pub(crate) struct Portal {
    pub(crate) customer: String,
    pub(crate) return_url: Option<String>,
    pub(crate) locale: String,
    pub(crate) expires_at: i64,
}

pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&["customer", "return_url", "locale"])?;
    platform_only(call)?;
    let customer = params.need("customer")?;
    params.url("return_url")?;
    params.one_of("locale", &LOCALES)?;
    named(state, call, "customer", customer, "customer")?;
    let (id, token) = (state.new_id("bps"), state.new_id("test"));
    let portal = Portal {
        customer: customer.to_owned(),
        return_url: params.text("return_url").map(str::to_owned),
        locale: params.text("locale").unwrap_or("en").to_owned(),
        expires_at: state.now + GOOD,
    };
    state.billing.portals.insert(token.clone(), portal);
    let mut session = example("billing_portal.session");
    session["created"] = state.now.into();
    session["customer"] = customer.into();
    session["id"] = id.into();
    session["locale"] = params.text("locale").into();
    session["return_url"] = params.text("return_url").into();
    session["url"] = format!("{}/p/session/{token}", call.origin).into();
    Ok(session)
}
