//! What a new business has left to do, as the tables say it.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::TenantError;
use crate::ids::Id;
use crate::tenancy::TenantTx;

/// Which step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepKey {
    /// One's address is proved.
    VerifyEmail,
    /// There is something to book.
    Services,
    /// Every location says when it is open.
    Hours,
    /// There are others on the team, or on their way to it.
    Team,
    /// One's login has a second factor.
    TwoFactor,
}

/// A step, and whether it is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Which step it is.
    pub key: StepKey,
    /// Whether it is done.
    pub done: bool,
    /// What it is called.
    pub title: &'static str,
    /// What it is good for.
    pub detail: &'static str,
}

/// What the steps are judged by.
#[derive(Debug, Clone, Copy, FromQueryResult)]
pub(super) struct Findings {
    pub(super) email_verified: bool,
    pub(super) two_factor: bool,
    pub(super) services: i64,
    pub(super) locations: i64,
    pub(super) locations_without_hours: i64,
    pub(super) people: i64,
}

/// A program has no login of its own: it sees what the owners have left to do.
const LOOK: &str = "
    with people as (
        select m.user_id, m.role, u.email_verified_at is not null as verified,
               u.totp_confirmed_at is not null as second_factor
        from memberships m join users u on u.id = m.user_id
        where m.tenant_id = $1
    ), own as (
        select * from people where user_id = $2 or ($2 is null and role = 'owner')
    ), places as (
        select l.id, exists (
            select 1 from location_hours h where h.tenant_id = $1 and h.location_id = l.id
        ) as has_hours
        from locations l where l.tenant_id = $1 and l.archived_at is null
    )
    select (select coalesce(bool_and(verified), false) from own) as email_verified,
           (select coalesce(bool_and(second_factor), false) from own) as two_factor,
           (select count(*) from services
            where tenant_id = $1 and archived_at is null) as services,
           (select count(*) from places) as locations,
           (select count(*) from places where not has_hours) as locations_without_hours,
           (select count(*) from people)
           + (select count(*) from invitations where tenant_id = $1 and accepted_at is null
                and revoked_at is null and expires_at > $3) as people";

/// What the business has left to do, seen by the caller.
pub async fn setup(tx: &TenantTx) -> Result<Vec<Step>, TenantError> {
    let person = tx.caller().membership().and(tx.caller().user());
    let values = [tx.tenant().uuid().into(), person.map(Id::uuid).into(), tx.now().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LOOK, values);
    let found = Findings::find_by_statement(statement).one(tx.conn()).await?;
    Ok(steps(&found.ok_or(TenantError::NotFound)?))
}

/// The steps, in the order in which they are shown.
pub(super) fn steps(found: &Findings) -> Vec<Step> {
    let step = |key, done, title, detail| Step { key, done, title, detail };
    vec![
        step(
            StepKey::VerifyEmail,
            found.email_verified,
            "Verify your e-mail address",
            "Open the link that we sent you, so that nobody else can use your address.",
        ),
        step(
            StepKey::Services,
            found.services > 0,
            "Have a menu of services",
            "Customers choose from it, with its prices and durations.",
        ),
        step(
            StepKey::Hours,
            found.locations > 0 && found.locations_without_hours == 0,
            "Say when you are open",
            "Every location needs its opening hours.",
        ),
        step(
            StepKey::Team,
            found.people > 1,
            "Invite your team",
            "Everybody gets a login of their own, with what their role may do.",
        ),
        step(
            StepKey::TwoFactor,
            found.two_factor,
            "Protect your login",
            "A code from your telephone, besides the password.",
        ),
    ]
}
