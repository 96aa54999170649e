use std::collections::BTreeMap;

use chrono::Duration;
use proptest::prelude::*;
use uuid::Uuid;

use super::State;
use super::rank::idle;
use crate::availability::{Assignment, Block, Busy, Span};
use crate::ids::Id;
use crate::time::Instant;

fn at(minutes: i64) -> Instant {
    Instant::UNIX_EPOCH + Duration::minutes(minutes)
}

fn span(from: i64, to: i64) -> Span {
    Span { from: at(from), to: at(to) }
}

fn busy(blocks: &[(u128, i64, i64)]) -> Busy {
    Busy::of(blocks.iter().map(|(resource, from, to)| Block {
        resource: Uuid::from_u128(*resource),
        span: span(*from, *to),
        appointment: Id::from_uuid(Uuid::nil()),
        lapses_at: None,
    }))
}

fn way(takes: &[(u128, i64, i64)]) -> Assignment {
    let takes: Vec<_> =
        takes.iter().map(|(who, from, to)| (Uuid::from_u128(*who), span(*from, *to))).collect();
    Assignment { start: at(0), end: at(60), seats: Vec::new(), rooms: Vec::new(), takes }
}

#[test]
fn the_gap_that_a_visit_leaves() {
    // taken, freed, what it would take, idle minutes
    let cases: [(&[(u128, i64, i64)], (i64, i64), &[(u128, i64, i64)], i64); 6] = [
        (&[(1, 0, 60), (1, 120, 180)], (60, 120), &[(1, 60, 120)], 0),
        (&[(1, 0, 60), (1, 120, 180)], (60, 120), &[(1, 60, 90)], 30),
        (&[(1, 0, 60), (1, 120, 180)], (60, 120), &[(1, 75, 105)], 30),
        // No neighbour: the edge of what is free now.
        (&[], (60, 180), &[(1, 60, 120)], 60),
        // It began before.
        (&[(1, 0, 30)], (60, 120), &[(1, 45, 105)], 15),
        // Both whom it takes count.
        (&[(1, 0, 60), (2, 0, 30)], (60, 120), &[(1, 60, 90), (2, 60, 90)], 60),
    ];
    for (taken, (from, to), takes, expected) in cases {
        let found = idle(&way(takes), &busy(taken), span(from, to));
        assert_eq!(found, Duration::minutes(expected), "{taken:?} {takes:?}");
    }
}

proptest! {
    /// No gap is ever negative, nor wider than what has become free for each whom it takes.
    #[test]
    fn gaps_lie_within_what_is_free(from in 0i64..300, lasts in 1i64..120, before in 0i64..300) {
        let taken = busy(&[(1, before - 10, before), (1, from + lasts, from + lasts + 10)]);
        let freed = span(100, 400);
        let found = idle(&way(&[(1, from, from + lasts)]), &taken, freed);
        prop_assert!(found >= Duration::zero());
        prop_assert!(found <= Duration::minutes(300));
    }
}

#[test]
fn states_have_names() {
    let states = [State::Waiting, State::Offered, State::Booked, State::Left, State::Over];
    let named: BTreeMap<_, _> = states.iter().map(|state| (state.key(), *state)).collect();
    assert_eq!(named.len(), states.len());
    assert!(named.into_iter().all(|(key, state)| State::from_key(key) == Some(state)));
    assert_eq!(State::from_key("elsewhere"), None);
}
