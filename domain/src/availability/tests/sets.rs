//! Sets of instants against sets of numbers.

use std::collections::BTreeSet;

use proptest::prelude::*;

use crate::availability::ranges::Ranges;

fn some() -> impl Strategy<Value = Vec<(i64, i64)>> {
    prop::collection::vec((0_i64..60, 0_i64..12), 0..8)
        .prop_map(|ranges| ranges.into_iter().map(|(from, long)| (from, from + long)).collect())
}

fn members(ranges: &Ranges) -> BTreeSet<i64> {
    ranges.iter().flat_map(|(from, to)| from..to).collect()
}

proptest! {
    #[test]
    fn sets_are_sets(ours in some(), theirs in some(), long in 1_i64..10, before in 0_i64..5) {
        let (a, b) = (Ranges::of(ours), Ranges::of(theirs.clone()));
        let (ours, theirs) = (members(&a), members(&b));
        prop_assert!(a.iter().zip(a.iter().skip(1)).all(|(one, next)| one.1 < next.0));
        prop_assert_eq!(members(&a.and(&b)), &ours & &theirs);
        prop_assert_eq!(members(&a.without(&b)), &ours - &theirs);
        prop_assert_eq!(members(&Ranges::any_of([&a, &b].into_iter())), &ours | &theirs);
        prop_assert_eq!(members(&a.clone().later(7)), ours.iter().map(|at| at + 7).collect());
        let shadows = members(&b.shadows(before, long));
        let starts = members(&a.starts(long));
        for at in -20..90 {
            let within = (at..at + long).all(|at| ours.contains(&at));
            prop_assert_eq!(starts.contains(&at), within);
            prop_assert_eq!(a.hold(at, at + long), within);
            prop_assert_eq!(a.has(at), ours.contains(&at));
            let hit = (at - before..at + long).any(|at| theirs.contains(&at));
            prop_assert_eq!(shadows.contains(&at), hit);
            prop_assert_eq!(b.touch(at - before, at + long), hit);
        }
    }
}
