//! Which records may be one person's.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, DbBackend, EntityTrait, FromQueryResult, QuerySelect,
    Statement,
};
use serde_json::json;
use uuid::Uuid;

use super::entities::suggestion;
use super::{CustomerError, line_about};
use crate::ids::{Customer, Id, MergeSuggestion};
use crate::outbox::NewEvent;
use crate::page::{Paged, Window};
use crate::tenancy::TenantTx;
use crate::time::Instant;

/// Two records that may be one person's.
#[derive(Debug, Clone)]
pub struct SuggestionFacts {
    /// Its id.
    pub id: Id<MergeSuggestion>,
    /// The older record, with its name and version.
    pub customer: (Id<Customer>, String, i32),
    /// The newer one.
    pub other: (Id<Customer>, String, i32),
    /// What they share: `email`, `phone` or `email_and_phone`.
    pub reason: String,
    /// When it was found.
    pub created_at: Instant,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    customer_id: Uuid,
    customer_name: String,
    customer_version: i32,
    other_id: Uuid,
    other_name: String,
    other_version: i32,
    reason: String,
    created_at: Instant,
}

impl From<Row> for SuggestionFacts {
    fn from(row: Row) -> Self {
        Self {
            id: Id::from_uuid(row.id),
            customer: (Id::from_uuid(row.customer_id), row.customer_name, row.customer_version),
            other: (Id::from_uuid(row.other_id), row.other_name, row.other_version),
            reason: row.reason,
            created_at: row.created_at,
        }
    }
}

const OPEN: &str = "
    select s.id, s.reason, s.created_at,
           s.customer_id, a.name as customer_name, a.version as customer_version,
           s.other_id, b.name as other_name, b.version as other_version
    from merge_suggestions s
    join customers a on a.tenant_id = s.tenant_id and a.id = s.customer_id
    join customers b on b.tenant_id = s.tenant_id and b.id = s.other_id
    where s.tenant_id = $1 and s.dismissed_at is null and ($2::uuid is null or s.id < $2)
      and a.merged_into is null and a.archived_at is null and a.erased_at is null
      and b.merged_into is null and b.archived_at is null and b.erased_at is null
    order by s.id desc limit $3";

/// What is suggested and was neither done nor dismissed, the newest first.
pub async fn suggestions(
    tx: &TenantTx,
    window: Window<MergeSuggestion>,
) -> Result<Paged<SuggestionFacts>, CustomerError> {
    let values = [
        tx.tenant().uuid().into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, OPEN, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(window.cut(rows.into_iter().map(SuggestionFacts::from).collect(), |found| found.id))
}

/// They are two people: this pair is not suggested again.
pub async fn dismiss(tx: &mut TenantTx, id: Id<MergeSuggestion>) -> Result<(), CustomerError> {
    let found = suggestion::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    let found = found.ok_or(CustomerError::NotFound)?;
    if found.dismissed_at.is_some() {
        return Ok(());
    }
    let customer = Id::from_uuid(found.customer_id);
    let mut row: suggestion::ActiveModel = found.into();
    row.dismissed_at = Set(Some(tx.now()));
    row.update(tx.conn()).await?;
    tx.record(line_about("customer.suggestion_dismissed", customer));
    tx.emit(NewEvent::new("customer.suggestion_dismissed", &json!({ "id": id })));
    Ok(())
}
