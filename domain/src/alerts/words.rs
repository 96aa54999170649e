//! What is said about an alert: in English, as the log and the metrics are.

use serde_json::{Value, json};

use super::{About, AlertFacts, Condition, Owed};
use crate::time::Instant;

/// A line, and what is below it.
#[derive(Debug, Clone, PartialEq)]
pub struct Words {
    /// One line.
    pub title: String,
    /// More of it.
    pub text: String,
    /// For programs: what `type` and `data` of an event are.
    pub event: (&'static str, Value),
}

impl Owed {
    /// What is said about it. `house`: where the deployment is found.
    pub fn words(&self, house: &str) -> Words {
        let alert = &self.alert;
        let subject = subject(alert.condition);
        let (title, text, kind) = match (self.about, alert.cleared_at) {
            (About::Cleared, Some(cleared_at)) => (
                format!("Over: {subject}"),
                format!(
                    "It began at {} and was over at {}. At the worst it was {}; {} is the limit.",
                    time(alert.raised_at),
                    time(cleared_at),
                    amount(alert.condition, alert.worst),
                    amount(alert.condition, alert.threshold),
                ),
                "alert.cleared",
            ),
            _ => (
                format!("{subject}: {}", amount(alert.condition, alert.value)),
                format!(
                    "{} is the limit. It has been so since {}. {}",
                    amount(alert.condition, alert.threshold),
                    time(alert.raised_at),
                    hint(alert.condition),
                ),
                "alert.raised",
            ),
        };
        let text = format!("{text}\n\n{house}/v1/platform/alerts");
        Words { event: (kind, data(alert)), title: format!("[Openchair] {title}"), text }
    }
}

/// What is said to see whether it arrives.
pub fn trial(house: &str, now: Instant) -> Words {
    let text = format!(
        "This is a trial: nothing is wrong. Alerts of the deployment at {house} arrive here. Sent at {}.",
        time(now)
    );
    let data = json!({ "text": text });
    Words { title: "[Openchair] A trial of alerts".to_owned(), text, event: ("alert.trial", data) }
}

const fn subject(condition: Condition) -> &'static str {
    match condition {
        Condition::ErrorRate => "Requests end in faults",
        Condition::JobLag => "Jobs begin late",
        Condition::DeadJobs => "Jobs fail for good",
        Condition::MessageFailures => "Messages aren't taken",
        Condition::WebhookFailures => "Webhooks fail",
        Condition::BooksDiffer => "Payments differ from the provider's book",
    }
}

const fn hint(condition: Condition) -> &'static str {
    match condition {
        Condition::ErrorRate => "The log has each of them with its request's id.",
        Condition::JobLag => {
            "Is a worker running, and does the database keep up? /v1/platform/job-kinds says which kinds wait."
        }
        Condition::DeadJobs => {
            "/v1/platform/jobs lists them with what went wrong, and drives them again."
        }
        Condition::MessageFailures => {
            "The provider may be down: what couldn't be handed over is tried again."
        }
        Condition::WebhookFailures => {
            "Many endpoints at once: is the way out of this machine open? What failed is tried again."
        }
        Condition::BooksDiffer => {
            "/v1/book-checks of the business lists what differs; the log has its id and the day."
        }
    }
}

fn amount(condition: Condition, value: f64) -> String {
    match condition {
        Condition::ErrorRate | Condition::MessageFailures | Condition::WebhookFailures => {
            format!("{value:.1} %")
        }
        Condition::JobLag => format!("{value:.0} s"),
        Condition::DeadJobs => format!("{value:.0} jobs"),
        Condition::BooksDiffer => format!("{value:.0} businesses"),
    }
}

fn time(at: Instant) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

fn data(alert: &AlertFacts) -> Value {
    json!({
        "id": alert.id.to_string(),
        "condition": alert.condition.key(),
        "value": alert.value,
        "worst": alert.worst,
        "threshold": alert.threshold,
        "raised_at": alert.raised_at,
        "cleared_at": alert.cleared_at,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alerts::Target;
    use crate::ids::Id;

    #[test]
    fn what_is_said() {
        let alert = AlertFacts {
            id: Id::from_uuid(uuid::Uuid::from_u128(1)),
            condition: Condition::ErrorRate,
            value: 12.5,
            worst: 20.0,
            threshold: 5.0,
            raised_at: "2026-03-08T12:00:00Z".parse().unwrap(),
            last_bad_at: "2026-03-08T12:10:00Z".parse().unwrap(),
            cleared_at: None,
        };
        let mut owed = Owed { alert, target: Target::Slack, about: About::Raised };
        let raised = owed.words("https://book.example");
        assert_eq!(raised.title, "[Openchair] Requests end in faults: 12.5 %");
        assert!(
            raised
                .text
                .starts_with("5.0 % is the limit. It has been so since 2026-03-08 12:00 UTC.")
        );
        assert!(raised.text.ends_with("\n\nhttps://book.example/v1/platform/alerts"));
        assert_eq!(raised.event.0, "alert.raised");
        assert_eq!(raised.event.1["condition"], "error_rate");
        owed.about = About::Cleared;
        owed.alert.cleared_at = Some("2026-03-08T12:15:00Z".parse().unwrap());
        let cleared = owed.words("https://book.example");
        assert_eq!(cleared.title, "[Openchair] Over: Requests end in faults");
        assert!(cleared.text.contains("At the worst it was 20.0 %"), "{}", cleared.text);
        assert_eq!(cleared.event.0, "alert.cleared");
    }
}
