//! Bills for plans: written at the beginning of each period, and taken from the card that was left.

use serde_json::{Value, json};

use crate::billing::is_over;
use crate::periods;
use crate::state::{State, example};

/// How long it waits before it tries again.
const RETRY: i64 = 3 * 24 * 60 * 60;

impl State {
    /// A bill for the period that a subscription is in.
    pub(crate) fn bill(&mut self, subscription: &str, reason: &str) -> String {
        let (id, line_id) = (self.new_id("in"), self.new_id("il"));
        let now = self.now;
        let prorated = self.billing.prorated.remove(subscription).unwrap_or(0);
        let customer = self.change(subscription)["customer"].clone();
        let customer = customer.as_str().unwrap_or_default();
        let (email, name) =
            (self.change(customer)["email"].clone(), self.change(customer)["name"].clone());
        let counted = self.change(customer);
        let number = counted["next_invoice_sequence"].as_i64().unwrap_or(1);
        counted["next_invoice_sequence"] = (number + 1).into();
        let prefix = counted["invoice_prefix"].as_str().unwrap_or_default().to_owned();
        let object = self.change(subscription).clone();
        let item = &object["items"]["data"][0];
        let tried = object["status"] == "trialing";
        let each = item["price"]["unit_amount"].as_i64().unwrap_or(0);
        let each =
            if tried { 0 } else { each.saturating_mul(item["quantity"].as_i64().unwrap_or(1)) };
        let total = each + prorated;
        if total < 0 {
            // What is left over is for the next one.
            self.billing.prorated.insert(subscription.to_owned(), total);
        }
        let due = total.max(0);
        let mut line = example("line_item");
        let period =
            json!({ "start": item["current_period_start"], "end": item["current_period_end"] });
        line["amount"] = due.into();
        line["currency"] = object["currency"].clone();
        line["description"] = self.product_name(&item["price"]).into();
        line["id"] = line_id.into();
        line["invoice"] = id.as_str().into();
        line["parent"]["subscription_item_details"]["proration"] = (prorated != 0).into();
        line["parent"]["subscription_item_details"]["subscription"] = subscription.into();
        line["parent"]["subscription_item_details"]["subscription_item"] = item["id"].clone();
        line["period"] = period;
        line["pricing"] = json!({
            "price_details": { "price": item["price"]["id"], "product": item["price"]["product"] },
            "type": "price_details",
            "unit_amount_decimal": item["price"]["unit_amount_decimal"],
        });
        line["quantity"] = item["quantity"].clone();
        line["subscription"] = subscription.into();
        line["subtotal"] = due.into();
        let mut invoice = example("invoice");
        for name in ["amount_due", "amount_remaining", "subtotal", "subtotal_excluding_tax"] {
            invoice[name] = due.into();
        }
        for name in ["total", "total_excluding_tax"] {
            invoice[name] = due.into();
        }
        for name in ["created", "effective_at", "period_start", "period_end"] {
            invoice[name] = now.into();
        }
        invoice["auto_advance"] = true.into();
        invoice["billing_reason"] = reason.into();
        invoice["currency"] = object["currency"].clone();
        invoice["customer"] = customer.into();
        invoice["customer_email"] = email;
        invoice["customer_name"] = name;
        invoice["id"] = id.as_str().into();
        invoice["lines"]["data"] = json!([line]);
        invoice["lines"]["url"] = format!("/v1/invoices/{id}/lines").into();
        invoice["number"] = format!("{prefix}-{number:04}").into();
        invoice["parent"]["subscription_details"] =
            json!({ "metadata": object["metadata"], "subscription": subscription });
        invoice["status"] = "open".into();
        invoice["status_transitions"]["finalized_at"] = now.into();
        self.keep(None, invoice);
        self.change(subscription)["latest_invoice"] = id.as_str().into();
        id
    }

    /// Nothing is to be paid, or it was taken.
    pub(crate) fn settle(&mut self, invoice: &str) {
        let now = self.now;
        let object = self.change(invoice);
        object["amount_paid"] = object["amount_due"].clone();
        object["amount_remaining"] = 0.into();
        object["attempted"] = true.into();
        if object["amount_due"] != 0 {
            object["attempt_count"] = (object["attempt_count"].as_i64().unwrap_or(0) + 1).into();
        }
        object["next_payment_attempt"] = Value::Null;
        object["status"] = "paid".into();
        object["status_transitions"]["paid_at"] = now.into();
        self.emit(None, "invoice.paid", invoice);
    }

    pub(crate) fn fail(&mut self, invoice: &str) {
        let next = self.now + RETRY;
        let object = self.change(invoice);
        object["attempted"] = true.into();
        object["attempt_count"] = (object["attempt_count"].as_i64().unwrap_or(0) + 1).into();
        object["next_payment_attempt"] = next.into();
        self.emit(None, "invoice.payment_failed", invoice);
    }

    /// The last bill of a subscription is taken, or isn't; says how the subscription goes by that.
    fn attempt(&mut self, subscription: &str, invoice: &str) {
        let object = self.change(subscription).clone();
        let due = self.change(invoice)["amount_due"].as_i64().unwrap_or(0);
        let well = due == 0 || self.is_payable(&object);
        let status = match (well, object["status"].as_str()) {
            (true, _) => "active",
            (false, Some("unpaid")) => "unpaid",
            // Its first bill is still to be paid.
            (false, Some("incomplete")) => "incomplete",
            (false, _) => "past_due",
        };
        self.change(subscription)["status"] = status.into();
        let customer = object["customer"].as_str().unwrap_or_default();
        self.change(customer)["delinquent"] = (!well).into();
        if well {
            self.settle(invoice);
        } else {
            self.fail(invoice);
        }
        self.emit(None, "customer.subscription.updated", subscription);
    }

    /// A period ends, as if the time had come.
    pub(crate) fn renew(&mut self, subscription: &str) -> bool {
        let Some((_, object)) = self.any("subscription", subscription) else { return false };
        let object = object.clone();
        if is_over(&object) {
            return false;
        }
        if !matches!(object["status"].as_str(), Some("active" | "trialing")) {
            let Some(invoice) = object["latest_invoice"].as_str() else { return false };
            self.attempt(subscription, invoice);
            return true;
        }
        let item = &object["items"]["data"][0];
        let end = item["current_period_end"].as_i64().unwrap_or(0);
        let ends = object["cancel_at_period_end"] == true
            || object["cancel_at"].as_i64().is_some_and(|at| at <= end);
        if ends {
            self.over(subscription, end.max(self.now), "cancellation_requested");
            return true;
        }
        let anchor = object["billing_cycle_anchor"].as_i64().unwrap_or(end);
        let next = periods::end_of(end, anchor, &item["price"]["recurring"]);
        let changed = self.change(subscription);
        // What is billed from now on is no trial's.
        changed["status"] = "active".into();
        let item = &mut changed["items"]["data"][0];
        item["current_period_start"] = end.into();
        item["current_period_end"] = next.into();
        let invoice = self.bill(subscription, "subscription_cycle");
        self.attempt(subscription, &invoice);
        true
    }
}
