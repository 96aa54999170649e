//! Where customers pay by card: what is asked of the provider between two transactions, never within one. What
//! was begun is written down before it is asked for, under the key that it is asked for with: whoever is lost
//! in between, somebody else goes on with it.

use std::sync::Arc;

use chrono::Duration;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::accounts::Place;
use super::bill::amounts;
use super::bill::chargeable::Chargeable;
use super::bill::wish::Asked;
use super::books::Bookkeeper;
use super::entities::payment;
use super::error::PaymentError;
use super::pages::gifts;
use super::pages::looking::{self, unsettled};
use super::provider::registry::Providers;
use super::provider::{
    NewRefund, Provider, ProviderError, ReturnStage, Returned, Stage, Stand, unknown,
};
use super::read::{bill, paid_for};
use super::refunds;
use super::settle;
use super::words::{PaymentKind, PaymentState, ProviderName, RefundState, Way};
use crate::bookings::{self, Holder, VisitFacts};
use crate::ids::{Id, Location, Payment, Refund, Tenant};
use crate::tenancy::{Caller, Db, StoreError, TenantTx};
use crate::tenants;

/// How long a page can be paid on; it is closed before, once nobody waits for it.
pub(super) const PAGE_KEPT: Duration = Duration::minutes(60);
/// The provider takes no page that is kept for less than half an hour: one that wasn't opened by then is given up.
pub(super) const OPENED_WITHIN: Duration = Duration::minutes(25);
/// The provider keeps keys for a day: well before, it is asked what became of what was asked under one.
pub(super) const KEY_KEPT: Duration = Duration::hours(12);

/// Where customers pay by card, if they can at all.
#[derive(Debug, Clone)]
pub struct Counter {
    pub(super) db: Db,
    pub(super) providers: Providers,
    pub(super) keeper: Option<Arc<dyn Bookkeeper>>,
    pub(super) public_url: String,
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

impl Counter {
    /// One where these take money.
    pub fn new(db: Db, providers: Providers, public_url: String) -> Self {
        Self { db, providers, keeper: None, public_url }
    }

    /// One that looks into the book of whoever takes cards, too.
    #[must_use]
    pub fn with_books(mut self, keeper: Option<Arc<dyn Bookkeeper>>) -> Self {
        self.keeper = keeper;
        self
    }

    /// Asks the provider how the customer's payment stands, and does what follows from it.
    pub async fn look_for(&self, holder: &Holder) -> Result<(), PaymentError> {
        let tx = self.db.tenant(&holder.caller).await?;
        let visit = bookings::look(&tx, holder).await?.visit;
        let found = unsettled(&tx, visit.id).await?;
        tx.commit().await?;
        self.look_at_own_card(holder).await?;
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

    pub(super) async fn look_as(
        &self,
        caller: &Caller,
        id: Id<Payment>,
        wanted: Wanted,
    ) -> Result<(), PaymentError> {
        let caller = &Caller::worker(caller.facts().clone(), "payments");
        let Some((row, waits)) = self.to_look_at(caller, id).await? else { return Ok(()) };
        if row.card_id.is_some() {
            return self.look_at_charge(caller, row).await;
        }
        let (Some(place), Some(reference)) = (place_of(&row)?, &row.reference) else {
            return Ok(());
        };
        let account = &*place.account;
        let provider = match Box::pin(self.provider(caller, place.provider, account)).await {
            Ok(provider) => provider,
            // Nobody can be asked any more.
            Err(PaymentError::NotOffered | PaymentError::NotConnected) => return Ok(()),
            Err(error) => return Err(error),
        };
        let stand = if waits && wanted == Wanted::AsItStands {
            provider.look(account, reference).await
        } else {
            provider.close_page(account, reference).await
        };
        match stand {
            Ok(stand) => self.write_down(caller, id, &stand).await,
            Err(error) => {
                if let Some(trouble) = unknown::trouble(&error) {
                    return self.write_down(caller, id, &unknown::over(trouble)).await;
                }
                // Others have their turn before it is tried again.
                let tx = self.db.tenant(caller).await?;
                if let Some(row) = refunds::held(&tx, id).await? {
                    looking::touch(&tx, row).await?;
                }
                tx.commit().await?;
                Err(error.into())
            }
        }
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
        // A charge is found by our name, whatever is known of theirs.
        if row.card_id.is_some() {
            return Ok(Some((row, true)));
        }
        if row.reference.is_none() && !is_unsettled(&row) {
            return Ok(None);
        }
        let waits = is_wanted(&tx, &row).await?;
        if row.reference.is_none() {
            if row.created_at + OPENED_WITHIN <= tx.now() || !waits.still {
                end(&tx, row, None).await?;
                tx.commit().await?;
            }
            return Ok(None);
        }
        let wanted = is_unsettled(&row) && waits.still && waits.in_time;
        tx.commit().await?;
        Ok(Some((row, wanted)))
    }

    /// Writes down how a payment stands.
    pub(super) async fn write_down(
        &self,
        caller: &Caller,
        id: Id<Payment>,
        stand: &Stand,
    ) -> Result<(), PaymentError> {
        if stand.stage == Stage::Paid {
            if Box::pin(self.is_of_another_amount(caller, id, stand)).await? {
                return Ok(());
            }
            let settled = settle::settle(&self.db, caller, id, stand, &self.public_url);
            return Box::pin(settled).await;
        }
        let tx = self.db.tenant(caller).await?;
        let Some(row) = refunds::held(&tx, id).await?.filter(is_unpaid) else { return Ok(()) };
        if !is_unsettled(&row) {
            // It was given up, and nobody paid all the same.
            looking::touch(&tx, row).await?;
            return Ok(tx.commit().await?);
        }
        if stand.stage == Stage::Over {
            end(&tx, row, stand.trouble.clone()).await?;
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

    /// Whether another amount was taken than was asked for: then that is noted, and nothing of it is counted.
    async fn is_of_another_amount(
        &self,
        caller: &Caller,
        id: Id<Payment>,
        stand: &Stand,
    ) -> Result<bool, PaymentError> {
        let tx = self.db.tenant(caller).await?;
        let Some(row) = refunds::held(&tx, id).await?.filter(is_unpaid) else { return Ok(false) };
        if (stand.amount_minor, &stand.currency) == (row.amount_minor, &row.currency) {
            return Ok(false);
        }
        let taken = amounts::shown(stand.amount_minor, &stand.currency, "en");
        tracing::error!(payment = %id, %taken, "the provider took another amount than was asked for");
        end(&tx, row, Some(format!("another_amount: {taken} were taken"))).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// Has the provider give money back, or asks what became of it.
    pub async fn give_back(&self, tenant: Id<Tenant>, id: Id<Refund>) -> Result<(), PaymentError> {
        let Some(caller) = tenants::on_behalf(&self.db, tenant, "payments").await? else {
            return Ok(());
        };
        let tx = self.db.tenant(&caller).await?;
        let Some((row, payment)) = refunds::known(&tx, id).await? else { return Ok(()) };
        tx.commit().await?;
        let state = RefundState::stored(&row.state)?;
        if state == RefundState::Failed {
            return Box::pin(self.look_at_given_up(&caller, row, payment)).await;
        }
        let (Some(place), Some(taken)) = (place_of(&payment)?, payment.taken) else {
            return Ok(());
        };
        let account = place.account;
        let provider = match Box::pin(self.provider(&caller, place.provider, &account)).await {
            Ok(provider) => provider,
            Err(PaymentError::NotOffered) => return Err(PaymentError::ProviderAway),
            Err(PaymentError::NotConnected) => {
                let gone = settle::refused("not_connected", "Its keys aren't here any more.");
                return self.write_down_refund(&caller, id, &gone).await;
            }
            Err(error) => return Err(error),
        };
        let done = state == RefundState::Done;
        let reference = row.reference;
        // What was done stays so, unless the provider says that it came back.
        if done && (reference.is_none() || !provider.keeps_keys()) {
            return Ok(());
        }
        let asked = if let Some(reference) = &reference {
            provider.returned(&account, reference).await
        } else {
            let new = NewRefund {
                key: format!("refund {id}"),
                account,
                taken,
                amount_minor: row.amount_minor,
                currency: payment.currency,
                refund: id.to_string(),
                mark: None,
            };
            if !provider.keeps_keys() {
                return Box::pin(self.give_back_once(&caller, id, &*provider, new)).await;
            }
            let old = row.created_at + KEY_KEPT <= self.db.clock().now();
            return_it(&*provider, &new, old).await
        };
        let returned = match asked {
            Err(error) if done && unknown::is_unknown(&error) => return Ok(()),
            // What isn't back by now doesn't come back this way.
            Err(error) if unknown::is_unknown(&error) => Returned {
                reference: reference.unwrap_or_default(),
                stage: ReturnStage::Failed,
                trouble: unknown::trouble(&error),
            },
            asked => asked?,
        };
        self.write_down_refund(&caller, id, &returned).await
    }

    pub(super) async fn write_down_refund(
        &self,
        caller: &Caller,
        id: Id<Refund>,
        returned: &Returned,
    ) -> Result<(), PaymentError> {
        let mut tx = self.db.tenant(caller).await?;
        refunds::heard(&mut tx, id, returned, &self.public_url).await?;
        Ok(tx.commit().await?)
    }
}

/// Where a payment went that somebody paid at a page; none: it was paid at the desk.
pub(super) fn place_of(row: &payment::Model) -> Result<Option<Place>, StoreError> {
    let (Some(provider), Some(account)) = (&row.provider, &row.account) else { return Ok(None) };
    Ok(Some(Place { provider: ProviderName::stored(provider)?, account: account.clone() }))
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
pub(super) enum Wanted {
    /// As its visit wants it.
    AsItStands,
    /// To be closed.
    Closed,
}

fn is_unpaid(row: &payment::Model) -> bool {
    row.state != PaymentState::Paid.key()
}

pub(super) fn is_unsettled(row: &payment::Model) -> bool {
    PaymentState::UNSETTLED.map(PaymentState::key).contains(&&*row.state)
}

/// Whether what a payment is for waits for it.
pub(super) struct Waits {
    /// It is still asked for.
    pub(super) still: bool,
    /// It isn't too late.
    pub(super) in_time: bool,
}

/// Whether what a payment is for waits for it: its visit, or what somebody buys.
pub(super) async fn is_wanted(tx: &TenantTx, row: &payment::Model) -> Result<Waits, PaymentError> {
    if row.sale_id.is_some() {
        return Ok(gifts::is_wanted(tx, row).await?);
    }
    let visit = row.appointment_id.map(Id::from_uuid).ok_or(PaymentError::NotFound)?;
    let (visit, _) = bookings::with_shop(tx, visit).await?;
    let still = asked(row)?.fits(&bill(&visit), &paid_for(tx, visit.id).await?, takes(row)?);
    Ok(Waits { still, in_time: visit.lapses_at.is_none_or(|at| at > tx.now()) })
}

/// It wasn't paid, and won't be.
pub(super) async fn end(
    tx: &TenantTx,
    row: payment::Model,
    trouble: Option<String>,
) -> Result<(), StoreError> {
    let mut change: payment::ActiveModel = row.into();
    change.state = Set(PaymentState::Over.key().to_owned());
    change.trouble = Set(trouble);
    change.url = Set(None);
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    Ok(())
}

/// What a payment was begun for.
pub(super) fn asked(row: &payment::Model) -> Result<Asked, StoreError> {
    Ok(Asked {
        kind: PaymentKind::stored(&row.kind)?,
        own_minor: row.amount_minor - row.tip_minor,
        tip_minor: row.tip_minor,
    })
}

/// What is taken where a payment was begun.
fn takes(row: &payment::Model) -> Result<Chargeable, StoreError> {
    let by = place_of(row)?.map_or(ProviderName::Stripe, |place| place.provider);
    Ok(Chargeable::by(by, &row.currency))
}

/// A payment by card for a visit that is about to be begun.
pub(super) fn new_payment(
    tx: &TenantTx,
    visit: &VisitFacts,
    asked: &Asked,
    place: Place,
) -> payment::ActiveModel {
    let mut row = new_card_payment(tx, visit.location, &visit.currency, asked, place);
    row.appointment_id = Set(Some(visit.id.uuid()));
    row
}

/// A payment by card that is about to be begun, for whatever it is.
pub(super) fn new_card_payment(
    tx: &TenantTx,
    location: Id<Location>,
    currency: &str,
    asked: &Asked,
    place: Place,
) -> payment::ActiveModel {
    payment::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Payment>().uuid()),
        location_id: Set(location.uuid()),
        way: Set(Way::Card.key().to_owned()),
        state: Set(PaymentState::Open.key().to_owned()),
        amount_minor: Set(asked.amount_minor()),
        tip_minor: Set(asked.tip_minor),
        refunded_minor: Set(0),
        tip_refunded_minor: Set(0),
        currency: Set(currency.to_owned()),
        note: Set(String::new()),
        account: Set(Some(place.account)),
        reference: Set(None),
        taken: Set(None),
        url: Set(None),
        taken_by: Set(None),
        created_at: Set(tx.now()),
        paid_at: Set(None),
        updated_at: Set(tx.now()),
        kind: Set(asked.kind.key().to_owned()),
        card_id: Set(None),
        here: Set(false),
        keeps_card: Set(false),
        trouble: Set(None),
        provider: Set(Some(place.provider.key().to_owned())),
        surplus: Set(false),
        ..Default::default()
    }
}
