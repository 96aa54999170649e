//! What is said of events. Where a visit or an entry stood, and when a visit was to be, is as of the
//! event: so each delivery says what happened, also when it comes late. Names and how somebody is
//! reached are as they are now: what was erased or put right meanwhile is not told any more.

mod customer;
mod entry;
mod payment;
mod shop;
mod sold;
mod visit;
mod waiting;

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde_json::{Value, json};
use uuid::Uuid;

use super::types::EventType;
use crate::ids::{Customer, Event, Id};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

use customer::Customers;
use entry::Entries;
use payment::Payments;
use shop::Places;
use sold::SoldAhead;
use visit::Visits;
use waiting::Waiting;

/// An event of the outbox.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Happened {
    pub(super) id: Uuid,
    pub(super) seq: i64,
    pub(super) kind: String,
    pub(super) payload: Value,
    pub(super) created_at: Instant,
}

/// What is said of one event.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Said {
    pub(super) event: Id<Event>,
    pub(super) kind: EventType,
    pub(super) at: Instant,
    /// What it is about: of one thing, one comes after the other.
    pub(super) about: String,
    /// Whose data are in it.
    pub(super) customer: Option<Id<Customer>>,
    pub(super) data: Value,
    /// What was otherwise before.
    pub(super) previous: Option<Value>,
    /// Why, if somebody said so.
    pub(super) reason: Option<String>,
}

impl Said {
    /// As the product's own documentation says it.
    pub(super) fn standard(&self) -> Value {
        let mut said = json!({
            "type": self.kind.key(), "timestamp": self.at, "data": self.data,
        });
        if let Some(previous) = &self.previous {
            said["previous"] = previous.clone();
        }
        if let Some(reason) = &self.reason {
            said["reason"] = reason.as_str().into();
        }
        said
    }

    /// A test, for whoever wants to see whether one arrives.
    pub(super) fn test(event: Id<Event>, at: Instant) -> Self {
        let data = json!({ "message": "It works: this is a test that somebody asked for." });
        Self {
            event,
            kind: EventType::Test,
            at,
            about: event.to_string(),
            customer: None,
            data,
            previous: None,
            reason: None,
        }
    }
}

/// Whether there may be something to say. Of what happens to the menu, the team and the like, there
/// never is.
pub(super) fn may_be_said(event: &Happened) -> bool {
    let about = event.kind.split_once('.').map_or("", |(about, _)| about);
    matches!(
        about,
        "appointment"
            | "queue"
            | "waitlist"
            | "customer"
            | "payment"
            | "voucher"
            | "pass"
            | "membership"
    )
}

/// What is said of these events, with the place of each; of most that happen inside, nothing is.
pub(super) async fn said(
    tx: &TenantTx,
    events: &[Happened],
) -> Result<Vec<(i64, Said)>, StoreError> {
    let about = |noun: &str| {
        let noun = format!("{noun}.");
        events.iter().filter(move |event| event.kind.starts_with(&noun)).collect::<Vec<_>>()
    };
    let (visits, entries, waiting) = (about("appointment"), about("queue"), about("waitlist"));
    let somewhere = !visits.is_empty() || !entries.is_empty() || !waiting.is_empty();
    let places = Places::read(tx, somewhere).await?;
    let mut all = Visits::read(tx, &visits).await?.said(&visits, &places);
    all.extend(Entries::read(tx, &entries).await?.said(&entries, &places));
    all.extend(Waiting::read(tx, &waiting).await?.said(&waiting, &places));
    let customers = about("customer");
    all.extend(Customers::read(tx, &customers).await?.said(&customers));
    let payments = about("payment");
    all.extend(Payments::read(tx, &payments).await?.said(&payments));
    let sold = [about("voucher"), about("pass"), about("membership")].concat();
    all.extend(SoldAhead::read(tx, &sold).await?.said(&sold));
    all.sort_by_key(|(seq, _)| *seq);
    Ok(all)
}

/// What happened behind `after`, at most `most`, the oldest first.
pub(super) async fn behind(
    tx: &TenantTx,
    after: i64,
    most: i64,
) -> Result<Vec<Happened>, StoreError> {
    let sql = "
        select id, seq, kind, payload, created_at from outbox_events
        where tenant_id = $1 and seq > $2 order by seq limit $3";
    let values = [tx.tenant().uuid().into(), after.into(), most.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Happened::find_by_statement(statement).all(tx.conn()).await?)
}

/// Customers as every event says them.
fn person(
    id: Id<Customer>,
    name: &str,
    email: Option<&str>,
    phone: Option<&str>,
    locale: Option<&str>,
) -> Value {
    json!({ "id": id, "name": name, "email": email, "phone": phone, "locale": locale })
}
