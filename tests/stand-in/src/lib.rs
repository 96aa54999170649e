//! What those have in common who stand in for somebody outside: what time it is, requests that wait until they are
//! let go, what is told to whom and how often, and an end when nobody needs them any more.

mod clock;
mod gate;
mod hooks;
mod leash;

pub use clock::Clock;
pub use gate::Gate;
pub use hooks::{Hooks, News, Order, Post, Posts};
pub use leash::{Stop, for_clients, started};
