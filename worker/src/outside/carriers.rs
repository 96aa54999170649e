//! Who carries messages besides mails, as configured.

use std::sync::Arc;
use std::time::Duration;

use openchair_domain::config::Settings;
use openchair_domain::messaging::Channel;
use openchair_domain::tenancy::Db;

use super::carrier::Carriers;
use super::http::{Client, NoClient};
use super::push::{BadPushSettings, ByPush, Vapid};
use super::roots::Roots;
use super::texts::{BadTextSettings, ByText, Texter, Twilio, Way};
use crate::webhooks;

/// How long a browser's service may take. Visitors say where that is: one that takes long mustn't hold up
/// others.
const PUSH: Duration = Duration::from_secs(5);

/// Why messages can't be carried as configured.
#[derive(Debug, thiserror::Error)]
pub enum BadCarriers {
    /// The account for texts.
    #[error(transparent)]
    Texts(#[from] BadTextSettings),
    /// The key for notes.
    #[error(transparent)]
    Push(#[from] BadPushSettings),
    /// Nobody can be asked at all.
    #[error(transparent)]
    Client(#[from] NoClient),
}

/// Who carries texts and notes.
pub fn from_settings(settings: &Settings, roots: &Roots, db: &Db) -> Result<Carriers, BadCarriers> {
    let mut carriers = Carriers::default();
    let twilio = Twilio::from_settings(&settings.texts, roots, Arc::clone(db.clock()))?;
    if let Some(twilio) = twilio {
        let texter: Arc<dyn Texter> = Arc::new(twilio);
        for (way, channel) in [(Way::Sms, Channel::Sms), (Way::WhatsApp, Channel::Whatsapp)] {
            if texter.goes(way) {
                let (texter, db) = (Arc::clone(&texter), db.clone());
                let public_url = settings.server.public_url.origin().to_owned();
                let by_text = ByText { texter, way, db, public_url };
                carriers = carriers.with(channel, Arc::new(by_text));
            }
        }
    }
    if let Some(vapid) = Vapid::from_settings(&settings.push)? {
        let timeout = settings.webhooks.timeout.min(PUSH);
        let client = Client::new(roots, webhooks::guard(settings), timeout)?;
        carriers = carriers.with(Channel::Push, Arc::new(ByPush::new(db.clone(), client, vapid)));
    }
    Ok(carriers)
}
