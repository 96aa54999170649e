use crate::fault::refusals;
use crate::payments::ProviderError;
use crate::tenancy::StoreError;
use crate::tenants::TenantError;

refusals! {
    /// Why a plan can't be taken or changed.
    PlanError {
        NotCharged = Conflict "plans_not_charged" "Plans cost nothing at this installation.",
        Subscribed = Conflict "already_subscribed" "A plan is paid already: change it instead.",
        NotSubscribed = Conflict "not_subscribed" "No plan is paid yet: take one first.",
        TooSmall = Conflict "plan_too_small" "More is in use than this plan has. Take some of it out of use first." on "/plan",
        SamePlan = Conflict "same_plan" "This is the plan that is paid already." on "/plan",
        Meanwhile = Conflict "try_again" "Somebody else did the same just now. Please try again.",
        BillerRefuses = Conflict "provider_refuses" "The provider of payments doesn't do this. The log says why.",
        BillerAway = Unavailable "provider_away" "The provider of payments can't be reached at the moment. Please try again.",
    }
}

impl From<ProviderError> for PlanError {
    fn from(error: ProviderError) -> Self {
        match &error {
            ProviderError::Away(_) | ProviderError::Broken(_) => {
                tracing::warn!(%error, "a plan is asked for later");
                Self::BillerAway
            }
            ProviderError::Refused { .. } => {
                tracing::warn!(%error, "the provider refuses something about a plan");
                Self::BillerRefuses
            }
        }
    }
}

impl From<TenantError> for PlanError {
    fn from(error: TenantError) -> Self {
        match error {
            TenantError::Store(store) => store.into(),
            _ => Self::NotFound,
        }
    }
}

impl PlanError {
    /// As trouble with the store, where nothing else was to be expected.
    pub fn into_store(self) -> StoreError {
        match self {
            Self::Store(store) => store,
            other => StoreError::Unreadable(other.to_string()),
        }
    }
}
