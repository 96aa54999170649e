//! Booking when others book too.

use async_trait::async_trait;
use openchair_domain::bookings;
use openchair_domain::tenancy::{Caller, TenantTx};
use poem_openapi::types::ToJSON;

use crate::app::App;
use crate::once::{Created, IdempotencyKey};
use crate::problem::ApiError;

/// Whoever loses this often has lost: somebody else is booking here all the time.
const ATTEMPTS: usize = 8;

/// What another attempt may mend.
enum Obstacle {
    /// Somebody else was faster with a part of it. The next best way may do.
    Contended,
    /// Time that was kept for nobody stands in the way.
    Lapsed,
}

impl Obstacle {
    fn of(error: &ApiError) -> Option<Self> {
        match &*error.code {
            "contended" | "try_again" => Some(Self::Contended),
            "lapsed" => Some(Self::Lapsed),
            _ => None,
        }
    }
}

/// Work that takes time of staff and rooms, and may have to be tried again.
#[async_trait]
pub trait Attempt: Sync {
    /// What it answers.
    type View: Send;

    /// Tries it, deciding on what is there now.
    async fn attempt(&self, tx: &mut TenantTx) -> Result<Self::View, ApiError>;
}

impl App {
    /// [`App::once`] for work that takes time of staff and rooms. Each attempt is a transaction of its
    /// own and decides afresh: giving back and taking anew within one could make two wait for each
    /// other.
    pub async fn booking<T: ToJSON + Send>(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        body: &impl ToJSON,
        work: &dyn Attempt<View = T>,
    ) -> Result<Created<T>, ApiError> {
        let mut attempt = 1;
        loop {
            let once = async |tx: &mut TenantTx| work.attempt(tx).await;
            let tx = self.db.tenant_planned_once(caller).await?;
            let outcome = self.once_in(tx, key.clone(), body, once).await;
            let Some(obstacle) = outcome.as_ref().err().and_then(Obstacle::of) else {
                return outcome;
            };
            if attempt >= ATTEMPTS {
                return outcome;
            }
            attempt += 1;
            self.clear(caller, &obstacle).await?;
        }
    }

    /// The same for what changes a visit and carries no key.
    pub async fn rebooking<T: Send>(
        &self,
        caller: &Caller,
        work: &dyn Attempt<View = T>,
    ) -> Result<T, ApiError> {
        let mut attempt = 1;
        loop {
            let mut tx = self.db.tenant_planned_once(caller).await?;
            let outcome = match work.attempt(&mut tx).await {
                Ok(view) => match tx.commit().await {
                    Ok(()) => return Ok(view),
                    Err(error) => error.into(),
                },
                Err(error) => {
                    drop(tx);
                    error
                }
            };
            let Some(obstacle) = Obstacle::of(&outcome).filter(|_| attempt < ATTEMPTS) else {
                return Err(outcome);
            };
            attempt += 1;
            self.clear(caller, &obstacle).await?;
        }
    }

    async fn clear(&self, caller: &Caller, obstacle: &Obstacle) -> Result<(), ApiError> {
        if matches!(obstacle, Obstacle::Lapsed) {
            let mut tx = self.db.tenant(caller).await?;
            bookings::lapse_due(&mut tx).await?;
            tx.commit().await?;
        }
        Ok(())
    }
}
