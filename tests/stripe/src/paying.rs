//! What happens at the page where a customer pays: the same whether it is a browser or a test.

use serde_json::{Value, json};

use crate::cards::{self, Card};
use crate::state::{State, example};

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The money was taken.
    Paid,
    /// The card is on file; nothing was taken.
    Left,
    /// The customer has done what is theirs; the bank takes its time, until it is settled.
    Processing,
    /// The bank asks who it is: complete or fail it.
    Asked,
    /// It wasn't, and may be tried again.
    Declined {
        /// Stripe's code, or the bank's where it says more.
        code: String,
        /// What the customer reads.
        message: String,
    },
    /// That is no card.
    NoCard,
    /// Nothing can be paid here any more, or it was paid.
    Closed,
    /// There is no such page.
    Unknown,
}

impl State {
    /// A session whose time has passed is expired when it is looked at.
    pub(crate) fn expire_if_due(&mut self, id: &str) {
        let due = self.any("checkout.session", id).is_some_and(|(_, session)| {
            session["status"] == "open" && session["expires_at"].as_i64().unwrap_or(0) <= self.now
        });
        if due {
            self.expire(id);
        }
    }

    /// Closes a session that is open.
    pub(crate) fn expire(&mut self, id: &str) {
        let account =
            self.any("checkout.session", id).and_then(|(owner, _)| owner.map(str::to_owned));
        let session = self.change(id);
        session["status"] = "expired".into();
        session["url"] = Value::Null;
        session["client_secret"] = Value::Null;
        let of = |name: &str| session[name].as_str().map(str::to_owned);
        let (intent, left) = (of("payment_intent"), of("setup_intent"));
        if let Some(intent) = intent {
            self.cancel(&intent, "abandoned");
        }
        if let Some(intent) = left {
            self.change(&intent)["status"] = "canceled".into();
            self.emit(account.as_deref(), "setup_intent.canceled", &intent);
        }
        self.emit(account.as_deref(), "checkout.session.expired", id);
    }

    /// Nothing is taken for this any more.
    pub(crate) fn cancel(&mut self, intent: &str, reason: &str) {
        let now = self.now;
        let account =
            self.any("payment_intent", intent).and_then(|(owner, _)| owner.map(str::to_owned));
        let intent_object = self.change(intent);
        intent_object["status"] = "canceled".into();
        intent_object["canceled_at"] = now.into();
        intent_object["cancellation_reason"] = reason.into();
        intent_object["next_action"] = Value::Null;
        self.emit(account.as_deref(), "payment_intent.canceled", intent);
    }

    /// A card is typed in.
    pub(crate) fn pay(&mut self, session: &str, number: &str, origin: &str) -> Outcome {
        let Some((account, intent)) = self.payable(session) else {
            return self.not_payable(session);
        };
        if self.is_subscribed_at(session) {
            return self.subscribe(session, number);
        }
        if self.is_left_at(session) {
            return self.leave(session, number, origin);
        }
        let account = account.as_deref();
        let Some(card) = cards::read(number) else { return Outcome::NoCard };
        let intent = intent.unwrap_or_else(|| self.new_intent(session, account));
        let number = cards::digits(number).unwrap_or_default();
        self.cards.insert(session.to_owned(), number);
        match card {
            Card::Declined(code, bank, message) => {
                self.decline(account, &intent, code, bank, message)
            }
            Card::Asks => {
                let url = format!("{origin}/c/pay/{session}/3ds");
                let object = self.change(&intent);
                object["status"] = "requires_action".into();
                object["last_payment_error"] = Value::Null;
                object["next_action"] = json!({
                    "type": "redirect_to_url",
                    "redirect_to_url": { "return_url": null, "url": url },
                });
                Outcome::Asked
            }
            _ => self.take(account, session, &intent),
        }
    }

    /// The bank's question is answered.
    pub(crate) fn authenticate(&mut self, session: &str, well: bool) -> Outcome {
        if self.is_subscribed_at(session) {
            return self.subscribe_authenticated(session, well);
        }
        if self.is_left_at(session) {
            return self.leave_authenticated(session, well);
        }
        let Some((account, Some(intent))) = self.payable(session) else {
            return self.not_payable(session);
        };
        let waits = self.change(&intent)["status"] == "requires_action";
        match (waits, well) {
            // Nobody asked.
            (false, _) => Outcome::Closed,
            (true, true) => self.take(account.as_deref(), session, &intent),
            (true, false) => self.decline(
                account.as_deref(),
                &intent,
                "payment_intent_authentication_failure",
                None,
                "We are unable to authenticate your payment method. Please choose a different payment \
                 method and try again.",
            ),
        }
    }

    /// The bank that took its time has decided.
    pub(crate) fn settle_payment(&mut self, session: &str, well: bool) -> bool {
        if self.any("payment_intent", session).is_some() {
            return self.settle_off_session(session, well);
        }
        let Some((account, found)) = self.any("checkout.session", session) else { return false };
        let account = account.map(str::to_owned);
        let account = account.as_deref();
        let Some(intent) = found["payment_intent"].as_str().map(str::to_owned) else {
            return false;
        };
        if self.change(&intent)["status"] != "processing" {
            return false;
        }
        if well {
            self.charge(account, &intent);
            self.change(session)["payment_status"] = "paid".into();
            self.emit(account, "payment_intent.succeeded", &intent);
            self.emit(account, "checkout.session.async_payment_succeeded", session);
        } else {
            let said = "The customer's bank has refused this payment.";
            self.decline(account, &intent, "payment_intent_payment_attempt_failed", None, said);
            self.emit(account, "checkout.session.async_payment_failed", session);
        }
        true
    }

    /// Whose session it is and what stands behind it, if it is open.
    pub(crate) fn payable(&mut self, session: &str) -> Option<(Option<String>, Option<String>)> {
        self.expire_if_due(session);
        let (account, object) = self.any("checkout.session", session)?;
        if object["status"] != "open" {
            return None;
        }
        let intent = object["payment_intent"].as_str().map(str::to_owned);
        Some((account.map(str::to_owned), intent))
    }

    pub(crate) fn not_payable(&self, session: &str) -> Outcome {
        match self.any("checkout.session", session) {
            Some(_) => Outcome::Closed,
            None => Outcome::Unknown,
        }
    }

    /// What stands behind a session is made when somebody pays for the first time.
    fn new_intent(&mut self, session: &str, account: Option<&str>) -> String {
        let id = self.new_id("pi");
        let secret = self.new_id("secret");
        let now = self.now;
        let object = self.change(session);
        let mut intent = example("payment_intent");
        intent["id"] = id.as_str().into();
        intent["client_secret"] = format!("{id}_{secret}").into();
        intent["created"] = now.into();
        intent["amount"] = object["amount_total"].clone();
        intent["currency"] = object["currency"].clone();
        object["payment_intent"] = id.as_str().into();
        let said = self.intent_data.remove(session).unwrap_or_default();
        let names = [
            "description",
            "receipt_email",
            "metadata",
            "statement_descriptor_suffix",
            "setup_future_usage",
        ];
        for name in names {
            if !said[name].is_null() {
                intent[name] = said[name].clone();
            }
        }
        self.keep(account, intent);
        id
    }

    pub(crate) fn decline(
        &mut self,
        account: Option<&str>,
        intent: &str,
        code: &str,
        bank: Option<&str>,
        message: &str,
    ) -> Outcome {
        let page = code.replace('_', "-");
        let mut error = json!({
            "code": code,
            "doc_url": format!("https://stripe.com/docs/error-codes/{page}"),
            "message": message,
            "type": "card_error",
        });
        if let Some(bank) = bank {
            error["decline_code"] = bank.into();
        }
        let object = self.change(intent);
        object["status"] = "requires_payment_method".into();
        object["next_action"] = Value::Null;
        object["processing"] = Value::Null;
        object["last_payment_error"] = error;
        self.emit(account, "payment_intent.payment_failed", intent);
        Outcome::Declined { code: bank.unwrap_or(code).to_owned(), message: message.to_owned() }
    }

    fn take(&mut self, account: Option<&str>, session: &str, intent: &str) -> Outcome {
        let slow = self.is_slow();
        self.note_card(account, session, intent);
        let object = self.change(session);
        object["status"] = "complete".into();
        object["url"] = Value::Null;
        object["payment_status"] = if slow { "unpaid" } else { "paid" }.into();
        let email = object["customer_email"].clone();
        object["customer_details"] = json!({
            "address": null, "business_name": null, "email": email, "individual_name": null,
            "name": null, "phone": null, "tax_exempt": "none", "tax_ids": [],
        });
        if slow {
            let object = self.change(intent);
            object["status"] = "processing".into();
            object["next_action"] = Value::Null;
            object["last_payment_error"] = Value::Null;
            self.emit(account, "payment_intent.processing", intent);
            self.emit(account, "checkout.session.completed", session);
            return Outcome::Processing;
        }
        let charge = self.charge(account, intent);
        self.emit(account, "charge.succeeded", &charge);
        self.emit(account, "payment_intent.succeeded", intent);
        self.emit(account, "checkout.session.completed", session);
        match cards::read(&self.cards[session]) {
            Some(Card::Disputed) => self.dispute(account, &charge),
            Some(Card::Inquired) => self.inquire(account, &charge),
            _ => {}
        }
        Outcome::Paid
    }

    /// Whether the bank takes its time with this one.
    pub(crate) fn is_slow(&mut self) -> bool {
        let slow = self.orders.slow_banks > 0;
        self.orders.slow_banks -= u32::from(slow);
        slow
    }

    /// With which card it is paid, and by whom, if that is kept.
    fn note_card(&mut self, account: Option<&str>, session: &str, intent: &str) {
        let number = self.cards.get(session).cloned().unwrap_or_default();
        let object = self.change(session);
        let email = object["customer_email"].clone();
        let customer =
            (object["customer_creation"] == "always").then(|| self.new_customer(account, email));
        let keeps = !self.change(intent)["setup_future_usage"].is_null();
        let method = self.new_method(account, customer.as_deref().filter(|_| keeps), &number);
        self.change(session)["customer"] = customer.as_deref().into();
        let object = self.change(intent);
        object["customer"] = customer.into();
        object["payment_method"] = method.as_str().into();
        if keeps {
            self.emit(account, "payment_method.attached", &method);
        }
    }

    /// The money is taken.
    pub(crate) fn charge(&mut self, account: Option<&str>, intent: &str) -> String {
        let id = self.new_id("ch");
        let method = self.change(intent)["payment_method"].as_str().unwrap_or_default().to_owned();
        let number = self.numbers.get(&method).cloned().unwrap_or_default();
        let balance = self.new_id("txn");
        let now = self.now;
        let object = self.change(intent);
        object["status"] = "succeeded".into();
        object["amount_received"] = object["amount"].clone();
        object["last_payment_error"] = Value::Null;
        object["next_action"] = Value::Null;
        object["latest_charge"] = id.as_str().into();
        let mut charge = example("charge");
        for name in ["amount", "currency", "customer", "description", "metadata", "receipt_email"] {
            charge[name] = object[name].clone();
        }
        charge["amount_captured"] = object["amount"].clone();
        charge["balance_transaction"] = balance.into();
        charge["captured"] = true.into();
        charge["created"] = now.into();
        charge["id"] = id.as_str().into();
        charge["paid"] = true.into();
        charge["payment_intent"] = intent.into();
        charge["payment_method"] = method.into();
        charge["receipt_url"] = Value::Null;
        charge["refunds"]["url"] = format!("/v1/charges/{id}/refunds").into();
        charge["status"] = "succeeded".into();
        let card = &mut charge["payment_method_details"]["card"];
        card["brand"] = cards::brand(&number).into();
        card["network"] = cards::brand(&number).into();
        card["last4"] = number[number.len().saturating_sub(4)..].into();
        self.keep(account, charge);
        id
    }
}
