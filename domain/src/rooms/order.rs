use std::collections::BTreeSet;

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use uuid::Uuid;

use super::{RoomError, in_use};
use crate::audit::{Change, NewEntry};
use crate::ids::{Id, Location, Room};
use crate::locations;
use crate::outbox::NewEvent;
use crate::tenancy::TenantTx;

const REORDER: &str = "
    update rooms r set position = w.place::integer
    from unnest($2::uuid[]) with ordinality as w (id, place)
    where r.tenant_id = $1 and r.id = w.id";

/// Puts a location's rooms into the order in which they are taken.
pub async fn reorder(
    tx: &mut TenantTx,
    location: Id<Location>,
    ids: &[Id<Room>],
) -> Result<(), RoomError> {
    if !locations::hold(tx, location).await? {
        return Err(RoomError::NotFound);
    }
    let before = in_use(tx, location).await?;
    let live: BTreeSet<Uuid> = before.iter().map(|room| room.id).collect();
    let wanted: BTreeSet<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    if ids.len() != before.len() || live != wanted {
        return Err(RoomError::OrderIncomplete);
    }
    let in_order: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let values = [tx.tenant().uuid().into(), in_order.clone().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, REORDER, values);
    tx.conn().execute_raw(statement).await?;
    let name = |id: &Uuid| before.iter().find(|room| room.id == *id).map(|room| room.name.clone());
    let names: Vec<_> = in_order.iter().filter_map(name).collect();
    let names_before: Vec<_> = before.iter().map(|room| room.name.clone()).collect();
    tx.record(
        NewEntry::new("room.reordered", "location").on(location, "Rooms").changed([Change::of(
            "order",
            names_before,
            names,
        )]),
    );
    tx.touch().rules_of(location);
    tx.emit(NewEvent::new("room.reordered", &serde_json::json!({ "location_id": location })));
    Ok(())
}
