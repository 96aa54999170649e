//! Lists of what moved: charges, disputes, payouts, each of a period if that is asked for.

use serde_json::Value;

use super::{Call, list};
use crate::problem::Problem;
use crate::state::State;

/// From when, and until when.
const PERIOD: [&str; 4] = ["created[gte]", "created[gt]", "created[lte]", "created[lt]"];

/// What every list of a period knows, and more.
pub(super) fn listed(more: &[&'static str]) -> Vec<&'static str> {
    let mut known = vec!["limit", "starting_after"];
    known.extend(PERIOD);
    known.extend_from_slice(more);
    known
}

/// All of a kind that were made in the period that is asked for, in their order.
pub(super) fn created(state: &State, call: &Call, kind: &str) -> Result<Vec<Value>, Problem> {
    let [gte, gt, lte, lt] = PERIOD.map(|name| call.params.integer(name));
    let (gte, gt, lte, lt) = (gte?, gt?, lte?, lt?);
    let within = |one: &Value| {
        let at = one["created"].as_i64().unwrap_or(0);
        gte.is_none_or(|from| at >= from)
            && gt.is_none_or(|from| at > from)
            && lte.is_none_or(|to| at <= to)
            && lt.is_none_or(|to| at < to)
    };
    let mine = state.all(kind).filter(|(owner, one)| *owner == call.account && within(one));
    Ok(mine.map(|(_, one)| one.clone()).collect())
}

/// Those of them that a parameter names, if it is there.
fn only(found: Vec<Value>, call: &Call, name: &str) -> Vec<Value> {
    match call.params.text(name) {
        Some(wanted) => found.into_iter().filter(|one| one[name] == wanted).collect(),
        None => found,
    }
}

pub(super) fn charges(state: &State, call: &Call) -> Result<Value, Problem> {
    call.params.only(&listed(&["customer", "payment_intent"]))?;
    let found = only(created(state, call, "charge")?, call, "payment_intent");
    list::page(call, "/v1/charges", only(found, call, "customer"))
}

pub(super) fn disputes(state: &State, call: &Call) -> Result<Value, Problem> {
    call.params.only(&listed(&["charge", "payment_intent"]))?;
    let found = only(created(state, call, "dispute")?, call, "payment_intent");
    list::page(call, "/v1/disputes", only(found, call, "charge"))
}

pub(super) fn payouts(state: &State, call: &Call) -> Result<Value, Problem> {
    call.params.only(&listed(&["status"]))?;
    call.params.one_of("status", &["pending", "paid", "failed", "canceled"])?;
    let found = only(created(state, call, "payout")?, call, "status");
    list::page(call, "/v1/payouts", found)
}
