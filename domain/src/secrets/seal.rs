//! Column encryption: AES-256-GCM, bound to the place that a value is stored at.
//!
//! A sealed value is `1 | length of key id | key id | nonce (12) | ciphertext and tag`. The key id is
//! outside, so that old values can be read while keys rotate; it is authenticated all the same, and
//! so are table, column and row: a value moved elsewhere doesn't open.

use std::fmt;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use uuid::Uuid;

use crate::config::ColumnKey;
use crate::entropy::{Entropy, bytes};

const FORMAT: u8 = 1;
const NONCE: usize = 12;

/// Where a value is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
    /// The row's id.
    pub row: Uuid,
}

/// Why a value can't be sealed or opened.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SealError {
    /// The configuration has no usable key.
    #[error("security.column_keys holds no usable key")]
    NoKey,
    /// It was sealed with a key that the configuration doesn't have any more.
    #[error("a value is sealed with the key {0:?}, which security.column_keys doesn't have")]
    UnknownKey(String),
    /// It isn't a sealed value.
    #[error("a stored value is not a sealed one")]
    Malformed,
    /// Somebody changed or moved it.
    #[error("a sealed value was changed, or moved from another place")]
    Forged,
}

struct Key {
    id: String,
    cipher: Aes256Gcm,
}

/// All keys of the configuration; the first one seals. One key is good for some 2³² values, since
/// nonces are random: rotate long before.
pub struct KeyRing {
    current: Key,
    older: Vec<Key>,
}

impl KeyRing {
    /// The keys of `security.column_keys`.
    pub fn new(keys: &[ColumnKey]) -> Result<Self, SealError> {
        let mut keys = keys.iter().map(|key| {
            let cipher = Aes256Gcm::new_from_slice(key.bytes.expose());
            cipher.map(|cipher| Key { id: key.id.clone(), cipher }).map_err(|_| SealError::NoKey)
        });
        let current = keys.next().ok_or(SealError::NoKey)??;
        Ok(Self { current, older: keys.collect::<Result<_, _>>()? })
    }

    /// Seals a value for one place, with the current key.
    pub fn seal(
        &self,
        place: &Place,
        plain: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, SealError> {
        let id = self.current.id.as_bytes();
        let length = u8::try_from(id.len()).map_err(|_| SealError::NoKey)?;
        let mut sealed = vec![FORMAT, length];
        sealed.extend_from_slice(id);
        let bound = bound(&sealed, place);
        let nonce = bytes::<NONCE>(entropy);
        let payload = Payload { msg: plain, aad: &bound };
        let secret = self.current.cipher.encrypt(&Nonce::from(nonce), payload);
        sealed.extend_from_slice(&nonce);
        sealed.extend_from_slice(&secret.map_err(|_| SealError::NoKey)?);
        Ok(sealed)
    }

    /// Opens what was sealed for this place, by whichever key.
    pub fn open(&self, place: &Place, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        let parts = Parts::of(sealed).ok_or(SealError::Malformed)?;
        let key = std::iter::once(&self.current)
            .chain(&self.older)
            .find(|key| key.id == parts.id)
            .ok_or_else(|| SealError::UnknownKey(parts.id.to_owned()))?;
        let payload = Payload { msg: parts.secret, aad: &bound(parts.header, place) };
        key.cipher.decrypt(&Nonce::from(parts.nonce), payload).map_err(|_| SealError::Forged)
    }

    /// Whether a value should be sealed anew, since its key isn't the current one.
    pub fn needs_rotation(&self, sealed: &[u8]) -> bool {
        Parts::of(sealed).is_none_or(|parts| parts.id != self.current.id)
    }

    /// The key that seals, for the rotation's report.
    pub fn current_key_id(&self) -> &str {
        &self.current.id
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({}, {} older)", self.current.id, self.older.len())
    }
}

struct Parts<'a> {
    header: &'a [u8],
    id: &'a str,
    nonce: [u8; NONCE],
    secret: &'a [u8],
}

impl<'a> Parts<'a> {
    fn of(sealed: &'a [u8]) -> Option<Self> {
        let [FORMAT, length, ..] = *sealed else { return None };
        let (header, rest) = sealed.split_at_checked(2 + usize::from(length))?;
        let id = std::str::from_utf8(&header[2..]).ok()?;
        let (nonce, secret) = rest.split_first_chunk::<NONCE>()?;
        Some(Self { header, id, nonce: *nonce, secret })
    }
}

/// What the tag covers beside the value. Lengths keep "ab"+"c" apart from "a"+"bc".
fn bound(header: &[u8], place: &Place) -> Vec<u8> {
    let mut bound = header.to_vec();
    for name in [place.table, place.column] {
        bound.extend_from_slice(&(name.len() as u64).to_be_bytes());
        bound.extend_from_slice(name.as_bytes());
    }
    bound.extend_from_slice(place.row.as_bytes());
    bound
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::config::KeyBytes;
    use crate::entropy::TestEntropy;

    const HERE: Place = Place { table: "notes", column: "text", row: Uuid::from_u128(1) };

    fn key(id: &str, fill: u8) -> ColumnKey {
        ColumnKey { id: id.to_owned(), bytes: KeyBytes::new([fill; 32]) }
    }

    fn ring(keys: &[ColumnKey]) -> KeyRing {
        KeyRing::new(keys).unwrap()
    }

    fn sealed(ring: &KeyRing, plain: &[u8]) -> Vec<u8> {
        ring.seal(&HERE, plain, &TestEntropy::seeded(1)).unwrap()
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens(plain in prop::collection::vec(any::<u8>(), 0..300), seed: u64) {
            let ring = ring(&[key("k1", 1)]);
            let sealed = ring.seal(&HERE, &plain, &TestEntropy::seeded(seed)).unwrap();
            prop_assert_eq!(ring.open(&HERE, &sealed), Ok(plain));
        }

        #[test]
        fn one_changed_bit_is_noticed(at: prop::sample::Index, bit in 0..8_u8) {
            let ring = ring(&[key("k1", 1)]);
            let mut sealed = sealed(&ring, b"allergic to nuts");
            let at = at.index(sealed.len());
            sealed[at] ^= 1 << bit;
            prop_assert!(ring.open(&HERE, &sealed).is_err());
        }

        #[test]
        fn garbage_is_refused(garbage in prop::collection::vec(any::<u8>(), 0..80)) {
            prop_assert!(ring(&[key("k1", 1)]).open(&HERE, &garbage).is_err());
        }
    }

    #[test]
    fn a_moved_value_does_not_open() {
        let ring = ring(&[key("k1", 1)]);
        let sealed = sealed(&ring, b"allergic to nuts");
        let elsewhere = [
            Place { table: "users", ..HERE },
            Place { column: "title", ..HERE },
            Place { row: Uuid::from_u128(2), ..HERE },
            Place { table: "note", column: "stext", ..HERE },
        ];
        for place in elsewhere {
            assert_eq!(ring.open(&place, &sealed), Err(SealError::Forged), "{place:?}");
        }
    }

    #[test]
    fn keys_rotate() {
        let (old, new) = (key("k1", 1), key("k2", 2));
        let before = sealed(&ring(std::slice::from_ref(&old)), b"note");
        let both = ring(&[new.clone(), old]);
        assert!(both.needs_rotation(&before));
        assert_eq!(both.open(&HERE, &before).unwrap(), b"note");
        let after = sealed(&both, b"note");
        assert!(!both.needs_rotation(&after));
        let later = ring(&[new]);
        assert_eq!(later.open(&HERE, &after).unwrap(), b"note");
        let gone = SealError::UnknownKey("k1".to_owned());
        assert_eq!(later.open(&HERE, &before), Err(gone));
        // The same id over other bytes must not pass for the key.
        let impostor = ring(&[key("k2", 3)]);
        assert_eq!(impostor.open(&HERE, &after), Err(SealError::Forged));
    }

    #[test]
    fn the_same_value_looks_different_each_time() {
        let (ring, entropy) = (ring(&[key("k1", 1)]), TestEntropy::seeded(1));
        let seal = || ring.seal(&HERE, b"note", &entropy).unwrap();
        assert_ne!(seal(), seal());
        assert!(!seal().windows(4).any(|window| window == b"note"));
    }

    #[test]
    fn a_ring_needs_a_key() {
        assert_eq!(KeyRing::new(&[]).err(), Some(SealError::NoKey));
        let short = ColumnKey { id: "k1".to_owned(), bytes: KeyBytes::new([1; 16]) };
        assert_eq!(KeyRing::new(&[short]).err(), Some(SealError::NoKey));
        assert_eq!(format!("{:?}", ring(&[key("k1", 1)])), "KeyRing(k1, 0 older)");
    }
}
