use proptest::prelude::*;

use super::facts::is_dear;
use super::throwaway::is_throwaway;
use super::*;
use crate::policies::RiskAsks;

/// Somebody who has been here, and of whom nothing else is known.
fn known() -> Facts {
    Facts { has_been_here: true, notice_minutes: 10_000, minutes: 60, ..Facts::default() }
}

fn of(past: &[(Past, usize)]) -> Facts {
    let past = past.iter().flat_map(|(past, times)| vec![*past; *times]).collect();
    Facts { past, ..known() }
}

/// As it is read aloud: the points, then each sign with its own.
fn said(facts: &Facts) -> String {
    let Risk { points, reasons } = score(facts);
    let reasons: Vec<_> =
        reasons.iter().map(|reason| format!("{} {}", reason.sign.key(), reason.points)).collect();
    format!("{points}: {}", reasons.join(", "))
}

#[test]
fn what_counts_and_how_much() {
    use Past::{CalledOffLate, Kept, Missed, Unpaid};
    let never = |past: &[(Past, usize)]| Facts { has_been_here: false, ..of(past) };
    let soon = Facts { notice_minutes: 24 * 60 - 1, minutes: 120, ..known() };
    let cases = [
        (known(), "0: "),
        (Facts { has_been_here: false, ..known() }, "10: first_visit 10"),
        (of(&[(Missed, 1)]), "30: no_shows 30"),
        (of(&[(Missed, 2)]), "50: no_shows 50"),
        (of(&[(Missed, 9)]), "60: no_shows 60"),
        (of(&[(Missed, 1), (Kept, 4)]), "3: no_shows 15, kept_visits -12"),
        (of(&[(Missed, 2), (Kept, 1)]), "41: no_shows 44, kept_visits -3"),
        // What the page of the rules tells as examples.
        (of(&[(Missed, 1), (Kept, 3)]), "8: no_shows 17, kept_visits -9"),
        (of(&[(Missed, 2), (Kept, 2)]), "34: no_shows 40, kept_visits -6"),
        (never(&[(Missed, 1)]), "40: no_shows 30, first_visit 10"),
        (never(&[(Missed, 2)]), "60: no_shows 50, first_visit 10"),
        (
            Facts { throwaway_mail: true, ..never(&[(Missed, 2)]) },
            "90: no_shows 50, throwaway_mail 30, first_visit 10",
        ),
        (of(&[(Missed, 1), (Kept, 300)]), "0: no_shows 1, kept_visits -30"),
        (of(&[(CalledOffLate, 1)]), "10: late_cancellations 10"),
        (of(&[(CalledOffLate, 5)]), "30: late_cancellations 30"),
        (of(&[(CalledOffLate, 2), (Kept, 2)]), "10: late_cancellations 16, kept_visits -6"),
        (of(&[(Unpaid, 1)]), "15: lapsed_deposits 15"),
        (of(&[(Unpaid, 4)]), "25: lapsed_deposits 25"),
        (of(&[(Kept, 1)]), "0: kept_visits -3"),
        (of(&[(Kept, 50)]), "0: kept_visits -30"),
        (Facts { booked_lately: 1, ..known() }, "0: "),
        (Facts { booked_lately: 2, ..known() }, "10: many_at_once 10"),
        (Facts { booked_lately: 3, ..known() }, "20: many_at_once 20"),
        (Facts { booked_lately: u32::MAX, ..known() }, "30: many_at_once 30"),
        (Facts { to_come: 3, ..known() }, "0: "),
        (Facts { to_come: 4, ..known() }, "10: many_to_come 10"),
        (Facts { to_come: 50, ..known() }, "20: many_to_come 20"),
        (Facts { other_name: true, ..known() }, "15: other_name 15"),
        (Facts { other_phone: true, ..known() }, "15: other_phone 15"),
        (Facts { foreign_phone: true, ..known() }, "10: foreign_phone 10"),
        (Facts { throwaway_mail: true, ..known() }, "30: throwaway_mail 30"),
        (soon.clone(), "10: short_notice 10"),
        (Facts { notice_minutes: 24 * 60, ..soon.clone() }, "0: "),
        (Facts { minutes: 119, ..soon.clone() }, "0: "),
        (Facts { minutes: 30, is_dear: true, ..soon }, "10: short_notice 10"),
        (
            Facts { has_been_here: false, throwaway_mail: true, ..of(&[(Missed, 3), (Unpaid, 2)]) },
            "100: no_shows 60, throwaway_mail 30, lapsed_deposits 25, first_visit 10",
        ),
    ];
    for (facts, expected) in cases {
        assert_eq!(said(&facts), expected, "{facts:?}");
    }
}

#[test]
fn what_is_dear() {
    for (price, menu, expected) in [
        (100, &[50][..], true),
        (99, &[50], false),
        (100, &[], false),
        (0, &[0, 0], false),
        (180, &[0, 40, 90, 200], true),
        (179, &[40, 90, 200], false),
    ] {
        assert_eq!(is_dear(price, menu.iter().copied()), expected, "{price} of {menu:?}");
    }
}

#[test]
fn which_addresses_are_thrown_away() {
    for (address, expected) in [
        ("ann@mailinator.com", true),
        ("ann@eu.mailinator.com", true),
        ("ann@notmailinator.com", false),
        ("ann@mailinator.com.example.com", false),
        ("mailinator.com@example.com", false),
        ("ann@example.com", false),
        ("nothing", false),
    ] {
        assert_eq!(is_throwaway(address), expected, "{address}");
    }
}

#[test]
fn what_is_asked_from_how_many_points_on() {
    use Demand::{Approval, Both, Deposit, Nothing};
    let deposit = |from, share| Rule::of(Some(from), RiskAsks::Deposit, share);
    let approval = |from| Rule::of(Some(from), RiskAsks::Approval, 50);
    let both = deposit(30, 20).and(approval(60));
    // rule, points, price, whether money is taken, what is asked
    let cases = [
        (Rule::of(None, RiskAsks::Approval, 50), 100, 9_000, true, Nothing),
        (Rule::of(Some(0), RiskAsks::Deposit, 50), 100, 9_000, true, Nothing),
        (approval(50), 49, 9_000, true, Nothing),
        (approval(50), 50, 9_000, true, Approval),
        (deposit(50, 50), 49, 9_000, true, Nothing),
        (deposit(50, 50), 50, 9_000, true, Deposit(4_500)),
        (deposit(50, 33), 50, 100, true, Deposit(33)),
        (deposit(50, 33), 50, 101, true, Deposit(34)),
        (deposit(50, 100), 50, i64::MAX, true, Deposit(i64::MAX)),
        (deposit(50, 50), 50, 9_000, false, Approval),
        (deposit(50, 50), 50, 0, true, Approval),
        (both, 29, 9_000, true, Nothing),
        (both, 30, 9_000, true, Deposit(1_800)),
        (both, 60, 9_000, true, Both(1_800)),
        (both, 60, 9_000, false, Approval),
        (deposit(30, 20).and(deposit(60, 80)), 30, 100, true, Deposit(80)),
        (approval(70).and(approval(40)), 40, 100, true, Approval),
        (approval(70).and(Rule::default()), 69, 100, true, Nothing),
    ];
    for (rule, points, price, takes_money, expected) in cases {
        let found = rule.demand(points, price, 1, takes_money);
        assert_eq!(found, expected, "{rule:?} {points} {price}");
        assert_eq!(rule.is_met(points), expected != Nothing, "{rule:?} {points}");
    }
}

/// Cards know no third digit but nought.
#[test]
fn what_is_asked_in_steps_that_cards_know() {
    let rule = Rule::of(Some(50), RiskAsks::Deposit, 33);
    assert_eq!(rule.demand(50, 9_500, 10, true), Demand::Deposit(3_140));
    assert_eq!(rule.demand(50, 9_500, 100, true), Demand::Deposit(3_200));
    // No card can pay this.
    assert_eq!(rule.demand(50, 9, 10, true), Demand::Approval);
}

fn past() -> impl Strategy<Value = Vec<Past>> {
    let one = prop_oneof![
        Just(Past::Kept),
        Just(Past::Missed),
        Just(Past::CalledOffLate),
        Just(Past::Unpaid)
    ];
    prop::collection::vec(one, 0..40)
}

prop_compose! {
    fn anybody()(
        past in past(), numbers in (any::<u32>(), any::<u32>()), times in (any::<i64>(), any::<i64>()),
        who in any::<(bool, bool, bool)>(), what in any::<(bool, bool, bool)>(),
    ) -> Facts {
        Facts {
            past,
            has_been_here: who.0,
            booked_lately: numbers.0 % 12,
            to_come: numbers.1 % 24,
            other_name: who.1,
            other_phone: who.2,
            foreign_phone: what.0,
            throwaway_mail: what.1,
            notice_minutes: times.0,
            minutes: times.1,
            is_dear: what.2,
        }
    }
}

fn rules() -> impl Strategy<Value = Rule> {
    (prop::option::of(0u8..=100), any::<bool>(), 1u8..=100).prop_map(|(from, deposit, share)| {
        Rule::of(from, if deposit { RiskAsks::Deposit } else { RiskAsks::Approval }, share)
    })
}

proptest! {
    #[test]
    fn it_is_never_more_than_all_nor_less_than_nothing(facts in anybody()) {
        let Risk { points, reasons } = score(&facts);
        let sum: i16 = reasons.iter().map(|reason| reason.points).sum();
        prop_assert!(points <= 100);
        prop_assert_eq!(i16::from(points), sum.clamp(0, 100));
        prop_assert!(reasons.iter().all(|reason| reason.points != 0));
        prop_assert!(reasons.is_sorted_by_key(|reason| std::cmp::Reverse(reason.points)));
    }

    #[test]
    fn what_speaks_against_somebody_never_helps_them(facts in anybody(), which in 0usize..3) {
        let mut more = facts.clone();
        more.past.push([Past::Missed, Past::CalledOffLate, Past::Unpaid][which]);
        prop_assert!(score(&more).points >= score(&facts).points);
    }

    #[test]
    fn a_visit_that_was_kept_never_harms(facts in anybody()) {
        let mut more = facts.clone();
        more.past.push(Past::Kept);
        more.has_been_here = true;
        prop_assert!(score(&more).points <= score(&facts).points);
    }

    #[test]
    fn the_order_does_not_matter(
        (before, after) in past().prop_flat_map(|past| (Just(past.clone()), Just(past).prop_shuffle())),
        facts in anybody(),
    ) {
        let one = score(&Facts { past: before, ..facts.clone() });
        prop_assert_eq!(one, score(&Facts { past: after, ..facts }));
    }

    /// Of several services, each asks at least what it would alone.
    #[test]
    fn together_they_ask_no_less(
        one in rules(), two in rules(), points in 0u8..=100, price in 1i64..1_000_000,
        takes_money in any::<bool>(), step in prop::sample::select(vec![1_i64, 10, 100]),
    ) {
        let together = one.and(two).demand(points, price, step, takes_money);
        for alone in [one, two] {
            let alone = alone.demand(points, price, step, takes_money);
            prop_assert!(together.deposit() >= alone.deposit());
            prop_assert!(together.approval() || !alone.approval());
        }
    }

    /// A rule is the same after it was kept with a visit.
    #[test]
    fn rules_are_read_as_they_are_written(one in rules(), two in rules()) {
        let rule = one.and(two);
        let kept = serde_json::to_string(&rule).unwrap();
        prop_assert_eq!(serde_json::from_str::<Rule>(&kept).unwrap(), rule);
    }
}
