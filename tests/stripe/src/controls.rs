//! What tests can do, over HTTP: for those who can't call it.

use openchair_stand_in::Order;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::billing::GivenUp;
use crate::http::{Asked, Said};
use crate::trouble::Trouble;
use crate::{Inner, book};

/// What is ordered, by its name in `do`.
#[derive(Debug, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
enum Command {
    Pay { session: String, number: String },
    Authenticate { session: String, well: bool },
    SettlePayment { session: String, well: bool },
    SettleRefund { refund: String, well: bool },
    Onboard { account: String },
    Restrict { account: String, requirement: String },
    Revoke { account: String },
    Admit { account: String },
    Renew { subscription: String },
    GiveUp { subscription: String, then: GivenUp },
    Cancel { subscription: String },
    CardOf { customer: String, number: String },
    CloseDispute { dispute: String, won: bool },
    Payout { account: String, amount: i64, currency: String },
    SettlePayout { payout: String, well: bool },
    RefundThere { charge: String, amount: i64 },
    SlowBanks { times: u32 },
    FailRefunds { times: u32 },
    SlowRefunds { times: u32 },
    Trouble(Trouble),
    LetGo,
    WebhooksTo { urls: Vec<String> },
    HoldWebhooks,
    ReleaseWebhooks { order: Order },
    HurryWebhooks,
    CopyWebhooks { copies: u32 },
    DropWebhooks { times: u32 },
    Redeliver { event: String },
}

pub(crate) fn answer(inner: &Inner, asked: &Asked) -> Said {
    match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", "/_stand_in/book") => json_of(&book::read(&inner.state())),
        ("GET", "/_stand_in/deliveries") => json_of(&inner.hooks.log()),
        ("GET", "/_stand_in/events") => json_of(&inner.events()),
        ("POST", "/_stand_in/orders") => match serde_json::from_slice(&asked.body) {
            Ok(order) => obey(inner, order),
            Err(error) => Said::json(400, &json!({ "error": error.to_string() })),
        },
        _ => Said::json(404, &json!({ "error": "no such control" })),
    }
}

fn json_of(what: &impl serde::Serialize) -> Said {
    Said::json(200, &serde_json::to_value(what).unwrap_or_default())
}

fn obey(inner: &Inner, order: Command) -> Said {
    let mut done = Value::Bool(true);
    match order {
        Command::Pay { session, number } => {
            let outcome = inner.act(|state| state.pay(&session, &number, &inner.origin));
            done = serde_json::to_value(outcome).unwrap_or_default();
        }
        Command::Authenticate { session, well } => {
            let outcome = inner.act(|state| state.authenticate(&session, well));
            done = serde_json::to_value(outcome).unwrap_or_default();
        }
        Command::SettlePayment { session, well } => {
            done = inner.act(|state| state.settle_payment(&session, well)).into();
        }
        Command::SettleRefund { refund, well } => {
            done = inner.act(|state| state.settle_refund(&refund, well)).into();
        }
        Command::Onboard { account } => done = inner.act(|state| state.onboard(&account)).into(),
        Command::Restrict { account, requirement } => {
            done = inner.act(|state| state.restrict(&account, &requirement)).into();
        }
        Command::Revoke { account } => done = inner.state().revoke(&account).into(),
        Command::Admit { account } => done = inner.state().revoked.remove(&account).into(),
        Command::Renew { subscription } => {
            done = inner.act(|state| state.renew(&subscription)).into();
        }
        Command::GiveUp { subscription, then } => {
            done = inner.act(|state| state.give_up(&subscription, then)).into();
        }
        Command::Cancel { subscription } => {
            done = inner.act(|state| state.end_subscription(&subscription)).into();
        }
        Command::CardOf { customer, number } => {
            done = inner.act(|state| state.card_of(&customer, &number)).into();
        }
        Command::CloseDispute { dispute, won } => {
            done = inner.act(|state| state.close_dispute(&dispute, won)).into();
        }
        Command::Payout { account, amount, currency } => {
            done = inner.act(|state| state.send_payout(&account, amount, &currency)).into();
        }
        Command::SettlePayout { payout, well } => {
            done = inner.act(|state| state.settle_payout(&payout, well)).into();
        }
        Command::RefundThere { charge, amount } => {
            done = inner.act(|state| state.refund_there(&charge, amount)).into();
        }
        Command::SlowBanks { times } => inner.state().orders.slow_banks = times,
        Command::FailRefunds { times } => inner.state().orders.failing_refunds = times,
        Command::SlowRefunds { times } => inner.state().orders.slow_refunds = times,
        Command::Trouble(trouble) => inner.state().troubles.push(trouble),
        Command::LetGo => inner.gate.open(),
        Command::WebhooksTo { urls } => {
            inner.tell_these(urls.iter().flat_map(|url| inner.settings.both(url)).collect());
        }
        Command::HoldWebhooks => inner.hooks.hold(),
        Command::ReleaseWebhooks { order } => inner.hooks.release(order),
        Command::HurryWebhooks => inner.hooks.hurry(),
        Command::CopyWebhooks { copies } => inner.hooks.copies(copies),
        Command::DropWebhooks { times } => inner.hooks.drop_next(times),
        Command::Redeliver { event } => done = inner.redeliver(&event).into(),
    }
    Said::json(200, &json!({ "done": done }))
}
