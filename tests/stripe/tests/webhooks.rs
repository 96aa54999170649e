//! What is told, to whom, how often and in which order.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use openchair_stripe_stand_in::{Order, Scope, Settings};
use serde_json::Value;
use sha2::Sha256;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::caller::{Caller, NOW};
use crate::plans::Plan;

#[derive(Default)]
struct Seen {
    said: VecDeque<u16>,
    heard: Vec<(String, String)>,
}

/// Listens, and answers as told; with 200 if told nothing.
struct Listener {
    url: String,
    seen: Arc<Mutex<Seen>>,
}

impl Listener {
    async fn new(said: impl IntoIterator<Item = u16>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hooks", listener.local_addr().unwrap());
        let seen = Arc::new(Mutex::new(Seen { said: said.into_iter().collect(), heard: vec![] }));
        let book = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let mut stream = BufReader::new(stream);
                let (mut line, mut headers) = (String::new(), HashMap::new());
                while stream.read_line(&mut line).await.unwrap() > 2 {
                    if let Some((name, value)) = line.trim_end().split_once(": ") {
                        headers.insert(name.to_lowercase(), value.to_owned());
                    }
                    line.clear();
                }
                let mut body = vec![0; headers["content-length"].parse().unwrap()];
                stream.read_exact(&mut body).await.unwrap();
                let status = {
                    let mut seen = book.lock().unwrap();
                    let body = String::from_utf8(body).unwrap();
                    seen.heard.push((headers["stripe-signature"].clone(), body));
                    seen.said.pop_front().unwrap_or(200)
                };
                let said = format!(
                    "HTTP/1.1 {status} x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
                );
                stream.get_mut().write_all(said.as_bytes()).await.unwrap();
            }
        });
        Self { url, seen }
    }

    fn heard(&self) -> Vec<Value> {
        let seen = self.seen.lock().unwrap();
        seen.heard.iter().map(|(_, body)| serde_json::from_str(body).unwrap()).collect()
    }

    fn kinds(&self) -> Vec<String> {
        self.heard().iter().map(|event| event["type"].as_str().unwrap().to_owned()).collect()
    }
}

async fn told(listener: &Listener, pauses: &[Duration]) -> Caller {
    let caller = Caller::with(Settings {
        webhook_pauses: pauses.to_vec(),
        webhook_secret: "whsec_test".to_owned(),
        ..Settings::default()
    })
    .await;
    caller.stand.webhooks_to([listener.url.clone()]);
    caller
}

const PAID: [&str; 3] =
    ["charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"];

#[tokio::test]
async fn what_happened_is_told_and_signed() {
    let listener = Listener::new([]).await;
    let caller = told(&listener, &[]).await;
    let paid = caller.paid(1_000, "4242424242424242").await;
    caller.stand.quiet().await;
    assert_eq!(listener.kinds(), PAID);
    let event = &listener.heard()[2];
    assert_eq!(event["account"], caller.account);
    assert_eq!(event["data"]["object"]["id"], paid["id"]);
    assert_eq!(event["api_version"], openchair_stripe_stand_in::VERSION);
    let id = event["id"].as_str().unwrap();
    assert_eq!(&caller.get(&format!("/v1/events/{id}")).await.1, event);
    let (signature, body) = listener.seen.lock().unwrap().heard[2].clone();
    assert!(signature.starts_with(&signed("whsec_test", &body)), "{signature}");
}

fn signed(secret: &str, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{NOW}.{body}").as_bytes());
    format!("t={NOW},v1={}", HEXLOWER.encode(&mac.finalize().into_bytes()))
}

/// Each endpoint is told of its own scope only, and signs with its own secret.
#[tokio::test]
async fn businesses_and_the_platform_have_endpoints_of_their_own() {
    let (connected, own) = (Listener::new([]).await, Listener::new([]).await);
    let settings = Settings::default();
    let both = [
        settings.endpoint(&*connected.url, Scope::Connected),
        settings.endpoint(&*own.url, Scope::Own),
    ];
    assert_ne!(both[0].secret, both[1].secret);
    let plan = Plan::new().await;
    plan.caller.stand.tell(both.clone());
    plan.caller.paid(1_000, "4242424242424242").await;
    plan.paid("").await;
    plan.caller.stand.quiet().await;
    assert_eq!(connected.kinds(), PAID);
    assert!(connected.heard().iter().all(|event| event["account"] == plan.caller.account));
    assert!(own.kinds().contains(&"customer.subscription.created".to_owned()), "{:?}", own.kinds());
    assert!(own.heard().iter().all(|event| event.get("account").is_none()));
    for (listener, endpoint) in [(&connected, &both[0]), (&own, &both[1])] {
        let (signature, body) = listener.seen.lock().unwrap().heard[0].clone();
        assert!(signature.starts_with(&signed(&endpoint.secret, &body)), "{signature}");
    }
    // At one address there are two endpoints, and each event comes once.
    plan.caller.stand.webhooks_to([own.url.clone()]);
    let before = own.heard().len();
    plan.caller.stand.restrict(&plan.caller.account, "x");
    plan.caller.stand.quiet().await;
    assert_eq!(own.heard().len(), before + 1);
    assert_eq!(plan.caller.stand.deliveries().last().unwrap().scope, Scope::Connected);
}

/// Each endpoint is told of the events that it names, and of no others.
#[tokio::test]
async fn an_endpoint_is_told_of_what_it_names() {
    let (some, all) = (Listener::new([]).await, Listener::new([]).await);
    let caller = told(&all, &[]).await;
    let settings = Settings::default();
    let connected = |url: &str| settings.endpoint(url, Scope::Connected);
    let named = ["checkout.session.completed", "refund.failed"];
    caller.stand.tell([connected(&some.url).only(named), connected(&all.url)]);
    caller.paid(1_000, "4242424242424242").await;
    caller.stand.quiet().await;
    assert_eq!(
        (some.kinds(), all.kinds()),
        (vec![PAID[2].to_owned()], PAID.map(str::to_owned).to_vec())
    );
    // Told once more, it is told to the same.
    for event in caller.stand.events() {
        assert!(caller.stand.redeliver(event["id"].as_str().unwrap()));
    }
    caller.stand.quiet().await;
    assert_eq!(some.kinds(), [PAID[2], PAID[2]]);
}

#[tokio::test]
async fn who_does_not_listen_is_told_again() {
    let listener = Listener::new([500, 404]).await;
    let caller = told(&listener, &[Duration::ZERO, Duration::from_hours(1)]).await;
    assert!(caller.stand.restrict(&caller.account, "x"));
    let deliveries = async |count: usize| {
        while listener.heard().len() < count {
            tokio::task::yield_now().await;
        }
    };
    // The first pause is none; the second one is long, unless somebody hurries.
    deliveries(2).await;
    while caller.stand.deliveries().len() < 2 {
        tokio::task::yield_now().await;
    }
    caller.stand.deliver_now();
    caller.stand.quiet().await;
    let said: Vec<_> =
        caller.stand.deliveries().iter().map(|one| (one.attempt, one.status)).collect();
    assert_eq!(said, [(1, Some(500)), (2, Some(404)), (3, Some(200))]);
    let ids: Vec<_> = listener.heard().iter().map(|event| event["id"].clone()).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
}

#[tokio::test]
async fn nobody_there() {
    let listener = Listener::new([]).await;
    let caller = told(&listener, &[]).await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    caller.stand.webhooks_to([url]);
    assert!(caller.stand.restrict(&caller.account, "x"));
    caller.stand.quiet().await;
    assert_eq!(caller.stand.deliveries()[0].status, None);
}

#[tokio::test]
async fn twice_late_backwards_and_never() {
    let listener = Listener::new([]).await;
    let caller = told(&listener, &[]).await;
    caller.stand.hold_webhooks();
    caller.paid(1_000, "4242424242424242").await;
    caller.stand.quiet().await;
    assert!(listener.heard().is_empty());
    caller.stand.release_webhooks(Order::Backwards);
    caller.stand.quiet().await;
    let mut backwards = PAID;
    backwards.reverse();
    assert_eq!(listener.kinds(), backwards);

    caller.stand.copy_webhooks(2);
    assert!(caller.stand.restrict(&caller.account, "x"));
    caller.stand.quiet().await;
    let ids: Vec<_> = listener.heard()[3..].iter().map(|event| event["id"].clone()).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(ids[0], ids[1]);
    caller.stand.copy_webhooks(1);
    caller.stand.drop_webhooks(1);
    assert!(caller.stand.onboard(&caller.account));
    caller.stand.quiet().await;
    assert_eq!(listener.heard().len(), 5);
    let missed = caller.stand.events().pop().unwrap();
    assert!(caller.stand.redeliver(missed["id"].as_str().unwrap()));
    caller.stand.quiet().await;
    assert_eq!(listener.heard()[5], missed);
    assert!(!caller.stand.redeliver("evt_nobody"));
}

#[tokio::test]
async fn a_dispute() {
    let listener = Listener::new([]).await;
    let caller = told(&listener, &[]).await;
    caller.paid(1_000, "4000000000000259").await;
    caller.stand.quiet().await;
    let heard = listener.heard();
    let dispute = heard.iter().find(|one| one["type"] == "charge.dispute.created").unwrap();
    assert_eq!(heard.last().unwrap()["type"], "charge.dispute.funds_withdrawn");
    assert_eq!(dispute["type"], "charge.dispute.created");
    assert_eq!(dispute["data"]["object"]["amount"], 1_000);
    assert!(caller.stand.book().charges[0].disputed);
}
