//! When a visit is possible, and why not. Pure: rules, what is taken, a request and an instant go in,
//! slots come out. The public page, the staff's calendar, the waiting list and whoever else needs to
//! know ask here, so that no two of them can disagree.

mod model;

pub use model::{
    Alignment, Assignment, Block, Busy, Choice, Party, PlacedRoom, PlacedSeat, RoomNeed, RoomRules,
    Rules, Seat, Skill, Slot, SlotRules, Span, StaffRules, Step, Visit, Week, Why, Window,
};
