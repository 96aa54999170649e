//! Tells whoever runs the deployment when it isn't well. It is told at once and by nobody's job: what
//! says that jobs are late must not wait for a job.

mod watch;

use std::sync::Arc;
use std::time::Duration;

use openchair_domain::alerts::{self, Target, Thresholds, Words};
use openchair_domain::config::{self, Settings};
use openchair_domain::ids::{Event, Id};
use openchair_domain::messaging::templates::Rendered;
use openchair_domain::tenancy::Db;
use openchair_domain::webhooks::{Guard, Secret, sign};
use serde_json::json;

use crate::outside::http::{Client, NoClient};
use crate::outside::mail::{Mailer, Outgoing};
use crate::outside::names::SystemNames;
use crate::outside::roots::Roots;

pub use watch::{Watch, WriteTallies};

/// How long anybody may take who is told.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Who is told, and how.
#[derive(Debug, Clone)]
pub struct Alerting {
    db: Db,
    mailer: Arc<dyn Mailer>,
    client: Client,
    house: String,
    thresholds: Thresholds,
    email: Vec<String>,
    slack: Option<config::Secret>,
    webhook: Option<config::Secret>,
    secret: Option<Secret>,
}

/// Whoever wasn't told, and why. May name addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotTold(pub String);

impl Alerting {
    /// As configured. Where alerts go is the operator's choice: it may be in their own network.
    pub fn from_settings(
        settings: &Settings,
        roots: &Roots,
        db: Db,
        mailer: Arc<dyn Mailer>,
    ) -> Result<Self, NoClient> {
        let given = |url: &config::Secret| (!url.is_empty()).then(|| url.clone());
        let alerts = &settings.alerts;
        Ok(Self {
            db,
            mailer,
            client: Client::new(roots, Guard::new(Arc::new(SystemNames), true), TIMEOUT)?,
            house: settings.server.public_url.origin().to_owned(),
            thresholds: Thresholds::from(alerts),
            email: alerts.email.clone(),
            slack: given(&alerts.slack_url),
            webhook: given(&alerts.webhook_url),
            secret: Secret::parse(alerts.webhook_secret.expose()),
        })
    }

    /// From where on something is wrong.
    pub fn thresholds(&self) -> &Thresholds {
        &self.thresholds
    }

    /// Where anybody is told.
    pub fn targets(&self) -> Vec<Target> {
        let given = [
            (Target::Email, !self.email.is_empty()),
            (Target::Slack, self.slack.is_some()),
            (Target::Webhook, self.webhook.is_some()),
        ];
        given.into_iter().filter(|(_, given)| *given).map(|(target, _)| target).collect()
    }

    /// Sends everybody a trial, and says how that went.
    pub async fn try_out(&self) -> Vec<(Target, Result<(), NotTold>)> {
        let words = alerts::trial(&self.house, self.db.clock().now());
        let mut tried = Vec::new();
        for target in self.targets() {
            tried.push((target, self.tell(target, &words).await));
        }
        tried
    }

    /// Tells one place.
    async fn tell(&self, target: Target, words: &Words) -> Result<(), NotTold> {
        match target {
            Target::Email => self.mail(words).await,
            Target::Slack => {
                let text = format!("*{}*\n{}", words.title, words.text);
                self.post(self.slack.as_ref(), json!({ "text": text }), None).await
            }
            Target::Webhook => {
                let (kind, data) = &words.event;
                let body =
                    json!({ "type": kind, "timestamp": self.db.clock().now(), "data": data });
                self.post(self.webhook.as_ref(), body, self.secret.as_ref()).await
            }
        }
    }

    async fn mail(&self, words: &Words) -> Result<(), NotTold> {
        let at = self.db.clock().now();
        let content = Rendered {
            subject: words.title.clone(),
            text: words.text.clone(),
            html: String::new(),
        };
        // One that takes no mail mustn't have the others told again and again.
        let (mut told, mut failed) = (false, None);
        for to in &self.email {
            let id = Id::new(at, &**self.db.entropy());
            let mail = Outgoing::new((id, id.to_string()), at, to, "en", content.clone());
            match self.mailer.send(&mail).await {
                Ok(()) => told = true,
                Err(error) => failed = Some(NotTold(error.reason)),
            }
        }
        match failed {
            Some(failed) if !told => Err(failed),
            _ => Ok(()),
        }
    }

    async fn post(
        &self,
        url: Option<&config::Secret>,
        body: serde_json::Value,
        secret: Option<&Secret>,
    ) -> Result<(), NotTold> {
        let Some(url) = url else { return Err(NotTold("no address is given".to_owned())) };
        let (at, body) = (self.db.clock().now(), body.to_string());
        let mut headers = Vec::new();
        if let Some(secret) = secret {
            let id = Id::<Event>::new(at, &**self.db.entropy()).to_string();
            let signature = sign(std::slice::from_ref(secret), &id, at.timestamp(), &body);
            headers.push(("webhook-id", id));
            headers.push(("webhook-timestamp", at.timestamp().to_string()));
            headers.push(("webhook-signature", signature));
        }
        let reply = self.client.post(url.expose(), &headers, body, at).await;
        match (reply.status, reply.error) {
            (Some(200..=299), _) => Ok(()),
            (Some(status), _) => Err(NotTold(format!("it answered {status}"))),
            (None, error) => Err(NotTold(error.unwrap_or_default())),
        }
    }
}
