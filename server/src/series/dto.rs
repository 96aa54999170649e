use chrono::{DateTime, NaiveDate, Utc};
use openchair_domain::bookings::Whom;
use openchair_domain::diary::Shop;
use openchair_domain::ids::{Customer, Location, Room, Series};
use openchair_domain::series::{
    Every, NewSeries, Occurrence, Pattern, Repeated, SeriesFacts, Shift, Times,
};
use openchair_domain::tenancy::Caller;
use poem_openapi::{Enum, Object};

use crate::bookings::{SlotView, VisitView, WantedInput, WhomInput};
use crate::ids::Ref;

/// What a series counts in.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "snake_case")]
pub(crate) enum SeriesUnit {
    /// Days
    Day,
    /// Weeks, on the same weekday
    Week,
    /// Months, on the same day of the month
    Month,
}

impl From<SeriesUnit> for Every {
    fn from(unit: SeriesUnit) -> Self {
        match unit {
            SeriesUnit::Day => Self::Day,
            SeriesUnit::Week => Self::Week,
            SeriesUnit::Month => Self::Month,
        }
    }
}

impl From<Every> for SeriesUnit {
    fn from(every: Every) -> Self {
        match every {
            Every::Day => Self::Day,
            Every::Week => Self::Week,
            Every::Month => Self::Month,
        }
    }
}

/// One visit of a series at another time than the others.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct SeriesShiftInput {
    /// Its place, from 1
    #[oai(validator(minimum(value = "1"), maximum(value = "52")))]
    place: i16,
    start: DateTime<Utc>,
}

/// Visits that come again.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewSeriesInput {
    /// The business's first location if left out
    location: Option<Ref<Location>>,
    wanted: WantedInput,
    /// When the first begins; the others begin at the same time of the location's clock
    start: DateTime<Utc>,
    /// Left out for time that nobody's name stands on
    customer: Option<WhomInput>,
    /// In this room and no other
    room: Option<Ref<Room>>,
    every: SeriesUnit,
    /// So many days, weeks or months lie between two visits
    #[oai(validator(minimum(value = "1"), maximum(value = "52")))]
    step: u32,
    /// How many; or say `until`
    #[oai(validator(minimum(value = "2"), maximum(value = "52")))]
    count: Option<u32>,
    /// The last day on which one may be; or say `count`
    until: Option<NaiveDate>,
    /// Places, from 1, that are left out
    #[oai(default, validator(max_items = 51))]
    skip: Vec<i16>,
    /// Visits at other times
    #[oai(default, validator(max_items = 52))]
    shift: Vec<SeriesShiftInput>,
    /// Only look: nothing is written
    #[oai(default)]
    pub(super) preview: bool,
}

impl NewSeriesInput {
    pub(super) fn to_domain(&self) -> NewSeries {
        let shift = |shift: &SeriesShiftInput| Shift { place: shift.place, start: shift.start };
        NewSeries {
            location: self.location.map(|location| location.0),
            wanted: self.wanted.to_domain(self.room),
            start: self.start,
            whom: self.customer.as_ref().map_or(Whom::Nobody, WhomInput::to_domain),
            times: Times {
                pattern: Pattern { every: self.every.into(), step: self.step },
                count: self.count,
                until: self.until,
                skip: self.skip.clone(),
                shift: self.shift.iter().map(shift).collect(),
            },
        }
    }
}

/// One's own visit, again and again.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct RepeatInput {
    every: SeriesUnit,
    /// So many days, weeks or months lie between two visits
    #[oai(validator(minimum(value = "1"), maximum(value = "52")))]
    step: u32,
    /// How many, the visit that there is among them; or say `until`
    #[oai(validator(minimum(value = "2"), maximum(value = "12")))]
    count: Option<u32>,
    /// The last day on which one may be; or say `count`
    until: Option<NaiveDate>,
    /// Places, from 2, that are left out
    #[oai(default, validator(max_items = 11))]
    skip: Vec<i16>,
    /// Visits at other times
    #[oai(default, validator(max_items = 11))]
    shift: Vec<SeriesShiftInput>,
}

impl RepeatInput {
    pub(crate) fn to_domain(&self) -> Times {
        let shift = |shift: &SeriesShiftInput| Shift { place: shift.place, start: shift.start };
        Times {
            pattern: Pattern { every: self.every.into(), step: self.step },
            count: self.count,
            until: self.until,
            skip: self.skip.clone(),
            shift: self.shift.iter().map(shift).collect(),
        }
    }
}

/// A visit that comes again.
#[derive(Debug, Clone, Object)]
pub(crate) struct RepeatedVisitView {
    starts_at: DateTime<Utc>,
    ends_at: DateTime<Utc>,
    price_minor: i64,
    /// The customer's way to it, `/b/{link}`: shown once
    link: String,
}

/// Visits that come again.
#[derive(Debug, Clone, Object)]
pub(crate) struct RepeatedView {
    currency: String,
    /// The later ones, by their times
    visits: Vec<RepeatedVisitView>,
}

impl RepeatedView {
    pub(crate) fn of(shop: &Shop, made: Vec<Repeated>) -> Self {
        let view = |(visit, link): Repeated| RepeatedVisitView {
            starts_at: visit.starts_at,
            ends_at: visit.ends_at,
            price_minor: visit.price_minor,
            link: link.text().to_owned(),
        };
        Self { currency: shop.currency.clone(), visits: made.into_iter().map(view).collect() }
    }
}

/// Calling a visit off and all later ones.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SeriesCancelInput {
    /// From this visit on
    #[oai(validator(minimum(value = "1"), maximum(value = "52")))]
    pub(super) from_place: i16,
    /// The version of that visit that was seen
    pub(super) version: i64,
    #[oai(validator(max_length = 300))]
    pub(super) reason: Option<String>,
}

/// Moving a visit and all later ones.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct SeriesMoveInput {
    /// From this visit on
    #[oai(validator(minimum(value = "1"), maximum(value = "52")))]
    pub(super) from_place: i16,
    /// The version of that visit that was seen
    pub(super) version: i64,
    /// When that visit shall begin; the later ones move by as much on the clock
    pub(super) start: DateTime<Utc>,
}

/// One visit of a series, as it would be.
#[derive(Debug, Clone, Object)]
pub(crate) struct OccurrenceView {
    /// Its place, from 1
    place: i16,
    /// The time on the clock of the place, `2026-03-08T09:30`
    local: String,
    /// None if there is no such time: a month without the day, an hour that the clocks skip
    start: Option<DateTime<Utc>>,
    /// If it can be had
    end: Option<DateTime<Utc>>,
    skipped: bool,
    /// Whether it can be had
    possible: bool,
    /// `closed`, `staff_busy`, `no_such_day`, `skipped_time`, …
    reasons: Vec<String>,
    /// Times near it that can be had
    alternatives: Vec<SlotView>,
}

/// A series as it would be.
#[derive(Debug, Clone, Object)]
pub(crate) struct SeriesPreviewView {
    location: Ref<Location>,
    time_zone: String,
    /// Whether it could be made like this
    possible: bool,
    occurrences: Vec<OccurrenceView>,
}

impl SeriesPreviewView {
    pub(crate) fn of(shop: &Shop, occurrences: Vec<Occurrence>) -> Self {
        let possible = !occurrences.iter().any(Occurrence::is_conflict);
        let view = |one: Occurrence| OccurrenceView {
            place: one.place,
            local: one.local.format("%Y-%m-%dT%H:%M").to_string(),
            start: one.start,
            end: one.end,
            skipped: one.skipped,
            possible: !one.skipped && one.reasons.is_empty(),
            reasons: one.reasons.into_iter().map(str::to_owned).collect(),
            alternatives: (one.alternatives.into_iter())
                .map(|slot| SlotView::of(shop, slot))
                .collect(),
        };
        Self {
            location: shop.location.into(),
            time_zone: shop.rules.zone.name().to_owned(),
            possible,
            occurrences: occurrences.into_iter().map(view).collect(),
        }
    }
}

/// Visits that come again.
#[derive(Debug, Clone, Object)]
pub(super) struct SeriesView {
    id: Ref<Series>,
    location: Ref<Location>,
    customer: Option<Ref<Customer>>,
    every: SeriesUnit,
    step: i16,
    created_at: DateTime<Utc>,
    /// By their places; what was called off is among them
    visits: Vec<VisitView>,
}

impl SeriesView {
    /// As this one may see it.
    pub(super) fn of(series: SeriesFacts, to: &Caller) -> Self {
        Self {
            id: series.id.into(),
            location: series.location.into(),
            customer: series.customer.map(Ref),
            every: series.every.into(),
            step: series.step,
            created_at: series.created_at,
            visits: series.visits.into_iter().map(|visit| VisitView::of(visit, to)).collect(),
        }
    }
}
