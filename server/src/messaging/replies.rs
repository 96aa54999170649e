use chrono::{DateTime, Utc};
use openchair_domain::authz::perm;
use openchair_domain::ids::{Customer, Message, MessageReply};
use openchair_domain::messaging::{self, ReplyFacts, ReplyOutcome as Outcome};
use poem_openapi::param::Query;
use poem_openapi::{Object, OpenApi};

use super::dto::MessageChannel;
use crate::app::App;
use crate::auth::Can;
use crate::ids::Ref;
use crate::listing::{Listed, listed, window};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;
use crate::shelf::mirrored;

mirrored! {
    /// What came of an answer.
    ReplyOutcome = Outcome {
        /// They come
        Confirmed,
        /// The visit was called off
        Cancelled,
        /// What they wanted can't be done, or not this way
        Refused,
        /// There are no more messages by this way
        OptedOut,
        /// There are messages again
        OptedIn,
        /// It says something else: somebody should read it
        Kept,
    }
}

/// What a customer answered to a message.
#[derive(Debug, Clone, Object)]
struct MessageReplyView {
    id: Ref<MessageReply>,
    /// What it answers
    message: Ref<Message>,
    channel: MessageChannel,
    customer: Option<Ref<Customer>>,
    /// Empty if whoever it was was erased
    address: String,
    body: String,
    outcome: ReplyOutcome,
    /// What was answered; empty: nothing
    answer: String,
    created_at: DateTime<Utc>,
}

impl From<ReplyFacts> for MessageReplyView {
    fn from(reply: ReplyFacts) -> Self {
        Self {
            id: reply.id.into(),
            message: reply.message.into(),
            channel: reply.channel.into(),
            customer: reply.customer.map(Ref),
            address: reply.address,
            body: reply.body,
            outcome: reply.outcome.into(),
            answer: reply.answer,
            created_at: reply.created_at,
        }
    }
}

/// The operations on what customers answered.
#[derive(Debug)]
pub struct MessageRepliesApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Messages")]
impl MessageRepliesApi {
    /// What customers answered to texts, the newest first.
    #[oai(path = "/message-replies", method = "get", operation_id = "list_message_replies")]
    async fn list(
        &self,
        who: Can<perm::ReadMessages>,
        customer: Query<Option<Ref<Customer>>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<MessageReplyView>, ApiError> {
        let window = window(limit.0, cursor.0.as_deref())?;
        let customer = customer.0.map(|customer| customer.0);
        let tx = self.0.db.tenant(&who).await?;
        let found = messaging::replies(&tx, customer, window).await?;
        tx.commit().await?;
        Ok(listed(found, MessageReplyView::from))
    }
}
