use async_trait::async_trait;
use openchair_domain::customers::{self, CustomerError, IMPORT_CUSTOMERS, ImportJob};
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::tenancy::Db;

use crate::handler::{Failure, Handler};

/// Puts the customers of a file in. What an earlier try put in stays in.
#[derive(Debug)]
pub(crate) struct ImportCustomers {
    pub(crate) db: Db,
}

#[async_trait]
impl Handler for ImportCustomers {
    fn known(&self) -> Known {
        Known { kind: IMPORT_CUSTOMERS, version: 1 }
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let wanted: ImportJob = job.read()?;
        let tenant = job.tenant.ok_or_else(|| Failure::permanent("the job is nobody's"))?;
        Ok(customers::continue_import(&self.db, tenant, &wanted).await?)
    }

    async fn bury(&self, job: &Claimed) -> Result<(), Failure> {
        let wanted: ImportJob = job.read()?;
        let tenant = job.tenant.ok_or_else(|| Failure::permanent("the job is nobody's"))?;
        Ok(customers::bury_import(&self.db, tenant, &wanted).await?)
    }
}

impl From<CustomerError> for Failure {
    fn from(error: CustomerError) -> Self {
        match error {
            CustomerError::Store(store) => store.into(),
            refused => Self::permanent(refused.to_string()),
        }
    }
}
