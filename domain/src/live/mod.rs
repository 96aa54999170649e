//! What changes while somebody looks on. The outbox is the truth: each tenant's events in their
//! unbroken order. Whoever shows something live reads it together with the number of the last event,
//! in one picture of the database ([`Db::picture`](crate::tenancy::Db::picture)), and from then on
//! reads the events behind that number. Hints say that there are some; they may be lost, because
//! everybody looks by themselves every second ([`last_seqs`]).

mod events;
mod hints;
mod news;
mod standing;
mod stirred;

pub use events::{Happened, events, happened_at, last_seq, last_seqs};
pub use hints::{Hints, publish, read, written};
pub use news::{Heard, News};
pub use standing::{Standing, Watch};
pub use stirred::{Line, Moved, Seers, Stirred, Traces};
