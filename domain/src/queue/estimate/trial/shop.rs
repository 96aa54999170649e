//! What is true of the shop, and the estimator has to find out.

use uuid::Uuid;

use super::super::Work;
use super::super::dice::Dice;
use crate::ids::{Id, Service, StaffMember};

/// How many chairs.
pub(super) const CHAIRS: usize = 6;
pub(super) const MINUTE: f64 = 60.0;
pub(super) const HOUR: f64 = 3_600.0;

/// What the menu says, and what is true of it.
const MENU: [(u16, f64); 6] =
    [(30, 0.88), (20, 1.05), (15, 1.25), (25, 0.95), (75, 0.92), (30, 1.02)];
/// What people want, and how often.
const BASKETS: [(u16, &[usize]); 8] = [
    (38, &[0]),
    (12, &[1]),
    (10, &[2]),
    (16, &[0, 2]),
    (8, &[3]),
    (6, &[4]),
    (5, &[5]),
    (5, &[0, 3]),
];
/// How long each of the staff needs of the usual time.
const PACES: [f64; CHAIRS] = [0.82, 1.15, 0.92, 1.28, 1.0, 1.05];
/// How often somebody asks for them.
const LIKED: [u16; CHAIRS] = [30, 22, 18, 12, 10, 8];
/// When they begin, end, and have their half hour, in hours.
const SHIFTS: [(f64, f64, f64); CHAIRS] = [
    (9.0, 18.0, 12.0),
    (9.0, 18.0, 12.5),
    (9.0, 18.0, 13.0),
    (10.0, 19.0, 13.5),
    (10.0, 19.0, 14.0),
    (11.0, 19.0, 14.5),
];
/// Who of the staff doesn't do the last two services.
const WITHOUT_COLOUR: [usize; 3] = [0, 2, 5];
const WITHOUT_SHAVE: [usize; 2] = [1, 3];

/// What somebody comes for.
#[derive(Debug, Clone)]
pub(super) struct Wish {
    pub(super) services: Vec<usize>,
    pub(super) party: u16,
}

pub(super) fn service(of: usize) -> Id<Service> {
    Id::from_uuid(named(1, of))
}

pub(super) fn staff(chair: usize) -> Id<StaffMember> {
    Id::from_uuid(named(2, chair))
}

pub(super) fn named(kind: u64, of: usize) -> Uuid {
    Uuid::from_u64_pair(kind, u64::try_from(of).unwrap_or(0))
}

pub(super) fn can(chair: usize, wish: &Wish) -> bool {
    wish.services.iter().all(|service| match service {
        4 => !WITHOUT_COLOUR.contains(&chair),
        5 => !WITHOUT_SHAVE.contains(&chair),
        _ => true,
    })
}

pub(super) fn skills(chair: usize) -> impl Iterator<Item = usize> {
    (0..MENU.len()).filter(move |of| can(chair, &Wish { services: vec![*of], party: 1 }))
}

/// Begin, end and break, in seconds of the day.
pub(super) fn shift(chair: usize) -> (f64, f64, f64) {
    let (begins, ends, away) = SHIFTS[chair];
    (begins * HOUR, ends * HOUR, away * HOUR)
}

/// One of so many, the heavier the more often.
pub(super) fn weighed(dice: &mut Dice, weights: impl Iterator<Item = u16> + Clone) -> usize {
    let all: f64 = weights.clone().map(f64::from).sum();
    let mut left = dice.share() * all;
    for (which, weight) in weights.enumerate() {
        left -= f64::from(weight);
        if left < 0.0 {
            return which;
        }
    }
    0
}

pub(super) fn between(dice: &mut Dice, least: f64, most: f64) -> f64 {
    least + (most - least) * dice.share()
}

/// Whom somebody asks for.
pub(super) fn favourite(dice: &mut Dice) -> usize {
    weighed(dice, LIKED.iter().copied())
}

impl Wish {
    pub(super) fn drawn(dice: &mut Dice) -> Self {
        let which = weighed(dice, BASKETS.iter().map(|(weight, _)| *weight));
        let party = match dice.share() {
            lot if lot < 0.015 => 3,
            lot if lot < 0.07 => 2,
            _ => 1,
        };
        Self { services: BASKETS[which].1.to_vec(), party }
    }

    /// What its rows in the product's tables say.
    pub(super) fn work(&self) -> Vec<Work> {
        let work = |of: &usize| Work { service: service(*of), minutes: MENU[*of].0 };
        self.services.iter().map(work).collect()
    }

    pub(super) fn menu_seconds(&self) -> f64 {
        let minutes: f64 = self.services.iter().map(|of| f64::from(MENU[*of].0)).sum();
        f64::from(self.party) * minutes * MINUTE
    }

    /// What it takes with somebody on the average. Everybody is better at some things than at others.
    pub(super) fn usual_seconds(&self, chair: usize, paces: &[f64; CHAIRS]) -> f64 {
        let one = |of: &usize| {
            let quirk = 0.9 + 0.05 * f64::from(u8::try_from((chair * 3 + of * 5) % 5).unwrap_or(0));
            f64::from(MENU[*of].0) * MENU[*of].1 * paces[chair] * quirk
        };
        f64::from(self.party) * self.services.iter().map(one).sum::<f64>() * MINUTE
    }

    /// What it takes this time: not lognormal, and now and then something goes wrong.
    pub(super) fn seconds(&self, usual: f64, dice: &mut Dice) -> f64 {
        let parts = usize::from(self.party) * self.services.len();
        let part = usual / f64::from(u16::try_from(parts).unwrap_or(1));
        let mut all = 0.0;
        for _ in 0..parts {
            // Twenty steps of chance length each.
            let steps: f64 = (0..20).map(|_| dice.exponential()).sum();
            let trouble = if dice.share() < 0.03 { 1.5 } else { 1.0 };
            all += part * steps / 20.0 * trouble;
        }
        all
    }
}

/// How quick the staff are.
pub(super) fn paces() -> [f64; CHAIRS] {
    PACES
}
