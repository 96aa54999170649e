//! Where customers pay by card: what is asked of the provider between two transactions, never within one. What
//! was begun is written down before it is asked for, under the key that it is asked for with: whoever is lost
//! in between, somebody else goes on with it.

use std::sync::Arc;

use chrono::Duration;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::accounts;
use super::entities::payment;
use super::error::PaymentError;
use super::looking::{self, unsettled};
use super::provider::{NewPage, NewRefund, Provider, ProviderError, Returned, Stage, Stand};
use super::read::{bill, paid_for};
use super::refunds;
use super::settle;
use super::words::{PaymentState, Way};
use crate::bookings::{self, Holder, Status, VisitFacts};
use crate::ids::{Id, Payment, Refund, Tenant};
use crate::tenancy::{Caller, Db, StoreError, TenantTx};
use crate::tenants;
use crate::time::Instant;

/// How long a page can be paid on; it is closed before, once nobody waits for it.
const PAGE_KEPT: Duration = Duration::minutes(60);
/// The provider takes no page that is kept for less than half an hour: one that wasn't opened by then is given up.
const OPENED_WITHIN: Duration = Duration::minutes(25);
/// The provider keeps keys for a day: well before, it is asked what became of what was asked under one.
const KEY_KEPT: Duration = Duration::hours(12);

/// Where customers pay by card, if they can at all.
#[derive(Debug, Clone)]
pub struct Counter {
    pub(super) db: Db,
    pub(super) provider: Option<Arc<dyn Provider>>,
    pub(super) public_url: String,
}

/// What a customer is asked to pay for their visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPayment {
    /// How it stands.
    pub state: OwnState,
    /// Whether it can be paid by card here.
    pub online: bool,
    /// What is asked for now.
    pub amount_minor: i64,
    /// What was paid, tips included.
    pub paid_minor: i64,
    /// What was given back or is on its way.
    pub refunded_minor: i64,
    /// In which currency.
    pub currency: String,
    /// Until when it can be paid.
    pub until: Option<Instant>,
}

/// How what a customer pays stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnState {
    /// Nothing is asked for, and nothing was paid.
    Nothing,
    /// Something is asked for.
    Due,
    /// The bank takes its time.
    Processing,
    /// It was paid.
    Paid,
}

impl OwnState {
    /// As it is shown.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Due => "due",
            Self::Processing => "processing",
            Self::Paid => "paid",
        }
    }
}

impl From<ProviderError> for PaymentError {
    fn from(error: ProviderError) -> Self {
        match &error {
            ProviderError::Away(_) | ProviderError::Broken(_) => {
                tracing::warn!(%error, "a payment is asked for later");
                Self::ProviderAway
            }
            ProviderError::Refused { code, .. } if code == "amount_not_possible" => {
                Self::AmountNotPossible
            }
            ProviderError::Refused { .. } => {
                tracing::warn!(%error, "the provider of payments refuses something");
                Self::ProviderRefuses
            }
        }
    }
}

/// What is asked of the provider for a payment.
enum Step {
    /// Its page is there.
    Go(String),
    /// Its page is to be opened.
    Open(Box<payment::Model>, Box<VisitFacts>),
    /// Another page is to be closed first: it was opened long ago, or asks for another amount.
    Close(Id<Payment>),
}

impl Counter {
    /// One where cards are taken by this provider, if there is one.
    pub fn new(db: Db, provider: Option<Arc<dyn Provider>>, public_url: String) -> Self {
        Self { db, provider, public_url }
    }

    /// What a customer is asked to pay.
    pub async fn owed(&self, tx: &TenantTx, holder: &Holder) -> Result<OwnPayment, PaymentError> {
        let visit = bookings::look(tx, holder).await?.visit;
        let paid = paid_for(tx, visit.id).await?;
        let amount_minor = bill(&visit).wanted_now(&paid);
        let unsettled = unsettled(tx, visit.id).await?;
        let processing = unsettled.is_some_and(|row| row.state == PaymentState::Processing.key());
        let state = match (processing, amount_minor, paid.paid_minor) {
            (true, ..) => OwnState::Processing,
            (false, 1.., _) => OwnState::Due,
            (false, _, 1..) => OwnState::Paid,
            _ => OwnState::Nothing,
        };
        let account = accounts::that_takes_money(tx).await?;
        Ok(OwnPayment {
            state,
            online: self.provider.is_some() && account.is_some(),
            amount_minor,
            paid_minor: paid.paid_minor + paid.tips_minor,
            refunded_minor: paid.refunded_minor,
            currency: visit.currency,
            until: visit.lapses_at,
        })
    }

    /// Where the customer pays what is asked for. Who asks twice gets the same page.
    pub async fn page(&self, holder: &Holder) -> Result<String, PaymentError> {
        let provider = self.provider.as_ref().ok_or(PaymentError::NoCards)?;
        let (row, visit) = match self.begin(holder).await? {
            Step::Go(url) => return Ok(url),
            Step::Open(row, visit) => (row, visit),
            Step::Close(id) => {
                // Whoever was faster has paid there.
                self.look_as(&holder.caller, id, Wanted::Closed).await?;
                match self.begin(holder).await? {
                    Step::Go(url) => return Ok(url),
                    Step::Open(row, visit) => (row, visit),
                    Step::Close(_) => return Err(PaymentError::ProviderAway),
                }
            }
        };
        let id = Id::<Payment>::from_uuid(row.id);
        let page = NewPage {
            key: format!("page {id}"),
            account: row.account.clone().unwrap_or_default(),
            amount_minor: row.amount_minor,
            currency: row.currency.clone(),
            title: visit.title.clone(),
            payment: id.to_string(),
            tenant: holder.caller.tenant().to_string(),
            email: visit.email.clone(),
            locale: visit.locale.clone().unwrap_or_else(|| "auto".to_owned()),
            back_url: format!("{}/b/{}?paying=1", self.public_url, holder.text()),
            expires_at: (row.created_at + PAGE_KEPT).timestamp(),
        };
        let opened = provider.open_page(&page).await;
        let tx = self.db.tenant(&holder.caller).await?;
        let Some(row) = refunds::held(&tx, id).await? else { return Err(PaymentError::NotFound) };
        if let Err(ProviderError::Refused { .. } | ProviderError::Broken(_)) = &opened {
            // Nobody knows of a page under this key; the next try has another one.
            if row.reference.is_none() && is_unsettled(&row) {
                end(&tx, row).await?;
            }
            tx.commit().await?;
            return Err(opened.err().map_or(PaymentError::NotFound, PaymentError::from));
        }
        let opened = opened?;
        let late = !is_unsettled(&row);
        let mut change: payment::ActiveModel = row.into();
        change.reference = Set(Some(opened.reference));
        change.url = Set(Some(opened.url.clone()));
        change.updated_at = Set(tx.now());
        change.update(tx.conn()).await?;
        // It may be of no use any more: whoever waits no longer had its page closed before it was there.
        let gone =
            late || bookings::look(&tx, holder).await?.visit.status != Status::PendingPayment;
        if gone {
            looking::close_late(&tx, id).await?;
        }
        tx.commit().await?;
        if gone { Err(PaymentError::NothingDue) } else { Ok(opened.url) }
    }

    /// Asks the provider how the customer's payment stands, and does what follows from it.
    pub async fn look_for(&self, holder: &Holder) -> Result<(), PaymentError> {
        let tx = self.db.tenant(&holder.caller).await?;
        let visit = bookings::look(&tx, holder).await?.visit;
        let found = unsettled(&tx, visit.id).await?;
        tx.commit().await?;
        match found {
            Some(row) => self.look(holder.caller.tenant(), Id::from_uuid(row.id)).await,
            None => Ok(()),
        }
    }

    /// Asks the provider how a payment stands, and does what follows from it. Doing it again changes nothing.
    pub async fn look(&self, tenant: Id<Tenant>, id: Id<Payment>) -> Result<(), PaymentError> {
        let Some(caller) = tenants::on_behalf(&self.db, tenant, "payments").await? else {
            return Ok(());
        };
        self.look_as(&caller, id, Wanted::AsItStands).await
    }

    async fn look_as(
        &self,
        caller: &Caller,
        id: Id<Payment>,
        wanted: Wanted,
    ) -> Result<(), PaymentError> {
        let caller = &Caller::worker(caller.facts().clone(), "payments");
        let Some(provider) = &self.provider else { return Ok(()) };
        let Some((row, waits)) = self.to_look_at(caller, id).await? else { return Ok(()) };
        let (Some(account), Some(reference)) = (&row.account, &row.reference) else {
            return Ok(());
        };
        let stand = if waits && wanted == Wanted::AsItStands {
            provider.look(account, reference).await
        } else {
            provider.close_page(account, reference).await
        };
        match stand {
            Ok(stand) => self.write_down(caller, id, &stand).await,
            Err(error) => {
                // Others have their turn before it is tried again.
                let tx = self.db.tenant(caller).await?;
                if let Some(row) = refunds::held(&tx, id).await? {
                    let mut change: payment::ActiveModel = row.into();
                    change.updated_at = Set(tx.now());
                    change.update(tx.conn()).await?;
                }
                tx.commit().await?;
                Err(error.into())
            }
        }
    }

    async fn begin(&self, holder: &Holder) -> Result<Step, PaymentError> {
        let mut tx = self.db.tenant(&holder.caller).await?;
        let step = begin(&mut tx, holder).await?;
        tx.commit().await?;
        Ok(step)
    }

    /// The payment, if something is still to be heard of it, and whether its visit waits for it. One whose page
    /// was never opened, as far as anybody knows, is given up after a while.
    async fn to_look_at(
        &self,
        caller: &Caller,
        id: Id<Payment>,
    ) -> Result<Option<(payment::Model, bool)>, PaymentError> {
        let tx = self.db.tenant(caller).await?;
        // What seems to be over may have been paid all the same: then it is settled, or goes back.
        let Some(row) = refunds::held(&tx, id).await?.filter(is_unpaid) else { return Ok(None) };
        if row.reference.is_none() && !is_unsettled(&row) {
            return Ok(None);
        }
        let (visit, _) = bookings::with_shop(&tx, Id::from_uuid(row.appointment_id)).await?;
        if row.reference.is_none() {
            if row.created_at + OPENED_WITHIN <= tx.now() || visit.status != Status::PendingPayment
            {
                end(&tx, row).await?;
                tx.commit().await?;
            }
            return Ok(None);
        }
        let wanted = is_unsettled(&row)
            && visit.status == Status::PendingPayment
            && visit.lapses_at.is_none_or(|at| at > tx.now());
        tx.commit().await?;
        Ok(Some((row, wanted)))
    }

    /// Writes down how a payment stands.
    async fn write_down(
        &self,
        caller: &Caller,
        id: Id<Payment>,
        stand: &Stand,
    ) -> Result<(), PaymentError> {
        if stand.stage == Stage::Paid {
            return settle::settle(&self.db, caller, id, stand, &self.public_url).await;
        }
        let tx = self.db.tenant(caller).await?;
        let Some(row) = refunds::held(&tx, id).await?.filter(is_unsettled) else { return Ok(()) };
        if stand.stage == Stage::Over {
            end(&tx, row).await?;
        } else {
            let processing = stand.stage == Stage::Processing;
            let state = if processing { PaymentState::Processing } else { PaymentState::Open };
            let mut change: payment::ActiveModel = row.into();
            change.state = Set(state.key().to_owned());
            change.updated_at = Set(tx.now());
            change.update(tx.conn()).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Has the provider give money back, or asks what became of it.
    pub async fn give_back(&self, tenant: Id<Tenant>, id: Id<Refund>) -> Result<(), PaymentError> {
        let Some(caller) = tenants::on_behalf(&self.db, tenant, "payments").await? else {
            return Ok(());
        };
        let provider = self.provider.as_ref().ok_or(PaymentError::ProviderAway)?;
        let tx = self.db.tenant(&caller).await?;
        let Some((row, payment)) = refunds::pending(&tx, id).await? else { return Ok(()) };
        tx.commit().await?;
        let (Some(account), Some(taken)) = (payment.account, payment.taken) else { return Ok(()) };
        let returned = if let Some(reference) = row.reference {
            provider.returned(&account, &reference).await?
        } else {
            let new = NewRefund {
                key: format!("refund {id}"),
                account,
                taken,
                amount_minor: row.amount_minor,
                currency: payment.currency,
                refund: id.to_string(),
            };
            let old = row.created_at + KEY_KEPT <= self.db.clock().now();
            return_it(&**provider, &new, old).await?
        };
        let mut tx = self.db.tenant(&caller).await?;
        refunds::heard(&mut tx, id, &returned).await?;
        Ok(tx.commit().await?)
    }
}

/// Has money given back, once: who has forgotten our key by now is asked first whether they did it already, and
/// so is who refuses.
async fn return_it(
    provider: &dyn Provider,
    new: &NewRefund,
    old: bool,
) -> Result<Returned, ProviderError> {
    if old && let Some(done) = provider.find_returned(new).await? {
        return Ok(done);
    }
    match provider.give_back(new).await {
        Err(ProviderError::Refused { code, detail }) => {
            let done = provider.find_returned(new).await?;
            Ok(done.unwrap_or_else(|| settle::refused(&code, &detail)))
        }
        other => other,
    }
}

/// How a page is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    /// As its visit wants it.
    AsItStands,
    /// To be closed.
    Closed,
}

fn is_unpaid(row: &payment::Model) -> bool {
    row.state != PaymentState::Paid.key()
}

fn is_unsettled(row: &payment::Model) -> bool {
    [PaymentState::Open, PaymentState::Processing].map(PaymentState::key).contains(&&*row.state)
}

/// It wasn't paid, and won't be.
async fn end(tx: &TenantTx, row: payment::Model) -> Result<(), StoreError> {
    let mut change: payment::ActiveModel = row.into();
    change.state = Set(PaymentState::Over.key().to_owned());
    change.url = Set(None);
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    Ok(())
}

/// Writes down that the customer is about to pay, or finds that they are already.
async fn begin(tx: &mut TenantTx, holder: &Holder) -> Result<Step, PaymentError> {
    let visit = bookings::hold_own(tx, holder).await?;
    let amount_minor = bill(&visit).wanted_now(&paid_for(tx, visit.id).await?);
    let over = visit.lapses_at.is_some_and(|at| at <= tx.now());
    if amount_minor == 0 || over {
        return Err(PaymentError::NothingDue);
    }
    let account = accounts::that_takes_money(tx).await?.ok_or(PaymentError::NoCards)?;
    if let Some(row) = unsettled(tx, visit.id).await? {
        if row.state == PaymentState::Processing.key() {
            return Err(PaymentError::NothingDue);
        }
        let same = row.amount_minor == amount_minor;
        match (&row.url, row.reference.is_some()) {
            (Some(url), true) if same && row.created_at + PAGE_KEPT > tx.now() => {
                return Ok(Step::Go(url.clone()));
            }
            (_, true) => return Ok(Step::Close(Id::from_uuid(row.id))),
            (_, false) if same && row.created_at + OPENED_WITHIN > tx.now() => {
                return Ok(Step::Open(Box::new(row), Box::new(visit)));
            }
            // Nobody knows of a page there.
            (_, false) => end(tx, row).await?,
        }
    }
    let row = payment::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Payment>().uuid()),
        location_id: Set(visit.location.uuid()),
        appointment_id: Set(visit.id.uuid()),
        way: Set(Way::Card.key().to_owned()),
        state: Set(PaymentState::Open.key().to_owned()),
        amount_minor: Set(amount_minor),
        tip_minor: Set(0),
        refunded_minor: Set(0),
        currency: Set(visit.currency.clone()),
        note: Set(String::new()),
        account: Set(Some(account)),
        reference: Set(None),
        taken: Set(None),
        url: Set(None),
        taken_by: Set(None),
        created_at: Set(tx.now()),
        paid_at: Set(None),
        updated_at: Set(tx.now()),
    };
    let row = row.insert(tx.conn()).await?;
    Ok(Step::Open(Box::new(row), Box::new(visit)))
}
