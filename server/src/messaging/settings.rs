use openchair_domain::authz::perm;
use openchair_domain::ids::Service;
use openchair_domain::messaging;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use super::settings_dto::{
    MessageSettingsChange, MessageSettingsView, ServiceRemindersInput, ServiceRemindersList,
    ServiceRemindersView, versioned,
};
use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

/// The operations on what is said to customers, and when.
#[derive(Debug)]
pub struct MessageSettingsApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Messages")]
impl MessageSettingsApi {
    /// What the business says to its customers, by which ways and when.
    #[oai(path = "/message-settings", method = "get", operation_id = "read_message_settings")]
    async fn read(
        &self,
        who: Can<perm::ReadMessages>,
    ) -> Result<Versioned<MessageSettingsView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let settings = messaging::settings(&tx).await?;
        tx.commit().await?;
        Ok(versioned(settings, self.0.db.ways()))
    }

    /// Changes that.
    #[oai(path = "/message-settings", method = "patch", operation_id = "update_message_settings")]
    async fn update(
        &self,
        who: Can<perm::UpdateTemplates>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<MessageSettingsChange>,
    ) -> Result<Versioned<MessageSettingsView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let settings = messaging::update_settings(&mut tx, seen.0, body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(settings, self.0.db.ways()))
    }

    /// Services that are brought to mind at other times than the rest.
    #[oai(
        path = "/message-settings/services",
        method = "get",
        operation_id = "list_service_reminders"
    )]
    async fn services(
        &self,
        who: Can<perm::ReadMessages>,
    ) -> Result<Json<ServiceRemindersList>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = messaging::service_reminders(&tx).await?;
        tx.commit().await?;
        let items = found.into_iter().map(ServiceRemindersView::from).collect();
        Ok(Json(ServiceRemindersList { items }))
    }

    /// Says when visits with a service are brought to mind.
    #[oai(
        path = "/message-settings/services/:id",
        method = "put",
        operation_id = "put_service_reminders"
    )]
    async fn put(
        &self,
        who: Can<perm::UpdateTemplates>,
        id: Path<Ref<Service>>,
        body: Input<ServiceRemindersInput>,
    ) -> Result<Json<ServiceRemindersView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let put = messaging::put_service_reminders(&mut tx, id.0.0, body.0.minutes).await?;
        tx.commit().await?;
        Ok(Json(put.into()))
    }

    /// The same times as for the rest again.
    #[oai(
        path = "/message-settings/services/:id",
        method = "delete",
        operation_id = "remove_service_reminders"
    )]
    async fn remove(
        &self,
        who: Can<perm::UpdateTemplates>,
        id: Path<Ref<Service>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        messaging::remove_service_reminders(&mut tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
