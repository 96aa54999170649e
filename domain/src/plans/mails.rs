//! What owners are told of how their plan stands.

use chrono_tz::Tz;

use super::standing::Notice;
use crate::messaging::{self, NewMail, Template};
use crate::team;
use crate::tenancy::{StoreError, TenantTx};
use crate::text::Email;
use crate::time::Instant;

/// A mail to each of the owners, once.
pub(super) async fn tell_owners(
    tx: &TenantTx,
    notice: Notice,
    at: Instant,
    zone: &str,
    key: &str,
    public_url: &str,
) -> Result<(), StoreError> {
    let template = match notice {
        Notice::TrialEnding => Template::PlanTrialEnding,
        Notice::TrialOver => Template::PlanTrialOver,
        Notice::PastDue => Template::PlanPastDue,
        Notice::ReadOnly => Template::PlanReadOnly,
    };
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let date = at.with_timezone(&zone).format("%Y-%m-%d").to_string();
    for owner in team::owners(tx).await? {
        let Ok(to) = Email::parse(&owner.email) else { continue };
        let mail = NewMail::new(&to, template, &owner.locale)
            .with("name", owner.name)
            .with("business", owner.business)
            .with("date", date.clone())
            .link(format!("{public_url}/app/plan"))
            .once(format!("plan:{}:{key}:{}", tx.tenant(), owner.id));
        messaging::queue(tx, mail).await?;
    }
    Ok(())
}
