//! The book. A line moves money from one account to another, so that whatever is in it balances; nobody can
//! change or remove one. What turns out otherwise is written back by a line of its own.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::entities::{payment, refund};
use super::words::Way;
use crate::bookings::Stood;
use crate::ids::LedgerLine;
use crate::tenancy::{StoreError, TenantTx};

/// An account of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Account {
    /// What customers owe, less what they paid.
    Customers,
    /// What came by one way: at the provider of cards, in the till.
    At(Way),
    /// What was earned by visits.
    Sales,
    /// What was earned because visits didn't take place.
    Fees,
    /// What belongs to staff.
    Tips,
}

impl Account {
    const fn key(self) -> &'static str {
        match self {
            Self::Customers => "customers",
            Self::At(way) => way.key(),
            Self::Sales => "sales",
            Self::Fees => "fees",
            Self::Tips => "tips",
        }
    }
}

/// A line about to be written.
struct Line {
    debit: Account,
    credit: Account,
    amount_minor: i64,
}

/// What a line is about.
struct About<'a> {
    location: Uuid,
    visit: Uuid,
    currency: &'a str,
    payment: Option<Uuid>,
    refund: Option<Uuid>,
}

const WRITE: &str = "
    insert into ledger (tenant_id, id, at, location_id, debit, credit, amount_minor, currency,
                        appointment_id, payment_id, refund_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";

async fn write(tx: &TenantTx, about: &About<'_>, line: Line) -> Result<(), StoreError> {
    if line.amount_minor <= 0 {
        return Ok(());
    }
    let values = [
        tx.tenant().uuid().into(),
        tx.new_id::<LedgerLine>().uuid().into(),
        tx.now().into(),
        about.location.into(),
        line.debit.key().into(),
        line.credit.key().into(),
        line.amount_minor.into(),
        about.currency.into(),
        about.visit.into(),
        about.payment.into(),
        about.refund.into(),
    ];
    tx.conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, WRITE, values))
        .await?;
    Ok(())
}

/// Something was paid.
pub(super) async fn paid(tx: &TenantTx, payment: &payment::Model) -> Result<(), StoreError> {
    let debit = Account::At(Way::stored(&payment.way)?);
    let about = About {
        location: payment.location_id,
        visit: payment.appointment_id,
        currency: &payment.currency,
        payment: Some(payment.id),
        refund: None,
    };
    let own = payment.amount_minor - payment.tip_minor;
    write(tx, &about, Line { debit, credit: Account::Customers, amount_minor: own }).await?;
    let tip = payment.tip_minor;
    write(tx, &about, Line { debit, credit: Account::Tips, amount_minor: tip }).await
}

/// Some of it was given back. What isn't of the tip goes first; `before` is what was given back earlier.
pub(super) async fn returned(
    tx: &TenantTx,
    payment: &payment::Model,
    refund: &refund::Model,
    before: i64,
) -> Result<(), StoreError> {
    let credit = Account::At(Way::stored(&payment.way)?);
    let about = About {
        location: payment.location_id,
        visit: payment.appointment_id,
        currency: &payment.currency,
        payment: Some(payment.id),
        refund: Some(refund.id),
    };
    let own = payment.amount_minor - payment.tip_minor;
    let of_own = refund.amount_minor.min((own - before).max(0));
    write(tx, &about, Line { debit: Account::Customers, credit, amount_minor: of_own }).await?;
    let of_tip = refund.amount_minor - of_own;
    write(tx, &about, Line { debit: Account::Tips, credit, amount_minor: of_tip }).await
}

/// What was earned by a visit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Earned {
    pub(super) sales: i64,
    pub(super) fees: i64,
}

#[derive(FromQueryResult)]
struct Booked {
    sales: i64,
    fees: i64,
}

const EARNED: &str = "
    select coalesce(sum(case when credit = 'sales' then amount_minor
                             when debit = 'sales' then -amount_minor end), 0)::bigint as sales,
           coalesce(sum(case when credit = 'fees' then amount_minor
                             when debit = 'fees' then -amount_minor end), 0)::bigint as fees
    from ledger where tenant_id = $1 and appointment_id = $2";

/// Brings the book to what a visit earned as it stands: the difference is written, if there is one.
pub(super) async fn earn(tx: &TenantTx, visit: &Stood, earned: Earned) -> Result<(), StoreError> {
    let values = [tx.tenant().uuid().into(), visit.id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, EARNED, values);
    let booked = Booked::find_by_statement(statement).one(tx.conn()).await?;
    let booked =
        booked.map_or_else(Earned::default, |row| Earned { sales: row.sales, fees: row.fees });
    let about = About {
        location: visit.location.uuid(),
        visit: visit.id.uuid(),
        currency: &visit.currency,
        payment: None,
        refund: None,
    };
    for (account, more) in
        [(Account::Sales, earned.sales - booked.sales), (Account::Fees, earned.fees - booked.fees)]
    {
        let line = if more > 0 {
            Line { debit: Account::Customers, credit: account, amount_minor: more }
        } else {
            Line { debit: account, credit: Account::Customers, amount_minor: -more }
        };
        write(tx, &about, line).await?;
    }
    Ok(())
}
