//! What a visit's customer is still asked, behind the visit's link.

use openchair_domain::bookings;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::app::App;
use crate::auth::Visitor;
use crate::input::Input;
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

use super::booking::{AgreedInput, FilledInInput, agreed, filled};
use super::menu::PublicFormView;

/// What is still to be filled in or agreed to.
#[derive(Debug, Clone, Object)]
struct OwnFormsView {
    forms: Vec<PublicFormView>,
}

/// All that is still asked, filled in and agreed to.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct OwnFormsInput {
    #[oai(default, validator(max_items = 10))]
    answers: Vec<FilledInInput>,
    #[oai(default, validator(max_items = 10))]
    agreed: Vec<AgreedInput>,
}

/// The operations on what a visit still asks of its customer.
#[derive(Debug)]
pub struct OwnFormsApi(pub App);

#[OpenApi(prefix_path = "/v1/b", tag = "Tags::Public")]
impl OwnFormsApi {
    /// What is asked before the visit and wasn't filled in or agreed to yet: where staff booked it, nobody
    /// was asked. Nothing once the visit is over or called off.
    #[oai(path = "/:token/forms", method = "get", operation_id = "read_own_forms")]
    async fn read(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<OwnFormsView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let tx = self.0.db.tenant(&holder.caller).await?;
        let forms = bookings::asked_still(&tx, &holder).await?;
        tx.commit().await?;
        Ok(Json(OwnFormsView { forms: forms.into_iter().map(PublicFormView::from).collect() }))
    }

    /// Fills in and agrees to all of it at once. What nothing is left of is done already.
    #[oai(path = "/:token/forms", method = "post", operation_id = "fill_in_own_forms")]
    async fn fill_in(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        body: Input<OwnFormsInput>,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let mut tx = self.0.db.tenant(&holder.caller).await?;
        let (answers, agreed) = (filled(&body.answers), agreed(&body.agreed));
        bookings::fill_in(&mut tx, &holder, &answers, &agreed).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
