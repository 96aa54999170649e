//! A field of a change that may be left out, or be null to take the value away.

use openchair_domain::patch::Patch;
use poem_openapi::types::MaybeUndefined;

/// What a change says of a value.
pub(crate) fn patch<T>(field: MaybeUndefined<T>) -> Patch<T> {
    match field {
        MaybeUndefined::Undefined => Patch::Keep,
        MaybeUndefined::Null => Patch::Clear,
        MaybeUndefined::Value(value) => Patch::Put(value),
    }
}
