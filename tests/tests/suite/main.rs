//! All tests over a real database and real servers, in one binary.

mod jobs;
mod mail;
