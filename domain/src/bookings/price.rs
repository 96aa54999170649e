//! What a visit costs, done in one way or another.

use super::wanted::{Planned, PlannedLine, Priced, SoldExtra};
use crate::availability::{Assignment, Choice, PlacedSeat, StaffRules};
use crate::diary::Shop;
use crate::ids::{Id, Service, StaffMember};
use crate::payments::chargeable::{down, step};

/// What a visit costs, whoever of those who can does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriceRange {
    /// With whom it is the cheapest.
    pub from_minor: i64,
    /// With whom it is the dearest.
    pub to_minor: i64,
}

impl Planned {
    /// What it costs at least and at most, before anybody is chosen.
    pub(crate) fn range(&self, shop: &Shop) -> PriceRange {
        let step = step(&shop.currency);
        let seat = |line: &PlannedLine| self.visit.steps.get(line.step)?.seats.get(line.seat);
        let with = |line: &PlannedLine| {
            let could = |staff: &&StaffRules| match seat(line).map(|seat| seat.staff) {
                Some(Choice::Given(id) | Choice::Kept(id)) => staff.id == id,
                Some(Choice::Any) => staff.online || !self.visit.online,
                Some(Choice::Nobody) | None => false,
            };
            let skills = shop.rules.staff.iter().filter(could);
            let prices = skills.filter_map(|staff| staff.skills.get(&line.service));
            let prices: Vec<_> =
                prices.map(|skill| skill.price_minor.unwrap_or(line.price_minor)).collect();
            let (least, most) = (prices.iter().min().copied(), prices.iter().max().copied());
            let (least, most) =
                (least.unwrap_or(line.price_minor), most.unwrap_or(line.price_minor));
            (down(least, step), down(most, step))
        };
        let extras: i64 = self.lines.iter().map(|line| extras(&line.addons, step)).sum();
        let (from, to) = if let Some((_, price)) = self.package {
            (down(price, step), down(price, step))
        } else {
            let lines = self.lines.iter().filter(|line| line.priced).map(with);
            lines.fold((0, 0), |sum, line| (sum.0 + line.0, sum.1 + line.1))
        };
        PriceRange { from_minor: from + extras, to_minor: to + extras }
    }

    /// Who was asked for by name, each once.
    pub(crate) fn named(&self) -> Vec<Id<StaffMember>> {
        let mut named = Vec::new();
        for seat in self.visit.steps.iter().flat_map(|step| &step.seats) {
            match seat.staff {
                Choice::Given(id) | Choice::Kept(id) if !named.contains(&id) => named.push(id),
                _ => {}
            }
        }
        named
    }

    /// What it costs, done in this way: some of the staff cost other prices. What no card can pay of a price (a menu
    /// that was written in another currency may have such) isn't asked for.
    pub(crate) fn price(&self, shop: &Shop, done: &Assignment) -> Priced {
        let step = step(&shop.currency);
        let seat = |line: &PlannedLine| {
            done.seats.iter().find(|placed| placed.step == line.step && placed.seat == line.seat)
        };
        let own = |line: &PlannedLine| {
            if !line.priced {
                return 0;
            }
            let skill = seat(line).and_then(|placed| skill_price(shop, placed, line.service));
            down(skill.unwrap_or(line.price_minor), step)
        };
        let mut prices: Vec<i64> = self.lines.iter().map(own).collect();
        if let Some((_, price)) = self.package {
            share(down(price, step), step, &mut prices);
        }
        let mut deposit = 0;
        for (line, price) in self.lines.iter().zip(&mut prices) {
            if let Some(offer) = shop.services.get(&line.service).filter(|_| line.priced) {
                deposit += offer.deposit.of(*price, step);
            }
            *price += extras(&line.addons, step);
        }
        Priced { total: prices.iter().sum(), lines: prices, deposit, discount: 0 }
    }
}

fn extras(addons: &[SoldExtra], step: i64) -> i64 {
    addons.iter().map(|addon| down(addon.price_minor, step)).sum()
}

/// A line as far as it costs something.
pub(super) struct Costing<'a> {
    pub(super) service: Id<Service>,
    pub(super) addons: &'a [SoldExtra],
}

impl Priced {
    /// The same for a member: each line is so many percent cheaper, add-ons included, rounded to the
    /// nearest step that cards know, half of one up. What is due when it is booked is worked out anew.
    pub(super) fn reduced<'a>(
        self,
        percent: u8,
        shop: &Shop,
        lines: impl IntoIterator<Item = Costing<'a>>,
    ) -> Self {
        if percent == 0 {
            return self;
        }
        let step = step(&shop.currency);
        let (mut prices, mut deposit) = (Vec::with_capacity(self.lines.len()), 0);
        for (price, line) in self.lines.iter().zip(lines) {
            prices.push(less(*price, percent, step));
            if let Some(offer) = shop.services.get(&line.service) {
                let own = less(*price - extras(line.addons, step), percent, step);
                deposit += offer.deposit.of(own, step);
            }
        }
        let total: i64 = prices.iter().sum();
        let discount = self.discount + self.total - total;
        Self { total, lines: prices, deposit: deposit.min(self.deposit), discount }
    }
}

fn less(price: i64, percent: u8, step: i64) -> i64 {
    let (part, whole) =
        (i128::from(price) * i128::from(100 - percent.min(100)), 100 * i128::from(step));
    let steps = (part + whole / 2).div_euclid(whole);
    let nearest = i64::try_from(steps * i128::from(step)).unwrap_or(price);
    // A menu that was written in another currency may have prices between two steps.
    nearest.min(down(price, step))
}

fn skill_price(shop: &Shop, placed: &PlacedSeat, service: Id<Service>) -> Option<i64> {
    let staff = shop.rules.staff.iter().find(|staff| Some(staff.id) == placed.staff)?;
    staff.skills.get(&service)?.price_minor
}

/// A package's price over its parts, by what each would cost alone, in steps that cards know; not a cent is lost.
fn share(price: i64, step: i64, parts: &mut [i64]) {
    let whole: i128 = parts.iter().map(|part| i128::from(*part)).sum();
    let mut left = price;
    for part in parts.iter_mut() {
        let own = if whole == 0 { 0 } else { i128::from(price) * i128::from(*part) / whole };
        *part = down(i64::try_from(own).unwrap_or(0), step);
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
    use crate::diary::Deposit;

    #[test]
    fn members_pay_less_to_the_nearest_unit_and_half_of_one_up() {
        for (price, percent, costs) in [
            (9_000, 10, 8_100),
            (9_995, 10, 8_996),
            (9_994, 10, 8_995),
            (5, 10, 5),
            (4, 10, 4),
            (5, 50, 3),
            (999, 0, 999),
            (999, 100, 0),
            (0, 10, 0),
            (i64::MAX, 1, 9_131_138_316_486_228_049),
        ] {
            assert_eq!(less(price, percent, 1), costs, "{price} less {percent} %");
        }
        // Cards know no third digit but nought, and no parts of an ariary.
        for (price, percent, step, costs) in [
            (9_500, 33, 10, 6_370),
            (9_500, 5, 10, 9_030),
            (9_500, 5, 100, 9_000),
            (50_000, 33, 100, 33_500),
            (9_505, 0, 10, 9_500),
            (5, 50, 10, 0),
        ] {
            assert_eq!(less(price, percent, step), costs, "{price} less {percent} % in {step}");
        }
    }

    proptest! {
        #[test]
        fn a_package_costs_what_it_costs(
            price in 0i64..10_000_000, mut parts in prop::collection::vec(0i64..1_000_000, 1..10),
            step in prop::sample::select(vec![1_i64, 10, 100]),
        ) {
            let price = down(price, step);
            share(price, step, &mut parts);
            prop_assert_eq!(parts.iter().sum::<i64>(), price);
            prop_assert!(parts.iter().all(|part| *part >= 0 && part % step == 0));
        }

        /// Whatever a line costs, and whatever is due of it before, cards can pay it.
        #[test]
        fn what_is_less_can_be_paid(
            price in 0i64..10_000_000, percent in 0u8..=100, due in 0i64..=100,
            step in prop::sample::select(vec![1_i64, 10, 100]),
        ) {
            let costs = less(price, percent, step);
            prop_assert!(costs % step == 0 && (0..=price).contains(&costs));
            for deposit in [Deposit::Percent(due), Deposit::Fixed(due * 37)] {
                let before = deposit.of(costs, step);
                prop_assert!(before % step == 0 && (0..=costs).contains(&before));
            }
        }
    }
}
