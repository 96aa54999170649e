//! The server, with its worker, is killed in the middle of each request to the provider, from the page to the
//! refund: in the end one charge was taken, and all of it given back.

use std::path::PathBuf;
use std::time::Duration;

use openchair_domain::ids::{Id, Tenant};
use openchair_domain::payments::HOOK_PATH;
use openchair_domain::time::{Clock as _, SystemClock};
use openchair_server::embedded::{DATABASE, attach};
use openchair_stripe_stand_in::{Act, Order, Outcome, Settings, Stand};
use openchair_tests::cards::{GOOD, link};
use openchair_tests::process::{Program, free_address};
use openchair_tests::{Browser, PASSWORD, bench, eventually_in};
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};

/// Starting, recovering, and waiting for leases, on a busy machine.
const PATIENCE: Duration = Duration::from_mins(2);

/// A server that takes cards, with a private database.
struct Shop {
    folder: PathBuf,
    url: String,
    settings: Vec<(&'static str, String)>,
    stripe: Stand,
    server: Option<Program>,
}

impl Shop {
    async fn open() -> Self {
        let stripe = Settings::default();
        let (key, secret) = (stripe.secret_key.clone(), stripe.webhook_secret.clone());
        let plans_secret = stripe.plans_webhook_secret.clone();
        let stripe = Stand::start(stripe).await.unwrap();
        let folder = bench().folder().join("kills-of-payments");
        std::fs::create_dir_all(&folder).unwrap();
        let address = free_address();
        let url = format!("http://{address}");
        stripe.webhooks_to([format!("{url}{HOOK_PATH}")]);
        let settings = vec![
            ("database.folder", folder.display().to_string()),
            ("server.bind", address.to_string()),
            ("server.public_url", url.clone()),
            ("worker.lease_seconds", "5".to_owned()),
            ("stripe.base_url", stripe.origin().to_owned()),
            ("stripe.secret_key", key),
            ("stripe.webhook_secret", secret),
            ("stripe.plans_webhook_secret", plans_secret),
        ];
        let mut shop = Self { folder, url, settings, stripe, server: None };
        shop.start().await;
        shop
    }

    async fn start(&mut self) {
        let log = self.folder.join("server.log");
        let mut server = Program::start("openchair-server", &log, &self.settings);
        let browser = Browser::at(&self.url);
        eventually_in(PATIENCE, "the server is ready", async || {
            assert!(server.runs(), "{}", server.log());
            let answer = browser.get("/readyz").may_fail().send().await.ok();
            answer.filter(|answer| answer.status == 200).map(drop)
        })
        .await;
        self.server = Some(server);
    }

    /// Kills the server while somebody waits for the provider, who does what was asked all the same.
    async fn killed_while_asking(&mut self) {
        self.stripe.waiting(1).await;
        self.server.take().unwrap().kill();
        self.stripe.let_go();
        self.start().await;
    }

    /// A business whose first service wants a deposit and whose cards are taken: its address.
    async fn business(&self) -> String {
        let owner = Browser::at(&self.url);
        let body = json!({
            "business": { "name": "Six Chairs", "kind": "barbershop", "country": "US" },
            "owner": { "name": "Otto", "email": "otto@example.com", "password": PASSWORD },
        });
        let made = owner.post("/v1/signup", &body).await.expect(201);
        let tenant: Id<Tenant> = made["tenant"]["id"].as_str().unwrap().parse().unwrap();
        let owner = owner.in_tenant_id(tenant);
        let services = owner.get("/v1/services").await.expect(200);
        for service in services["items"].as_array().unwrap() {
            let path = format!("/v1/services/{}", service["id"].as_str().unwrap());
            let deposit = json!({ "deposit": { "kind": "percent", "value": 50 } });
            owner.patch(&path, service["version"].as_i64().unwrap(), &deposit).await.expect(200);
        }
        owner.post_empty("/v1/payment-account/onboarding").await.expect(200);
        assert!(self.stripe.onboard(&self.stripe.book().accounts[0].id));
        owner.post_empty("/v1/payment-account/look").await.expect(200);
        made["tenant"]["slug"].as_str().unwrap().to_owned()
    }

    /// A visit that waits for its deposit.
    async fn visit(&self, slug: &str) -> Value {
        let guest = Browser::at(&self.url);
        let page = guest.get(&format!("/v1/public/{slug}")).await.expect(200);
        let service = page["services"][0]["id"].as_str().unwrap().to_owned();
        let from = SystemClock.now().date_naive() + chrono::Days::new(4);
        let path = format!("/v1/public/{slug}/slots/first?services={service}&from={from}");
        let first = guest.get(&path).await.expect(200);
        let body = json!({ "wanted": { "services": [{ "service": service }] },
                           "start": first["slot"]["start"], "visitor": "somebody who pays" });
        let hold = guest.post(&format!("/v1/public/{slug}/holds"), &body).await.expect(201);
        let body = json!({ "hold": hold["hold"], "name": "Ann", "email": "ann@example.com" });
        guest.post(&format!("/v1/public/{slug}/appointments"), &body).await.expect(201)
    }

    /// Somebody presses this, and nobody answers.
    fn presses(&self, path: &str) {
        let (guest, path) = (Browser::at(&self.url), path.to_owned());
        tokio::spawn(async move { guest.post_empty(&path).may_fail().send().await.map(drop) });
    }

    /// Somebody presses this again and again, until there is an answer.
    async fn pressed(&self, path: &str) {
        let guest = Browser::at(&self.url);
        eventually_in(PATIENCE, path, async || {
            let answer = guest.post_empty(path).may_fail().send().await.ok()?;
            (answer.status == 200).then_some(())
        })
        .await;
    }

    async fn status(&self, visit: &Value) -> String {
        let path = format!("/v1/b/{}", link(visit));
        let seen = Browser::at(&self.url).get(&path).await.expect(200);
        seen["status"].as_str().unwrap().to_owned()
    }

    async fn sum(&self, sql: &str) -> i64 {
        let access = attach(&self.folder).unwrap();
        let mut conn = PgConnection::connect(&access.owner_url(DATABASE)).await.unwrap();
        sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned())).fetch_one(&mut conn).await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_charge_is_taken_and_given_back_whoever_is_killed_meanwhile() {
    let mut shop = Shop::open().await;
    let slug = shop.business().await;
    let visit = shop.visit(&slug).await;
    let pay = format!("/v1/b/{}/payment", link(&visit));

    shop.stripe.trouble("POST /v1/checkout/sessions", Act::Wait, 1);
    shop.presses(&pay);
    shop.killed_while_asking().await;
    shop.pressed(&pay).await;
    let sessions = shop.stripe.book().sessions;
    assert_eq!(sessions.len(), 1, "the page that nobody heard of is the one that is opened");

    // It is paid, and whoever asks how it stands is killed before they hear.
    shop.stripe.hold_webhooks();
    assert_eq!(shop.stripe.pay(&sessions[0].id, GOOD), Outcome::Paid);
    shop.stripe.trouble("GET /v1/checkout/sessions", Act::Wait, 1);
    shop.presses(&format!("{pay}/look"));
    shop.killed_while_asking().await;
    // What is told comes now: once more, whoever is asked about it is killed over it.
    shop.stripe.trouble("GET /v1/checkout/sessions", Act::Wait, 1);
    shop.stripe.release_webhooks(Order::AsHappened);
    shop.killed_while_asking().await;
    eventually_in(PATIENCE, "the visit is certain", async || {
        (shop.status(&visit).await == "confirmed").then_some(())
    })
    .await;

    shop.stripe.trouble("POST /v1/refunds", Act::Wait, 1);
    let off = format!("/v1/b/{}/cancel", link(&visit));
    Browser::at(&shop.url).post(&off, &json!({})).await.expect(200);
    shop.killed_while_asking().await;
    let given_back = "select count(*) from refunds where state = 'done'";
    eventually_in(PATIENCE, "the money is back", async || {
        (shop.sum(given_back).await == 1).then_some(())
    })
    .await;

    assert_eq!(shop.status(&visit).await, "cancelled");
    let charges = shop.stripe.book().charges;
    assert_eq!(charges.len(), 1, "{charges:?}");
    assert_eq!((charges[0].refunded, charges[0].refunds.len()), (charges[0].amount, 1));
    // Our own book says the same.
    let lines = "select count(*) from ledger";
    assert_eq!(shop.sum(lines).await, 2);
    let card =
        "select sum(case when debit = 'card' then amount_minor else -amount_minor end)::bigint
                from ledger where 'card' in (debit, credit)";
    assert_eq!(shop.sum(card).await, 0);
    let server = shop.server.take().unwrap();
    assert!(!server.log().contains("panicked"), "{}", server.log());
    assert!(server.stop(), "the server ends well");
}
