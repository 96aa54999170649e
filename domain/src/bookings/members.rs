//! What memberships do: they open what is for members only, and make visits cheaper. What counts is the
//! civil day of the visit.

use chrono::NaiveDate;

use super::error::{BookingError, Refusal};
use super::wanted::Planned;
use crate::customers::{self, LiveMemberships};
use crate::diary::Shop;
use crate::ids::{Customer, Id, Service};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// What somebody is a member of, as far as one shop sees it. Nobody is a member of nothing.
#[derive(Default)]
pub(crate) struct Member(LiveMemberships);

impl Member {
    pub(crate) async fn of(
        tx: &TenantTx,
        shop: &Shop,
        customer: Option<Id<Customer>>,
    ) -> Result<Self, StoreError> {
        Ok(Self(match customer.filter(|_| shop.has_memberships) {
            Some(customer) => customers::live_memberships(tx, customer).await?,
            None => LiveMemberships::default(),
        }))
    }

    /// What only members can have, only members get.
    pub(crate) fn may_have(
        &self,
        shop: &Shop,
        services: impl IntoIterator<Item = Id<Service>>,
        start: Instant,
    ) -> Result<(), BookingError> {
        let day = day(shop, start);
        let mut closed = services.into_iter().filter(|id| is_for_members(shop, *id));
        if closed.all(|id| self.0.opens(id, day)) {
            return Ok(());
        }
        Err(Refusal::MembersOnly.into())
    }

    /// What they pay less for a visit at that time, in percent.
    pub(crate) fn discount(&self, shop: &Shop, start: Instant) -> u8 {
        self.0.discount_on(day(shop, start))
    }
}

fn day(shop: &Shop, start: Instant) -> NaiveDate {
    start.with_timezone(&shop.rules.zone).date_naive()
}

fn is_for_members(shop: &Shop, service: Id<Service>) -> bool {
    shop.services.get(&service).is_some_and(|offer| offer.members_only)
}

impl Planned {
    /// What it is made of.
    pub(crate) fn services(&self) -> impl Iterator<Item = Id<Service>> {
        self.lines.iter().map(|line| line.service)
    }

    /// Whether only members can have it.
    pub(crate) fn is_for_members(&self, shop: &Shop) -> bool {
        self.services().any(|id| is_for_members(shop, id))
    }
}
