//! Payments as they are shown.

use sea_orm::{DbBackend, FromQueryResult, Statement};
use serde::Deserialize;
use uuid::Uuid;

use super::bill::due::{Bill, Paid};
use super::cards::{self, CardFacts, fees};
use super::error::PaymentError;
use super::words::{PaymentKind, PaymentState, RefundState, Way};
use crate::bookings::{self, Stood, VisitFacts};
use crate::ids::{Appointment, Customer, Id, Location, Pass, Payment, Refund, Sale, Voucher};
use crate::page::{Paged, Window};
use crate::sold::What;
use crate::tenancy::{StoreError, TenantTx};
use crate::time::Instant;

/// A payment with what was given back of it.
#[derive(Debug, Clone, PartialEq)]
pub struct PaymentFacts {
    /// Its id.
    pub id: Id<Payment>,
    /// For which visit, if it is for one.
    pub visit: Option<Id<Appointment>>,
    /// For what that was sold ahead, if it is for that.
    pub sale: Option<SaleRef>,
    /// What the visit is, or what was sold.
    pub title: String,
    /// Where.
    pub location: Id<Location>,
    /// Whose visit it is, or who bought it.
    pub customer: Option<Id<Customer>>,
    /// What they are called.
    pub customer_name: Option<String>,
    /// By which way.
    pub way: Way,
    /// The voucher that it was paid with.
    pub voucher: Option<Id<Voucher>>,
    /// The pass that it was paid with.
    pub pass: Option<Id<Pass>>,
    /// How far it came.
    pub state: PaymentState,
    /// All of it.
    pub amount_minor: i64,
    /// The part of it that is a tip.
    pub tip_minor: i64,
    /// What was given back or is on its way.
    pub refunded_minor: i64,
    /// In which currency.
    pub currency: String,
    /// What staff wrote.
    pub note: String,
    /// Who took it, if it was somebody here.
    pub taken_by: Option<String>,
    /// When it began.
    pub created_at: Instant,
    /// When it was paid.
    pub paid_at: Option<Instant>,
    /// What it was for when it was begun.
    pub kind: PaymentKind,
    /// Whether it is taken from the card on file.
    pub off_session: bool,
    /// Why it came to nothing, in the provider's words.
    pub trouble: Option<String>,
    /// Whether its customer went to their bank about it, so that it can't be given back.
    pub disputed: bool,
    /// Whether it was paid once more for what had been sold already, so that it goes back.
    pub surplus: bool,
    /// What was given back, the oldest first.
    pub refunds: Vec<RefundFacts>,
}

/// Something that was sold ahead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaleRef {
    /// Its id.
    pub id: Id<Sale>,
    /// What it is.
    pub what: What,
}

/// Money that is given back.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct RefundFacts {
    /// Its id.
    #[serde(deserialize_with = "bare")]
    pub id: Id<Refund>,
    /// How much.
    pub amount_minor: i64,
    /// How far it came.
    pub state: RefundState,
    /// Why.
    pub reason: String,
    /// By whom.
    pub given_by: String,
    /// Whether it was given back at the provider's own pages, and not here.
    pub made_there: bool,
    /// What of it was due and needn't be paid again.
    pub waived_minor: i64,
    /// Why it didn't arrive.
    pub trouble: Option<String>,
    /// When it began.
    pub created_at: Instant,
    /// When it was done.
    pub done_at: Option<Instant>,
    /// When it came back all the same, as the bank couldn't bring it to its customer.
    pub came_back_at: Option<Instant>,
}

fn bare<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Id<Refund>, D::Error> {
    Uuid::deserialize(from).map(Id::from_uuid)
}

/// Which payments are wanted.
#[derive(Debug, Clone, Default)]
pub struct PaymentFilter {
    /// Taken at this place.
    pub location: Option<Id<Location>>,
    /// By this way.
    pub way: Option<Way>,
    /// For this visit.
    pub visit: Option<Id<Appointment>>,
    /// For this that was sold ahead.
    pub sale: Option<Id<Sale>>,
    /// Begun at or after this.
    pub from: Option<Instant>,
    /// Begun before this.
    pub to: Option<Instant>,
    /// Those, too, that weren't paid.
    pub all: bool,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    appointment_id: Option<Uuid>,
    sale_id: Option<Uuid>,
    what: Option<String>,
    title: String,
    location_id: Uuid,
    customer_id: Option<Uuid>,
    customer_name: Option<String>,
    way: String,
    voucher_id: Option<Uuid>,
    pass_id: Option<Uuid>,
    state: String,
    amount_minor: i64,
    tip_minor: i64,
    refunded_minor: i64,
    currency: String,
    note: String,
    taken_by: Option<String>,
    created_at: Instant,
    paid_at: Option<Instant>,
    kind: String,
    off_session: bool,
    trouble: Option<String>,
    disputed: bool,
    surplus: bool,
    refunds: serde_json::Value,
}

impl TryFrom<Row> for PaymentFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let unreadable = |error: serde_json::Error| StoreError::Unreadable(error.to_string());
        Ok(Self {
            id: Id::from_uuid(row.id),
            visit: row.appointment_id.map(Id::from_uuid),
            sale: match (row.sale_id, row.what) {
                (Some(id), Some(what)) => {
                    Some(SaleRef { id: Id::from_uuid(id), what: What::stored(&what)? })
                }
                _ => None,
            },
            voucher: row.voucher_id.map(Id::from_uuid),
            pass: row.pass_id.map(Id::from_uuid),
            title: row.title,
            location: Id::from_uuid(row.location_id),
            customer: row.customer_id.map(Id::from_uuid),
            customer_name: row.customer_name,
            way: Way::stored(&row.way)?,
            state: PaymentState::stored(&row.state)?,
            amount_minor: row.amount_minor,
            tip_minor: row.tip_minor,
            refunded_minor: row.refunded_minor,
            currency: row.currency,
            note: row.note,
            taken_by: row.taken_by,
            created_at: row.created_at,
            paid_at: row.paid_at,
            kind: PaymentKind::stored(&row.kind)?,
            off_session: row.off_session,
            trouble: row.trouble,
            disputed: row.disputed,
            surplus: row.surplus,
            refunds: serde_json::from_value(row.refunds).map_err(unreadable)?,
        })
    }
}

/// Behind it: which of them.
const SHOWN: &str = "
    select p.id, p.appointment_id, p.sale_id, s.what, coalesce(a.title, s.title) as title,
           p.location_id, coalesce(a.customer_id, s.customer_id) as customer_id,
           c.name as customer_name, p.way, p.voucher_id, p.pass_id, p.state, p.amount_minor, p.tip_minor, p.refunded_minor, p.currency, p.note,
           p.taken_by, p.created_at, p.paid_at, p.kind, p.card_id is not null as off_session, p.trouble, p.surplus,
           exists (select from disputes d where d.tenant_id = p.tenant_id and d.payment_id = p.id
                   and not d.refundable and d.state <> 'won') as disputed,
           (select coalesce(jsonb_agg(jsonb_build_object(
                       'id', r.id, 'amount_minor', r.amount_minor, 'state', r.state,
                       'reason', r.reason, 'given_by', r.given_by, 'made_there', r.made_there,
                       'waived_minor', r.waived_minor, 'trouble', r.trouble,
                       'created_at', r.created_at, 'done_at', r.done_at,
                       'came_back_at', r.came_back_at) order by r.id), '[]')
            from refunds r where r.tenant_id = p.tenant_id and r.payment_id = p.id) as refunds
    from payments p
    left join appointments a on a.tenant_id = p.tenant_id and a.id = p.appointment_id
    left join sales s on s.tenant_id = p.tenant_id and s.id = p.sale_id
    left join customers c on c.tenant_id = p.tenant_id
         and c.id = coalesce(a.customer_id, s.customer_id)
    where p.tenant_id = $1";

async fn find(
    tx: &TenantTx,
    which: &str,
    values: Vec<sea_orm::Value>,
) -> Result<Vec<PaymentFacts>, StoreError> {
    let sql = format!("{SHOWN} {which}");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await?;
    rows.into_iter().map(PaymentFacts::try_from).collect()
}

/// Payments, the newest first.
pub async fn list(
    tx: &TenantTx,
    filter: &PaymentFilter,
    window: Window<Payment>,
) -> Result<Paged<PaymentFacts>, PaymentError> {
    let which = "
        and ($2::uuid is null or p.location_id = $2)
        and ($3::text is null or p.way = $3)
        and ($4::uuid is null or p.appointment_id = $4)
        and ($5::timestamptz is null or p.created_at >= $5)
        and ($6::timestamptz is null or p.created_at < $6)
        and ($7 or p.state in ('paid', 'processing'))
        and ($8::uuid is null or p.id < $8)
        and ($10::uuid is null or p.sale_id = $10)
        order by p.id desc limit $9";
    let values = vec![
        tx.tenant().uuid().into(),
        filter.location.map(Id::uuid).into(),
        filter.way.map(Way::key).into(),
        filter.visit.map(Id::uuid).into(),
        filter.from.into(),
        filter.to.into(),
        filter.all.into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
        filter.sale.map(Id::uuid).into(),
    ];
    let found = find(tx, which, values).await?;
    Ok(window.cut(found, |payment| payment.id))
}

/// One payment.
pub async fn read(tx: &TenantTx, id: Id<Payment>) -> Result<PaymentFacts, PaymentError> {
    let values = vec![tx.tenant().uuid().into(), id.uuid().into()];
    find(tx, "and p.id = $2", values).await?.pop().ok_or(PaymentError::NotFound)
}

/// What a visit costs, and what was paid for it.
#[derive(Debug, Clone)]
pub struct VisitMoney {
    /// The visit.
    pub visit: VisitFacts,
    /// What it costs.
    pub bill: Bill,
    /// What was paid.
    pub paid: Paid,
    /// By whom and when, the newest first; those, too, that came to nothing.
    pub payments: Vec<PaymentFacts>,
    /// The card that was left for it.
    pub card: CardFacts,
    /// When its fee is taken from that card by itself.
    pub fee_at: Option<Instant>,
}

impl VisitMoney {
    /// All that the visit costs as it stands.
    pub fn due_minor(&self) -> i64 {
        self.bill.due(&self.paid)
    }

    /// What is still to be paid.
    pub fn open_minor(&self) -> i64 {
        self.bill.open(&self.paid)
    }

    /// What was paid and isn't due any more.
    pub fn excess_minor(&self) -> i64 {
        self.bill.excess(&self.paid)
    }
}

/// What a visit costs, and what was paid for it, for whoever may see the visit.
pub async fn of_visit(tx: &TenantTx, id: Id<Appointment>) -> Result<VisitMoney, PaymentError> {
    let visit = bookings::read(tx, id).await?;
    let values = vec![tx.tenant().uuid().into(), id.uuid().into()];
    let payments = find(tx, "and p.appointment_id = $2 order by p.id desc", values).await?;
    let paid = paid_for(tx, id).await?;
    let (bill, stood) = (bill(&visit), Stood::from(&visit));
    let card = cards::of(tx, &stood).await?;
    let fee_at = fees::when(tx, &stood, &paid).await?;
    Ok(VisitMoney { visit, bill, paid, payments, card, fee_at })
}

/// What a visit costs.
pub(super) fn bill(visit: &VisitFacts) -> Bill {
    Bill {
        status: visit.status,
        price_minor: visit.price_minor,
        deposit_minor: visit.deposit_minor,
        fee_minor: visit.fee_minor,
    }
}

/// What was paid for a visit.
pub(super) async fn paid_for(tx: &TenantTx, id: Id<Appointment>) -> Result<Paid, StoreError> {
    #[derive(FromQueryResult)]
    struct Sums {
        paid: i64,
        tips: i64,
        refunded: i64,
        returned: i64,
        waived: i64,
        waived_fee: i64,
    }
    let sql = "
        select coalesce(sum(amount_minor - tip_minor), 0)::bigint as paid,
               coalesce(sum(tip_minor), 0)::bigint as tips,
               coalesce(sum(refunded_minor), 0)::bigint as refunded,
               coalesce(sum(refunded_minor - tip_refunded_minor), 0)::bigint as returned,
               coalesce(sum(w.price), 0)::bigint as waived,
               coalesce(sum(w.fee), 0)::bigint as waived_fee
        from payments
        cross join lateral (
            select sum(r.waived_minor) filter (where not r.waived_fee) as price,
                   sum(r.waived_minor) filter (where r.waived_fee) as fee
            from refunds r
            where r.tenant_id = payments.tenant_id and r.payment_id = payments.id
              and r.state <> 'failed'
        ) w
        where tenant_id = $1 and appointment_id = $2 and state = 'paid'";
    let values = [tx.tenant().uuid().into(), id.uuid().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let sums = Sums::find_by_statement(statement).one(tx.conn()).await?;
    Ok(sums.map_or_else(Paid::default, |sums| Paid {
        paid_minor: sums.paid,
        tips_minor: sums.tips,
        refunded_minor: sums.refunded,
        returned_minor: sums.returned,
        waived_minor: sums.waived,
        waived_fee_minor: sums.waived_fee,
    }))
}
