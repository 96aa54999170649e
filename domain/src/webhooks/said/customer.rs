//! What is said of customers.

use std::collections::HashMap;

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Happened, Said, person};
use crate::ids::{Customer, Id};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;
use crate::webhooks::types::EventType;

#[derive(Debug, FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    email: Option<String>,
    phone: Option<String>,
    locale: Option<String>,
    tags: Vec<String>,
    source: String,
    created_at: Instant,
    erased_at: Option<Instant>,
}

/// What the event of a customer carries.
#[derive(Debug, Deserialize)]
struct About {
    id: Id<Customer>,
    other_id: Option<Id<Customer>>,
}

/// The customers that events are about, as they are now.
#[derive(Debug, Default)]
pub(super) struct Customers(HashMap<Uuid, Row>);

impl Customers {
    pub(super) async fn read(tx: &TenantTx, events: &[&Happened]) -> Result<Self, StoreError> {
        let mut ids: Vec<_> = events
            .iter()
            .filter_map(|event| about(event))
            .map(|(about, _)| about.id.uuid())
            .collect();
        if ids.is_empty() {
            return Ok(Self::default());
        }
        ids.sort_unstable();
        ids.dedup();
        let sql = "
            select id, name, email, phone, locale, tags, source, created_at, erased_at
            from customers where tenant_id = $1 and id = any($2)";
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
    let kind = EventType::of_customer(&event.kind)?;
    Some((About::deserialize(&event.payload).ok()?, kind))
}

fn say(event: &Happened, about: &About, kind: EventType, row: &Row) -> Said {
    Said {
        event: Id::from_uuid(event.id),
        kind,
        at: event.created_at,
        about: about.id.to_string(),
        customer: Some(about.id),
        data: data(about, row),
        previous: None,
        reason: None,
    }
}

/// Of whom nothing is left but that they were here, nothing else is said, also of what came before.
fn data(about: &About, row: &Row) -> Value {
    if let Some(erased_at) = row.erased_at {
        return json!({ "id": about.id, "erased_at": erased_at });
    }
    let (email, phone, locale) =
        (row.email.as_deref(), row.phone.as_deref(), row.locale.as_deref());
    let mut data = person(about.id, &row.name, email, phone, locale);
    data["tags"] = json!(row.tags);
    data["source"] = row.source.as_str().into();
    data["created_at"] = json!(row.created_at);
    if let Some(other) = about.other_id {
        data["other_id"] = json!(other);
    }
    data
}
