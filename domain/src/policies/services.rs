//! Services that have some rules otherwise: what the business's may not become because of them.

use std::collections::HashMap;

use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::{Asked, Policy, PolicyError, is_never};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Service};
use crate::tenancy::{StoreError, TenantTx};

/// What a service on the menu has otherwise.
#[derive(Debug, Clone, FromQueryResult)]
pub(super) struct Own {
    pub(super) name: String,
    pub(super) notice_minutes: Option<i32>,
    pub(super) horizon_days: Option<i32>,
    pub(super) verify_contact: Option<bool>,
}

const OWN: &str = "
    select s.name, p.notice_minutes, p.horizon_days, p.verify_contact
    from service_policies p
    join services s on s.tenant_id = p.tenant_id and s.id = p.service_id and s.archived_at is null
    where p.tenant_id = $1
      and (p.verify_contact or p.notice_minutes is not null or p.horizon_days is not null)
    order by s.name, s.id";

/// Refuses rules under which a service that has others couldn't be booked any more. What was so before
/// is nobody's fault now.
pub(super) async fn check(
    tx: &TenantTx,
    before: &Policy,
    after: &Policy,
) -> Result<(), PolicyError> {
    let of = |policy: &Policy| (policy.notice_minutes, policy.horizon_days, policy.ask_email);
    if of(before) == of(after) {
        return Ok(());
    }
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, OWN, values);
    let services = Own::find_by_statement(statement).all(tx.conn()).await?;
    let faults = faults(before, after, &services);
    if faults.is_empty() { Ok(()) } else { Err(faults.into()) }
}

/// What a service has otherwise of when its visits can begin.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct OwnStarts {
    /// Minutes between starts.
    pub(crate) step: bool,
    /// Where they lie.
    pub(crate) alignment: bool,
    /// Days ahead.
    pub(crate) horizon: bool,
}

/// The services that have some of that otherwise.
pub(crate) async fn own_starts(
    tx: &TenantTx,
) -> Result<HashMap<Id<Service>, OwnStarts>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        service_id: Uuid,
        step: bool,
        alignment: bool,
        horizon: bool,
    }
    let sql = "select service_id, slot_step_minutes is not null as step, alignment is not null as alignment,
                      horizon_days is not null as horizon
               from service_policies where tenant_id = $1";
    let statement =
        Statement::from_sql_and_values(DbBackend::Postgres, sql, [tx.tenant().uuid().into()]);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    let own = |row: Row| {
        let Row { service_id, step, alignment, horizon } = row;
        (Id::from_uuid(service_id), OwnStarts { step, alignment, horizon })
    };
    Ok(rows.into_iter().map(own).collect())
}

/// The first service that stands in the way of each.
pub(super) fn faults(before: &Policy, after: &Policy, services: &[Own]) -> Faults {
    let mut faults = Faults::new();
    let never = |policy: &Policy, own: &Own| {
        let notice = own.notice_minutes.unwrap_or(policy.notice_minutes);
        is_never(notice, own.horizon_days.unwrap_or(policy.horizon_days))
    };
    let field =
        |own: &Own| if own.horizon_days.is_some() { "/notice_minutes" } else { "/horizon_days" };
    let newly = |own: &&Own| never(after, own) && !never(before, own);
    for at in ["/notice_minutes", "/horizon_days"] {
        if let Some(own) = services.iter().filter(newly).find(|own| field(own) == at) {
            let detail = format!("Nobody could ever book “{}”: see its own rules.", own.name);
            faults.note(at, ValueFault::new("beyond_horizon", detail));
        }
    }
    let hides = after.ask_email == Asked::Hidden && before.ask_email != Asked::Hidden;
    if let Some(own) = services.iter().find(|own| hides && own.verify_contact == Some(true)) {
        let detail = format!("“{}” sends its customers a code by e-mail: ask for it.", own.name);
        faults.note("/ask_email", ValueFault::new("needs_email", detail));
    }
    faults
}
