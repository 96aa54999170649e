use async_trait::async_trait;
use openchair_domain::bookings::{BookingError, Refusal};
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::tenancy::Db;
use openchair_domain::waitlist::{self, Freed, MATCH};

use crate::handler::{Failure, Handler, with_causes};

/// Offers time that is free again to those who wait for it. What an earlier try offered is kept and
/// not offered twice.
#[derive(Debug)]
pub(crate) struct MatchWaitlist {
    pub(crate) db: Db,
    pub(crate) public_url: String,
}

#[async_trait]
impl Handler for MatchWaitlist {
    fn known(&self) -> Known {
        Known { kind: MATCH, version: 1 }
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let freed: Freed = job.read()?;
        let tenant = job.tenant.ok_or_else(|| Failure::permanent("the job is nobody's"))?;
        let matched = waitlist::match_freed(&self.db, tenant, &freed, &self.public_url).await?;
        match matched.quiet_until {
            None => Ok(()),
            Some(until) => {
                let pause = until - self.db.clock().now();
                Err(Failure::Later(pause.to_std().unwrap_or_default()))
            }
        }
    }
}

impl From<BookingError> for Failure {
    fn from(error: BookingError) -> Self {
        match error.refusal() {
            // Somebody else was faster, again and again: another time.
            Refusal::Contended | Refusal::Lapsed => Self::transient(with_causes(&error)),
            Refusal::Store(_) => error.into_store().into(),
            _ => Self::permanent(error.to_string()),
        }
    }
}
