//! Customers who go to their bank about what they paid.

use serde_json::Value;

use crate::state::{State, example};

/// How long the business may say something.
const TIME_TO_ANSWER: i64 = 7 * 24 * 60 * 60;
/// What a dispute costs, whoever wins.
const FEE: i64 = 1_500;

impl State {
    /// A customer wants their money back: it is taken away until that is decided.
    pub(crate) fn dispute(&mut self, account: Option<&str>, charge: &str) {
        self.change(charge)["disputed"] = true.into();
        let id = self.new_dispute(account, charge, "needs_response", "fraudulent");
        self.change(&id)["is_charge_refundable"] = false.into();
        self.emit(account, "charge.dispute.created", &id);
        self.move_disputed(account, &id, -1);
        self.emit(account, "charge.dispute.funds_withdrawn", &id);
    }

    /// A bank asks about a charge, before anything is taken away.
    pub(crate) fn inquire(&mut self, account: Option<&str>, charge: &str) {
        let id = self.new_dispute(account, charge, "warning_needs_response", "general");
        self.change(&id)["is_charge_refundable"] = true.into();
        self.emit(account, "charge.dispute.created", &id);
    }

    fn new_dispute(
        &mut self,
        account: Option<&str>,
        charge: &str,
        status: &str,
        reason: &str,
    ) -> String {
        let id = self.new_id("dp");
        let now = self.now;
        let object = self.change(charge);
        let mut dispute = example("dispute");
        for name in ["amount", "currency", "payment_intent"] {
            dispute[name] = object[name].clone();
        }
        dispute["charge"] = charge.into();
        dispute["created"] = now.into();
        dispute["evidence_details"]["due_by"] = (now + TIME_TO_ANSWER).into();
        dispute["id"] = id.as_str().into();
        dispute["reason"] = reason.into();
        dispute["status"] = status.into();
        self.keep(account, dispute);
        id
    }

    /// The money goes away (-1), or comes back (1).
    fn move_disputed(&mut self, account: Option<&str>, dispute: &str, way: i64) {
        let id = self.new_id("txn");
        let now = self.now;
        let object = self.change(dispute);
        let amount = object["amount"].as_i64().unwrap_or(0) * way;
        let fee = if way < 0 { FEE } else { 0 };
        let mut moved = example("balance_transaction");
        moved["amount"] = amount.into();
        moved["available_on"] = now.into();
        moved["created"] = now.into();
        moved["currency"] = object["currency"].clone();
        moved["description"] = Value::Null;
        moved["fee"] = fee.into();
        moved["id"] = id.into();
        moved["net"] = (amount - fee).into();
        let category = if way < 0 { "dispute" } else { "dispute_reversal" };
        moved["reporting_category"] = category.into();
        moved["source"] = dispute.into();
        moved["type"] = "adjustment".into();
        if let Some(all) = object["balance_transactions"].as_array_mut() {
            all.push(moved.clone());
        }
        self.keep(account, moved);
    }

    /// A bank has decided; an inquiry comes to nothing. `false`: there is none, or it was decided.
    pub(crate) fn close_dispute(&mut self, id: &str, won: bool) -> bool {
        let Some((account, dispute)) = self.any("dispute", id) else { return false };
        let account = account.map(str::to_owned);
        let account = account.as_deref();
        let status = match dispute["status"].as_str().unwrap_or_default() {
            "warning_needs_response" | "warning_under_review" => "warning_closed",
            "needs_response" | "under_review" if won => "won",
            "needs_response" | "under_review" => "lost",
            _ => return false,
        };
        self.change(id)["status"] = status.into();
        if status == "won" {
            self.move_disputed(account, id, 1);
            self.emit(account, "charge.dispute.funds_reinstated", id);
        }
        self.emit(account, "charge.dispute.closed", id);
        true
    }

    /// Whether a charge can't be given back, as its customer went to their bank.
    pub(crate) fn is_charged_back(&self, charge: &str) -> bool {
        let mut all = self.all("dispute");
        all.any(|(_, one)| {
            one["charge"] == charge
                && one["is_charge_refundable"] == false
                && one["status"] != "won"
        })
    }
}
