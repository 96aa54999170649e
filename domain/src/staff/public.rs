//! Whom customers can choose, and for what.

use std::collections::{BTreeSet, HashMap};

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use crate::catalog::Menu;
use crate::ids::{Id, Location, Service, StaffMember, Tenant};
use crate::tenancy::StoreError;

/// One of the staff as customers see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicStaff {
    /// Their id.
    pub id: Id<StaffMember>,
    /// What they are called.
    pub name: String,
    /// Where they work.
    pub locations: Vec<Id<Location>>,
    /// What they do of what is on the menu, in its order.
    pub services: Vec<PublicSkill>,
}

/// What somebody does, and what is special about it with them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicSkill {
    /// Which service.
    pub service: Id<Service>,
    /// How long it takes with them, if not as usual.
    pub duration_minutes: Option<i32>,
    /// What it costs with them, if not as usual.
    pub price_minor: Option<i64>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    name: String,
    locations: Vec<Uuid>,
    service_id: Uuid,
    duration_minutes: Option<i32>,
    price_minor: Option<i64>,
}

const ONLINE: &str = "
    select m.id, m.name, w.locations, k.service_id,
           nullif(k.duration_minutes, s.duration_minutes) as duration_minutes,
           nullif(k.price_minor, s.price_minor) as price_minor
    from staff m
    join staff_services k on k.tenant_id = m.tenant_id and k.staff_id = m.id
    join services s on s.tenant_id = k.tenant_id and s.id = k.service_id
    cross join lateral (
        select coalesce(array_agg(distinct l.id), '{}') as locations
        from locations l
        where l.tenant_id = $1 and l.archived_at is null and (
            exists (select 1 from staff_hours h
                    where h.tenant_id = $1 and h.staff_id = m.id and h.location_id = l.id)
            or exists (select 1 from staff_days d
                       where d.tenant_id = $1 and d.staff_id = m.id and d.location_id = l.id))
    ) w
    where m.tenant_id = $1 and m.archived_at is null and m.online
    order by m.position, m.id, k.service_id";

/// Those of a business whom customers can choose for something that is on its menu.
pub(crate) async fn bookable(
    conn: &impl ConnectionTrait,
    tenant: Id<Tenant>,
    menu: &Menu,
) -> Result<Vec<PublicStaff>, StoreError> {
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, ONLINE, [tenant.uuid().into()]);
    let rows = Row::find_by_statement(statement).all(conn).await?;
    let alone = menu.services.iter().map(|service| service.id);
    let packaged = menu.packages.iter().flat_map(|package| &package.items);
    let shown: Vec<Id<Service>> = alone.chain(packaged.map(|item| item.service)).collect();
    let mut seen = BTreeSet::new();
    let order: HashMap<Id<Service>, usize> = (shown.into_iter().filter(|id| seen.insert(*id)))
        .enumerate()
        .map(|(place, id)| (id, place))
        .collect();
    let mut staff: Vec<PublicStaff> = Vec::new();
    for row in rows {
        let Row { id, name, locations, service_id, duration_minutes, price_minor } = row;
        let (id, service) = (Id::from_uuid(id), Id::from_uuid(service_id));
        if !order.contains_key(&service) {
            continue;
        }
        let skill = PublicSkill { service, duration_minutes, price_minor };
        match staff.last_mut().filter(|one| one.id == id) {
            Some(one) => one.services.push(skill),
            None => staff.push(PublicStaff {
                id,
                name,
                locations: locations.into_iter().map(Id::from_uuid).collect(),
                services: vec![skill],
            }),
        }
    }
    for one in &mut staff {
        one.services.sort_by_key(|skill| order.get(&skill.service).copied());
    }
    Ok(staff)
}
