//! What the provider knows nothing of any more: our key there was changed, or a business closed its account or took it
//! away from us. Whoever asks again is told the same, so what was begun there ends here.

use crate::payments::provider::{ProviderError, Stage, Stand};

/// What the provider says then: there is nothing of this name, or no such account.
const CODES: [&str; 2] = ["resource_missing", "account_invalid"];

/// Whether the provider knows nothing of what it was asked about.
pub(in crate::payments) fn is_unknown(error: &ProviderError) -> bool {
    trouble(error).is_some()
}

/// In its words, if it knows nothing of it.
pub(in crate::payments) fn trouble(error: &ProviderError) -> Option<String> {
    match error {
        ProviderError::Refused { code, detail } if CODES.contains(&&**code) => {
            Some(format!("{code}: {detail}"))
        }
        _ => None,
    }
}

/// How a page stands of which it knows nothing: nobody pays there any more.
pub(in crate::payments) fn over(trouble: String) -> Stand {
    Stand {
        stage: Stage::Over,
        taken: None,
        amount_minor: 0,
        currency: String::new(),
        door: None,
        trouble: Some(trouble),
        card: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_unknown_there() {
        let refused = |code: &str| ProviderError::Refused {
            code: code.to_owned(),
            detail: "No such payment_intent".to_owned(),
        };
        for code in ["resource_missing", "account_invalid"] {
            let said = format!("{code}: No such payment_intent");
            assert_eq!(trouble(&refused(code)), Some(said));
        }
        // Whoever refuses knows it, and who can't be asked may.
        for known in [
            refused("charge_already_refunded"),
            refused("rate_limit"),
            ProviderError::Away("resource_missing".to_owned()),
            ProviderError::Broken("account_invalid".to_owned()),
        ] {
            assert!(!is_unknown(&known), "{known}");
        }
    }
}
