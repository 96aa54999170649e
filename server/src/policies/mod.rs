//! The booking rules over HTTP.

mod dto;

use openchair_domain::authz::perm;
use openchair_domain::policies;
use poem_openapi::OpenApi;

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::input::Input;
use crate::openapi::Tags;
use crate::problem::ApiError;

pub(crate) use dto::{ContactField, PolicyChange, RiskDemand, SlotAlignment};
use dto::{PolicyView, versioned};

/// The operations on the booking rules.
#[derive(Debug)]
pub struct PoliciesApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::BookingPolicy")]
impl PoliciesApi {
    /// The rules under which the business lets itself be booked.
    #[oai(path = "/booking-policy", method = "get", operation_id = "read_booking_policy")]
    async fn read(&self, who: Can<perm::ReadServices>) -> Result<Versioned<PolicyView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let policy = policies::read(&tx).await?;
        tx.commit().await?;
        Ok(versioned(policy))
    }

    /// Changes the rules. Visits that were booked keep those under which they were.
    #[oai(path = "/booking-policy", method = "patch", operation_id = "update_booking_policy")]
    async fn update(
        &self,
        who: Can<perm::UpdatePolicy>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<PolicyChange>,
    ) -> Result<Versioned<PolicyView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let policy = policies::update(&mut tx, seen.0, &body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(policy))
    }
}
