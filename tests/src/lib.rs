//! The bench: real servers on real databases, one throwaway cluster for a whole run, one database
//! for each test.
//!
//! ```no_run
//! # async fn test() {
//! use openchair_tests::{Role, TestApp};
//! use serde_json::json;
//!
//! let app = TestApp::start().await;
//! let spa = app.business("Lagoon").await;
//! let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
//! let made = owner.post("/v1/api-keys", &json!({ "name": "till", "scopes": ["team:read"] }));
//! made.await.expect(201);
//! # }
//! ```

mod answer;
mod app;
pub mod authority;
mod bench;
mod browser;
pub mod cards;
mod database;
mod guests;
pub mod guided;
pub mod live;
mod logs;
pub mod payfast;
mod people;
pub mod pictures;
pub mod plans;
pub mod post_office;
pub mod process;
pub mod programs;
pub mod push;
mod queue;
pub mod receiver;
pub mod redis;
mod run;
pub mod scratch;
mod shop;
pub mod smtp;
pub mod spa;
pub mod texts;
pub mod trouble;
mod visits;
mod wait;
mod wire;

pub use answer::Answer;
pub use app::TestApp;
pub use bench::{Bench, bench};
pub use browser::{Browser, Call};
pub use database::TestDatabase;
pub use logs::{LogLine, Logs};
pub use people::{Business, KeyMade, Login, PASSWORD, Role};
pub use run::{is_long, seed};
pub use wait::{eventually, eventually_in};
