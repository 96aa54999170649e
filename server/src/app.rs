//! What every operation works with.

use std::ops::Deref;
use std::sync::Arc;

use openchair_domain::identity::Identity;
use openchair_domain::tenancy::Db;

/// The parts that requests share. Cloning it is cheap.
#[derive(Debug, Clone)]
pub struct App(Arc<Parts>);

/// The parts themselves.
#[derive(Debug)]
pub struct Parts {
    /// The database behind its two doors.
    pub db: Db,
    /// Everything that deals with logins.
    pub identity: Identity,
    /// Where the product is found, without a slash at the end.
    pub public_url: String,
}

impl App {
    /// Puts the parts together.
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}
