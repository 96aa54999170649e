//! What whoever carries a message says about it later.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::address::Address;
use super::log::Named;
use super::optouts::{self, Source};
use super::{Channel, Reason, State};
use crate::tenancy::{Db, RequestFacts, StoreError, SystemReason};
use crate::tenants;
use crate::texts::{Fate, OPTED_OUT};

/// What was said about a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What they call it.
    pub provider_id: String,
    /// What became of it.
    pub fate: Fate,
    /// Why, by a number of theirs.
    pub code: Option<String>,
}

#[derive(FromQueryResult)]
struct Row {
    state: String,
    reason: Option<String>,
    channel: Channel,
    address: String,
}

/// Longest text of somebody else's that is kept.
const LONGEST: usize = 64;

/// Where a message stands after what was said about it; none: where it stood. It only ever goes on,
/// however late and in whichever order things are said. Of one that was handed over twice, because a
/// worker was lost in between, it counts that one arrived.
fn after(state: State, reason: Option<Reason>, fate: Fate) -> Option<State> {
    let next = match fate {
        Fate::Sent => State::Sent,
        Fate::Delivered => State::Delivered,
        Fate::Bounced => State::Bounced,
        Fate::Failed => State::Failed,
    };
    let far = |state: State, reason: Option<Reason>| match state {
        State::Queued => 0,
        // No answer came for hours, and it was taken all the same.
        State::Failed if reason == Some(Reason::GaveUp) => 0,
        State::Sent => 1,
        State::Bounced | State::Failed => 2,
        State::Delivered | State::Dropped => 3,
    };
    (far(next, None) > far(state, reason)).then_some(next)
}

/// Writes down what was said about a message. Also who wants no texts any more, if that is why it didn't
/// arrive.
pub async fn told(db: &Db, (tenant, message): Named, told: &Told) -> Result<(), StoreError> {
    let tx = db.system(SystemReason::Messages).await?;
    let sql = "select state, reason, channel, address from messages
               where tenant_id = $1 and id = $2 for update";
    let values = [tenant.uuid().into(), message.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let Some(row) = Row::find_by_statement(statement).one(tx.conn()).await? else {
        return Ok(());
    };
    let reason = row.reason.as_deref().map(Reason::stored).transpose()?;
    let Some(next) = after(State::stored(&row.state)?, reason, told.fate) else {
        return Ok(());
    };
    let failed = matches!(next, State::Bounced | State::Failed);
    let cut = |text: &String| text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    let code: Option<String> = told.code.as_ref().map(cut);
    let sql = "
        update messages
        set state = $3, reason = $4, detail = $5, provider_id = coalesce(nullif(provider_id, ''), $6),
            sent_at = coalesce(sent_at, $7), delivered_at = $8, link = null
        where tenant_id = $1 and id = $2";
    let values = [
        tenant.uuid().into(),
        message.uuid().into(),
        next.key().into(),
        failed.then_some(Reason::Refused.key()).into(),
        code.clone().filter(|_| failed).map(|code| format!("error {code}")).into(),
        cut(&told.provider_id).into(),
        tx.now().into(),
        (next == State::Delivered).then_some(tx.now()).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    tx.conn().execute_raw(statement).await?;
    tx.commit().await?;
    if code.as_deref().and_then(|code| code.parse().ok()) == Some(OPTED_OUT)
        && !row.address.is_empty()
    {
        opted_out(db, (tenant, message), row.channel, &row.address).await?;
    }
    Ok(())
}

/// Whoever carries messages says that this address wants none: it is written down, so that nobody tries
/// again.
pub async fn opted_out(
    db: &Db,
    (tenant, _): Named,
    channel: Channel,
    address: &str,
) -> Result<(), StoreError> {
    let visitor = tenants::visitor(db, tenant, RequestFacts::default()).await?;
    let Some((caller, _)) = visitor else { return Ok(()) };
    let mut tx = db.tenant(&caller).await?;
    let address = Address::new(channel, address);
    let (facts, is_new) = optouts::put(&mut tx, &address, Source::Provider).await?;
    if is_new {
        optouts::note(&mut tx, "message.opted_out", facts.id, channel);
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_only_goes_on() {
        use State::{Bounced, Delivered, Dropped, Failed, Queued, Sent};
        let gave_up = Some(Reason::GaveUp);
        let refused = Some(Reason::Refused);
        let cases = [
            // The worker hasn't noted yet that it handed it over.
            (Queued, None, Fate::Sent, Some(Sent)),
            (Queued, None, Fate::Delivered, Some(Delivered)),
            (Sent, None, Fate::Sent, None),
            (Sent, None, Fate::Delivered, Some(Delivered)),
            (Sent, None, Fate::Bounced, Some(Bounced)),
            (Sent, None, Fate::Failed, Some(Failed)),
            // Out of order, or twice.
            (Delivered, None, Fate::Sent, None),
            (Delivered, None, Fate::Delivered, None),
            (Delivered, None, Fate::Failed, None),
            (Bounced, refused, Fate::Sent, None),
            (Bounced, refused, Fate::Failed, None),
            (Bounced, refused, Fate::Delivered, Some(Delivered)),
            (Failed, gave_up, Fate::Sent, Some(Sent)),
            (Failed, refused, Fate::Sent, None),
            (Dropped, None, Fate::Delivered, None),
        ];
        for (state, reason, fate, expected) in cases {
            assert_eq!(after(state, reason, fate), expected, "{state:?} {reason:?} {fate:?}");
        }
    }
}
