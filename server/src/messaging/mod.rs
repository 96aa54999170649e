//! What is said to customers, over HTTP.

mod dto;
pub mod hooks;
pub mod leaving;
mod optouts;
mod replies;
mod settings;
mod settings_dto;
mod words;
mod words_dto;

use openchair_domain::authz::perm;
use openchair_domain::ids::{Appointment, Customer, Message};
use openchair_domain::messaging::{self, Channel, Filter, Kind, State};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::input::Moment;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;

pub(crate) use dto::MessageChannel;
pub use optouts::OptOutsApi;
pub use replies::MessageRepliesApi;
pub use settings::MessageSettingsApi;
pub use words::MessageTemplatesApi;

use dto::{MessageKind, MessageState, MessageView};

/// The operations on what was said.
#[derive(Debug)]
pub struct MessagesApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Messages")]
impl MessagesApi {
    /// What was said to customers, or will be, the newest first.
    #[oai(path = "/messages", method = "get", operation_id = "list_messages")]
    #[expect(clippy::too_many_arguments, reason = "each is a parameter of the query")]
    async fn list(
        &self,
        who: Can<perm::ReadMessages>,
        customer: Query<Option<Ref<Customer>>>,
        appointment: Query<Option<Ref<Appointment>>>,
        state: Query<Option<MessageState>>,
        kind: Query<Option<MessageKind>>,
        channel: Query<Option<MessageChannel>>,
        /// Where it went, however it is written
        #[oai(validator(max_length = 254))]
        address: Query<Option<String>>,
        /// Written at this time or later
        from: Query<Option<Moment>>,
        /// Written before this
        to: Query<Option<Moment>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<MessageView>, ApiError> {
        let filter = Filter {
            customer: customer.0.map(|customer| customer.0),
            visit: appointment.0.map(|visit| visit.0),
            state: state.0.map(State::from),
            kind: kind.0.map(Kind::from),
            channel: channel.0.map(Channel::from),
            address: address.0,
            from: from.0.map(|moment| moment.0),
            to: to.0.map(|moment| moment.0),
        };
        let tx = self.0.db.tenant(&who).await?;
        let found = messaging::list(&tx, &filter, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, MessageView::from))
    }

    /// One message.
    #[oai(path = "/messages/:id", method = "get", operation_id = "read_message")]
    async fn read(
        &self,
        who: Can<perm::ReadMessages>,
        id: Path<Ref<Message>>,
    ) -> Result<Json<MessageView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = messaging::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(found.into()))
    }

    /// Sends a message once more, to the same address. Whether there still is a reason for it, and
    /// whether they want it, is looked at again.
    #[oai(path = "/messages/:id/send-again", method = "post", operation_id = "send_message_again")]
    async fn again(
        &self,
        who: Can<perm::SendMessage>,
        id: Path<Ref<Message>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
    ) -> Result<Created<MessageView>, ApiError> {
        let send = async |tx: &mut TenantTx| Ok(messaging::again(tx, id.0.0).await?.into());
        self.0.once(&who, once, &String::new(), send).await
    }
}
