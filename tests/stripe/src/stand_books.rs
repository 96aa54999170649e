//! What tests do with disputes, payouts, and at a business's dashboard.

use crate::stand::Stand;

impl Stand {
    /// A bank has decided about a dispute; an inquiry comes to nothing. `false`: there is none, or it was decided.
    pub fn close_dispute(&self, dispute: &str, won: bool) -> bool {
        self.inner.act(|state| state.close_dispute(dispute, won))
    }

    /// Something is sent to a business's bank: its name; none, if there is no such business.
    pub fn send_payout(&self, account: &str, amount: i64, currency: &str) -> Option<String> {
        self.inner.act(|state| state.send_payout(account, amount, currency))
    }

    /// It arrives, or the bank doesn't take it. `false`: there is none, or that can't be.
    pub fn settle_payout(&self, payout: &str, well: bool) -> bool {
        self.inner.act(|state| state.settle_payout(payout, well))
    }

    /// A business gives some of a charge back at its dashboard: the refund's name; none, if that can't be.
    pub fn refund_there(&self, charge: &str, amount: i64) -> Option<String> {
        self.inner.act(|state| state.refund_there(charge, amount))
    }
}
