//! The addresses of names, as this machine knows them.

use std::io;
use std::net::IpAddr;

use async_trait::async_trait;
use openchair_domain::webhooks::Names;

/// Asks the system.
#[derive(Debug, Clone, Copy)]
pub struct SystemNames;

#[async_trait]
impl Names for SystemNames {
    async fn addresses(&self, name: &str) -> io::Result<Vec<IpAddr>> {
        Ok(tokio::net::lookup_host((name, 0)).await?.map(|found| found.ip()).collect())
    }
}
