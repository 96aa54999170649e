//! `/v1/hooks/texts/…`: what the provider of texts tells us, signed with the account's token: what became
//! of a text, and what somebody answers to one. It comes as a form, from wherever the provider is, and
//! once more when we don't answer: what came twice changes nothing.

use async_trait::async_trait;
use openchair_domain::html::escaped;
use openchair_domain::ids::{Id, Kind, Message, Tenant};
use openchair_domain::messaging::{self, Channel, Heard, Meant, Talk, Told};
use openchair_domain::tenancy::TenantTx;
use openchair_domain::texts::{self, INBOUND_PATH, STATUS_PATH};
use poem::endpoint::make;
use poem::http::StatusCode;
use poem::{Request, Response, Route, post};

use crate::app::App;
use crate::auth::facts;
use crate::bookings::Attempt;
use crate::problem::ApiError;

/// The paths, for the table of methods.
pub const PATHS: [&str; 2] = [STATUS_PATH, INBOUND_PATH];

/// Where the signature is.
const SIGNATURE: &str = "x-twilio-signature";
/// How numbers on `WhatsApp` are written.
const WHATSAPP: &str = "whatsapp:";
/// How often an answer is looked up again that came twice at once.
const LOOKS: u32 = 3;

/// Adds both.
#[must_use]
pub fn routes(route: Route, app: &App) -> Route {
    let (tells, brings) = (app.clone(), app.clone());
    route
        .at(STATUS_PATH, post(make(move |request: Request| status(tells.clone(), request))))
        .at(INBOUND_PATH, post(make(move |request: Request| inbound(brings.clone(), request))))
}

/// A form that the provider signed.
struct Form(Vec<(String, String)>);

impl Form {
    /// Reads it. The provider signs the address that it was given, which is the public one, whatever
    /// stands between.
    async fn read(app: &App, request: &mut Request) -> Result<Self, ApiError> {
        let path = request.original_uri().path_and_query().map_or("", |path| path.as_str());
        let url = format!("{}{path}", app.public_url);
        let signature = request.header(SIGNATURE).unwrap_or_default().to_owned();
        let body = request.take_body().into_bytes().await;
        let body = body.map_err(|_| ApiError::bad_request("bad_body", "The body broke off."))?;
        let fields = texts::fields(&body);
        if texts::is_signed(app.texts_token.expose(), &url, &fields, &signature) {
            Ok(Self(fields))
        } else {
            let detail = "This isn't signed by the provider of texts for this address.";
            Err(ApiError::forbidden("wrong_signature", detail))
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    fn need(&self, name: &str) -> Result<&str, ApiError> {
        let missing = || ApiError::bad_request("bad_body", format!("{name} is missing."));
        self.get(name).ok_or_else(missing)
    }
}

/// An id in the address that we gave the provider ourselves.
fn named<K: Kind>(request: &Request, name: &str) -> Result<Id<K>, ApiError> {
    let query = texts::fields(request.uri().query().unwrap_or_default().as_bytes());
    let found = query.iter().find(|(field, _)| field == name);
    let id = found.and_then(|(_, value)| value.parse().ok());
    id.ok_or_else(|| ApiError::bad_request("bad_query", format!("{name} is missing.")))
}

/// What became of a text.
async fn status(app: App, mut request: Request) -> Result<Response, ApiError> {
    let form = Form::read(&app, &mut request).await?;
    let (tenant, message) =
        (named::<Tenant>(&request, "tenant")?, named::<Message>(&request, "message")?);
    let status = form.get("MessageStatus").or_else(|| form.get("SmsStatus")).unwrap_or_default();
    if let Some(fate) = texts::fate(status) {
        let provider_id = form.need("MessageSid")?.to_owned();
        let code = form.get("ErrorCode").filter(|code| *code != "0").map(str::to_owned);
        let told = Told { provider_id, fate, code };
        messaging::told(&app.db, (tenant, message), &told).await?;
    }
    Ok(Response::builder().status(StatusCode::NO_CONTENT).finish())
}

/// What somebody answers.
async fn inbound(app: App, mut request: Request) -> Result<Response, ApiError> {
    let form = Form::read(&app, &mut request).await?;
    let from = form.need("From")?;
    let (channel, from) = match from.strip_prefix(WHATSAPP) {
        Some(number) => (Channel::Whatsapp, number),
        None => (Channel::Sms, from),
    };
    let heard = Heard {
        provider_id: form.need("MessageSid")?.to_owned(),
        channel,
        from: from.to_owned(),
        body: form.get("Body").unwrap_or_default().to_owned(),
        // Some accounts answer these words themselves, and say so.
        answered: form.get("OptOutType").is_some(),
    };
    Ok(markup(&answer(&app, &heard, &request).await?))
}

async fn answer(app: &App, heard: &Heard, request: &Request) -> Result<String, ApiError> {
    let mut looks = 1;
    loop {
        let talk = match messaging::meant(&app.db, heard.clone(), facts(request)).await? {
            Meant::Nobody => return Ok(String::new()),
            Meant::Again(said) => return Ok(said),
            Meant::Business(talk) => talk,
        };
        let caller = talk.caller.clone();
        match app.rebooking(&caller, &Answering { app, talk: *talk }).await {
            // Somebody else has just answered the same: what they said.
            Err(error) if &*error.code == "repeated" && looks < LOOKS => looks += 1,
            ended => return ended,
        }
    }
}

struct Answering<'a> {
    app: &'a App,
    talk: Talk,
}

#[async_trait]
impl Attempt for Answering<'_> {
    type View = String;

    async fn attempt(&self, tx: &mut TenantTx) -> Result<String, ApiError> {
        let Self { app, talk } = self;
        let words = app.templates.replies(&talk.locale);
        let words = words.map_err(|error| ApiError::internal(&error))?;
        Ok(messaging::reply(tx, talk, words, &app.public_url).await?)
    }
}

/// What the provider is to say, in its own markup; nothing, if there is nothing to say.
fn markup(said: &str) -> Response {
    let said = if said.is_empty() {
        String::new()
    } else {
        format!("<Message>{}</Message>", escaped(said))
    };
    Response::builder()
        .content_type("application/xml; charset=utf-8")
        .header("cache-control", "no-store")
        .body(format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{said}</Response>"))
}
