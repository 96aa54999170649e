//! What is told of the provider's book, and what it is time to look at because of it.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::super::provider::heard::Heard;
use super::asking::{LOOK_AT_BOOKS, LookAtBooks};
use crate::ids::Id;
use crate::jobs::NewJob;
use crate::tenancy::StoreError;

/// What it is time to look at, if it is about the provider's book.
pub(in super::super) async fn about(
    conn: &impl ConnectionTrait,
    tenant: Uuid,
    account: &str,
    heard: &Heard,
) -> Result<Option<NewJob>, StoreError> {
    let (account, reference) = (Some(account.to_owned()), heard.object.clone());
    let look = if heard.kind.starts_with("charge.dispute.") {
        LookAtBooks::Dispute { account, reference }
    } else if heard.kind.starts_with("payout.") {
        LookAtBooks::Payout { account, reference }
    } else if is_about_a_refund(&heard.kind) && heard.noted.refund.is_none() {
        let Some(payment) = payment_of(conn, tenant, heard).await? else { return Ok(None) };
        LookAtBooks::Returns { payment: Id::from_uuid(payment) }
    } else {
        return Ok(None);
    };
    Ok(Some(NewJob::new(LOOK_AT_BOOKS, &look)))
}

fn is_about_a_refund(kind: &str) -> bool {
    kind.starts_with("refund.") || kind.starts_with("charge.refund")
}

async fn payment_of(
    conn: &impl ConnectionTrait,
    tenant: Uuid,
    heard: &Heard,
) -> Result<Option<Uuid>, StoreError> {
    #[derive(FromQueryResult)]
    struct Found {
        id: Uuid,
    }
    let taken = heard.belongs_to.clone().unwrap_or_else(|| heard.object.clone());
    let sql = "select id from payments where tenant_id = $1 and taken = $2 limit 1";
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, sql, [tenant.into(), taken.into()]);
    Ok(Found::find_by_statement(statement).one(conn).await?.map(|found| found.id))
}
