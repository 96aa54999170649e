//! What the till looks like from outside.

use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::ids::{Location, TillClose};
use openchair_domain::payments::{CloseFacts, NewClose, OtherSums, TillDay, WaySum};
use poem_openapi::Object;

use super::dto::PaymentWay;
use crate::ids::Ref;

/// What came by one way.
#[derive(Debug, Clone, Object)]
struct WaySumView {
    way: PaymentWay,
    /// Whether money comes by it: what vouchers and passes pay for was paid when they were sold
    money: bool,
    /// Tips included
    paid_minor: i64,
    /// Less what was given back of them
    tips_minor: i64,
    /// Less what came back of what was given back, on its own day: that may be less than nothing
    refunded_minor: i64,
    net_minor: i64,
    /// How often somebody paid
    count: i64,
}

impl From<WaySum> for WaySumView {
    fn from(sum: WaySum) -> Self {
        Self {
            way: sum.way.into(),
            money: sum.way.is_money(),
            paid_minor: sum.paid_minor,
            tips_minor: sum.tips_minor,
            refunded_minor: sum.refunded_minor,
            net_minor: sum.net_minor(),
            count: sum.count,
        }
    }
}

/// The end of a day at the till.
#[derive(Debug, Clone, Object)]
pub(super) struct TillCloseView {
    id: Ref<TillClose>,
    location: Ref<Location>,
    date: NaiveDate,
    /// ISO 4217
    currency: String,
    /// What came by all ways, less what was given back
    total_minor: i64,
    cash_expected_minor: i64,
    counted_cash_minor: i64,
    /// Less than nothing: something is missing
    difference_minor: i64,
    note: String,
    closed_by: String,
    closed_at: DateTime<Utc>,
}

impl From<CloseFacts> for TillCloseView {
    fn from(close: CloseFacts) -> Self {
        Self {
            id: close.id.into(),
            location: close.location.into(),
            date: close.day,
            currency: close.currency,
            total_minor: close.total_minor,
            cash_expected_minor: close.cash_expected_minor,
            counted_cash_minor: close.cash_counted_minor,
            difference_minor: close.cash_counted_minor - close.cash_expected_minor,
            note: close.note,
            closed_by: close.closed_by,
            closed_at: close.closed_at,
        }
    }
}

/// A day at the till.
#[derive(Debug, Clone, Object)]
pub(super) struct TillView {
    location: Ref<Location>,
    date: NaiveDate,
    /// ISO 4217
    currency: String,
    /// What came by each way on that day
    ways: Vec<WaySumView>,
    total_minor: i64,
    /// What should be in the till at the end of the day: all cash since it was closed last
    cash_expected_minor: i64,
    closed: Option<TillCloseView>,
    /// What came in other currencies on that day, or is still in the till of them: the business had another one
    /// before. A close counts none of it
    others: Vec<TillOtherView>,
}

/// What came in another currency.
#[derive(Debug, Clone, Object)]
struct TillOtherView {
    /// ISO 4217
    currency: String,
    /// What came by each way on that day
    ways: Vec<WaySumView>,
    total_minor: i64,
    /// All cash since the till was closed last in this currency
    cash_expected_minor: i64,
}

impl From<OtherSums> for TillOtherView {
    fn from(other: OtherSums) -> Self {
        Self {
            total_minor: other.total_minor(),
            currency: other.currency,
            ways: other.ways.into_iter().map(WaySumView::from).collect(),
            cash_expected_minor: other.cash_expected_minor,
        }
    }
}

impl From<TillDay> for TillView {
    fn from(till: TillDay) -> Self {
        Self {
            total_minor: till.total_minor(),
            location: till.location.into(),
            date: till.day,
            currency: till.currency,
            ways: till.ways.into_iter().map(WaySumView::from).collect(),
            cash_expected_minor: till.cash_expected_minor,
            closed: till.closed.map(TillCloseView::from),
            others: till.others.into_iter().map(TillOtherView::from).collect(),
        }
    }
}

/// The end of a day.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct TillCloseInput {
    location: Ref<Location>,
    date: NaiveDate,
    /// What was counted
    #[oai(validator(minimum(value = "0"), maximum(value = "99999999999")))]
    counted_cash_minor: i64,
    #[oai(default, validator(max_length = 300))]
    note: String,
}

impl TillCloseInput {
    pub(super) fn to_domain(&self) -> NewClose {
        NewClose {
            location: self.location.0,
            day: self.date,
            cash_counted_minor: self.counted_cash_minor,
            note: self.note.clone(),
        }
    }
}
