//! Payments that customers went to their bank about: written down, once, with what they take away and bring back.

use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, QuerySelect, Statement,
};
use uuid::Uuid;

use super::super::accounts;
use super::super::ahead;
use super::super::counter::Counter;
use super::super::entities::payment;
use super::super::error::PaymentError;
use super::super::ledger::{self, Away};
use super::super::refunds;
use super::entities::dispute;
use super::keeper::DisputeStand;
use super::mails;
use super::words::DisputeState;
use crate::ids::{Appointment, Dispute, Id, Payment};
use crate::page::{Paged, Window};
use crate::tenancy::{Caller, StoreError, TenantTx};
use crate::time::Instant;

/// A payment that a customer went to their bank about.
#[derive(Debug, Clone, PartialEq)]
pub struct DisputeFacts {
    /// Its id.
    pub id: Id<Dispute>,
    /// Which payment.
    pub payment: Id<Payment>,
    /// For which visit, if it was for one.
    pub visit: Option<Id<Appointment>>,
    /// What the visit is, or what was sold.
    pub title: String,
    /// Who paid.
    pub customer_name: Option<String>,
    /// What it is called at the provider.
    pub reference: String,
    /// How much.
    pub amount_minor: i64,
    /// ISO 4217.
    pub currency: String,
    /// How far it came.
    pub state: DisputeState,
    /// Why, in the provider's words.
    pub reason: String,
    /// How much of it the provider took away, as it is now.
    pub away_minor: i64,
    /// Until when the business may say something.
    pub due_at: Option<Instant>,
    /// When it began.
    pub opened_at: Instant,
    /// When it was decided.
    pub closed_at: Option<Instant>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Uuid,
    payment_id: Uuid,
    appointment_id: Option<Uuid>,
    title: String,
    customer_name: Option<String>,
    reference: String,
    amount_minor: i64,
    currency: String,
    state: String,
    reason: String,
    away: bool,
    due_at: Option<Instant>,
    opened_at: Instant,
    closed_at: Option<Instant>,
}

impl TryFrom<Row> for DisputeFacts {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let state = DisputeState::stored(&row.state)?;
        Ok(Self {
            id: Id::from_uuid(row.id),
            payment: Id::from_uuid(row.payment_id),
            visit: row.appointment_id.map(Id::from_uuid),
            title: row.title,
            customer_name: row.customer_name,
            reference: row.reference,
            amount_minor: row.amount_minor,
            currency: row.currency,
            state,
            reason: row.reason,
            away_minor: if row.away { row.amount_minor } else { 0 },
            // Nobody has to say anything any more.
            due_at: row.due_at.filter(|_| state.is_asking()),
            opened_at: row.opened_at,
            closed_at: row.closed_at,
        })
    }
}

const LIST: &str = "
    select d.id, d.payment_id, p.appointment_id, coalesce(a.title, s.title) as title,
           c.name as customer_name, d.reference, d.amount_minor, d.currency, d.state, d.reason,
           d.withdrawn and not d.reinstated as away, d.due_at, d.opened_at, d.closed_at
    from disputes d
    join payments p on p.tenant_id = d.tenant_id and p.id = d.payment_id
    left join appointments a on a.tenant_id = p.tenant_id and a.id = p.appointment_id
    left join sales s on s.tenant_id = p.tenant_id and s.id = p.sale_id
    left join customers c on c.tenant_id = p.tenant_id
         and c.id = coalesce(a.customer_id, s.customer_id)
    where d.tenant_id = $1 and ($2::uuid is null or d.id < $2)
    order by d.id desc limit $3";

/// Disputes, the newest first.
pub async fn list(
    tx: &TenantTx,
    window: Window<Dispute>,
) -> Result<Paged<DisputeFacts>, PaymentError> {
    let values = [
        tx.tenant().uuid().into(),
        window.after.map(Id::uuid).into(),
        i64::try_from(window.rows_to_ask()).unwrap_or(i64::MAX).into(),
    ];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, LIST, values);
    let rows = Row::find_by_statement(statement).all(tx.conn()).await.map_err(StoreError::from)?;
    let found = rows.into_iter().map(DisputeFacts::try_from).collect::<Result<Vec<_>, _>>()?;
    Ok(window.cut(found, |dispute| dispute.id))
}

/// Whether a payment can't be given back, as its customer went to their bank about it. Where the business was right, the money
/// is here again like any other, whatever the provider says of the dispute.
pub(in super::super) async fn is_disputed(
    tx: &TenantTx,
    payment: Id<Payment>,
) -> Result<bool, StoreError> {
    let found = dispute::Entity::find()
        .filter(dispute::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(dispute::Column::PaymentId.eq(payment.uuid()))
        .filter(dispute::Column::Refundable.eq(false))
        .filter(dispute::Column::State.ne(DisputeState::Won.key()));
    Ok(found.count(tx.conn()).await? > 0)
}

impl Counter {
    /// Asks the provider how a dispute stands, and writes that down.
    pub(super) async fn look_at_dispute(
        &self,
        caller: &Caller,
        account: Option<String>,
        reference: &str,
    ) -> Result<(), PaymentError> {
        let keeper = self.keeper.as_ref().ok_or(PaymentError::NotOffered)?;
        let account = match account {
            Some(account) => account,
            None => self.account_of_dispute(caller, reference).await?,
        };
        let asked = keeper.dispute(&account, reference).await;
        let asked = self.unless_left_and_gone(caller, &account, asked).await?;
        let Some(stand) = asked.flatten() else { return Ok(()) };
        self.keep_dispute(caller, &account, &stand).await
    }

    /// Where a dispute is: one that isn't known here yet, in the business's account.
    async fn account_of_dispute(
        &self,
        caller: &Caller,
        reference: &str,
    ) -> Result<String, PaymentError> {
        let tx = self.db.tenant(caller).await?;
        let known = dispute::Entity::find()
            .filter(dispute::Column::TenantId.eq(tx.tenant().uuid()))
            .filter(dispute::Column::Reference.eq(reference))
            .one(tx.conn())
            .await
            .map_err(StoreError::from)?;
        let account = match known {
            Some(row) => row.account,
            None => accounts::row(&tx).await?.ok_or(PaymentError::NotConnected)?.account,
        };
        tx.commit().await?;
        Ok(account)
    }

    /// Writes down how a dispute stands. One about a payment that isn't ours is none of our business.
    pub(super) async fn keep_dispute(
        &self,
        caller: &Caller,
        account: &str,
        stand: &DisputeStand,
    ) -> Result<(), PaymentError> {
        let Some(payment) = self.payment_of(caller, account, &stand.taken).await? else {
            return Ok(());
        };
        let mut tx = self.db.tenant(caller).await?;
        refunds::hold_visit_of(&tx, &payment).await?;
        let Some(payment) = refunds::held(&tx, Id::from_uuid(payment.id)).await? else {
            return Ok(());
        };
        let (row, news) = written(&tx, &payment, account, stand).await?;
        ledger::disputed(&tx, &payment, &row.currency, row.id, away(&row)?).await?;
        ahead::follow(&mut tx, &payment).await?;
        if news {
            mails::disputed(&tx, &row, &self.public_url).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The payment by which something was taken, if it is ours. What is told of it may be here before we know that
    /// it was paid: then that is asked first.
    pub(super) async fn payment_of(
        &self,
        caller: &Caller,
        account: &str,
        taken: &str,
    ) -> Result<Option<payment::Model>, PaymentError> {
        if let Some(found) = self.payment_by_name(caller, account, taken).await? {
            return Ok(Some(found));
        }
        let keeper = self.keeper.as_ref().ok_or(PaymentError::NotOffered)?;
        let Some(taking) = keeper.taking(account, taken).await? else { return Ok(None) };
        let Some(id) = taking.payment.and_then(|id| id.parse::<Id<Payment>>().ok()) else {
            return Ok(None);
        };
        self.look(caller.tenant(), id).await?;
        self.payment_by_name(caller, account, taken).await
    }

    async fn payment_by_name(
        &self,
        caller: &Caller,
        account: &str,
        taken: &str,
    ) -> Result<Option<payment::Model>, PaymentError> {
        let tx = self.db.tenant(caller).await?;
        let found = payment::Entity::find()
            .filter(payment::Column::TenantId.eq(tx.tenant().uuid()))
            .filter(payment::Column::Taken.eq(taken))
            .filter(payment::Column::Account.eq(account))
            .one(tx.conn())
            .await
            .map_err(StoreError::from)?;
        tx.commit().await?;
        Ok(found)
    }
}

/// What of a dispute is away, and what was lost for good.
fn away(row: &dispute::Model) -> Result<Away, StoreError> {
    let away = if row.withdrawn && !row.reinstated { row.amount_minor } else { 0 };
    Ok(if DisputeState::stored(&row.state)? == DisputeState::Lost {
        Away { undecided_minor: 0, lost_minor: away }
    } else {
        Away { undecided_minor: away, lost_minor: 0 }
    })
}

/// Writes down how it stands, and says whether its owners have to hear of it. Whoever asked before and is slower
/// doesn't undo what was decided.
async fn written(
    tx: &TenantTx,
    payment: &payment::Model,
    account: &str,
    stand: &DisputeStand,
) -> Result<(dispute::Model, bool), StoreError> {
    let found = dispute::Entity::find()
        .filter(dispute::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(dispute::Column::Reference.eq(&*stand.reference))
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    let before = found.as_ref().map(|row| DisputeState::stored(&row.state)).transpose()?;
    let is_late = before.is_some_and(DisputeState::is_closed) && !stand.state.is_closed();
    let now = tx.now();
    let mut change = match found.clone() {
        Some(row) => dispute::ActiveModel::from(row),
        None => dispute::ActiveModel {
            tenant_id: Set(tx.tenant().uuid()),
            id: Set(tx.new_id::<Dispute>().uuid()),
            payment_id: Set(payment.id),
            reference: Set(stand.reference.clone()),
            account: Set(account.to_owned()),
            amount_minor: Set(stand.amount_minor),
            currency: Set(stand.currency.clone()),
            opened_at: Set(stand.opened_at),
            created_at: Set(now),
            withdrawn: Set(false),
            reinstated: Set(false),
            closed_at: Set(None),
            ..Default::default()
        },
    };
    let had = |is: fn(&dispute::Model) -> bool| found.as_ref().is_some_and(is);
    change.withdrawn = Set(stand.withdrawn || had(|row| row.withdrawn));
    change.reinstated = Set(stand.reinstated || had(|row| row.reinstated));
    change.looked_at = Set(now);
    if !is_late {
        change.state = Set(stand.state.key().to_owned());
        change.reason = Set(stand.reason.clone());
        change.refundable = Set(stand.refundable);
        change.due_at = Set(stand.due_at);
        let closed_at = found.as_ref().and_then(|row| row.closed_at);
        change.closed_at = Set(stand.state.is_closed().then(|| closed_at.unwrap_or(now)));
    }
    let row = if found.is_some() {
        change.update(tx.conn()).await?
    } else {
        change.insert(tx.conn()).await?
    };
    let news = stand.state.is_asking() && before != Some(stand.state) && !is_late;
    Ok((row, news))
}
