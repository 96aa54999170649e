//! Texts on a telephone, as a provider that speaks like Twilio tells of them: what became of one, what
//! somebody answers, and whether it is the provider that says so.

mod reply;
mod signature;
mod status;

/// What the provider calls it when whoever has a number wants no texts.
pub const OPTED_OUT: i64 = 21_610;

/// Where the provider tells what became of a text.
pub const STATUS_PATH: &str = "/v1/hooks/texts/status";

/// Where it brings what somebody answers.
pub const INBOUND_PATH: &str = "/v1/hooks/texts/inbound";

/// The fields of what the provider sends, in their order.
pub fn fields(body: &[u8]) -> Vec<(String, String)> {
    url::form_urlencoded::parse(body).into_owned().collect()
}

pub use reply::Reply;
pub use signature::{is_signed, sign};
pub use status::{Fate, fate};
