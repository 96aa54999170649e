//! Forms, and the signatures over them.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use md5::{Digest as _, Md5};
use url::form_urlencoded;

/// Names and values, in their order.
pub type Fields = Vec<(String, String)>;

/// What a form says, in its order.
pub(crate) fn read(body: &[u8]) -> Fields {
    form_urlencoded::parse(body)
        .map(|(name, value)| (name.into_owned(), value.into_owned()))
        .collect()
}

/// As PHP's `urlencode` writes it: everything but letters, digits, `-`, `_` and `.`, in capitals; blanks are `+`.
fn encoded(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        match byte {
            b' ' => text.push('+'),
            b'-' | b'_' | b'.' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                text.push(char::from(byte));
            }
            // Writing to a text doesn't fail.
            _ => drop(write!(text, "%{byte:02X}")),
        }
    }
    text
}

/// `a=1&b=2`.
pub(crate) fn written<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs: Vec<_> =
        fields.into_iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
    pairs.join("&")
}

pub(crate) fn md5(text: &str) -> String {
    HEXLOWER.encode(&Md5::digest(text.as_bytes()))
}

/// The signature over the fields as they stand, with the passphrase behind them.
pub fn signature(fields: &Fields, passphrase: &str) -> String {
    let all = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    md5(&written(all.chain([("passphrase", passphrase)])))
}

/// What is told, signed by whoever knows the passphrase: as it travels.
pub fn signed(fields: &Fields, passphrase: &str) -> String {
    let signature = signature(fields, passphrase);
    let all = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    written(all.chain([("signature", &*signature)]))
}

/// The signature of a request to the API: all that it says, by name, the passphrase among it.
pub(crate) fn api_signature(mut said: Fields, passphrase: &str) -> String {
    said.push(("passphrase".to_owned(), passphrase.to_owned()));
    said.sort();
    md5(&written(said.iter().map(|(name, value)| (name.as_str(), value.as_str()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_php_does() {
        assert_eq!(encoded("a b~c/d*e.f-g_h"), "a+b%7Ec%2Fd%2Ae.f-g_h");
        assert_eq!(encoded("Zoë"), "Zo%C3%AB");
    }

    /// Reckoned by another program.
    #[test]
    fn a_known_example() {
        let fields = vec![
            ("merchant_id".to_owned(), "10000100".to_owned()),
            ("item_name".to_owned(), "Order#123 & more".to_owned()),
        ];
        assert_eq!(signature(&fields, "jt7NOE43FZPn"), KNOWN);
    }

    const KNOWN: &str = "aebfb983afb2926b8c59a7b0246074b8";
}
