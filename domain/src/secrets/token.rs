//! Opaque tokens: random texts that mean something only to the table that holds their hash.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::entropy::{Entropy, bytes};

/// What a token is for. It shows in the token's first letters, so that a leaked one can be
/// recognised, and a token of one kind is never taken for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// A browser session's cookie.
    Session,
    /// A sign-in link in a mail.
    MagicLink,
    /// A password-reset link in a mail.
    PasswordReset,
    /// An e-mail verification link.
    VerifyEmail,
    /// An invitation to a team.
    Invitation,
    /// Between password and second factor.
    Challenge,
    /// An API client's refresh token.
    Refresh,
    /// An API key.
    ApiKey,
    /// Time that is kept for a visitor.
    Hold,
    /// A customer's visit.
    Visit,
    /// A place on the waiting list.
    Waiting,
    /// Time that is offered to who waits.
    Offer,
    /// A ticket of the walk-in queue.
    Ticket,
    /// A tablet at the door.
    Kiosk,
    /// A link by which a customer who comes back proves their address.
    RegularLink,
    /// What such a customer keeps on a device.
    RegularPass,
    /// A gift voucher that somebody buys online.
    Gift,
}

impl TokenKind {
    /// All of them.
    pub const ALL: [Self; 17] = [
        Self::Session,
        Self::MagicLink,
        Self::PasswordReset,
        Self::VerifyEmail,
        Self::Invitation,
        Self::Challenge,
        Self::Refresh,
        Self::ApiKey,
        Self::Hold,
        Self::Visit,
        Self::Waiting,
        Self::Offer,
        Self::Ticket,
        Self::Kiosk,
        Self::RegularLink,
        Self::RegularPass,
        Self::Gift,
    ];

    /// How its tokens begin.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Session => "oc_se_",
            Self::MagicLink => "oc_ml_",
            Self::PasswordReset => "oc_pr_",
            Self::VerifyEmail => "oc_ve_",
            Self::Invitation => "oc_in_",
            Self::Challenge => "oc_ch_",
            Self::Refresh => "oc_rt_",
            Self::ApiKey => "oc_live_",
            Self::Hold => "oc_ho_",
            Self::Visit => "oc_vi_",
            Self::Waiting => "oc_wa_",
            Self::Offer => "oc_of_",
            Self::Ticket => "oc_qt_",
            Self::Kiosk => "oc_ki_",
            Self::RegularLink => "oc_rl_",
            Self::RegularPass => "oc_rp_",
            Self::Gift => "oc_gi_",
        }
    }
}

/// 32 bytes in base32.
const RANDOM_LETTERS: usize = 52;

/// A token as its holder has it: 256 random bits behind the prefix of its kind. Not printable;
/// [`text`](Self::text) is for the one answer or mail that hands it out.
#[derive(Clone, PartialEq, Eq)]
pub struct OpaqueToken {
    kind: TokenKind,
    text: String,
}

impl OpaqueToken {
    /// A new one.
    pub fn generate(kind: TokenKind, entropy: &dyn Entropy) -> Self {
        let random = BASE32_NOPAD.encode(&bytes::<32>(entropy)).to_ascii_lowercase();
        Self { kind, text: format!("{}{random}", kind.prefix()) }
    }

    /// One that somebody shows. What doesn't look like a token of this kind costs no look-up.
    pub fn parse(kind: TokenKind, text: &str) -> Option<Self> {
        let random = text.strip_prefix(kind.prefix())?;
        let fits = |c: u8| c.is_ascii_lowercase() || (b'2'..=b'7').contains(&c);
        (random.len() == RANDOM_LETTERS && random.bytes().all(fits))
            .then(|| Self { kind, text: text.to_owned() })
    }

    /// What it is for.
    pub fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The token itself.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first letters, by which its owner can tell it from others: `oc_live_ab12…`.
    pub fn preview(&self) -> String {
        format!("{}…", &self.text[..self.kind.prefix().len() + 4])
    }

    /// What is stored. With 256 random bits behind it, one fast hash is enough.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.text.as_bytes()).into())
    }
}

impl fmt::Debug for OpaqueToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}***", self.kind.prefix())
    }
}

/// The stored side of a token. Compares in constant time.
#[derive(Clone, Copy)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    pub(super) fn new(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// From a column.
    pub fn from_stored(stored: &[u8]) -> Option<Self> {
        stored.try_into().ok().map(Self)
    }

    /// For a column.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// To tell one from another where nobody waits for the answer.
    pub const fn to_bytes(self) -> [u8; 32] {
        self.0
    }

    /// For a column, owned.
    pub fn to_vec(&self) -> Vec<u8> {
        self.0.to_vec()
    }
}

impl PartialEq for TokenHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for TokenHash {}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(***)")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::entropy::TestEntropy;

    #[test]
    fn tokens_come_back_as_themselves_and_as_no_other_kind() {
        let entropy = TestEntropy::seeded(1);
        for kind in TokenKind::ALL {
            let token = OpaqueToken::generate(kind, &entropy);
            assert_eq!(OpaqueToken::parse(kind, token.text()), Some(token.clone()));
            for other in TokenKind::ALL.into_iter().filter(|other| *other != kind) {
                assert_eq!(OpaqueToken::parse(other, token.text()), None, "{kind:?} {other:?}");
            }
        }
        let prefixes: BTreeSet<_> = TokenKind::ALL.iter().map(|kind| kind.prefix()).collect();
        assert_eq!(prefixes.len(), TokenKind::ALL.len());
    }

    #[test]
    fn tokens_are_long_enough_and_fit_into_links() {
        let entropy = TestEntropy::seeded(1);
        let one = OpaqueToken::generate(TokenKind::MagicLink, &entropy);
        let two = OpaqueToken::generate(TokenKind::MagicLink, &entropy);
        assert_ne!(one, two);
        assert_ne!(one.hash(), two.hash());
        assert_eq!(one.text().len(), "oc_ml_".len() + RANDOM_LETTERS);
        assert!(one.text().bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_'));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let good =
            OpaqueToken::generate(TokenKind::ApiKey, &TestEntropy::seeded(1)).text().to_owned();
        let bad = [
            String::new(),
            "oc_live_".to_owned(),
            good[..good.len() - 1].to_owned(),
            format!("{good}a"),
            format!(" {good}"),
            good.to_uppercase(),
            good.replacen(&good[8..9], "1", 1),
            format!("oc_live_{}", "é".repeat(RANDOM_LETTERS / 2)),
        ];
        for text in bad {
            assert_eq!(OpaqueToken::parse(TokenKind::ApiKey, &text), None, "{text}");
        }
    }

    #[test]
    fn hashes_are_stored_and_compared_but_not_shown() {
        let token = OpaqueToken::generate(TokenKind::ApiKey, &TestEntropy::seeded(1));
        let hash = token.hash();
        assert_eq!(TokenHash::from_stored(&hash.to_vec()), Some(hash));
        assert_eq!(TokenHash::from_stored(b"short"), None);
        assert!(!format!("{token:?} {hash:?}").contains(&token.text()[8..12]));
        assert_eq!(token.preview(), format!("{}…", &token.text()[..12]));
    }
}
