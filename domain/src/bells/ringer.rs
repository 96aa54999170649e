use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use super::Bells;

/// One transaction's way to the bells. They ring after the commit: before, there is nothing to find.
#[derive(Debug, Default)]
pub(crate) struct Ringer {
    bells: Bells,
    due: Mutex<BTreeSet<&'static str>>,
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
        self.due.lock().unwrap_or_else(PoisonError::into_inner).insert(name);
    }

    /// The transaction is committed.
    pub(crate) fn committed(&self) {
        let due = std::mem::take(&mut *self.due.lock().unwrap_or_else(PoisonError::into_inner));
        for name in due {
            self.bells.of(name).ring();
        }
    }
}
