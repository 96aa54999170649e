//! Bells that ring in other processes, over PostgreSQL.

use std::time::Duration;

use super::Bells;
use crate::entropy;
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
            let names = self.bells().rung().await;
            let told: Vec<_> = names.iter().copied().collect();
            let payload = written(&self.name, &told);
            match notify::publish(&self.db, SystemReason::Jobs, CHANNEL, vec![payload]).await {
                Ok(()) => tokio::time::sleep(pause).await,
                Err(error) => {
                    // They look by themselves: nothing is late by more than that.
                    tracing::debug!(%error, "other processes can't be told that there is work");
                    self.bells().not_told(names);
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
                let (from, names) = read(&told);
                for name in names.filter(|_| from != self.name) {
                    self.bells().echo(name);
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

/// Who tells, and what rang.
fn written(from: &str, names: &[&str]) -> String {
    format!("{from}:{}", names.join(","))
}

fn read(payload: &str) -> (&str, impl Iterator<Item = &str>) {
    let (from, names) = payload.split_once(':').unwrap_or(("", payload));
    (from, names.split(',').filter(|name| !name.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_hint_says() {
        let cases = [
            (written("a1", &["events", "jobs"]), ("a1", vec!["events", "jobs"])),
            (written("a1", &[]), ("a1", vec![])),
            ("jobs".to_owned(), ("", vec!["jobs"])),
            (String::new(), ("", vec![])),
        ];
        for (payload, (from, names)) in cases {
            let (found, named) = read(&payload);
            assert_eq!((found, named.collect::<Vec<_>>()), (from, names), "{payload:?}");
        }
    }
}
