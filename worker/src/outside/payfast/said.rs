//! What PayFast says, read for what we need.

use csv::ReaderBuilder;
use openchair_domain::payments::ProviderError;
use serde_json::Value;

use super::refused;

/// So much is kept of what PayFast says about a refusal.
const LONGEST_DETAIL: usize = 300;

fn unreadable(what: &str) -> ProviderError {
    ProviderError::Away(format!("PayFast's answer can't be read: {what}"))
}

/// A line of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Whether it is money that came.
    pub(super) is_received: bool,
    pub(super) gross_minor: i64,
    pub(super) currency: String,
    /// How we call the payment.
    pub(super) payment: String,
    /// How PayFast calls it.
    pub(super) taken: String,
}

/// The history: lines of values under the names of the first line, some of which come and go.
pub(super) fn lines(body: &[u8]) -> Result<Vec<Line>, ProviderError> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(body);
    let names = reader.headers().map_err(|_| unreadable("no history"))?.clone();
    let at = |wanted: &str| {
        let found = names.iter().position(|name| name.trim() == wanted);
        found.ok_or_else(|| unreadable("a history without what is asked for"))
    };
    let (kind, sign, gross) = (at("Type")?, at("Sign")?, at("Gross")?);
    let (currency, payment, taken) = (at("Currency")?, at("M Payment ID")?, at("PF Payment ID")?);
    let mut all = Vec::new();
    for line in reader.records() {
        let line = line.map_err(|_| unreadable("a line of the history"))?;
        let value = |at: usize| line.get(at).unwrap_or_default().trim();
        let gross_minor = cents(value(gross)).ok_or_else(|| unreadable("an amount"))?;
        all.push(Line {
            is_received: value(kind) == "FUNDS_RECEIVED" && value(sign) == "CREDIT",
            gross_minor,
            currency: value(currency).to_owned(),
            payment: value(payment).to_owned(),
            taken: value(taken).to_owned(),
        });
    }
    Ok(all)
}

/// An amount with two decimals, and commas between thousands: in cents.
fn cents(text: &str) -> Option<i64> {
    let plain = text.replace(',', "");
    let (sign, plain) = plain.strip_prefix('-').map_or((1, &*plain), |rest| (-1, rest));
    let (whole, part) = plain.split_once('.').unwrap_or((plain, "00"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() != 2 {
        return None;
    }
    let cents = whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(part.parse().ok()?)?;
    Some(sign * cents)
}

/// Cents as rand with two decimals.
pub(super) fn to_rand(cents: i64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// What is left of a payment, and by which way it can be given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Left {
    original_minor: i64,
    available_minor: i64,
    full: String,
    partial: String,
    errors: String,
}

impl Left {
    pub(super) fn read(body: &[u8]) -> Result<Self, ProviderError> {
        let said: Value = serde_json::from_slice(body).map_err(|_| unreadable("a refund"))?;
        // As all other answers are, or bare.
        let said = said.pointer("/data/response").filter(|one| one.is_object()).unwrap_or(&said);
        let amount = |name: &str| {
            let text = said[name].as_str().and_then(|text| text.parse().ok());
            said[name].as_i64().or(text).ok_or_else(|| unreadable(name))
        };
        let method = |name: &str| said[name]["method"].as_str().unwrap_or_default().to_owned();
        let errors = said["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let errors: Vec<_> = errors.iter().filter_map(Value::as_str).collect();
        Ok(Self {
            original_minor: amount("amount_original")?,
            available_minor: amount("amount_available_for_refund")?,
            full: method("refund_full"),
            partial: method("refund_partial"),
            errors: errors.join(" ").chars().take(LONGEST_DETAIL).collect(),
        })
    }

    /// What was given back until now.
    pub(super) fn returned_minor(&self) -> i64 {
        self.original_minor - self.available_minor
    }

    /// Whether so much goes back to where it came from.
    pub(super) fn allows(&self, amount_minor: i64) -> Result<(), ProviderError> {
        if amount_minor > self.available_minor {
            return Err(refused("more_than_left", "That is more than is left at PayFast."));
        }
        let whole = amount_minor == self.original_minor;
        match if whole { &*self.full } else { &*self.partial } {
            "PAYMENT_SOURCE" => Ok(()),
            "BANK_PAYOUT" => {
                let detail = "PayFast gives this back to a bank account only. Please do it there.";
                Err(refused("bank_payout", detail))
            }
            _ if self.errors.is_empty() => {
                Err(refused("not_available", "PayFast doesn't give this back."))
            }
            _ => Err(refused("not_available", &self.errors)),
        }
    }
}

/// What an answer says went wrong: of the API, or on a page.
pub(super) fn detail(body: &[u8]) -> String {
    let said: Option<Value> = serde_json::from_slice(body).ok();
    let message = said.as_ref().and_then(|said| said.pointer("/data/message"));
    let text = match message.and_then(Value::as_str) {
        Some(message) => message.to_owned(),
        None => without_tags(&String::from_utf8_lossy(body)),
    };
    text.chars().take(LONGEST_DETAIL).collect()
}

fn without_tags(page: &str) -> String {
    // What stands before the page's body isn't read by anybody.
    let begins = page.find("<body").unwrap_or_default();
    let main = page.get(begins..).unwrap_or(page);
    let mut text = String::new();
    let mut inside = false;
    for letter in main.chars() {
        match letter {
            '<' => inside = true,
            '>' => {
                inside = false;
                text.push(' ');
            }
            _ if !inside => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As the real one answers, with and without what was added to it later.
    const OLD: &str = "\"Date\",\"Type\",\"Sign\",\"Party\",\"Name\",\"Description\",\"Currency\",\"Funding Type\",\"Gross\",\"Fee\",\"Net\",\"Balance\",\"M Payment ID\",\"PF Payment ID\"\n\"2020-03-02 14:31:30\",FUNDS_RECEIVED,CREDIT,\"Test User 01\",\"item, name\",,ZAR,CC,\"1,121.00\",-7.73,113.27,\"22,780.50\",p1,995893\n";
    const NEW: &str = "Date,Type,Sign,Party,Name,Description,Currency,\"Funding Type\",\"Batch ID\",Gross,Fee,Net,Balance,\"M Payment ID\",\"PF Payment ID\"\n\"2026-08-11 17:58:49\",PAYOUT,DEBIT,\"Bank\",\"Payout\",,ZAR,,7,-49.00,0.00,-49.00,0.00,,320759399\n";

    #[test]
    fn the_history_is_read_by_its_names() {
        let old = lines(OLD.as_bytes()).unwrap();
        let expected = Line {
            is_received: true,
            gross_minor: 112_100,
            currency: "ZAR".to_owned(),
            payment: "p1".to_owned(),
            taken: "995893".to_owned(),
        };
        assert_eq!(old, [expected]);
        let new = lines(NEW.as_bytes()).unwrap();
        assert_eq!((new[0].is_received, new[0].gross_minor), (false, -4_900));
        for odd in ["", "<html>", "Date,Type\n1,2\n", &OLD.replace("1,121.00", "many")] {
            assert!(matches!(lines(odd.as_bytes()), Err(ProviderError::Away(_))), "{odd}");
        }
    }

    #[test]
    fn amounts() {
        let cases = [("0.05", Some(5)), ("-4.54", Some(-454)), ("22,574.02", Some(2_257_402))];
        for (text, expected) in cases {
            assert_eq!(cents(text), expected, "{text}");
        }
        for odd in ["", "-", "1.5", "x", "1.2.3"] {
            assert_eq!(cents(odd), None, "{odd}");
        }
        assert_eq!((&*to_rand(5), &*to_rand(123_450)), ("0.05", "1234.50"));
    }

    fn left(full: &str, partial: &str) -> Left {
        let body = format!(
            r#"{{"amount_original": 1000, "amount_available_for_refund": "600", "status": "REFUNDABLE",
                "errors": [], "refund_full": {{"method": "{full}"}}, "refund_partial": {{"method": "{partial}"}}}}"#
        );
        Left::read(body.as_bytes()).unwrap()
    }

    #[test]
    fn what_can_be_given_back() {
        let card = left("NOT_AVAILABLE", "PAYMENT_SOURCE");
        assert_eq!(card.returned_minor(), 400);
        let code = |left: &Left, amount| match left.allows(amount) {
            Ok(()) => "yes".to_owned(),
            Err(ProviderError::Refused { code, .. }) => code,
            Err(other) => panic!("{other}"),
        };
        assert_eq!(code(&card, 600), "yes");
        assert_eq!(code(&card, 601), "more_than_left");
        assert_eq!(code(&left("", "BANK_PAYOUT"), 100), "bank_payout");
        assert_eq!(code(&left("", ""), 100), "not_available");
        let wrapped = br#"{"code": 200, "data": {"response": {"amount_original": 5, "amount_available_for_refund": 5}}}"#;
        assert_eq!(Left::read(wrapped).unwrap().returned_minor(), 0);
        assert!(Left::read(b"{}").is_err());
    }

    #[test]
    fn what_a_page_says() {
        let page = b"<html><head><title>PayFast</title></head><body class=x><h1>400</h1><p>amount: no</p></body>";
        assert_eq!(detail(page), "400 amount: no");
        let said = br#"{"code":401,"status":"failed","data":{"response":false,"message":"Merchant not found"}}"#;
        assert_eq!(detail(said), "Merchant not found");
    }
}
