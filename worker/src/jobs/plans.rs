use async_trait::async_trait;
use openchair_domain::jobs::{Claimed, Known};
use openchair_domain::plans::{Billing, LOOK_AT_PLAN, LookAtPlan, PlanError};

use crate::handler::{Failure, Handler, with_causes};

/// Asks the provider what a business pays for its plan.
#[derive(Debug)]
pub(crate) struct AboutPlans(pub(crate) Billing);

#[async_trait]
impl Handler for AboutPlans {
    fn known(&self) -> Known {
        Known { kind: LOOK_AT_PLAN, version: 1 }
    }

    async fn run(&self, job: &Claimed) -> Result<(), Failure> {
        let tenant = job.tenant.ok_or_else(|| Failure::permanent("the job is nobody's"))?;
        let LookAtPlan {} = job.read()?;
        Ok(self.0.look_at(tenant).await?)
    }
}

impl From<PlanError> for Failure {
    fn from(error: PlanError) -> Self {
        match error {
            PlanError::Store(store) => store.into(),
            PlanError::BillerAway => Self::transient(with_causes(&error)),
            other => Self::permanent(other.to_string()),
        }
    }
}
