//! The API: who asks proves with each request that they know the passphrase.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde_json::{Value, json};

use crate::Inner;
use crate::form::{self, Fields};
use crate::http::{Asked, Said};
use crate::state::{Method, Payment, State, Status, rand};

/// The columns of the history.
const COLUMNS: &str = "Date,Type,Sign,Party,Name,Description,Currency,\"Funding Type\",\"Batch ID\",Gross,Fee,Net,\
                       Balance,\"M Payment ID\",\"PF Payment ID\",\"custom str1\",\"custom int1\",\"custom str2\",\
                       \"custom int2\",\"custom str3\",\"custom str4\",\"custom str5\",\"custom int3\",\
                       \"custom int4\",\"custom int5\"";
/// So many lines are the most of an answer, and what is answered to who doesn't say.
const MOST: usize = 1_000;

/// Why it isn't done.
struct Refusal(u16, &'static str);

type Answered = Result<Said, Refusal>;

pub(crate) fn answer(inner: &Inner, asked: &Asked) -> Said {
    let said = allowed(inner, asked).and_then(|merchant| {
        let words: Vec<&str> = asked.path.trim_start_matches('/').split('/').collect();
        let state = &mut *inner.state();
        match (asked.method.as_str(), words.as_slice()) {
            ("GET", ["ping"]) => Ok(Said::text(200, "application/json", "\"API V1\"".to_owned())),
            ("GET", ["transactions", "history"]) => history(state, &merchant, &asked.query),
            ("GET", ["refunds", "query", id]) => query(state, &merchant, id),
            ("POST", ["refunds", id]) => refund(state, &merchant, id, &asked.body),
            _ => Err(Refusal(404, "Service / endpoint not found")),
        }
    });
    said.unwrap_or_else(|Refusal(code, message)| {
        let data = json!({ "response": false, "message": message });
        Said::json(code, &json!({ "code": code, "status": "failed", "data": data }))
    })
}

/// The merchant in whose name this is asked.
fn allowed(inner: &Inner, asked: &Asked) -> Result<String, Refusal> {
    let header = |name: &'static str| (name.to_owned(), asked.header(name).to_owned());
    let mut said = vec![header("merchant-id"), header("version"), header("timestamp")];
    if said.iter().any(|(_, value)| value.is_empty()) {
        return Err(Refusal(400, "Required variables not present in request"));
    }
    let signature = asked.header("signature");
    if signature.is_empty() {
        return Err(Refusal(400, "Signature not present in headers"));
    }
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if signature.len() != 32 || !signature.bytes().all(hex) {
        return Err(Refusal(400, "Value for signature is not in the expected format"));
    }
    if asked.header("version") != "v1" {
        return Err(Refusal(400, "API version is not valid"));
    }
    if DateTime::parse_from_rfc3339(asked.header("timestamp")).is_err() {
        return Err(Refusal(400, "Value for timestamp is not in the expected format"));
    }
    let id = asked.header("merchant-id");
    let known = inner.state().merchant(id).cloned();
    let Some(merchant) = known else { return Err(Refusal(401, "Merchant not found")) };
    // What says that it is a test isn't signed.
    said.extend(
        form::read(asked.query.as_bytes()).into_iter().filter(|(name, _)| name != "testing"),
    );
    said.extend(body_fields(&asked.body)?);
    if form::api_signature(said, &merchant.passphrase) != signature {
        return Err(Refusal(401, "Merchant authorisation failed"));
    }
    Ok(merchant.id)
}

/// What is said in the body, as it is signed.
fn body_fields(body: &[u8]) -> Result<Fields, Refusal> {
    if body.is_empty() {
        return Ok(Vec::new());
    }
    let unreadable = || Refusal(400, "Required variables not present in request");
    let Ok(Value::Object(said)) = serde_json::from_slice(body) else { return Err(unreadable()) };
    said.into_iter()
        .map(|(name, value)| match value {
            Value::String(text) => Ok((name, text)),
            Value::Number(number) => Ok((name, number.to_string())),
            Value::Bool(flag) => Ok((name, if flag { "1".to_owned() } else { String::new() })),
            _ => Err(unreadable()),
        })
        .collect()
}

fn history(state: &State, merchant: &str, query: &str) -> Answered {
    let said = form::read(query.as_bytes());
    let value = |name: &str| said.iter().find(|(one, _)| one == name).map(|(_, value)| &**value);
    for (name, _) in &said {
        if !["from", "to", "offset", "limit", "testing"].contains(&&**name) {
            return Err(Refusal(400, "Unknown variable in request"));
        }
    }
    let day = |name: &str| -> Result<Option<NaiveDate>, Refusal> {
        let odd = Refusal(400, "Value for date is not in the expected format");
        let Some(text) = value(name) else { return Ok(None) };
        let read = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        read.filter(|day| day.to_string() == text).map(Some).ok_or(odd)
    };
    let number = |name: &str, default: usize| {
        let odd = Refusal(400, "Value is not in the expected format");
        value(name).map_or(Ok(default), |text| text.parse().map_err(|_| odd))
    };
    let (from, to) = (day("from")?, day("to")?);
    let (offset, limit) = (number("offset", 0)?, number("limit", MOST)?);
    let today = date(state.now).date_naive();
    let wanted = |at: i64| {
        let day = date(at).date_naive();
        from.unwrap_or(today) <= day && day <= to.unwrap_or(today)
    };
    let mut balance = 0;
    let mut lines = Vec::new();
    for payment in state.payments.iter().filter(|payment| payment.merchant == merchant) {
        if payment.status != Status::Complete {
            continue;
        }
        let first = (payment.amount, "FUNDS_RECEIVED", "CREDIT");
        let back = payment.refunds.iter().map(|amount| (-amount, "REFUND", "DEBIT"));
        for (amount, kind, sign) in std::iter::once(first).chain(back) {
            balance += amount;
            if wanted(payment.paid_at) {
                lines.push(line(payment, amount, kind, sign, balance));
            }
        }
    }
    let lines: Vec<_> = lines.into_iter().skip(offset).take(limit.min(MOST)).collect();
    let text = [vec![COLUMNS.to_owned()], lines].concat().join("\n");
    Ok(Said::text(200, "text/csv", text))
}

fn line(payment: &Payment, amount: i64, kind: &str, sign: &str, balance: i64) -> String {
    let method = if payment.method == Method::Card { "CC" } else { "EFT" };
    let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    format!(
        "\"{}\",{kind},{sign},\"Test User 01\",{},,ZAR,{method},,{},0.00,{},{},{},{},,,,,,,,,,",
        date(payment.paid_at).format("%Y-%m-%d %H:%M:%S"),
        quoted(payment.field("item_name")),
        thousands(amount),
        thousands(amount),
        thousands(balance),
        payment.m_payment_id,
        payment.pf_payment_id,
    )
}

/// As PayFast writes amounts: `"22,574.02"`.
fn thousands(cents: i64) -> String {
    let plain = rand(cents);
    let (whole, part) = plain.split_once('.').unwrap_or((&plain, "00"));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |rest| ("-", rest));
    if digits.len() < 4 {
        return plain;
    }
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    format!("\"{sign}{text}.{part}\"")
}

fn paid<'a>(state: &'a mut State, merchant: &str, id: &str) -> Result<&'a mut Payment, Refusal> {
    let mut all = state.payments.iter_mut();
    let found = all.find(|payment| {
        payment.merchant == merchant
            && payment.pf_payment_id == id
            && payment.status == Status::Complete
    });
    found.ok_or(Refusal(404, "Payment not found"))
}

fn query(state: &mut State, merchant: &str, id: &str) -> Answered {
    let payment = paid(state, merchant, id)?;
    let left = payment.amount - payment.refunded();
    let method = match (payment.method, left) {
        (_, 0) => "NOT_AVAILABLE",
        (Method::Card, _) => "PAYMENT_SOURCE",
        (Method::Eft, _) => "BANK_PAYOUT",
    };
    let full = if payment.refunds.is_empty() { method } else { "NOT_AVAILABLE" };
    let answer = json!({
        "token": payment.page,
        "funding_type": if payment.method == Method::Card { "Credit Card" } else { "EFT" },
        "amount_original": payment.amount,
        "amount_available_for_refund": left,
        "status": if left == 0 { "COMPLETED" } else { "REFUNDABLE" },
        "errors": [],
        "refund_full": { "method": full },
        "refund_partial": { "method": method },
        "bank_names": [{ "bank_name": "FNB", "label": "FNB" }],
    });
    Ok(Said::json(200, &answer))
}

fn refund(state: &mut State, merchant: &str, id: &str, body: &[u8]) -> Answered {
    let said = body_fields(body)?;
    let value = |name: &str| said.iter().find(|(one, _)| one == name).map(|(_, value)| &**value);
    for (name, _) in &said {
        if !["amount", "reason", "notify_buyer", "notify_merchant"].contains(&&**name) {
            return Err(Refusal(400, "Unknown variable in request"));
        }
    }
    let missing = || Refusal(400, "Required variables not present in request");
    let amount = value("amount").and_then(|text| text.parse::<i64>().ok()).ok_or_else(missing)?;
    let reason = value("reason").ok_or_else(missing)?;
    if !(3..=255).contains(&reason.chars().count()) || value("notify_buyer").is_none() {
        return Err(missing());
    }
    let fails = state.failing_refunds > 0;
    state.failing_refunds = state.failing_refunds.saturating_sub(1);
    let payment = paid(state, merchant, id)?;
    if amount < 1 || amount > payment.amount - payment.refunded() {
        return Err(Refusal(400, "The refund amount is more than what is available"));
    }
    if payment.method == Method::Eft {
        return Err(Refusal(400, "Bank account details are required"));
    }
    if fails {
        return Err(Refusal(400, "Insufficient funds available for this refund"));
    }
    payment.refunds.push(amount);
    let data = json!({ "response": true, "message": "Success" });
    Ok(Said::json(200, &json!({ "code": 200, "status": "success", "data": data })))
}

/// When this is, where PayFast is.
fn date(seconds: i64) -> DateTime<FixedOffset> {
    let zone = FixedOffset::east_opt(2 * 3_600).expect("two hours east");
    DateTime::from_timestamp(seconds, 0).unwrap_or_default().with_timezone(&zone)
}
