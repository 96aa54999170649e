//! How the API behaves, whatever the operation: against the real server, over the wire.

mod bad_input;
mod limits;
mod once;
mod versions;
mod wire;
