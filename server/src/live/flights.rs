//! What many ask for at the same moment is looked up once: one flight takes all who came before it
//! began.

use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, Shared, WeakShared};

/// A look that several wait for: it goes on as long as one of them does.
pub(super) type Flight<T> = Shared<BoxFuture<'static, T>>;

/// Flights that haven't begun, by what is looked for.
pub(super) struct Flights<K, T>(Mutex<HashMap<K, WeakShared<BoxFuture<'static, T>>>>);

impl<K, T> Default for Flights<K, T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K, T> fmt::Debug for Flights<K, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Flights")
    }
}

impl<K: Eq + Hash + Clone, T: Clone> Flights<K, T> {
    fn open(&self) -> MutexGuard<'_, HashMap<K, WeakShared<BoxFuture<'static, T>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The flight for who looks for this: one that hasn't begun, or a new one, which closes its gate
    /// when it begins.
    pub(super) fn board(
        self: &Arc<Self>,
        key: K,
        new: impl FnOnce(Gate<K, T>) -> BoxFuture<'static, T>,
    ) -> Flight<T> {
        let mut open = self.open();
        if let Some(flight) = open.get(&key).and_then(WeakShared::upgrade) {
            return flight;
        }
        let gate = Gate { flights: Arc::clone(self), key: key.clone() };
        let flight = new(gate).shared();
        if let Some(weak) = flight.downgrade() {
            open.insert(key, weak);
        }
        flight
    }
}

/// As long as it is open, more may come along.
pub(super) struct Gate<K: Eq + Hash + Clone, T: Clone> {
    flights: Arc<Flights<K, T>>,
    key: K,
}

impl<K: Eq + Hash + Clone, T: Clone> Gate<K, T> {
    /// Whoever comes from now on takes another.
    pub(super) fn close(self) {
        // There is no other under this key as long as this one is waited for.
        self.flights.open().remove(&self.key);
    }
}

impl<K: Eq + Hash + Clone, T: Clone> Drop for Gate<K, T> {
    /// A flight that nobody waited for any more.
    fn drop(&mut self) {
        let mut open = self.flights.open();
        let another = open.get(&self.key).and_then(WeakShared::upgrade);
        if another.is_none() {
            open.remove(&self.key);
        }
        // Not under the lock: it may be the last to let go of that one.
        drop(open);
        drop(another);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::sync::Semaphore;

    use super::*;

    struct Field {
        flights: Arc<Flights<&'static str, u32>>,
        looks: Arc<AtomicU32>,
        may_begin: Arc<Semaphore>,
        may_land: Arc<Semaphore>,
    }

    impl Field {
        fn new() -> Self {
            let shut = || Arc::new(Semaphore::new(0));
            let (flights, looks) = (Arc::default(), Arc::default());
            Self { flights, looks, may_begin: shut(), may_land: shut() }
        }

        fn board(&self, key: &'static str) -> Flight<u32> {
            let (begin, land) = (Arc::clone(&self.may_begin), Arc::clone(&self.may_land));
            let looks = Arc::clone(&self.looks);
            self.flights.board(key, |gate| {
                async move {
                    begin.acquire().await.unwrap().forget();
                    gate.close();
                    let number = looks.fetch_add(1, Ordering::SeqCst) + 1;
                    land.acquire().await.unwrap().forget();
                    number
                }
                .boxed()
            })
        }
    }

    #[tokio::test]
    async fn who_came_before_it_began_shares_it_and_nobody_else() {
        let field = Field::new();
        let early = [field.board("a"), field.board("a")];
        let other = field.board("b");
        field.may_begin.add_permits(1);
        let early = early.map(tokio::spawn);
        while field.looks.load(Ordering::SeqCst) == 0 {
            tokio::task::yield_now().await;
        }
        // It has looked already, and isn't back yet.
        let late = field.board("a");
        field.may_begin.add_permits(2);
        field.may_land.add_permits(3);
        for one in early {
            assert_eq!(one.await.unwrap(), 1);
        }
        assert_eq!((late.await, other.await), (2, 3));
        assert!(field.flights.open().is_empty());
    }

    #[tokio::test]
    async fn whoever_goes_leaves_it_to_the_others_and_the_last_leaves_nothing() {
        let field = Field::new();
        let (first, second) = (field.board("a"), field.board("a"));
        let first = tokio::spawn(first);
        tokio::task::yield_now().await;
        first.abort();
        assert!(first.await.is_err());
        field.may_begin.add_permits(1);
        field.may_land.add_permits(1);
        assert_eq!(second.await, 1);
        drop(field.board("a"));
        assert!(field.flights.open().is_empty());
    }
}
