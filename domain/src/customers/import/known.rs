//! Who of a file is known already.

use std::collections::HashMap;

use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::rows::Person;
use crate::ids::{Customer, Id};
use crate::tenancy::{StoreError, TenantTx};
use crate::text;

#[derive(FromQueryResult)]
struct Row {
    key: String,
    id: Uuid,
}

/// Each part has an index of its own. Records that were merged stand for the one that was kept, and
/// for the one that was kept of that, however long the way is.
const KNOWN: &str = "
    with recursive shared as (
        select c.email_key as key, c.id from customers c
        where c.tenant_id = $1 and c.email_key = any($2)
        union all
        select c.phone, c.id from customers c
        where c.tenant_id = $1 and c.phone = any($2)
        union all
        select ' ' || c.name_key, c.id from customers c
        where c.tenant_id = $1 and c.name_key = any($3) and c.email_key is null and c.phone is null
          and c.merged_into is null
    ), found (key, id) as (
        select key, id from shared
        union
        select found.key, c.merged_into from found
        join customers c on c.tenant_id = $1 and c.id = found.id
        where c.merged_into is not null
    )
    select found.key, found.id from found
    join customers c on c.tenant_id = $1 and c.id = found.id
    where c.merged_into is null and c.erased_at is null and c.archived_at is null
    order by found.id desc";

/// Customers by the keys that people of a file share with them, the oldest of each.
pub(super) async fn known<'a>(
    tx: &TenantTx,
    people: impl Iterator<Item = &'a Person>,
) -> Result<HashMap<String, Id<Customer>>, StoreError> {
    let (mut keys, mut names) = (Vec::new(), Vec::new());
    for person in people {
        let record = &person.record;
        if record.email.is_none() && record.phone.is_none() {
            names.push(text::fold(&record.name));
        }
        keys.extend(person.keys());
    }
    let values = [tx.tenant().uuid().into(), keys.into(), names.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, KNOWN, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| (row.key, Id::from_uuid(row.id))).collect())
}
