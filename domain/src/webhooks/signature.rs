//! Signatures by the Standard Webhooks specification.

use std::fmt;

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::entropy::{Entropy, bytes};

const PREFIX: &str = "whsec_";

/// What requests to one endpoint are signed with. Its owner keeps it, too.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// A new one.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        Self(bytes::<32>(entropy).to_vec())
    }

    /// As its owner sees it; nothing else is one.
    pub fn parse(text: &str) -> Option<Self> {
        BASE64.decode(text.strip_prefix(PREFIX)?.as_bytes()).ok().map(Self)
    }

    /// As it was stored.
    pub(super) const fn stored(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// To be stored.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// As its owner sees it, once.
    pub fn text(&self) -> String {
        format!("{PREFIX}{}", BASE64.encode(&self.0))
    }

    fn sign(&self, signed: &str) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).ok()?;
        mac.update(signed.as_bytes());
        Some(format!("v1,{}", BASE64.encode(&mac.finalize().into_bytes())))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(•••)")
    }
}

/// The header `webhook-signature`: one signature by each secret that is good, so that a receiver may
/// change to the new one when it likes.
pub fn sign(secrets: &[Secret], id: &str, at: i64, body: &str) -> String {
    let signed = format!("{id}.{at}.{body}");
    let all: Vec<_> = secrets.iter().filter_map(|secret| secret.sign(&signed)).collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::TestEntropy;

    fn known() -> Secret {
        Secret(BASE64.decode(b"C2FVsBQIhrscChlQIMV+b5sSYspob7oD").unwrap())
    }

    /// The example of the specification's reference libraries.
    #[test]
    fn a_known_message_has_its_known_signature() {
        let body = r#"{"email":"test@example.com","username":"test_user"}"#;
        let id = "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk";
        let signature = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";
        assert_eq!(sign(&[known()], id, 1_649_367_553, body), signature);
        let other = Secret::generate(&TestEntropy::seeded(1));
        let both = sign(&[other, known()], id, 1_649_367_553, body);
        let parts: Vec<_> = both.split(' ').collect();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1], signature);
        assert_ne!(parts[0], signature);
    }

    #[test]
    fn a_secret_is_shown_as_the_specification_says_and_never_in_a_log() {
        assert_eq!(known().text(), "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD");
        let secret = Secret::generate(&TestEntropy::seeded(1));
        assert_eq!(secret.bytes().len(), 32);
        assert_eq!(format!("{secret:?}"), "Secret(•••)");
    }
}
