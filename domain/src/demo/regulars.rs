//! Who comes again and again: their series, and on which days it has a visit.

use chrono::{Datelike, Days, Duration, NaiveDate, NaiveTime, Weekday};
use serde_json::json;

use super::book::{Book, Names};
use super::data::{self, Shop};
use super::house::{day, midnight, zone};
use super::offer::Offered;
use super::people::Known;
use crate::ids::{self, Id};
use crate::series::Every;
use crate::tenancy::{StoreError, SystemTx};
use crate::time::Instant;

/// When somebody comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rhythm {
    every: Every,
    step: u32,
    first: NaiveDate,
    pub(super) time: NaiveTime,
}

/// Somebody with a series.
#[derive(Debug)]
pub(super) struct Regular<'a> {
    pub(super) series: Id<ids::Series>,
    pub(super) place: &'a str,
    /// The place among those whom the business knows.
    pub(super) who: usize,
    pub(super) service: Id<ids::Service>,
    pub(super) staff: Option<&'a str>,
    pub(super) rhythm: Rhythm,
    pub(super) booked_at: Instant,
}

impl Rhythm {
    /// As the files say it, seen from today; none if they say it wrong, which is tested.
    pub(super) fn of(regular: &data::Regular, shop: &Shop, now: Instant) -> Option<Self> {
        let weekday: Weekday = regular.weekday.parse().ok()?;
        let from = day(shop, now, regular.from);
        let ahead = 7 + weekday.num_days_from_monday() - from.weekday().num_days_from_monday();
        Some(Self {
            every: Every::from_key(&regular.every)?,
            step: u32::try_from(regular.step).ok()?.max(1),
            first: from.checked_add_days(Days::new(u64::from(ahead % 7)))?,
            time: NaiveTime::parse_from_str(&regular.time, "%H:%M").ok()?,
        })
    }

    /// Which visit of the series is on this day, counted from 1.
    pub(super) fn on(self, date: NaiveDate) -> Option<i16> {
        let days = u32::try_from(date.signed_duration_since(self.first).num_days()).ok()?;
        let whole = |number: u32, each: u32| number.is_multiple_of(each).then_some(number / each);
        let nth = match self.every {
            Every::Day => whole(days, self.step),
            Every::Week => whole(days, 7 * self.step),
            Every::Month => {
                let months = |day: NaiveDate| day.year() * 12 + day.month().cast_signed();
                let between = u32::try_from(months(date) - months(self.first)).ok()?;
                whole(between, self.step).filter(|_| date.day() == self.first.day())
            }
        };
        i16::try_from(nth? + 1).ok()
    }
}

/// The series; their visits are placed with all others.
pub(super) fn write<'a>(
    tx: &SystemTx,
    shop: &'a Shop,
    offered: &Offered,
    (known, places): (&[Known], &Names),
    book: &mut Book,
) -> Result<Vec<Regular<'a>>, StoreError> {
    let mut regulars = Vec::new();
    for regular in &shop.regulars {
        let missing = || StoreError::Unreadable(format!("demo data: {regular:?}"));
        let who = shop.customers.iter().position(|one| one.name == regular.customer);
        let who = who.ok_or_else(missing)?;
        let rhythm = Rhythm::of(regular, shop, tx.now()).ok_or_else(missing)?;
        // Booked before noon two days before the first visit.
        let booked_at = midnight(zone(shop), rhythm.first) - Duration::hours(37);
        let series = Id::<ids::Series>::new(booked_at, tx.entropy());
        book.add(
            "series",
            json!({
                "id": series.uuid(), "location_id": places.get(&regular.place)?,
                "customer_id": known[who].id.uuid(), "every": rhythm.every.key(),
                "step": rhythm.step, "created_at": booked_at,
            }),
        );
        regulars.push(Regular {
            series,
            place: &regular.place,
            who,
            service: offered.services.id(&regular.service)?,
            staff: regular.staff.as_deref(),
            rhythm,
            booked_at,
        });
    }
    Ok(regulars)
}
