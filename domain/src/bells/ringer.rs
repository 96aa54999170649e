use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::{Bells, Ring};
use crate::ids::{Id, Tenant};

/// One transaction's way to the bells. They ring after the commit: before, there is nothing to find.
#[derive(Debug, Default)]
pub(crate) struct Ringer {
    bells: Bells,
    due: Mutex<BTreeMap<&'static str, Ring>>,
}

/// Every transaction starts anew: what another one did is none of its business.
impl Clone for Ringer {
    fn clone(&self) -> Self {
        Self { bells: self.bells.clone(), due: Mutex::default() }
    }
}

impl Ringer {
    /// The bells themselves.
    pub(crate) fn bells(&self) -> &Bells {
        &self.bells
    }

    /// This transaction did something that whoever listens to this bell wants to know.
    pub(crate) fn remember(&self, name: &'static str) {
        self.remember_ring(name, Ring::Anybody);
    }

    /// The same, for this tenant.
    pub(crate) fn remember_for(&self, name: &'static str, tenant: Id<Tenant>) {
        self.remember_ring(name, Some(tenant).into());
    }

    fn remember_ring(&self, name: &'static str, ring: Ring) {
        let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
        due.entry(name).or_default().join(ring);
    }

    /// The transaction is committed.
    pub(crate) fn committed(&self) {
        let due = std::mem::take(&mut *self.due.lock().unwrap_or_else(PoisonError::into_inner));
        for (name, ring) in due {
            self.bells.of(name).ring_for(ring);
        }
    }
}
