//! Where webhooks may go. A business names any address it likes, and we would connect to it from
//! inside our own network: so only what everybody on the internet can reach is allowed. It is looked
//! at when an endpoint is saved, and once more at each connection, when its name has been resolved.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use url::{Host, Url};

use crate::fault::ValueFault;

/// Longest address of an endpoint.
const LONGEST: usize = 2_000;

/// Names that lead inside, wherever they are asked for.
const INSIDE: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "lan"];

/// Whether everybody on the internet means the same machine by this address.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        // This network, private, this machine, multicast, reserved.
        [0 | 10 | 127 | 224.., ..]
            // Private.
            | [172, 16..=31, ..]
            | [192, 168, ..]
            // Shared by the customers of a provider.
            | [100, 64..=127, ..]
            // Of this link: where clouds keep their secrets.
            | [169, 254, ..]
            // Protocols, examples, relays, measurements.
            | [192, 0, 0 | 2, _]
            | [192, 88, 99, _]
            | [198, 18 | 19, ..]
            | [198, 51, 100, _]
            | [203, 0, 113, _]
    )
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    match address.segments() {
        // Protocols (tunnels among them), examples, and what has another address inside it.
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

/// The address of an endpoint, if it may be one. `private`: addresses of one's own network are
/// allowed, in development and tests.
pub fn check(text: &str, private: bool) -> Result<Url, ValueFault> {
    let text = text.trim();
    if text.len() > LONGEST {
        return Err(ValueFault::new("too_long", "This address is too long."));
    }
    let bad =
        || ValueFault::new("invalid", "This should be an address like https://example.com/hook.");
    let url = Url::parse(text).map_err(|_| bad())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(bad());
    }
    if !url.username().is_empty() || url.password().is_some() {
        let detail = "Leave the name and password out: requests are signed instead.";
        return Err(ValueFault::new("has_password", detail));
    }
    if url.fragment().is_some() || url.port() == Some(0) {
        return Err(bad());
    }
    let inside = match url.host().ok_or_else(bad)? {
        Host::Ipv4(address) => !is_public_v4(address),
        Host::Ipv6(address) => !is_public_v6(address),
        Host::Domain(name) => leads_inside(name),
    };
    if inside && !private { Err(not_public()) } else { Ok(url) }
}

/// What is said of an address that only we can reach.
pub fn not_public() -> ValueFault {
    ValueFault::new("not_public", "This address can't be reached from the internet.")
}

/// Names of one word are somebody's own, and so are those that are kept for it.
fn leads_inside(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    !name.contains('.')
        || INSIDE.iter().any(|inside| {
            name.strip_suffix(inside).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_addresses_are_public() {
        let public = [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "198.17.0.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:200::1",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
        ];
        for address in public {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
        let inside = [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::127.0.0.1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ];
        for address in inside {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
    }

    #[test]
    fn which_endpoints_can_be_meant() {
        let cases = [
            ("https://hooks.example.com/a?b=c", None),
            ("http://hooks.example.com:8080", None),
            (" https://1.1.1.1/hook ", None),
            ("https://[2606:4700::1111]/", None),
            ("https://münchen.example/", None),
            ("", Some("invalid")),
            ("hooks.example.com", Some("invalid")),
            ("ftp://hooks.example.com", Some("invalid")),
            ("file:///etc/passwd", Some("invalid")),
            ("https://hooks.example.com:0/", Some("invalid")),
            ("https://hooks.example.com/#part", Some("invalid")),
            ("https://me:pw@hooks.example.com/", Some("has_password")),
            ("https://me@hooks.example.com/", Some("has_password")),
            ("http://localhost/", Some("not_public")),
            ("http://LOCALHOST./", Some("not_public")),
            ("http://shop.localhost:8080/", Some("not_public")),
            ("http://printer.local/", Some("not_public")),
            ("http://metadata.google.internal/", Some("not_public")),
            ("http://intranet/", Some("not_public")),
            ("http://127.0.0.1/", Some("not_public")),
            ("http://127.1/", Some("not_public")),
            ("http://2130706433/", Some("not_public")),
            ("http://0x7f000001/", Some("not_public")),
            ("http://0x7f.0.0.1/", Some("not_public")),
            ("http://0177.0.0.1/", Some("not_public")),
            ("http://017700000001/", Some("not_public")),
            ("http://127.0.0.1./", Some("not_public")),
            ("http://%31%32%37.0.0.1/", Some("not_public")),
            ("http://①②⑦.0.0.1/", Some("not_public")),
            ("http://0/", Some("not_public")),
            ("http://169.254.169.254/latest/meta-data", Some("not_public")),
            ("http://[::1]/", Some("not_public")),
            ("http://[::]/", Some("not_public")),
            ("http://[::ffff:169.254.169.254]/", Some("not_public")),
            ("http://[::ffff:7f00:1]/", Some("not_public")),
            ("http://[fd00:ec2::254]/", Some("not_public")),
        ];
        for (text, expected) in cases {
            let code = check(text, false).err().map(|fault| fault.code);
            assert_eq!(code, expected, "{text}");
            // Whoever may send to their own network may say anything that is an address at all.
            let own = check(text, true).err().map(|fault| fault.code);
            assert_eq!(own, expected.filter(|code| *code != "not_public"), "{text}");
        }
        let long = format!("https://example.com/{}", "a".repeat(LONGEST));
        assert_eq!(check(&long, true).unwrap_err().code, "too_long");
    }

    #[test]
    fn names_that_only_look_like_ones_inside_are_outside() {
        for name in ["notlocalhost.example", "local.example", "lan.example.com", "mylocal.com"] {
            assert!(!leads_inside(name), "{name}");
        }
    }
}
