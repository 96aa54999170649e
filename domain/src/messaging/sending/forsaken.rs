//! Messages that nobody will send any more. Their job was put aside for good while the database was away,
//! so that nobody could write that down of the message; or it is gone.

use std::collections::HashSet;

use chrono::Duration;
use sea_orm::{DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::settle::{Outcome, write_all};
use crate::ids::{Id, Message, Tenant};
use crate::messaging::{Reason, SEND_MESSAGE};
use crate::tenancy::{Db, StoreError, SystemReason, SystemTx};
use crate::time::Instant;

/// So long after it was due, whoever has a message in hand has said what became of it.
const OVERDUE: Duration = Duration::minutes(10);

/// So many are looked at together.
const AT_ONCE: usize = 1_000;

#[derive(FromQueryResult)]
struct Whose {
    id: Uuid,
}

/// Each business is asked by an index that begins with it.
const WHOSE: &str = "
    select t.id from tenants t
    where exists (select from messages m
                  where m.tenant_id = t.id and m.state = 'queued' and m.id < $1 and m.due_at < $2)
    order by t.id";

/// Gives up messages that nobody will send, and says how many. As with all that was given up, whoever
/// drives such a job again has it sent.
pub async fn give_up_forsaken(db: &Db) -> Result<u64, StoreError> {
    let tx = db.system(SystemReason::Messages).await?;
    let before = tx.now() - OVERDUE;
    let values = [Id::<Message>::first_at(before).uuid().into(), before.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, WHOSE, values);
    let whose = Whose::find_by_statement(statement).all(tx.conn()).await?;
    tx.rollback().await?;
    let mut count = 0;
    for Whose { id } in whose {
        count += give_up_of(db, Id::from_uuid(id), before).await?;
    }
    Ok(count)
}

async fn give_up_of(db: &Db, tenant: Id<Tenant>, before: Instant) -> Result<u64, StoreError> {
    let tx = db.system(SystemReason::Messages).await?;
    let sent_some_day = in_hand(&tx, tenant).await?;
    let (mut count, mut after) = (0, Uuid::nil());
    loop {
        let page = overdue(&tx, tenant, before, after).await?;
        let forsaken: Vec<_> = page
            .iter()
            .filter(|id| !sent_some_day.contains(id))
            .map(|id| ((tenant, *id), Outcome::Failed(Reason::GaveUp, String::new())))
            .collect();
        // Of those that somebody has settled meanwhile nothing is written.
        write_all(tx.conn(), tx.now(), &forsaken).await?;
        count += forsaken.len() as u64;
        match page.last() {
            Some(last) if page.len() == AT_ONCE => after = last.uuid(),
            _ => break,
        }
    }
    tx.commit().await?;
    Ok(count)
}

/// The messages of a business that a job is still going to send. Each state has an index of its own.
async fn in_hand(tx: &SystemTx, tenant: Id<Tenant>) -> Result<HashSet<Id<Message>>, StoreError> {
    #[derive(FromQueryResult)]
    struct InHand {
        message: Option<String>,
    }
    let sql = "
        select payload ->> 'message' as message from jobs
        where tenant_id = $1 and kind = $2 and state = 'waiting'
        union all
        select payload ->> 'message' from jobs
        where tenant_id = $1 and kind = $2 and state = 'running'";
    let values = [tenant.uuid().into(), SEND_MESSAGE.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = InHand::find_by_statement(statement).all(tx.conn()).await?;
    Ok(found.into_iter().filter_map(|job| job.message?.parse().ok()).collect())
}

async fn overdue(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    before: Instant,
    after: Uuid,
) -> Result<Vec<Id<Message>>, StoreError> {
    let sql = "
        select id from messages
        where tenant_id = $1 and state = 'queued' and id > $2 and id < $3 and due_at < $4
        order by id limit $5";
    let values = [
        tenant.uuid().into(),
        after.into(),
        Id::<Message>::first_at(before).uuid().into(),
        before.into(),
        i64::try_from(AT_ONCE).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Whose::find_by_statement(statement).all(tx.conn()).await?;
    Ok(found.into_iter().map(|row| Id::from_uuid(row.id)).collect())
}
