use async_trait::async_trait;
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::regulars::{self, SEND_LINK, SendLink};
use openchair_domain::tenancy::Db;

use crate::handler::{Failure, Handler};

/// Finds out whether visits are written to an address that somebody typed, and queues the mail with the link
/// to them.
#[derive(Debug)]
pub(crate) struct SendRegularLinks {
    pub(crate) db: Db,
    pub(crate) public_url: String,
}

#[async_trait]
impl Handler for SendRegularLinks {
    fn known(&self) -> Known {
        Known { kind: SEND_LINK, version: 1 }
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let wanted: SendLink = job.read()?;
        let typed = job.secret.as_deref().unwrap_or_default();
        Ok(regulars::send_link(&self.db, &wanted, typed, &self.public_url, job.id).await?)
    }
}
