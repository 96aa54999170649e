//! Opening the page where something is paid, whatever it is for.

use std::sync::Arc;

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::looking;
use super::own::OwnEntrance;
use crate::bookings::VisitFacts;
use crate::ids::{Id, Payment, Tenant};
use crate::payments::accounts;
use crate::payments::counter::{Counter, Wanted, end, is_unsettled, is_wanted, place_of};
use crate::payments::entities::payment;
use crate::payments::error::PaymentError;
use crate::payments::pages::{self, Step};
use crate::payments::provider::{NewPage, Provider};
use crate::payments::refunds;
use crate::payments::words::ProviderName;
use crate::sold;
use crate::tenancy::{Caller, StoreError, SystemTx, TenantTx};

/// What a page says.
pub(in crate::payments) struct PageWords {
    /// What is paid for.
    pub(in crate::payments) title: String,
    /// Whom the provider may write a receipt to.
    pub(in crate::payments) email: Option<String>,
    /// Its language, if that is known.
    pub(in crate::payments) locale: Option<String>,
    /// Where whoever pays comes back to.
    pub(in crate::payments) back_url: String,
}

impl PageWords {
    /// For a visit.
    pub(in crate::payments) fn of(visit: VisitFacts, back_url: String) -> Self {
        Self { title: visit.title, email: visit.email, locale: visit.locale, back_url }
    }
}

impl Counter {
    /// Who takes what customers pay now, if anybody does.
    pub(crate) async fn taker(
        &self,
        tx: &TenantTx,
        currency: &str,
    ) -> Result<Option<ProviderName>, StoreError> {
        let place = accounts::that_takes_money(tx, currency).await?;
        Ok(place.map(|place| place.provider).filter(|provider| self.providers.has(*provider)))
    }

    /// Whether a business sells vouchers on its page, and is paid for them.
    pub(crate) async fn sells_vouchers(
        &self,
        tx: &SystemTx,
        tenant: Id<Tenant>,
        currency: &str,
    ) -> Result<bool, StoreError> {
        if !self.providers.any() {
            return Ok(false);
        }
        let place = accounts::that_takes_money_of(tx.conn(), tenant, currency).await?;
        match place.map(|place| place.provider).filter(|taker| self.providers.has(*taker)) {
            Some(taker) => sold::is_offered(tx.conn(), tenant, currency, taker).await,
            None => Ok(false),
        }
    }

    /// Where somebody pays, as it goes on with their payment; none: what was begun before was looked at, and it is to
    /// be begun anew.
    pub(in crate::payments) async fn through(
        &self,
        caller: &Caller,
        step: Step<payment::Model>,
        words: PageWords,
    ) -> Result<Option<OwnEntrance>, PaymentError> {
        let (row, wanted) = match step {
            Step::Go(url) => return Ok(Some(url.into())),
            Step::Show(row) => {
                if let Some(door) = self.door_of(caller, &row).await? {
                    return Ok(Some(door));
                }
                // Somebody may have paid meanwhile: then that is found, and said.
                (row, Wanted::AsItStands)
            }
            Step::Open(row) => return self.open_page(caller, *row, words).await.map(Some),
            // Whoever was faster has paid there.
            Step::Close(row) => (row, Wanted::Closed),
        };
        self.look_as(caller, Id::from_uuid(row.id), wanted).await?;
        Ok(None)
    }

    /// What a form that was opened before is opened with.
    async fn door_of(
        &self,
        caller: &Caller,
        row: &payment::Model,
    ) -> Result<Option<OwnEntrance>, PaymentError> {
        let Some(reference) = &row.reference else { return Ok(None) };
        let (account, provider) = self.taker_of(caller, row).await?;
        let door = provider.look(&account, reference).await?.door;
        Ok(door.map(|door| OwnEntrance { account, door }))
    }

    /// Where a payment goes, and whoever takes it there.
    async fn taker_of(
        &self,
        caller: &Caller,
        row: &payment::Model,
    ) -> Result<(String, Arc<dyn Provider>), PaymentError> {
        let place = place_of(row)?.ok_or(PaymentError::NoCards)?;
        let provider = self.provider(caller, place.provider, &place.account);
        let provider = Box::pin(provider).await.map_err(no_cards)?;
        Ok((place.account, provider))
    }

    /// Opens the page of a payment that was begun.
    async fn open_page(
        &self,
        caller: &Caller,
        row: payment::Model,
        words: PageWords,
    ) -> Result<OwnEntrance, PaymentError> {
        let id = Id::<Payment>::from_uuid(row.id);
        let (account, provider) = self.taker_of(caller, &row).await?;
        let page = NewPage {
            key: format!("page {id}"),
            account,
            amount_minor: row.amount_minor,
            currency: row.currency.clone(),
            title: words.title,
            payment: id.to_string(),
            tenant: caller.tenant().to_string(),
            email: words.email,
            locale: pages::locale(words.locale),
            back_url: words.back_url,
            card_at: pages::card_at(&row),
            keeps_card: row.keeps_card,
            expires_at: pages::expires_at(&row),
        };
        let opened = provider.open_page(&page).await;
        let tx = self.db.tenant(caller).await?;
        let Some(row) = refunds::held(&tx, id).await? else { return Err(PaymentError::NotFound) };
        if pages::is_lost(&opened) {
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
        change.url = Set(pages::kept(&opened.door));
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
pub(in crate::payments) fn no_cards(error: PaymentError) -> PaymentError {
    match error {
        PaymentError::NotOffered | PaymentError::NotConnected => PaymentError::NoCards,
        other => other,
    }
}
