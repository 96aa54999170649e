//! Many at once: nobody gets what somebody else has, and everybody is told the truth.

mod check;
mod client;
mod house;
mod judge;
mod line_judge;
mod proof;
mod queue;
mod small;
mod stampede;
mod visitors;
