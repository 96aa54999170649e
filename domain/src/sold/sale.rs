//! A sale: what was bought, for how much, by whom and where. What is paid for it is a payment like others.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use super::entities::sale;
use super::error::SoldError;
use super::words::What;
use crate::audit::Actor;
use crate::catalog::bounds;
use crate::customers::{self, Whose};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Customer, Id, Location, Payment, Sale};
use crate::locations::{self, LocationError, LocationFacts};
use crate::payments::{self, For, Paying, Way, With};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// A sale, as far as the book has to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SaleRow {
    pub(crate) id: Id<Sale>,
    pub(crate) location: Id<Location>,
    pub(crate) what: What,
    pub(crate) currency: String,
    /// Who bought it, if that is known.
    pub(crate) customer: Option<Id<Customer>>,
}

impl SaleRow {
    /// The sale that something belongs to.
    pub(super) async fn read(tx: &TenantTx, id: Id<Sale>) -> Result<Self, StoreError> {
        let found =
            sale::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
        let row = found.ok_or_else(|| StoreError::Unreadable(format!("the sale {id}")))?;
        Self::of(&row)
    }

    /// As its row has it.
    pub(super) fn of(row: &sale::Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: Id::from_uuid(row.id),
            location: Id::from_uuid(row.location_id),
            what: What::stored(&row.what)?,
            currency: row.currency.clone(),
            customer: row.customer_id.map(Id::from_uuid),
        })
    }
}

/// What every sale at the desk says.
#[derive(Debug, Clone)]
pub(super) struct Desk {
    pub(super) location: Id<Location>,
    pub(super) customer: Option<Id<Customer>>,
    pub(super) way: Way,
    pub(super) note: String,
}

/// What is known of the place and of who buys, who stays as they are until the transaction ends.
pub(super) struct Counter {
    pub(super) place: LocationFacts,
    pub(super) customer: Option<Whose>,
}

impl Desk {
    /// Whether it can be meant.
    pub(super) async fn check(
        &self,
        tx: &TenantTx,
        faults: &mut Faults,
    ) -> Result<Option<Counter>, SoldError> {
        if !self.way.is_taken_at_desk() {
            let detail = "In cash, at a terminal or otherwise.";
            faults.note("/way", ValueFault::new("not_at_the_desk", detail));
        }
        let place = match locations::read(tx, self.location).await {
            Ok(place) => Some(place),
            Err(LocationError::NotFound) => {
                faults.note("/location", locations::unknown());
                None
            }
            Err(error) => return Err(error.into()),
        };
        let mut customer = None;
        if let Some(id) = self.customer {
            // Whoever sells may name them: what was sold says who bought it.
            customer = customers::hold_still(tx, id).await?;
            if customer.is_none() {
                let fault = ValueFault::new("unknown_customer", "There is no such customer.");
                faults.note("/customer", fault);
            }
        }
        Ok(place.map(|place| Counter { place, customer }))
    }
}

/// What is sold.
pub(super) struct Sold {
    pub(super) what: What,
    pub(super) title: String,
    pub(super) price_minor: i64,
    pub(super) currency: String,
}

/// Writes down a sale at the desk, and what was paid for it: nothing, where it costs nothing.
pub(super) async fn sell(
    tx: &mut TenantTx,
    desk: &Desk,
    sold: &Sold,
) -> Result<(SaleRow, Option<Id<Payment>>), StoreError> {
    let seller = Actor::from(tx.caller().principal()).name;
    let sale = open(tx, (desk.location, desk.customer), sold, ("sold", seller)).await?;
    let paying = Paying {
        with: With::Money(desk.way),
        amount_minor: sold.price_minor,
        tip_minor: 0,
        note: desk.note.clone(),
    };
    let payment = match sold.price_minor {
        1.. => Some(payments::record(tx, For::Sale(&sale), &paying).await?),
        _ => None,
    };
    Ok((sale, payment))
}

/// Writes down a sale: where and to whom, what, how it stands and who sold it.
pub(super) async fn open(
    tx: &TenantTx,
    (location, customer): (Id<Location>, Option<Id<Customer>>),
    sold: &Sold,
    (state, sold_by): (&str, String),
) -> Result<SaleRow, StoreError> {
    let id = tx.new_id::<Sale>();
    let row = sale::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(id.uuid()),
        location_id: Set(location.uuid()),
        what: Set(sold.what.key().to_owned()),
        state: Set(state.to_owned()),
        title: Set(sold.title.clone()),
        price_minor: Set(sold.price_minor),
        currency: Set(sold.currency.clone()),
        customer_id: Set(customer.map(Id::uuid)),
        sold_by: Set(sold_by),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    };
    row.insert(tx.conn()).await?;
    Ok(SaleRow { id, location, what: sold.what, currency: sold.currency.clone(), customer })
}

/// What a sale costs: something, and no more than a sale can.
pub(super) fn price(minor: i64) -> Result<i64, ValueFault> {
    bounds::price(minor)?;
    if minor < 1 {
        return Err(ValueFault::new("too_small", "This must be more than nothing."));
    }
    Ok(minor)
}

/// Until when something is good, by the clocks of a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Until {
    /// The last day.
    pub(super) last_day: NaiveDate,
    /// When it is over.
    pub(super) expires_at: Instant,
}

impl Until {
    /// The end of a day.
    pub(super) fn end_of(last_day: NaiveDate, zone: Tz) -> Option<Self> {
        let next = last_day.checked_add_days(Days::new(1))?;
        Some(Self { last_day, expires_at: payments::day_begins(zone, next)? })
    }
}

/// The zone that a place keeps its clocks by.
pub(super) fn zone(name: &str) -> Result<Tz, StoreError> {
    name.parse().map_err(|_| StoreError::Unreadable(format!("the zone {name}")))
}

/// The zone of a place where something was sold, also of one that is closed for good.
pub(super) async fn zone_of(tx: &TenantTx, location: Id<Location>) -> Result<Tz, StoreError> {
    use sea_orm::{DbBackend, FromQueryResult, Statement};
    #[derive(FromQueryResult)]
    struct Zone {
        time_zone: String,
    }
    let sql = "select time_zone from locations where tenant_id = $1 and id = $2";
    let values = [tx.tenant().uuid().into(), location.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Zone::find_by_statement(statement).one(tx.conn()).await?;
    found.map_or(Ok(Tz::UTC), |found| zone(&found.time_zone))
}
