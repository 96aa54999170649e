use openchair_domain::authz::perm;
use openchair_domain::messaging::templates::Own;
use openchair_domain::messaging::{self, TemplateFacts, TemplateKey};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::words_dto::{
    MessagePreview, MessagePreviewInput, MessageTemplateList, MessageTemplateView,
    MessageTrialView, MessageWords,
};
use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::input::Input;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

/// The operations on the words of messages.
#[derive(Debug)]
pub struct MessageTemplatesApi(pub App);

fn key(kind: &str, channel: &str, locale: &str) -> Result<TemplateKey, ApiError> {
    TemplateKey::of(kind, channel, locale).ok_or_else(ApiError::not_found)
}

fn versioned(facts: TemplateFacts) -> Versioned<MessageTemplateView> {
    Versioned::new(facts.version.into(), facts.into())
}

#[OpenApi(prefix_path = "/v1", tag = "Tags::Messages")]
impl MessageTemplatesApi {
    /// All words that are the business's own.
    #[oai(path = "/message-templates", method = "get", operation_id = "list_message_templates")]
    async fn list(
        &self,
        who: Can<perm::ReadMessages>,
    ) -> Result<Json<MessageTemplateList>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = messaging::own_words(&tx).await?;
        tx.commit().await?;
        let items = found.into_iter().map(MessageTemplateView::from).collect();
        Ok(Json(MessageTemplateList { items }))
    }

    /// The words as they are used: the business's own, or those that are built in.
    #[oai(
        path = "/message-templates/:kind/:channel/:locale",
        method = "get",
        operation_id = "read_message_template"
    )]
    async fn read(
        &self,
        who: Can<perm::ReadMessages>,
        kind: Path<String>,
        channel: Path<String>,
        locale: Path<String>,
    ) -> Result<Versioned<MessageTemplateView>, ApiError> {
        let key = key(&kind.0, &channel.0, &locale.0)?;
        let tx = self.0.db.tenant(&who).await?;
        let found = messaging::words(&tx, &self.0.templates, key).await?;
        tx.commit().await?;
        Ok(versioned(found))
    }

    /// Puts own words in their place. Words that can't be used are refused with what is wrong with
    /// them: their syntax, or fields that there are not. What is built in has the version 1.
    #[oai(
        path = "/message-templates/:kind/:channel/:locale",
        method = "put",
        operation_id = "put_message_template"
    )]
    async fn put(
        &self,
        who: Can<perm::UpdateTemplates>,
        kind: Path<String>,
        channel: Path<String>,
        locale: Path<String>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<MessageWords>,
    ) -> Result<Versioned<MessageTemplateView>, ApiError> {
        let key = key(&kind.0, &channel.0, &locale.0)?;
        let mut tx = self.0.db.tenant(&who).await?;
        let (templates, words) = (&self.0.templates, Own::from(body.0));
        let put = messaging::put_words(&mut tx, templates, key, seen.0, &words).await?;
        tx.commit().await?;
        Ok(versioned(put))
    }

    /// The built-in words again.
    #[oai(
        path = "/message-templates/:kind/:channel/:locale",
        method = "delete",
        operation_id = "remove_message_template"
    )]
    async fn remove(
        &self,
        who: Can<perm::UpdateTemplates>,
        kind: Path<String>,
        channel: Path<String>,
        locale: Path<String>,
        #[oai(name = "If-Match")] seen: IfMatch,
    ) -> Result<NoContent, ApiError> {
        let key = key(&kind.0, &channel.0, &locale.0)?;
        let mut tx = self.0.db.tenant(&who).await?;
        messaging::drop_words(&mut tx, key, seen.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// What words look like, about somebody who doesn't exist. They are checked as if they were to be
    /// kept.
    #[oai(
        path = "/message-templates/:kind/:channel/:locale/preview",
        method = "post",
        operation_id = "preview_message_template"
    )]
    async fn preview(
        &self,
        who: Can<perm::UpdateTemplates>,
        kind: Path<String>,
        channel: Path<String>,
        locale: Path<String>,
        body: Input<MessagePreviewInput>,
    ) -> Result<Json<MessagePreview>, ApiError> {
        let key = key(&kind.0, &channel.0, &locale.0)?;
        let words = body.0.words.map(Own::from);
        let tx = self.0.db.tenant(&who).await?;
        let seen = messaging::preview(&tx, &self.0.templates, key, words.as_ref()).await?;
        tx.commit().await?;
        Ok(Json(seen.into()))
    }

    /// Sends the words that are used now to oneself, about somebody who doesn't exist.
    #[oai(
        path = "/message-templates/:kind/:channel/:locale/test",
        method = "post",
        operation_id = "test_message_template"
    )]
    async fn try_out(
        &self,
        who: Can<perm::UpdateTemplates>,
        kind: Path<String>,
        channel: Path<String>,
        locale: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
    ) -> Result<Created<MessageTrialView>, ApiError> {
        let key = key(&kind.0, &channel.0, &locale.0)?;
        let send = async |tx: &mut TenantTx| {
            let message = messaging::try_out(tx, key).await?;
            Ok(MessageTrialView { message: message.into() })
        };
        self.0.once(&who, once, &String::new(), send).await
    }
}
