use async_trait::async_trait;
use openchair_domain::identity::{Identity, SEND_LINK, SendLink};
use openchair_domain::jobs::{Claimed, Known};

use crate::handler::{Failure, Handler};

/// Finds out whether an address that somebody typed has a login, and queues the mail with its link.
#[derive(Debug)]
pub(crate) struct SendLinks {
    pub(crate) identity: Identity,
}

#[async_trait]
impl Handler for SendLinks {
    fn known(&self) -> Known {
        Known { kind: SEND_LINK, version: 1 }
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let wanted: SendLink = job.read()?;
        Ok(self.identity.send_link(&wanted, job.id).await?)
    }
}
