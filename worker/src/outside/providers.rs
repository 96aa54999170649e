//! Who takes money, as configured.

use std::sync::Arc;

use openchair_domain::config::Settings;
use openchair_domain::payments::{Counter, Provider};
use openchair_domain::plans::{Biller, Billing};
use openchair_domain::tenancy::Db;

use super::http::NoClient;
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
    let takes = stripe.clone().map(|stripe| stripe as Arc<dyn Provider>);
    let bills = stripe.filter(|_| settings.stripe.plans).map(|stripe| stripe as Arc<dyn Biller>);
    let counter = Counter::new(db.clone(), takes, public_url.clone());
    Ok((counter, Billing::new(db.clone(), bills, public_url)))
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
