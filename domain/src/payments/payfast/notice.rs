//! What PayFast tells (ITN): a form, whose last field is a signature over all before it: MD5 over the fields in their
//! order, as PHP writes forms, with the passphrase behind them.

use std::fmt::Write as _;

use data_encoding::HEXLOWER;
use md5::{Digest as _, Md5};
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

/// No more fields than this are read; PayFast tells some thirty.
const MOST_FIELDS: usize = 100;

/// What is read of a notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Notice {
    /// How we call the payment.
    pub(super) payment: String,
    /// How PayFast calls it.
    pub(super) taken: String,
    /// `COMPLETE`, `CANCELLED`.
    pub(super) status: String,
    /// All that was paid, in cents; none: it isn't an amount.
    pub(super) amount_minor: Option<i64>,
    /// Whose it is.
    pub(super) merchant: String,
}

/// A form as it came, in its order.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// None: it is no notice.
    pub(super) fn read(body: &str) -> Option<Self> {
        let fields: Vec<_> =
            form_urlencoded::parse(body.as_bytes()).into_owned().take(MOST_FIELDS + 1).collect();
        let twice = |at: usize| fields[..at].iter().any(|(name, _)| *name == fields[at].0);
        let odd = fields.len() > MOST_FIELDS || (0..fields.len()).any(twice);
        (!odd).then_some(Self(fields))
    }

    fn value(&self, name: &str) -> &str {
        self.0.iter().find(|(one, _)| one == name).map_or("", |(_, value)| value)
    }

    /// Whether it was signed by somebody who knows the passphrase. The signature is the last field.
    pub(super) fn is_signed(&self, passphrase: &str) -> bool {
        let Some(((name, given), signed)) = self.0.split_last() else { return false };
        // Nobody knows an empty passphrase.
        if name != "signature" || passphrase.is_empty() {
            return false;
        }
        let fields = signed.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let own = signature(fields, passphrase);
        // Compared in the same time, however much of it is right.
        bool::from(own.as_bytes().ct_eq(given.as_bytes()))
    }

    pub(super) fn notice(&self) -> Notice {
        Notice {
            payment: self.value("m_payment_id").to_owned(),
            taken: self.value("pf_payment_id").to_owned(),
            status: self.value("payment_status").to_owned(),
            amount_minor: cents(self.value("amount_gross")),
            merchant: self.value("merchant_id").to_owned(),
        }
    }
}

/// The signature over fields in this order, with the passphrase behind them.
pub fn signature<'a>(
    fields: impl IntoIterator<Item = (&'a str, &'a str)>,
    passphrase: &'a str,
) -> String {
    digest(fields.into_iter().chain([("passphrase", passphrase)]))
}

/// What signatures are: MD5 over fields in this order.
pub fn digest<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        encode(&mut text, value);
    }
    HEXLOWER.encode(&Md5::digest(text.as_bytes()))
}

/// As PHP's `urlencode` writes it.
fn encode(text: &mut String, value: &str) {
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
}

/// Rand with two decimals, in cents.
fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() != 2 {
        return None;
    }
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SALT: &str = "jt7NOE43FZPn";
    const TOLD: &str = "m_payment_id=p1&pf_payment_id=1089250&payment_status=COMPLETE\
                        &item_name=Cut+%26+%3Cwash%3E&item_description=&amount_gross=200.00\
                        &amount_fee=-4.60&merchant_id=10000100";
    /// Reckoned by another program.
    const KNOWN: &str = "c8fd52d2efea330e374a3346edbe4b70";

    fn signed(body: &str, salt: &str) -> bool {
        Form::read(body).is_some_and(|form| form.is_signed(salt))
    }

    #[test]
    fn a_known_example() {
        let body = format!("{TOLD}&signature={KNOWN}");
        assert!(signed(&body, SALT));
        let notice = Form::read(&body).unwrap().notice();
        assert_eq!((&*notice.payment, &*notice.taken), ("p1", "1089250"));
        assert_eq!((&*notice.status, &*notice.merchant), ("COMPLETE", "10000100"));
        assert_eq!(notice.amount_minor, Some(20_000));
    }

    #[test]
    fn what_is_not_signed() {
        let other = TOLD.replace("200.00", "300.00");
        let upper = KNOWN.to_uppercase();
        for (body, salt) in [
            (format!("{TOLD}&signature={KNOWN}"), "another"),
            (format!("{TOLD}&signature={KNOWN}"), ""),
            (format!("{other}&signature={KNOWN}"), SALT),
            (format!("{TOLD}&signature={upper}"), SALT),
            (format!("{TOLD}&signature="), SALT),
            (TOLD.to_owned(), SALT),
            // What stands behind the signature isn't signed, and what is there twice is said twice.
            (format!("{TOLD}&signature={KNOWN}&payment_status=COMPLETE"), SALT),
            (format!("signature={KNOWN}&{TOLD}"), SALT),
            (format!("payment_status=CANCELLED&{TOLD}&signature={KNOWN}"), SALT),
            (String::new(), SALT),
        ] {
            assert!(!signed(&body, salt), "{body}");
        }
    }

    #[test]
    fn amounts_are_read_to_the_cent() {
        for (text, expected) in [
            ("0.05", Some(5)),
            ("1234.50", Some(123_450)),
            ("1,234.50", None),
            ("12", None),
            ("12.5", None),
            ("-12.50", None),
            ("92233720368547758.08", None),
            ("", None),
        ] {
            assert_eq!(cents(text), expected, "{text}");
        }
    }

    proptest! {
        /// Whatever is sent, it is read without trouble, and who doesn't know the passphrase isn't believed.
        #[test]
        fn anything_at_all(body in "[a-z_=&%0-9+]{0,80}|.{0,80}") {
            prop_assert!(!signed(&body, SALT));
        }
    }
}
