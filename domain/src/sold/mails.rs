//! A voucher's code on its way to whom it is for.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::code::Code;
use super::entities::voucher;
use super::error::SoldError;
use super::vouchers::{self, VoucherFacts, is_good, named};
use crate::audit::NewEntry;
use crate::config::LOCALES;
use crate::fault::{Faults, ValueFault};
use crate::ids::{Id, Voucher};
use crate::messaging::{self, NewMail, Template};
use crate::payments::amounts::shown;
use crate::tenancy::TenantTx;
use crate::tenants;
use crate::text::{self, Email};

/// Where a voucher is sent.
#[derive(Debug, Clone)]
pub struct Address {
    /// To which address.
    pub email: String,
    /// Who that is; as it was said before, if not given.
    pub name: Option<String>,
    /// In which language; as it was said before, if not given.
    pub locale: Option<String>,
}

/// Queues the mail with the code, which is sealed until it is sent.
pub(super) async fn send(
    tx: &TenantTx,
    row: &voucher::Model,
    code: &Code,
    to: &Email,
    giver: Option<String>,
) -> Result<(), SoldError> {
    let business = tenants::read(tx).await?;
    let locale = row.recipient_locale.clone().unwrap_or(business.locale);
    let mail = NewMail::new(to, Template::GiftVoucher, &locale)
        .with("name", row.recipient_name.clone())
        .with("business", business.name)
        .with("giver", giver.unwrap_or_default())
        .with("amount", shown(row.left_minor, &row.currency, &locale))
        .with("message", row.message.clone())
        .with("last_day", row.last_day.to_string())
        .code(code.shown());
    Ok(messaging::queue(tx, mail).await?)
}

/// Sends the code of a voucher that is still good, to whom it was for or to somebody else.
pub async fn mail_voucher(
    tx: &mut TenantTx,
    id: Id<Voucher>,
    to: &Address,
) -> Result<VoucherFacts, SoldError> {
    let mut faults = Faults::new();
    let email = faults.take("/email", Email::parse(&to.email));
    let name = faults.given("/name", to.name.as_deref(), |name| text::line(name, 0, 120));
    if to.locale.as_deref().is_some_and(|locale| !LOCALES.contains(&locale)) {
        let fault = ValueFault::new("unknown_locale", "There are no texts in this language.");
        faults.note("/locale", fault);
    }
    let Some(email) = email.filter(|_| faults.is_empty()) else { return Err(faults.into()) };
    let row = vouchers::held(tx, id).await?;
    if !is_good(&row, tx.now()) {
        return Err(SoldError::VoucherNotGood);
    }
    let code = vouchers::opened(tx, &row)?;
    let mut change: voucher::ActiveModel = row.into();
    change.recipient_email = Set(Some(email.shown().to_owned()));
    if let Some(name) = name {
        change.recipient_name = Set(name);
    }
    if let Some(locale) = &to.locale {
        change.recipient_locale = Set(Some(locale.clone()));
    }
    change.mailed_at = Set(Some(tx.now()));
    change.updated_at = Set(tx.now());
    let row = change.update(tx.conn()).await?;
    let giver = vouchers::read(tx, id).await?.customer_name;
    send(tx, &row, &code, &email, giver).await?;
    tx.record(NewEntry::new("voucher.mailed", "voucher").on(id, named(&row)));
    vouchers::read(tx, id).await
}
