//! Who takes money, as configured.

use std::sync::Arc;

use openchair_domain::config::Settings;
use openchair_domain::payments::{Bookkeeper, CardProvider, Counter, Gateway, Providers};
use openchair_domain::plans::{Biller, Billing};
use openchair_domain::tenancy::Db;

use super::http::NoClient;
use super::payfast::{PayFast, PayFastSettings};
use super::roots::Roots;
use super::stripe::{Stripe, StripeSettings};

/// Where customers pay by card, and where businesses pay for their plans: nowhere, without a key.
pub fn from_settings(
    settings: &Settings,
    roots: &Roots,
    db: &Db,
) -> Result<(Counter, Billing), NoClient> {
    let public_url = settings.server.public_url.origin().to_owned();
    let stripe = stripe(settings, roots)?;
    let takes = Providers {
        stripe: stripe.clone().map(|stripe| stripe as Arc<dyn CardProvider>),
        payfast: Some(payfast(settings, roots, db)?),
    };
    let books = stripe.clone().map(|stripe| stripe as Arc<dyn Bookkeeper>);
    let bills = stripe.filter(|_| settings.stripe.plans).map(|stripe| stripe as Arc<dyn Biller>);
    let counter = Counter::new(db.clone(), takes, public_url.clone()).with_books(books);
    Ok((counter, Billing::new(db.clone(), bills, public_url)))
}

fn payfast(settings: &Settings, roots: &Roots, db: &Db) -> Result<Arc<dyn Gateway>, NoClient> {
    let payfast = &settings.payfast;
    let settings = PayFastSettings {
        base_url: payfast.base_url.clone(),
        api_url: payfast.api_url.clone(),
        sandbox: payfast.sandbox,
        timeout: payfast.timeout,
        clock: Arc::clone(db.clock()),
    };
    Ok(Arc::new(PayFast::new(roots, settings)?))
}

fn stripe(settings: &Settings, roots: &Roots) -> Result<Option<Arc<Stripe>>, NoClient> {
    let stripe = &settings.stripe;
    if stripe.secret_key.is_empty() {
        return Ok(None);
    }
    let settings = StripeSettings {
        base_url: stripe.base_url.clone(),
        secret_key: stripe.secret_key.clone(),
        timeout: stripe.timeout,
    };
    Ok(Some(Arc::new(Stripe::new(roots, settings)?)))
}
