//! What customers are told of their money.

use super::amounts::shown;
use super::entities::{payment, refund};
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
    let (visit, shop) = bookings::with_shop(tx, Id::from_uuid(payment.appointment_id))
        .await
        .map_err(bookings::BookingError::into_store)?;
    let Some((email, locale)) = to(&visit, &shop) else { return Ok(()) };
    let amount = shown(amount_minor, &payment.currency, &locale);
    let mail = about(NewMail::new(&email, template, &locale), &visit, &shop);
    messaging::queue(tx, mail.with("amount", amount).once(once)).await
}

/// A receipt.
pub(super) async fn receipt(tx: &TenantTx, payment: &payment::Model) -> Result<(), StoreError> {
    let key = format!("receipt {}", payment.id);
    queue(tx, payment, Template::PaymentReceipt, payment.amount_minor, key).await
}

/// Something was given back.
pub(super) async fn returned(
    tx: &TenantTx,
    payment: &payment::Model,
    refund: &refund::Model,
) -> Result<(), StoreError> {
    let key = format!("returned {}", refund.id);
    queue(tx, payment, Template::PaymentReturned, refund.amount_minor, key).await
}

/// It was paid when the time was somebody else's already: it goes back.
pub(super) async fn too_late(tx: &TenantTx, payment: &payment::Model) -> Result<(), StoreError> {
    let key = format!("too late {}", payment.id);
    queue(tx, payment, Template::PaymentTooLate, payment.refunded_minor, key).await
}
