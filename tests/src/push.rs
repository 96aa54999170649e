//! The service of a browser's maker: takes notes for browsers that subscribed, looks at who sends them,
//! and opens them with the keys that only the browser has.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::collections::HashMap;
use std::future::ready;
use std::sync::{Arc, Mutex};

use data_encoding::BASE64URL_NOPAD;
use p256::SecretKey;
use p256::ecdsa::signature::Verifier as _;
use p256::ecdsa::{Signature, VerifyingKey};
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use serde_json::{Value, json};
use web_push_native::{Auth, decrypt};

use crate::authority::Certified;
use crate::wait::eventually;
use crate::wire::{self, Asked, Orders, Place, Site};

/// A key to sign notes with, for `push.vapid_key`.
pub const VAPID_KEY: &str = "RS0WdYWWo1HajXg3NZR1olzCf31i-ZBGDkFyCs7j1jw";
/// Whom to write to about them.
pub const CONTACT: &str = "mailto:ops@book.example";

/// What a server needs to know to send notes.
pub const SETTINGS: [(&str, &str); 2] = [("push.vapid_key", VAPID_KEY), ("push.contact", CONTACT)];

/// A browser that subscribed.
#[derive(Debug, Clone)]
struct Subscribed {
    secret: SecretKey,
    auth: [u8; 16],
    /// The key that it subscribed with: nobody else may send to it.
    sender: String,
}

/// A note that came, as the browser sees it.
#[derive(Debug, Clone)]
pub struct Note {
    /// To which browser, by the number that it was given.
    pub browser: u8,
    /// What it says.
    pub said: Value,
    /// What whoever sent it says about themselves.
    pub claims: Value,
    /// How long it is of use.
    pub ttl: u64,
    /// How soon somebody ought to look.
    pub urgency: String,
    /// What a newer one about the same replaces it by.
    pub topic: String,
}

/// What it answers instead of taking a note: a status and headers.
type Answer = (u16, String);

#[derive(Debug)]
struct Shared {
    origin: String,
    browsers: Mutex<HashMap<String, (u8, Subscribed)>>,
    orders: Orders<Asked, Option<Answer>>,
    notes: Mutex<Vec<Note>>,
    asked: Mutex<usize>,
}

/// A running service; ends when it is dropped.
#[derive(Debug)]
pub struct PushService {
    shared: Arc<Shared>,
    _place: Place,
}

impl PushService {
    /// One that nobody has subscribed to.
    pub async fn start() -> Self {
        Self::at(Site::free().await)
    }

    /// The same over TLS.
    pub async fn start_as(certified: &Certified) -> Self {
        Self::at(Site::of(certified).await)
    }

    fn at(site: Site) -> Self {
        let shared = Arc::new(Shared {
            origin: site.origin(),
            browsers: Mutex::default(),
            orders: Orders::new(|_| None),
            notes: Mutex::default(),
            asked: Mutex::default(),
        });
        let told = Arc::clone(&shared);
        let place = site.open(move |asked| ready(Some(answer(&asked, &told))));
        Self { shared, _place: place }
    }

    /// A browser subscribes, for notes by whoever has this key: its `PushSubscription` as JSON.
    pub fn subscribe(&self, number: u8, sender: &str) -> Value {
        let secret = SecretKey::from_slice(&[number; 32]).unwrap();
        let auth = [number; 16];
        let point = secret.public_key().to_encoded_point(false);
        let path = format!("/send/{number}");
        let subscribed = Subscribed { secret, auth, sender: sender.to_owned() };
        self.shared.browsers.lock().unwrap().insert(path.clone(), (number, subscribed));
        json!({
            "endpoint": format!("{}{path}", self.shared.origin),
            "expirationTime": null,
            "keys": {
                "p256dh": BASE64URL_NOPAD.encode(point.as_bytes()),
                "auth": BASE64URL_NOPAD.encode(&auth),
            },
        })
    }

    /// A browser isn't there any more.
    pub fn forget(&self, number: u8) {
        self.shared.browsers.lock().unwrap().remove(&format!("/send/{number}"));
    }

    /// What it answers to the next notes, one each, instead of taking them: a status and headers.
    pub fn next(&self, answers: impl IntoIterator<Item = (u16, &'static str)>) {
        let answers = answers.into_iter().map(|(status, more)| Some((status, more.to_owned())));
        self.shared.orders.next(answers);
    }

    /// All notes that came.
    pub fn notes(&self) -> Vec<Note> {
        self.shared.notes.lock().unwrap().clone()
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        *self.shared.asked.lock().unwrap()
    }

    /// Waits until so many came, and gives the last.
    pub async fn shows(&self, count: usize) -> Note {
        eventually(&format!("{count} notes"), async || {
            let notes = self.notes();
            (notes.len() >= count).then(|| notes[count - 1].clone())
        })
        .await
    }
}

fn answer(asked: &Asked, shared: &Shared) -> String {
    *shared.asked.lock().unwrap() += 1;
    let ordered = shared.orders.about(asked);
    let (status, more) = ordered.unwrap_or_else(|| (take(asked, shared), String::new()));
    wire::answer(status, &more, "")
}

/// Takes a note, if its sender is who the browser subscribed to and the browser can read it: the status.
fn take(asked: &Asked, shared: &Shared) -> u16 {
    let found = shared.browsers.lock().unwrap().get(&asked.path).cloned();
    let Some((browser, subscribed)) = found else { return 410 };
    let Some(claims) = claims(asked.header("authorization"), &subscribed.sender) else {
        return 401;
    };
    if claims["aud"] != shared.origin.as_str() || !claims["exp"].is_i64() {
        return 403;
    }
    let Ok(ttl) = asked.header("ttl").parse() else { return 400 };
    if asked.method != "POST" || asked.header("content-encoding") != "aes128gcm" {
        return 400;
    }
    if asked.body.len() > 4_096 {
        return 413;
    }
    let opened =
        decrypt(asked.body.clone(), &subscribed.secret, Auth::from_slice(&subscribed.auth));
    let Ok(said) = opened else { return 400 };
    shared.notes.lock().unwrap().push(Note {
        browser,
        said: serde_json::from_slice(&said).unwrap(),
        claims,
        ttl,
        urgency: asked.header("urgency").to_owned(),
        topic: asked.header("topic").to_owned(),
    });
    201
}

/// What the sender says about themselves, if they have the key that the browser subscribed with.
fn claims(header: &str, sender: &str) -> Option<Value> {
    let (token, key) = header.strip_prefix("vapid t=")?.split_once(", k=")?;
    let decode = |part: &str| BASE64URL_NOPAD.decode(part.as_bytes()).ok();
    let (said, signature) = token.rsplit_once('.')?;
    let (head, claims) = said.split_once('.')?;
    let head: Value = serde_json::from_slice(&decode(head)?).ok()?;
    if key != sender || head["alg"] != "ES256" {
        return None;
    }
    let key = VerifyingKey::from_sec1_bytes(&decode(key)?).ok()?;
    key.verify(said.as_bytes(), &Signature::from_slice(&decode(signature)?).ok()?).ok()?;
    serde_json::from_slice(&decode(claims)?).ok()
}
