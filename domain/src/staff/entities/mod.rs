pub(super) mod day;
pub(super) mod hours;
pub(super) mod skill;
pub(super) mod staff;
pub(super) mod time_off;
