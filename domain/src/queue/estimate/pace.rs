//! How long a service really takes with somebody, learned from what was finished.
//!
//! Durations are lognormal around what the menu says: the logarithm of *actual ÷ menu* is normal. A
//! [`Pace`] keeps what is needed of it for one service with one of the staff. [`Paces`] leans what is
//! known of one on what is known of the service with the others, and of the person at other
//! services, and all on the menu, each as far as it is still unsure.

use std::collections::BTreeMap;

use crate::ids::{Id, Service, StaffMember};

/// How much an observation counts after the next one: half after fifty of them, so that a pace
/// follows somebody who becomes quicker.
const FADE: f64 = 0.986;
/// What took less than a sixth of its time or more than six times that was not measured: a button
/// was pressed late, or forgotten.
const FARTHEST: f64 = 1.8;
/// So little is left of no observation at all.
const NOTHING: f64 = 1e-6;
/// How far single durations lie from their mean before anything is known.
const SPREAD: f64 = 0.3;
/// How many observations that assumption is worth.
const SPREAD_WORTH: f64 = 6.0;
/// How far the menu is off for a service, usually.
const MENU_OFF: f64 = 0.25;
/// How far people's paces differ, usually.
const PEOPLE_DIFFER: f64 = 0.18;
/// How far somebody's pace differs from service to service, usually.
const SERVICES_DIFFER: f64 = 0.08;

/// What was observed of one service with one of the staff: sufficient statistics of
/// ln(actual ÷ menu), to be stored as they are. Its default has seen nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Pace {
    /// How many observations, older ones counting less.
    pub n: f64,
    /// Their mean.
    pub mean: f64,
    /// The sum of their squared distances from it.
    pub m2: f64,
}

impl Pace {
    /// Something was finished. Of several services in one go, and of a party, give each service its
    /// minutes and its share of the time.
    pub fn observe(&mut self, menu_minutes: f64, actual_minutes: f64) {
        let Some(ratio) = measured(menu_minutes, actual_minutes) else { return };
        self.n = self.n * FADE + 1.0;
        let off = ratio - self.mean;
        self.mean += off / self.n;
        self.m2 = self.m2 * FADE + off * (ratio - self.mean);
    }

    /// It wasn't finished after all: as before, if it was the last that was observed.
    pub fn forget(&mut self, menu_minutes: f64, actual_minutes: f64) {
        let Some(ratio) = measured(menu_minutes, actual_minutes) else { return };
        let left = self.n - 1.0;
        if left < NOTHING {
            *self = Self::default();
            return;
        }
        let mean = (self.mean * self.n - ratio) / left;
        self.m2 = ((self.m2 - (ratio - mean) * (ratio - self.mean)) / FADE).max(0.0);
        (self.n, self.mean) = (left / FADE, mean);
    }
}

/// ln(actual ÷ menu), of what was measured.
fn measured(menu_minutes: f64, actual_minutes: f64) -> Option<f64> {
    let ratio = (actual_minutes / menu_minutes.max(1.0)).ln();
    (ratio.is_finite() && ratio.abs() <= FARTHEST).then_some(ratio)
}

/// What is expected of ln(actual ÷ menu).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Expected {
    /// Its mean.
    pub mean: f64,
    /// How far single durations lie from it.
    pub spread: f64,
    /// How far the mean itself may be off.
    pub doubt: f64,
}

/// All that a shop has learned.
#[derive(Debug, Clone, Default)]
pub struct Paces {
    cells: BTreeMap<(Id<Service>, Id<StaffMember>), Cell>,
    services: BTreeMap<Id<Service>, Weighed>,
    people: BTreeMap<Id<StaffMember>, Weighed>,
}

/// A sum of means, each as heavy as it is sure.
#[derive(Debug, Clone, Copy, Default)]
struct Weighed {
    sum: f64,
    weight: f64,
    /// The variance of single durations, of services only.
    variance: f64,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    pace: Pace,
    /// What it adds to its service's sum and to its person's.
    to_service: (f64, f64),
    to_person: (f64, f64),
}

impl Weighed {
    fn add(&mut self, (value, weight): (f64, f64)) {
        self.sum += value * weight;
        self.weight += weight;
    }

    /// Mean and variance without one part of it, around nothing with a spread of `usual`.
    fn without(&self, (value, weight): (f64, f64), usual: f64) -> (f64, f64) {
        let weight_left = (self.weight - weight).max(0.0) + usual.powi(-2);
        ((self.sum - value * weight) / weight_left, weight_left.recip())
    }
}

impl Paces {
    /// From what is stored. The order of the rows doesn't matter.
    pub fn of(rows: impl IntoIterator<Item = (Id<Service>, Id<StaffMember>, Pace)>) -> Self {
        let seen = |pace: &Pace| pace.n > 0.0 && pace.mean.is_finite() && pace.m2.is_finite();
        let rows: BTreeMap<_, Pace> = rows
            .into_iter()
            .filter(|(_, _, pace)| seen(pace))
            .map(|(service, staff, pace)| ((service, staff), pace))
            .collect();

        let mut spreads: BTreeMap<Id<Service>, (f64, f64)> = BTreeMap::new();
        for ((service, _), pace) in &rows {
            let spread = spreads.entry(*service).or_default();
            *spread = (spread.0 + pace.m2, spread.1 + (pace.n - 1.0).max(0.0));
        }
        let variance_of = |service: &Id<Service>| {
            let (m2, n) = spreads.get(service).copied().unwrap_or_default();
            (SPREAD * SPREAD * SPREAD_WORTH + m2) / (SPREAD_WORTH + n)
        };

        let mut paces = Self::default();
        for ((service, staff), pace) in rows {
            let variance = variance_of(&service);
            let weight =
                (variance / pace.n + PEOPLE_DIFFER.powi(2) + SERVICES_DIFFER.powi(2)).recip();
            let to_service = (pace.mean, weight);
            let of_service = paces.services.entry(service).or_default();
            of_service.variance = variance;
            of_service.add(to_service);
            paces.cells.insert((service, staff), Cell { pace, to_service, to_person: (0.0, 0.0) });
        }
        for ((service, staff), cell) in &mut paces.cells {
            let (mean, doubt) = paces.services[service].without((0.0, 0.0), MENU_OFF);
            let variance = paces.services[service].variance;
            let weight = (variance / cell.pace.n + SERVICES_DIFFER.powi(2) + doubt).recip();
            cell.to_person = (cell.pace.mean - mean, weight);
            paces.people.entry(*staff).or_default().add(cell.to_person);
        }
        paces
    }

    /// Of how many pairs of a service and one of the staff something is known.
    pub(in crate::queue) fn len(&self) -> usize {
        self.cells.len()
    }

    /// What is expected of a service with one of the staff: what others need for it, how that person
    /// is at other services, and what they were seen to need for this one.
    pub fn expect(&self, service: Id<Service>, staff: Id<StaffMember>) -> Expected {
        let nothing = (0.0, 0.0);
        let cell = self.cells.get(&(service, staff));
        let of_service = self
            .services
            .get(&service)
            .copied()
            .unwrap_or(Weighed { variance: SPREAD * SPREAD, ..Weighed::default() });
        let of_person = self.people.get(&staff).copied().unwrap_or_default();
        let menu = of_service.without(cell.map_or(nothing, |cell| cell.to_service), MENU_OFF);
        let person = of_person.without(cell.map_or(nothing, |cell| cell.to_person), PEOPLE_DIFFER);
        let prior = (menu.0 + person.0, menu.1 + person.1 + SERVICES_DIFFER.powi(2));

        let Some(Cell { pace, .. }) = cell else {
            let (mean, doubt) = (prior.0, prior.1.sqrt());
            return Expected { mean, spread: of_service.variance.sqrt(), doubt };
        };
        let worth = 10.0;
        let variance = (of_service.variance * worth + pace.m2) / (worth + (pace.n - 1.0).max(0.0));
        let own = pace.n / variance;
        let weight = prior.1.recip() + own;
        Expected {
            mean: (prior.0 / prior.1 + pace.mean * own) / weight,
            spread: variance.sqrt(),
            doubt: weight.recip().sqrt(),
        }
    }
}
