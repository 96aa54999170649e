//! The book. A line moves money from one account to another, so that whatever is in it balances; nobody can
//! change or remove one. What turns out otherwise is written back by a line of its own. Bookkeepers see what came and
//! went at a place.

pub(super) mod movements;

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use uuid::Uuid;

use super::entities::{payment, refund};
use super::words::Way;
use crate::bookings::Stood;
use crate::ids::LedgerLine;
use crate::sold::{SaleRow, What};
use crate::tenancy::{StoreError, TenantTx};

/// An account of the book.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Account {
    /// What customers owe, less what they paid.
    Customers,
    /// What came by one way: at the provider of cards, in the till. By voucher or pass, it comes from what was
    /// sold ahead.
    At(Way),
    /// What was sold ahead: what the business still owes for vouchers and passes, what memberships brought.
    Ahead(What),
    /// What customers went to their bank about, and isn't decided.
    Disputed,
    /// What was decided for them.
    Lost,
    /// What was sold ahead and never used.
    Expired,
    /// By how much what a pass paid for would have cost more by itself.
    Discounts,
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
            Self::At(Way::Voucher) | Self::Ahead(What::Voucher) => "vouchers",
            Self::At(Way::Pass) | Self::Ahead(What::Pass) => "passes",
            Self::At(way) => way.key(),
            Self::Ahead(What::Membership) => "memberships",
            Self::Disputed => "disputed",
            Self::Lost => "lost",
            Self::Expired => "expired",
            Self::Discounts => "discounts",
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

impl Line {
    /// So much from one to the other; less than nothing goes the other way round.
    fn moving(debit: Account, credit: Account, amount_minor: i64) -> Self {
        let line = Self { debit, credit, amount_minor: amount_minor.abs() };
        if amount_minor < 0 { line.turned() } else { line }
    }

    /// The same the other way round.
    const fn turned(self) -> Self {
        Self { debit: self.credit, credit: self.debit, amount_minor: self.amount_minor }
    }
}

/// What a line is about.
struct About<'a> {
    location: Uuid,
    visit: Option<Uuid>,
    sale: Option<Uuid>,
    currency: &'a str,
    payment: Option<Uuid>,
    refund: Option<Uuid>,
    dispute: Option<Uuid>,
}

impl<'a> About<'a> {
    fn paying(payment: &'a payment::Model, refund: Option<Uuid>) -> Self {
        Self {
            location: payment.location_id,
            visit: payment.appointment_id,
            sale: payment.sale_id,
            currency: &payment.currency,
            payment: Some(payment.id),
            refund,
            dispute: None,
        }
    }
}

const WRITE: &str = "
    insert into ledger (tenant_id, id, at, location_id, debit, credit, amount_minor, currency,
                        appointment_id, payment_id, refund_id, sale_id, dispute_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)";

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
        about.sale.into(),
        about.dispute.into(),
    ];
    tx.conn()
        .execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, WRITE, values))
        .await?;
    Ok(())
}

/// Whose what was paid is: that of customers who owe it for a visit, or of what they bought.
async fn owed(tx: &TenantTx, payment: &payment::Model) -> Result<Account, StoreError> {
    #[derive(FromQueryResult)]
    struct Sold {
        what: String,
    }
    let Some(sale) = payment.sale_id else { return Ok(Account::Customers) };
    let sql = "select what from sales where tenant_id = $1 and id = $2";
    let values = [tx.tenant().uuid().into(), sale.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let found = Sold::find_by_statement(statement).one(tx.conn()).await?;
    let found = found.ok_or_else(|| StoreError::Unreadable(format!("the sale {sale}")))?;
    Ok(Account::Ahead(What::stored(&found.what)?))
}

/// What a use of a pass pays for, and what the use is worth: what differs is a discount.
fn use_of_pass(amount_minor: i64, worth_minor: i64) -> [Line; 3] {
    let line = |debit, credit, amount_minor| Line { debit, credit, amount_minor };
    let (pass, both) = (Account::At(Way::Pass), amount_minor.min(worth_minor));
    [
        line(pass, Account::Customers, both),
        line(Account::Discounts, Account::Customers, amount_minor - both),
        line(pass, Account::Discounts, worth_minor - both),
    ]
}

/// Something was paid.
pub(super) async fn paid(tx: &TenantTx, payment: &payment::Model) -> Result<(), StoreError> {
    let debit = Account::At(Way::stored(&payment.way)?);
    let about = About::paying(payment, None);
    if let Some(worth) = payment.worth_minor {
        for line in use_of_pass(payment.amount_minor, worth) {
            write(tx, &about, line).await?;
        }
        return Ok(());
    }
    let own = payment.amount_minor - payment.tip_minor;
    let credit = owed(tx, payment).await?;
    write(tx, &about, Line { debit, credit, amount_minor: own }).await?;
    let tip = payment.tip_minor;
    write(tx, &about, Line { debit, credit: Account::Tips, amount_minor: tip }).await
}

/// Some of it was given back. Of a use of a pass, `worth` is what the pass is worth more now.
pub(super) async fn returned(
    tx: &TenantTx,
    payment: &payment::Model,
    refund: &refund::Model,
    worth: i64,
) -> Result<(), StoreError> {
    let about = About::paying(payment, Some(refund.id));
    for line in returned_lines(tx, payment, refund, worth).await? {
        write(tx, &about, line).await?;
    }
    Ok(())
}

/// What was given back came back: it is written the other way round.
pub(super) async fn came_back(
    tx: &TenantTx,
    payment: &payment::Model,
    refund: &refund::Model,
) -> Result<(), StoreError> {
    let about = About::paying(payment, Some(refund.id));
    for line in returned_lines(tx, payment, refund, 0).await? {
        write(tx, &about, line.turned()).await?;
    }
    Ok(())
}

async fn returned_lines(
    tx: &TenantTx,
    payment: &payment::Model,
    refund: &refund::Model,
    worth: i64,
) -> Result<Vec<Line>, StoreError> {
    if payment.pass_id.is_some() {
        return Ok(use_of_pass(refund.amount_minor, worth).map(Line::turned).into());
    }
    let credit = Account::At(Way::stored(&payment.way)?);
    let debit = owed(tx, payment).await?;
    let tip = refund.tip_minor;
    Ok(vec![
        Line { debit, credit, amount_minor: refund.amount_minor - tip },
        Line { debit: Account::Tips, credit, amount_minor: tip },
    ])
}

/// What was sold ahead and isn't owed any more, as nobody used it in time, or as staff said so; less than nothing: it
/// wasn't theirs after all, as it was given back.
pub(crate) async fn expired(
    tx: &TenantTx,
    sale: &SaleRow,
    amount_minor: i64,
) -> Result<(), StoreError> {
    not_owed(tx, sale, Account::Expired, amount_minor).await
}

/// What was sold ahead and isn't owed any more, as what was paid for it was lost: so much less was. Less than nothing:
/// it is owed again.
pub(crate) async fn let_go(
    tx: &TenantTx,
    sale: &SaleRow,
    amount_minor: i64,
) -> Result<(), StoreError> {
    not_owed(tx, sale, Account::Lost, amount_minor).await
}

async fn not_owed(
    tx: &TenantTx,
    sale: &SaleRow,
    credit: Account,
    amount_minor: i64,
) -> Result<(), StoreError> {
    let about = About {
        location: sale.location.uuid(),
        visit: None,
        sale: Some(sale.id.uuid()),
        currency: &sale.currency,
        payment: None,
        refund: None,
        dispute: None,
    };
    write(tx, &about, Line::moving(Account::Ahead(sale.what), credit, amount_minor)).await
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
        visit: Some(visit.id.uuid()),
        sale: None,
        currency: &visit.currency,
        payment: None,
        refund: None,
        dispute: None,
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

/// What a dispute has away now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Away {
    /// It may come back.
    pub(super) undecided_minor: i64,
    /// It won't.
    pub(super) lost_minor: i64,
}

const AWAY: &str = "
    select coalesce(sum(case when debit = 'disputed' then amount_minor
                             when credit = 'disputed' then -amount_minor end), 0)::bigint as undecided,
           coalesce(sum(case when debit = 'lost' then amount_minor
                             when credit = 'lost' then -amount_minor end), 0)::bigint as lost
    from ledger where tenant_id = $1 and dispute_id = $2";

/// Brings the book to what a dispute has away now: the difference is written, if there is one.
pub(super) async fn disputed(
    tx: &TenantTx,
    payment: &payment::Model,
    currency: &str,
    dispute: Uuid,
    away: Away,
) -> Result<(), StoreError> {
    #[derive(FromQueryResult)]
    struct Booked {
        undecided: i64,
        lost: i64,
    }
    let values = [tx.tenant().uuid().into(), dispute.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, AWAY, values);
    let booked = Booked::find_by_statement(statement).one(tx.conn()).await?;
    let (undecided, lost) = booked.map_or((0, 0), |row| (row.undecided, row.lost));
    let about = About {
        currency,
        // Its lines are known by the dispute: of a payment there is one line from one account to another.
        payment: None,
        dispute: Some(dispute),
        ..About::paying(payment, None)
    };
    for line in away_lines(Away { undecided_minor: undecided, lost_minor: lost }, away) {
        write(tx, &about, line).await?;
    }
    Ok(())
}

/// What leads from one to the other: what is lost was undecided before, and all of it comes from the provider.
fn away_lines(from: Away, to: Away) -> [Line; 2] {
    let away = to.undecided_minor + to.lost_minor - from.undecided_minor - from.lost_minor;
    [
        Line::moving(Account::Disputed, Account::At(Way::Card), away),
        Line::moving(Account::Lost, Account::Disputed, to.lost_minor - from.lost_minor),
    ]
}
