//! What comes of what a client says.

use std::sync::Arc;

use openchair_domain::identity::Proof;
use openchair_domain::ids::{Id, Tenant};
use openchair_domain::live::Watch;
use openchair_domain::queue;
use openchair_domain::secrets::TokenKind;
use openchair_domain::tenancy::Caller;
use openchair_domain::tenants;
use poem::http::StatusCode;

use super::line::{End, unless_ended};
use super::protocol::{Asked, LiveMessage, LivePong};
use super::socket::{Socket, Who};
use super::subscribe::{self, Asking, Wish};
use crate::auth;
use crate::problem::ApiError;

/// Who has asked for too much comes back no sooner, in milliseconds.
const REST: u32 = 1_000;

impl Socket {
    pub(super) async fn answer(&mut self, asked: Asked) -> Result<(), End> {
        match asked {
            Asked::Auth { .. } | Asked::Shop(_) if self.caller.is_some() => {
                let detail = "It is known already who you are.";
                self.refuse(&ApiError::conflict("already_signed_in", detail), None).await
            }
            Asked::Auth { token, tenant } => {
                Box::pin(self.recognise(token, tenant.map(|id| id.0))).await
            }
            Asked::Shop(shop) => Box::pin(self.visit(shop)).await,
            Asked::Sub(asking) => match self.caller.clone() {
                Some(caller) => Box::pin(self.subscribe(&caller, asking)).await,
                None => self.refuse(&ApiError::unauthenticated(), asking.name()).await,
            },
            Asked::Unsub(topic) => {
                self.subs.retain(|sub| sub.topic.to_string() != topic);
                Ok(())
            }
            Asked::Ping(ping) => {
                let seq = match self.caller.as_ref().and_then(|who| self.hub.desk(who.tenant())) {
                    // What was told up to here is in the channels by now.
                    Some(desk) if !self.subs.is_empty() => desk.seen().unwrap_or_default(),
                    _ => 0,
                };
                self.deliver().await?;
                self.say(&LiveMessage::Pong(LivePong { ping, seq })).await
            }
        }
    }

    async fn recognise(&mut self, token: String, tenant: Option<Id<Tenant>>) -> Result<(), End> {
        let request = (*self.request).clone();
        let who = async {
            if token.starts_with(TokenKind::Ticket.prefix()) {
                let ticket = queue::open(&self.hub.db, &token, request).await?;
                let held = Some((ticket.location, ticket.entry));
                let watch = Some(Watch::Ticket { hash: ticket.hash });
                return Ok(Who { caller: ticket.caller, watch, ticket: held });
            }
            let (caller, watch) =
                auth::who(&self.app, &Proof::Bearer(token), tenant, request).await?;
            Ok(Who { caller, watch: Some(watch), ticket: None })
        };
        let who = unless_ended(&self.admission.line, who).await?;
        self.introduce(who).await
    }

    /// Lets somebody look at what anybody may see.
    async fn visit(&mut self, shop: String) -> Result<(), End> {
        let request = (*self.request).clone();
        let visit = async {
            self.app.limits.public(&request).await?;
            let caller = tenants::visit(&self.hub.db, &shop, request).await?;
            Ok(Who { caller, watch: None, ticket: None })
        };
        let who = unless_ended(&self.admission.line, visit).await?;
        self.introduce(who).await
    }

    async fn introduce(&mut self, who: Result<Who, ApiError>) -> Result<(), End> {
        match who {
            Ok(who) => self.know(who).await,
            Err(error) => {
                self.refuse(&error, None).await?;
                Err(self.later(&error).unwrap_or(End::NotSignedIn))
            }
        }
    }

    async fn subscribe(&mut self, caller: &Arc<Caller>, asking: Asking) -> Result<(), End> {
        let line = Arc::clone(&self.admission.line);
        let name = asking.name();
        let reading = Wish::read(&self.app, caller, self.ticket, asking);
        let wish = match unless_ended(&line, reading).await? {
            Ok(wish) => wish,
            Err(error) => return self.refuse_wish(&error, name).await,
        };
        let name = wish.topic.to_string();
        // Watching it again is watching it afresh.
        self.subs.retain(|sub| sub.topic != wish.topic);
        if self.subs.len() >= self.hub.options.topics_per_socket {
            let error = ApiError::conflict("too_many_topics", "This socket watches enough.");
            return self.refuse(&error, Some(name)).await;
        }
        let opening = Box::pin(subscribe::open(&self.hub, caller, &wish, &line));
        match unless_ended(&line, opening).await? {
            Ok((sub, first, afresh)) => {
                self.subs.push(sub);
                self.begin_with(wish.topic, &first, afresh).await
            }
            Err(error) => self.refuse_wish(&error, Some(name)).await,
        }
    }

    /// Says that something can't be watched. Of what may be watched a little later nothing is said: who
    /// hears that it is refused doesn't ask again. They come back instead.
    async fn refuse_wish(&mut self, error: &ApiError, topic: Option<String>) -> Result<(), End> {
        match self.later(error) {
            Some(end) => Err(end),
            None => self.refuse(error, topic).await,
        }
    }

    /// The end that goes with a refusal which may be none a little later.
    fn later(&self, error: &ApiError) -> Option<End> {
        if error.status == StatusCode::TOO_MANY_REQUESTS {
            let rest = error.retry_after.and_then(|rest| u32::try_from(rest.as_millis()).ok());
            let retry_ms = self.hub.spread(rest.unwrap_or(REST).max(REST));
            return Some(End::Flood { retry_ms });
        }
        error.status.is_server_error().then_some(End::Failed)
    }

    pub(super) async fn refuse(
        &mut self,
        error: &ApiError,
        topic: Option<String>,
    ) -> Result<(), End> {
        self.say(&LiveMessage::refusal(error, topic)).await
    }

    pub(super) async fn say(&mut self, message: &LiveMessage) -> Result<(), End> {
        self.wire.write(&message.encode()).await
    }
}
