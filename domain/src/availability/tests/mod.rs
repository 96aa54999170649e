//! The rules in cases, against an oracle that goes minute by minute, and over every zone.

mod assigning;
mod cases;
mod explaining;
mod fitting;
mod kit;
mod oracle;
mod packing;
mod properties;
mod scenarios;
mod sets;
mod staffing;
mod visiting;
mod walls;
mod zones;
