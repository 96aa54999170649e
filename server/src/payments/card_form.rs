//! The provider's form for cards: what shows it, and what our pages allow for it. The form stands in a frame of the
//! provider's; what is typed into it doesn't come to our page, nor to this server.

use openchair_domain::config::Stripe;
use poem::http::HeaderValue;
use url::{Host, Url};

use crate::middleware::security_headers::PAGE_POLICY;

/// Where else Stripe's form goes, beside its script's own place.
/// <https://docs.stripe.com/security/guide#content-security-policy>
const STRIPES: [(&str, &str); 4] = [
    ("script-src", "https://*.js.stripe.com https://checkout.stripe.com"),
    ("frame-src", "https://*.js.stripe.com https://hooks.stripe.com https://checkout.stripe.com"),
    ("connect-src", "https://api.stripe.com https://checkout.stripe.com"),
    ("img-src", "https://*.stripe.com"),
];

/// The provider's form for cards.
#[derive(Debug, Clone)]
pub struct CardForm {
    /// The script that shows it.
    pub script: String,
    /// What the script is told whose form it is with; browsers may see it.
    pub key: String,
    policy: HeaderValue,
}

impl CardForm {
    /// The one that is configured, if there is one and cards are taken at all.
    pub fn from_settings(settings: &Stripe) -> Option<Self> {
        let Stripe { secret_key, publishable_key, script_url, .. } = settings;
        if secret_key.is_empty() || publishable_key.is_empty() {
            return None;
        }
        Self::new(script_url, publishable_key)
    }

    fn new(script: &str, key: &str) -> Option<Self> {
        let place = Url::parse(script).ok()?;
        let origin = place.origin().ascii_serialization();
        let stripes = matches!(place.host(), Some(Host::Domain("js.stripe.com")));
        let mut policy = PAGE_POLICY.to_owned();
        for (rule, elsewhere) in STRIPES {
            let mut places = match rule {
                "script-src" | "frame-src" | "connect-src" => vec![origin.as_str()],
                _ => Vec::new(),
            };
            if stripes {
                places.push(elsewhere);
            }
            if !places.is_empty() {
                let begun = format!("{rule} 'self'");
                policy = policy.replace(&begun, &format!("{begun} {}", places.join(" ")));
            }
        }
        let policy = HeaderValue::from_str(&policy).ok()?;
        Some(Self { script: script.to_owned(), key: key.to_owned(), policy })
    }

    /// What a page allows on which it may stand.
    pub fn policy(&self) -> HeaderValue {
        self.policy.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(script: &str) -> String {
        let form = CardForm::new(script, "pk_test_1").unwrap();
        form.policy().to_str().unwrap().to_owned()
    }

    #[test]
    fn no_more_is_allowed_than_the_form_needs() {
        let stripes = policy("https://js.stripe.com/dahlia/stripe.js");
        let rules: Vec<&str> = stripes.split("; ").collect();
        for expected in [
            "script-src 'self' https://js.stripe.com https://*.js.stripe.com https://checkout.stripe.com",
            "style-src 'self'",
            "connect-src 'self' https://js.stripe.com https://api.stripe.com https://checkout.stripe.com",
            "img-src 'self' https://*.stripe.com data:",
            "default-src 'none'",
            "frame-ancestors 'none'",
        ] {
            assert!(rules.contains(&expected), "{expected}: {stripes}");
        }
        assert!(!stripes.contains("unsafe"), "{stripes}");
        let here = policy("http://127.0.0.1:4000/dahlia/stripe.js");
        assert_eq!(
            here.replace(" http://127.0.0.1:4000", ""),
            PAGE_POLICY,
            "nothing but where the script is"
        );
        assert_eq!(here.matches("http://127.0.0.1:4000").count(), 3);
        assert!(CardForm::new("nowhere", "pk_test_1").is_none());
    }
}
