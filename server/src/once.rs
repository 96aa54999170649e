//! `Idempotency-Key` on operations that make something: the same key and body get the same answer,
//! another body under the key is refused, and of two at once one does the work.

use std::marker::PhantomData;

use data_encoding::HEXLOWER;
use openchair_domain::idempotency::{Claim, Key, Remembers};
use openchair_domain::identity::NewSession;
use openchair_domain::tenancy::{Caller, SystemReason, SystemTx, TenantTx};
use openchair_domain::time::Instant;
use poem::http::header::{CONTENT_TYPE, ETAG};
use poem::http::{HeaderName, HeaderValue, StatusCode};
use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaParamIn, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef,
    Registry,
};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::app::App;
use crate::auth::{SetCookie, cookie};
use crate::conditional::etag;
use crate::problem::ApiError;

const HEADER: &str = "idempotency-key";
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The key, if the client gave one, and which operation it was given to.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    key: Option<String>,
    operation: String,
    holder: Option<String>,
}

impl<'a> ApiExtractor<'a> for IdempotencyKey {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = false;

    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(MetaSchemaRef::Inline(Box::new(MetaSchema {
            description: Some("The same key and body get the same answer for 24 hours"),
            pattern: Some("^[!-~]{1,64}$".into()),
            ..MetaSchema::new("string")
        })))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<String>,
    ) -> poem::Result<Self> {
        let operation = format!("{} {}", request.method(), request.original_uri().path());
        let Some(value) = request.headers().get(HEADER) else {
            return Ok(Self { key: None, operation, holder: None });
        };
        let key = value.to_str().ok().filter(|key| {
            (1..=64).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
        });
        let key = key.ok_or_else(|| {
            let detail = "The header Idempotency-Key must be 1 to 64 visible characters.";
            ApiError::bad_request("bad_idempotency_key", detail)
        })?;
        Ok(Self { key: Some(key.to_owned()), operation, holder: None })
    }
}

impl IdempotencyKey {
    /// The key of whoever holds this token, and of nobody else: the callers behind links are all
    /// visitors, and two of them may have made up the same key. Stays theirs when the token changes.
    pub fn held_by(mut self, token: &str) -> Self {
        let hash = HEXLOWER.encode(&Sha256::digest(token.as_bytes()));
        self.holder = Some(format!("holder {hash}"));
        self
    }

    fn bind(self, scope: String, body: &impl ToJSON) -> Option<Key> {
        let Self { key, operation, holder } = self;
        let scope = holder.unwrap_or(scope);
        let mut hash = Sha256::new();
        hash.update(operation.as_bytes());
        hash.update([0]);
        hash.update(body.to_json_string().as_bytes());
        key.map(|key| Key { scope, key, request_hash: hash.finalize().to_vec() })
    }
}

/// 201 with what was made, or what was answered when it was made.
#[derive(Debug)]
pub struct Created<T> {
    status: StatusCode,
    body: Vec<u8>,
    version: Option<i64>,
    replayed: bool,
    of: PhantomData<fn() -> T>,
}

impl<T: ToJSON> Created<T> {
    fn new(view: &T) -> Self {
        Self::read(StatusCode::CREATED, view.to_json_string().into_bytes(), false)
    }

    /// Says this instead: that it was done is known again under the key, and how things stand is read
    /// when it is asked.
    pub fn with<U: ToJSON>(self, view: &U) -> Created<U> {
        Created::read(self.status, view.to_json_string().into_bytes(), self.replayed)
    }
}

impl<T> Created<T> {
    fn read(status: StatusCode, body: Vec<u8>, replayed: bool) -> Self {
        // What carries a version carries it as its ETag, also when it is answered again.
        let version = serde_json::from_slice::<serde_json::Value>(&body)
            .ok()
            .and_then(|json| json.get("version").and_then(serde_json::Value::as_i64));
        Self { status, body, version, replayed, of: PhantomData }
    }
}

impl<T> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = Response::builder().status(self.status).body(self.body);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        if let Some(version) = self.version {
            headers.insert(ETAG, etag(version));
        }
        if self.replayed {
            headers.insert(REPLAYED, HeaderValue::from_static("true"));
        }
        response
    }
}

impl<T: ToJSON> ApiResponse for Created<T> {
    fn meta() -> MetaResponses {
        let header = |name: &str, description: &str| MetaHeader {
            name: name.to_owned(),
            description: Some(description.to_owned()),
            required: false,
            deprecated: false,
            schema: String::schema_ref(),
        };
        MetaResponses {
            responses: vec![MetaResponse {
                description: "Made, now or when the key was first used",
                status: Some(201),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: Json::<T>::CONTENT_TYPE,
                    schema: T::schema_ref(),
                }],
                headers: vec![
                    header("ETAG", "The version, for If-Match"),
                    header("IDEMPOTENCY-REPLAYED", "`true` when this was answered before"),
                ],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// 200 with what was done, or what was answered when it was done.
#[derive(Debug)]
pub struct Done<T>(Created<T>);

impl<T> From<Created<T>> for Done<T> {
    fn from(answer: Created<T>) -> Self {
        Self(Created { status: StatusCode::OK, ..answer })
    }
}

impl<T: Send> IntoResponse for Done<T> {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl<T: ToJSON> ApiResponse for Done<T> {
    fn meta() -> MetaResponses {
        let mut meta = Created::<T>::meta();
        for response in &mut meta.responses {
            response.status = Some(200);
            response.description = "Done, now or when the key was first used";
            response.headers.retain(|header| header.name != "ETAG");
        }
        meta
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

/// What is kept, sealed, of an answer: enough to give it again whole.
#[derive(Deserialize)]
struct Kept {
    body: String,
    session: Option<KeptSession>,
}

/// The cookie that went with it. Without it, a client that never heard the first answer would have
/// an account and not be signed in.
#[derive(Serialize, Deserialize)]
struct KeptSession {
    secret: String,
    expires_at: Instant,
}

impl From<&NewSession> for KeptSession {
    fn from(session: &NewSession) -> Self {
        Self { secret: session.secret.text().to_owned(), expires_at: session.expires_at }
    }
}

type Answer<T> = (Created<T>, Option<KeptSession>);

impl App {
    /// Does `work` in a transaction of the caller's tenant, once for each key.
    pub async fn once<T: ToJSON>(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        body: &impl ToJSON,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T, ApiError>,
    ) -> Result<Created<T>, ApiError> {
        let tx = self.db.tenant(caller).await?;
        self.once_in(tx, key, body, work).await
    }

    /// The same in a transaction that was just opened.
    pub async fn once_in<T: ToJSON>(
        &self,
        mut tx: TenantTx,
        key: IdempotencyKey,
        body: &impl ToJSON,
        work: impl AsyncFnOnce(&mut TenantTx) -> Result<T, ApiError>,
    ) -> Result<Created<T>, ApiError> {
        let key = key.bind(tx.caller().scope(), body);
        if let Some((answer, _)) = replay(&tx, key.as_ref()).await? {
            return Ok(answer);
        }
        let answer = (Created::new(&work(&mut tx).await?), None);
        remember(&mut tx, key.as_ref(), &answer).await?;
        tx.commit().await?;
        Ok(answer.0)
    }

    /// The same across tenants, for callers who aren't inside one.
    pub async fn once_outside<T: ToJSON>(
        &self,
        reason: SystemReason,
        scope: String,
        key: IdempotencyKey,
        body: &impl ToJSON,
        work: impl AsyncFnOnce(&mut SystemTx) -> Result<T, ApiError>,
    ) -> Result<Created<T>, ApiError> {
        let work = async |tx: &mut SystemTx| Ok((work(tx).await?, None));
        Ok(self.outside(reason, scope, key, body, work).await?.0)
    }

    /// The same for work that may sign the caller in; so does the answer when it is given again.
    pub async fn once_signing_in<T: ToJSON>(
        &self,
        reason: SystemReason,
        scope: String,
        key: IdempotencyKey,
        body: &impl ToJSON,
        work: impl AsyncFnOnce(&mut SystemTx) -> Result<(T, Option<NewSession>), ApiError>,
    ) -> Result<SetCookie<Created<T>>, ApiError> {
        let (answer, session) = self.outside(reason, scope, key, body, work).await?;
        let session = session.as_ref().map(|kept| (kept.secret.as_str(), kept.expires_at));
        Ok(cookie::session_again(answer, session, self.now()))
    }

    async fn outside<T: ToJSON>(
        &self,
        reason: SystemReason,
        scope: String,
        key: IdempotencyKey,
        body: &impl ToJSON,
        work: impl AsyncFnOnce(&mut SystemTx) -> Result<(T, Option<NewSession>), ApiError>,
    ) -> Result<Answer<T>, ApiError> {
        let key = key.bind(scope, body);
        let mut tx = self.db.system(reason).await?;
        if let Some(answer) = replay(&tx, key.as_ref()).await? {
            return Ok(answer);
        }
        let (view, session) = work(&mut tx).await?;
        let answer = (Created::new(&view), session.as_ref().map(KeptSession::from));
        remember(&mut tx, key.as_ref(), &answer).await?;
        tx.commit().await?;
        Ok(answer)
    }
}

async fn replay<T>(tx: &impl Remembers, key: Option<&Key>) -> Result<Option<Answer<T>>, ApiError> {
    let Some(key) = key else { return Ok(None) };
    match tx.claim(key).await? {
        Claim::Fresh => Ok(None),
        Claim::Answered { status, body } => {
            let kept: Kept =
                serde_json::from_slice(&body).map_err(|error| ApiError::internal(&error))?;
            let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CREATED);
            Ok(Some((Created::read(status, kept.body.into_bytes(), true), kept.session)))
        }
    }
}

async fn remember<T>(
    tx: &mut impl Remembers,
    key: Option<&Key>,
    (created, session): &Answer<T>,
) -> Result<(), ApiError> {
    let Some(key) = key else { return Ok(()) };
    let body = String::from_utf8_lossy(&created.body);
    let kept = serde_json::to_vec(&serde_json::json!({ "body": body, "session": session }))
        .map_err(|error| ApiError::internal(&error))?;
    Ok(tx.remember(key, created.status.as_u16(), &kept).await?)
}
