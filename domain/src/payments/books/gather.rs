//! What our book says about the provider's: what moved there, by the names that it has there.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{DbBackend, FromQueryResult, Statement, Value};

use super::compare::Entry;
use super::keeper::Period;
use super::words::Moved;
use crate::tenancy::{StoreError, TenantTx};

/// Something that moved, by the provider's name.
pub(super) type Name = (Moved, String);

#[derive(FromQueryResult)]
struct Line {
    moved: String,
    reference: String,
    currency: String,
    amount_minor: i64,
}

/// What stands in our book under these names: all of it, whenever it was written. `$3` are the names of one way.
const NAMED: &str = "
    select 'taken' as moved, p.taken as reference, l.currency,
           sum(case when l.debit = 'card' then l.amount_minor else -l.amount_minor end)::bigint
               as amount_minor
    from payments p join ledger l on l.tenant_id = p.tenant_id and l.payment_id = p.id
    where p.tenant_id = $1 and p.account = $2 and p.taken = any($3)
      and l.refund_id is null and l.dispute_id is null and (l.debit = 'card' or l.credit = 'card')
    group by 2, 3
    union all
    select 'returned', r.reference, l.currency,
           sum(case when l.credit = 'card' then l.amount_minor else -l.amount_minor end)::bigint
    from refunds r
    join payments p on p.tenant_id = r.tenant_id and p.id = r.payment_id
    join ledger l on l.tenant_id = r.tenant_id and l.refund_id = r.id
    where r.tenant_id = $1 and p.account = $2 and r.reference = any($4)
      and (l.debit = 'card' or l.credit = 'card')
    group by 2, 3
    union all
    select 'disputed', d.reference, l.currency,
           sum(case when l.credit = 'card' then l.amount_minor else -l.amount_minor end)::bigint
    from disputes d join ledger l on l.tenant_id = d.tenant_id and l.dispute_id = d.id
    where d.tenant_id = $1 and d.account = $2 and d.reference = any($5)
      and (l.debit = 'card' or l.credit = 'card')
    group by 2, 3";

/// What our book says under these names.
pub(super) async fn named(
    tx: &TenantTx,
    account: &str,
    names: &BTreeSet<Name>,
) -> Result<Vec<Entry>, StoreError> {
    let of = |wanted: Moved| -> Value {
        let names = names.iter().filter(|(moved, _)| *moved == wanted);
        names.map(|(_, name)| name.clone()).collect::<Vec<_>>().into()
    };
    let values = [
        tx.tenant().uuid().into(),
        account.into(),
        of(Moved::Taken),
        of(Moved::Returned),
        of(Moved::Disputed),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, NAMED, values);
    let lines = Line::find_by_statement(statement).all(tx.conn()).await?;
    let entry = |line: Line| {
        Ok(Entry {
            moved: Moved::stored(&line.moved)?,
            reference: line.reference,
            currency: line.currency,
            amount_minor: line.amount_minor,
            is_ours: true,
        })
    };
    lines.into_iter().map(entry).collect()
}

/// What was paid by card has a name at the provider once it was paid.
const WRITTEN: &str = "
    select distinct
           case when l.dispute_id is not null then 'disputed'
                when l.refund_id is not null then 'returned' else 'taken' end as moved,
           coalesce(d.reference, r.reference, p.taken) as reference
    from ledger l
    left join disputes d on d.tenant_id = l.tenant_id and d.id = l.dispute_id
    left join refunds r on r.tenant_id = l.tenant_id and r.id = l.refund_id
    left join payments p on p.tenant_id = l.tenant_id and p.id = coalesce(l.payment_id, d.payment_id)
    where l.tenant_id = $1 and l.at >= $3 and l.at < $4 and (l.debit = 'card' or l.credit = 'card')
      and p.account = $2 and coalesce(d.reference, r.reference, p.taken) is not null";

/// The names of what was written into our book in a period.
pub(super) async fn written(
    tx: &TenantTx,
    account: &str,
    period: Period,
) -> Result<BTreeSet<Name>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        moved: String,
        reference: String,
    }
    let values = [tx.tenant().uuid().into(), account.into(), period.from.into(), period.to.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, WRITTEN, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    rows.into_iter().map(|row| Ok((Moved::stored(&row.moved)?, row.reference))).collect()
}

/// Which of what was taken is known here at all.
pub(super) async fn known(
    tx: &TenantTx,
    account: &str,
    taken: Vec<String>,
) -> Result<BTreeSet<String>, StoreError> {
    #[derive(FromQueryResult)]
    struct Row {
        taken: String,
    }
    let sql =
        "select taken from payments where tenant_id = $1 and account = $2 and taken = any($3)";
    let values = [tx.tenant().uuid().into(), account.into(), taken.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    Ok(rows.into_iter().map(|row| row.taken).collect())
}

/// Entries by their names, each currency of its own.
pub(super) fn by_name(entries: &[Entry]) -> BTreeMap<(Moved, &str, &str), i64> {
    let mut all = BTreeMap::new();
    for one in entries {
        let key = (one.moved, &*one.reference, &*one.currency);
        *all.entry(key).or_default() += one.amount_minor;
    }
    all
}
