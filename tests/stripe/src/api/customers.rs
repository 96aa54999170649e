//! Who pays more than once.

use serde_json::Value;

use super::Call;
use super::accounts::email;
use crate::problem::Problem;
use crate::state::{State, example};

/// The longest name.
const LONGEST_NAME: usize = 256;

pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&["email", "name", "description", "metadata[*]"])?;
    email(params.text("email"), "email")?;
    if params.text("name").is_some_and(|name| name.chars().count() > LONGEST_NAME) {
        let said = format!("Invalid string: must be at most {LONGEST_NAME} characters");
        return Err(Problem::wrong(said).about("name"));
    }
    let metadata = params.metadata("metadata")?;
    let id = state.new_id("cus");
    let mut customer = example("customer");
    customer["created"] = state.now.into();
    for name in ["email", "name", "description"] {
        customer[name] = params.text(name).into();
    }
    customer["id"] = id.as_str().into();
    customer["invoice_prefix"] = id[id.len() - 8..].to_uppercase().into();
    customer["metadata"] = metadata;
    state.keep(call.account, customer.clone());
    Ok(customer)
}

pub(super) fn read(state: &State, call: &Call, id: &str) -> Result<Value, Problem> {
    call.params.only(&[])?;
    state.of(call.account, "customer", id).cloned()
}
