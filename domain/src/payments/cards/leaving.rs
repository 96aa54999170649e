//! Where a customer leaves a card before their visit is certain: a page of the provider's, or a form of theirs within
//! ours.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::on_file::{CardStand, NewCardPage};
use crate::bookings::{self, Holder, Status, Stood};
use crate::ids::{Card, Id};
use crate::payments::accounts;
use crate::payments::cards::{end, found, held, is_open, is_wanted, look_soon};
use crate::payments::counter::Counter;
use crate::payments::entities::card;
use crate::payments::error::PaymentError;
use crate::payments::pages::opening::PageWords;
use crate::payments::pages::own::OwnEntrance;
use crate::payments::pages::{self, Step};
use crate::payments::provider::CardAt;
use crate::payments::words::KeptState;
use crate::tenancy::{StoreError, TenantTx};

/// Writes down that the customer is about to leave a card, or finds that they are already.
async fn begin(
    tx: &TenantTx,
    holder: &Holder,
    card_at: CardAt,
    back_url: String,
) -> Result<(Step<card::Model>, PageWords), PaymentError> {
    let visit = bookings::hold_own(tx, holder).await?;
    let over = visit.lapses_at.is_some_and(|at| at <= tx.now());
    if over || !is_wanted(tx, &Stood::from(&visit)).await? {
        return Err(PaymentError::NothingDue);
    }
    let account =
        accounts::that_keeps_cards(tx, &visit.currency).await?.ok_or(PaymentError::NoCards)?;
    if let Some(row) = found(tx, visit.id, KeptState::Open).await? {
        match pages::resume(row, card_at, true, tx.now()) {
            Ok(step) => return Ok((step, PageWords::of(visit, back_url))),
            Err(lost) => end(tx, lost).await?,
        }
    }
    let row = card::ActiveModel {
        tenant_id: Set(tx.tenant().uuid()),
        id: Set(tx.new_id::<Card>().uuid()),
        appointment_id: Set(visit.id.uuid()),
        state: Set(KeptState::Open.key().to_owned()),
        account: Set(account),
        reference: Set(None),
        url: Set(None),
        customer: Set(None),
        method: Set(None),
        brand: Set(None),
        created_at: Set(tx.now()),
        left_at: Set(None),
        updated_at: Set(tx.now()),
        here: Set(card_at == CardAt::Form),
    };
    let row = row.insert(tx.conn()).await.map_err(StoreError::from)?;
    Ok((Step::Open(Box::new(row)), PageWords::of(visit, back_url)))
}

impl Counter {
    /// Where the customer leaves a card. Who asks twice gets the same.
    pub(in crate::payments) async fn card_door(
        &self,
        holder: &Holder,
        card_at: CardAt,
    ) -> Result<OwnEntrance, PaymentError> {
        for _ in 0..2 {
            let (step, words) = self.begin_card(holder, card_at).await?;
            let (row, close) = match step {
                Step::Go(url) => return Ok(url.into()),
                Step::Open(row) => return self.open_card_page(holder, *row, words).await,
                Step::Show(row) => {
                    // Somebody may have left it meanwhile: then that is found, and said.
                    if let Some(door) = self.card_form(&row).await? {
                        return Ok(door);
                    }
                    (row, false)
                }
                // Whoever was faster has left it there.
                Step::Close(row) => (row, true),
            };
            self.look_at_card_as(&holder.caller, Id::from_uuid(row.id), close).await?;
        }
        Err(PaymentError::ProviderAway)
    }

    async fn begin_card(
        &self,
        holder: &Holder,
        card_at: CardAt,
    ) -> Result<(Step<card::Model>, PageWords), PaymentError> {
        let tx = self.db.tenant(&holder.caller).await?;
        let begun = begin(&tx, holder, card_at, self.back_url(holder)).await?;
        tx.commit().await?;
        Ok(begun)
    }

    /// What a form that was opened before is opened with.
    async fn card_form(&self, row: &card::Model) -> Result<Option<OwnEntrance>, PaymentError> {
        let provider = self.providers.stripe.as_ref().ok_or(PaymentError::NoCards)?;
        let Some(reference) = &row.reference else { return Ok(None) };
        let account = row.account.clone();
        match provider.look_at_card(&account, reference).await? {
            CardStand::Open(Some(door)) => Ok(Some(OwnEntrance { account, door })),
            CardStand::Open(None) | CardStand::Left(_) | CardStand::Over => Ok(None),
        }
    }

    async fn open_card_page(
        &self,
        holder: &Holder,
        row: card::Model,
        words: PageWords,
    ) -> Result<OwnEntrance, PaymentError> {
        let provider = self.providers.stripe.as_ref().ok_or(PaymentError::NoCards)?;
        let id = Id::<Card>::from_uuid(row.id);
        let page = NewCardPage {
            key: id.to_string(),
            account: row.account.clone(),
            title: words.title,
            card: id.to_string(),
            tenant: holder.caller.tenant().to_string(),
            email: words.email,
            locale: pages::locale(words.locale),
            back_url: words.back_url,
            card_at: pages::card_at(&row),
            expires_at: pages::expires_at(&row),
        };
        let opened = provider.open_card_page(&page).await;
        let tx = self.db.tenant(&holder.caller).await?;
        let Some(row) = held(&tx, id).await? else { return Err(PaymentError::NotFound) };
        if pages::is_lost(&opened) {
            if row.reference.is_none() && is_open(&row) {
                end(&tx, row).await?;
            }
            tx.commit().await?;
            return Err(opened.err().map_or(PaymentError::NotFound, PaymentError::from));
        }
        let opened = opened?;
        let late = !is_open(&row);
        let mut change: card::ActiveModel = row.into();
        change.reference = Set(Some(opened.reference));
        change.url = Set(pages::kept(&opened.door).filter(|_| !late));
        change.updated_at = Set(tx.now());
        change.update(tx.conn()).await.map_err(StoreError::from)?;
        // It may be of no use any more: whoever waits no longer had its page closed before it was there.
        let (visit, _) = bookings::with_shop(&tx, holder.visit).await?;
        let gone = late || visit.status != Status::PendingPayment;
        if gone {
            look_soon(&tx, id).await?;
        }
        tx.commit().await?;
        if gone {
            return Err(PaymentError::NothingDue);
        }
        Ok(OwnEntrance { account: page.account, door: opened.door })
    }
}
