//! Whether a visit that is booked would still be possible under other rules: what a change of hours, a
//! closed day or somebody's leaving would hit.

use super::answer::{Placed, Why};
use super::civil::{Civil, day_at};
use super::free::{self, ticks};
use super::model::Rules;

/// What the rules have against a visit that is booked, the most general first. Nothing: it still
/// fits. What else is booked, notice, horizon, grid and caps don't count, nor does what a service
/// would take today: a visit keeps the time that it was given.
pub fn still_fits(rules: &Rules, placed: &Placed) -> Vec<Why> {
    let spans = placed.seats.iter().map(|seat| seat.span);
    let Some((from, to)) = spans
        .map(|span| (span.from, span.to))
        .reduce(|all, one| (all.0.min(one.0), all.1.max(one.1)))
    else {
        return Vec::new();
    };
    let days = day_at(rules.zone, from)..=day_at(rules.zone, to);
    let around = free::days_around(&days, 0);
    let civil = Civil::over(rules.zone, *around.start(), *around.end());
    let open = free::open(rules, &civil, around.clone()).ranges;
    let mut why = Vec::new();
    for seat in &placed.seats {
        let (from, to) = ticks(&seat.span);
        if !open.hold(from, to) {
            why.push(Why::Closed);
        }
        let Some(id) = seat.staff else { continue };
        match rules.staff.iter().find(|staff| staff.id == id) {
            None => why.push(Why::StaffOff(id)),
            Some(staff) => {
                if !staff.skills.contains_key(&seat.service) {
                    why.push(Why::CannotDo(id, seat.service));
                }
                if !free::own(staff, &civil, around.clone()).ranges.hold(from, to) {
                    why.push(Why::StaffOff(id));
                }
            }
        }
    }
    let will_do = |placed: &super::answer::PlacedIn| {
        let room = rules.rooms.iter().find(|room| room.id == placed.room);
        room.is_some_and(|room| placed.need.as_ref().is_none_or(|need| need.is_met_by(room)))
    };
    if !placed.rooms.iter().all(will_do) {
        why.push(Why::NoSuchRoom);
    }
    Why::in_order(why)
}
