//! What is said of what is sold ahead: vouchers without their codes, passes, memberships.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Happened, Said};
use crate::ids::{Appointment, Customer, CustomerMembership, Id, Pass, Payment, Voucher};
use crate::sold::{self, PassFacts, SoldMembershipFacts, VoucherFacts};
use crate::tenancy::{StoreError, TenantTx};
use crate::webhooks::types::EventType;

/// What an event carries besides the id: what was paid with it, or what was given back of it.
#[derive(Debug, Deserialize)]
struct About {
    payment: Option<Id<Payment>>,
    visit: Option<Id<Appointment>>,
    amount_minor: Option<i64>,
    reason: Option<String>,
}

/// One of them, as events say it.
#[derive(Debug)]
struct One {
    /// As others know it.
    id: String,
    customer: Option<Id<Customer>>,
    data: Value,
}

/// What events are about, as it is now.
#[derive(Debug, Default)]
pub(super) struct SoldAhead(HashMap<Uuid, One>);

impl SoldAhead {
    pub(super) async fn read(tx: &TenantTx, events: &[&Happened]) -> Result<Self, StoreError> {
        let ids = |noun: &str| {
            let found = events.iter().filter(|event| event.kind.starts_with(noun));
            let mut ids: Vec<_> = found.filter_map(|event| key(event)).collect();
            ids.sort_unstable();
            ids.dedup();
            ids
        };
        let mut all = HashMap::new();
        let vouchers = ids("voucher.");
        if !vouchers.is_empty() {
            let found = sold::vouchers_of(tx, vouchers).await?;
            all.extend(found.into_iter().map(|it| (it.id.uuid(), One::from(it))));
        }
        let passes = ids("pass.");
        if !passes.is_empty() {
            let found = sold::passes_of(tx, passes).await?;
            all.extend(found.into_iter().map(|it| (it.id.uuid(), One::from(it))));
        }
        let memberships = ids("membership.");
        if !memberships.is_empty() {
            let found = sold::memberships_of(tx, memberships).await?;
            all.extend(found.into_iter().map(|it| (it.id.uuid(), One::from(it))));
        }
        Ok(Self(all))
    }

    pub(super) fn said(&self, events: &[&Happened]) -> Vec<(i64, Said)> {
        let one = |event: &&Happened| {
            let kind = EventType::of_sold(&event.kind)?;
            let one = self.0.get(&key(event)?)?;
            let about = About::deserialize(&event.payload).ok()?;
            Some((event.seq, say(event, about, kind, one)))
        };
        events.iter().filter_map(one).collect()
    }
}

/// Which of them an event is about.
fn key(event: &Happened) -> Option<Uuid> {
    let id = event.payload.get("id")?;
    match event.kind.split_once('.')?.0 {
        "voucher" => Id::<Voucher>::deserialize(id).ok().map(Id::uuid),
        "pass" => Id::<Pass>::deserialize(id).ok().map(Id::uuid),
        "membership" => Id::<CustomerMembership>::deserialize(id).ok().map(Id::uuid),
        _ => None,
    }
}

fn say(event: &Happened, about: About, kind: EventType, one: &One) -> Said {
    let mut data = one.data.clone();
    if let Some(amount) = about.amount_minor {
        data["amount_minor"] = amount.into();
    }
    if let Some(payment) = about.payment {
        data["payment"] = json!(payment);
        data["appointment"] = json!(about.visit);
    }
    Said {
        event: Id::from_uuid(event.id),
        kind,
        at: event.created_at,
        about: one.id.clone(),
        customer: one.customer,
        data,
        previous: None,
        reason: about.reason.filter(|reason| !reason.is_empty()),
    }
}

impl From<VoucherFacts> for One {
    fn from(it: VoucherFacts) -> Self {
        let data = json!({
            "id": it.id,
            "state": it.state.key(),
            "value_minor": it.value_minor,
            "left_minor": it.left_minor,
            "currency": it.currency,
            "code_end": it.code_end,
            "customer": it.customer,
            "location": it.location,
            "last_day": it.last_day,
        });
        Self { id: it.id.to_string(), customer: it.customer, data }
    }
}

impl From<PassFacts> for One {
    fn from(it: PassFacts) -> Self {
        let data = json!({
            "id": it.id,
            "kind": it.kind,
            "name": it.name,
            "state": it.state.key(),
            "uses": it.uses,
            "uses_left": it.uses_left,
            "price_minor": it.price_minor,
            "left_minor": it.left_minor,
            "currency": it.currency,
            "customer": it.customer,
            "location": it.location,
            "last_day": it.last_day,
        });
        Self { id: it.id.to_string(), customer: Some(it.customer), data }
    }
}

impl From<SoldMembershipFacts> for One {
    fn from(it: SoldMembershipFacts) -> Self {
        let data = json!({
            "id": it.id,
            "plan": it.plan,
            "name": it.plan_name,
            "starts_on": it.starts_on,
            "ends_on": it.ends_on,
            "price_minor": it.price_minor,
            "refunded_minor": it.refunded_minor,
            "currency": it.currency,
            "customer": it.customer,
            "cancelled_at": it.cancelled_at,
        });
        Self { id: it.id.to_string(), customer: Some(it.customer), data }
    }
}
