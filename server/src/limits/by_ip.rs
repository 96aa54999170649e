//! A budget for each address that calls.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Arc;

use poem::{Endpoint, IntoResponse, Middleware, Request, Response, Result};

use super::{Budget, Limiter};
use crate::middleware::client_ip::ClientIp;

/// Middleware: 429 for addresses that call too often.
#[derive(Debug, Clone)]
pub struct LimitByIp {
    limiter: Arc<Limiter>,
    budget: Budget,
    applies: fn(&Request) -> bool,
}

impl LimitByIp {
    /// `applies` says which requests count: probes and files don't need to.
    pub fn new(limiter: Arc<Limiter>, budget: Budget, applies: fn(&Request) -> bool) -> Self {
        Self { limiter, budget, applies }
    }
}

/// A household gets a whole /64 of IPv6 and could use another address for each request.
pub(crate) fn ip_key(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

impl<E: Endpoint> Middleware<E> for LimitByIp {
    type Output = LimitByIpEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        LimitByIpEndpoint { inner, limit: self.clone() }
    }
}

/// The endpoint that [`LimitByIp`] makes.
pub struct LimitByIpEndpoint<E> {
    inner: E,
    limit: LimitByIp,
}

impl<E> fmt::Debug for LimitByIpEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LimitByIpEndpoint").field("limit", &self.limit).finish_non_exhaustive()
    }
}

impl<E: Endpoint> Endpoint for LimitByIpEndpoint<E> {
    type Output = Response;

    async fn call(&self, req: Request) -> Result<Response> {
        if (self.limit.applies)(&req) {
            let key = ip_key(ClientIp::of(&req));
            self.limit.limiter.require(&self.limit.budget, &key).await?;
        }
        self.inner.call(req).await.map(IntoResponse::into_response)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use poem::{EndpointExt, Route, handler};

    use super::*;
    use crate::limits::RateLimitHeaders;
    use crate::limits::local::tests::clock;
    use crate::problem::Normalise;
    use crate::testing::Client;

    #[handler]
    async fn do_costly(limiter: poem::web::Data<&Arc<Limiter>>) -> Result<&'static str> {
        let strict = Budget::new("costly", 2, Duration::from_mins(2));
        limiter.require(&strict, "ann").await?;
        Ok("done")
    }

    #[handler]
    fn do_cheap() -> &'static str {
        "done"
    }

    #[test]
    fn addresses_of_one_household_share() {
        let key = |ip: &str| ip_key(ip.parse().unwrap());
        assert_eq!(key("2001:db8:1:2:3:4:5:6"), key("2001:db8:1:2:ffff::1"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("192.0.2.1"), "192.0.2.1");
    }

    #[tokio::test]
    async fn the_tightest_budget_is_told() {
        let (time, ticks) = clock(0);
        let limiter = Arc::new(Limiter::local(ticks));
        let budget = Budget::new("ip", 4, Duration::from_secs(4));
        let routes = Route::new()
            .at("/v1/costly", do_costly)
            .at("/v1/cheap", do_cheap)
            .at("/free", do_cheap);
        let applies = |req: &Request| req.uri().path().starts_with("/v1/");
        let app = Client(
            routes
                .data(Arc::clone(&limiter))
                .with(LimitByIp::new(limiter, budget, applies))
                .with(Normalise::default())
                .with(RateLimitHeaders),
        );
        let from = |ip: &str, path: &str| app.get(path).data(ClientIp(ip.parse().unwrap())).send();

        let free = from("192.0.2.1", "/free").await;
        assert_eq!(free.header("ratelimit-limit"), "");
        let first = from("192.0.2.1", "/v1/cheap").await;
        let told: Vec<_> = ["limit", "remaining", "reset", "policy"]
            .map(|name| first.header(&format!("ratelimit-{name}")).to_owned())
            .into();
        assert_eq!(told, ["4", "3", "1", "4;w=4;burst=4;name=\"ip\""]);
        let costly = from("192.0.2.1", "/v1/costly").await;
        assert_eq!(costly.header("ratelimit-remaining"), "1");
        assert_eq!(costly.header("ratelimit-policy"), "2;w=120;burst=2;name=\"costly\"");
        from("192.0.2.1", "/v1/costly").await;
        let refused = from("192.0.2.1", "/v1/costly").await;
        assert_eq!(refused.refusal(), (429, "rate_limited".into()));
        assert_eq!(refused.header("retry-after"), "60");
        let by_ip = from("192.0.2.1", "/v1/cheap").await;
        assert_eq!(by_ip.refusal(), (429, "rate_limited".into()));
        assert_eq!(by_ip.header("retry-after"), "1");
        assert_eq!(by_ip.header("ratelimit-remaining"), "0");
        assert_eq!(from("192.0.2.2", "/v1/cheap").await.status.as_u16(), 200);
        time.store(1_000, Ordering::SeqCst);
        assert_eq!(from("192.0.2.1", "/v1/cheap").await.status.as_u16(), 200);
    }
}
