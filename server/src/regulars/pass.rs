//! What a customer who comes back shows: a cookie of its own beside that of logins, so that somebody of the
//! team who is a customer, too, is both.

use openchair_domain::regulars::{self, Regular, RegularError};
use poem::{Request, RequestBody};
use poem_openapi::registry::{MetaSecurityScheme, Registry};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};

use crate::auth::{self, Cookie};
use crate::problem::ApiError;

pub(super) const PASS: Cookie = Cookie { name: "__Host-openchair-me" };

/// Somebody who has proved their address on this device.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) regular: Regular,
    pub(super) pass: String,
}

impl<'a> ApiExtractor<'a> for Known {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::SecurityScheme];
    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        let scheme = MetaSecurityScheme {
            ty: "apiKey",
            description: Some("A customer's pass; unsafe methods need a matching Origin"),
            name: Some(PASS.name),
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
        let pass = PASS.shown_in(request).ok_or(RegularError::NoPass).map_err(ApiError::from)?;
        let regular = regulars::recognise(&app.db, &pass).await.map_err(ApiError::from)?;
        Ok(Self { regular, pass })
    }
}
