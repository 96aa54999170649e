use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QuerySelect, Statement};
use uuid::Uuid;

use super::pattern::Pattern;
use crate::bookings::workshop::appointment;
use crate::ids::{Appointment, Customer, Id, Location, Series};
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

#[derive(Debug, FromQueryResult)]
pub(super) struct Row {
    pub(super) location_id: Uuid,
    pub(super) customer_id: Option<Uuid>,
    pub(super) every: String,
    pub(super) step: i16,
    pub(super) created_at: Instant,
}

pub(super) async fn find(tx: &TenantTx, id: Id<Series>) -> Result<Option<Row>, StoreError> {
    let sql = "select location_id, customer_id, every, step, created_at from series
               where tenant_id = $1 and id = $2";
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(Row::find_by_statement(statement).one(tx.conn()).await?)
}

pub(super) async fn insert(
    tx: &TenantTx,
    id: Id<Series>,
    location: Id<Location>,
    customer: Option<Id<Customer>>,
    pattern: Pattern,
) -> Result<(), StoreError> {
    let sql =
        "insert into series (tenant_id, id, location_id, customer_id, every, step, created_at)
               values ($1, $2, $3, $4, $5, $6, $7)";
    let values = [
        tx.tenant().uuid().into(),
        id.uuid().into(),
        location.uuid().into(),
        customer.map(Id::uuid).into(),
        pattern.every.key().into(),
        i16::try_from(pattern.step).unwrap_or(i16::MAX).into(),
        tx.now().into(),
    ];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Makes a visit that there is the first of a series. It stays as it is, with its version.
pub(super) async fn begin_with(
    tx: &TenantTx,
    id: Id<Series>,
    visit: Id<Appointment>,
) -> Result<(), StoreError> {
    let sql = "update appointments set series_id = $3, series_place = 1
               where tenant_id = $1 and id = $2";
    let values = [tx.tenant().uuid().into(), visit.uuid().into(), id.uuid().into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// The visits of a series from a place on, by their places.
pub(super) async fn visits(
    tx: &TenantTx,
    id: Id<Series>,
    from_place: i16,
    lock: bool,
) -> Result<Vec<appointment::Model>, StoreError> {
    use sea_orm::{ColumnTrait, QueryFilter, QueryOrder};
    let found = appointment::Entity::find()
        .filter(appointment::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(appointment::Column::SeriesId.eq(id.uuid()))
        .filter(appointment::Column::SeriesPlace.gte(from_place))
        .order_by_asc(appointment::Column::SeriesPlace);
    let found = if lock { found.lock_exclusive() } else { found };
    Ok(found.all(tx.conn()).await?)
}
