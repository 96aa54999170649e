//! `/v1/hooks/stripe`: what the provider of payments tells, signed with the secret of the endpoint. It is noted
//! once and answered at once; a job asks what became of what it is about.

use openchair_domain::payments::{self, HOOK_PATH, Heard, Noted, SIGNATURE_TOLERANCE};
use poem::endpoint::make;
use poem::http::StatusCode;
use poem::{Request, Response, Route, post};
use serde::Deserialize;

use crate::app::App;
use crate::problem::ApiError;

/// The path, for the table of methods.
pub const PATH: &str = HOOK_PATH;

/// Where the signature is.
const SIGNATURE: &str = "stripe-signature";

/// Adds it.
#[must_use]
pub fn routes(route: Route, app: &App) -> Route {
    let app = app.clone();
    route.at(PATH, post(make(move |request: Request| hear(app.clone(), request))))
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
        // What is about a charge or a dispute is about the payment that it belongs to; pages and refunds are
        // known by names of their own.
        let id = id.unwrap_or_default();
        let own = id.starts_with("cs_") || id.starts_with("re_");
        let object = if own { id } else { payment_intent.unwrap_or(id) };
        let Metadata { payment, refund, card } = metadata.unwrap_or_default();
        let noted = Noted { payment, refund, card };
        Self { id: event.id, kind: event.kind, account: event.account, object, customer, noted }
    }
}

async fn hear(app: App, mut request: Request) -> Result<Response, ApiError> {
    let header = request.header(SIGNATURE).unwrap_or_default().to_owned();
    let body = request.take_body().into_bytes().await;
    let body = body.map_err(|_| ApiError::bad_request("bad_body", "The body broke off."))?;
    let secret = app.stripe_secret.expose();
    if payments::is_signed(secret, &header, &body, app.now(), SIGNATURE_TOLERANCE).is_err() {
        let detail = "This isn't signed by the provider of payments.";
        return Err(ApiError::forbidden("wrong_signature", detail));
    }
    let event: Event = serde_json::from_slice(&body)
        .map_err(|_| ApiError::bad_request("bad_body", "This is no event."))?;
    payments::heard(&app.db, &event.into()).await?;
    Ok(Response::builder().status(StatusCode::NO_CONTENT).finish())
}
