//! Every way to do a visit, written out and sorted.

use std::collections::HashMap;

use super::Oracle;
use crate::ids::{Id, Room, StaffMember};
use crate::time::Instant;

/// Who and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::availability::tests) struct Way {
    pub(in crate::availability::tests) staff: Vec<Option<Id<StaffMember>>>,
    pub(in crate::availability::tests) rooms: Vec<Id<Room>>,
    pub(in crate::availability::tests) end: Instant,
}

type Score = (usize, Vec<(u32, usize)>);

impl Oracle<'_> {
    /// Every way to do it then, best first, as the engine promises to name them: by staff, of each
    /// the best rooms, then of each the next best; at most 64.
    pub(in crate::availability::tests) fn ways(&self, start: Instant) -> Vec<Way> {
        let start = self.place(start);
        let day = self.day(start);
        let mut casts: Vec<(Vec<Vec<Option<usize>>>, Vec<(usize, usize)>)> =
            vec![(Vec::new(), Vec::new())];
        for step in &self.of.visit.steps {
            let mut longer = Vec::new();
            for (cast, times) in casts {
                let at = times.last().map_or(start, |(at, lasts)| at + lasts);
                for (sat, lasts) in self.seatings(step, at, day) {
                    let cast = cast.iter().cloned().chain([sat]).collect();
                    let times = times.iter().copied().chain([(at, lasts)]).collect();
                    longer.push((cast, times));
                }
            }
            casts = longer;
        }
        casts.sort_by_cached_key(|(cast, _)| self.score(cast, day));
        casts.truncate(64);
        let housed: Vec<Vec<Way>> =
            casts.iter().map(|(cast, times)| self.housed(cast, times)).collect();
        let nth = |nth: usize| housed.iter().filter_map(move |ways| ways.get(nth).cloned());
        (0..8).flat_map(nth).take(64).collect()
    }

    fn score(&self, cast: &[Vec<Option<usize>>], day: i64) -> Score {
        let steps = &self.of.visit.steps;
        let mut last: HashMap<u8, Vec<usize>> = HashMap::new();
        let mut changes = 0;
        let mut ranks = Vec::new();
        for (step, sat) in steps.iter().zip(cast) {
            let mut now: HashMap<u8, Vec<usize>> = HashMap::new();
            for (seat, who) in step.seats.iter().zip(sat) {
                ranks.push(who.map_or((0, 0), |who| (self.load(who, day), who)));
                let Some(who) = *who else { continue };
                let before = last.get(&seat.customer);
                changes += usize::from(before.is_some_and(|before| !before.contains(&who)));
                now.entry(seat.customer).or_default().push(who);
            }
            last.extend(now);
        }
        (changes, ranks)
    }

    fn housed(&self, cast: &[Vec<Option<usize>>], times: &[(usize, usize)]) -> Vec<Way> {
        let rules = &self.of.rules;
        let mut houses: Vec<(Vec<usize>, Vec<usize>)> = vec![(Vec::new(), Vec::new())];
        for ((step, sat), (at, lasts)) in self.of.visit.steps.iter().zip(cast).zip(times) {
            let Some(need) = &step.room else { continue };
            let of_one = sat.iter().flatten().filter(|_| need.places == 1);
            let defaults: Vec<_> =
                of_one.filter_map(|who| rules.staff[*who].default_room).collect();
            let rank = |room: &usize| {
                let room = &rules.rooms[*room];
                let default = defaults.iter().position(|default| *default == room.id);
                let preferences = need.features.iter().map(|one| u32::from(room.features[one]));
                (default.unwrap_or(usize::MAX), preferences.sum::<u32>())
            };
            let mut rooms: Vec<usize> =
                self.rooms(step, *at, *lasts).into_iter().flatten().collect();
            rooms.sort_by_key(rank);
            let add = |(taken, ranks): &(Vec<usize>, Vec<usize>)| {
                let (taken, ranks) = (taken.clone(), ranks.clone());
                let more = rooms.iter().enumerate().map(move |(rank, room)| {
                    let taken = taken.iter().copied().chain([*room]).collect();
                    (taken, ranks.iter().copied().chain([rank]).collect())
                });
                more.collect::<Vec<_>>()
            };
            houses = houses.iter().flat_map(add).collect();
        }
        houses.sort_by_cached_key(|(taken, ranks)| {
            (taken.windows(2).filter(|pair| pair[0] != pair[1]).count(), ranks.clone())
        });
        let end = times.last().map_or(0, |(at, lasts)| at + lasts);
        let way = |(taken, _): &(Vec<usize>, Vec<usize>)| Way {
            staff: cast.iter().flatten().map(|who| who.map(|who| rules.staff[who].id)).collect(),
            rooms: taken.iter().map(|room| rules.rooms[*room].id).collect(),
            end: self.instant(end),
        };
        houses.iter().take(8).map(way).collect()
    }
}
