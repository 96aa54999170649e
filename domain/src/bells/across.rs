//! Bells that ring in other processes, over PostgreSQL.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::time::Duration;

use super::{Bells, Ring};
use crate::entropy;
use crate::ids::{Id, Tenant};
use crate::notify::{self, Ear};
use crate::tenancy::{Db, StoreError, SystemReason};

const CHANNEL: &str = "openchair_bells";

/// Whoever failed waits so long.
const PAUSE: Duration = Duration::from_secs(1);

/// The way between this process's bells and those of all others on the same database.
#[derive(Debug)]
pub struct Across {
    db: Db,
    /// Tells this process from the others: nobody needs to hear oneself.
    name: String,
}

impl Across {
    /// For the bells of `db`.
    pub fn of(db: &Db) -> Self {
        Self { db: db.clone(), name: entropy::name(&**db.entropy()) }
    }

    /// Tells the others what rings here, for ever: the first ring at once, and what rings within
    /// `pause` after that together, however often it does.
    pub async fn tell(&self, pause: Duration) {
        loop {
            let rings = self.bells().rung().await;
            let told = rings.iter().map(|(name, ring)| written(&self.name, name, ring)).collect();
            match notify::publish(&self.db, SystemReason::Jobs, CHANNEL, told).await {
                Ok(()) => tokio::time::sleep(pause).await,
                Err(error) => {
                    // They look by themselves: nothing is late by more than that.
                    tracing::debug!(%error, "other processes can't be told that there is work");
                    self.bells().not_told(rings);
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Rings here what the others tell, for ever.
    pub async fn hear(&self) {
        let mut ear = Ear::on(&self.db, CHANNEL, "openchair bells");
        loop {
            if let Err(error) = self.next(&mut ear).await {
                tracing::debug!(%error, "other processes can't be heard");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }

    async fn next(&self, ear: &mut Ear) -> Result<(), StoreError> {
        match ear.next().await? {
            Some(told) => {
                let (from, names, ring) = read(&told);
                for name in names.into_iter().filter(|_| from != self.name) {
                    self.bells().echo(name, &ring);
                }
            }
            None => self.bells().echo_all(),
        }
        Ok(())
    }

    fn bells(&self) -> &Bells {
        self.db.bells()
    }
}

/// Who tells, which bell rang, and for whom, if that is not anybody.
fn written(from: &str, name: &str, ring: &Ring) -> String {
    let mut told = format!("{from}:{name}");
    if let Ring::These(tenants) = ring {
        for tenant in tenants {
            let _ = write!(told, ",{tenant}");
        }
    }
    told
}

/// Older releases tell several bells at once, and never for whom.
fn read(payload: &str) -> (&str, Vec<&str>, Ring) {
    let (from, said) = payload.split_once(':').unwrap_or(("", payload));
    let (mut names, mut tenants) = (Vec::new(), BTreeSet::new());
    for word in said.split(',').filter(|word| !word.is_empty()) {
        if let Ok(tenant) = word.parse::<Id<Tenant>>() {
            tenants.insert(tenant);
        } else {
            names.push(word);
        }
    }
    let ring = if tenants.is_empty() { Ring::Anybody } else { Ring::These(tenants) };
    (from, names, ring)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::ring::MOST;
    use super::*;

    #[test]
    fn what_a_hint_says() {
        let these = |many: usize| {
            let ids = (0..u128::try_from(many).unwrap()).map(Uuid::from_u128).map(Id::from_uuid);
            Ring::These(ids.collect())
        };
        let anybody = || Ring::Anybody;
        let cases = [
            (written("a1", "events", &these(2)), ("a1", vec!["events"], these(2))),
            (written("a1", "jobs", &anybody()), ("a1", vec!["jobs"], anybody())),
            // As older releases tell it.
            ("a1:events,jobs".to_owned(), ("a1", vec!["events", "jobs"], anybody())),
            ("a1:".to_owned(), ("a1", vec![], anybody())),
            ("jobs".to_owned(), ("", vec!["jobs"], anybody())),
            (String::new(), ("", vec![], anybody())),
        ];
        for (payload, expected) in cases {
            assert_eq!(read(&payload), expected, "{payload:?}");
        }
        let longest = written(&"a".repeat(40), "deliveries", &these(MOST));
        assert!(longest.len() < 8000, "{}", longest.len());
    }
}
