use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use super::{StaffError, list, plan};
use crate::audit::{Change, NewEntry};
use crate::ids::{Id, StaffMember};
use crate::outbox::NewEvent;
use crate::tenancy::TenantTx;

const REORDER: &str = "
    update staff s set position = w.place::integer
    from unnest($2::uuid[]) with ordinality as w (id, place)
    where s.tenant_id = $1 and s.id = w.id";

/// Puts the staff into the shop's order.
pub async fn reorder(tx: &mut TenantTx, ids: &[Id<StaffMember>]) -> Result<(), StaffError> {
    plan::hold(tx).await?;
    let before = list(tx, false).await?;
    let live: BTreeSet<Uuid> = before.iter().map(|staff| staff.id.uuid()).collect();
    let wanted: BTreeSet<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    if ids.len() != before.len() || live != wanted {
        return Err(StaffError::OrderIncomplete);
    }
    let in_order: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let values = [tx.tenant().uuid().into(), in_order.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, REORDER, values);
    tx.conn().execute_raw(statement).await?;
    let name = |id: &Id<StaffMember>| before.iter().find(|staff| staff.id == *id);
    let names: Vec<_> = ids.iter().filter_map(name).map(|staff| staff.name.clone()).collect();
    let names_before: Vec<_> = before.iter().map(|staff| staff.name.clone()).collect();
    tx.record(
        NewEntry::new("staff.reordered", "tenant").on(tx.tenant(), "Staff").changed([Change::of(
            "order",
            names_before,
            names,
        )]),
    );
    tx.touch().rules();
    tx.emit(NewEvent::new("staff.reordered", &serde_json::json!({ "id": tx.tenant() })));
    Ok(())
}
