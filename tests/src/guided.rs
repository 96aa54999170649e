//! The endpoints at Stripe that the guide has whoever runs the product set up: told of the events that it names, and of
//! no others. What it doesn't name isn't heard in tests either.

#![expect(clippy::unwrap_used, reason = "a test says what it expects by failing")]

use openchair_stripe_stand_in::{Endpoint, Scope, Settings};

const PAYMENTS: &str = include_str!("../../docs/guide/payments.md");
const PLANS: &str = include_str!("../../docs/guide/plans.md");

/// The events that the guide names for endpoints that are told of these accounts.
pub fn events(scope: Scope) -> Vec<String> {
    let (guide, from, to) = match scope {
        Scope::Connected => (PAYMENTS, "**connected accounts**", "Others do no harm"),
        Scope::Own => (PLANS, "Its events:", "The customer portal"),
    };
    let list = guide.split_once(from).unwrap().1.split_once(to).unwrap().0;
    // Every other part stands between backticks.
    let named = list.split('`').skip(1).step_by(2);
    let is_event = |name: &&str| {
        name.contains('.') && name.chars().all(|one| one.is_ascii_lowercase() || "._".contains(one))
    };
    let events: Vec<_> = named.filter(is_event).map(str::to_owned).collect();
    assert!(events.len() > 4, "{list}");
    events
}

/// Both endpoints, at one address.
pub fn endpoints(url: &str) -> [Endpoint; 2] {
    let settings = Settings::default();
    [Scope::Connected, Scope::Own].map(|scope| settings.endpoint(url, scope).only(events(scope)))
}
