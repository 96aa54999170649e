//! Forms and consents over HTTP.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::forms;
use openchair_domain::ids::Form;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::Listed;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::page::Page;
use crate::problem::ApiError;
use crate::removal::RemovalView;

use dto::{FormChange, FormVersionView, FormView, NewForm, versioned};
pub(crate) use dto::{FormKindWord, QuestionView, asked};

/// The operations on forms.
#[derive(Debug)]
pub struct FormsApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Forms")]
impl FormsApi {
    /// The intake forms and consents, the oldest first.
    #[oai(path = "/forms", method = "get", operation_id = "list_forms")]
    async fn list(
        &self,
        who: Can<perm::ReadServices>,
        /// Archived ones, too
        #[oai(default)]
        archived: Query<bool>,
    ) -> Result<Listed<FormView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = forms::list(&tx, archived.0).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(FormView::from)))
    }

    /// Adds an intake form or a consent. Services name it to have it asked.
    #[oai(path = "/forms", method = "post", operation_id = "create_form")]
    async fn create(
        &self,
        who: Can<perm::CreateService>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewForm>,
    ) -> Result<Created<FormView>, ApiError> {
        let (kind, new) = body.0.to_domain();
        let make = async move |tx: &mut TenantTx| Ok(forms::create(tx, kind, new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// One form, also an archived one.
    #[oai(path = "/forms/:form", method = "get", operation_id = "read_form")]
    async fn read(
        &self,
        who: Can<perm::ReadServices>,
        form: Path<Ref<Form>>,
    ) -> Result<Versioned<FormView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = forms::read(&tx, form.0.0).await?;
        tx.commit().await?;
        Ok(versioned(found))
    }

    /// Everything that a form ever asked, the newest first. Answers say which version they answer.
    #[oai(path = "/forms/:form/versions", method = "get", operation_id = "list_form_versions")]
    async fn versions(
        &self,
        who: Can<perm::ReadServices>,
        form: Path<Ref<Form>>,
    ) -> Result<Listed<FormVersionView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = forms::versions(&tx, form.0.0).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(FormVersionView::from)))
    }

    /// Changes what a form asks from now on: a new version. The old ones stay.
    #[oai(path = "/forms/:form", method = "patch", operation_id = "update_form")]
    async fn update(
        &self,
        who: Can<perm::UpdateService>,
        form: Path<Ref<Form>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<FormChange>,
    ) -> Result<Versioned<FormView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let changed = forms::update(&mut tx, form.0.0, seen.0, body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Deletes a form that no service asks and nobody answered, and archives any other.
    #[oai(path = "/forms/:form", method = "delete", operation_id = "delete_form")]
    async fn remove(
        &self,
        who: Can<perm::ArchiveService>,
        form: Path<Ref<Form>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let ending = forms::remove(&mut tx, form.0.0).await?;
        tx.commit().await?;
        Ok(Json(ending.into()))
    }

    /// Restores an archived form, to the services that asked it.
    #[oai(path = "/forms/:form/restore", method = "post", operation_id = "restore_form")]
    async fn restore(
        &self,
        who: Can<perm::ArchiveService>,
        form: Path<Ref<Form>>,
    ) -> Result<Versioned<FormView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let restored = forms::restore(&mut tx, form.0.0).await?;
        tx.commit().await?;
        Ok(versioned(restored))
    }
}
