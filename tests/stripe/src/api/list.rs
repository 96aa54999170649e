//! Lists, a page at a time.

use serde_json::{Value, json};

use super::Call;
use crate::problem::Problem;

/// How many there are on a page, and at the most.
const PAGE: i64 = 10;
const LONGEST: i64 = 100;

/// The page that is asked for, of all in the order in which they were made: the newest first.
pub(super) fn page(call: &Call, url: &str, found: Vec<Value>) -> Result<Value, Problem> {
    let limit = call.params.integer("limit")?.unwrap_or(PAGE);
    if !(1..=LONGEST).contains(&limit) {
        let said = format!("Invalid limit: must be between 1 and {LONGEST}");
        return Err(Problem::coded("parameter_invalid_integer", said).about("limit"));
    }
    let mut rest: Vec<Value> = found.into_iter().rev().collect();
    if let Some(after) = call.params.text("starting_after") {
        let Some(place) = rest.iter().position(|one| one["id"] == after) else {
            let said = format!("No such object: '{after}'");
            return Err(Problem::coded("resource_missing", said).about("starting_after"));
        };
        rest.drain(..=place);
    }
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rest.len() > limit;
    rest.truncate(limit);
    Ok(json!({ "object": "list", "url": url, "has_more": more, "data": rest }))
}
