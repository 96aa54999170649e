//! Notes to a browser that asked for them: Web Push (RFC 8030), encrypted for that browser alone
//! (RFC 8291), with our name under it (VAPID, RFC 8292). Where they go is what a browser said: it is
//! asked like every address that somebody else chose.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use chrono::TimeDelta;
use data_encoding::BASE64URL_NOPAD;
use openchair_domain::config;
use openchair_domain::ids::{Customer, Id};
use openchair_domain::messaging::{self, Browser, Kind};
use openchair_domain::tenancy::Db;
use openchair_domain::time::Clock;
use p256::PublicKey;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::json;
use sha2::{Digest, Sha256};
use tokio::task::JoinSet;
use url::Url;
use web_push_native::{Auth, encrypt};

use super::carrier::{Carried, Carrier, Parcel, Refused};
use super::http::{Client, Reply, left_alone};
use crate::handler::with_causes;

/// For how long one signature is good: services refuse more than a day.
const SIGNED_FOR: TimeDelta = TimeDelta::hours(12);
/// What every service takes: 4,096 bytes, encrypted.
const LONGEST: usize = 3_900;
/// The longest text in a note, in characters: four bytes each, and what is around it.
const LONGEST_TEXT: usize = 700;
/// How long a note about a visit is of use to a browser that is off.
const A_DAY: Duration = Duration::from_hours(24);
/// The same about somebody's turn.
const A_WHILE: Duration = Duration::from_mins(15);

/// A note that is ready to leave.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Note {
    /// What tells it from all others: of two with one key, that wait for a browser that is off, it shows
    /// the newer.
    key: String,
    /// What the page's worker makes a notification of.
    payload: Vec<u8>,
    /// How long it is of use.
    useful_for: Duration,
    /// Whether somebody ought to look at once: it is their turn.
    urgent: bool,
}

impl Note {
    /// What a message looks like in a notification: the link is where it leads to, and not read out.
    fn of(parcel: &Parcel) -> Self {
        let Parcel { message, content } = parcel;
        let mut text = content.text.clone();
        let links = message.link.as_deref().unwrap_or_default();
        for link in links.lines() {
            text = text.replace(link, "");
        }
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let payload = json!({
            "id": parcel.key(),
            "kind": message.kind.key(),
            "lang": message.locale,
            "title": message.sender.chars().take(100).collect::<String>(),
            "body": text.chars().take(LONGEST_TEXT).collect::<String>(),
            "url": links.lines().next().filter(|link| link.len() <= 500),
        });
        let urgent = matches!(message.kind, Kind::QueueNext | Kind::QueueCalled);
        Self {
            key: parcel.key(),
            payload: payload.to_string().into_bytes(),
            useful_for: if urgent { A_WHILE } else { A_DAY },
            urgent,
        }
    }
}

/// Why there can be no notes.
#[derive(Debug, thiserror::Error)]
pub enum BadPushSettings {
    /// The key.
    #[error("push.vapid_key can't be used. Expected base64url of a P-256 private key's 32 bytes")]
    Key,
}

/// Signs notes with one key.
pub struct Vapid {
    key: SigningKey,
    contact: String,
}

/// Without its key.
impl std::fmt::Debug for Vapid {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vapid").field("contact", &self.contact).finish_non_exhaustive()
    }
}

/// What came of a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pushed {
    /// The service has it.
    Taken,
    /// The browser isn't subscribed any more.
    Gone,
}

impl Vapid {
    /// As configured; none, if there is no key.
    pub fn from_settings(settings: &config::Push) -> Result<Option<Self>, BadPushSettings> {
        if settings.vapid_key.is_empty() {
            return Ok(None);
        }
        Self::new(settings.vapid_key.expose(), &settings.contact).map(Some)
    }

    /// With this private key (base64url of 32 bytes), and whom the services may write to.
    fn new(key: &str, contact: &str) -> Result<Self, BadPushSettings> {
        let bytes = BASE64URL_NOPAD.decode(key.as_bytes()).map_err(|_| BadPushSettings::Key)?;
        let key = SigningKey::from_slice(&bytes).map_err(|_| BadPushSettings::Key)?;
        Ok(Self { key, contact: contact.to_owned() })
    }

    /// The key that pages subscribe with.
    pub fn public_key(&self) -> String {
        BASE64URL_NOPAD.encode(self.key.verifying_key().to_encoded_point(false).as_bytes())
    }

    /// `Authorization` for a service.
    fn signed(&self, endpoint: &Url, now: openchair_domain::time::Instant) -> String {
        let encode = |part: serde_json::Value| BASE64URL_NOPAD.encode(part.to_string().as_bytes());
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": (now + SIGNED_FOR).timestamp(),
            "sub": self.contact,
        });
        let said =
            format!("{}.{}", encode(json!({ "typ": "JWT", "alg": "ES256" })), encode(claims));
        let signature: Signature = self.key.sign(said.as_bytes());
        let signature = BASE64URL_NOPAD.encode(&signature.to_bytes());
        format!("vapid t={said}.{signature}, k={}", self.public_key())
    }
}

/// Messages as notes, to all browsers of a customer.
#[derive(Debug, Clone)]
pub struct ByPush(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    clock: Arc<dyn Clock>,
    client: Client,
    vapid: Vapid,
}

impl ByPush {
    /// By this client, under this key.
    pub fn new(db: Db, client: Client, vapid: Vapid) -> Self {
        Self(Arc::new(Inner { clock: Arc::clone(db.clock()), db, client, vapid }))
    }
}

impl Inner {
    /// Hands a note over for one browser. One that can get none is as good as gone.
    async fn send(&self, to: &Browser, note: &Note) -> Result<Pushed, Refused> {
        let (Ok(endpoint), Some(body)) = (Url::parse(&to.endpoint), sealed(to, &note.payload))
        else {
            return Ok(Pushed::Gone);
        };
        let topic = BASE64URL_NOPAD.encode(&Sha256::digest(note.key.as_bytes())[..24]);
        let urgency = if note.urgent { "high" } else { "normal" };
        let now = self.clock.now();
        let headers = [
            ("authorization", self.vapid.signed(&endpoint, now)),
            ("content-encoding", "aes128gcm".to_owned()),
            ("content-type", "application/octet-stream".to_owned()),
            ("ttl", note.useful_for.as_secs().to_string()),
            ("urgency", urgency.to_owned()),
            ("topic", topic),
            ("user-agent", "Openchair/1".to_owned()),
        ];
        came_of(&self.client.post(&to.endpoint, &headers, body, now).await)
    }
}

#[async_trait]
impl Carrier for ByPush {
    fn is_one(&self) -> bool {
        false
    }

    /// One browser that has it is enough: it is known to be there, and nothing is shown twice.
    async fn carry(&self, parcel: &Parcel) -> Result<Carried, Refused> {
        let Inner { db, .. } = &*self.0;
        let store = |error| Refused::Transient(with_causes(&error));
        let message = &parcel.message;
        let Ok(customer) = message.address.parse::<Id<Customer>>() else {
            return Err(Refused::Permanent("this is nobody's browser".to_owned()));
        };
        let browsers = messaging::browsers(db, message.tenant, customer).await.map_err(store)?;
        let note = Arc::new(Note::of(parcel));
        let mut sending = JoinSet::new();
        for browser in browsers {
            let (inner, note) = (Arc::clone(&self.0), Arc::clone(&note));
            sending.spawn(async move { (browser.id, inner.send(&browser, &note).await) });
        }
        let (mut taken, mut refused, mut gone) = (false, None, Vec::new());
        while let Some(ended) = sending.join_next().await {
            match ended {
                Ok((_, Ok(Pushed::Taken))) => taken = true,
                Ok((id, Ok(Pushed::Gone))) => gone.push(id),
                Ok((_, Err(error))) => refused = Some(error),
                Err(error) => refused = Some(Refused::Transient(error.to_string())),
            }
        }
        let cleared = messaging::browsers_gone(db, message.tenant, customer, &gone).await;
        match (taken, refused) {
            (true, _) => Ok(Carried::default()),
            (false, Some(refused)) => Err(refused),
            (false, None) => {
                cleared.map_err(store)?;
                let named = (message.tenant, message.id);
                let because = "no browser takes notes any more";
                // Whether or not it goes another way: what is to be known of that is written by then.
                messaging::instead(db, named, because).await.map_err(store)?;
                Err(Refused::Permanent(because.to_owned()))
            }
        }
    }
}

fn came_of(reply: &Reply) -> Result<Pushed, Refused> {
    let Some(status) = reply.status else {
        return Err(Refused::Transient(reply.error.clone().unwrap_or_default()));
    };
    let reason = format!("the service answered {status}");
    if let Some(wait) = left_alone(status, reply.retry_after) {
        return Err(Refused::Later(wait, reason));
    }
    match status {
        200..=299 => Ok(Pushed::Taken),
        404 | 410 => Ok(Pushed::Gone),
        // 401 and 403 are about our key, and not about this note.
        400 | 413 => Err(Refused::Permanent(reason)),
        _ => Err(Refused::Transient(reason)),
    }
}

/// For that browser's eyes. None: what it gave us are no keys, or it is too much.
fn sealed(to: &Browser, payload: &[u8]) -> Option<Vec<u8>> {
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

    fn vapid() -> Vapid {
        Vapid::new(OURS, "mailto:ops@book.example").unwrap()
    }

    fn browser() -> (SecretKey, Browser) {
        let secret = SecretKey::from_slice(&[7; 32]).unwrap();
        let public = secret.public_key().to_encoded_point(false);
        let subscription = Browser {
            id: "psh_00000000000000000000000000".parse().unwrap(),
            endpoint: "https://push.example:8443/send/abc".to_owned(),
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
            let odd = Browser { key: key.into(), auth: auth.into(), ..to.clone() };
            assert!(sealed(&odd, b"x").is_none(), "{key} {auth}");
        }
        assert!(sealed(&to, &vec![b'x'; LONGEST + 1]).is_none());
    }

    #[test]
    fn our_name_is_under_it() {
        let noon = "2026-03-08T12:00:00Z".parse().unwrap();
        let signed = vapid().signed(&browser().1.endpoint.parse().unwrap(), noon);
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
        let of = |status: u16| came_of(&Reply { status: Some(status), ..Reply::default() });
        assert_eq!(of(201), Ok(Pushed::Taken));
        assert_eq!(of(410), Ok(Pushed::Gone));
        assert_eq!(of(404), Ok(Pushed::Gone));
        assert!(matches!(of(429), Err(Refused::Later(wait, _)) if wait.as_secs() == 5));
        assert!(matches!(of(413), Err(Refused::Permanent(_))));
        for status in [401, 403, 500, 503] {
            assert!(matches!(of(status), Err(Refused::Transient(_))), "{status}");
        }
        let long = Some(TimeDelta::days(3));
        let busy = Reply { status: Some(503), retry_after: long, ..Reply::default() };
        assert!(matches!(came_of(&busy), Err(Refused::Later(wait, _)) if wait.as_secs() == 3_600));
        assert!(matches!(came_of(&Reply::default()), Err(Refused::Transient(_))));
    }

    #[test]
    fn keys_that_are_none() {
        for key in ["", "short", &BASE64URL_NOPAD.encode(&[0; 32]), "RS0WdYWWo1HajXg3NZR1ol"] {
            let made = Vapid::new(key, "mailto:a@b.example");
            assert!(made.is_err(), "{key}");
        }
    }
}
