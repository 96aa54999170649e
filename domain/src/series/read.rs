use super::pattern::Every;
use super::store;
use crate::bookings::workshop::{complete, sees};
use crate::bookings::{BookingError, Refusal, VisitFacts};
use crate::ids::{Customer, Id, Location, Series};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// A series with its visits.
#[derive(Debug, Clone, PartialEq)]
pub struct SeriesFacts {
    /// Its id.
    pub id: Id<Series>,
    /// Where it was made for.
    pub location: Id<Location>,
    /// Whose it is.
    pub customer: Option<Id<Customer>>,
    /// What it counts in.
    pub every: Every,
    /// How many of them lie between two visits.
    pub step: i16,
    /// When it was made.
    pub created_at: Instant,
    /// Its visits, by their places.
    pub visits: Vec<VisitFacts>,
}

/// A series. Without the right to see all visits, one sees one's own; a series without any of them is
/// not there.
pub async fn read(tx: &TenantTx, id: Id<Series>) -> Result<SeriesFacts, BookingError> {
    let row = store::find(tx, id).await?.ok_or(Refusal::NotFound)?;
    let rows = store::visits(tx, id, 0, false).await?;
    let mut visits = Vec::with_capacity(rows.len());
    for visit in complete(tx, rows).await? {
        if sees(tx, &visit).await? {
            visits.push(visit);
        }
    }
    if visits.is_empty() {
        return Err(Refusal::NotFound.into());
    }
    let unknown = || StoreError::Unreadable(format!("a series of every {}", row.every));
    Ok(SeriesFacts {
        id,
        location: Id::from_uuid(row.location_id),
        customer: row.customer_id.map(Id::from_uuid),
        every: Every::from_key(&row.every).ok_or_else(unknown)?,
        step: row.step,
        created_at: row.created_at,
        visits,
    })
}
