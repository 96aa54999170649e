//! A client of `/v1/live` (see `docs/live.md`) for tests and load tests: it knows what every client
//! must know, and complains about whatever a server must never do.
//!
//! * [`Socket`]: one connection; says and hears messages.
//! * [`Board`]: what is shown of some topics, put together from messages. It never lets an older
//!   version overwrite a newer one, and counts how often that would have happened.
//! * [`Follower`]: a board that is kept up to date over connections that break and come back.

mod board;
mod follower;
mod socket;

pub use board::{Board, Fault, Item, Shown};
pub use follower::{Follower, Plan};
pub use socket::{Closed, Door, Heard, LiveError, Socket};
