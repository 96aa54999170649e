//! Money that is given back.

use serde_json::{Value, json};

use super::{Call, books, list};
use crate::cards::{self, Card};
use crate::money;
use crate::problem::Problem;
use crate::state::{State, example};

/// How long money stays that comes back by itself, in seconds.
const COMES_BACK_AFTER: i64 = 60;

pub(super) fn create(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&["payment_intent", "charge", "amount", "metadata[*]", "reason"])?;
    params.one_of("reason", &["duplicate", "fraudulent", "requested_by_customer"])?;
    let wanted = params.integer("amount")?;
    let metadata = params.metadata("metadata")?;
    let charge_id = charge_of(state, call)?;
    let charge = state.of(call.account, "charge", &charge_id)?.clone();
    let currency = charge["currency"].as_str().unwrap_or_default();
    let number = |name: &str| charge[name].as_i64().unwrap_or(0);
    let (taken, left) = (number("amount"), number("amount") - number("amount_refunded"));
    if let Some(wanted) = wanted {
        if wanted < 1 {
            let said = format!("Invalid positive integer: {wanted}");
            return Err(Problem::coded("parameter_invalid_integer", said).about("amount"));
        }
        money::possible(wanted, currency, "amount")?;
    }
    if state.is_charged_back(&charge_id) {
        let said = format!("Charge {charge_id} has been charged back; cannot issue a refund.");
        return Err(Problem::coded("charge_disputed", said).begun());
    }
    if left == 0 {
        let said = format!("Charge {charge_id} has already been refunded.");
        return Err(Problem::coded("charge_already_refunded", said).begun());
    }
    let amount = wanted.unwrap_or(left);
    let too_much = |what: &str, than: i64| {
        let (amount, than) = (money::shown(amount, currency), money::shown(than, currency));
        let said = format!("Refund amount ({amount}) is greater than {what} ({than})");
        Err(Problem::wrong(said).about("amount").begun())
    };
    if amount > taken {
        return too_much("charge amount", taken);
    }
    if amount > left {
        return too_much("unrefunded amount on charge", left);
    }
    let reason = params.text("reason").map(str::to_owned);
    let id = state.give_back(call.account, &charge, amount, metadata, reason);
    state.of(call.account, "refund", &id).cloned()
}

/// What was given back, of one payment or at all, the newest first.
pub(super) fn list(state: &mut State, call: &Call) -> Result<Value, Problem> {
    let params = call.params;
    params.only(&books::listed(&["payment_intent", "charge"]))?;
    let one = params.has("payment_intent") || params.has("charge");
    let charge = if one { Some(charge_of(state, call)?) } else { None };
    let found = books::created(state, call, "refund")?.into_iter();
    let found = found.filter(|one| charge.as_ref().is_none_or(|id| one["charge"] == id.as_str()));
    list::page(call, "/v1/refunds", found.collect())
}

/// What was taken, by either of its names.
fn charge_of(state: &State, call: &Call) -> Result<String, Problem> {
    let params = call.params;
    match (params.text("payment_intent"), params.text("charge")) {
        (None, None) => {
            let said = "One of the following params should be provided for this request: payment_intent or \
                        charge.";
            Err(Problem::coded("parameter_missing", said).about("payment_intent"))
        }
        (Some(_), Some(_)) => {
            let said = "You may only specify one of these parameters: charge, payment_intent.";
            Err(Problem::wrong(said))
        }
        (None, Some(charge)) => match state.of(call.account, "charge", charge) {
            Ok(_) => Ok(charge.to_owned()),
            Err(problem) => Err(problem.about("charge")),
        },
        (Some(intent), None) => {
            let found = state.of(call.account, "payment_intent", intent);
            let found = found.map_err(|problem| problem.about("payment_intent"))?;
            let Some(charge) = found["latest_charge"].as_str() else {
                let said = format!(
                    "This PaymentIntent ({intent}) does not have a successful charge to refund."
                );
                return Err(Problem::wrong(said).about("payment_intent"));
            };
            Ok(charge.to_owned())
        }
    }
}

/// How far a refund comes at once.
fn next_status(state: &mut State, charge: &Value) -> &'static str {
    if state.orders.failing_refunds > 0 {
        state.orders.failing_refunds -= 1;
        return "failed";
    }
    if state.orders.slow_refunds > 0 {
        state.orders.slow_refunds -= 1;
        return "pending";
    }
    match card_of(state, charge) {
        Some(Card::RefundTakesTime) => "pending",
        _ => "succeeded",
    }
}

/// With what a charge was paid at a page.
fn card_of(state: &State, charge: &Value) -> Option<Card> {
    let session = state
        .all("checkout.session")
        .find(|(_, session)| session["payment_intent"] == charge["payment_intent"])
        .and_then(|(_, session)| session["id"].as_str());
    state.cards.get(session?).and_then(|number| cards::read(number))
}

impl State {
    /// Some of a charge is given back, by whomever.
    fn give_back(
        &mut self,
        account: Option<&str>,
        charge: &Value,
        amount: i64,
        metadata: Value,
        reason: Option<String>,
    ) -> String {
        let charge_id = charge["id"].as_str().unwrap_or_default();
        let status = next_status(self, charge);
        let id = self.new_id("re");
        let balance = self.new_id("txn");
        let mut refund = example("refund");
        refund["amount"] = amount.into();
        refund["balance_transaction"] = balance.into();
        refund["charge"] = charge_id.into();
        refund["created"] = self.now.into();
        refund["currency"] = charge["currency"].clone();
        refund["destination_details"] =
            json!({ "card": { "reference_status": "pending", "type": "refund" }, "type": "card" });
        refund["id"] = id.as_str().into();
        refund["metadata"] = metadata;
        for name in ["payment_intent", "payment_method"] {
            refund[name] = charge[name].clone();
        }
        refund["reason"] = reason.into();
        refund["status"] = status.into();
        self.keep(account, refund);
        self.emit(account, "refund.created", &id);
        if status == "failed" {
            self.change(&id)["failure_reason"] = "unknown".into();
            self.emit(account, "refund.failed", &id);
        } else {
            self.refunded(charge_id, amount);
            self.emit(account, "charge.refunded", charge_id);
        }
        self.emit(account, "refund.updated", &id);
        if status == "succeeded" && card_of(self, charge) == Some(Card::RefundComesBack) {
            let back = self.now + COMES_BACK_AFTER;
            self.coming_back.push((id.clone(), back));
        }
        id
    }

    /// Money that had arrived and that banks have sent back by now.
    pub(crate) fn bounce_refunds(&mut self) {
        let now = self.now;
        let (due, later) = std::mem::take(&mut self.coming_back)
            .into_iter()
            .partition::<Vec<_>, _>(|(_, back)| *back <= now);
        self.coming_back = later;
        for (refund, _) in due {
            self.settle_refund(&refund, false);
        }
    }

    /// Somebody gives some of a charge back at the dashboard; none, if that can't be.
    pub(crate) fn refund_there(&mut self, charge: &str, amount: i64) -> Option<String> {
        let (account, found) = self.any("charge", charge)?;
        let (account, found) = (account.map(str::to_owned), found.clone());
        let number = |name: &str| found[name].as_i64().unwrap_or(0);
        let left = number("amount") - number("amount_refunded");
        if amount < 1 || amount > left || self.is_charged_back(charge) {
            return None;
        }
        let reason = Some("requested_by_customer".to_owned());
        Some(self.give_back(account.as_deref(), &found, amount, json!({}), reason))
    }

    /// So much more of a charge was given back; less, if it came back.
    fn refunded(&mut self, charge: &str, amount: i64) {
        let charge = self.change(charge);
        let sum = charge["amount_refunded"].as_i64().unwrap_or(0) + amount;
        charge["amount_refunded"] = sum.into();
        charge["refunded"] = (charge["amount"] == sum).into();
    }

    /// Money that is on its way arrives or comes back, which can happen after it had arrived, too.
    pub(crate) fn settle_refund(&mut self, id: &str, well: bool) -> bool {
        let Some((account, refund)) = self.any("refund", id) else { return false };
        let account = account.map(str::to_owned);
        let account = account.as_deref();
        let status = refund["status"].as_str().unwrap_or_default();
        let charge = refund["charge"].as_str().unwrap_or_default().to_owned();
        let amount = refund["amount"].as_i64().unwrap_or(0);
        match (status, well) {
            ("pending", true) => self.change(id)["status"] = "succeeded".into(),
            ("pending" | "succeeded", false) => {
                let refund = self.change(id);
                refund["status"] = "failed".into();
                refund["failure_reason"] = "expired_or_canceled_card".into();
                self.refunded(&charge, -amount);
                self.emit(account, "refund.failed", id);
            }
            _ => return false,
        }
        self.emit(account, "refund.updated", id);
        true
    }
}
