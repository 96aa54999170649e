//! What somebody bought was paid for: it becomes a voucher, once.

use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::door::{of_sale, place};
use crate::customers::{self, Contact};
use crate::ids::{Customer, Id};
use crate::messaging::{self, NewMail, Template};
use crate::payments::amounts::shown;
use crate::sold::entities::{sale, voucher, voucher_order};
use crate::sold::error::SoldError;
use crate::sold::mails;
use crate::sold::sale::{SaleRow, zone_of};
use crate::sold::vouchers::{self, Terms};
use crate::tenancy::{StoreError, TenantTx};
use crate::tenants;
use crate::text::Email;

/// Makes a voucher of a sale that is held and was paid for, also where nobody waited for that any more. Says whether
/// it did: what became one before isn't sold twice.
pub(crate) async fn gift_arrived(
    tx: &mut TenantTx,
    sale: sale::Model,
    public_url: &str,
) -> Result<bool, StoreError> {
    let order = of_sale(tx, Id::from_uuid(sale.id)).await?;
    if order.voucher_id.is_some() {
        return Ok(false);
    }
    let whole = SaleRow::of(&sale)?;
    let (recipient, buyer) = (address(order.recipient_email.as_deref()), buyer(&order));
    let to = recipient.as_ref().or(buyer.as_ref());
    let months = u32::try_from(order.months);
    let terms = Terms {
        value_minor: sale.price_minor,
        months: months.map_err(|error| StoreError::Unreadable(error.to_string()))?,
        zone: zone_of(tx, whole.location).await?,
        recipient_name: order.recipient_name.clone(),
        recipient_locale: Some(order.locale.clone()),
        message: order.message.clone(),
        mailed_to: to.map(|to| to.shown().to_owned()),
    };
    let customer = match &buyer {
        Some(email) => Some(Box::pin(customer_of(tx, &order, email)).await?),
        None => None,
    };
    let (row, code) = vouchers::issue(tx, &whole, &sale.title, terms).await?;
    if let Some(to) = to {
        // Who hands it over themselves knows who gives it.
        let giver = recipient.as_ref().map(|_| order.buyer_name.clone());
        mails::send(tx, &row, &code, to, giver).await.map_err(SoldError::into_store)?;
    }
    if let Some(to) = &buyer {
        receipt(tx, &order, &row, to, public_url).await?;
    }
    let mut change: sale::ActiveModel = sale.into();
    change.state = Set("sold".to_owned());
    change.customer_id = Set(customer.map(Id::uuid));
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    let mut change: voucher_order::ActiveModel = order.into();
    change.voucher_id = Set(Some(row.id));
    change.updated_at = Set(tx.now());
    change.update(tx.conn()).await?;
    Ok(true)
}

fn address(email: Option<&str>) -> Option<Email> {
    Email::parse(email?).ok()
}

fn buyer(order: &voucher_order::Model) -> Option<Email> {
    address(order.buyer_email.as_deref())
}

/// Who paid is a customer from now on, or is one whom the business knows.
async fn customer_of(
    tx: &mut TenantTx,
    order: &voucher_order::Model,
    email: &Email,
) -> Result<Id<Customer>, StoreError> {
    let business = tenants::read(tx).await.map_err(|error| SoldError::from(error).into_store())?;
    // The business's own language is also that of whoever said none.
    let locale = Some(order.locale.clone()).filter(|locale| *locale != business.locale);
    let contact =
        Contact { name: order.buyer_name.clone(), email: Some(email.clone()), phone: None, locale };
    let found = customers::for_booking(tx, &contact).await;
    Ok(found.map_err(|error| SoldError::from(error).into_store())?.id)
}

/// The receipt, with the link to where the voucher can be seen. Nothing, if nobody is to be reached any more.
async fn receipt(
    tx: &TenantTx,
    order: &voucher_order::Model,
    voucher: &voucher::Model,
    to: &Email,
    public_url: &str,
) -> Result<(), StoreError> {
    let Some(sealed) = &order.token_sealed else { return Ok(()) };
    let text = tx.tools().open(&place(Id::from_uuid(order.id)), sealed)?;
    let text = String::from_utf8(text)
        .map_err(|_| StoreError::Unreadable("the link of a voucher".to_owned()))?;
    let recipient = match (&*order.recipient_name, &order.recipient_email) {
        ("", Some(email)) => email,
        (name, _) => name,
    };
    let business = tenants::read(tx).await.map_err(|error| SoldError::from(error).into_store())?;
    let mail = NewMail::new(to, Template::GiftBought, &order.locale)
        .with("name", order.buyer_name.clone())
        .with("business", business.name)
        .with("amount", shown(voucher.value_minor, &voucher.currency, &order.locale))
        .with("recipient", recipient)
        .with("last_day", voucher.last_day.to_string())
        .link(format!("{public_url}/g/{text}"))
        .once(format!("receipt {}", voucher.sale_id));
    messaging::queue(tx, mail).await
}
