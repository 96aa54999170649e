//! What is said of payments.

use std::collections::HashMap;

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Happened, Said};
use crate::ids::{Appointment, Customer, Id, Location, Payment, Refund};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;
use crate::webhooks::types::EventType;

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    location_id: Uuid,
    customer_id: Option<Uuid>,
    way: String,
    amount_minor: i64,
    tip_minor: i64,
    refunded_minor: i64,
    currency: String,
    paid_at: Option<Instant>,
    refunds: Value,
}

/// What the event of a payment carries.
#[derive(Debug, Deserialize)]
struct About {
    id: Id<Payment>,
    visit: Id<Appointment>,
    refund: Option<Id<Refund>>,
}

/// The payments that events are about, as they are now.
#[derive(Debug, Default)]
pub(super) struct Payments(HashMap<Uuid, Row>);

impl Payments {
    pub(super) async fn read(tx: &TenantTx, events: &[&Happened]) -> Result<Self, StoreError> {
        let found = events.iter().filter_map(|event| about(event));
        let mut ids: Vec<_> = found.map(|(about, _)| about.id.uuid()).collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        ids.sort_unstable();
        ids.dedup();
        let sql = "
            select p.id, p.location_id, a.customer_id, p.way, p.amount_minor,
                   p.tip_minor, p.refunded_minor, p.currency, p.paid_at,
                   (select coalesce(jsonb_object_agg(r.id, jsonb_build_object(
                               'amount_minor', r.amount_minor, 'reason', r.reason,
                               'done_at', r.done_at)), '{}')
                    from refunds r where r.tenant_id = p.tenant_id and r.payment_id = p.id) as refunds
            from payments p
            join appointments a on a.tenant_id = p.tenant_id and a.id = p.appointment_id
            where p.tenant_id = $1 and p.id = any($2)";
        let values = [tx.tenant().uuid().into(), ids.into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
        Ok(Self(rows.into_iter().map(|row| (row.id, row)).collect()))
    }

    pub(super) fn said(&self, events: &[&Happened]) -> Vec<(i64, Said)> {
        let one = |event: &&Happened| {
            let (about, kind) = about(event)?;
            let row = self.0.get(&about.id.uuid())?;
            Some((event.seq, say(event, &about, kind, row)))
        };
        events.iter().filter_map(one).collect()
    }
}

fn about(event: &Happened) -> Option<(About, EventType)> {
    let kind = EventType::of_payment(&event.kind)?;
    Some((About::deserialize(&event.payload).ok()?, kind))
}

fn say(event: &Happened, about: &About, kind: EventType, row: &Row) -> Said {
    let customer = row.customer_id.map(Id::<Customer>::from_uuid);
    let mut data = json!({
        "id": about.id,
        "appointment": about.visit,
        "location": Id::<Location>::from_uuid(row.location_id),
        "customer": customer,
        "way": row.way,
        "amount_minor": row.amount_minor,
        "tip_minor": row.tip_minor,
        "refunded_minor": row.refunded_minor,
        "currency": row.currency,
        "paid_at": row.paid_at,
    });
    let refund = about.refund.and_then(|id| Some((id, row.refunds.get(id.uuid().to_string())?)));
    if let Some((id, refund)) = &refund {
        data["refund"] = json!({
            "id": id, "amount_minor": refund["amount_minor"], "done_at": refund["done_at"],
        });
    }
    let reason = refund.and_then(|(_, refund)| refund["reason"].as_str());
    Said {
        event: Id::from_uuid(event.id),
        kind,
        at: event.created_at,
        // In one line with what happens to the visit that it is for.
        about: about.visit.to_string(),
        customer,
        data,
        previous: None,
        reason: reason.filter(|reason| !reason.is_empty()).map(str::to_owned),
    }
}
