//! Staff with all that belongs to them, in as many queries for a hundred as for one.

use std::collections::HashMap;

use sea_orm::{DbBackend, DbErr, FromQueryResult, Statement};
use uuid::Uuid;

use super::entities::staff;
use super::{Skill, StaffFacts, WorkingHours};
use crate::hours::Opening;
use crate::ids::Id;
use crate::tenancy::TenantTx;

#[derive(FromQueryResult)]
struct SkillRow {
    staff_id: Uuid,
    service_id: Uuid,
    service_name: String,
    duration_minutes: Option<i32>,
    price_minor: Option<i64>,
}

/// What was taken off the menu is kept for when it comes back, and shown to nobody.
const SKILLS: &str = "
    select k.staff_id, k.service_id, s.name as service_name, k.duration_minutes, k.price_minor
    from staff_services k
    join services s on s.tenant_id = k.tenant_id and s.id = k.service_id
    where k.tenant_id = $1 and k.staff_id = any($2) and s.archived_at is null
    order by k.service_id";

#[derive(FromQueryResult)]
struct HoursRow {
    staff_id: Uuid,
    location_id: Uuid,
    location_name: String,
    kind: String,
    weekday: i16,
    opens: i16,
    closes: i16,
}

const HOURS: &str = "
    select h.staff_id, h.location_id, l.name as location_name, h.kind, h.weekday, h.opens, h.closes
    from staff_hours h
    join locations l on l.tenant_id = h.tenant_id and l.id = h.location_id
    where h.tenant_id = $1 and h.staff_id = any($2) and l.archived_at is null
    order by l.position, l.id, h.weekday, h.opens";

/// The staff of these rows, in their order.
pub(super) async fn whole(
    tx: &TenantTx,
    rows: Vec<staff::Model>,
) -> Result<Vec<StaffFacts>, DbErr> {
    let ids: Vec<Uuid> = rows.iter().map(|row| row.id).collect();
    let of_them = |sql| {
        let values = [tx.tenant().uuid().into(), ids.clone().into()];
        Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
    };
    let mut skills: HashMap<Uuid, Vec<Skill>> = HashMap::new();
    for row in SkillRow::find_by_statement(of_them(SKILLS)).all(tx.conn()).await? {
        skills.entry(row.staff_id).or_default().push(Skill {
            service: Id::from_uuid(row.service_id),
            service_name: row.service_name,
            duration_minutes: row.duration_minutes,
            price_minor: row.price_minor,
        });
    }
    let mut hours: HashMap<Uuid, Vec<WorkingHours>> = HashMap::new();
    for row in HoursRow::find_by_statement(of_them(HOURS)).all(tx.conn()).await? {
        gather(hours.entry(row.staff_id).or_default(), row);
    }
    let facts = |row: staff::Model| StaffFacts {
        id: Id::from_uuid(row.id),
        skills: skills.remove(&row.id).unwrap_or_default(),
        hours: hours.remove(&row.id).unwrap_or_default(),
        name: row.name,
        title: row.title,
        user: row.user_id.map(Id::from_uuid),
        hue: row.hue,
        online: row.online,
        default_room: row.default_room_id.map(Id::from_uuid),
        daily_cap: row.daily_cap,
        archived_at: row.archived_at,
        version: row.version,
    };
    Ok(rows.into_iter().map(facts).collect())
}

/// Rows come location by location.
fn gather(weeks: &mut Vec<WorkingHours>, row: HoursRow) {
    let location = Id::from_uuid(row.location_id);
    if weeks.last().is_none_or(|week| week.location != location) {
        weeks.push(WorkingHours {
            location,
            location_name: row.location_name,
            work: Vec::new(),
            breaks: Vec::new(),
        });
    }
    let Some(week) = weeks.last_mut() else { return };
    let opening = Opening { weekday: row.weekday, opens: row.opens, closes: row.closes };
    match row.kind.as_str() {
        "break" => week.breaks.push(opening),
        _ => week.work.push(opening),
    }
}
