//! When a visit is possible, and why not. Pure: rules, what is taken, a request and an instant go in,
//! slots come out. The public page, the staff's calendar, the waiting list and whoever else needs to
//! know ask here, so that no two of them can disagree.
//!
//! # What holds
//! - **Civil time.** Rules are windows on the wall of the location. A civil time means the first
//!   instant at which the wall shows it or a later one ([`on_the_wall`]): what a change of clocks skips
//!   is not offered, what happens twice is offered at its first occurrence, and durations are time
//!   that passes. A window belongs to the day on which it opens, though it may close on the next; so
//!   a closed day, or one with hours of its own, leaves the night before as it is.
//! - **Who works.** Staff work when the door is open and they are on: their week or the day's own
//!   windows, without breaks (a day's own windows know of theirs) and time off. The time of a service
//!   lies in one such stretch of one person. Touching windows are one stretch.
//! - **Blocks.** A seat takes its staff, and a step its room, for the service and the buffers around
//!   it. Blocks of different visits don't overlap, so buffers of neighbours add up; they may lie
//!   outside of the hours. Blocks of one visit never hinder each other.
//! - **Steps** follow each other without a pause; one lasts as long as its longest seat. Seats of one
//!   step have different staff. A step has one room.
//! - **The grid.** By the clock: multiples of the step from local midnight, anew every day. Packed:
//!   for each who could begin the visit, in steps from the beginning of each stretch in which they and
//!   a room have the time, and again from where a working window opens. Only customers are held to
//!   it, and to notice and horizon; [`slots`] lists starts on the grid for everybody.
//! - **Order of choice.** The same staff throughout the visit, then who has the fewest visits on that
//!   civil day, then the order of the list; the same room throughout, then the default room of who
//!   serves a single customer, then the lowest sum of preferences, then the order of the list.
//! - **Caps** count visits by the civil day on which they first take somebody.
//!
//! # How a search goes
//! Nothing is tried minute by minute, and no start is held against every block:
//! 1. The zone is asked for the changes of its clocks over the range (`civil`), windows become ranges
//!    of instants (`free`): for each person one sorted list of when they work (`ranges`).
//! 2. For each seat and person the ranges are shortened by what the service takes, and the shadows of
//!    their blocks are cut out: a set of permitted starts (`plan`).
//! 3. The union over the staff of a seat, without what no fitting room allows, is the set of starts of
//!    a step; those of later steps are moved back by what comes before, and the sets are intersected
//!    (`search`). For one seat a step that is the answer. For several at once (a couple) it is what
//!    is not ruled out, and each start is verified (`feasible`: who is free, different people for the
//!    seats, a room for as long as it takes).
//! 4. The grid is laid over what is left (`grid`).
//!
//! For one start, `choose` seats staff and `house` gives rooms, best first, `assign` writes down who
//! is where; `explain` asks everybody what hinders them, by the same sets.

mod answer;
mod assign;
mod choose;
mod civil;
mod explain;
mod feasible;
mod fits;
mod free;
mod grid;
mod house;
mod model;
mod never;
mod plan;
mod ranges;
mod search;

pub use answer::{Assignment, Placed, PlacedIn, PlacedLine, PlacedRoom, PlacedSeat, Slot, Why};
pub use assign::assignments;
pub use civil::{day_at, midnight, on_the_wall, reached};
pub use explain::explain;
pub use fits::still_fits;
pub use grid::on_grid;
pub use model::{
    Alignment, Block, Busy, Choice, RoomNeed, RoomRules, Rules, Seat, Skill, SlotRules, Span,
    StaffRules, Step, Visit, Week, Window,
};
pub use never::never;
pub use search::{first_free, horizon, slots};

#[cfg(test)]
mod tests;
