//! Codes of vouchers: sixteen letters that can be read out over the telephone, four at a time. They hold 80 random
//! bits: nobody guesses one.

use sha2::{Digest, Sha256};

use crate::entropy::{Entropy, bytes};

/// Crockford's: no I, L, O, U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// How many letters a code has.
const LENGTH: usize = 16;

/// A code as its holder has it. Not printable by accident: whoever knows it pays with it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Code(String);

impl Code {
    /// A new one.
    pub(super) fn generate(entropy: &dyn Entropy) -> Self {
        let letter = |byte: u8| char::from(LETTERS[usize::from(byte % 32)]);
        Self(bytes::<LENGTH>(entropy).map(letter).into_iter().collect())
    }

    /// One that somebody typed: in any case, with or without what stands between, and with the letters that are
    /// taken for others. None, if it can't be one.
    pub(super) fn parse(typed: &str) -> Option<Self> {
        let mut code = String::with_capacity(LENGTH);
        for letter in typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '_'))
        {
            let letter = match letter.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            if code.len() == LENGTH || !u8::try_from(letter).is_ok_and(|c| LETTERS.contains(&c)) {
                return None;
            }
            code.push(letter);
        }
        (code.len() == LENGTH).then_some(Self(code))
    }

    /// The sixteen letters.
    pub(super) fn letters(&self) -> &str {
        &self.0
    }

    /// Four letters at a time.
    pub(super) fn shown(&self) -> String {
        let parts: Vec<_> = (0..LENGTH).step_by(4).map(|at| &self.0[at..at + 4]).collect();
        parts.join("-")
    }

    /// The last letters, by which staff tell one from another.
    pub(super) fn end(&self) -> &str {
        &self.0[LENGTH - 4..]
    }

    /// By which it is found.
    pub(super) fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.0.as_bytes()).to_vec()
    }
}

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Code(…{})", self.end())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::entropy::TestEntropy;

    #[test]
    fn what_is_typed_is_read_as_it_was_meant() {
        let code = Code::parse("0123-4567-89AB-CDEF").unwrap();
        for typed in [
            "0123456789ABCDEF",
            " 0123 4567 89ab cdef ",
            "o123-4567–89AB_cdef",
            "OI23-4567-89AB-CDEF",
            "0l23 4567 89AB CDEF",
        ] {
            assert_eq!(Code::parse(typed), Some(code.clone()), "{typed}");
        }
        for wrong in [
            "",
            "0123-4567-89AB-CDE",
            "0123-4567-89AB-CDEF-0",
            "U123-4567-89AB-CDEF",
            "0123.4567.89AB.CDEF",
            "é123-4567-89AB-CDEF",
        ] {
            assert_eq!(Code::parse(wrong), None, "{wrong}");
        }
        assert_eq!((code.end(), format!("{code:?}").contains("4567")), ("CDEF", false));
    }

    proptest! {
        #[test]
        fn every_code_is_read_again(seed in any::<u64>()) {
            let code = Code::generate(&TestEntropy::seeded(seed));
            prop_assert_eq!(Code::parse(&code.shown()), Some(code.clone()));
            prop_assert_eq!(Code::parse(&code.shown().to_lowercase()), Some(code));
        }

        #[test]
        fn anything_can_be_typed(typed in ".{0,60}") {
            if let Some(code) = Code::parse(&typed) {
                prop_assert_eq!(code.letters().len(), LENGTH);
            }
        }
    }
}
