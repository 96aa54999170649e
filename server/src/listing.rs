//! From the domain's windows and pages to the API's, and back.

use openchair_domain::ids::{Id, Kind};
use openchair_domain::page::{Paged, Window};
use poem_openapi::payload::Json;

use crate::page::{Limit, Page, decode_optional, encode};
use crate::problem::ApiError;

/// What a list answers.
pub type Listed<T> = Json<Page<T>>;

/// Which part of a list a request asks for.
pub fn window<K: Kind>(limit: Limit, cursor: Option<&str>) -> Result<Window<K>, ApiError> {
    let after: Option<Id<K>> = decode_optional(cursor)?;
    Ok(Window { after, limit: u32::try_from(limit.rows()).unwrap_or(u32::MAX) })
}

/// A part of a list, as it is shown.
pub fn listed<T, V>(paged: Paged<T>, view: impl FnMut(T) -> V) -> Listed<V> {
    let next_cursor = paged.next.as_ref().map(encode);
    Json(Page { items: paged.items.into_iter().map(view).collect(), next_cursor })
}
