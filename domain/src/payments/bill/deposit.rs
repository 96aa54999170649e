//! What is asked before a visit is certain, as far as somebody can take it.

use super::chargeable::Chargeable;
use crate::payments::accounts;
use crate::tenancy::{StoreError, TenantTx};

/// Whether somebody takes money in this currency here.
pub(crate) async fn takes_money(tx: &TenantTx, currency: &str) -> Result<bool, StoreError> {
    Ok(accounts::that_takes_money(tx, currency).await?.is_some())
}

/// What is paid before, where so much is wanted of a price: no less than whoever takes it takes at all. None: nobody
/// takes it, as there is no account that takes money, or as the whole price is too little.
pub(crate) async fn payable_deposit(
    tx: &TenantTx,
    currency: &str,
    wanted_minor: i64,
    price_minor: i64,
) -> Result<Option<i64>, StoreError> {
    let Some(place) = accounts::that_takes_money(tx, currency).await? else { return Ok(None) };
    let asked = Chargeable::by(place.provider, currency).no_less(wanted_minor, price_minor);
    Ok(Some(asked).filter(|asked| *asked > 0))
}

/// Whether what is still wanted of a visit is too little for whoever takes money here: nobody can pay it online.
pub(in crate::payments) async fn is_too_little(
    tx: &TenantTx,
    currency: &str,
    wanted_minor: i64,
    open_minor: i64,
) -> Result<bool, StoreError> {
    let place = accounts::that_takes_money(tx, currency).await?;
    Ok(place.is_some_and(|place| {
        Chargeable::by(place.provider, currency).no_less(wanted_minor, open_minor) == 0
    }))
}
