//! What stands against a visit at any time.

use super::answer::Why;
use super::model::{Choice, Rules, Visit};
use super::plan::{Chair, stage};

/// Why a visit can't be done at all, whoever is free: nobody does what it needs, too few do, or no room
/// has what it takes. Nothing: there may be a time for it.
pub fn never(rules: &Rules, visit: &Visit) -> Vec<Why> {
    let mut why = Vec::new();
    for step in &visit.steps {
        let stage = stage(rules, visit, step);
        let before = why.len();
        for (chair, seat) in stage.chairs.iter().zip(&step.seats) {
            if chair.candidates.is_empty() {
                why.push(match seat.staff {
                    Choice::Given(staff) | Choice::Kept(staff) => {
                        Why::CannotDo(staff, seat.service)
                    }
                    Choice::Any | Choice::Nobody => Why::NobodyCan(seat.service),
                });
            }
        }
        if why.len() == before && !all_sit(&stage.chairs, &mut Vec::new()) {
            why.push(Why::NotEnoughStaff);
        }
        if stage.rooms.is_some_and(|rooms| rooms.is_empty()) {
            why.push(Why::NoSuchRoom);
        }
    }
    Why::in_order(why)
}

/// Whether the rest of the seats can be taken by different people.
fn all_sit(chairs: &[Chair], sat: &mut Vec<usize>) -> bool {
    let Some((chair, rest)) = chairs.split_first() else { return true };
    chair.candidates.iter().any(|candidate| match candidate.staff {
        None => all_sit(rest, sat),
        Some(staff) if sat.contains(&staff) => false,
        Some(staff) => {
            sat.push(staff);
            let can = all_sit(rest, sat);
            sat.pop();
            can
        }
    })
}
