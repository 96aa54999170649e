//! What changes while somebody looks on, over WebSockets (`docs/live.md`).
//!
//! Who watches the same topic with the same rights is one *audience*. What happens is read once per
//! tenant (`relay`), shown once to each audience, written once, and shared by all its sockets
//! (`channel`). A socket takes its seat first and looks then (`subscribe`), so that nothing is
//! missed in between; who looks at the same moment looks together (`first`, `flights`).

mod answer;
mod channel;
mod delivery;
mod desk;
mod dirty;
mod first;
mod flights;
mod frame;
mod handshake;
mod hub;
mod line;
mod lines;
mod outlet;
mod protocol;
mod redis;
mod relay;
mod rounds;
mod schedule;
mod socket;
mod subscribe;
mod topic;
mod wire;

use std::time::Duration;

use openchair_domain::ids::Tenant;
use poem::Request;
use poem::http::StatusCode;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;

use crate::app::App;
use crate::auth;
use crate::ids::Ref;
use crate::limits::ip_key;
use crate::middleware::client_ip::ClientIp;
use crate::openapi::Tags;
use crate::problem::ApiError;

pub use handshake::Upgrade;
pub use hub::Hub;
pub(crate) use redis::OverRedis;
pub(crate) use rounds::{Neighbours, describe};

use handshake::Handshake;
use hub::Refused;
use socket::Who;

/// Sockets that are open.
const SOCKETS: &str = "live_sockets";
/// Messages of topics that were handed to sockets.
const DELIVERIES: &str = "live_deliveries_total";
/// How often a socket read too slowly and got everything afresh.
const LAGGED: &str = "live_lagged_total";
/// From hearing of something to having told all watchers of this server.
const RELAY: &str = "live_relay_seconds";

/// The way to the socket.
#[derive(Debug)]
pub struct LiveApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Live")]
impl LiveApi {
    /// Opens a WebSocket over which one watches what changes. With a session's cookie, an access token
    /// or an API key it is known who one is; else the first message must say so within ten seconds.
    #[oai(path = "/live", method = "get", operation_id = "watch_live")]
    async fn live(
        &self,
        request: &Request,
        /// In which business, for who can send no header
        tenant: Query<Option<Ref<Tenant>>>,
        /// From a page for anybody, such as the screen in a shop: it doesn't matter whose session the
        /// browser holds, and the first message says who looks on
        #[oai(default)]
        anybody: Query<bool>,
    ) -> Result<Upgrade, ApiError> {
        let hub = &self.0.live;
        let handshake = Handshake::of(request)?;
        if hub.stopping.is_cancelled() {
            return Err(refused(Refused::Stopping));
        }
        let wanted = tenant.0.map(|id| id.0);
        let known = auth::at_the_door(&self.0, request, wanted).await?;
        let who = known
            .filter(|_| !anybody.0)
            .map(|(caller, watch)| Box::new(Who { caller, watch: Some(watch), ticket: None }));
        let ip = ip_key(ClientIp::of(request));
        let admission = hub.admit(ip).map_err(refused)?;
        let around = (self.0.clone(), hub.clone());
        Ok(handshake.accept(around, admission, auth::facts(request), who))
    }
}

fn refused(why: Refused) -> ApiError {
    match why {
        Refused::Stopping => ApiError::unavailable("stopping", Duration::from_secs(2)),
        Refused::Full => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            ApiError::new(status, "too_many_sockets", "From here, enough sockets are open.")
        }
    }
}
