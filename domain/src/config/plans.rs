//! The plans of `config/plans.toml`.

use std::sync::LazyLock;

use serde::Deserialize;

const TEXT: &str = include_str!("../../../config/plans.toml");

/// What a business may use.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// What people call it.
    pub name: String,
    /// How long it lasts, in days, if it ends by itself.
    pub days: Option<u32>,
    /// Active staff.
    pub staff: u32,
    /// Active locations.
    pub locations: u32,
    /// Text messages in a calendar month.
    pub sms_per_month: u32,
    /// The tenant's budget on the API, 60 to 1000.
    pub requests_per_minute: u32,
    /// A month's price in the minor unit of [`Plans::currency`].
    pub price_minor: u32,
}

/// All plans.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plans {
    /// Of the prices.
    pub currency: String,
    /// So many days everything goes on after a payment that didn't come, or a trial that is over.
    pub grace_days: u32,
    trial: Plan,
    solo: Plan,
    team: Plan,
    business: Plan,
}

impl Plans {
    /// The plans that the product ships with.
    pub fn shipped() -> &'static Self {
        static PLANS: LazyLock<Plans> = LazyLock::new(|| super::shipped("plans.toml", TEXT));
        &PLANS
    }

    /// The plan that every business starts with.
    pub const FIRST: &'static str = "trial";

    /// A plan by its key, as the tenant's row has it.
    pub fn get(&self, key: &str) -> Option<&Plan> {
        self.iter().find_map(|(name, plan)| (name == key).then_some(plan))
    }

    /// Keys and plans, the smallest first.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Plan)> {
        [
            ("trial", &self.trial),
            ("solo", &self.solo),
            ("team", &self.team),
            ("business", &self.business),
        ]
        .into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_plans_make_sense() {
        let plans = Plans::shipped();
        assert!(plans.get(Plans::FIRST).is_some_and(|plan| plan.days.is_some()));
        assert_eq!(plans.get("gold"), None);
        let paid: Vec<_> = plans.iter().filter(|(_, plan)| plan.price_minor > 0).collect();
        assert_eq!(paid.len(), 3);
        for (key, plan) in plans.iter() {
            assert!((60..=1000).contains(&plan.requests_per_minute), "{key}");
            assert!(plan.staff > 0 && plan.locations > 0, "{key}");
        }
        for pair in paid.windows(2) {
            let ((_, small), (key, large)) = (pair[0], pair[1]);
            assert!(small.price_minor < large.price_minor && small.staff < large.staff, "{key}");
            assert!(small.requests_per_minute <= large.requests_per_minute, "{key}");
        }
    }
}
