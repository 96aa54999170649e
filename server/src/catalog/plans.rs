//! Membership plans over HTTP.

use chrono::{DateTime, Utc};
use openchair_domain::authz::perm;
use openchair_domain::catalog::plans::{self, PlanFacts, PlanPeriod, PlanTerms};
use openchair_domain::ids::{Category, MembershipPlan, Service};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;
use poem_openapi::{Object, OpenApi};

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::Listed;
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Page;
use crate::problem::ApiError;
use crate::removal::RemovalView;
use crate::shelf::{mirrored, orders};

orders! {
    MembershipPlanOrder of MembershipPlan at most 50,
}

mirrored! {
    /// How long one payment lasts.
    PlanPeriodWord = PlanPeriod {
        /// A month.
        Month,
        /// A year.
        Year,
    }
}

/// What customers can be members of.
#[derive(Debug, Clone, Object)]
struct MembershipPlanView {
    id: Ref<MembershipPlan>,
    category_id: Ref<Category>,
    name: String,
    description: String,
    /// What members get, in sentences
    benefits: Vec<String>,
    /// What a period costs, in the currency's minor unit
    price_minor: i64,
    period: PlanPeriodWord,
    /// What members pay less
    discount_percent: i16,
    /// The members-only services that it opens
    service_ids: Vec<Ref<Service>>,
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<PlanFacts> for MembershipPlanView {
    fn from(it: PlanFacts) -> Self {
        let terms = it.terms;
        Self {
            id: it.id.into(),
            category_id: terms.category.into(),
            name: terms.name,
            description: terms.description,
            benefits: terms.benefits,
            price_minor: terms.price_minor,
            period: terms.period.into(),
            discount_percent: terms.discount_percent,
            service_ids: terms.services.into_iter().map(Ref).collect(),
            archived_at: it.archived_at,
            version: it.version,
        }
    }
}

/// What is wanted of a new membership plan.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct NewMembershipPlan {
    category_id: Ref<Category>,
    #[oai(validator(min_length = 1, max_length = 120))]
    name: String,
    #[oai(default, validator(max_length = 2000))]
    description: String,
    /// What members get, in sentences
    #[oai(default, validator(max_items = 20))]
    benefits: Vec<String>,
    /// What a period costs, in the currency's minor unit
    #[oai(validator(minimum(value = "0"), maximum(value = "10000000000")))]
    price_minor: i64,
    period: PlanPeriodWord,
    /// What members pay less
    #[oai(default, validator(minimum(value = "0"), maximum(value = "100")))]
    discount_percent: i16,
    /// The members-only services that it opens
    #[oai(default, validator(max_items = 200))]
    service_ids: Vec<Ref<Service>>,
}

impl NewMembershipPlan {
    fn to_domain(&self) -> PlanTerms {
        PlanTerms {
            category: self.category_id.0,
            name: self.name.clone(),
            description: self.description.clone(),
            benefits: self.benefits.clone(),
            price_minor: self.price_minor,
            period: self.period.into(),
            discount_percent: self.discount_percent,
            services: self.service_ids.iter().map(|id| id.0).collect(),
        }
    }
}

/// What to change; what is left out stays. Lists are replaced whole.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
struct MembershipPlanChange {
    category_id: Option<Ref<Category>>,
    #[oai(validator(min_length = 1, max_length = 120))]
    name: Option<String>,
    #[oai(validator(max_length = 2000))]
    description: Option<String>,
    /// What members get, in sentences
    #[oai(validator(max_items = 20))]
    benefits: Option<Vec<String>>,
    /// What a period costs, in the currency's minor unit
    #[oai(validator(minimum(value = "0"), maximum(value = "10000000000")))]
    price_minor: Option<i64>,
    period: Option<PlanPeriodWord>,
    /// What members pay less
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    discount_percent: Option<i16>,
    /// The members-only services that it opens
    #[oai(validator(max_items = 200))]
    service_ids: Option<Vec<Ref<Service>>>,
}

impl From<MembershipPlanChange> for plans::PlanChange {
    fn from(change: MembershipPlanChange) -> Self {
        Self {
            category: change.category_id.map(|id| id.0),
            name: change.name,
            description: change.description,
            benefits: change.benefits,
            price_minor: change.price_minor,
            period: change.period.map(PlanPeriod::from),
            discount_percent: change.discount_percent,
            services: change.service_ids.map(|ids| ids.iter().map(|id| id.0).collect()),
        }
    }
}

fn versioned(it: PlanFacts) -> Versioned<MembershipPlanView> {
    Versioned::new(it.version.into(), it.into())
}

/// The operations on membership plans.
#[derive(Debug)]
pub struct PlansApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Services")]
impl PlansApi {
    /// The membership plans, in their order.
    #[oai(path = "/membership-plans", method = "get", operation_id = "list_membership_plans")]
    async fn list(
        &self,
        who: Can<perm::ReadServices>,
        /// Archived ones, too
        #[oai(default)]
        archived: Query<bool>,
    ) -> Result<Listed<MembershipPlanView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = plans::list(&tx, archived.0).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(found).map(MembershipPlanView::from)))
    }

    /// Adds a membership plan, the last of them.
    #[oai(path = "/membership-plans", method = "post", operation_id = "create_membership_plan")]
    async fn create(
        &self,
        who: Can<perm::CreateService>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewMembershipPlan>,
    ) -> Result<Created<MembershipPlanView>, ApiError> {
        let new = body.0.to_domain();
        let make = async move |tx: &mut TenantTx| Ok(plans::create(tx, new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Puts the membership plans into this order.
    #[oai(
        path = "/membership-plans/order",
        method = "put",
        operation_id = "order_membership_plans"
    )]
    async fn order(
        &self,
        who: Can<perm::UpdateService>,
        body: Input<MembershipPlanOrder>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        plans::order(&mut tx, &body.ids()).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// One membership plan, also an archived one.
    #[oai(path = "/membership-plans/:plan", method = "get", operation_id = "read_membership_plan")]
    async fn read(
        &self,
        who: Can<perm::ReadServices>,
        plan: Path<Ref<MembershipPlan>>,
    ) -> Result<Versioned<MembershipPlanView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = plans::read(&tx, plan.0.0).await?;
        tx.commit().await?;
        Ok(versioned(found))
    }

    /// Changes a membership plan.
    #[oai(
        path = "/membership-plans/:plan",
        method = "patch",
        operation_id = "update_membership_plan"
    )]
    async fn update(
        &self,
        who: Can<perm::UpdateService>,
        plan: Path<Ref<MembershipPlan>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<MembershipPlanChange>,
    ) -> Result<Versioned<MembershipPlanView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let changed = plans::update(&mut tx, plan.0.0, seen.0, body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Deletes a plan that nobody was ever a member of, and archives any other.
    #[oai(
        path = "/membership-plans/:plan",
        method = "delete",
        operation_id = "delete_membership_plan"
    )]
    async fn remove(
        &self,
        who: Can<perm::ArchiveService>,
        plan: Path<Ref<MembershipPlan>>,
    ) -> Result<Json<RemovalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let ending = plans::remove(&mut tx, plan.0.0).await?;
        tx.commit().await?;
        Ok(Json(ending.into()))
    }

    /// Restores an archived plan.
    #[oai(
        path = "/membership-plans/:plan/restore",
        method = "post",
        operation_id = "restore_membership_plan"
    )]
    async fn restore(
        &self,
        who: Can<perm::ArchiveService>,
        plan: Path<Ref<MembershipPlan>>,
    ) -> Result<Versioned<MembershipPlanView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let restored = plans::restore(&mut tx, plan.0.0).await?;
        tx.commit().await?;
        Ok(versioned(restored))
    }
}
