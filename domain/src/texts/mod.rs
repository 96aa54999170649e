//! Texts on a telephone, as a provider that speaks like Twilio tells of them: what became of one, what
//! somebody answers, and whether it is the provider that says so.

mod reply;
mod signature;
mod status;

/// What the provider calls it when whoever has a number wants no texts.
pub const OPTED_OUT: &str = "21610";

pub use reply::Reply;
pub use signature::{is_signed, sign};
pub use status::{Fate, fate};
