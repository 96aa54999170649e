//! Texts by an HTTP API that is Twilio's, or like it.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use openchair_domain::config;
use openchair_domain::texts::OPTED_OUT;
use openchair_domain::time::Clock;
use reqwest::{Client, Response, StatusCode, header};
use serde::Deserialize;
use url::Url;

use super::{NotTaken, Text, Texter, Way};
use crate::handler::with_causes;
use crate::outside::carrier::Refused;
use crate::outside::http::{NoClient, left_alone, retry_after, trusting};
use crate::outside::roots::Roots;

/// How long the provider may take for one answer.
const ANSWER: Duration = Duration::from_secs(15);
/// So much of an answer is read.
const LONGEST_ANSWER: usize = 16 * 1024;

/// Why texts can't be sent as configured.
#[derive(Debug, thiserror::Error)]
pub enum BadTextSettings {
    /// The provider's address.
    #[error("texts.base_url can't be used. Expected https://…")]
    Url,
    /// Nobody can be asked at all.
    #[error(transparent)]
    Client(#[from] NoClient),
}

/// An account at the provider.
pub struct Twilio {
    http: Client,
    clock: Arc<dyn Clock>,
    messages: Url,
    account: String,
    token: String,
    sms_from: String,
    whatsapp_from: String,
}

/// Without its token.
impl std::fmt::Debug for Twilio {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Twilio").field("account", &self.account).finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Taken {
    sid: String,
}

#[derive(Deserialize)]
struct Problem {
    code: Option<i64>,
    #[serde(default)]
    message: String,
}

impl Twilio {
    /// As configured; none, if there is no account.
    pub fn from_settings(
        settings: &config::Texts,
        roots: &Roots,
        clock: Arc<dyn Clock>,
    ) -> Result<Option<Self>, BadTextSettings> {
        if settings.account_sid.is_empty() {
            return Ok(None);
        }
        let mut messages = Url::parse(&settings.base_url).map_err(|_| BadTextSettings::Url)?;
        messages.path_segments_mut().map_err(|()| BadTextSettings::Url)?.pop_if_empty().extend([
            "2010-04-01",
            "Accounts",
            &settings.account_sid,
            "Messages.json",
        ]);
        Ok(Some(Self {
            http: trusting(roots, ANSWER)?,
            clock,
            messages,
            account: settings.account_sid.clone(),
            token: settings.auth_token.expose().to_owned(),
            sms_from: settings.sms_from.clone(),
            whatsapp_from: settings.whatsapp_from.clone(),
        }))
    }

    fn sender(&self, way: Way) -> &str {
        match way {
            Way::Sms => &self.sms_from,
            Way::WhatsApp => &self.whatsapp_from,
        }
    }

    fn form(&self, text: &Text) -> String {
        let from = self.sender(text.way);
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        match text.way {
            Way::Sms => form.append_pair("To", &text.to),
            Way::WhatsApp => form.append_pair("To", &format!("whatsapp:{}", text.to)),
        };
        match text.way {
            // A service chooses the number.
            _ if from.starts_with("MG") => form.append_pair("MessagingServiceSid", from),
            Way::Sms => form.append_pair("From", from),
            Way::WhatsApp => form.append_pair("From", &format!("whatsapp:{from}")),
        };
        form.append_pair("Body", &text.body);
        if let Some(callback) = &text.callback {
            form.append_pair("StatusCallback", callback);
        }
        form.finish()
    }
}

#[async_trait]
impl Texter for Twilio {
    fn goes(&self, way: Way) -> bool {
        !self.sender(way).is_empty()
    }

    async fn send(&self, text: &Text) -> Result<String, NotTaken> {
        if !self.goes(text.way) {
            let reason = format!("no sender is configured for {:?}", text.way);
            return Err(Refused::Permanent(reason).into());
        }
        let asked = self
            .http
            .post(self.messages.clone())
            .basic_auth(&self.account, Some(&self.token))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("Idempotency-Key", &text.key)
            .body(self.form(text))
            .send()
            .await;
        let answer = asked.map_err(|error| {
            let nobody = error.is_connect();
            let reason = with_causes(&error.without_url());
            if nobody { Refused::Away(reason) } else { Refused::Transient(reason) }
        })?;
        let status = answer.status();
        let wait = left_alone(status.as_u16(), retry_after(answer.headers(), self.clock.now()));
        let body = start_of(answer).await;
        if status.is_success() {
            // It was taken, whatever it is called.
            return Ok(
                serde_json::from_slice(&body).map_or_else(|_| String::new(), |t: Taken| t.sid)
            );
        }
        Err(refused(status, wait, &body))
    }
}

/// The beginning of an answer, as far as it came.
async fn start_of(mut answer: Response) -> Vec<u8> {
    let mut body = Vec::new();
    while body.len() < LONGEST_ANSWER
        && let Ok(Some(part)) = answer.chunk().await
    {
        body.extend_from_slice(&part);
    }
    body.truncate(LONGEST_ANSWER);
    body
}

fn refused(status: StatusCode, wait: Option<Duration>, body: &[u8]) -> NotTaken {
    let problem: Option<Problem> = serde_json::from_slice(body).ok();
    let code = problem.as_ref().and_then(|problem| problem.code);
    let said = problem.map(|problem| problem.message).unwrap_or_default();
    let reason = match code {
        Some(code) => format!("{status}: {code} {said}"),
        None => format!("{status}: {said}"),
    };
    if code == Some(OPTED_OUT) {
        return NotTaken::OptedOut(reason);
    }
    if let Some(wait) = wait {
        return NotTaken::Refused(Refused::Later(wait, reason));
    }
    NotTaken::Refused(match status {
        // About the account, and not about this text, which waits until that is put right.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => {
            Refused::Transient(reason)
        }
        StatusCode::REQUEST_TIMEOUT => Refused::Transient(reason),
        status if status.is_client_error() => Refused::Permanent(reason),
        _ => Refused::Transient(reason),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_answer_means() {
        let of = |status: u16, wait: Option<u64>, body: &str| {
            let wait = wait.map(Duration::from_secs);
            match refused(StatusCode::from_u16(status).unwrap(), wait, body.as_bytes()) {
                NotTaken::Refused(refused) => refused,
                NotTaken::OptedOut(reason) => panic!("{reason}"),
            }
        };
        let second = Duration::from_secs(1);
        let transient = |refused: &Refused| matches!(refused, Refused::Transient(_));
        for status in [429, 503] {
            assert!(matches!(of(status, Some(1), ""), Refused::Later(wait, _) if wait == second));
        }
        for status in [500, 502, 503, 504, 401, 403, 404, 408, 302] {
            assert!(transient(&of(status, None, "<html>")), "{status}");
        }
        let unknown = r#"{"code": 21211, "message": "Invalid 'To' Phone Number", "status": 400}"#;
        let said = "400 Bad Request: 21211 Invalid 'To' Phone Number";
        assert_eq!(of(400, None, unknown), Refused::Permanent(said.to_owned()));
        let stopped = r#"{"code": 21610, "message": "Attempt to send to unsubscribed recipient"}"#;
        let stopped = refused(StatusCode::BAD_REQUEST, None, stopped.as_bytes());
        assert!(matches!(stopped, NotTaken::OptedOut(_)), "{stopped:?}");
    }
}
