//! Where a payment begins: a form that says what is to be paid, checked field by field, and its signature.

use url::Url;

use crate::form::{self, Fields};
use crate::state::{Method, Payment, State, Status};

/// The fields, in the order in which they are signed, and how long each may be.
const FIELDS: [(&str, usize); 26] = [
    ("merchant_id", 20),
    ("merchant_key", 40),
    ("return_url", 255),
    ("cancel_url", 255),
    ("notify_url", 255),
    ("name_first", 100),
    ("name_last", 100),
    ("email_address", 100),
    ("cell_number", 100),
    ("m_payment_id", 100),
    ("amount", 20),
    ("item_name", 100),
    ("item_description", 255),
    ("custom_int1", 255),
    ("custom_int2", 255),
    ("custom_int3", 255),
    ("custom_int4", 255),
    ("custom_int5", 255),
    ("custom_str1", 255),
    ("custom_str2", 255),
    ("custom_str3", 255),
    ("custom_str4", 255),
    ("custom_str5", 255),
    ("email_confirmation", 1),
    ("confirmation_address", 100),
    ("payment_method", 3),
];
/// The least that can be paid, in cents.
const LEAST: i64 = 500;

/// Begins a payment: the name of its page, or what is wrong.
pub(crate) fn begin(state: &mut State, body: &[u8]) -> Result<String, String> {
    let said = form::read(body);
    let value = |name: &str| said.iter().find(|(one, _)| one == name).map(|(_, value)| &**value);
    let id = value("merchant_id").ok_or("merchant_id: The merchant id field is required.")?;
    let merchant = state.merchant(id).ok_or("merchant_id: This merchant isn't known.")?.clone();
    if value("merchant_key") != Some(&merchant.key) {
        return Err("merchant_key: The merchant key is not this merchant's.".to_owned());
    }
    for (at, (name, text)) in said.iter().enumerate() {
        if said[..at].iter().any(|(one, _)| one == name) {
            return Err(format!("{name}: The field is there twice."));
        }
        let known = FIELDS.iter().find(|(known, _)| known == name);
        match known {
            Some((_, most)) if text.chars().count() > *most => {
                return Err(format!("{name}: No more than {most} characters."));
            }
            None if name != "signature" => return Err(format!("{name}: There is no such field.")),
            _ => {}
        }
    }
    let amount = value("amount").and_then(cents).ok_or("amount: The amount must be a number.")?;
    if amount < LEAST {
        return Err("amount: The minimum amount is 5.00.".to_owned());
    }
    if value("item_name").is_none_or(|name| name.trim().is_empty()) {
        return Err("item_name: The item name field is required.".to_owned());
    }
    for name in ["return_url", "cancel_url", "notify_url"] {
        let fits = |url: &str| Url::parse(url).is_ok_and(|url| url.scheme().starts_with("http"));
        if value(name).is_some_and(|url| !fits(url)) {
            return Err(format!("{name}: This is no address."));
        }
    }
    if value("email_address").is_some_and(|email| !email.contains('@')) {
        return Err("email_address: This is no address.".to_owned());
    }
    // In the order of the documentation, whatever the order of the form; without what is empty.
    let signed: Fields = FIELDS
        .iter()
        .filter_map(|(name, _)| Some(((*name).to_owned(), value(name)?.trim().to_owned())))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if value("signature") != Some(&form::signature(&signed, &merchant.passphrase)) {
        return Err("signature: Generated signature does not match submitted signature.".to_owned());
    }
    let (page, pf_payment_id) = (state.page_name(), state.number());
    let payment = Payment {
        page: page.clone(),
        merchant: merchant.id,
        pf_payment_id,
        m_payment_id: value("m_payment_id").unwrap_or_default().to_owned(),
        amount,
        status: Status::Open,
        method: Method::Card,
        refunds: Vec::new(),
        said: said.clone(),
        paid_at: 0,
    };
    state.payments.push(payment);
    Ok(page)
}

/// Rand with two decimals, in cents.
fn cents(text: &str) -> Option<i64> {
    let (whole, part) = text.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() != 2 {
        return None;
    }
    Some(whole.parse::<i64>().ok()?.checked_mul(100)? + part.parse::<i64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::cents;

    #[test]
    fn amounts_have_two_decimals() {
        assert_eq!(cents("100.00"), Some(10_000));
        assert_eq!(cents("0.05"), Some(5));
        for odd in ["100", "100.0", "100.000", "1,000.00", "-1.00", "+1.00", ".50", "1.", ""] {
            assert_eq!(cents(odd), None, "{odd}");
        }
    }
}
