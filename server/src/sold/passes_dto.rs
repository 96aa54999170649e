//! What passes look like from outside.

use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::ids::{Customer, Location, Pass, PassKind, Sale, Service};
use openchair_domain::sold::{self, PassFacts, UsablePass};
use poem_openapi::Object;

use super::dto::SoldStateView;
use crate::ids::Ref;
use crate::payments::PaymentWay;

/// A pass. Amounts are in the currency's minor unit.
#[derive(Debug, Clone, Object)]
pub(super) struct PassView {
    id: Ref<Pass>,
    /// How it was sold
    sale: Ref<Sale>,
    kind: Ref<PassKind>,
    name: String,
    state: SoldStateView,
    uses: i16,
    uses_left: i16,
    price_minor: i64,
    /// What the unused part is worth
    left_minor: i64,
    /// ISO 4217
    currency: String,
    /// What one use pays for
    service_ids: Vec<Ref<Service>>,
    customer: Ref<Customer>,
    customer_name: String,
    /// The last day on which it is good
    last_day: NaiveDate,
    sold_by: String,
    location: Ref<Location>,
    created_at: DateTime<Utc>,
}

impl From<PassFacts> for PassView {
    fn from(it: PassFacts) -> Self {
        Self {
            id: it.id.into(),
            sale: it.sale.into(),
            kind: it.kind.into(),
            name: it.name,
            state: it.state.into(),
            uses: it.uses,
            uses_left: it.uses_left,
            price_minor: it.price_minor,
            left_minor: it.left_minor,
            currency: it.currency,
            service_ids: it.services.into_iter().map(Ref).collect(),
            customer: it.customer.into(),
            customer_name: it.customer_name,
            last_day: it.last_day,
            sold_by: it.sold_by,
            location: it.location.into(),
            created_at: it.created_at,
        }
    }
}

/// A pass that somebody buys at the desk.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewPass {
    kind: Ref<PassKind>,
    customer: Ref<Customer>,
    location: Ref<Location>,
    /// `cash`, `terminal` or `other`
    way: PaymentWay,
    /// What staff want said of the payment
    #[oai(default, validator(max_length = 300))]
    note: String,
}

impl NewPass {
    pub(super) fn to_domain(&self) -> sold::NewPass {
        sold::NewPass {
            kind: self.kind.0,
            customer: self.customer.0,
            location: self.location.0,
            way: self.way.into(),
            note: self.note.clone(),
        }
    }
}

/// A pass that could pay for lines of a visit.
#[derive(Debug, Clone, Object)]
pub(super) struct VisitPassView {
    pass: PassView,
    /// Their places among the visit's lines, from 0
    lines: Vec<i16>,
}

impl From<UsablePass> for VisitPassView {
    fn from(it: UsablePass) -> Self {
        Self { pass: it.pass.into(), lines: it.lines }
    }
}

/// A pass that pays for a line of a visit.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct PassUseInput {
    pub(super) pass: Ref<Pass>,
    /// Its place among the visit's lines, from 0
    #[oai(validator(minimum(value = "0"), maximum(value = "1000")))]
    pub(super) line: i16,
}
