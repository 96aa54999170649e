//! Sequences of messages over HTTP.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::ids::{Sequence, SequenceRun};
use openchair_domain::sequences::{self, NewSequence, RunState};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use dto::{
    NewSequenceInput, SequenceChangeInput, SequencePreview, SequencePreviewInput, SequenceRunState,
    SequenceRunView, SequenceView, StepPreview, versioned,
};

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on sequences.
#[derive(Debug)]
pub struct SequencesApi(pub App);

#[OpenApi(prefix_path = "/v1/sequences", tag = "Tags::Messages")]
impl SequencesApi {
    /// The business's sequences, the newest first.
    #[oai(path = "/", method = "get", operation_id = "list_sequences")]
    async fn list(
        &self,
        who: Can<perm::ReadMessages>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<SequenceView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = sequences::list(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, SequenceView::from))
    }

    /// Composes a sequence. What was before it is on takes nobody in.
    #[oai(path = "/", method = "post", operation_id = "create_sequence")]
    async fn create(
        &self,
        who: Can<perm::UpdateTemplates>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewSequenceInput>,
    ) -> Result<Created<SequenceView>, ApiError> {
        let new: NewSequence = body.0.clone().into();
        let templates = &self.0.templates;
        let make =
            async |tx: &mut TenantTx| Ok(sequences::create(tx, templates, new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// One sequence.
    #[oai(path = "/:id", method = "get", operation_id = "read_sequence")]
    async fn read(
        &self,
        who: Can<perm::ReadMessages>,
        id: Path<Ref<Sequence>>,
    ) -> Result<Versioned<SequenceView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = sequences::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(versioned(found))
    }

    /// Changes a sequence. Steps are replaced as a whole, and whoever is in it goes on with the new ones.
    /// Turned off, it ends for all who are in it.
    #[oai(path = "/:id", method = "patch", operation_id = "update_sequence")]
    async fn update(
        &self,
        who: Can<perm::UpdateTemplates>,
        id: Path<Ref<Sequence>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<SequenceChangeInput>,
    ) -> Result<Versioned<SequenceView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let change = body.0.into();
        let changed = sequences::update(&mut tx, &self.0.templates, id.0.0, seen.0, change).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Lays a sequence aside for good: it ends for all who are in it.
    #[oai(path = "/:id", method = "delete", operation_id = "archive_sequence")]
    async fn archive(
        &self,
        who: Can<perm::UpdateTemplates>,
        id: Path<Ref<Sequence>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        sequences::archive(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// All steps, as somebody who doesn't exist would get them.
    #[oai(path = "/:id/preview", method = "post", operation_id = "preview_sequence")]
    async fn preview(
        &self,
        who: Can<perm::UpdateTemplates>,
        id: Path<Ref<Sequence>>,
        body: Input<SequencePreviewInput>,
    ) -> Result<Json<SequencePreview>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let locale = body.0.locale.as_deref();
        let shown = sequences::preview(&tx, &self.0.templates, id.0.0, locale).await?;
        tx.commit().await?;
        let steps = shown.into_iter().map(StepPreview::from).collect();
        Ok(Json(SequencePreview { steps }))
    }

    /// Who is or was in it, and where they stand, the last ones first.
    #[oai(path = "/:id/runs", method = "get", operation_id = "list_sequence_runs")]
    async fn runs(
        &self,
        who: Can<perm::ReadMessages>,
        id: Path<Ref<Sequence>>,
        state: Query<Option<SequenceRunState>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<SequenceRunView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let (state, part) = (state.0.map(RunState::from), window(limit.0, cursor.0.as_deref())?);
        let found = sequences::runs(&tx, id.0.0, state, part).await?;
        tx.commit().await?;
        Ok(listed(found, SequenceRunView::from))
    }

    /// Takes somebody out. What is written for them and not sent yet isn't sent either. Whoever writes
    /// down opt-outs may do this: it is asked for where customers are.
    #[oai(path = "/:id/runs/:run/stop", method = "post", operation_id = "stop_sequence_run")]
    async fn stop(
        &self,
        who: Can<perm::SendMessage>,
        id: Path<Ref<Sequence>>,
        run: Path<Ref<SequenceRun>>,
    ) -> Result<Json<SequenceRunView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let stopped = sequences::stop(&mut tx, id.0.0, run.0.0).await?;
        tx.commit().await?;
        Ok(Json(stopped.into()))
    }
}
