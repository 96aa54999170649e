use chrono::{DateTime, Utc};
use openchair_domain::alerts::{AlertFacts, Condition, Target};
use openchair_domain::ids::Alert;
use openchair_worker::alerts::NotTold;
use poem_openapi::{Enum, Object};

use crate::ids::Ref;

/// What isn't well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(in crate::platform) enum AlertCondition {
    /// Too many requests end in a fault of the deployment's: percent
    ErrorRate,
    /// Jobs begin too late: seconds that the oldest has been due
    JobLag,
    /// Too many jobs failed for good: how many
    DeadJobs,
    /// Too many messages and mails aren't taken: percent
    MessageFailures,
    /// Too many webhooks fail: percent
    WebhookFailures,
    /// What payments came to differs from the provider's book: how many businesses
    BooksDiffer,
}

impl From<Condition> for AlertCondition {
    fn from(condition: Condition) -> Self {
        match condition {
            Condition::ErrorRate => Self::ErrorRate,
            Condition::JobLag => Self::JobLag,
            Condition::DeadJobs => Self::DeadJobs,
            Condition::MessageFailures => Self::MessageFailures,
            Condition::WebhookFailures => Self::WebhookFailures,
            Condition::BooksDiffer => Self::BooksDiffer,
        }
    }
}

/// Something about the deployment that isn't well, or wasn't.
#[derive(Debug, Clone, Object)]
pub(super) struct AlertView {
    id: Ref<Alert>,
    condition: AlertCondition,
    /// What was found at the last look
    value: f64,
    /// How bad it was at the worst
    worst: f64,
    /// From where on it is bad
    threshold: f64,
    raised_at: DateTime<Utc>,
    /// When it was bad last
    last_bad_at: DateTime<Utc>,
    /// When it was over; null while it lasts
    cleared_at: Option<DateTime<Utc>>,
}

impl From<AlertFacts> for AlertView {
    fn from(alert: AlertFacts) -> Self {
        Self {
            id: alert.id.into(),
            condition: alert.condition.into(),
            value: alert.value,
            worst: alert.worst,
            threshold: alert.threshold,
            raised_at: alert.raised_at,
            last_bad_at: alert.last_bad_at,
            cleared_at: alert.cleared_at,
        }
    }
}

/// Where alerts go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum AlertTarget {
    /// The addresses of `alerts.email`
    Email,
    /// The channel of `alerts.slack_url`
    Slack,
    /// The program at `alerts.webhook_url`
    Webhook,
}

/// How a trial went.
#[derive(Debug, Clone, Object)]
pub(super) struct AlertTrial {
    target: AlertTarget,
    /// Whether it was taken
    told: bool,
    /// Why it wasn't
    error: Option<String>,
}

impl From<(Target, Result<(), NotTold>)> for AlertTrial {
    fn from((target, told): (Target, Result<(), NotTold>)) -> Self {
        let target = match target {
            Target::Email => AlertTarget::Email,
            Target::Slack => AlertTarget::Slack,
            Target::Webhook => AlertTarget::Webhook,
        };
        Self { target, told: told.is_ok(), error: told.err().map(|error| error.to_string()) }
    }
}
