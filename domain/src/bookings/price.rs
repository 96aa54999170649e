//! What a visit costs, done in one way or another.

use super::wanted::{Planned, PlannedLine, Priced};
use crate::availability::{Assignment, PlacedSeat};
use crate::diary::Shop;
use crate::ids::{Id, Service};

impl Planned {
    /// What it costs, done in this way: some of the staff cost other prices.
    pub(crate) fn price(&self, shop: &Shop, done: &Assignment) -> Priced {
        let seat = |line: &PlannedLine| {
            done.seats.iter().find(|placed| placed.step == line.step && placed.seat == line.seat)
        };
        let own = |line: &PlannedLine| {
            if !line.priced {
                return 0;
            }
            let skill = seat(line).and_then(|placed| skill_price(shop, placed, line.service));
            skill.unwrap_or(line.price_minor)
        };
        let mut prices: Vec<i64> = self.lines.iter().map(own).collect();
        if let Some((_, price)) = self.package {
            share(price, &mut prices);
        }
        let mut deposit = 0;
        for (line, price) in self.lines.iter().zip(&mut prices) {
            if let Some(offer) = shop.services.get(&line.service).filter(|_| line.priced) {
                deposit += offer.deposit.of(*price);
            }
            *price += line.addons.iter().map(|addon| addon.price_minor).sum::<i64>();
        }
        Priced { total: prices.iter().sum(), lines: prices, deposit }
    }
}

fn skill_price(shop: &Shop, placed: &PlacedSeat, service: Id<Service>) -> Option<i64> {
    let staff = shop.rules.staff.iter().find(|staff| Some(staff.id) == placed.staff)?;
    staff.skills.get(&service)?.price_minor
}

/// A package's price over its parts, by what each would cost alone; not a cent is lost.
fn share(price: i64, parts: &mut [i64]) {
    let whole: i128 = parts.iter().map(|part| i128::from(*part)).sum();
    let mut left = price;
    for part in parts.iter_mut() {
        let own = if whole == 0 { 0 } else { i128::from(price) * i128::from(*part) / whole };
        *part = i64::try_from(own).unwrap_or(0);
        left -= *part;
    }
    if let Some(first) = parts.first_mut() {
        *first += left;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_package_costs_what_it_costs(
            price in 0i64..10_000_000, mut parts in prop::collection::vec(0i64..1_000_000, 1..10),
        ) {
            share(price, &mut parts);
            prop_assert_eq!(parts.iter().sum::<i64>(), price);
            prop_assert!(parts.iter().all(|part| *part >= 0));
        }
    }
}
