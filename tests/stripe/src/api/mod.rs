//! The API: who asks, under which key, and what for.

mod accounts;
mod books;
mod charging;
mod customers;
mod intents;
mod list;
mod portal;
mod prices;
mod refunds;
mod sessions;
mod setup;
mod subscribing;
mod subscriptions;

pub(crate) use accounts::{Link, currency_of};
use data_encoding::BASE64;
pub(crate) use portal::Portal;
use serde_json::{Value, json};

use crate::form::Params;
use crate::http::{Asked, Said};
use crate::kept::Question;
use crate::problem::Problem;
use crate::state::{Cause, State, example};
use crate::trouble::{self, Act};
use crate::{Inner, VERSION};

/// What an operation knows of who asks.
pub(crate) struct Call<'a> {
    /// The account in whose name it is asked; none: the platform itself.
    pub(crate) account: Option<&'a str>,
    pub(crate) params: &'a Params,
    pub(crate) origin: &'a str,
}

/// Answers a request below `/v1/`.
pub(crate) async fn answer(inner: &Inner, asked: &Asked) -> Said {
    let request = inner.state().new_id("req");
    let said = answer_as(inner, asked, &request).await;
    let Said::Answer(mut answer) = said else { return said };
    answer.header("request-id", &request);
    for name in ["stripe-version", "stripe-account", "idempotency-key"] {
        if !asked.header(name).is_empty() {
            answer.header(name, asked.header(name));
        }
    }
    Said::Answer(answer)
}

async fn answer_as(inner: &Inner, asked: &Asked, request: &str) -> Said {
    let refused = |problem: Problem| Said::json(problem.status, &problem.body(request));
    let (account, params) = match door(inner, asked) {
        Ok(found) => found,
        Err(problem) => return refused(problem),
    };
    let act = trouble::meet(&mut inner.state().troubles, &asked.method, &asked.path);
    match act {
        Some(Act::Status(status)) => return refused(out_of_order(status)),
        Some(Act::CutBefore) => return Said::Nothing,
        _ => {}
    }
    let key = asked.header("idempotency-key");
    let question = Question { path: asked.path.clone(), params: params.clone() };
    let key =
        (asked.method == "POST" && !key.is_empty()).then(|| (account.clone(), key.to_owned()));
    if let Some(key) = &key {
        let now = inner.settings.clock.now();
        match inner.state().kept.claim(key, &question, now) {
            Err(problem) => return refused(problem),
            Ok(None) => {}
            Ok(Some(_)) if act == Some(Act::Cut) => return Said::Nothing,
            Ok(Some((status, body))) => {
                let mut said = Said::text(status, "application/json", body);
                if let Said::Answer(answer) = &mut said {
                    answer.header("idempotent-replayed", "true");
                }
                return said;
            }
        }
    }
    if act == Some(Act::Wait) {
        inner.gate.pass().await;
    }
    let done = match act {
        Some(Act::KeptStatus(status)) => Err(out_of_order(status).begun()),
        _ => inner.act(|state| {
            let key = key.as_ref().map(|(_, key)| key.clone());
            state.cause = Cause { request: Some(request.to_owned()), key };
            let call = Call { account: account.as_deref(), params: &params, origin: &inner.origin };
            let done = route(state, &asked.method, &asked.path, &call);
            state.cause = Cause::default();
            done
        }),
    };
    let (status, body, kept) = match done {
        Ok(value) => (200, value, true),
        Err(problem) => (problem.status, problem.body(request), problem.kept),
    };
    if let Some(key) = key {
        let answer = kept.then(|| (status, pretty(&body)));
        inner.state().kept.settle(key, question, inner.settings.clock.now(), answer);
    }
    if act == Some(Act::Late) {
        inner.gate.pass().await;
    }
    if act == Some(Act::Cut) { Said::Nothing } else { Said::json(status, &body) }
}

pub(crate) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

fn out_of_order(status: u16) -> Problem {
    let said = match status {
        429 => Problem::coded(
            "rate_limit",
            "Request rate limit exceeded. Learn more about rate limits here \
             https://stripe.com/docs/rate-limits.",
        ),
        _ => Problem {
            kind: "api_error",
            ..Problem::wrong("Sorry! There was an error while talking to one of our backends.")
        },
    };
    said.with_status(status)
}

/// Who asks, in whose name, and with what: all that is looked at before anything is done.
fn door(inner: &Inner, asked: &Asked) -> Result<(Option<String>, Params), Problem> {
    let key = key_of(asked.header("authorization"));
    let Some(key) = key else {
        let said = "You did not provide an API key. You need to provide your API key in the Authorization \
                    header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See \
                    https://stripe.com/docs/api#authentication for details, or we can help at \
                    https://support.stripe.com/.";
        return Err(Problem::wrong(said).with_status(401));
    };
    if key == inner.settings.publishable_key {
        let said = "This API call cannot be made with a publishable API key. Please use a secret API key. \
                    You can find a list of your API keys at https://dashboard.stripe.com/account/apikeys.";
        return Err(Problem::coded("secret_key_required", said).with_status(403));
    }
    let last: String = key.chars().skip(key.chars().count().saturating_sub(4)).collect();
    if key != inner.settings.secret_key {
        let said = format!("Invalid API Key provided: ****{last}");
        return Err(Problem::wrong(said).with_status(401));
    }
    version(asked.header("stripe-version"))?;
    if asked.header("idempotency-key").chars().count() > 255 {
        return Err(Problem::wrong("Idempotency keys have at most 255 characters"));
    }
    let account = asked.header("stripe-account");
    if !account.is_empty() && !inner.state().is_ours(account) {
        let said = format!(
            "The provided key '****{last}' does not have access to account '{account}' (or that account does \
             not exist). Application access may have been revoked."
        );
        return Err(Problem::coded("account_invalid", said).with_status(403));
    }
    let form = "application/x-www-form-urlencoded";
    let params = match asked.method.as_str() {
        "POST" if !asked.body.is_empty() => {
            if !asked.header("content-type").starts_with(form) {
                let said = format!("Invalid request (check that your POST content type is {form})");
                return Err(Problem::wrong(said));
            }
            Params::parse(&asked.body)?
        }
        "POST" => Params::default(),
        _ => Params::parse(asked.query.as_bytes())?,
    };
    Ok(((!account.is_empty()).then(|| account.to_owned()), params))
}

fn key_of(header: &str) -> Option<String> {
    let key = match header.split_once(' ')? {
        ("Bearer", key) => key.to_owned(),
        ("Basic", pair) => {
            let pair = BASE64.decode(pair.as_bytes()).ok()?;
            String::from_utf8(pair).ok()?.split(':').next()?.to_owned()
        }
        _ => return None,
    };
    (!key.is_empty()).then_some(key)
}

/// Who names no version gets that of their account, which changes some day: we always name one. And it is the one
/// whose examples we answer with: what another one would say, nobody knows here.
fn version(said: &str) -> Result<(), Problem> {
    if said.is_empty() {
        let said = "The stand-in wants the header Stripe-Version, so that answers don't depend on an \
                    account's settings.";
        return Err(Problem::wrong(said));
    }
    if said == VERSION {
        return Ok(());
    }
    Err(Problem::wrong(format!(
        "Invalid Stripe API version: {said}. The stand-in knows {VERSION}."
    )))
}

fn route(state: &mut State, method: &str, path: &str, call: &Call) -> Result<Value, Problem> {
    let words: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    match (method, words.as_slice()) {
        ("POST", ["accounts"]) => accounts::create(state, call),
        ("GET", ["accounts", id]) => accounts::read(state, call, id),
        ("POST", ["account_links"]) => accounts::link(state, call),
        ("POST", ["checkout", "sessions"]) => sessions::create(state, call),
        ("GET", ["checkout", "sessions", id]) => sessions::read(state, call, id),
        ("POST", ["checkout", "sessions", id, "expire"]) => sessions::expire(state, call, id),
        ("POST", ["customers"]) => customers::create(state, call),
        ("GET", ["customers", id]) => customers::read(state, call, id),
        ("POST", ["prices"]) => prices::create(state, call),
        ("GET", ["prices"]) => prices::list(state, call),
        ("POST", ["prices", id]) => prices::change(state, call, id),
        ("GET", ["prices", id]) => plain(state, call, "price", id),
        ("POST", ["products", id]) => prices::change_product(state, call, id),
        ("GET", ["products", id]) => plain(state, call, "product", id),
        ("GET", ["subscriptions"]) => subscriptions::list(state, call),
        ("GET", ["subscriptions", id]) => plain(state, call, "subscription", id),
        ("POST", ["subscriptions", id]) => subscriptions::change(state, call, id),
        ("DELETE", ["subscriptions", id]) => subscriptions::end(state, call, id),
        ("POST", ["billing_portal", "sessions"]) => portal::create(state, call),
        ("GET", ["invoices"]) => subscriptions::invoices(state, call),
        ("GET", ["invoices", id]) => plain(state, call, "invoice", id),
        ("GET", ["setup_intents", id]) => setup::read(state, call, id),
        ("POST", ["payment_methods", id, "detach"]) => charging::detach(state, call, id),
        ("GET", ["payment_methods", id]) => plain(state, call, "payment_method", id),
        ("GET", ["payment_intents"]) => charging::list(state, call),
        ("POST", ["payment_intents"]) => intents::create(state, call),
        ("GET", ["payment_intents", id]) => intents::read(state, call, id),
        ("POST", ["payment_intents", id, "cancel"]) => intents::cancel(state, call, id),
        ("POST", ["refunds"]) => refunds::create(state, call),
        ("GET", ["refunds"]) => refunds::list(state, call),
        ("GET", ["refunds", id]) => plain(state, call, "refund", id),
        ("GET", ["charges"]) => books::charges(state, call),
        ("GET", ["charges", id]) => plain(state, call, "charge", id),
        ("GET", ["disputes"]) => books::disputes(state, call),
        ("GET", ["disputes", id]) => plain(state, call, "dispute", id),
        ("GET", ["payouts"]) => books::payouts(state, call),
        ("GET", ["payouts", id]) => plain(state, call, "payout", id),
        ("GET", ["balance_transactions", id]) => plain(state, call, "balance_transaction", id),
        ("GET", ["events", id]) => plain(state, call, "event", id),
        ("GET", ["balance"]) => balance(state, call),
        _ => Err(Problem::unknown_address(method, path)),
    }
}

/// Plans are a thing between the platform and businesses.
fn platform_only(call: &Call) -> Result<(), Problem> {
    if call.account.is_none() {
        return Ok(());
    }
    let said = "The stand-in knows plans of the platform itself only; leave out Stripe-Account.";
    Err(Problem::wrong(said))
}

/// Something that a parameter names and that isn't there.
fn named<'a>(
    state: &'a State,
    call: &Call,
    kind: &str,
    id: &str,
    param: &str,
) -> Result<&'a Value, Problem> {
    let found = state.of(call.account, kind, id);
    found.map_err(|problem| problem.about(param).with_status(400))
}

/// Something by its name, as it is.
fn plain(state: &State, call: &Call, kind: &str, id: &str) -> Result<Value, Problem> {
    call.params.only(&[])?;
    state.of(call.account, kind, id).cloned()
}

/// Whether the account in whose name it is asked can take money.
fn takes_money(state: &State, call: &Call) -> Result<(), Problem> {
    let Some(account) = call.account else { return Ok(()) };
    match state.any("account", account) {
        Some((_, account)) if account["charges_enabled"] == true => Ok(()),
        _ => {
            let said = "Your account cannot currently make charges. Finish setting it up first.";
            Err(Problem::wrong(said))
        }
    }
}

/// What an account has: all that was taken and not given back waits for its bank.
fn balance(state: &State, call: &Call) -> Result<Value, Problem> {
    call.params.only(&[])?;
    let mut sums = std::collections::BTreeMap::new();
    let mine = state.all("charge").filter(|(owner, _)| *owner == call.account);
    for (_, charge) in mine {
        let amount = |name: &str| charge[name].as_i64().unwrap_or(0);
        let currency = charge["currency"].as_str().unwrap_or_default().to_owned();
        *sums.entry(currency).or_insert(0) += amount("amount_captured") - amount("amount_refunded");
    }
    if sums.is_empty() {
        sums.insert("usd".to_owned(), 0);
    }
    let line = |(currency, amount): (&String, i64)| {
        json!({
            "amount": amount, "currency": currency, "source_types": { "card": amount },
        })
    };
    let mut balance = example("balance");
    balance["available"] = sums.keys().map(|currency| line((currency, 0))).collect();
    balance["pending"] = sums.iter().map(|(currency, sum)| line((currency, *sum))).collect();
    balance["connect_reserved"] = json!([]);
    Ok(balance)
}
