//! What plans look like from outside.

use chrono::{DateTime, Utc};
use openchair_domain::config::Plans;
use openchair_domain::plans::{OfferedPlan, PlanFacts, Standing, offered};
use poem_openapi::{Enum, Object};

/// How a plan stands.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(super) enum PlanStanding {
    /// Nothing is asked for it
    Free,
    /// It is tried
    Trial,
    /// The trial is over, and nothing was taken; everything goes on for a while
    TrialOver,
    /// It is paid
    Paid,
    /// It is paid, and ends
    Ending,
    /// A bill couldn't be taken; everything goes on for a while
    PastDue,
    /// What is there can be looked at and taken out
    ReadOnly,
}

impl From<Standing> for PlanStanding {
    fn from(standing: Standing) -> Self {
        match standing {
            Standing::Free => Self::Free,
            Standing::Trial(_) => Self::Trial,
            Standing::TrialOver(_) => Self::TrialOver,
            Standing::Paid(_) => Self::Paid,
            Standing::Ending(_) => Self::Ending,
            Standing::PastDue(_) => Self::PastDue,
            Standing::ReadOnly(_) => Self::ReadOnly,
        }
    }
}

/// A plan that can be taken.
#[derive(Debug, Clone, Object)]
pub(super) struct OfferedPlanView {
    key: String,
    name: String,
    /// A month's price, in the minor unit of the currency
    price_minor: u32,
    /// Staff on the calendar
    staff: u32,
    /// Locations that aren't closed
    locations: u32,
    /// Texts in a calendar month
    texts: u32,
    /// Requests to the API in a minute
    requests_per_minute: u32,
    /// Whether everything that is in use has room in it
    fits: bool,
}

/// How much of something is in use.
#[derive(Debug, Clone, Object)]
pub(super) struct PlanUse {
    used: i64,
    /// How much of it the plan has
    limit: u32,
}

/// A business's plan, what is in use of it, and which others there are.
#[derive(Debug, Clone, Object)]
pub(super) struct OwnPlanView {
    /// The plan's key
    plan: String,
    name: String,
    standing: PlanStanding,
    /// Until when it stands so; since when, where it is read only; when the next bill comes, where it is paid
    at: Option<DateTime<Utc>>,
    /// Whether plans are paid for at this installation
    charged: bool,
    /// Whether one is paid by a subscription: then it is changed instead of taken
    subscribed: bool,
    /// What is paid each month
    pays_minor: Option<i64>,
    /// In which currency that is
    pays_currency: Option<String>,
    staff: PlanUse,
    locations: PlanUse,
    /// Texts in this calendar month
    texts: PlanUse,
    /// Requests to the API in a minute
    requests_per_minute: u32,
    /// Of the plans' prices
    currency: String,
    /// The plans that can be taken, the smallest first
    plans: Vec<OfferedPlanView>,
}

impl From<PlanFacts> for OwnPlanView {
    fn from(facts: PlanFacts) -> Self {
        let all = Plans::shipped();
        let usage = facts.usage;
        let plan = all.get(&facts.plan);
        let of = |used, limit: Option<u32>| PlanUse { used, limit: limit.unwrap_or_default() };
        let offer = |OfferedPlan { key, plan }: OfferedPlan| OfferedPlanView {
            key: key.to_owned(),
            name: plan.name.clone(),
            price_minor: plan.price_minor,
            staff: plan.staff,
            locations: plan.locations,
            texts: plan.sms_per_month,
            requests_per_minute: plan.requests_per_minute,
            fits: usage.fits(plan),
        };
        let (pays_minor, pays_currency) = facts.pays.unzip();
        Self {
            name: plan.map_or_else(|| facts.plan.clone(), |plan| plan.name.clone()),
            standing: facts.standing.into(),
            at: facts.standing.at(),
            charged: facts.charged,
            subscribed: facts.subscribed,
            pays_minor,
            pays_currency,
            staff: of(usage.staff, plan.map(|plan| plan.staff)),
            locations: of(usage.locations, plan.map(|plan| plan.locations)),
            texts: of(usage.texts, plan.map(|plan| plan.sms_per_month)),
            requests_per_minute: plan.map_or(0, |plan| plan.requests_per_minute),
            currency: all.currency.clone(),
            plans: offered().map(offer).collect(),
            plan: facts.plan,
        }
    }
}

/// Which plan is wanted.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct WantedPlan {
    /// Its key, as in the list of plans
    #[oai(validator(max_length = 40))]
    pub(super) plan: String,
}

/// Where to go on, at the provider's.
#[derive(Debug, Clone, Object)]
pub(super) struct BillingPageView {
    pub(super) url: String,
}
