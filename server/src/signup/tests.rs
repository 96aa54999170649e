//! Sign-up and what it puts in place, on a real database.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use openchair_domain::config::{Secret, Settings, Sources};
use openchair_domain::demo;
use openchair_domain::entropy::OsEntropy;
use openchair_domain::messaging::templates::Templates;
use openchair_domain::payments::{Counter, Providers};
use openchair_domain::plans::Billing;
use openchair_domain::time::SystemClock;
use openchair_domain::wiring;
use openchair_worker::alerts::Alerting;
use openchair_worker::outside::mail;
use openchair_worker::outside::roots::Roots;
use poem::http::Method;
use poem::{Endpoint, EndpointExt, Route};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use crate::app::{App, Parts};
use crate::budgets::Budgets;
use crate::embedded::{Cluster, DATABASE, EmbeddedOptions};
use crate::limits::Limiter;
use crate::live::Hub;
use crate::openapi;
use crate::payments::HookSecrets;
use crate::problem::Normalise;
use crate::testing::{Answer, Client};

/// A database that tests share as long as one of them runs.
struct Ground {
    cluster: Cluster,
    _folder: Folder,
}

struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Ground {
    fn share() -> Arc<Self> {
        static SHARED: Mutex<Weak<Ground>> = Mutex::new(Weak::new());
        let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
        shared.upgrade().unwrap_or_else(|| {
            // The last one may be about to be removed still.
            static NEXT: AtomicU32 = AtomicU32::new(0);
            let (run, place) = (std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
            let path = PathBuf::from(format!("/tmp/openchair-signup-{run}-{place}"));
            let folder = Folder(path.clone());
            let cluster = Cluster::start(&EmbeddedOptions::throwaway(path), |_| {}).unwrap();
            let ground = Arc::new(Self { cluster, _folder: folder });
            *shared = Arc::downgrade(&ground);
            ground
        })
    }
}

async fn app() -> (App, Arc<Ground>) {
    let ground = tokio::task::spawn_blocking(Ground::share).await.unwrap();
    let cluster = &ground.cluster;
    openchair_migrations::migrate(&cluster.owner_url(DATABASE)).await.unwrap();
    let sources = Sources::of("test", Vec::<(String, String)>::new(), Vec::new());
    let mut settings = Settings::load(&sources).unwrap();
    settings.database.url = Secret::new(cluster.app_url(DATABASE));
    let (db, identity) =
        wiring::connect(&settings, Arc::new(SystemClock), Arc::new(OsEntropy)).await.unwrap();
    let limiter = Arc::new(Limiter::local(Arc::new(|| std::time::Duration::ZERO)));
    let limits = Budgets::new(limiter, &settings.limits);
    let public_url = settings.server.public_url.origin().to_owned();
    let stopping = CancellationToken::new();
    let live = Hub::new(db.clone(), identity.clone(), settings.live.clone(), stopping);
    let guard = openchair_worker::webhooks::guard(&settings);
    let templates = Templates::load().unwrap();
    let mailer = mail::from_settings(&settings.mail, &Roots::default(), &db, 1).unwrap();
    let alerting =
        Alerting::from_settings(&settings, &Roots::default(), db.clone(), mailer).unwrap();
    let counter = Counter::new(db.clone(), Providers::default(), public_url.clone());
    let billing = Billing::new(db.clone(), None, public_url.clone());
    let parts = Parts {
        counter,
        billing,
        stripe_secrets: HookSecrets::from_settings(&settings.stripe),
        card_form: None,
        db,
        identity,
        limits,
        live,
        guard,
        alerting,
        templates,
        texts_token: Secret::new(""),
        push_key: None,
        public_url,
    };
    (App::new(parts), ground)
}

fn client(app: &App) -> Client<impl Endpoint> {
    let routes = openapi::routes(Route::new(), app).with(Normalise::new(openapi::allow_table()));
    Client(routes)
}

fn body(name: &str, email: &str, password: Option<&str>) -> Value {
    json!({
        "business": { "name": name, "kind": "spa", "country": "GU" },
        "owner": { "name": "Ana", "email": email, "password": password },
    })
}

fn cookie(answer: &Answer) -> String {
    answer.header("set-cookie").split(';').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_business_signs_itself_up() {
    let (app, _ground) = app().await;
    let client = client(&app);
    let sign_up = |body: Value, key: &'static str| {
        client.post("/v1/signup").header("idempotency-key", key).json(body.to_string()).send()
    };
    let whole = body("Tidal Spa", "ana@tidal.example", Some("seven quiet herons"));
    let made = sign_up(whole.clone(), "one").await;
    assert_eq!(made.status, 201, "{made:?}");
    let view = made.value();
    assert_eq!(view["tenant"]["slug"], "tidal-spa");
    assert_eq!(view["tenant"]["plan"], "trial");
    assert_eq!(view["signed_in"], true);
    let session = cookie(&made);
    assert!(session.starts_with("__Host-openchair="), "{made:?}");

    // The answer was lost: the same again gives the same answer, and the same session.
    let again = sign_up(whole.clone(), "one").await;
    assert_eq!((again.status.as_u16(), again.value()), (201, view.clone()));
    assert_eq!((again.header("idempotency-replayed"), cookie(&again)), ("true", session.clone()));
    // Neither another password under the key, nor the address again without it.
    let other = body("Tidal Spa", "ana@tidal.example", Some("seven quiet otters"));
    assert_eq!(sign_up(other, "one").await.refusal(), (422, "idempotency_key_reused".into()));
    let taken = sign_up(whole, "two").await;
    assert_eq!(taken.refusal(), (409, "email_in_use".into()));
    assert_eq!(taken.problem()["fields"][0]["field"], "/owner/email");

    let get = |path: &str| client.get(path).header("cookie", &session).send();
    assert_eq!(get("/v1/tenant").await.value(), view["tenant"]);
    let locations = get("/v1/locations").await.value();
    assert_eq!(locations["items"][0]["time_zone"], "Pacific/Guam");
    assert_eq!(locations["items"][0]["hours"].as_array().unwrap().len(), 6);
    let services = get("/v1/services").await.value();
    assert_eq!(services["items"].as_array().unwrap().len(), 9);
    assert_eq!(services["items"][0]["category"]["name"], "Massages");
    let setup = get("/v1/tenant/setup").await.value();
    assert_eq!((&setup["done"], &setup["total"]), (&json!(2), &json!(5)), "{setup}");
    let log = get("/v1/audit").await.value();
    assert_eq!(log["items"][0]["action"], "tenant.signed_up");

    // A second business of that login, by the name of the first.
    let second = json!({ "business": { "name": "Tidal Spa", "kind": "salon", "country": "FR" } });
    let second = client
        .post("/v1/signup")
        .header("cookie", &session)
        .header("sec-fetch-site", "same-origin")
        .json(second.to_string())
        .send()
        .await;
    assert_eq!(second.status, 201, "{second:?}");
    let view = second.value();
    assert_eq!(
        (&view["tenant"]["slug"], &view["signed_in"]),
        (&json!("tidal-spa-2"), &json!(true))
    );
    assert_eq!(view["tenant"]["currency"], "EUR");
    // The session stands in it now.
    assert_eq!(get("/v1/tenant").await.value(), view["tenant"]);
}

#[tokio::test]
async fn of_several_at_once_each_gets_an_address_of_its_own() {
    let (app, _ground) = app().await;
    let client = client(&app);
    let send = |number: usize| {
        let body = body("Rush Spa", &format!("ana{number}@rush.example"), None);
        client.post("/v1/signup").json(body.to_string()).send()
    };
    let answers = futures_util::future::join_all((0..6).map(send)).await;
    let mut slugs: Vec<_> = answers
        .iter()
        .map(|answer| answer.value()["tenant"]["slug"].as_str().unwrap_or_default().to_owned())
        .collect();
    slugs.sort_unstable();
    let expected =
        ["rush-spa", "rush-spa-2", "rush-spa-3", "rush-spa-4", "rush-spa-5", "rush-spa-6"];
    assert_eq!(slugs, expected, "{answers:?}");
}

#[tokio::test]
async fn without_a_password_a_link_is_mailed() {
    let (app, _ground) = app().await;
    let client = client(&app);
    let body = body("Quiet Spa", "ana@quiet.example", None);
    let made = client.post("/v1/signup").json(body.to_string()).send().await;
    assert_eq!((made.status.as_u16(), &made.value()["signed_in"]), (201, &json!(false)));
    assert_eq!(made.header("set-cookie"), "");
}

#[tokio::test]
async fn what_a_sign_up_may_not_say() {
    let (app, _ground) = app().await;
    let client = client(&app);
    let send = |body: Value| client.post("/v1/signup").json(body.to_string()).send();
    let mut own = body("Reef Spa", "ana@reef.example", Some("seven quiet herons"));
    own["business"]["slug"] = json!("reef");
    assert_eq!(send(own.clone()).await.status, 201);
    own["owner"]["email"] = json!("bea@reef.example");
    let taken = send(own).await;
    assert_eq!(taken.refusal(), (409, "slug_taken".into()));
    assert_eq!(taken.problem()["fields"][0]["field"], "/business/slug");
    // The refused one left nothing behind: its address is free.
    let made = send(body("Reef Spa", "bea@reef.example", Some("seven quiet herons"))).await;
    assert_eq!(made.status, 201, "{made:?}");

    let nobody = json!({ "business": { "name": "Reef", "kind": "spa", "country": "GU" } });
    assert_eq!(send(nobody).await.problem()["fields"][0]["field"], "/owner");
    let mut principal = body("Reef", "cat@reef.example", None);
    principal["owner"]["id"] = json!("usr_00000000000000000000000000");
    assert_eq!(send(principal).await.status, 422);

    let slug =
        async |slug: &str| client.get(&format!("/v1/signup/slug/{slug}")).send().await.value();
    let reef = slug("reef").await;
    assert_eq!((&reef["available"], &reef["reason"]), (&json!(false), &json!("taken")));
    assert_eq!(reef["suggestion"], "reef-2");
    assert_eq!(slug("admin").await["reason"], "reserved");
    assert_eq!(slug("a%00b").await["reason"], "invalid");
    let free = slug("coral").await;
    assert_eq!(
        free,
        json!({ "slug": "coral", "available": true, "reason": null, "suggestion": null })
    );
    let offer = "/v1/signup/proposal?country=us&kind=spa&name=Reef";
    let offer = client.get(offer).send().await.value();
    assert_eq!((&offer["slug"], &offer["currency"]), (&json!("reef-2"), &json!("USD")));
    let unknown = client.get("/v1/signup/proposal?country=ZZ").send().await;
    assert_eq!(unknown.refusal(), (422, "validation_failed".into()));
}

#[tokio::test]
async fn the_business_and_its_locations_change() {
    let (app, _ground) = app().await;
    let client = client(&app);
    let made = body("Dune Spa", "ana@dune.example", Some("seven quiet herons"));
    let made = client.post("/v1/signup").json(made.to_string()).send().await;
    let session = cookie(&made);
    let send = async |method: &str, path: &str, version: &str, body: Value| {
        let method: Method = method.parse().unwrap();
        let call = client.call(method, path).header("cookie", &session);
        let call = call.header("sec-fetch-site", "same-origin").header("if-match", version);
        call.json(body.to_string()).send().await
    };
    let change = json!({ "name": "Dune", "slug": "dune", "hue": 40, "currency": "EUR" });
    let changed = send("PATCH", "/v1/tenant", "\"1\"", change.clone()).await;
    assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"2\""), "{changed:?}");
    assert_eq!(changed.value()["slug"], "dune");
    let stale = send("PATCH", "/v1/tenant", "\"1\"", change).await;
    assert_eq!(stale.refusal(), (412, "version_conflict".into()));
    let secured = json!({ "require_two_factor": false });
    assert_eq!(send("PUT", "/v1/tenant/security", "\"2\"", secured).await.status, 200);

    let new = json!({
        "name": "Harbour", "time_zone": "Europe/Paris",
        "hours": [{ "weekday": 5, "opens": "18:00", "closes": "02:00" }],
    });
    let made = send("POST", "/v1/locations", "\"0\"", new.clone()).await;
    assert_eq!((made.status.as_u16(), made.header("etag")), (201, "\"1\""), "{made:?}");
    let place = format!("/v1/locations/{}", made.value()["id"].as_str().unwrap());
    let change = json!({ "address": "1 Quay", "hours": [] });
    let changed = send("PATCH", &place, "\"1\"", change).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    let read = client.get(&place).header("cookie", &session).send().await;
    assert_eq!(read.value(), changed.value());
    assert_eq!((&read.value()["address"], &read.value()["hours"]), (&json!("1 Quay"), &json!([])));
    for _ in 0..3 {
        assert_eq!(send("POST", "/v1/locations", "\"0\"", new.clone()).await.status, 201);
    }
    let full = send("POST", "/v1/locations", "\"0\"", new).await;
    assert_eq!(full.refusal(), (409, "plan_limit".into()));
    let page = client.get("/v1/locations?limit=2").header("cookie", &session).send().await.value();
    let next = page["next_cursor"].as_str().unwrap();
    let next = client.get(&format!("/v1/locations?cursor={next}")).header("cookie", &session);
    assert_eq!(next.send().await.value()["items"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn demo_businesses_are_put_in_once() {
    let (app, _ground) = app().await;
    let client = client(&app);
    let first = demo::load(&app.identity, demo::PASSWORD).await.unwrap();
    let second = demo::load(&app.identity, demo::PASSWORD).await.unwrap();
    assert_eq!((first.len(), &first), (13, &second));
    for login in first {
        let body = json!({ "email": login.email, "password": demo::PASSWORD });
        let answer = client.post("/v1/auth/sign-in").json(body.to_string()).send().await.value();
        let me = &answer["me"];
        assert_eq!(me["platform_admin"], login.role == "platform_admin", "{answer}");
        assert_eq!(me["user"]["email_verified"], true);
        assert_eq!(me["memberships"][0]["tenant"]["slug"].as_str(), login.slug.as_deref());
    }
    let page = client.get("/v1/public/six-chairs").send().await.value();
    let zones: Vec<_> =
        page["locations"].as_array().unwrap().iter().map(|l| &l["time_zone"]).collect();
    assert_eq!(zones, ["America/New_York", "America/New_York", "America/Chicago"]);
    let mut fields: Vec<_> = page.as_object().unwrap().keys().map(String::as_str).collect();
    fields.sort_unstable();
    let allowed = [
        "addons",
        "currency",
        "forms",
        "hue",
        "kind",
        "locale",
        "locations",
        "logo",
        "membership_plans",
        "name",
        "packages",
        "paused",
        "photo",
        "sells_vouchers",
        "services",
        "slug",
        "staff",
        "time_zone",
    ];
    assert_eq!(fields, allowed);
    for unknown in ["nobody", "a%00b", "x"] {
        let answer = client.get(&format!("/v1/public/{unknown}")).send().await;
        assert_eq!(answer.refusal(), (404, "not_found".into()), "{unknown}");
    }
}
