//! Plans of businesses: how a subscription begins at a page, which card pays for it, and how it ends.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::api::Portal;
use crate::cards::{self, Card, LEFT_ONLY};
use crate::money;
use crate::paying::Outcome;
use crate::periods;
use crate::state::{State, example};

/// How long the first bill of a subscription can be paid.
const FIRST_PAID_WITHIN: i64 = 23 * 60 * 60;

/// What becomes of a subscription whose last bill nobody tries to take any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GivenUp {
    /// It is over.
    Canceled,
    /// It goes on, and isn't paid.
    Unpaid,
}

/// What stands behind subscriptions, besides their objects.
#[derive(Debug, Default)]
pub(crate) struct Billing {
    /// Where businesses look at their bills.
    pub(crate) portals: HashMap<String, Portal>,
    /// What a subscription's next bill has besides its price.
    pub(crate) prorated: HashMap<String, i64>,
    /// What is taken at each page.
    wanted: HashMap<String, Wanted>,
    /// The card at each page whose bank asks who it is.
    asked: HashMap<String, String>,
}

/// What is taken at a page.
#[derive(Debug, Clone)]
pub(crate) struct Wanted {
    pub(crate) price: Value,
    pub(crate) quantity: i64,
    pub(crate) trial_end: Option<i64>,
    pub(crate) description: Option<String>,
    pub(crate) metadata: Value,
}

impl Wanted {
    /// What it costs each time, as Stripe counts.
    pub(crate) fn amount(&self) -> i64 {
        self.price["unit_amount"].as_i64().unwrap_or(0).saturating_mul(self.quantity)
    }

    /// What it costs, for people.
    pub(crate) fn shown(&self) -> String {
        let currency = self.price["currency"].as_str().unwrap_or_default();
        let interval = self.price["recurring"]["interval"].as_str().unwrap_or_default();
        let each = format!("{} per {interval}", money::shown(self.amount(), currency));
        match self.trial_end {
            Some(end) => format!("{each}, from {}", periods::day(end)),
            None => each,
        }
    }

    /// What is done by sending the page.
    pub(crate) fn deed(&self) -> &'static str {
        if self.trial_end.is_some() { "Start trial" } else { "Subscribe" }
    }
}

impl Billing {
    pub(crate) fn want(&mut self, session: &str, wanted: Wanted) {
        self.wanted.insert(session.to_owned(), wanted);
    }

    pub(crate) fn wanted(&self, session: &str) -> Option<&Wanted> {
        self.wanted.get(session)
    }

    pub(crate) fn is_asked(&self, session: &str) -> bool {
        self.asked.contains_key(session)
    }
}

/// Why a card can't be left; none: it can.
pub(crate) fn why_not_left(number: &str) -> Option<Outcome> {
    if cards::digits(number).is_some_and(|number| number == LEFT_ONLY) {
        return None;
    }
    match cards::read(number) {
        None => Some(Outcome::NoCard),
        Some(Card::Declined(code, bank, message)) => Some(declined(code, bank, message)),
        Some(_) => None,
    }
}

fn declined(code: &str, bank: Option<&str>, message: &str) -> Outcome {
    Outcome::Declined { code: bank.unwrap_or(code).to_owned(), message: message.to_owned() }
}

impl State {
    /// Whether a page is one where a plan is taken.
    pub(crate) fn is_subscribed_at(&self, session: &str) -> bool {
        self.billing.wanted.contains_key(session)
    }

    /// A card is typed in where a plan is taken.
    pub(crate) fn subscribe(&mut self, session: &str, number: &str) -> Outcome {
        let Some(wanted) = self.wanted_now(session) else { return self.not_payable(session) };
        self.billing.asked.remove(session);
        if let Some(refused) = why_not_left(number) {
            return refused;
        }
        if wanted.trial_end.is_none() && !pays(number) {
            return declined("card_declined", None, "Your card was declined.");
        }
        if cards::read(number) == Some(Card::Asks) {
            self.billing.asked.insert(session.to_owned(), number.to_owned());
            return Outcome::Asked;
        }
        self.begin(session, &wanted, number)
    }

    /// The bank's question is answered where a plan is taken.
    pub(crate) fn subscribe_authenticated(&mut self, session: &str, well: bool) -> Outcome {
        let Some(wanted) = self.wanted_now(session) else { return self.not_payable(session) };
        match (self.billing.asked.remove(session), well) {
            // Nobody asked.
            (None, _) => Outcome::Closed,
            (Some(number), true) => self.begin(session, &wanted, &number),
            (Some(number), false) => {
                // In a trial nothing was to be paid: then there is nothing to leave behind.
                if wanted.trial_end.is_none() {
                    self.leave_incomplete(session, &wanted, &number);
                }
                declined(
                    "setup_intent_authentication_failure",
                    None,
                    "We are unable to authenticate your payment method. Please choose a different payment \
                     method and try again.",
                )
            }
        }
    }

    /// A subscription whose first bill wasn't paid: another card can still be typed in at its page, for another one.
    fn leave_incomplete(&mut self, session: &str, wanted: &Wanted, number: &str) {
        let customer = self.change(session)["customer"].as_str().unwrap_or_default().to_owned();
        let method = self.new_method(None, Some(&customer), number);
        let subscription = self.new_subscription(&customer, &method, wanted);
        self.change(&subscription)["status"] = "incomplete".into();
        self.emit(None, "customer.subscription.created", &subscription);
        let invoice = self.bill(&subscription, "subscription_create");
        self.fail(&invoice);
    }

    /// Subscriptions whose first bill can't be paid any more are over, and never were anything.
    pub(crate) fn expire_incomplete(&mut self) {
        let since = self.now - FIRST_PAID_WITHIN;
        let all = self.all("subscription").filter(|(_, one)| {
            one["status"] == "incomplete" && one["created"].as_i64().is_some_and(|at| at <= since)
        });
        let late: Vec<_> =
            all.filter_map(|(_, one)| one["id"].as_str().map(str::to_owned)).collect();
        for id in late {
            let object = self.change(&id);
            object["status"] = "incomplete_expired".into();
            object["ended_at"] =
                (object["created"].as_i64().unwrap_or(0) + FIRST_PAID_WITHIN).into();
            let invoice = object["latest_invoice"].as_str().map(str::to_owned);
            if let Some(invoice) = invoice {
                self.change(&invoice)["status"] = "void".into();
                self.emit(None, "invoice.voided", &invoice);
            }
            self.emit(None, "customer.subscription.updated", &id);
        }
    }

    /// What is taken at a page that is open.
    fn wanted_now(&mut self, session: &str) -> Option<Wanted> {
        self.payable(session)?;
        self.billing.wanted.get(session).cloned()
    }

    /// From now on it is paid for.
    fn begin(&mut self, session: &str, wanted: &Wanted, number: &str) -> Outcome {
        let customer = self.change(session)["customer"].as_str().unwrap_or_default().to_owned();
        let method = self.new_method(None, Some(&customer), number);
        let subscription = self.new_subscription(&customer, &method, wanted);
        let email = self.change(&customer)["email"].clone();
        let name = self.change(&customer)["name"].clone();
        let object = self.change(&customer);
        object["currency"] = wanted.price["currency"].clone();
        if object["invoice_settings"]["default_payment_method"].is_null() {
            object["invoice_settings"]["default_payment_method"] = method.as_str().into();
        }
        self.emit(None, "customer.subscription.created", &subscription);
        let invoice = self.bill(&subscription, "subscription_create");
        let object = self.change(session);
        object["status"] = "complete".into();
        object["url"] = Value::Null;
        object["payment_status"] =
            if wanted.trial_end.is_some() { "no_payment_required" } else { "paid" }.into();
        object["subscription"] = subscription.as_str().into();
        object["invoice"] = invoice.as_str().into();
        object["customer_details"] = json!({
            "address": null, "business_name": null, "email": email, "individual_name": null,
            "name": name, "phone": null, "tax_exempt": "none", "tax_ids": [],
        });
        self.settle(&invoice);
        self.emit(None, "checkout.session.completed", session);
        Outcome::Paid
    }

    fn new_subscription(&mut self, customer: &str, method: &str, wanted: &Wanted) -> String {
        let (id, item) = (self.new_id("sub"), self.new_id("si"));
        let now = self.now;
        let recurring = &wanted.price["recurring"];
        let anchor = wanted.trial_end.unwrap_or(now);
        let mut subscription = example("subscription");
        for name in ["billing_cycle_anchor", "created", "start_date"] {
            subscription[name] = now.into();
        }
        subscription["billing_cycle_anchor"] = anchor.into();
        subscription["currency"] = wanted.price["currency"].clone();
        subscription["customer"] = customer.into();
        subscription["default_payment_method"] = method.into();
        subscription["description"] = wanted.description.clone().into();
        subscription["id"] = id.as_str().into();
        subscription["metadata"] = wanted.metadata.clone();
        subscription["status"] =
            if wanted.trial_end.is_some() { "trialing" } else { "active" }.into();
        if let Some(end) = wanted.trial_end {
            subscription["trial_start"] = now.into();
            subscription["trial_end"] = end.into();
        }
        let mut line = example("subscription_item");
        line["created"] = now.into();
        line["current_period_start"] = now.into();
        line["current_period_end"] =
            wanted.trial_end.unwrap_or_else(|| periods::end_of(now, anchor, recurring)).into();
        line["id"] = item.into();
        line["plan"] = plan_of(&wanted.price);
        line["price"] = wanted.price.clone();
        line["quantity"] = wanted.quantity.into();
        line["subscription"] = id.as_str().into();
        subscription["items"]["data"] = json!([line]);
        subscription["items"]["url"] = format!("/v1/subscription_items?subscription={id}").into();
        self.keep(None, subscription);
        id
    }

    /// From now on this card pays for a customer's subscriptions.
    pub(crate) fn card_of(&mut self, customer: &str, number: &str) -> bool {
        if self.any("customer", customer).is_none() || cards::digits(number).is_none() {
            return false;
        }
        let method = self.new_method(None, Some(customer), number);
        let object = self.change(customer);
        object["invoice_settings"]["default_payment_method"] = method.as_str().into();
        self.emit(None, "customer.updated", customer);
        for subscription in self.subscriptions_of(customer) {
            if !is_over(self.change(&subscription)) {
                self.change(&subscription)["default_payment_method"] = method.as_str().into();
                self.emit(None, "customer.subscription.updated", &subscription);
            }
        }
        true
    }

    /// Whether the card of a subscription pays.
    pub(crate) fn is_payable(&self, subscription: &Value) -> bool {
        let method = subscription["default_payment_method"].as_str();
        method.and_then(|method| self.numbers.get(method)).is_some_and(|it| pays(it))
    }

    /// All of a customer's subscriptions, in the order in which they were made.
    pub(crate) fn subscriptions_of(&self, customer: &str) -> Vec<String> {
        let mine = self.all("subscription").filter(|(_, one)| one["customer"] == customer);
        mine.filter_map(|(_, one)| one["id"].as_str().map(str::to_owned)).collect()
    }

    /// How that is called which a price is for.
    pub(crate) fn product_name(&self, price: &Value) -> String {
        let product = price["product"].as_str().and_then(|id| self.any("product", id));
        let name = product.and_then(|(_, product)| product["name"].as_str());
        name.unwrap_or_default().to_owned()
    }

    /// Nobody tries to take the last bill any more.
    pub(crate) fn give_up(&mut self, subscription: &str, then: GivenUp) -> bool {
        let found = self.any("subscription", subscription);
        if found.is_none_or(|(_, found)| found["status"] != "past_due") {
            return false;
        }
        match then {
            GivenUp::Canceled => self.over(subscription, self.now, "payment_failed"),
            GivenUp::Unpaid => {
                self.change(subscription)["status"] = "unpaid".into();
                self.emit(None, "customer.subscription.updated", subscription);
            }
        }
        true
    }

    /// Somebody ends it at once.
    pub(crate) fn end_subscription(&mut self, subscription: &str) -> bool {
        let found = self.any("subscription", subscription);
        let lives = found.is_some_and(|(_, found)| !is_over(found));
        if lives {
            self.over(subscription, self.now, "cancellation_requested");
        }
        lives
    }

    /// It is over.
    pub(crate) fn over(&mut self, subscription: &str, at: i64, reason: &str) {
        let object = self.change(subscription);
        object["status"] = "canceled".into();
        object["ended_at"] = at.into();
        if object["canceled_at"].is_null() {
            object["canceled_at"] = at.into();
        }
        if object["cancellation_details"]["reason"].is_null() {
            object["cancellation_details"]["reason"] = reason.into();
        }
        self.emit(None, "customer.subscription.deleted", subscription);
    }
}

fn pays(number: &str) -> bool {
    let declined = matches!(cards::read(number), None | Some(Card::Declined(..)));
    !declined && cards::digits(number).is_some_and(|number| number != LEFT_ONLY)
}

/// Whether nothing can be done with a subscription any more.
pub(crate) fn is_over(subscription: &Value) -> bool {
    matches!(subscription["status"].as_str(), Some("canceled" | "incomplete_expired"))
}

/// What a price was called before there were prices.
pub(crate) fn plan_of(price: &Value) -> Value {
    let mut plan = example("subscription_item")["plan"].clone();
    for name in ["active", "created", "currency", "id", "metadata", "nickname", "product"] {
        plan[name] = price[name].clone();
    }
    plan["amount"] = price["unit_amount"].clone();
    plan["amount_decimal"] = price["unit_amount_decimal"].clone();
    plan["interval"] = price["recurring"]["interval"].clone();
    plan["interval_count"] = price["recurring"]["interval_count"].clone();
    plan
}
