//! A business whose plan isn't paid takes nothing new from customers. What they have there already stays theirs.

use super::error::{BookingError, Refusal};
use crate::tenancy::TenantTx;

/// Whether customers can begin something new here.
pub(crate) fn takes_new(tx: &TenantTx) -> Result<(), BookingError> {
    if tx.caller().facts().read_only { Err(Refusal::ShopPaused.into()) } else { Ok(()) }
}
