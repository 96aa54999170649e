//! Where it is done: the ways to give the steps of a visit their rooms, best first.
//!
//! The same room throughout comes first. Of the rooms for one step, if it is for one customer, the
//! default room of who serves them, then those that fit in their order.

use super::choose::Cast;
use super::plan::{Plan, Stage};

/// Of each step its room, if it needs one.
pub(super) type Rooms = Vec<Option<usize>>;

/// The best ways to house what a cast does, at most so many.
pub(super) fn best(plan: &Plan, cast: &Cast, start: i64, most: usize) -> Vec<Rooms> {
    let mut at = start;
    let mut free = Vec::new();
    for (step, stage) in plan.stages.iter().enumerate() {
        let lasts = cast.lasts[step];
        if stage.rooms.is_some() {
            free.push((step, free_rooms(plan, stage, &cast.seats[step], step, (at, lasts))));
        }
        at += lasts;
    }
    let changes = fewest_changes(&free);
    let mut search = Search { free: &free, changes: &changes, most, found: Vec::new() };
    let fewest = changes.first().and_then(|first| first.iter().min()).copied().unwrap_or(0);
    for allowed in fewest..=free.len().max(fewest) {
        search.choose(allowed, &mut Vec::new());
    }
    let steps = plan.stages.len();
    search.found.into_iter().map(|chosen| of_steps(steps, &free, &chosen)).collect()
}

fn of_steps(steps: usize, free: &[(usize, Vec<usize>)], chosen: &[usize]) -> Rooms {
    let mut rooms = vec![None; steps];
    for ((step, _), room) in free.iter().zip(chosen) {
        rooms[*step] = Some(*room);
    }
    rooms
}

/// The free rooms for a step, best first.
fn free_rooms(
    plan: &Plan,
    stage: &Stage,
    seated: &[usize],
    step: usize,
    (at, lasts): (i64, i64),
) -> Vec<usize> {
    let mut rooms: Vec<usize> = stage.rooms.clone().unwrap_or_default();
    let alone = plan.visit.steps[step].room.as_ref().is_some_and(|need| need.places <= 1);
    if alone {
        let staff = stage.chairs.iter().zip(seated);
        let staff = staff.filter_map(|(chair, place)| chair.candidates[*place].staff);
        let defaults = staff.filter_map(|staff| plan.rules.staff[staff].default_room);
        let mut first = 0;
        for default in defaults {
            let place = rooms.iter().position(|room| plan.rules.rooms[*room].id == default);
            if let Some(place) = place.filter(|place| *place >= first) {
                rooms[first..=place].rotate_right(1);
                first += 1;
            }
        }
    }
    rooms.retain(|room| plan.room_free(*room, stage, at, lasts));
    rooms
}

/// Of each choice the fewest changes of room that come after it.
fn fewest_changes(free: &[(usize, Vec<usize>)]) -> Vec<Vec<usize>> {
    let mut changes: Vec<Vec<usize>> = free.iter().map(|(_, rooms)| vec![0; rooms.len()]).collect();
    for step in (1..free.len()).rev() {
        for (place, room) in free[step - 1].1.iter().enumerate() {
            let next = free[step].1.iter().zip(&changes[step]);
            let after = next.map(|(other, more)| more + usize::from(other != room)).min();
            changes[step - 1][place] = after.unwrap_or(0);
        }
    }
    changes
}

struct Search<'a> {
    free: &'a [(usize, Vec<usize>)],
    changes: &'a [Vec<usize>],
    most: usize,
    found: Vec<Vec<usize>>,
}

impl Search<'_> {
    /// Goes through the ways with just so many more changes.
    fn choose(&mut self, allowed: usize, chosen: &mut Vec<usize>) {
        if self.found.len() >= self.most {
            return;
        }
        let Some((_, rooms)) = self.free.get(chosen.len()) else {
            if allowed == 0 {
                self.found.push(chosen.clone());
            }
            return;
        };
        for (room, after) in rooms.iter().zip(&self.changes[chosen.len()]) {
            let change = usize::from(chosen.last().is_some_and(|last| last != room));
            if change + after > allowed {
                continue;
            }
            chosen.push(*room);
            self.choose(allowed - change, chosen);
            chosen.pop();
        }
    }
}
