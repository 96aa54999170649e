//! Two records become one, or two again. What goes to browsers is addressed to the record that has them:
//! also what is under way, and what was said by opt-outs.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::Channel;
use super::address::Address;
use super::optouts::{self, Source};
use crate::ids::{Customer, Id, OptOut};
use crate::tenancy::{StoreError, TenantTx};

#[derive(FromQueryResult)]
struct Found {
    source: String,
}

fn browsers_of(customer: Uuid) -> Address {
    Address::new(Channel::Push, &Id::<Customer>::from_uuid(customer).to_string())
}

/// What a record has said about its browsers holds for the one that it becomes part of: they are among
/// its browsers now. Says which opt-out that made.
pub(crate) async fn merged(
    tx: &mut TenantTx,
    gone: Uuid,
    kept: Uuid,
) -> Result<Option<Id<OptOut>>, StoreError> {
    readdress(tx, gone, kept).await?;
    let sql = "select source from message_optouts
               where tenant_id = $1 and channel = $2 and address_key = $3";
    let values =
        [tx.tenant().uuid().into(), Channel::Push.key().into(), browsers_of(gone).key.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let Some(found) = Found::find_by_statement(statement).one(tx.conn()).await? else {
        return Ok(None);
    };
    let source = Source::stored(&found.source)?;
    let (facts, is_new) = optouts::put(tx, &browsers_of(kept), source).await?;
    if !is_new {
        return Ok(None);
    }
    optouts::note(tx, "message.opted_out", facts.id, Channel::Push);
    Ok(Some(facts.id))
}

/// The record is one of its own again, and has said what it had said before; what moved back is
/// addressed to it. The opt-out that the merge made goes, if it is still there.
pub(crate) async fn parted(
    tx: &mut TenantTx,
    gone: Uuid,
    kept: Uuid,
    made: Option<Id<OptOut>>,
) -> Result<(), StoreError> {
    readdress(tx, kept, gone).await?;
    let Some(made) = made else { return Ok(()) };
    let sql = "delete from message_optouts where tenant_id = $1 and id = $2";
    let values = [tx.tenant().uuid().into(), made.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    if tx.conn().execute_raw(statement).await?.rows_affected() == 1 {
        optouts::note(tx, "message.opted_in", made, Channel::Push);
    }
    Ok(())
}

/// All that one record has by now and that was addressed to another's browsers: what is still to be sent
/// finds them, and whoever opts out by a link in what was sent does so for the record that they have.
async fn readdress(tx: &TenantTx, from: Uuid, to: Uuid) -> Result<(), StoreError> {
    let sql = "
        update messages set address = $4, address_key = $5
        where tenant_id = $1 and customer_id = $2 and channel = 'push' and address_key = $3";
    let (from, Address { shown, key, .. }) = (browsers_of(from), browsers_of(to));
    let values = [tx.tenant().uuid().into(), to.into(), from.key.into(), shown.into(), key.into()];
    tx.conn().execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}
