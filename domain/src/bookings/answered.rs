//! What customers answer to what was said about their visit: whoever answers from where it was sent to
//! holds the visit's link.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde_json::json;

use super::change;
use super::entities::appointment;
use super::error::{BookingError, Refusal};
use super::link::{Holder, locked, open, opened};
use super::read;
use super::state::Status;
use crate::ids::{Appointment, Id, Tenant};
use crate::messaging::Channel;
use crate::tenancy::{Db, RequestFacts, SystemReason, TenantTx};

/// The link of a visit in the hands of who was sent it.
pub(crate) async fn holder_of(
    db: &Db,
    tenant: Id<Tenant>,
    visit: Id<Appointment>,
    request: RequestFacts,
) -> Result<Holder, BookingError> {
    #[derive(FromQueryResult)]
    struct Kept {
        link_sealed: Option<Vec<u8>>,
    }
    let sql = "select link_sealed from appointments where tenant_id = $1 and id = $2";
    let values = [tenant.uuid().into(), visit.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let tx = db.system(SystemReason::Messages).await?;
    let kept = Kept::find_by_statement(statement).one(tx.conn()).await?;
    tx.rollback().await?;
    let sealed = kept.and_then(|kept| kept.link_sealed).ok_or(Refusal::NotFound)?;
    open(db, &opened(db.tools(), visit, &sealed)?, request).await
}

/// They say once more that they come. Staff see it in the visit's history; nothing else is changed by it.
pub(crate) async fn promise(
    tx: &mut TenantTx,
    holder: &Holder,
    way: Channel,
) -> Result<(), BookingError> {
    let row = locked(tx, holder).await?;
    if read::status(&row)? != Status::Confirmed || row.starts_at <= tx.now() {
        return Err(Refusal::WrongState.into());
    }
    let same: appointment::ActiveModel = row.clone().into();
    change::noted(tx, &row, same, json!({ "customer_confirmed": way.key() })).await?;
    Ok(())
}
