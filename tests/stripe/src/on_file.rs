//! Cards that are left for later: at a page, and what is taken from them while their owner isn't there.

use serde_json::{Value, json};

use crate::billing::why_not_left;
use crate::cards::{self, Card};
use crate::paying::Outcome;
use crate::state::{State, example};

const NOT_PROVED: &str = "We are unable to authenticate your payment method. Please choose a different payment method \
     and try again.";

impl State {
    /// A card, as it is called from now on; whose it is, if it can be used again.
    pub(crate) fn new_method(
        &mut self,
        account: Option<&str>,
        customer: Option<&str>,
        number: &str,
    ) -> String {
        let id = self.new_id("pm");
        let number = cards::digits(number).unwrap_or_default();
        let brand = cards::brand(&number);
        let mut method = example("payment_method");
        method["created"] = self.now.into();
        method["customer"] = customer.into();
        method["id"] = id.as_str().into();
        method["card"]["brand"] = brand.into();
        method["card"]["display_brand"] = brand.into();
        method["card"]["networks"]["available"] = json!([brand]);
        method["card"]["last4"] = number[number.len().saturating_sub(4)..].into();
        self.numbers.insert(id.clone(), number);
        self.keep(account, method);
        id
    }

    /// Who is known from a page on.
    pub(crate) fn new_customer(&mut self, account: Option<&str>, email: Value) -> String {
        let id = self.new_id("cus");
        let mut customer = example("customer");
        customer["created"] = self.now.into();
        customer["email"] = email;
        customer["id"] = id.as_str().into();
        customer["invoice_prefix"] = id[id.len() - 8..].to_uppercase().into();
        self.keep(account, customer);
        self.emit(account, "customer.created", &id);
        id
    }

    /// Whether a page is one where a card is left, and nothing is paid.
    pub(crate) fn is_left_at(&self, session: &str) -> bool {
        self.any("checkout.session", session).is_some_and(|(_, session)| session["mode"] == "setup")
    }

    /// A card is typed in where it is left.
    pub(crate) fn leave(&mut self, session: &str, number: &str, origin: &str) -> Outcome {
        let Some((account, intent)) = self.leavable(session) else {
            return self.not_payable(session);
        };
        if let Some(refused) = why_not_left(number) {
            if let Outcome::Declined { code, message } = &refused {
                self.not_left(account.as_deref(), &intent, code, message);
            }
            return refused;
        }
        self.cards.insert(session.to_owned(), cards::digits(number).unwrap_or_default());
        if cards::read(number) == Some(Card::Asks) {
            let url = format!("{origin}/c/pay/{session}/3ds");
            let object = self.change(&intent);
            object["status"] = "requires_action".into();
            object["last_setup_error"] = Value::Null;
            object["next_action"] = json!({
                "type": "redirect_to_url",
                "redirect_to_url": { "return_url": null, "url": url },
            });
            self.emit(account.as_deref(), "setup_intent.requires_action", &intent);
            return Outcome::Asked;
        }
        self.left(account.as_deref(), session, &intent)
    }

    /// The bank's question is answered where a card is left.
    pub(crate) fn leave_authenticated(&mut self, session: &str, well: bool) -> Outcome {
        let Some((account, intent)) = self.leavable(session) else {
            return self.not_payable(session);
        };
        match (self.change(&intent)["status"] == "requires_action", well) {
            // Nobody asked.
            (false, _) => Outcome::Closed,
            (true, true) => self.left(account.as_deref(), session, &intent),
            (true, false) => {
                let code = "setup_intent_authentication_failure";
                self.not_left(account.as_deref(), &intent, code, NOT_PROVED);
                Outcome::Declined { code: code.to_owned(), message: NOT_PROVED.to_owned() }
            }
        }
    }

    /// Whose page it is and what stands behind it, if it is open.
    fn leavable(&mut self, session: &str) -> Option<(Option<String>, String)> {
        let (account, _) = self.payable(session)?;
        let intent = self.change(session)["setup_intent"].as_str()?.to_owned();
        Some((account, intent))
    }

    fn not_left(&mut self, account: Option<&str>, intent: &str, code: &str, message: &str) {
        let object = self.change(intent);
        object["status"] = "requires_payment_method".into();
        object["next_action"] = Value::Null;
        object["last_setup_error"] =
            json!({ "code": code, "message": message, "type": "card_error" });
        self.emit(account, "setup_intent.setup_failed", intent);
    }

    fn left(&mut self, account: Option<&str>, session: &str, intent: &str) -> Outcome {
        let number = self.cards.get(session).cloned().unwrap_or_default();
        let email = self.change(session)["customer_email"].clone();
        let customer = self.new_customer(account, email.clone());
        let method = self.new_method(account, Some(&customer), &number);
        let object = self.change(intent);
        object["status"] = "succeeded".into();
        object["last_setup_error"] = Value::Null;
        object["next_action"] = Value::Null;
        object["customer"] = customer.as_str().into();
        object["payment_method"] = method.as_str().into();
        let object = self.change(session);
        object["status"] = "complete".into();
        object["url"] = Value::Null;
        object["customer"] = customer.as_str().into();
        object["customer_details"] = json!({
            "address": null, "business_name": null, "email": email, "individual_name": null,
            "name": null, "phone": null, "tax_exempt": "none", "tax_ids": [],
        });
        self.emit(account, "payment_method.attached", &method);
        self.emit(account, "setup_intent.succeeded", intent);
        self.emit(account, "checkout.session.completed", session);
        Outcome::Left
    }

    /// Takes money from a card that was left, while its owner isn't there. How it stands then is in its intent;
    /// the code, if the bank says no.
    pub(crate) fn take_off_session(
        &mut self,
        account: Option<&str>,
        intent: &str,
    ) -> Result<(), &'static str> {
        let method = self.change(intent)["payment_method"].as_str().unwrap_or_default().to_owned();
        let number = self.numbers.get(&method).cloned().unwrap_or_default();
        if let Some((code, bank, message)) = cards::later(&number) {
            self.decline(account, intent, code, Some(bank), message);
            return Err(code);
        }
        if self.is_slow() {
            self.change(intent)["status"] = "processing".into();
            self.emit(account, "payment_intent.processing", intent);
            return Ok(());
        }
        let charge = self.charge(account, intent);
        self.emit(account, "charge.succeeded", &charge);
        self.emit(account, "payment_intent.succeeded", intent);
        Ok(())
    }

    /// The bank that took its time with a card on file has decided.
    pub(crate) fn settle_off_session(&mut self, intent: &str, well: bool) -> bool {
        let Some((account, found)) = self.any("payment_intent", intent) else { return false };
        if found["status"] != "processing" {
            return false;
        }
        let account = account.map(str::to_owned);
        let account = account.as_deref();
        if well {
            let charge = self.charge(account, intent);
            self.emit(account, "charge.succeeded", &charge);
            self.emit(account, "payment_intent.succeeded", intent);
        } else {
            let said = "The customer's bank has refused this payment.";
            self.decline(account, intent, "payment_intent_payment_attempt_failed", None, said);
        }
        true
    }
}
