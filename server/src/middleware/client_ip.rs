//! Who is calling: the peer's address, or what a trusted proxy says of it.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use ipnet::IpNet;
use poem::http::HeaderMap;
use poem::{Addr, Endpoint, IntoResponse, Middleware, Request, Response, Result};

/// The caller's address, as request data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

impl ClientIp {
    /// The address that the middleware found; unknown callers share one.
    pub fn of(request: &Request) -> IpAddr {
        request.data::<Self>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ip| ip.0)
    }
}

/// Middleware: puts a [`ClientIp`] on the request.
#[derive(Debug, Clone)]
pub struct ClientIps {
    trusted: Arc<[IpNet]>,
}

impl ClientIps {
    /// `trusted`: the proxies whose `X-Forwarded-For` is believed; none by default.
    pub fn new(trusted: impl Into<Arc<[IpNet]>>) -> Self {
        Self { trusted: trusted.into() }
    }

    fn is_trusted(&self, ip: IpAddr) -> bool {
        self.trusted.iter().any(|net| net.contains(&ip))
    }

    /// Every proxy appends who spoke to it, so the list is true from the right up to the first
    /// address that is not one of ours. Anything left of that is what the caller claims.
    fn find(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut ip = peer.to_canonical();
        let values = headers.get_all("x-forwarded-for").iter().rev();
        let hops = values.filter_map(|v| v.to_str().ok()).flat_map(|v| v.rsplit(','));
        for hop in hops {
            if !self.is_trusted(ip) {
                break;
            }
            match parse(hop.trim()) {
                Some(next) => ip = next,
                None => break,
            }
        }
        ip
    }
}

fn parse(hop: &str) -> Option<IpAddr> {
    let bare = hop.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(hop);
    let ip = bare.parse().ok().or_else(|| hop.parse::<SocketAddr>().ok().map(|addr| addr.ip()));
    ip.map(|ip: IpAddr| ip.to_canonical())
}

fn peer(request: &Request) -> IpAddr {
    match &request.remote_addr().0 {
        Addr::SocketAddr(addr) => addr.ip(),
        _ => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
    }
}

impl<E: Endpoint> Middleware<E> for ClientIps {
    type Output = ClientIpEndpoint<E>;

    fn transform(&self, inner: E) -> Self::Output {
        ClientIpEndpoint { inner, ips: self.clone() }
    }
}

/// The endpoint that [`ClientIps`] makes.
pub struct ClientIpEndpoint<E> {
    inner: E,
    ips: ClientIps,
}

impl<E> fmt::Debug for ClientIpEndpoint<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientIpEndpoint").field("ips", &self.ips).finish_non_exhaustive()
    }
}

impl<E: Endpoint> Endpoint for ClientIpEndpoint<E> {
    type Output = Response;

    async fn call(&self, mut req: Request) -> Result<Response> {
        let ip = self.ips.find(peer(&req), req.headers());
        req.set_data(ClientIp(ip));
        self.inner.call(req).await.map(IntoResponse::into_response)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_proxies_are_believed() {
        let ips = ClientIps::new([
            "10.0.0.0/8".parse().unwrap(),
            "192.0.2.7/32".parse().unwrap(),
            "fd00::/8".parse().unwrap(),
        ]);
        for (peer, forwarded, found) in [
            ("203.0.113.9", &[][..], "203.0.113.9"),
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.1.2.3", &["198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", &["6.6.6.6, 198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", &["6.6.6.6, 198.51.100.1, 192.0.2.7"], "198.51.100.1"),
            ("10.1.2.3", &["6.6.6.6", "198.51.100.1", "10.9.9.9"], "198.51.100.1"),
            ("10.1.2.3", &["198.51.100.1:4711"], "198.51.100.1"),
            ("fd00::1", &["[2001:db8::1]:443"], "2001:db8::1"),
            ("fd00::1", &["[2001:db8::1]"], "2001:db8::1"),
            ("::ffff:10.1.2.3", &["::ffff:198.51.100.1"], "198.51.100.1"),
            ("10.1.2.3", &["garbage"], "10.1.2.3"),
            ("10.1.2.3", &["6.6.6.6, garbage, 10.0.0.1"], "10.0.0.1"),
            ("10.1.2.3", &["10.0.0.2, 10.0.0.1"], "10.0.0.2"),
            ("10.1.2.3", &[], "10.1.2.3"),
        ] {
            let mut headers = HeaderMap::new();
            for value in forwarded {
                headers.append("x-forwarded-for", value.parse().unwrap());
            }
            let ip = ips.find(peer.parse().unwrap(), &headers);
            assert_eq!(ip.to_string(), found, "{peer} {forwarded:?}");
        }
    }
}
