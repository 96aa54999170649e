//! The API's manners in one place: every middleware, in the one order that works.

#[cfg(test)]
mod tests;
#[cfg(test)]
mod wire_tests;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use openchair_domain::tallies::Tallies;
use poem::endpoint::BoxEndpoint;
use poem::{EndpointExt, Request, Route};
use tokio_util::task::TaskTracker;

use crate::limits::{Budget, LimitByIp, Limiter, RateLimitHeaders};
use crate::middleware::body_limit::BodyLimit;
use crate::middleware::client_ip::ClientIps;
use crate::middleware::compress::Compress;
use crate::middleware::detach::Detach;
use crate::middleware::head::HeadByGet;
use crate::middleware::plain_uri::PlainUri;
use crate::middleware::request_id::RequestIds;
use crate::middleware::security_headers::SecurityHeaders;
use crate::middleware::single_headers::SingleHeaders;
use crate::middleware::trace::Trace;
use crate::problem::{AllowTable, Normalise};

/// What the manners need to know.
#[derive(Clone)]
pub struct Manners {
    /// Makes the ids of requests that bring none.
    pub new_request_id: Arc<dyn Fn() -> String + Send + Sync>,
    /// Whether the public address is https.
    pub https: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// The largest body, in bytes.
    pub body_limit: usize,
    /// How long a caller waits at most.
    pub request_timeout: Duration,
    /// Knows all requests that run, for a stop that lets them finish.
    pub tracker: TaskTracker,
    /// Checks budgets.
    pub limiter: Arc<Limiter>,
    /// How often one address may call the API.
    pub per_ip: Budget,
    /// Which methods each path knows.
    pub allow: AllowTable,
    /// Counts what goes well and what doesn't.
    pub tallies: Arc<Tallies>,
}

impl fmt::Debug for Manners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manners")
            .field("https", &self.https)
            .field("body_limit", &self.body_limit)
            .field("request_timeout", &self.request_timeout)
            .finish_non_exhaustive()
    }
}

/// Puts the manners around the routes. Read from below: a request passes the last line first.
pub fn with_manners(routes: Route, manners: Manners) -> BoxEndpoint<'static> {
    let Manners { tracker, request_timeout, limiter, per_ip, .. } = manners;
    let request_ids = RequestIds::new(move || (manners.new_request_id)());
    routes
        // From here on nobody who hangs up can stop the work.
        .with(Detach::new(tracker, request_timeout))
        .with(BodyLimit::new(manners.body_limit).except(&WIDER_BODIES))
        .with(LimitByIp::new(limiter, per_ip, counts))
        .with(ClientIps::new(manners.trusted_proxies))
        .with(PlainUri)
        .with(SingleHeaders)
        // Whatever failed below leaves as a problem.
        .with(Normalise::new(manners.allow))
        .with(RateLimitHeaders)
        .with(Compress)
        .with(HeadByGet)
        .with(Trace::new(manners.tallies))
        .with(SecurityHeaders::new(manners.https))
        // Outermost, so that every line of the log and every problem has the id.
        .with(request_ids)
        .boxed()
}

/// What takes whole files.
const WIDER_BODIES: [(&str, usize); 3] = {
    let [logo, photo] = crate::images::WIDER_BODIES;
    [crate::customers::WIDER_BODY, logo, photo]
};

/// Probes and files cost nothing; the API does, and so do pages that a shop is written into, and its pictures. What the
/// provider of texts tells comes as fast as texts
/// leave, from few addresses, and costs next to nothing where its signature is wrong.
fn counts(request: &Request) -> bool {
    let path = request.uri().path();
    let is_api = path.starts_with("/v1/") && !crate::messaging::hooks::PATHS.contains(&path);
    is_api || crate::pages::asks(path) || crate::images::asks(path)
}
