use openchair_domain::config::{Plan, Plans};
use poem_openapi::Object;

/// What businesses on a plan may use.
#[derive(Debug, Clone, Object)]
pub(super) struct PlanView {
    key: String,
    name: String,
    /// A month's price, in the minor unit of `currency`
    price_minor: u32,
    currency: String,
    /// How long it lasts, in days, if it ends by itself
    days: Option<u32>,
    /// Active staff
    staff: u32,
    /// Active locations
    locations: u32,
    /// Text messages in a calendar month
    sms_per_month: u32,
    /// The business's budget on the API
    requests_per_minute: u32,
    /// How many businesses are on it
    businesses: i64,
}

impl PlanView {
    pub(super) fn of(key: &str, plan: &Plan, businesses: i64) -> Self {
        Self {
            key: key.to_owned(),
            name: plan.name.clone(),
            price_minor: plan.price_minor,
            currency: Plans::shipped().currency.clone(),
            days: plan.days,
            staff: plan.staff,
            locations: plan.locations,
            sms_per_month: plan.sms_per_month,
            requests_per_minute: plan.requests_per_minute,
            businesses,
        }
    }
}

/// Which plan a business is to be on.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct TenantPlan {
    /// Its key, as in the list of plans
    #[oai(validator(max_length = 40))]
    pub(super) plan: String,
}
