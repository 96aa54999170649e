//! The starter kit: a new business can take a booking as it is.

use super::sign_up::{Starter, execute};
use crate::catalog;
use crate::config::{Kind, Kits};
use crate::ids::{Id, Tenant};
use crate::locations::{self, Opening};
use crate::tenancy::{StoreError, SystemTx};

/// The colour that a kind of business begins with, as an angle.
pub const fn first_hue(kind: Kind) -> i16 {
    match kind {
        Kind::Clinic => 205,
        Kind::Spa => 165,
        Kind::Barbershop => 25,
        Kind::Salon => 320,
    }
}

const POLICIES: &str = "
    insert into booking_policies (tenant_id, slot_step_minutes, notice_minutes, horizon_days,
                                  cancel_notice_minutes, needs_approval, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7)";

/// Writes locations with hours, services in categories, and booking rules.
pub(super) async fn put_in_place(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    starter: &Starter,
) -> Result<(), StoreError> {
    let kit = Kits::get(starter.kind);
    let hours: Vec<_> = kit.hours().iter().map(Opening::from).collect();
    for (position, place) in (0..).zip(&starter.places) {
        locations::put_in_place(tx, tenant, position, place, &hours).await?;
    }
    let unknown = || StoreError::Unreadable(format!("the currency {}", starter.currency));
    let categories = kit.categories(&starter.locale, &starter.currency).ok_or_else(unknown)?;
    catalog::put_in_place(tx, tenant, &categories).await?;
    let policy = kit.booking();
    let values = [
        tenant.uuid().into(),
        stored(policy.step_minutes).into(),
        stored(policy.notice_minutes).into(),
        stored(policy.horizon_days).into(),
        stored(policy.cancel_notice_hours.saturating_mul(60)).into(),
        policy.approval.into(),
        tx.now().into(),
    ];
    execute(tx, POLICIES, values).await
}

/// The database counts with a sign.
fn stored(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}
