//! The most common passwords, as a small filter.
//!
//! `common_passwords.bin` is made by `common_passwords.mjs` from word lists under the MIT licence:
//! 16,000 passwords, four bytes of a hash each. A good password is taken for a common one in four
//! of a million cases.

use sha2::{Digest, Sha256};

static HASHES: &[u8] = include_bytes!("common_passwords.bin");

/// Whether a password, in lower case, is on the list.
pub(super) fn is_common(lower: &str) -> bool {
    let hash = Sha256::digest(lower.as_bytes());
    let (entries, _) = HASHES.as_chunks::<4>();
    // Big-endian numbers sort like their bytes.
    entries.binary_search_by(|entry| entry.as_slice().cmp(&hash[..4])).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_ones_are_known_and_others_are_not() {
        for common in ["1234567890", "qwertyuiop", "password123", "1q2w3e4r5t", "dragon", "monkey"]
        {
            assert!(is_common(common), "{common}");
        }
        for uncommon in ["correct horse battery staple", "lagoon-tide-sunrise", "dsf8Kd.29fj", ""] {
            assert!(!is_common(uncommon), "{uncommon}");
        }
    }

    #[test]
    fn the_file_is_sorted_and_whole() {
        let (entries, rest) = HASHES.as_chunks::<4>();
        assert!(rest.is_empty() && HASHES.len() <= 64 * 1024);
        assert!(entries.len() > 15_000);
        assert!(entries.is_sorted_by(|a, b| a < b));
    }
}
