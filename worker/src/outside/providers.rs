//! Who takes cards, as configured.

use std::sync::Arc;

use openchair_domain::config::Settings;
use openchair_domain::payments::Provider;

use super::http::NoClient;
use super::roots::Roots;
use super::stripe::{Stripe, StripeSettings};

/// Who takes cards; nobody, without a key.
pub fn from_settings(
    settings: &Settings,
    roots: &Roots,
) -> Result<Option<Arc<dyn Provider>>, NoClient> {
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
