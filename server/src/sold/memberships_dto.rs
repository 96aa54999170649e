//! What memberships that are sold look like from outside.

use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::ids::{Customer, CustomerMembership, Location, MembershipPlan, Sale};
use openchair_domain::sold::{self, NewRenewal, SoldMembershipFacts};
use poem_openapi::Object;

use crate::ids::Ref;
use crate::payments::PaymentWay;

/// A customer's membership, with what was paid for it. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Object)]
pub(super) struct SoldMembershipView {
    id: Ref<CustomerMembership>,
    /// How it was sold; nothing, if it was given
    sale: Option<Ref<Sale>>,
    customer: Ref<Customer>,
    customer_name: String,
    plan: Ref<MembershipPlan>,
    plan_name: String,
    starts_on: NaiveDate,
    /// The first day after it
    ends_on: NaiveDate,
    price_minor: i64,
    /// What was given back
    refunded_minor: i64,
    /// ISO 4217
    currency: String,
    created_at: DateTime<Utc>,
    /// When it was cancelled: it ended then
    cancelled_at: Option<DateTime<Utc>>,
}

impl From<SoldMembershipFacts> for SoldMembershipView {
    fn from(it: SoldMembershipFacts) -> Self {
        Self {
            id: it.id.into(),
            sale: it.sale.map(Into::into),
            customer: it.customer.into(),
            customer_name: it.customer_name,
            plan: it.plan.into(),
            plan_name: it.plan_name,
            starts_on: it.starts_on,
            ends_on: it.ends_on,
            price_minor: it.price_minor,
            refunded_minor: it.refunded_minor,
            currency: it.currency,
            created_at: it.created_at,
            cancelled_at: it.cancelled_at,
        }
    }
}

/// A membership that somebody buys at the desk, for one period of its plan.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewSoldMembership {
    customer: Ref<Customer>,
    plan: Ref<MembershipPlan>,
    location: Ref<Location>,
    /// `cash`, `terminal` or `other`
    way: PaymentWay,
    /// The first day; today, if not given
    starts_on: Option<NaiveDate>,
    /// What staff want said of the payment
    #[oai(default, validator(max_length = 300))]
    note: String,
}

impl NewSoldMembership {
    pub(super) fn to_domain(&self) -> sold::NewSoldMembership {
        sold::NewSoldMembership {
            customer: self.customer.0,
            plan: self.plan.0,
            location: self.location.0,
            way: self.way.into(),
            starts_on: self.starts_on,
            note: self.note.clone(),
        }
    }
}

/// One period more of a membership.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct RenewalInput {
    location: Ref<Location>,
    /// `cash`, `terminal` or `other`
    way: PaymentWay,
    /// What staff want said of the payment
    #[oai(default, validator(max_length = 300))]
    note: String,
}

impl RenewalInput {
    pub(super) fn to_domain(&self) -> NewRenewal {
        let Self { location, way, note } = self;
        NewRenewal { location: location.0, way: (*way).into(), note: note.clone() }
    }
}

/// How a membership is cancelled.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SoldMembershipEnd {
    /// What goes back of what was paid, by the way in which it was
    #[oai(default, validator(minimum(value = "0"), maximum(value = "10000000000")))]
    pub(super) refund_minor: i64,
    #[oai(validator(max_length = 300))]
    pub(super) reason: String,
}
