//! How the provider proves that a webhook comes from it: HMAC-SHA256 over the second in which it was sent
//! and the body, under a secret of the endpoint. In the header, `t=1492774577,v1=5257a8…`, several
//! signatures may stand while the secret is changed; those of other kinds prove nothing.

use chrono::Duration;
use data_encoding::HEXLOWER_PERMISSIVE;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::time::Instant;

/// How far the provider's clock and ours may be apart, the way of a request included. What is older may be
/// somebody who has heard it and says it again.
pub const SIGNATURE_TOLERANCE: Duration = Duration::minutes(5);
/// No more than this is read of a header.
const LONGEST_HEADER: usize = 4_096;

/// Why a webhook isn't believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotSigned {
    /// There is no header, or it isn't one.
    #[error("the signature can't be read")]
    Garbled,
    /// By somebody who doesn't know the secret, or it was changed on its way.
    #[error("the signature is somebody else's")]
    Wrong,
    /// It was signed too long ago, or will be.
    #[error("the signature is not of this time")]
    Untimely,
}

/// Whether `header` (`Stripe-Signature`) was made of this body by somebody who knows the secret, at a time
/// that is no further from `now` than `tolerance`.
pub fn is_signed(
    secret: &str,
    header: &str,
    body: &[u8],
    now: Instant,
    tolerance: Duration,
) -> Result<(), NotSigned> {
    let Header { at, signatures } = Header::read(header).ok_or(NotSigned::Garbled)?;
    let mac = mac(secret, at, body).ok_or(NotSigned::Wrong)?;
    // Compared in the same time, however much of it is right.
    if !signatures.iter().any(|one| mac.clone().verify_slice(one).is_ok()) {
        return Err(NotSigned::Wrong);
    }
    let at: i64 = at.parse().map_err(|_| NotSigned::Garbled)?;
    let apart = now.timestamp().checked_sub(at).map(i64::unsigned_abs);
    match (apart, tolerance.num_seconds().try_into()) {
        (Some(apart), Ok::<u64, _>(tolerance)) if apart <= tolerance => Ok(()),
        _ => Err(NotSigned::Untimely),
    }
}

struct Header<'a> {
    at: &'a str,
    signatures: Vec<Vec<u8>>,
}

impl<'a> Header<'a> {
    fn read(header: &'a str) -> Option<Self> {
        if header.len() > LONGEST_HEADER {
            return None;
        }
        let (mut at, mut signatures) = (None, Vec::new());
        for part in header.split(',') {
            match part.trim().split_once('=')? {
                ("t", seconds) => {
                    let plain =
                        !seconds.is_empty() && seconds.bytes().all(|one| one.is_ascii_digit());
                    if !plain || at.replace(seconds).is_some() {
                        return None;
                    }
                }
                ("v1", signature) => {
                    signatures.push(HEXLOWER_PERMISSIVE.decode(signature.as_bytes()).ok()?);
                }
                _ => {}
            }
        }
        (!signatures.is_empty()).then_some(Self { at: at?, signatures })
    }
}

fn mac(secret: &str, at: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    // Nobody knows an empty secret.
    if secret.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(at.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use proptest::prelude::*;

    use super::*;

    const SECRET: &str = "whsec_a1b2c3";
    const AT: i64 = 1_492_774_577;
    const BODY: &[u8] = br#"{"id":"evt_1","object":"event","type":"checkout.session.completed"}"#;
    /// Reckoned by another program.
    const KNOWN: &str = "af3966da09ccc3d483463c6b7d473e874df626efd3728bce8cd9923ad51b94be";

    fn at(seconds: i64) -> Instant {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn said(header: &str) -> Result<(), NotSigned> {
        is_signed(SECRET, header, BODY, at(AT), SIGNATURE_TOLERANCE)
    }

    #[test]
    fn a_known_example() {
        let header = format!("t={AT},v1={KNOWN}");
        assert_eq!(said(&header), Ok(()));
        for (secret, body) in [("whsec_a1b2c4", BODY), ("", BODY), (SECRET, &BODY[1..])] {
            let refused = is_signed(secret, &header, body, at(AT), SIGNATURE_TOLERANCE);
            assert_eq!(refused, Err(NotSigned::Wrong));
        }
        // The time is signed, too.
        assert_eq!(said(&format!("t={},v1={KNOWN}", AT + 1)), Err(NotSigned::Wrong));
    }

    #[test]
    fn several_signatures() {
        let (zeros, short) = ("0".repeat(64), &KNOWN[..62]);
        for good in [
            format!("t={AT},v1={zeros},v1={KNOWN},v0={zeros}"),
            format!("v0=nonsense,v1={KNOWN},t={AT}"),
            format!("t={AT}, v1={}", KNOWN.to_uppercase()),
        ] {
            assert_eq!(said(&good), Ok(()), "{good}");
        }
        for wrong in [
            format!("t={AT},v1={zeros}"),
            format!("t={AT},v1={short}"),
            format!("t={AT},v1="),
            format!("t={AT},v1={zeros},v0={KNOWN}"),
        ] {
            assert_eq!(said(&wrong), Err(NotSigned::Wrong), "{wrong}");
        }
    }

    #[test]
    fn headers_that_are_none() {
        let many = format!("t={AT},v1={KNOWN}{}", format!(",v1={KNOWN}").repeat(100));
        for garbled in [
            "",
            "t",
            "t=1492774577",
            KNOWN,
            &format!("v1={KNOWN}"),
            &format!("t=,v1={KNOWN}"),
            &format!("t=-1,v1={KNOWN}"),
            &format!("t=1492774577.0,v1={KNOWN}"),
            &format!("t={AT},t={AT},v1={KNOWN}"),
            &format!("t={AT},v1=xyz"),
            &format!("t={AT},v0={KNOWN}"),
            &format!("t={AT};v1={KNOWN}"),
            &many,
        ] {
            assert_eq!(said(garbled), Err(NotSigned::Garbled), "{garbled}");
        }
    }

    #[test]
    fn five_minutes_both_ways() {
        let header = format!("t={AT},v1={KNOWN}");
        for (apart, expected) in [
            (0, Ok(())),
            (300, Ok(())),
            (-300, Ok(())),
            (301, Err(NotSigned::Untimely)),
            (-301, Err(NotSigned::Untimely)),
        ] {
            let now = at(AT + apart);
            assert_eq!(
                is_signed(SECRET, &header, BODY, now, SIGNATURE_TOLERANCE),
                expected,
                "{apart}"
            );
        }
        let none = is_signed(SECRET, &header, BODY, at(AT), Duration::seconds(-1));
        assert_eq!(none, Err(NotSigned::Untimely));
    }

    proptest! {
        /// Whatever is sent, it is read without trouble, and who doesn't know the secret isn't believed.
        #[test]
        fn anything_at_all(header in "[tv01=,.a-f -]{0,80}|.{0,80}", body in any::<Vec<u8>>()) {
            prop_assert!(is_signed(SECRET, &header, &body, at(AT), SIGNATURE_TOLERANCE).is_err());
        }
    }
}
