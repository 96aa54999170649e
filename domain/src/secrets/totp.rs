//! Time-based one-time codes (RFC 6238): six digits, thirty seconds, one step either way.

use std::fmt;

use chrono::{DateTime, Utc};
use totp_rs::{Builder, Totp};

use crate::entropy::{Entropy, bytes};

/// A fault of what is stored; a wrong code is no fault but an answer.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TotpError {
    /// The stored secret is shorter than an authenticator app takes.
    #[error("the stored second-factor secret is unusable")]
    BadSecret,
}

/// What an authenticator app and we share: 160 bits, as RFC 4226 recommends. Stored sealed.
#[derive(Clone, PartialEq, Eq)]
pub struct TotpSecret(Vec<u8>);

impl TotpSecret {
    /// A new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(bytes::<20>(entropy).to_vec())
    }

    /// From where it was stored.
    pub fn from_stored(stored: Vec<u8>) -> Result<Self, TotpError> {
        let secret = Self(stored);
        secret.totp("").map(|_| secret)
    }

    /// For storing, after sealing.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// For typing into an app.
    pub fn base32(&self) -> String {
        data_encoding::BASE32_NOPAD.encode(&self.0)
    }

    /// For the QR code. The account is the login's e-mail address.
    pub fn otpauth_url(&self, account: &str) -> Result<String, TotpError> {
        // A colon separates issuer and account in the URL; in an address only a quoted part has one.
        let totp = self.totp(&account.replace(':', ""))?;
        totp.to_url().map_err(|_| TotpError::BadSecret)
    }

    /// The step that a code belongs to, if it is right now, one step ago or one ahead, and newer than
    /// the last step that was accepted. Whoever accepts it stores the step, so that it can't be
    /// used twice.
    pub fn verify(&self, code: &str, now: DateTime<Utc>, last_step: Option<u64>) -> Option<u64> {
        let digits = code.len() == 6 && code.bytes().all(|c| c.is_ascii_digit());
        let now = u64::try_from(now.timestamp()).ok().filter(|_| digits)?;
        let step = self.totp("").ok()?.check(code, now)?;
        last_step.is_none_or(|last| step > last).then_some(step)
    }

    /// The code of a moment, for tests and demo logins.
    pub fn code_at(&self, at: DateTime<Utc>) -> Result<String, TotpError> {
        let at = u64::try_from(at.timestamp()).unwrap_or_default();
        Ok(self.totp("")?.generate(at).to_string())
    }

    fn totp(&self, account: &str) -> Result<Totp, TotpError> {
        Builder::new()
            .with_secret(self.0.clone())
            .with_issuer(Some("Openchair"))
            .with_account_name(account)
            .build()
            .map_err(|_| TotpError::BadSecret)
    }
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::TestEntropy;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(seconds, 0).unwrap()
    }

    fn rfc_secret() -> TotpSecret {
        TotpSecret::from_stored(b"12345678901234567890".to_vec()).unwrap()
    }

    /// Appendix B of RFC 6238, the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let cases = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in cases {
            assert_eq!(rfc_secret().code_at(at(seconds)).unwrap(), code);
            let step = u64::try_from(seconds / 30).unwrap();
            assert_eq!(rfc_secret().verify(code, at(seconds), None), Some(step));
        }
    }

    #[test]
    fn a_code_is_good_for_one_step_either_way() {
        let (secret, made) = (rfc_secret(), 3_000);
        let code = secret.code_at(at(made)).unwrap();
        let cases = [(-31, false), (-30, true), (0, true), (29, true), (59, true), (60, false)];
        for (later, good) in cases {
            assert_eq!(secret.verify(&code, at(made + later), None).is_some(), good, "{later}");
        }
    }

    #[test]
    fn a_code_is_good_once() {
        let (secret, now) = (rfc_secret(), at(3_000));
        let code = secret.code_at(now).unwrap();
        let step = secret.verify(&code, now, None).unwrap();
        assert_eq!(secret.verify(&code, now, Some(step)), None, "a replay");
        assert_eq!(secret.verify(&code, at(3_029), Some(step)), None, "a replay within the step");
        let next = secret.code_at(at(3_030)).unwrap();
        assert_eq!(secret.verify(&next, at(3_030), Some(step)), Some(step + 1));
        let earlier = secret.code_at(at(2_970)).unwrap();
        assert_eq!(secret.verify(&earlier, now, Some(step)), None, "older than the last");
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let now = at(59);
        for code in ["", "28708", "2870820", "287 082", "28708a", "२८७०८२", "000000"] {
            assert_eq!(rfc_secret().verify(code, now, None), None, "{code}");
        }
        assert_eq!(rfc_secret().verify("287082", at(-1), None), None);
        assert_eq!(TotpSecret::from_stored(vec![1; 8]), Err(TotpError::BadSecret));
    }

    #[test]
    fn apps_get_what_they_read() {
        let secret = TotpSecret::generate(&TestEntropy::seeded(1));
        let url = url::Url::parse(&secret.otpauth_url("ana+1@x.example").unwrap()).unwrap();
        assert_eq!((url.scheme(), url.host_str()), ("otpauth", Some("totp")));
        assert_eq!(url.path(), "/Openchair:ana%2B1%40x.example");
        let query: std::collections::BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(query["secret"], secret.base32());
        assert_eq!(query["issuer"], "Openchair");
        assert_eq!(secret.base32().len(), 32);
        assert!(secret.otpauth_url("\"a:b\"@x.example").is_ok());
        assert_eq!(format!("{secret:?}"), "TotpSecret(***)");
    }
}
