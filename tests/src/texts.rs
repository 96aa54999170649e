//! A provider of texts that speaks like Twilio: takes them over HTTP as strictly as it does, tells what
//! became of them, and brings what people answer, all signed. Like Twilio, it doesn't care for keys: what
//! it is handed twice, it has twice; others do, and it can be one of those. It does as it is told, also
//! what a provider only does on a bad day.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, Instant};

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Client, RequestBuilder, Url};
use serde_json::json;
use sha1::Sha1;

use crate::authority::Certified;
use crate::wait::eventually;
use crate::wire::{self, Asked, Orders, Place, Site};

/// The account that it knows.
pub const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";
/// The account's token.
pub const TOKEN: &str = "a-token-of-tests";
/// The number that SMS come from.
pub const SMS_FROM: &str = "+14155550100";
/// The number that messages on `WhatsApp` come from.
pub const WHATSAPP_FROM: &str = "+14155550101";

/// What it does with a text.
#[derive(Debug, Clone)]
pub enum Act {
    /// Takes it.
    Take,
    /// Doesn't take it, with this status and code.
    Refuse(u16, i64),
    /// Too many, for so many seconds.
    Busy(u64),
    /// Takes its time, and then it.
    Slowly(Duration),
    /// Cuts the connection.
    Drop,
    /// Takes it, and cuts the connection before it says so.
    TakeAndDrop,
    /// Takes it, and never says so.
    TakeAndStall,
}

/// A text that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// When.
    pub at: Instant,
    /// By which whoever sent it tells it from others.
    pub key: String,
    /// What it is called here.
    pub sid: String,
    /// To whom, as it was written.
    pub to: String,
    /// From whom.
    pub from: String,
    /// What it says.
    pub body: String,
    /// Where to tell what becomes of it.
    pub callback: String,
}

#[derive(Debug)]
struct Shared {
    orders: Orders<Asked, Act>,
    sent: Mutex<Vec<Sent>>,
    asked: Mutex<HashMap<String, usize>>,
    said: Mutex<u32>,
    /// Whether it cares for keys.
    knows_keys: AtomicBool,
    /// Whether it tells of each text that it arrived.
    tells: AtomicBool,
    /// Made when it is needed: until a server runs here, nobody has said whose cryptography it is to use.
    client: OnceLock<Client>,
}

/// A running provider; ends when it is dropped.
#[derive(Debug)]
pub struct Texts {
    shared: Arc<Shared>,
    place: Place,
}

impl Texts {
    /// One that takes everything that is right.
    pub async fn start() -> Self {
        Self::at(Site::free().await)
    }

    /// The same over TLS.
    pub async fn start_as(certified: &Certified) -> Self {
        Self::at(Site::of(certified).await)
    }

    fn at(site: Site) -> Self {
        let shared = Arc::new(Shared {
            orders: Orders::new(|_| Act::Take),
            sent: Mutex::default(),
            asked: Mutex::default(),
            said: Mutex::default(),
            knows_keys: AtomicBool::new(false),
            tells: AtomicBool::new(false),
            client: OnceLock::new(),
        });
        let told = Arc::clone(&shared);
        let place = site.open(move |asked| answer(asked, Arc::clone(&told)));
        Self { shared, place }
    }

    /// What a server needs to know to send by it.
    pub fn settings(&self) -> [(&'static str, &str); 5] {
        [
            ("texts.base_url", &self.place.origin),
            ("texts.account_sid", ACCOUNT),
            ("texts.auth_token", TOKEN),
            ("texts.sms_from", SMS_FROM),
            ("texts.whatsapp_from", WHATSAPP_FROM),
        ]
    }

    /// What it does with the next texts, one each.
    pub fn next(&self, acts: impl IntoIterator<Item = Act>) {
        self.shared.orders.next(acts);
    }

    /// What it does with all others.
    pub fn always(&self, act: impl Fn(&Asked) -> Act + Send + Sync + 'static) {
        self.shared.orders.always(act);
    }

    /// From now on a text that comes under the key of another is the same.
    pub fn knows_keys(&self) {
        self.shared.knows_keys.store(true, Ordering::SeqCst);
    }

    /// From now on it tells of each text that it arrived.
    pub fn tells_by_itself(&self) {
        self.shared.tells.store(true, Ordering::SeqCst);
    }

    /// From now on it hangs up on everybody, or takes texts again.
    pub fn doors(&self, open: bool) {
        self.place.doors(open);
    }

    /// All that it took.
    pub fn sent(&self) -> Vec<Sent> {
        self.shared.sent.lock().unwrap().clone()
    }

    /// How often it was asked to send a text, by the texts' keys.
    pub fn asked(&self) -> HashMap<String, usize> {
        self.shared.asked.lock().unwrap().clone()
    }

    /// Waits until it has taken so many, and gives the last.
    pub async fn takes(&self, count: usize) -> Sent {
        eventually(&format!("{count} texts"), async || {
            let sent = self.sent();
            (sent.len() >= count).then(|| sent[count - 1].clone())
        })
        .await
    }

    /// Waits until it was asked so often.
    pub async fn is_asked(&self, count: usize) {
        eventually(&format!("to be asked {count} times"), async || {
            (self.asked().values().sum::<usize>() >= count).then_some(())
        })
        .await;
    }

    /// Tells what became of a text: the answer's status.
    pub async fn tell(&self, sent: &Sent, status: &str, code: Option<&str>) -> u16 {
        post(&sent.callback, &fate(sent, status, code), TOKEN).await.0
    }

    /// Brings what somebody answers to the server there: the answer's status, and what it says.
    pub async fn bring(&self, server: &str, from: &str, body: &str) -> (u16, String) {
        let sid = {
            let mut said = self.shared.said.lock().unwrap();
            *said += 1;
            format!("SM{:032x}", *said)
        };
        self.bring_as(&sid, server, from, body).await
    }

    /// The same under a name that it chose before.
    pub async fn bring_as(&self, sid: &str, server: &str, from: &str, body: &str) -> (u16, String) {
        let to = if from.starts_with("whatsapp:") { WHATSAPP_FROM } else { SMS_FROM };
        let fields = [
            ("AccountSid", ACCOUNT),
            ("Body", body),
            ("From", from),
            ("MessageSid", sid),
            ("To", to),
        ];
        post(&format!("{server}/v1/hooks/texts/inbound"), &fields, TOKEN).await
    }
}

/// What it tells of a text.
fn fate<'a>(
    sent: &'a Sent,
    status: &'a str,
    code: Option<&'a str>,
) -> Vec<(&'static str, &'a str)> {
    let mut fields = vec![
        ("AccountSid", ACCOUNT),
        ("From", &sent.from),
        ("MessageSid", &sent.sid),
        ("MessageStatus", status),
        ("SmsSid", &sent.sid),
        ("SmsStatus", status),
        ("To", &sent.to),
    ];
    fields.extend(code.map(|code| ("ErrorCode", code)));
    fields
}

/// Posts a form that is signed by this token: the answer's status, and what it says.
pub async fn post(url: &str, fields: &[(&str, &str)], token: &str) -> (u16, String) {
    let signature = signature(url, fields, token);
    post_as(url, fields, Some(&signature)).await
}

/// The same with any signature.
pub async fn post_as(url: &str, fields: &[(&str, &str)], signature: Option<&str>) -> (u16, String) {
    let answer = posting(&client(), url, fields, signature).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

fn client() -> Client {
    Client::builder().build().unwrap()
}

fn posting(
    client: &Client,
    url: &str,
    fields: &[(&str, &str)],
    signature: Option<&str>,
) -> RequestBuilder {
    let form = Url::parse_with_params("http://form/", fields).unwrap();
    let request = client
        .post(url)
        .header("content-type", "application/x-www-form-urlencoded; charset=UTF-8")
        .body(form.query().unwrap_or_default().to_owned());
    match signature {
        Some(signature) => request.header("x-twilio-signature", signature),
        None => request,
    }
}

/// As the provider's documentation has it: the address and the sorted fields, by HMAC-SHA1.
pub fn signature(url: &str, fields: &[(&str, &str)], token: &str) -> String {
    let mut sorted = fields.to_vec();
    sorted.sort_unstable();
    let said = sorted.iter().fold(url.to_owned(), |said, (name, value)| said + *name + *value);
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(said.as_bytes());
    BASE64.encode(&mac.finalize().into_bytes())
}

async fn answer(asked: Asked, shared: Arc<Shared>) -> Option<String> {
    let key = asked.header("idempotency-key").to_owned();
    *shared.asked.lock().unwrap().entry(key).or_default() += 1;
    let mut more = String::new();
    let took = match shared.orders.about(&asked) {
        Act::Take => take(&asked, &shared),
        Act::Refuse(status, code) => Err((status, code)),
        Act::Busy(seconds) => {
            more = format!("retry-after: {seconds}\r\n");
            Err((429, 20_429))
        }
        Act::Slowly(pause) => {
            tokio::time::sleep(pause).await;
            take(&asked, &shared)
        }
        Act::Drop => return None,
        Act::TakeAndDrop => {
            let _taken = take(&asked, &shared);
            return None;
        }
        Act::TakeAndStall => {
            let _taken = take(&asked, &shared);
            std::future::pending().await
        }
    };
    let (status, body) = match took {
        Ok(sent) => (201, json!({ "sid": sent.sid, "status": "queued" })),
        Err((status, code)) => {
            let message = format!("Error {code}");
            (status, json!({ "code": code, "message": message, "status": status }))
        }
    };
    Some(wire::answer(status, &more, &body.to_string()))
}

/// Whether it is a number as the provider wants them: E.164.
fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or_default();
    (8..=15).contains(&digits.len())
        && digits.chars().all(|c| c.is_ascii_digit())
        && !digits.starts_with('0')
}

/// Takes a text, if everything about it is right: else the status and the code.
fn take(asked: &Asked, shared: &Shared) -> Result<Sent, (u16, i64)> {
    let login = format!("Basic {}", BASE64.encode(format!("{ACCOUNT}:{TOKEN}").as_bytes()));
    if asked.header("authorization") != login {
        return Err((401, 20_003));
    }
    let path = format!("/2010-04-01/Accounts/{ACCOUNT}/Messages.json");
    if (asked.method.as_str(), &asked.path) != ("POST", &path) {
        return Err((404, 20_404));
    }
    let said = format!("http://form/?{}", String::from_utf8(asked.body.clone()).unwrap());
    let said = Url::parse(&said).map_err(|_| (400, 20_001))?;
    let fields: HashMap<String, String> = said.query_pairs().into_owned().collect();
    let field = |name: &str| fields.get(name).map_or("", String::as_str);
    let (to, from) = (field("To"), field("From"));
    match (to.strip_prefix("whatsapp:"), from.strip_prefix("whatsapp:")) {
        (Some(to), Some(WHATSAPP_FROM)) if is_number(to) => {}
        (None, None) if is_number(to) && from == SMS_FROM => {}
        (to, from) if to.is_some() != from.is_some() => return Err((400, 63_007)),
        _ if !is_number(to.trim_start_matches("whatsapp:")) => return Err((400, 21_211)),
        _ => return Err((400, 21_606)),
    }
    let (body, callback) = (field("Body"), field("StatusCallback"));
    if body.is_empty() || body.chars().count() > 1_600 {
        return Err((400, if body.is_empty() { 21_602 } else { 21_617 }));
    }
    if !callback.is_empty() && Url::parse(callback).is_err() {
        return Err((400, 21_609));
    }
    let key = asked.header("idempotency-key");
    let mut sent = shared.sent.lock().unwrap();
    if shared.knows_keys.load(Ordering::SeqCst)
        && let Some(known) = sent.iter().find(|sent| sent.key == key && !key.is_empty())
    {
        return Ok(known.clone());
    }
    let text = Sent {
        at: Instant::now(),
        key: key.to_owned(),
        sid: format!("SM{:032x}", 0xa000 + sent.len()),
        to: to.to_owned(),
        from: from.to_owned(),
        body: body.to_owned(),
        callback: callback.to_owned(),
    };
    sent.push(text.clone());
    if shared.tells.load(Ordering::SeqCst) {
        let fields = fate(&text, "delivered", None);
        let signature = signature(&text.callback, &fields, TOKEN);
        let client = shared.client.get_or_init(client);
        let telling = posting(client, &text.callback, &fields, Some(&signature)).send();
        // Who doesn't listen isn't told again.
        tokio::spawn(async move { drop(telling.await) });
    }
    Ok(text)
}
