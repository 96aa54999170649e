//! `/v1/hooks/payfast/…`: what PayFast tells, at an address that says whose it is, signed with that business's
//! passphrase; it waits for a plain 200. `/v1/hooks/stripe`: what the provider of payments tells, signed with the
//! secret of the endpoint: one is told of businesses' accounts, the other of our own. It is noted once and answered at
//! once; a job asks what became of what it is about.

use openchair_domain::config::{Secret, Stripe};
use openchair_domain::payments::{
    self, HOOK_PATH, Heard, Noted, PAYFAST_HOOK_PATH, SIGNATURE_TOLERANCE,
};
use openchair_domain::time::Instant;
use poem::endpoint::make;
use poem::http::StatusCode;
use poem::{Request, Response, Route, post};
use serde::Deserialize;

use crate::app::App;
use crate::problem::ApiError;

/// The path, for the table of methods.
pub const PATH: &str = HOOK_PATH;

/// PayFast's, for the same.
#[must_use]
pub fn payfast_path() -> String {
    format!("{PAYFAST_HOOK_PATH}/:hook")
}

/// Where the signature is.
const SIGNATURE: &str = "stripe-signature";

/// Adds both.
#[must_use]
pub fn routes(route: Route, app: &App) -> Route {
    let (stripe, payfast) = (app.clone(), app.clone());
    route
        .at(PATH, post(make(move |request: Request| hear(stripe.clone(), request))))
        .at(payfast_path(), post(make(move |request: Request| told(payfast.clone(), request))))
}

/// What the provider of payments signs with: each of its endpoints has a secret of its own, and is told either of
/// businesses' accounts or of ours.
#[derive(Debug, Clone)]
pub struct HookSecrets {
    /// Of the endpoint that is told of businesses' accounts.
    connected: Secret,
    /// Of the one that is told of our own account.
    own: Secret,
}

/// Of whose accounts somebody may tell who signed as they did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Scope {
    connected: bool,
    own: bool,
}

impl HookSecrets {
    /// As they were given.
    #[must_use]
    pub fn from_settings(settings: &Stripe) -> Self {
        Self {
            connected: settings.webhook_secret.clone(),
            own: settings.plans_webhook_secret.clone(),
        }
    }

    /// What may be told by whoever signed this. Where there is one secret only, it signs everything.
    fn scope(&self, header: &str, body: &[u8], now: Instant) -> Scope {
        let signed = |secret: &Secret| {
            let secret = secret.expose();
            payments::is_signed(secret, header, body, now, SIGNATURE_TOLERANCE).is_ok()
        };
        let (connected, own) = (signed(&self.connected), signed(&self.own));
        if self.connected.is_empty() || self.own.is_empty() {
            let any = connected || own;
            return Scope { connected: any, own: any };
        }
        Scope { connected, own }
    }
}

impl Scope {
    fn is_nothing(self) -> bool {
        !self.connected && !self.own
    }

    fn holds(self, event: &Event) -> bool {
        if event.account.is_some() { self.connected } else { self.own }
    }
}

fn not_signed() -> ApiError {
    ApiError::forbidden("wrong_signature", "This isn't signed by the provider of payments.")
}

/// What is read of an event: nothing else of it is looked at.
#[derive(Deserialize)]
struct Event {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    account: Option<String>,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    object: Object,
}

#[derive(Deserialize)]
struct Object {
    /// A balance has none.
    id: Option<String>,
    /// Of what belongs to a payment: which.
    payment_intent: Option<String>,
    /// Whose it is.
    customer: Option<String>,
    /// What we noted of it.
    metadata: Option<Metadata>,
}

#[derive(Default, Deserialize)]
struct Metadata {
    payment: Option<String>,
    refund: Option<String>,
    card: Option<String>,
}

impl From<Event> for Heard {
    fn from(event: Event) -> Self {
        let Object { id, payment_intent, customer, metadata } = event.data.object;
        // What is about a charge is about the payment that it belongs to; pages, refunds and disputes are known by
        // names of their own.
        let id = id.unwrap_or_default();
        let own = ["cs_", "re_", "dp_", "du_"].iter().any(|kind| id.starts_with(kind));
        let belongs_to = payment_intent.clone();
        let object = if own { id } else { payment_intent.unwrap_or(id) };
        let Metadata { payment, refund, card } = metadata.unwrap_or_default();
        let noted = Noted { payment, refund, card };
        Self {
            id: event.id,
            kind: event.kind,
            account: event.account,
            object,
            belongs_to,
            customer,
            noted,
        }
    }
}

async fn hear(app: App, mut request: Request) -> Result<Response, ApiError> {
    let header = request.header(SIGNATURE).unwrap_or_default().to_owned();
    let body = request.take_body().into_bytes().await;
    let body = body.map_err(|_| ApiError::bad_request("bad_body", "The body broke off."))?;
    let scope = app.stripe_secrets.scope(&header, &body, app.now());
    if scope.is_nothing() {
        return Err(not_signed());
    }
    let event: Event = serde_json::from_slice(&body)
        .map_err(|_| ApiError::bad_request("bad_body", "This is no event."))?;
    // Whoever learns the secret of one endpoint can't speak for the other.
    if !scope.holds(&event) {
        return Err(not_signed());
    }
    payments::heard(&app.db, &event.into()).await?;
    Ok(Response::builder().status(StatusCode::NO_CONTENT).finish())
}

/// The last part of the address, and the form as it came: it is signed in its order.
async fn told(app: App, mut request: Request) -> Result<Response, ApiError> {
    let hook: String = request.path_params().unwrap_or_default();
    let broken = || ApiError::bad_request("bad_body", "The body is no form.");
    let body = request.take_body().into_bytes().await.map_err(|_| broken())?;
    let body = std::str::from_utf8(&body).map_err(|_| broken())?;
    app.counter.told(&hook, body).await?;
    Ok(Response::builder().status(StatusCode::OK).finish())
}
