//! What a request shows to say who asks.

use openchair_domain::identity::Proof;
use openchair_domain::ids::{Id, Tenant};
use openchair_domain::tenancy::RequestFacts;
use poem::Request;
use poem::http::header::{AUTHORIZATION, USER_AGENT};

use super::cookie::SESSION;
use crate::middleware::{client_ip::ClientIp, request_id};
use crate::problem::ApiError;

/// The header that names the tenant.
pub(crate) const TENANT_HEADER: &str = "openchair-tenant";

/// The proof, if any is shown. `Authorization` is an intention, a cookie is a habit: the first wins.
/// A proof that is shown and can't be read is refused, never ignored.
pub(super) fn of(request: &Request) -> Result<Option<Proof>, ApiError> {
    if let Some(header) = request.headers().get(AUTHORIZATION) {
        let text = header.to_str().ok().and_then(bearer);
        return match text {
            Some(token) => Ok(Some(Proof::Bearer(token.to_owned()))),
            None => Err(ApiError::unauthorized(
                "bad_token",
                "The Authorization header must be “Bearer”, a space, and a token.",
            )),
        };
    }
    Ok(SESSION.shown_in(request).map(Proof::Cookie))
}

fn bearer(header: &str) -> Option<&str> {
    let (scheme, token) = header.split_once(' ')?;
    let fits =
        !token.is_empty() && token.len() <= 2048 && token.bytes().all(|b| b.is_ascii_graphic());
    (scheme.eq_ignore_ascii_case("bearer") && fits).then_some(token)
}

/// The tenant that the request names.
pub(super) fn wanted_tenant(request: &Request) -> Result<Option<Id<Tenant>>, ApiError> {
    let Some(header) = request.headers().get(TENANT_HEADER) else { return Ok(None) };
    let named = header.to_str().ok().and_then(|text| text.parse().ok());
    named.map(Some).ok_or_else(ApiError::not_found)
}

/// What is known of the request, for the audit log.
pub(super) fn facts(request: &Request) -> RequestFacts {
    RequestFacts {
        request_id: request_id::current().map(|id| id.as_str().to_owned()),
        ip: Some(ClientIp::of(request).to_string()),
        user_agent: request
            .headers()
            .get(USER_AGENT)
            .and_then(|value| value.to_str().ok())
            .map(|text| text.chars().take(300).collect()),
    }
}
