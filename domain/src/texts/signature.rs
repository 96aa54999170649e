//! How the provider proves that a call comes from it: HMAC-SHA1 over the address and, in the order of
//! their names, all fields of the form, under the account's token.

use data_encoding::BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;

fn mac(token: &str, url: &str, fields: &[(String, String)]) -> Option<Hmac<Sha1>> {
    let mut sorted: Vec<_> = fields.iter().collect();
    // A field that is there twice stands there twice, its values in their order.
    sorted.sort();
    // A key of any length is one.
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).ok()?;
    mac.update(url.as_bytes());
    for (name, value) in sorted {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    Some(mac)
}

/// Whether `signature` (the header `X-Twilio-Signature`) was made by somebody who knows the token.
pub fn is_signed(token: &str, url: &str, fields: &[(String, String)], signature: &str) -> bool {
    let Ok(signature) = BASE64.decode(signature.as_bytes()) else { return false };
    // Nobody knows an empty token.
    !token.is_empty()
        && mac(token, url, fields).is_some_and(|mac| mac.verify_slice(&signature).is_ok())
}

/// The signature, as the provider makes it.
pub fn sign(token: &str, url: &str, fields: &[(String, String)]) -> Option<String> {
    Some(BASE64.encode(&mac(token, url, fields)?.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The example in the provider's documentation.
    #[test]
    fn the_example_of_the_documentation() {
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
        let fields = form(&[
            ("Digits", "1234"),
            ("To", "+18005551212"),
            ("From", "+14158675309"),
            ("Caller", "+14158675309"),
            ("CallSid", "CA1234567890ABCDE"),
        ]);
        let signature = "RSOYDt4T1cUTdK1PDd93/VVr8B8=";
        assert_eq!(sign("12345", url, &fields).unwrap(), signature);
        assert!(is_signed("12345", url, &fields, signature));
        let other = "https://mycompany.com/myapp.php?foo=1&bar=3";
        assert!(!is_signed("12345", other, &fields, signature));
        assert!(!is_signed("12346", url, &fields, signature));
        assert!(!is_signed("12345", url, &fields[1..], signature));
        for forged in ["", "RSOYDt4T1cUTdK1PDd93", "=", "ä"] {
            assert!(!is_signed("12345", url, &fields, forged), "{forged}");
        }
    }

    #[test]
    fn without_a_token_nothing_is_signed() {
        let signature = sign("", "https://a.example/", &[]).unwrap();
        assert!(!is_signed("", "https://a.example/", &[], &signature));
    }
}
