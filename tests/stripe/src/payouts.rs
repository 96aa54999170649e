//! What is sent to a business's bank.

use crate::state::{State, example};

/// How long a bank takes.
const UNDER_WAY: i64 = 2 * 24 * 60 * 60;

impl State {
    /// Something is sent to a business's bank: its name; none, if there is no such business.
    pub(crate) fn send_payout(
        &mut self,
        account: &str,
        amount: i64,
        currency: &str,
    ) -> Option<String> {
        self.any("account", account)?;
        let (id, balance) = (self.new_id("po"), self.new_id("txn"));
        let mut payout = example("payout");
        payout["amount"] = amount.into();
        payout["arrival_date"] = (self.now + UNDER_WAY).into();
        payout["balance_transaction"] = balance.into();
        payout["created"] = self.now.into();
        payout["currency"] = currency.into();
        payout["id"] = id.as_str().into();
        payout["status"] = "in_transit".into();
        self.keep(Some(account), payout);
        self.emit(Some(account), "payout.created", &id);
        Some(id)
    }

    /// It arrives, or the bank doesn't take it, which may be found out after it seemed to have arrived. `false`:
    /// there is none, or that can't be.
    pub(crate) fn settle_payout(&mut self, id: &str, well: bool) -> bool {
        let Some((account, payout)) = self.any("payout", id) else { return false };
        let account = account.map(str::to_owned);
        let status = payout["status"].as_str().unwrap_or_default();
        let kind = match (status, well) {
            ("pending" | "in_transit", true) => "payout.paid",
            ("pending" | "in_transit" | "paid", false) => "payout.failed",
            _ => return false,
        };
        let balance = self.new_id("txn");
        let payout = self.change(id);
        payout["status"] = kind.trim_start_matches("payout.").into();
        if !well {
            payout["failure_balance_transaction"] = balance.into();
            payout["failure_code"] = "account_closed".into();
            payout["failure_message"] = "The bank account has been closed.".into();
        }
        self.emit(account.as_deref(), kind, id);
        true
    }
}
