//! Which tenants have news, told within this process as soon as a transaction is committed.

use tokio::sync::broadcast::{Receiver, Sender, error::RecvError, error::TryRecvError};

use crate::ids::{Id, Tenant};

/// More unheard news are forgotten: whoever listens finds out by looking.
const KEPT: usize = 4096;

/// Tells of tenants whose events have become more. What is told may be lost.
#[derive(Debug, Clone)]
pub struct News(Sender<Id<Tenant>>);

impl Default for News {
    fn default() -> Self {
        Self(Sender::new(KEPT))
    }
}

/// Somebody who listens.
#[derive(Debug)]
pub struct Heard(Receiver<Id<Tenant>>);

impl News {
    /// Listens from now on.
    pub fn listen(&self) -> Heard {
        Heard(self.0.subscribe())
    }

    /// A transaction with events of this tenant is committed. Nobody may be listening.
    pub(crate) fn of(&self, tenant: Id<Tenant>) {
        let _nobody = self.0.send(tenant);
    }
}

impl Heard {
    /// Waits for news, and adds all that is there by then. False: there will be none any more.
    pub async fn next(&mut self, tenants: &mut impl Extend<Id<Tenant>>) -> bool {
        match self.0.recv().await {
            Ok(tenant) => tenants.extend([tenant]),
            // What was missed is found by looking.
            Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return false,
        }
        loop {
            match self.0.try_recv() {
                Ok(tenant) => tenants.extend([tenant]),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return true,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use uuid::Uuid;

    use super::*;

    #[tokio::test]
    async fn all_that_was_told_is_heard_at_once_and_too_much_is_forgotten() {
        let (news, tenant) = (News::default(), |n: u128| Id::from_uuid(Uuid::from_u128(n)));
        // To nobody.
        news.of(tenant(1));
        let mut heard = news.listen();
        let mut found = BTreeSet::new();
        for n in [2, 3, 2] {
            news.of(tenant(n));
        }
        assert!(heard.next(&mut found).await);
        assert_eq!(found, [tenant(2), tenant(3)].into());
        for n in 0..10_000 {
            news.of(tenant(n));
        }
        found.clear();
        assert!(heard.next(&mut found).await);
        assert!(found.contains(&tenant(9_999)) && !found.contains(&tenant(0)));
        drop(news);
        assert!(!heard.next(&mut found).await);
    }
}
