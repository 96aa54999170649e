//! An endpoint that is given up. Its business's owners hear of it.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};

use super::endpoints::{EndpointFacts, note};
use super::entities::endpoint;
use super::health::DisabledFor;
use super::{EndpointState, order};
use crate::audit::Change;
use crate::ids::{Id, WebhookEndpoint};
use crate::messaging::{self, NewMail, Template};
use crate::team;
use crate::tenancy::{StoreError, TenantTx};
use crate::text::Email;

/// Gives up an endpoint that is held.
pub(super) async fn disable(
    tx: &mut TenantTx,
    id: Id<WebhookEndpoint>,
    why: DisabledFor,
) -> Result<(), StoreError> {
    let found =
        endpoint::Entity::find_by_id((tx.tenant().uuid(), id.uuid())).one(tx.conn()).await?;
    let Some(before) = found else { return Ok(()) };
    let version = before.version;
    let mut row: endpoint::ActiveModel = before.into();
    row.state = Set(EndpointState::Disabled.key().to_owned());
    row.disabled_for = Set(Some(why.key().to_owned()));
    row.disabled_at = Set(Some(tx.now()));
    row.due_at = Set(None);
    row.version = Set(version + 1);
    row.updated_at = Set(tx.now());
    let facts = EndpointFacts::try_from(row.update(tx.conn()).await?)?;
    order::cancel_waiting(tx, id).await?;
    let state = Change::of("state", EndpointState::On.key(), EndpointState::Disabled.key());
    let why_changed = Change::of("disabled_for", serde_json::Value::Null, why.key());
    note(tx, "webhook_endpoint.disabled", &facts, [state, why_changed]);
    for owner in team::owners(tx).await? {
        let Ok(to) = Email::parse(&owner.email) else { continue };
        let what = match why {
            DisabledFor::Gone => "webhook_gone",
            DisabledFor::Failing => "webhook_failing",
        };
        let mail = NewMail::new(&to, Template::WebhookDisabled, &owner.locale)
            .with("name", owner.name)
            .with("business", owner.business)
            .with("endpoint", facts.url.clone())
            .with("what", what)
            .once(format!("webhook-disabled:{id}:{}:{}", facts.version, owner.id));
        messaging::queue(tx, mail).await?;
    }
    Ok(())
}
