//! What owners are told of the provider's book.

use chrono::Days;

use super::super::bill::amounts::shown;
use super::super::entities::{payment, refund};
use super::entities::{dispute, payout};
use crate::messaging::{self, NewMail, Template};
use crate::team;
use crate::tenancy::{StoreError, TenantTx};
use crate::text::Email;

/// Where the page is that shows it.
const TROUBLES: &str = "/app/payments/troubles";
const PAYOUTS: &str = "/app/payments/payouts";
const PAYMENTS: &str = "/app/payments";

struct About<'a> {
    template: Template,
    amount_minor: i64,
    currency: &'a str,
    date: String,
    link: String,
    key: String,
}

/// A mail to each of the owners, once.
async fn tell_owners(tx: &TenantTx, about: &About<'_>) -> Result<(), StoreError> {
    for owner in team::owners(tx).await? {
        let Ok(to) = Email::parse(&owner.email) else { continue };
        let amount = shown(about.amount_minor, about.currency, &owner.locale);
        let mail = NewMail::new(&to, about.template, &owner.locale)
            .with("name", owner.name)
            .with("business", owner.business)
            .with("amount", amount)
            .with("date", about.date.clone())
            .link(about.link.clone())
            .once(format!("{} {} {}", about.key, tx.tenant(), owner.id));
        messaging::queue(tx, mail).await?;
    }
    Ok(())
}

/// A customer went to their bank: by when something has to be said.
pub(super) async fn disputed(
    tx: &TenantTx,
    row: &dispute::Model,
    public_url: &str,
) -> Result<(), StoreError> {
    // Without a day it is today.
    let due = row.due_at.unwrap_or_else(|| tx.now());
    let about = About {
        template: Template::PaymentDisputed,
        amount_minor: row.amount_minor,
        currency: &row.currency,
        date: due.format("%Y-%m-%d").to_string(),
        link: format!("{public_url}{TROUBLES}"),
        key: format!("dispute {} {}", row.reference, row.state),
    };
    tell_owners(tx, &about).await
}

/// The bank didn't take what was sent.
pub(super) async fn payout_failed(
    tx: &TenantTx,
    row: &payout::Model,
    public_url: &str,
) -> Result<(), StoreError> {
    let about = About {
        template: Template::PayoutFailed,
        amount_minor: row.amount_minor,
        currency: &row.currency,
        date: row.arrives_on.format("%Y-%m-%d").to_string(),
        link: format!("{public_url}{PAYOUTS}"),
        key: format!("payout {}", row.reference),
    };
    tell_owners(tx, &about).await
}

/// What was to go back didn't: whoever waits for it has to get it in another way.
pub(in super::super) async fn refund_failed(
    tx: &TenantTx,
    payment: &payment::Model,
    row: &refund::Model,
    public_url: &str,
) -> Result<(), StoreError> {
    // Days begin elsewhere where the place is: the page shows those beside it, too.
    let paid = payment.created_at.date_naive();
    let (from, to) = (paid - Days::new(1), paid + Days::new(1));
    let about = About {
        template: Template::RefundFailed,
        amount_minor: row.amount_minor,
        currency: &payment.currency,
        date: paid.format("%Y-%m-%d").to_string(),
        link: format!("{public_url}{PAYMENTS}?from={from}&to={to}"),
        key: format!("refund failed {}", row.id),
    };
    tell_owners(tx, &about).await
}
