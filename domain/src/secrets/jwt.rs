//! Access tokens of API clients: short-lived JWTs, signed with HMAC-SHA-256 (RFC 7515, 7519).
//!
//! Written here rather than taken from `jsonwebtoken`: its provider of cryptography is one for the
//! whole process, its ready-made providers bring RSA and curves that nothing here uses, and it
//! compares times with the wall clock. We issue and read only our own tokens, so the header is one
//! constant, compared byte by byte: there is no algorithm to choose, hence none to confuse.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;
use uuid::Uuid;

use crate::config::KeyBytes;

/// `{"alg":"HS256","typ":"JWT"}`
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";
const AUDIENCE: &str = "openchair-api";
/// Ours have some 400 letters.
const LONGEST: usize = 2048;
/// How far the clocks of two servers may be apart.
const CLOCK_SKEW_SECONDS: i64 = 30;

/// Who an access token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The login.
    pub user: Uuid,
    /// The session or token family that it was issued in; it may have been revoked since.
    pub session: Uuid,
    /// The tenant that it is for, if for one.
    pub tenant: Option<Uuid>,
}

/// Why an access token isn't accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessTokenFault {
    /// Not a token of ours.
    #[error("the access token is not one of ours")]
    Malformed,
    /// The signature is wrong.
    #[error("the access token's signature is wrong")]
    Forged,
    /// It was for somebody else, or from somebody else.
    #[error("the access token is for another service")]
    WrongAudience,
    /// Its time hasn't come.
    #[error("the access token is not valid yet")]
    NotYet,
    /// Its time is over.
    #[error("the access token has expired")]
    Expired,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    sid: Uuid,
    tid: Option<Uuid>,
    #[serde(rename = "iat")]
    _iat: i64,
    nbf: i64,
    exp: i64,
}

/// Issues and reads access tokens.
#[derive(Clone)]
pub struct AccessTokens {
    keyed: Hmac<Sha256>,
    issuer: String,
    life: Duration,
}

impl AccessTokens {
    /// With `tokens.key`, `server.public_url` as issuer, and `tokens.access`. `None` for a key of less
    /// than 32 bytes, which RFC 7518 forbids.
    pub fn new(key: &KeyBytes, issuer: impl Into<String>, life: Duration) -> Option<Self> {
        let key = Some(key.expose()).filter(|key| key.len() >= 32)?;
        Some(Self { keyed: Hmac::new_from_slice(key).ok()?, issuer: issuer.into(), life })
    }

    /// How long a token is good.
    pub fn life(&self) -> Duration {
        self.life
    }

    /// A token that is good from now on.
    pub fn issue(&self, access: Access, now: DateTime<Utc>) -> String {
        let iat = now.timestamp();
        let life = i64::try_from(self.life.as_secs()).unwrap_or(i64::MAX);
        let claims = serde_json::json!({
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": access.user,
            "sid": access.session,
            "tid": access.tenant,
            "iat": iat,
            "nbf": iat,
            "exp": iat.saturating_add(life),
        });
        let signed = format!("{HEADER}.{}", BASE64URL_NOPAD.encode(claims.to_string().as_bytes()));
        let signature = BASE64URL_NOPAD.encode(&self.mac(&signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    /// Who a token speaks for, if it is ours and its time is now.
    pub fn verify(&self, token: &str, now: DateTime<Utc>) -> Result<Access, AccessTokenFault> {
        if token.len() > LONGEST {
            return Err(AccessTokenFault::Malformed);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(AccessTokenFault::Malformed)?;
        let (header, claims) = signed.split_once('.').ok_or(AccessTokenFault::Malformed)?;
        if header != HEADER {
            return Err(AccessTokenFault::Malformed);
        }
        let decode = |text: &str| BASE64URL_NOPAD.decode(text.as_bytes());
        let signature = decode(signature).map_err(|_| AccessTokenFault::Malformed)?;
        // In constant time, and before anything that the token says is read.
        self.mac(signed).verify_slice(&signature).map_err(|_| AccessTokenFault::Forged)?;
        let claims = decode(claims).map_err(|_| AccessTokenFault::Malformed)?;
        let claims: Claims =
            serde_json::from_slice(&claims).map_err(|_| AccessTokenFault::Malformed)?;
        let now = now.timestamp();
        if claims.iss != self.issuer || claims.aud != AUDIENCE {
            Err(AccessTokenFault::WrongAudience)
        } else if claims.nbf > now.saturating_add(CLOCK_SKEW_SECONDS) {
            Err(AccessTokenFault::NotYet)
        } else if claims.exp <= now {
            Err(AccessTokenFault::Expired)
        } else {
            Ok(Access { user: claims.sub, session: claims.sid, tenant: claims.tid })
        }
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        self.keyed.clone().chain_update(signed)
    }
}

impl fmt::Debug for AccessTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AccessTokens({}, {:?})", self.issuer, self.life)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIFE: i64 = 600;
    const NOW: i64 = 1_700_000_000;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn tokens(fill: u8, issuer: &str) -> AccessTokens {
        AccessTokens::new(&KeyBytes::new([fill; 32]), issuer, Duration::from_mins(10)).unwrap()
    }

    fn access() -> Access {
        Access {
            user: Uuid::from_u128(1),
            session: Uuid::from_u128(2),
            tenant: Some(Uuid::from_u128(3)),
        }
    }

    /// A token with any header and claims, rightly signed.
    fn signed(header: &str, claims: &str) -> String {
        let encode = |text: &str| BASE64URL_NOPAD.encode(text.as_bytes());
        let signed = format!("{}.{}", encode(header), encode(claims));
        let mac = tokens(1, "https://a").mac(&signed).finalize().into_bytes();
        format!("{signed}.{}", BASE64URL_NOPAD.encode(&mac))
    }

    /// Appendix A.1 of RFC 7515.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let key = KeyBytes::new(BASE64URL_NOPAD.decode(key.as_bytes()).unwrap());
        let input = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAs\
                     DQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let tokens = AccessTokens::new(&key, "joe", Duration::ZERO).unwrap();
        let signature = BASE64URL_NOPAD.encode(&tokens.mac(input).finalize().into_bytes());
        assert_eq!(signature, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn a_token_speaks_for_who_it_was_issued_to() {
        let tokens = tokens(1, "https://a");
        for access in [access(), Access { tenant: None, ..access() }] {
            let token = tokens.issue(access, at(NOW));
            assert!(token.len() < LONGEST / 2, "{}", token.len());
            assert_eq!(tokens.verify(&token, at(NOW)), Ok(access));
        }
        let header = BASE64URL_NOPAD.decode(HEADER.as_bytes()).unwrap();
        assert_eq!(header, br#"{"alg":"HS256","typ":"JWT"}"#);
    }

    #[test]
    fn a_token_has_its_time() {
        use AccessTokenFault::{Expired, NotYet};
        let tokens = tokens(1, "https://a");
        let token = tokens.issue(access(), at(NOW));
        let cases = [
            (-31, Err(NotYet)),
            (-30, Ok(access())),
            (LIFE - 1, Ok(access())),
            (LIFE, Err(Expired)),
            (i64::from(i32::MAX), Err(Expired)),
        ];
        for (later, expected) in cases {
            assert_eq!(tokens.verify(&token, at(NOW + later)), expected, "{later}");
        }
    }

    #[test]
    fn other_keys_and_other_services_are_told_apart() {
        let token = tokens(1, "https://a").issue(access(), at(NOW));
        let verify = |tokens: AccessTokens| tokens.verify(&token, at(NOW));
        assert_eq!(verify(tokens(2, "https://a")), Err(AccessTokenFault::Forged));
        assert_eq!(verify(tokens(1, "https://b")), Err(AccessTokenFault::WrongAudience));
    }

    #[test]
    fn every_changed_letter_is_noticed() {
        let tokens = tokens(1, "https://a");
        let token = tokens.issue(access(), at(NOW));
        for at_letter in 0..token.len() {
            let mut changed = token.clone().into_bytes();
            changed[at_letter] = if changed[at_letter] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(tokens.verify(&changed, at(NOW)).is_err(), "{at_letter}");
        }
    }

    #[test]
    fn tricks_with_the_header_fail_even_with_the_right_key() {
        let ids = format!("\"sub\":\"{0}\",\"sid\":\"{0}\",\"tid\":null", Uuid::nil());
        let times = format!("\"iat\":{NOW},\"nbf\":{NOW},\"exp\":{}", NOW + LIFE);
        let whole = format!("{{\"iss\":\"https://a\",\"aud\":\"{AUDIENCE}\",{ids},{times}}}");
        let tokens = tokens(1, "https://a");
        let good = r#"{"alg":"HS256","typ":"JWT"}"#;
        assert!(tokens.verify(&signed(good, &whole), at(NOW)).is_ok());
        let headers = [
            r#"{"alg":"none"}"#,
            r#"{"alg":"HS512","typ":"JWT"}"#,
            r#"{"alg":"RS256","typ":"JWT"}"#,
            r#"{"alg":"HS256","typ":"JWT","crit":["x"]}"#,
            r#"{"typ":"JWT","alg":"HS256"}"#,
            "",
        ];
        for header in headers {
            let token = signed(header, &whole);
            assert_eq!(
                tokens.verify(&token, at(NOW)),
                Err(AccessTokenFault::Malformed),
                "{header}"
            );
            let unsigned = format!("{}.", &token[..token.rfind('.').unwrap()]);
            assert!(tokens.verify(&unsigned, at(NOW)).is_err(), "{header}");
        }
        let claims = [
            "{}".to_owned(),
            "null".to_owned(),
            whole.replace("\"exp\"", "\"never\""),
            whole.replace(&times, &format!("{times},\"admin\":true")),
            whole.replace(&(NOW + LIFE).to_string(), "\"soon\""),
            whole.replace(&Uuid::nil().to_string(), "me"),
        ];
        for claims in claims {
            let token = signed(good, &claims);
            assert_eq!(
                tokens.verify(&token, at(NOW)),
                Err(AccessTokenFault::Malformed),
                "{claims}"
            );
        }
    }

    #[test]
    fn garbage_is_refused() {
        let tokens = tokens(1, "https://a");
        let long = format!("{HEADER}.{}.x", "a".repeat(LONGEST));
        for garbage in ["", ".", "..", "...", HEADER, "a.b.c", "é.é.é", &long] {
            assert!(tokens.verify(garbage, at(NOW)).is_err(), "{garbage}");
        }
    }

    #[test]
    fn short_keys_are_refused_and_keys_not_shown() {
        assert!(AccessTokens::new(&KeyBytes::new([1; 31]), "https://a", Duration::ZERO).is_none());
        assert_eq!(format!("{:?}", tokens(1, "https://a")), "AccessTokens(https://a, 600s)");
    }
}
