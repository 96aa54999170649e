//! Taking somebody off the calendar, and bringing them back.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbBackend, DbErr, EntityTrait,
    FromQueryResult, ModelTrait, QueryFilter, QuerySelect, Statement,
};

use super::entities::{day, hours, skill, staff, time_off};
use super::{StaffError, StaffFacts, changed, find, find_live, plan, read};
use crate::audit::NewEntry;
use crate::bookings::BookingError;
use crate::bookings::workshop::lock_alone;
use crate::ids::{Id, StaffMember};
use crate::queue;
use crate::removal::Removal;
use crate::tenancy::{Outcome, TenantTx};

#[derive(FromQueryResult)]
struct Used {
    used: bool,
}

/// Visits of whatever age.
const USED: &str = "
    select exists (select 1 from allocations where tenant_id = $1 and resource_id = $2)
        or exists (select 1 from appointment_lines where tenant_id = $1 and staff_id = $2)
        or exists (select 1 from queue_entries
                   where tenant_id = $1 and (staff_id = $2 or staff_wanted = $2)) as used";

/// Deletes somebody who never had a visit nor served a walk-in nor was waited for, and takes anybody else
/// off the calendar. Their login is free for somebody else then.
pub async fn remove(tx: &mut TenantTx, id: Id<StaffMember>) -> Result<Removal, StaffError> {
    find_live(tx, id).one(tx.conn()).await?.ok_or(StaffError::NotFound)?;
    // Lines are held before whoever serves them.
    queue::serves_no_more(tx, id).await.map_err(BookingError::into_store)?;
    let found = find_live(tx, id).lock_exclusive().one(tx.conn()).await?;
    let found = found.ok_or(StaffError::NotFound)?;
    let name = found.name.clone();
    // Whoever books them just now is waited for, or waits: a visit that isn't committed can't be seen.
    lock_alone(tx, vec![id.uuid()]).await?;
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, USED, values);
    let used = Used::find_by_statement(statement).one(tx.conn()).await?;
    let (removal, action) = if used.is_none_or(|found| found.used) {
        let version = found.version + 1;
        let mut row: staff::ActiveModel = found.into();
        row.archived_at = Set(Some(tx.now()));
        row.updated_at = Set(tx.now());
        row.version = Set(version);
        row.update(tx.conn()).await?;
        (Removal::Archived, "staff.archived")
    } else {
        delete_what_belongs_to(tx, id).await?;
        found.delete(tx.conn()).await?;
        (Removal::Deleted, "staff.deleted")
    };
    tx.record(NewEntry::new(action, "staff").on(id, name));
    changed(tx, action, id);
    Ok(removal)
}

async fn delete_what_belongs_to(tx: &TenantTx, id: Id<StaffMember>) -> Result<(), DbErr> {
    macro_rules! delete {
        ($($entity:ident),+) => {$(
            $entity::Entity::delete_many()
                .filter($entity::Column::TenantId.eq(tx.tenant().uuid()))
                .filter($entity::Column::StaffId.eq(id.uuid()))
                .exec(tx.conn())
                .await?;
        )+};
    }
    delete!(skill, hours, day, time_off);
    Ok(())
}

/// Brings somebody back onto the calendar, behind the others, if the plan has room for them. One who
/// is on it stays as they are.
pub async fn restore(tx: &mut TenantTx, id: Id<StaffMember>) -> Result<StaffFacts, StaffError> {
    let there = find(tx, id).one(tx.conn()).await?.ok_or(StaffError::NotFound)?;
    if there.archived_at.is_none() {
        return read(tx, id).await;
    }
    let position = plan::room(tx).await?;
    let found = find(tx, id).lock_exclusive().one(tx.conn()).await?.ok_or(StaffError::NotFound)?;
    if found.archived_at.is_some() {
        let version = found.version + 1;
        let mut row: staff::ActiveModel = found.into();
        row.archived_at = Set(None);
        row.position = Set(position);
        row.updated_at = Set(tx.now());
        row.version = Set(version);
        let row = row.update(tx.conn()).await;
        let row = row.on_constraint("staff_one_login", StaffError::LoginTaken)?;
        tx.record(NewEntry::new("staff.restored", "staff").on(id, row.name));
        changed(tx, "staff.restored", id);
    }
    read(tx, id).await
}
