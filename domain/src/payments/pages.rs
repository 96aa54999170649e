//! Where something is paid by card, whatever it is for: what a page is good for that was opened before, and opening
//! one.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::accounts;
use super::counter::{Counter, OPENED_WITHIN, PAGE_KEPT, end, is_unsettled, is_wanted, place_of};
use super::entities::payment;
use super::error::PaymentError;
use super::looking;
use super::own::OwnEntrance;
use super::provider::{CardAt, Door, NewPage, ProviderError};
use super::refunds;
use super::words::ProviderName;
use crate::ids::{Id, Payment, Tenant};
use crate::sold;
use crate::tenancy::{Caller, StoreError, SystemTx, TenantTx};
use crate::time::Instant;

/// What a payment that was begun before is good for.
pub(super) enum Before {
    /// Its page is there.
    Go(String),
    /// Its form is there: the provider knows what it is opened with.
    Show,
    /// Its page is to be closed first: it was opened long ago, or asks for something else.
    Close,
    /// Its page is to be opened.
    Open,
    /// Nobody knows of a page.
    Unknown,
}

/// What a payment is good for that was begun before. `same`: it asks for the same, at the same place and in the same
/// way.
pub(super) fn before(row: &payment::Model, same: bool, now: Instant) -> Before {
    match (&row.url, row.reference.is_some()) {
        (Some(url), true) if same && row.created_at + PAGE_KEPT > now => Before::Go(url.clone()),
        (None, true) if same && row.here && row.created_at + PAGE_KEPT > now => Before::Show,
        (_, true) => Before::Close,
        (_, false) if same && row.created_at + OPENED_WITHIN > now => Before::Open,
        (_, false) => Before::Unknown,
    }
}

/// What a page says.
pub(super) struct PageWords {
    /// What is paid for.
    pub(super) title: String,
    /// Whom the provider may write a receipt to.
    pub(super) email: Option<String>,
    /// Its language, if that is known.
    pub(super) locale: Option<String>,
    /// Where whoever pays comes back to.
    pub(super) back_url: String,
}

impl Counter {
    /// Who takes what customers pay now, if anybody does.
    pub(crate) async fn taker(&self, tx: &TenantTx) -> Result<Option<ProviderName>, StoreError> {
        let place = accounts::that_takes_money(tx).await?;
        Ok(place.map(|place| place.provider).filter(|provider| self.providers.has(*provider)))
    }

    /// Whether a business sells vouchers on its page, and is paid for them.
    pub(crate) async fn sells_vouchers(
        &self,
        tx: &SystemTx,
        tenant: Id<Tenant>,
    ) -> Result<bool, StoreError> {
        if !self.providers.any() || !sold::is_offered(tx.conn(), tenant).await? {
            return Ok(false);
        }
        let place = accounts::that_takes_money_of(tx.conn(), tenant).await?;
        Ok(place.is_some_and(|place| self.providers.has(place.provider)))
    }

    /// What a form that was opened before is opened with.
    pub(super) async fn door_of(
        &self,
        caller: &Caller,
        row: &payment::Model,
    ) -> Result<Option<OwnEntrance>, PaymentError> {
        let (Some(place), Some(reference)) = (place_of(row)?, &row.reference) else {
            return Ok(None);
        };
        let provider = self.provider(caller, place.provider, &place.account);
        let provider = Box::pin(provider).await.map_err(no_cards)?;
        let door = provider.look(&place.account, reference).await?.door;
        Ok(door.map(|door| OwnEntrance { account: place.account, door }))
    }

    /// Opens the page of a payment that was begun.
    pub(super) async fn open_page(
        &self,
        caller: &Caller,
        row: payment::Model,
        words: PageWords,
    ) -> Result<OwnEntrance, PaymentError> {
        let id = Id::<Payment>::from_uuid(row.id);
        let place = place_of(&row)?.ok_or(PaymentError::NoCards)?;
        let provider = self.provider(caller, place.provider, &place.account);
        let provider = Box::pin(provider).await.map_err(no_cards)?;
        let page = NewPage {
            key: format!("page {id}"),
            account: place.account,
            amount_minor: row.amount_minor,
            currency: row.currency.clone(),
            title: words.title,
            payment: id.to_string(),
            tenant: caller.tenant().to_string(),
            email: words.email,
            locale: words.locale.unwrap_or_else(|| "auto".to_owned()),
            back_url: words.back_url,
            card_at: if row.here { CardAt::Form } else { CardAt::Page },
            keeps_card: row.keeps_card,
            expires_at: (row.created_at + PAGE_KEPT).timestamp(),
        };
        let opened = provider.open_page(&page).await;
        let tx = self.db.tenant(caller).await?;
        let Some(row) = refunds::held(&tx, id).await? else { return Err(PaymentError::NotFound) };
        if let Err(ProviderError::Refused { .. } | ProviderError::Broken(_)) = &opened {
            // Nobody knows of a page under this key; the next try has another one.
            if row.reference.is_none() && is_unsettled(&row) {
                end(&tx, row, None).await?;
            }
            tx.commit().await?;
            return Err(opened.err().map_or(PaymentError::NotFound, PaymentError::from));
        }
        let opened = opened?;
        let late = !is_unsettled(&row);
        let mut change: payment::ActiveModel = row.into();
        change.reference = Set(Some(opened.reference));
        change.url = Set(match &opened.door {
            Door::Page(url) => Some(url.clone()),
            Door::Form(_) => None,
        });
        change.updated_at = Set(tx.now());
        let row = change.update(tx.conn()).await?;
        // It may be of no use any more: whoever waits no longer had its page closed before it was there.
        let gone = late || !is_wanted(&tx, &row).await?.still;
        if gone {
            looking::close_late(&tx, id).await?;
        }
        tx.commit().await?;
        if gone {
            return Err(PaymentError::NothingDue);
        }
        Ok(OwnEntrance { account: page.account, door: opened.door })
    }
}

/// For who pays it is all the same why cards can't be taken.
pub(super) fn no_cards(error: PaymentError) -> PaymentError {
    match error {
        PaymentError::NotOffered | PaymentError::NotConnected => PaymentError::NoCards,
        other => other,
    }
}
