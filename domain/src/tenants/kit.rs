//! The starter kit: a new business can take a booking as it is.

use super::sign_up::Starter;
use crate::config::{Kind, Kits};
use crate::hours::Opening;
use crate::identity::UserFacts;
use crate::ids::{Id, Tenant};
use crate::tenancy::{StoreError, SystemTx};
use crate::{catalog, locations, policies, staff};

/// The colour that a kind of business begins with, as an angle.
pub const fn first_hue(kind: Kind) -> i16 {
    match kind {
        Kind::Clinic => 205,
        Kind::Spa => 165,
        Kind::Barbershop => 25,
        Kind::Salon => 320,
    }
}

/// Writes locations with hours, services in categories, booking rules, and the owner as the first of
/// the staff: without anybody who serves there would be nothing to book.
pub(super) async fn put_in_place(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    starter: &Starter,
    owner: &UserFacts,
) -> Result<(), StoreError> {
    let kit = Kits::get(starter.kind);
    let hours: Vec<_> = kit.hours().iter().map(Opening::from).collect();
    for (position, place) in (0..).zip(&starter.places) {
        locations::put_in_place(tx, tenant, position, place, &hours).await?;
    }
    let unknown = || StoreError::Unreadable(format!("the currency {}", starter.currency));
    let categories = kit.categories(&starter.locale, &starter.currency).ok_or_else(unknown)?;
    catalog::put_in_place(tx, tenant, &categories).await?;
    policies::put_in_place(tx, tenant, kit.booking()).await?;
    // Last: they can do all that is on the menu, at every place.
    staff::put_in_place(tx, tenant, owner).await
}
