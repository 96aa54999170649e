//! A business signs itself up, over HTTP.

mod dto;
#[cfg(test)]
mod tests;

use openchair_domain::tenancy::{SystemReason, SystemTx};
use openchair_domain::tenants;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::{SetCookie, Visitor};
use crate::input::Input;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::problem::ApiError;

use dto::{NewSignUp, ProposalView, SignedUpView, SlugView};

pub(crate) use dto::KindOfBusiness;

/// The operations of signing up.
#[derive(Debug)]
pub struct SignUpApi(pub App);

/// Where most of the first visitors are.
const FIRST_COUNTRY: &str = "US";

#[OpenApi(prefix_path = "/v1", tag = "Tags::SignUp")]
impl SignUpApi {
    /// What to fill the form in with, once a country, a kind of business and a name are known.
    #[oai(path = "/signup/proposal", method = "get", operation_id = "propose_sign_up")]
    async fn propose(
        &self,
        who: Visitor,
        /// ISO 3166; `US` when left out
        #[oai(validator(pattern = "^[A-Za-z]{2}$"))]
        country: Query<Option<String>>,
        kind: Query<Option<KindOfBusiness>>,
        /// What the business is called
        #[oai(validator(max_length = 200))]
        name: Query<Option<String>>,
    ) -> Result<Json<ProposalView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let country = country.0.as_deref().unwrap_or(FIRST_COUNTRY);
        let tx = self.0.db.system(SystemReason::SignUp).await?;
        let offer = tenants::offer(&tx, country, name.0.as_deref().unwrap_or_default()).await?;
        tx.commit().await?;
        Ok(Json(ProposalView::new(offer, kind.0)))
    }

    /// Whether a web address can be had.
    #[oai(path = "/signup/slug/:slug", method = "get", operation_id = "check_slug")]
    async fn slug(
        &self,
        who: Visitor,
        /// The address, without anything before it
        #[oai(validator(max_length = 100))]
        slug: Path<String>,
    ) -> Result<Json<SlugView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let tx = self.0.db.system(SystemReason::SignUp).await?;
        let availability = tenants::availability(&tx, &slug.0).await?;
        tx.commit().await?;
        Ok(Json(availability.into()))
    }

    /// Signs a business up, with its owner's login and a starter kit. With a password the owner is
    /// signed in; without one, a link is mailed. Whoever is signed in may leave the owner out.
    #[oai(path = "/signup", method = "post", operation_id = "sign_up")]
    async fn sign_up(
        &self,
        who: Visitor,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewSignUp>,
    ) -> Result<SetCookie<Created<SignedUpView>>, ApiError> {
        self.0.limits.sign_up(&who.request).await?;
        let identity = &self.0.identity;
        let ready = tenants::prepare(identity, body.0.to_domain(), who.person.as_ref()).await?;
        let write = async |tx: &mut SystemTx| {
            let done = tenants::sign_up(tx, identity, ready, &who.request).await?;
            Ok(SignedUpView::and_session(done))
        };
        let scope = scope(&who, &body.0);
        self.0.once_signing_in(SystemReason::SignUp, scope, once, &body.0, write).await
    }
}

/// Nobody meets the answer to somebody else's sign-up: what is sent without an owner says nothing of
/// who sent it. What is sent with one does, and is the same request still when the cookie of its
/// lost answer comes along.
fn scope(who: &Visitor, body: &NewSignUp) -> String {
    let person = who.person.as_ref().filter(|_| !body.names_an_owner());
    let person = person.map(|person| person.user.to_string());
    format!("signup/{}", person.unwrap_or_default())
}
