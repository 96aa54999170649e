//! What customers are told of their money.

use super::bill::amounts::shown;
use super::entities::{payment, refund};
use super::words::Way;
use crate::bookings::{self, VisitFacts};
use crate::diary::Shop;
use crate::ids::Id;
use crate::messaging::{self, NewMail, Template};
use crate::tenancy::{StoreError, TenantTx};
use crate::text::Email;

/// Where to write to, and in which language; nobody, if there is no address.
fn to(visit: &VisitFacts, shop: &Shop) -> Option<(Email, String)> {
    let email = Email::parse(visit.email.as_deref()?).ok()?;
    Some((email, visit.locale.clone().unwrap_or_else(|| shop.locale.clone())))
}

fn about(mail: NewMail, visit: &VisitFacts, shop: &Shop) -> NewMail {
    let local = visit.starts_at.with_timezone(&shop.rules.zone);
    let name = visit.customer.as_ref().map_or("", |whose| &whose.name);
    mail.with("name", name)
        .with("business", shop.name.clone())
        .with("title", visit.title.clone())
        .with("date", local.format("%Y-%m-%d").to_string())
        .with("time", local.format("%H:%M").to_string())
        .with("place", shop.location_name.clone())
}

async fn queue(
    tx: &TenantTx,
    payment: &payment::Model,
    template: Template,
    amount_minor: i64,
    once: String,
) -> Result<(), StoreError> {
    match written(tx, payment, template, amount_minor, once).await? {
        Some(mail) => messaging::queue(tx, mail).await,
        None => Ok(()),
    }
}

/// The mail, if there is a visit and an address.
async fn written(
    tx: &TenantTx,
    payment: &payment::Model,
    template: Template,
    amount_minor: i64,
    once: String,
) -> Result<Option<NewMail>, StoreError> {
    let Some(visit) = payment.appointment_id.map(Id::from_uuid) else { return Ok(None) };
    let (visit, shop) =
        bookings::with_shop(tx, visit).await.map_err(bookings::BookingError::into_store)?;
    let Some((email, locale)) = to(&visit, &shop) else { return Ok(None) };
    let amount = shown(amount_minor, &payment.currency, &locale);
    let mail = about(NewMail::new(&email, template, &locale), &visit, &shop);
    Ok(Some(mail.with("amount", amount).once(once)))
}

/// A receipt.
pub(super) async fn receipt(tx: &TenantTx, payment: &payment::Model) -> Result<(), StoreError> {
    let key = format!("receipt {}", payment.id);
    queue(tx, payment, Template::PaymentReceipt, payment.amount_minor, key).await
}

/// A receipt for a fee that was taken from the card on file.
pub(super) async fn fee_taken(tx: &TenantTx, payment: &payment::Model) -> Result<(), StoreError> {
    let key = format!("receipt {}", payment.id);
    queue(tx, payment, Template::PaymentFeeTaken, payment.amount_minor, key).await
}

/// A fee couldn't be taken from the card on file: it is paid behind the visit's link.
pub(super) async fn fee_open(
    tx: &TenantTx,
    payment: &payment::Model,
    public_url: &str,
) -> Result<(), StoreError> {
    let key = format!("fee open {}", payment.id);
    let template = Template::PaymentFeeOpen;
    let amount = payment.amount_minor;
    let Some(mail) = written(tx, payment, template, amount, key).await? else { return Ok(()) };
    let Some(visit) = payment.appointment_id.map(Id::from_uuid) else { return Ok(()) };
    let link = bookings::own_page(tx, visit, public_url).await;
    let link = link.map_err(bookings::BookingError::into_store)?;
    messaging::queue(tx, mail.link(link)).await
}

/// Something was given back.
pub(super) async fn returned(
    tx: &TenantTx,
    payment: &payment::Model,
    refund: &refund::Model,
) -> Result<(), StoreError> {
    let key = format!("returned {}", refund.id);
    let (template, amount) = (Template::PaymentReturned, refund.amount_minor);
    let Some(mail) = written(tx, payment, template, amount, key).await? else { return Ok(()) };
    // What was paid otherwise is there at once.
    let bank = if Way::stored(&payment.way)? == Way::Card { "yes" } else { "" };
    messaging::queue(tx, mail.with("bank", bank)).await
}

/// It was paid when the time was somebody else's already: it goes back.
pub(super) async fn too_late(tx: &TenantTx, payment: &payment::Model) -> Result<(), StoreError> {
    let key = format!("too late {}", payment.id);
    queue(tx, payment, Template::PaymentTooLate, payment.refunded_minor, key).await
}
