//! Browsers of whoever holds a visit's link, which want to be told of it.

use chrono::{DateTime, Utc};
use openchair_domain::bookings;
use openchair_domain::ids::PushSubscription;
use openchair_domain::messaging::{self, NewSubscription};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::app::App;
use crate::auth::Visitor;
use crate::ids::Ref;
use crate::input::Input;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::problem::ApiError;

/// What it takes to subscribe.
#[derive(Debug, Clone, Object)]
struct PushKeyView {
    /// For `applicationServerKey`; missing: this business sends no notes
    public_key: Option<String>,
}

/// The keys of a browser, as its `PushSubscription` has them.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct PushKeys {
    #[oai(validator(max_length = 100))]
    p256dh: String,
    #[oai(validator(max_length = 30))]
    auth: String,
}

/// A browser's `PushSubscription`, as `toJSON` gives it.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct PushSubscriptionInput {
    #[oai(validator(min_length = 1, max_length = 2000))]
    endpoint: String,
    keys: PushKeys,
    /// Browsers say it; it isn't used
    #[oai(rename = "expirationTime")]
    expiration_time: Option<f64>,
}

/// A browser that is told of one's visits.
#[derive(Debug, Clone, Object)]
struct PushSubscriptionView {
    id: Ref<PushSubscription>,
    created_at: DateTime<Utc>,
}

/// The operations on browsers that want notes.
#[derive(Debug)]
pub struct OwnBrowsersApi(pub App);

#[OpenApi(prefix_path = "/v1/b", tag = "Tags::Public")]
impl OwnBrowsersApi {
    /// What a page needs to ask its browser for a subscription.
    #[oai(path = "/:token/push", method = "get", operation_id = "read_own_push")]
    async fn key(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
    ) -> Result<Json<PushKeyView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let tx = self.0.db.tenant(&holder.caller).await?;
        let own = bookings::look(&tx, &holder).await?;
        tx.commit().await?;
        let key = self.0.push_key.clone().filter(|_| messaging::sends_notes(&own));
        Ok(Json(PushKeyView { public_key: key }))
    }

    /// This browser may be told of one's visits. Whether it is, is chosen like any other way
    /// (`put_own_messages`). A browser that subscribes again is the same.
    #[oai(
        path = "/:token/push-subscriptions",
        method = "post",
        operation_id = "add_own_push_subscription"
    )]
    async fn add(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<PushSubscriptionInput>,
    ) -> Result<Created<PushSubscriptionView>, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        // We will send there from inside our own network.
        let endpoint = self
            .0
            .guard
            .look_at(&body.endpoint)
            .await
            .map_err(|fault| ApiError::invalid_field("/endpoint", fault.code, fault.detail))?;
        // Browsers' services speak nothing else; where private addresses are allowed, stand-ins may.
        if !body.endpoint.starts_with("https://") && !self.0.guard.allows_private() {
            let detail = "This should be an address that begins with https://.";
            return Err(ApiError::invalid_field("/endpoint", "invalid", detail));
        }
        let (key, auth) = (body.keys.p256dh.clone(), body.keys.auth.clone());
        let new = NewSubscription { endpoint, key, auth };
        let caller = holder.caller.clone();
        let add = async |tx: &mut TenantTx| {
            let own = bookings::look(tx, &holder).await?;
            let id = messaging::subscribe(tx, &own, &new).await?;
            Ok(PushSubscriptionView { id: id.into(), created_at: tx.now() })
        };
        self.0.once(&caller, once.held_by(&token.0), &body.0, add).await
    }

    /// This browser isn't told any more. Without any, whoever chose this way hears as others do.
    #[oai(
        path = "/:token/push-subscriptions/:id",
        method = "delete",
        operation_id = "remove_own_push_subscription"
    )]
    async fn remove(
        &self,
        who: Visitor,
        /// The last part of the link
        token: Path<String>,
        id: Path<Ref<PushSubscription>>,
    ) -> Result<NoContent, ApiError> {
        self.0.limits.public(&who.request).await?;
        let holder = bookings::open(&self.0.db, &token.0, who.request).await?;
        let mut tx = self.0.db.tenant(&holder.caller).await?;
        let own = bookings::look(&tx, &holder).await?;
        messaging::unsubscribe(&mut tx, &own, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
