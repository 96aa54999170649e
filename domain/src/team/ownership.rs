//! A business changes hands.

use sea_orm::{DbBackend, FromQueryResult, Statement};

use super::TeamError;
use super::hold::{held_member, hold_for};
use super::members::{MemberFacts, find, put_role};
use crate::audit::{Change, NewEntry};
use crate::authz::{BuiltIn, Right, Role};
use crate::fault::{Faults, ValueFault};
use crate::identity::Identity;
use crate::ids::{Id, Membership};
use crate::messaging::{self, NewMail, Template};
use crate::outbox::NewEvent;
use crate::tenancy::{StoreError, TenantTx};
use crate::text::Email;

/// Makes a member owner in the caller's place; the caller becomes a manager. Both hear of it by
/// mail. The caller must have proved who they are once more
/// ([`Identity::prove_again`](crate::identity::Identity::prove_again)).
pub async fn transfer(
    tx: &mut TenantTx,
    identity: &Identity,
    to: Id<Membership>,
) -> Result<MemberFacts, TeamError> {
    let hand = hold_for(tx, identity, Right::TransferTenant).await?;
    let own = tx.caller().membership().filter(|_| hand.owner).ok_or(TeamError::OwnersOnly)?;
    if own == to {
        let mut faults = Faults::new();
        faults.note("/member_id", ValueFault::new("same_member", "This is you."));
        return Err(faults.into());
    }
    let (heir, _) = held_member(tx, identity, to).await?;
    let (giver, _) = held_member(tx, identity, own).await?;
    let before = (find(tx, own).await?, find(tx, to).await?);
    put_role(tx, heir, Role::BuiltIn(BuiltIn::Owner)).await?;
    put_role(tx, giver, Role::BuiltIn(BuiltIn::Manager)).await?;
    let (giver, heir) = (find(tx, own).await?, find(tx, to).await?);
    let role = |then: &MemberFacts, now: &MemberFacts| {
        [Change::of("role", then.role.name.clone(), now.role.name.clone())]
    };
    tx.record(
        NewEntry::new("tenant.ownership_transferred", "member")
            .on(to, heir.name.clone())
            .changed([Change::of("owner", giver.name.clone(), heir.name.clone())])
            .changed(role(&before.1, &heir)),
    );
    tx.record(
        NewEntry::new("team.role_changed", "member")
            .on(own, giver.name.clone())
            .changed(role(&before.0, &giver)),
    );
    tx.emit(NewEvent::new(
        "tenant.ownership_transferred",
        &serde_json::json!({ "from": own, "to": to }),
    ));
    let business = business(tx).await?.name;
    for member in [&giver, &heir] {
        notify(tx, identity, member, &business).await?;
    }
    Ok(heir)
}

async fn notify(
    tx: &TenantTx,
    identity: &Identity,
    member: &MemberFacts,
    business: &str,
) -> Result<(), StoreError> {
    let Ok(to) = Email::parse(&member.email) else { return Ok(()) };
    let mail = NewMail::new(&to, Template::SecurityNotice, &member.locale)
        .with("name", member.name.clone())
        .with("what", "ownership_transferred")
        .with("business", business)
        .link(format!("{}/app/security", identity.rules().public_url));
    messaging::queue(tx, mail).await
}

/// What a mail says of the business.
#[derive(Debug, FromQueryResult)]
pub(super) struct Business {
    pub(super) name: String,
    pub(super) locale: String,
}

pub(super) async fn business(tx: &TenantTx) -> Result<Business, StoreError> {
    let sql = "select name, locale from tenants where id = $1";
    let values = [tx.tenant().uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Business::find_by_statement(statement).one(tx.conn()).await?;
    found.ok_or_else(|| StoreError::Unreadable("a caller without a tenant".to_owned()))
}
