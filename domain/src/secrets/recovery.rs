//! Recovery codes: ten single-use ways in for who has lost the authenticator app.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use data_encoding::BASE32_NOPAD;
use uuid::Uuid;

use super::password::PasswordError;
use super::token::TokenHash;
use crate::entropy::{Entropy, bytes};

/// Letters of a code without its dashes: 50 random bits.
const LETTERS: usize = 10;

/// A code as people keep it: `xxxx-xxxx-xx`.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// How many a login gets.
    pub const COUNT: usize = 10;

    /// A new set.
    pub fn generate_set(entropy: &dyn Entropy) -> Vec<Self> {
        std::iter::repeat_with(|| Self::generate(entropy)).take(Self::COUNT).collect()
    }

    fn generate(entropy: &dyn Entropy) -> Self {
        let mut letters = BASE32_NOPAD.encode(&bytes::<8>(entropy)).to_ascii_lowercase();
        letters.truncate(LETTERS);
        Self(letters)
    }

    /// One that somebody types: case, spaces and dashes don't matter, nor 0 for o and 1 for l.
    pub fn parse(typed: &str) -> Option<Self> {
        let mut letters = String::with_capacity(LETTERS);
        for c in typed.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            let letter = match c.to_ascii_lowercase() {
                '0' => 'o',
                '1' => 'l',
                c @ ('a'..='z' | '2'..='7') => c,
                _ => return None,
            };
            if letters.len() == LETTERS {
                return None;
            }
            letters.push(letter);
        }
        (letters.len() == LETTERS).then_some(Self(letters))
    }

    /// As it is shown, once.
    pub fn text(&self) -> String {
        let (first, rest) = self.0.split_at(4);
        let (second, third) = rest.split_at(4);
        format!("{first}-{second}-{third}")
    }

    /// What is stored. 50 bits would not stand a fast hash if the table leaked. The salt is the
    /// login's id, so that one hash finds a code among its ten. The cost is fixed: another one
    /// would make stored codes useless.
    pub(super) fn hash(&self, login: Uuid) -> Result<TokenHash, PasswordError> {
        let params = Params::new(4096, 1, 1, Some(32)).map_err(|_| PasswordError::Parameters)?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let mut hash = [0; 32];
        argon2
            .hash_password_into(self.0.as_bytes(), login.as_bytes(), &mut hash)
            .map_err(|_| PasswordError::Parameters)?;
        Ok(TokenHash::new(hash))
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::TestEntropy;

    #[test]
    fn a_set_is_ten_different_codes_that_can_be_typed() {
        let set = RecoveryCode::generate_set(&TestEntropy::seeded(1));
        let texts: std::collections::BTreeSet<_> = set.iter().map(RecoveryCode::text).collect();
        assert_eq!(texts.len(), RecoveryCode::COUNT);
        for code in &set {
            let lengths: Vec<_> = code.text().split('-').map(str::len).collect();
            assert_eq!(lengths, [4, 4, 2]);
            for typed in [
                code.text(),
                code.text().to_uppercase(),
                code.text().replace('-', " "),
                code.text().replace('o', "0").replace('l', "1"),
            ] {
                assert_eq!(RecoveryCode::parse(&typed).as_ref(), Some(code), "{typed}");
            }
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for typed in ["", "abcd", "abcd-efgh-ijk", "abcd-efgh-i8", "abcd-efgh-ié", "123456"] {
            assert_eq!(RecoveryCode::parse(typed), None, "{typed}");
        }
    }

    #[test]
    fn hashes_belong_to_a_login_and_never_change() {
        let code = RecoveryCode::parse("abcd-efgh-ij").unwrap();
        let (one, two) = (Uuid::from_u128(1), Uuid::from_u128(2));
        assert_eq!(code.hash(one).unwrap(), code.hash(one).unwrap());
        assert_ne!(code.hash(one).unwrap(), code.hash(two).unwrap());
        let stored = data_encoding::HEXLOWER.encode(code.hash(one).unwrap().as_bytes());
        let known = "7c59abc27cc4f47076f1d7a9721053e4c488c38c0f16c10347b29d684686ba4f";
        assert_eq!(stored, known, "codes that people have written down depend on it");
        assert_eq!(format!("{code:?}"), "RecoveryCode(***)");
    }
}
