//! The cards that customers leave before their visits are certain: a page at the provider's, written down before it
//! is asked for and looked at as a payment is. What is kept of a card is how the provider calls it, and its brand.
//! It is left, charged for what didn't take place, and forgotten.

pub(super) mod fees;
pub(super) mod leaving;
pub(super) mod on_file;
pub(super) mod removal;

use chrono::Duration;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
};
use serde::{Deserialize, Serialize};

use self::on_file::{CardStand, KeptCard};
use super::accounts;
use super::counter::{Counter, OPENED_WITHIN};
use super::entities::card;
use super::error::PaymentError;
use super::provider::unknown;
use super::settle::{self, ATTEMPTS};
use super::words::KeptState;
use crate::bookings::{self, Arrival, BookingError, Holder, Status, Stood};
use crate::ids::{Appointment, Card, Id, Tenant};
use crate::jobs::{self, NewJob};
use crate::tenancy::{Caller, StoreError, TenantTx};
use crate::tenants;
use crate::time::Instant;

/// The kind of job that asks whether a card was left.
pub const LOOK_AT_CARD: &str = "payments.look_at_card";

/// What such a job carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LookAtCard {
    /// Which.
    pub card: Id<Card>,
}

/// The card of a visit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardFacts {
    /// How it stands.
    pub state: CardState,
    /// Its brand, as the provider writes it.
    pub brand: Option<String>,
    /// When it was left.
    pub left_at: Option<Instant>,
}

/// How the card of a visit stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CardState {
    /// There is none, and none is wanted.
    #[default]
    Nothing,
    /// The visit isn't certain before one was left.
    Wanted,
    /// One is on file.
    Left,
}

impl CardState {
    /// As it is shown.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Nothing => "none",
            Self::Wanted => "wanted",
            Self::Left => "left",
        }
    }
}

/// The card of a visit that stands like this.
pub(super) async fn found(
    tx: &TenantTx,
    visit: Id<Appointment>,
    state: KeptState,
) -> Result<Option<card::Model>, StoreError> {
    let found = card::Entity::find()
        .filter(card::Column::TenantId.eq(tx.tenant().uuid()))
        .filter(card::Column::AppointmentId.eq(visit.uuid()))
        .filter(card::Column::State.eq(state.key()))
        .one(tx.conn())
        .await?;
    Ok(found)
}

/// The card that was left for a visit.
pub(super) async fn left(
    tx: &TenantTx,
    visit: Id<Appointment>,
) -> Result<Option<card::Model>, StoreError> {
    found(tx, visit, KeptState::Left).await
}

/// A card, held until the transaction ends.
pub(super) async fn held(tx: &TenantTx, id: Id<Card>) -> Result<Option<card::Model>, StoreError> {
    let found = card::Entity::find_by_id((tx.tenant().uuid(), id.uuid()));
    Ok(found.lock_exclusive().one(tx.conn()).await?)
}

/// Whether cards can be left here for what is paid in this currency.
pub(crate) async fn takes_cards(tx: &TenantTx, currency: &str) -> Result<bool, StoreError> {
    Ok(accounts::that_keeps_cards(tx, currency).await?.is_some())
}

/// Whether a visit waits for its card.
pub(super) async fn is_wanted(tx: &TenantTx, visit: &Stood) -> Result<bool, StoreError> {
    let waits = visit.asks_card && visit.bill.status == Status::PendingPayment;
    Ok(waits && left(tx, visit.id).await?.is_none())
}

/// The card of a visit.
pub(super) async fn of(tx: &TenantTx, visit: &Stood) -> Result<CardFacts, StoreError> {
    if let Some(card) = left(tx, visit.id).await? {
        let state = CardState::Left;
        return Ok(CardFacts { state, brand: card.brand, left_at: card.left_at });
    }
    let wanted = visit.asks_card && visit.bill.status == Status::PendingPayment;
    let state = if wanted { CardState::Wanted } else { CardState::Nothing };
    Ok(CardFacts { state, ..CardFacts::default() })
}

/// Writes down the card that was left with a payment, in its transaction: one for a visit is enough.
pub(super) async fn keep(
    tx: &TenantTx,
    visit: Id<Appointment>,
    account: &str,
    kept: &KeptCard,
) -> Result<(), StoreError> {
    if left(tx, visit).await?.is_some() {
        return Ok(());
    }
    let row = card::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Card>().uuid()),
        appointment_id: Set(visit.uuid()),
        state: Set(KeptState::Left.key().to_owned()),
        account: Set(account.to_owned()),
        reference: Set(None),
        url: Set(None),
        customer: Set(Some(kept.customer.clone())),
        method: Set(Some(kept.method.clone())),
        brand: Set(Some(kept.brand.clone())),
        created_at: Set(tx.now()),
        left_at: Set(Some(tx.now())),
        updated_at: Set(tx.now()),
        here: Set(false),
    };
    row.insert(tx.conn()).await?;
    close(tx, visit).await
}

/// The page where this visit's card could be left is looked at, if there is one: it may be of no use any more.
pub(super) async fn close(tx: &TenantTx, visit: Id<Appointment>) -> Result<(), StoreError> {
    let Some(open) = found(tx, visit, KeptState::Open).await? else { return Ok(()) };
    look_soon(tx, Id::from_uuid(open.id)).await
}

/// Queues a look at a page.
pub(super) async fn look_soon(tx: &TenantTx, card: Id<Card>) -> Result<(), StoreError> {
    let key = format!("close card {card} {}", tx.now().timestamp_micros());
    let job = NewJob::new(LOOK_AT_CARD, &LookAtCard { card }).once(key);
    jobs::enqueue(tx.conn(), tx.tools(), tx.now(), Some(tx.tenant()), job).await
}

/// It wasn't left, and won't be.
pub(super) async fn end(tx: &TenantTx, row: card::Model) -> Result<(), StoreError> {
    let mut change: card::ActiveModel = row.into();
    change.state = Set(KeptState::Over.key().to_owned());
    change.url = Set(None);
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    Ok(())
}

pub(super) fn is_open(row: &card::Model) -> bool {
    row.state == KeptState::Open.key()
}

impl Counter {
    /// Asks whether the customer's card was left, and does what follows from it.
    pub(super) async fn look_at_own_card(&self, holder: &Holder) -> Result<(), PaymentError> {
        let tx = self.db.tenant(&holder.caller).await?;
        let open = found(&tx, holder.visit, KeptState::Open).await?;
        tx.commit().await?;
        match open {
            Some(row) => self.look_at_card(holder.caller.tenant(), Id::from_uuid(row.id)).await,
            None => Ok(()),
        }
    }

    /// Asks whether a card was left, and does what follows from it. Doing it again changes nothing.
    pub async fn look_at_card(&self, tenant: Id<Tenant>, id: Id<Card>) -> Result<(), PaymentError> {
        let Some(caller) = tenants::on_behalf(&self.db, tenant, "payments").await? else {
            return Ok(());
        };
        self.look_at_card_as(&caller, id, false).await
    }

    pub(super) async fn look_at_card_as(
        &self,
        caller: &Caller,
        id: Id<Card>,
        close: bool,
    ) -> Result<(), PaymentError> {
        let caller = &Caller::worker(caller.facts().clone(), "payments");
        let Some(provider) = &self.providers.stripe else { return Ok(()) };
        let tx = self.db.tenant(caller).await?;
        // What seems to be over may have been left all the same: then it is of use, or is forgotten.
        let unsettled = |row: &card::Model| is_open(row) || row.state == KeptState::Over.key();
        let Some(row) = held(&tx, id).await?.filter(unsettled) else { return Ok(()) };
        let (visit, _) = bookings::with_shop(&tx, Id::from_uuid(row.appointment_id)).await?;
        let in_time = visit.lapses_at.is_none_or(|at| at > tx.now());
        let waits = is_open(&row) && in_time && is_wanted(&tx, &Stood::from(&visit)).await?;
        let Some(reference) = row.reference.clone() else {
            if is_open(&row) && (!waits || row.created_at + OPENED_WITHIN <= tx.now()) {
                end(&tx, row).await?;
            }
            return Ok(tx.commit().await?);
        };
        tx.commit().await?;
        let stand = if waits && !close {
            provider.look_at_card(&row.account, &reference).await
        } else {
            provider.close_card_page(&row.account, &reference).await
        };
        match stand {
            Ok(CardStand::Left(kept)) => self.card_was_left(caller, id, &kept).await,
            Ok(stand) => {
                let tx = self.db.tenant(caller).await?;
                if let Some(row) = held(&tx, id).await?.filter(is_open) {
                    if stand == CardStand::Over {
                        end(&tx, row).await?;
                    } else {
                        touch(&tx, row).await?;
                    }
                }
                Ok(tx.commit().await?)
            }
            Err(error) => {
                let unknown = unknown::is_unknown(&error);
                let tx = self.db.tenant(caller).await?;
                match held(&tx, id).await? {
                    Some(row) if unknown && is_open(&row) => end(&tx, row).await?,
                    // Others have their turn before it is tried again.
                    Some(row) => touch(&tx, row).await?,
                    None => {}
                }
                tx.commit().await?;
                if unknown { Ok(()) } else { Err(error.into()) }
            }
        }
    }

    /// Writes down that a card was left, and what follows from it, once.
    async fn card_was_left(
        &self,
        caller: &Caller,
        id: Id<Card>,
        kept: &KeptCard,
    ) -> Result<(), PaymentError> {
        for attempt in 1..=ATTEMPTS {
            let mut tx = self.db.tenant(caller).await?;
            match arrived(&mut tx, id, kept, &self.public_url, attempt < ATTEMPTS).await {
                Ok(()) => return Ok(tx.commit().await?),
                Err(error) => settle::try_again(&self.db, caller, tx, error, attempt).await?,
            }
        }
        Ok(())
    }
}

async fn touch(tx: &TenantTx, row: card::Model) -> Result<(), StoreError> {
    let mut change: card::ActiveModel = row.into();
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    Ok(())
}

async fn arrived(
    tx: &mut TenantTx,
    id: Id<Card>,
    kept: &KeptCard,
    public_url: &str,
    try_again: bool,
) -> Result<(), BookingError> {
    let Some(row) = card::Entity::find_by_id((tx.tenant().uuid(), id.uuid()))
        .one(tx.conn())
        .await
        .map_err(StoreError::from)?
    else {
        return Ok(());
    };
    let visit = Id::<Appointment>::from_uuid(row.appointment_id);
    // First the visit, then its cards: as everybody does.
    bookings::hold_for_money(tx, visit).await?;
    let Some(row) = held(tx, id).await? else { return Ok(()) };
    let unsettled = [KeptState::Open, KeptState::Over].map(KeptState::key);
    if !unsettled.contains(&&*row.state) {
        return Ok(());
    }
    // Another one is on file already: this one is forgotten.
    let spare = left(tx, visit).await?.is_some();
    let state = if spare { KeptState::Removing } else { KeptState::Left };
    let mut change: card::ActiveModel = row.into();
    change.state = Set(state.key().to_owned());
    change.url = Set(None);
    change.customer = Set(Some(kept.customer.clone()));
    change.method = Set(Some(kept.method.clone()));
    change.brand = Set(Some(kept.brand.clone()));
    change.left_at = Set(Some(tx.now()));
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await.map_err(StoreError::from)?;
    if spare {
        return Ok(removal::forget_soon(tx, id).await?);
    }
    let arrival = bookings::payment_arrived(tx, visit, public_url, try_again).await?;
    if arrival == Arrival::TooLate {
        removal::of_no_use(tx, visit).await?;
    }
    Ok(())
}

/// How long a card is kept after the visit that it was left for is over.
pub(super) const KEPT_AFTER: Duration = Duration::days(14);
