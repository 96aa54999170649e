//! Both books beside each other: pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::words::{Moved, Reason};

/// Something that moved, as one of the books has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which way.
    pub moved: Moved,
    /// By which name both books know it.
    pub reference: String,
    /// ISO 4217.
    pub currency: String,
    /// How much.
    pub amount_minor: i64,
    /// Whether it should be in our book at all.
    pub is_ours: bool,
}

/// What moved in one currency and one way, in both books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sum {
    /// ISO 4217.
    pub currency: String,
    /// Which way.
    pub moved: Moved,
    /// By the provider's book.
    pub theirs_minor: i64,
    /// By ours.
    pub ours_minor: i64,
}

/// What isn't the same in both.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which way.
    pub moved: Moved,
    /// By which name the provider knows it.
    pub reference: String,
    /// ISO 4217.
    pub currency: String,
    /// Why it is here.
    pub reason: Reason,
    /// How much, by the provider's book.
    pub theirs_minor: i64,
    /// How much, by ours.
    pub ours_minor: i64,
}

impl Difference {
    /// Whether it shouldn't be.
    pub fn is_amiss(&self) -> bool {
        self.reason != Reason::NotOurs
    }
}

/// What came of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Sums of each currency and way.
    pub sums: Vec<Sum>,
    /// What differs; nothing, if and only if both books are equal.
    pub differences: Vec<Difference>,
}

#[derive(Default)]
struct Both {
    theirs: i64,
    ours: i64,
    is_ours: bool,
}

/// Lays both books beside each other. Entries in any order; what stands there several times is added up, and what
/// comes to nothing isn't there.
pub fn compare(theirs: &[Entry], ours: &[Entry]) -> Comparison {
    let mut all: BTreeMap<(&str, Moved, &str), Both> = BTreeMap::new();
    for entry in theirs {
        let both = all.entry((&entry.currency, entry.moved, &entry.reference)).or_default();
        both.theirs += entry.amount_minor;
        both.is_ours |= entry.is_ours;
    }
    for entry in ours {
        let both = all.entry((&entry.currency, entry.moved, &entry.reference)).or_default();
        both.ours += entry.amount_minor;
        both.is_ours = true;
    }
    let mut sums: BTreeMap<(&str, Moved), (i64, i64)> = BTreeMap::new();
    let mut differences = Vec::new();
    for ((currency, moved, reference), both) in all {
        let sum = sums.entry((currency, moved)).or_default();
        sum.0 += both.theirs;
        sum.1 += both.ours;
        if both.theirs == both.ours {
            continue;
        }
        let reason = match (both.theirs, both.ours) {
            (_, 0) if !both.is_ours => Reason::NotOurs,
            (_, 0) => Reason::MissingHere,
            (0, _) => Reason::MissingThere,
            _ => Reason::OtherAmount,
        };
        differences.push(Difference {
            moved,
            reference: reference.to_owned(),
            currency: currency.to_owned(),
            reason,
            theirs_minor: both.theirs,
            ours_minor: both.ours,
        });
    }
    let sums = sums
        .into_iter()
        .map(|((currency, moved), (theirs_minor, ours_minor))| Sum {
            currency: currency.to_owned(),
            moved,
            theirs_minor,
            ours_minor,
        })
        .collect();
    Comparison { sums, differences }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    fn entry(moved: Moved, reference: &str, amount_minor: i64) -> Entry {
        Entry {
            moved,
            reference: reference.to_owned(),
            currency: "EUR".to_owned(),
            amount_minor,
            is_ours: true,
        }
    }

    fn foreign(moved: Moved, reference: &str, amount_minor: i64) -> Entry {
        Entry { is_ours: false, ..entry(moved, reference, amount_minor) }
    }

    /// Which way, the reason, theirs, ours.
    type Expected<'a> = &'a [(Moved, Reason, i64, i64)];

    #[test]
    fn what_differs_and_why() {
        use Moved::{Disputed, Returned, Taken};
        use Reason::{MissingHere, MissingThere, NotOurs, OtherAmount};
        let a = |amount| entry(Taken, "a", amount);
        // Theirs, ours.
        let cases: [(Vec<Entry>, Vec<Entry>, Expected<'_>); 10] = [
            (vec![], vec![], &[]),
            (vec![a(300)], vec![a(300)], &[]),
            (vec![a(300)], vec![], &[(Taken, MissingHere, 300, 0)]),
            (vec![], vec![a(300)], &[(Taken, MissingThere, 0, 300)]),
            (vec![a(300)], vec![a(299)], &[(Taken, OtherAmount, 300, 299)]),
            // Said twice: then it was taken twice.
            (vec![a(300), a(300)], vec![a(300)], &[(Taken, OtherAmount, 600, 300)]),
            (vec![foreign(Taken, "b", 5)], vec![], &[(Taken, NotOurs, 5, 0)]),
            // Nobody noted there whose it is, and it is ours all the same.
            (vec![foreign(Taken, "a", 5)], vec![a(4)], &[(Taken, OtherAmount, 5, 4)]),
            (vec![entry(Disputed, "d", 0)], vec![], &[]),
            // The same name for something else.
            (
                vec![entry(Returned, "a", 1)],
                vec![a(1)],
                &[(Taken, MissingThere, 0, 1), (Returned, MissingHere, 1, 0)],
            ),
        ];
        for (theirs, ours, expected) in cases {
            let found = compare(&theirs, &ours);
            let short: Vec<_> = (found.differences.iter())
                .map(|one| (one.moved, one.reason, one.theirs_minor, one.ours_minor))
                .collect();
            assert_eq!(short, expected, "{theirs:?} {ours:?}");
        }
    }

    #[test]
    fn currencies_are_never_added_up() {
        let dollars = Entry { currency: "USD".to_owned(), ..entry(Moved::Taken, "b", 700) };
        let found = compare(&[entry(Moved::Taken, "a", 300), dollars], &[]);
        let sums: Vec<_> =
            found.sums.iter().map(|sum| (&*sum.currency, sum.theirs_minor)).collect();
        assert_eq!(sums, [("EUR", 300), ("USD", 700)]);
    }

    fn book() -> impl Strategy<Value = Vec<Entry>> {
        let one = (0_usize..3, 0_usize..4, 0_usize..2, 0_i64..3, any::<bool>());
        let one = one.prop_map(|(moved, name, currency, amount_minor, is_ours)| Entry {
            moved: [Moved::Taken, Moved::Returned, Moved::Disputed][moved],
            reference: ["a", "b", "c", "d"][name].to_owned(),
            currency: ["EUR", "USD"][currency].to_owned(),
            amount_minor,
            is_ours,
        });
        prop::collection::vec(one, 0..8)
    }

    fn told(book: &[Entry]) -> HashMap<(String, String, String), i64> {
        let mut all = HashMap::new();
        for one in book {
            let key = (one.currency.clone(), one.moved.key().to_owned(), one.reference.clone());
            *all.entry(key).or_default() += one.amount_minor;
        }
        all.retain(|_, amount| *amount != 0);
        all
    }

    proptest! {
        /// Nothing differs if and only if both books say the same, in whatever order.
        #[test]
        fn nothing_differs_exactly_if_both_are_equal(theirs in book(), mut ours in book(), same: bool) {
            if same {
                ours.clone_from(&theirs);
                ours.reverse();
            }
            let found = compare(&theirs, &ours);
            prop_assert_eq!(found.differences.is_empty(), told(&theirs) == told(&ours));
            prop_assert!(!same || found.differences.is_empty());
        }

        /// What differs explains by how much the sums do.
        #[test]
        fn differences_explain_the_sums(theirs in book(), ours in book()) {
            let found = compare(&theirs, &ours);
            for sum in &found.sums {
                let explained: i64 = found.differences.iter()
                    .filter(|one| one.currency == sum.currency && one.moved == sum.moved)
                    .map(|one| one.theirs_minor - one.ours_minor)
                    .sum();
                prop_assert_eq!(sum.theirs_minor - sum.ours_minor, explained);
            }
        }

        /// Whichever side is which, the same differs.
        #[test]
        fn it_does_not_hang_on_the_side(theirs in book(), ours in book()) {
            let (one, other) = (compare(&theirs, &ours), compare(&ours, &theirs));
            prop_assert_eq!(one.differences.len(), other.differences.len());
        }
    }
}
