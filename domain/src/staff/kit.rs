//! The first of the staff: without anybody who serves there is nothing to book.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, Statement};

use super::entities::staff;
use super::profile::hue_of;
use crate::identity::UserFacts;
use crate::ids::{Id, StaffMember, Tenant};
use crate::tenancy::{StoreError, SystemTx};

const SKILLS: &str = "
    insert into staff_services (tenant_id, staff_id, service_id)
    select tenant_id, $2, id from services where tenant_id = $1";

const HOURS: &str = "
    insert into staff_hours (tenant_id, staff_id, location_id, kind, weekday, opens, closes)
    select tenant_id, $2, location_id, 'work', weekday, opens, closes
    from location_hours where tenant_id = $1";

/// Makes the owner of a business that is just being founded the first of its staff: they can do all
/// that is on the menu, and work whenever the door is open, wherever it is.
pub(crate) async fn put_in_place(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    owner: &UserFacts,
) -> Result<(), StoreError> {
    let id = tx.new_id::<StaffMember>();
    let row = staff::ActiveModel {
        tenant_id: Set(tenant.uuid()),
        id: Set(id.uuid()),
        name: Set(owner.name.clone()),
        title: Set(String::new()),
        user_id: Set(Some(owner.id.uuid())),
        hue: Set(hue_of(0)),
        online: Set(true),
        default_room_id: Set(None),
        daily_cap: Set(None),
        position: Set(0),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        archived_at: Set(None),
    };
    row.insert(tx.conn()).await?;
    for sql in [SKILLS, HOURS] {
        let values = [tenant.uuid().into(), id.uuid().into()];
        let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
        tx.conn().execute_raw(statement).await?;
    }
    Ok(())
}
