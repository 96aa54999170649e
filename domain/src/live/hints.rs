//! Hints between processes that a tenant has news, over PostgreSQL.

use crate::ids::{Id, Tenant};
use crate::notify::{self, Ear};
use crate::tenancy::{Db, StoreError, SystemReason};

const CHANNEL: &str = "openchair_live";

/// A notification holds less than 8000 bytes; an id is 30.
const AT_ONCE: usize = 200;

/// Tells the other processes that these tenants have news.
pub async fn publish(db: &Db, from: &str, tenants: &[Id<Tenant>]) -> Result<(), StoreError> {
    let payloads = tenants.chunks(AT_ONCE).map(|some| written(from, some)).collect();
    notify::publish(db, SystemReason::Live, CHANNEL, payloads).await
}

/// What other processes tell, on a connection of its own.
#[derive(Debug)]
pub struct Hints(Ear);

impl Hints {
    /// Listens to the database that `db` is connected to, from the first [`Hints::next`] on.
    pub fn of(db: &Db) -> Self {
        Self(Ear::on(db, CHANNEL, "openchair live"))
    }

    /// Who tells, and of whom. None: something may have been missed.
    pub async fn next(&mut self) -> Result<Option<(String, Vec<Id<Tenant>>)>, StoreError> {
        Ok(self.0.next().await?.map(|told| read(&told)))
    }
}

/// A hint: who tells, and of whom.
pub fn written(from: &str, tenants: &[Id<Tenant>]) -> String {
    let named: Vec<_> = tenants.iter().map(ToString::to_string).collect();
    format!("{from}:{}", named.join(","))
}

/// What a hint says; what can't be read is left out.
pub fn read(payload: &str) -> (String, Vec<Id<Tenant>>) {
    let (from, named) = payload.split_once(':').unwrap_or(("", payload));
    (from.to_owned(), named.split(',').filter_map(|id| id.parse().ok()).collect())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_a_hint_says() {
        let tenant = |n: u128| Id::<Tenant>::from_uuid(Uuid::from_u128(n));
        let cases = [
            (format!("a1:{},{}", tenant(1), tenant(2)), ("a1", vec![tenant(1), tenant(2)])),
            (format!("a1:{}", tenant(1)), ("a1", vec![tenant(1)])),
            ("a1:".to_owned(), ("a1", vec![])),
            ("a1:usr_1,;drop table".to_owned(), ("a1", vec![])),
            (String::new(), ("", vec![])),
        ];
        assert_eq!(written("a1", &[tenant(1), tenant(2)]), cases[0].0);
        for (text, (from, tenants)) in cases {
            assert_eq!(read(&text), (from.to_owned(), tenants), "{text:?}");
        }
        let longest = AT_ONCE * (tenant(1).to_string().len() + 1) + 40;
        assert!(longest < 8000, "{longest}");
    }
}
