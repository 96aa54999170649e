//! What somebody can do, and how long and dear it is with them.

use std::collections::HashSet;

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult,
    QuerySelect, Statement,
};
use uuid::Uuid;

use super::entities::{skill, staff};
use super::{Skill, StaffError, StaffFacts, changed, find_live, load, read};
use crate::audit::{Change, NewEntry};
use crate::catalog::bounds;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Service, StaffMember};
use crate::tenancy::{StoreError, TenantTx};

/// More than any menu has.
const MOST: usize = 500;

/// A service that somebody can do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSkill {
    /// Which.
    pub service: Id<Service>,
    /// How long it takes with them, if not as usual.
    pub duration_minutes: Option<i32>,
    /// What it costs with them, if not as usual.
    pub price_minor: Option<i64>,
}

/// What is off the menu stays as it was, for when it comes back.
const CLEAR: &str = "
    delete from staff_services k using services s
    where k.tenant_id = $1 and k.staff_id = $2
      and s.tenant_id = $1 and s.id = k.service_id and s.archived_at is null";

/// Says what somebody can do of what is on the menu: all of it. `seen` is the version of the staff
/// member that the caller knows.
pub async fn put(
    tx: &mut TenantTx,
    id: Id<StaffMember>,
    seen: i64,
    skills: &[NewSkill],
) -> Result<StaffFacts, StaffError> {
    let found = find_live(tx, id).lock_exclusive().one(tx.conn()).await?;
    let found = found.ok_or(StaffError::NotFound)?;
    let mut faults = Faults::new();
    checked(tx, skills, &mut faults).await?;
    if !faults.is_empty() {
        return Err(faults.into());
    }
    if i64::from(found.version) != seen {
        return Err(StaffError::Stale);
    }
    let before = load::whole(tx, vec![found.clone()]).await?.pop().ok_or(StaffError::NotFound)?;
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let clear = Statement::from_sql_and_values(DbBackend::Postgres, CLEAR, values);
    tx.conn().execute_raw(clear).await?;
    let rows = skills.iter().map(|new| skill::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        staff_id: Set(id.uuid()),
        service_id: Set(new.service.uuid()),
        duration_minutes: Set(new.duration_minutes),
        price_minor: Set(new.price_minor),
    });
    skill::Entity::insert_many(rows).exec_without_returning(tx.conn()).await?;
    next_version(tx, found).await?;
    let after = read(tx, id).await?;
    tx.record(
        NewEntry::new("staff.skills_changed", "staff")
            .on(id, after.name.clone())
            .changed([Change::of("skills", in_words(&before.skills), in_words(&after.skills))]),
    );
    changed(tx, "staff.skills_changed", id);
    Ok(after)
}

/// Counts a change of what belongs to somebody.
pub(super) async fn next_version(tx: &TenantTx, found: staff::Model) -> Result<(), StoreError> {
    let version = found.version + 1;
    let mut row: staff::ActiveModel = found.into();
    row.version = Set(version);
    row.updated_at = Set(tx.now());
    row.update(tx.conn()).await?;
    Ok(())
}

/// Notes which skills can't be meant with the menu as it is.
pub(crate) async fn checked(
    tx: &TenantTx,
    skills: &[NewSkill],
    faults: &mut Faults,
) -> Result<(), StoreError> {
    check(skills, faults);
    note_unknown(tx, skills, faults).await
}

/// Which skills can be meant, without looking them up.
pub(super) fn check(skills: &[NewSkill], faults: &mut Faults) {
    if skills.len() > MOST {
        let detail = format!("At most {MOST} services, please.");
        return faults.note("/skills", ValueFault::new("too_many", detail));
    }
    let mut met = HashSet::new();
    for (place, skill) in skills.iter().enumerate() {
        let at = |field: &str| format!("/skills/{place}/{field}");
        if !met.insert(skill.service) {
            let fault = ValueFault::new("twice", "This service is in the list already.");
            faults.note(&at("service_id"), fault);
        }
        if skill.duration_minutes.is_some_and(|minutes| !(1..=1440).contains(&minutes)) {
            let fault = ValueFault::new("out_of_range", "Between 1 and 1440 minutes, please.");
            faults.note(&at("duration_minutes"), fault);
        }
        faults.given(&at("price_minor"), skill.price_minor, bounds::price);
    }
}

#[derive(FromQueryResult)]
struct OnTheMenu {
    id: Uuid,
}

async fn note_unknown(
    tx: &TenantTx,
    skills: &[NewSkill],
    faults: &mut Faults,
) -> Result<(), StoreError> {
    let sql = "select id from services
               where tenant_id = $1 and id = any($2) and archived_at is null";
    let ids: Vec<Uuid> = skills.iter().take(MOST).map(|skill| skill.service.uuid()).collect();
    let values = [tx.tenant().uuid().into(), ids.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = OnTheMenu::find_by_statement(statement).all(tx.conn()).await?;
    let found: HashSet<Uuid> = found.into_iter().map(|service| service.id).collect();
    for (place, skill) in skills.iter().take(MOST).enumerate() {
        if !found.contains(&skill.service.uuid()) {
            let fault = ValueFault::new("unknown_service", "There is no such service.");
            faults.note(&format!("/skills/{place}/service_id"), fault);
        }
    }
    Ok(())
}

/// As the audit log shows them.
pub(super) fn in_words(skills: &[Skill]) -> Vec<String> {
    let words = |skill: &Skill| {
        let minutes = skill.duration_minutes.map(|minutes| format!("{minutes} min"));
        let price = skill.price_minor.map(|price| format!("price {price}"));
        let special: Vec<_> = minutes.into_iter().chain(price).collect();
        match &special[..] {
            [] => skill.service_name.clone(),
            special => format!("{} ({})", skill.service_name, special.join(", ")),
        }
    };
    skills.iter().map(words).collect()
}
