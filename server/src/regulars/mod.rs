//! Customers who come back: all their visits in all businesses, behind a link that is mailed to them.

mod dto;
mod pass;

use openchair_domain::regulars;
use openchair_domain::text::Email;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, OpenApi};

use crate::app::App;
use crate::auth::{SetCookie, Visitor};
use crate::input::Input;
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

use dto::{OwnVisitsView, RegularLinkToken, RegularLinkWanted, RegularPromise, RegularView};
use pass::{Known, PASS};

/// What a customer who comes back may do.
#[derive(Debug)]
pub struct RegularsApi(pub App);

/// 202: the worker does the rest.
#[derive(Debug, ApiResponse)]
enum Promised {
    /// A mail is on its way, if there are visits that are written to the address.
    #[oai(status = 202)]
    Mail(Json<RegularPromise>),
}

#[OpenApi(prefix_path = "/v1/regulars", tag = "Tags::Public")]
impl RegularsApi {
    /// Asks for a link to all visits, in whatever business, that are written to an address.
    #[oai(path = "/link", method = "post", operation_id = "ask_for_regular_link")]
    async fn link(
        &self,
        who: Visitor,
        body: Input<RegularLinkWanted>,
    ) -> Result<Promised, ApiError> {
        let email = Email::parse(&body.email)
            .map_err(|fault| ApiError::invalid_field("/email", fault.code, fault.detail))?;
        self.0.limits.mail_link(&who.request, &email).await?;
        regulars::ask_for_link(&self.0.db, &email, body.locale.as_deref().unwrap_or("en")).await?;
        Ok(Promised::Mail(Json(RegularPromise {
            detail: "If there are visits that are written to this address, a mail with a link is on its way."
                .to_owned(),
        })))
    }

    /// Proves the address by the link that was sent to it: this device is known for sixty days.
    #[oai(path = "/link/redeem", method = "post", operation_id = "redeem_regular_link")]
    async fn redeem(
        &self,
        who: Visitor,
        body: Input<RegularLinkToken>,
    ) -> Result<SetCookie<Json<RegularView>>, ApiError> {
        self.0.limits.token(&who.request).await?;
        let pass = regulars::redeem(&self.0.db, &body.token).await?;
        let answer = Json(RegularView { email: pass.email.clone() });
        Ok(PASS.keep(answer, pass.secret.text(), pass.expires_at, self.0.now()))
    }

    /// All visits that are written to one's address: those to come first, then the last ones. With the link
    /// of each, behind which it can be seen, moved, called off and booked again.
    #[oai(path = "/visits", method = "get", operation_id = "list_regular_visits")]
    async fn visits(&self, who: Known) -> Result<Json<OwnVisitsView>, ApiError> {
        let visits = regulars::visits(&self.0.db, &who.regular).await?;
        Ok(Json(OwnVisitsView::of(who.regular.email, visits)))
    }

    /// This device isn't known any more.
    #[oai(path = "/forget", method = "post", operation_id = "forget_regular")]
    async fn forget(&self, who: Known) -> Result<SetCookie<NoContent>, ApiError> {
        regulars::forget(&self.0.db, &who.pass).await?;
        Ok(PASS.end(NoContent::Done))
    }

    /// No device is known by this address any more, and no link that was sent to it is good.
    #[oai(path = "/forget-everywhere", method = "post", operation_id = "forget_regular_everywhere")]
    async fn forget_everywhere(&self, who: Known) -> Result<SetCookie<NoContent>, ApiError> {
        regulars::forget_everywhere(&self.0.db, &who.regular).await?;
        Ok(PASS.end(NoContent::Done))
    }
}
