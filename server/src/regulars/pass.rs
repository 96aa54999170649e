//! What a customer who comes back shows: a cookie of its own beside that of logins, so that somebody of the
//! team who is a customer, too, is both.

use openchair_domain::regulars::{self, NewPass, Regular, RegularError};
use openchair_domain::time::Instant;
use poem::http::HeaderValue;
use poem::http::header::{COOKIE, SET_COOKIE};
use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::registry::{MetaHeader, MetaResponses, MetaSecurityScheme, Registry};
use poem_openapi::types::Type;
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions};

use crate::auth;
use crate::problem::ApiError;

const NAME: &str = "__Host-openchair-me";

/// Somebody who has proved their address on this device.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) regular: Regular,
    pub(super) pass: String,
}

fn pass_in(request: &Request) -> Option<String> {
    let lines = request.headers().get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(';')).find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        (name == NAME && !value.is_empty() && value.len() <= 128).then(|| value.to_owned())
    })
}

impl<'a> ApiExtractor<'a> for Known {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let scheme = MetaSecurityScheme {
            ty: "apiKey",
            description: Some("A customer's pass; unsafe methods need a matching Origin"),
            name: Some(NAME),
            key_in: Some("cookie"),
            scheme: None,
            bearer_format: None,
            flows: None,
            openid_connect_url: None,
        };
        registry.create_security_scheme("pass", scheme);
    }

    fn security_schemes() -> Vec<&'static str> {
        vec!["pass"]
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> poem::Result<Self> {
        let app = auth::app(request)?;
        auth::check_visitor(request, app)?;
        app.limits.public(&auth::facts(request)).await?;
        let pass = pass_in(request).ok_or(RegularError::NoPass).map_err(ApiError::from)?;
        let regular = regulars::recognise(&app.db, &pass).await.map_err(ApiError::from)?;
        Ok(Self { regular, pass })
    }
}

/// An answer that hands the device a pass, or takes it away.
#[derive(Debug)]
pub(super) struct SetPass<R> {
    answer: R,
    cookie: String,
}

impl<R> SetPass<R> {
    pub(super) fn to(answer: R, pass: &NewPass, now: Instant) -> Self {
        let seconds = (pass.expires_at - now).num_seconds().max(0);
        let secret = pass.secret.text();
        let cookie =
            format!("{NAME}={secret}; Path=/; Max-Age={seconds}; Secure; HttpOnly; SameSite=Lax");
        Self { answer, cookie }
    }

    pub(super) fn end(answer: R) -> Self {
        let cookie = format!("{NAME}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");
        Self { answer, cookie }
    }
}

impl<R: IntoResponse> IntoResponse for SetPass<R> {
    fn into_response(self) -> Response {
        let mut response = self.answer.into_response();
        if let Ok(value) = HeaderValue::from_str(&self.cookie) {
            response.headers_mut().append(SET_COOKIE, value);
        }
        response
    }
}

impl<R: ApiResponse> ApiResponse for SetPass<R> {
    fn meta() -> MetaResponses {
        let mut meta = R::meta();
        for response in &mut meta.responses {
            response.headers.push(MetaHeader {
                name: "SET-COOKIE".into(),
                description: Some("The device's pass".into()),
                required: false,
                deprecated: false,
                schema: String::schema_ref(),
            });
        }
        meta
    }

    fn register(registry: &mut Registry) {
        R::register(registry);
    }
}
