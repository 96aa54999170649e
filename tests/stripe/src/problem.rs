//! What Stripe says instead of doing it.

use serde_json::{Value, json};

/// An error in Stripe's shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) status: u16,
    pub(crate) kind: &'static str,
    pub(crate) code: Option<&'static str>,
    pub(crate) message: String,
    pub(crate) param: Option<String>,
    /// Whether it is the answer from now on to who asks under the same key. What fails before anything is
    /// begun isn't.
    pub(crate) kept: bool,
    /// What else is said: why a bank refused, and what of.
    pub(crate) more: Value,
}

impl Problem {
    /// A request that can't be meant.
    pub(crate) fn wrong(message: impl Into<String>) -> Self {
        Self {
            status: 400,
            kind: "invalid_request_error",
            code: None,
            message: message.into(),
            param: None,
            kept: false,
            more: Value::Null,
        }
    }

    /// By its code.
    pub(crate) fn coded(code: &'static str, message: impl Into<String>) -> Self {
        Self { code: Some(code), ..Self::wrong(message) }
    }

    /// It was begun, and couldn't be done.
    pub(crate) fn begun(mut self) -> Self {
        self.kept = true;
        self
    }

    /// About this parameter.
    pub(crate) fn about(mut self, param: &str) -> Self {
        self.param = Some(param.to_owned());
        self
    }

    /// A bank's no, to what became of a payment.
    pub(crate) fn declined(error: &Value, code: &'static str, intent: Value) -> Self {
        let message = error["message"].as_str().unwrap_or_default();
        let more = json!({ "decline_code": error["decline_code"], "payment_intent": intent });
        let card = Self { kind: "card_error", more, ..Self::coded(code, message) };
        card.with_status(402).begun()
    }

    /// With this status.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// A parameter that has to be there and isn't.
    pub(crate) fn missing(param: &str) -> Self {
        Self::coded("parameter_missing", format!("Missing required param: {param}.")).about(param)
    }

    /// Something that isn't there, or is somebody else's.
    pub(crate) fn no_such(kind: &str, id: &str) -> Self {
        let param = match kind {
            "payment_intent" => "intent",
            "checkout.session" => "session",
            _ => "id",
        };
        Self::coded("resource_missing", format!("No such {kind}: '{id}'"))
            .about(param)
            .with_status(404)
    }

    /// No such address.
    pub(crate) fn unknown_address(method: &str, path: &str) -> Self {
        Self::wrong(format!("Unrecognized request URL ({method}: {path}).")).with_status(404)
    }

    /// As it is sent.
    pub(crate) fn body(&self, request: &str) -> Value {
        let mut error = json!({ "message": self.message, "type": self.kind });
        if let Some(code) = self.code {
            error["code"] = code.into();
            let page = code.replace('_', "-");
            error["doc_url"] = format!("https://stripe.com/docs/error-codes/{page}").into();
        }
        if let Some(param) = &self.param {
            error["param"] = param.as_str().into();
        }
        for (name, value) in self.more.as_object().into_iter().flatten() {
            error[name] = value.clone();
        }
        if !request.is_empty() {
            error["request_log_url"] =
                format!("https://dashboard.stripe.com/test/logs/{request}").into();
        }
        json!({ "error": error })
    }
}
