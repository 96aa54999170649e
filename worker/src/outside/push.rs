//! Notes to a browser that asked for them: Web Push (RFC 8030), encrypted for that browser alone
//! (RFC 8291), with our name under it (VAPID, RFC 8292).

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use openchair_domain::time::Clock;
use p256::PublicKey;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use reqwest::{Client, StatusCode, header};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;
use web_push_native::{Auth, encrypt};

use crate::handler::with_causes;
use crate::outside::texts::Refused;

/// For how long one signature is good: services refuse more than a day.
const SIGNED_FOR: TimeDelta = TimeDelta::hours(12);
/// What every service takes: 4,096 bytes, encrypted.
const LONGEST: usize = 3_900;
/// How long to wait when a service says "too many" without saying for how long.
const TOO_MANY: Duration = Duration::from_secs(5);

/// A browser that asked for notes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where its maker's service takes them.
    pub endpoint: Url,
    /// Its public key: base64url of 65 bytes.
    pub key: String,
    /// What it shares with us: base64url of 16 bytes.
    pub auth: String,
}

/// A note that is ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What tells it from all others: of two with one key, that wait for a browser that is off, it shows
    /// the newer.
    pub key: String,
    /// What the page's worker makes a notification of.
    pub payload: Vec<u8>,
    /// How long it is of use.
    pub useful_for: Duration,
    /// Whether somebody ought to look at once: it is their turn.
    pub urgent: bool,
}

/// Why there can be no notes.
#[derive(Debug, thiserror::Error)]
pub enum BadPushSettings {
    /// The key.
    #[error("push.vapid_key can't be used. Expected base64url of a P-256 private key's 32 bytes")]
    Key,
}

/// Sends notes under one key.
pub struct Push {
    http: Client,
    key: SigningKey,
    contact: String,
    clock: Arc<dyn Clock>,
}

/// Without its key.
impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Push").field("contact", &self.contact).finish_non_exhaustive()
    }
}

/// What came of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The service has it.
    Taken,
    /// The browser isn't subscribed any more.
    Gone,
}

impl Push {
    /// With this private key (base64url of 32 bytes), and whom the services may write to.
    pub fn new(
        http: Client,
        key: &str,
        contact: &str,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, BadPushSettings> {
        let bytes = BASE64URL_NOPAD.decode(key.as_bytes()).map_err(|_| BadPushSettings::Key)?;
        let key = SigningKey::from_slice(&bytes).map_err(|_| BadPushSettings::Key)?;
        Ok(Self { http, key, contact: contact.to_owned(), clock })
    }

    /// The key that pages subscribe with.
    pub fn public_key(&self) -> String {
        BASE64URL_NOPAD.encode(self.key.verifying_key().to_encoded_point(false).as_bytes())
    }

    /// `Authorization` for a service.
    fn signed(&self, endpoint: &Url) -> String {
        let encode = |part: serde_json::Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": (self.clock.now() + SIGNED_FOR).timestamp(),
            "sub": self.contact,
        });
        let said =
            format!("{}.{}", encode(json!({ "typ": "JWT", "alg": "ES256" })), encode(claims));
        let signature: Signature = self.key.sign(said.as_bytes());
        let signature = BASE64URL_NOPAD.encode(&signature.to_bytes());
        format!("vapid t={said}.{signature}, k={}", self.public_key())
    }

    /// Hands a note over.
    pub async fn send(&self, to: &Subscription, note: &Note) -> Result<Pushed, Refused> {
        let body = sealed(to, &note.payload)
            .ok_or_else(|| Refused::Permanent("nothing can be encrypted for it".to_owned()))?;
        let urgency = if note.urgent { "high" } else { "normal" };
        let topic = BASE64URL_NOPAD.encode(&Sha256::digest(note.key.as_bytes())[..24]);
        let asked = self
            .http
            .post(to.endpoint.clone())
            .header(header::AUTHORIZATION, self.signed(&to.endpoint))
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header("TTL", note.useful_for.as_secs())
            .header("Urgency", urgency)
            .header("Topic", topic)
            .body(body)
            .send()
            .await;
        let answer =
            asked.map_err(|error| Refused::Transient(with_causes(&error.without_url())))?;
        let wait = answer.headers().get(header::RETRY_AFTER).and_then(|said| said.to_str().ok());
        let wait = wait.and_then(|said| said.trim().parse().ok()).map(Duration::from_secs);
        came_of(answer.status(), wait)
    }
}

fn came_of(status: StatusCode, wait: Option<Duration>) -> Result<Pushed, Refused> {
    let reason = status.to_string();
    match status {
        status if status.is_success() => Ok(Pushed::Taken),
        StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Pushed::Gone),
        StatusCode::TOO_MANY_REQUESTS => Err(Refused::Later(wait.unwrap_or(TOO_MANY), reason)),
        // About our key, and not about this note.
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(Refused::Transient(reason)),
        status if status.is_client_error() => Err(Refused::Permanent(reason)),
        _ => Err(Refused::Transient(reason)),
    }
}

/// For that browser's eyes. None: what it gave us are no keys, or it is too much.
fn sealed(to: &Subscription, payload: &[u8]) -> Option<Vec<u8>> {
    let decode = |text: &str| BASE64URL_NOPAD.decode(text.trim_end_matches('=').as_bytes()).ok();
    let key = PublicKey::from_sec1_bytes(&decode(&to.key)?).ok()?;
    let auth = decode(&to.auth).filter(|auth| auth.len() == 16)?;
    if payload.len() > LONGEST {
        return None;
    }
    encrypt(payload.to_vec(), &key, Auth::from_slice(&auth)).ok()
}

#[cfg(test)]
mod tests {
    use p256::SecretKey;
    use p256::ecdsa::VerifyingKey;
    use p256::ecdsa::signature::Verifier as _;
    use p256::elliptic_curve::sec1::ToEncodedPoint as _;
    use web_push_native::decrypt;

    use super::*;

    const OURS: &str = "RS0WdYWWo1HajXg3NZR1olzCf31i-ZBGDkFyCs7j1jw";

    #[derive(Debug)]
    struct Noon;

    impl Clock for Noon {
        fn now(&self) -> openchair_domain::time::Instant {
            "2026-03-08T12:00:00Z".parse().unwrap()
        }
    }

    fn push() -> Push {
        Push::new(client(), OURS, "mailto:ops@book.example", Arc::new(Noon)).unwrap()
    }

    fn browser() -> (SecretKey, Subscription) {
        let secret = SecretKey::from_slice(&[7; 32]).unwrap();
        let public = secret.public_key().to_encoded_point(false);
        let subscription = Subscription {
            endpoint: "https://push.example:8443/send/abc".parse().unwrap(),
            key: BASE64URL_NOPAD.encode(public.as_bytes()),
            auth: BASE64URL_NOPAD.encode(&[9; 16]),
        };
        (secret, subscription)
    }

    #[test]
    fn only_that_browser_can_read_it() {
        let (secret, to) = browser();
        let sent = sealed(&to, b"You are next").unwrap();
        let read = decrypt(sent.clone(), &secret, Auth::from_slice(&[9; 16])).unwrap();
        assert_eq!(read, b"You are next");
        let other = SecretKey::from_slice(&[8; 32]).unwrap();
        assert!(decrypt(sent.clone(), &other, Auth::from_slice(&[9; 16])).is_err());
        assert!(decrypt(sent, &secret, Auth::from_slice(&[1; 16])).is_err());
        for (key, auth) in
            [("", to.auth.as_str()), ("AAAA", &to.auth), (&to.key, ""), (&to.key, "ä")]
        {
            let odd = Subscription { key: key.into(), auth: auth.into(), ..to.clone() };
            assert!(sealed(&odd, b"x").is_none(), "{key} {auth}");
        }
        assert!(sealed(&to, &vec![b'x'; LONGEST + 1]).is_none());
    }

    #[test]
    fn our_name_is_under_it() {
        let push = push();
        let signed = push.signed(&browser().1.endpoint);
        let (token, key) = signed.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        let (said, signature) = token.rsplit_once('.').unwrap();
        let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).unwrap();
        let key = VerifyingKey::from_sec1_bytes(&decode(key)).unwrap();
        key.verify(said.as_bytes(), &Signature::from_slice(&decode(signature)).unwrap()).unwrap();
        let claims: serde_json::Value =
            serde_json::from_slice(&decode(said.split_once('.').unwrap().1)).unwrap();
        assert_eq!(claims["aud"], "https://push.example:8443");
        assert_eq!(claims["sub"], "mailto:ops@book.example");
        let midnight: openchair_domain::time::Instant = "2026-03-09T00:00:00Z".parse().unwrap();
        assert_eq!(claims["exp"], midnight.timestamp());
    }

    #[test]
    fn what_an_answer_means() {
        let of = |status: u16| came_of(StatusCode::from_u16(status).unwrap(), None);
        assert_eq!(of(201), Ok(Pushed::Taken));
        assert_eq!(of(410), Ok(Pushed::Gone));
        assert_eq!(of(404), Ok(Pushed::Gone));
        assert!(matches!(of(429), Err(Refused::Later(..))));
        assert!(matches!(of(413), Err(Refused::Permanent(_))));
        for status in [401, 403, 500, 503] {
            assert!(matches!(of(status), Err(Refused::Transient(_))), "{status}");
        }
    }

    #[test]
    fn keys_that_are_none() {
        for key in ["", "short", &BASE64URL_NOPAD.encode(&[0; 32]), "RS0WdYWWo1HajXg3NZR1ol"] {
            let made = Push::new(client(), key, "mailto:a@b.example", Arc::new(Noon));
            assert!(made.is_err(), "{key}");
        }
    }
}
