//! Looking after the worker's jobs, over HTTP.

mod dto;

use openchair_domain::ids::{Job, Tenant};
use openchair_domain::jobs;
use openchair_domain::jobs::operating::{self, Wanted};
use openchair_domain::tenancy::SystemReason;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::app::App;
use crate::auth::Admin;
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::openapi::{NoContent, Tags};
use crate::page::{Limit, Page};
use crate::problem::ApiError;

use dto::{JobKindView, JobState, JobView, JobsRetried, JobsToRetry};

/// The operations on jobs. All are for platform administrators only.
#[derive(Debug)]
pub struct PlatformJobsApi(pub App);

#[OpenApi(prefix_path = "/v1/platform", tag = "Tags::Platform")]
impl PlatformJobsApi {
    /// Jobs at one state, the newest first; those that failed for good when nothing is said. Only for
    /// platform administrators.
    #[oai(path = "/jobs", method = "get", operation_id = "list_platform_jobs")]
    async fn list(
        &self,
        _who: Admin,
        state: Query<Option<JobState>>,
        #[oai(validator(min_length = 1, max_length = 100))] kind: Query<Option<String>>,
        tenant: Query<Option<Ref<Tenant>>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<JobView>, ApiError> {
        let window = window(limit.0, cursor.0.as_deref())?;
        let state = state.0.unwrap_or(JobState::Dead).into();
        let wanted = Wanted { state, kind: kind.0, tenant: tenant.0.map(|tenant| tenant.0) };
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let jobs = operating::list(&tx, &wanted, window).await?;
        tx.commit().await?;
        Ok(listed(jobs, JobView::from))
    }

    /// How things stand, kind by kind; kinds of which nothing is left to do are left out. Only for
    /// platform administrators.
    #[oai(path = "/job-kinds", method = "get", operation_id = "list_platform_job_kinds")]
    async fn kinds(&self, _who: Admin) -> Result<Listed<JobKindView>, ApiError> {
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let kinds = jobs::figures_in(&tx).await?;
        tx.commit().await?;
        Ok(Json(Page::whole(kinds.into_iter().map(JobKindView::from).collect())))
    }

    /// One job. Only for platform administrators.
    #[oai(path = "/jobs/:id", method = "get", operation_id = "read_platform_job")]
    async fn read(&self, _who: Admin, id: Path<Ref<Job>>) -> Result<Json<JobView>, ApiError> {
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let job = operating::read(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(job.into()))
    }

    /// Drives a job again that had failed for good. Only for platform administrators.
    #[oai(path = "/jobs/:id/retry", method = "post", operation_id = "retry_platform_job")]
    async fn retry(&self, _who: Admin, id: Path<Ref<Job>>) -> Result<Json<JobView>, ApiError> {
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let job = operating::retry(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(Json(job.into()))
    }

    /// Drives those of a kind again that had failed for good. Only for platform administrators.
    #[oai(path = "/jobs/retry", method = "post", operation_id = "retry_platform_jobs")]
    async fn retry_all(
        &self,
        _who: Admin,
        body: Input<JobsToRetry>,
    ) -> Result<Json<JobsRetried>, ApiError> {
        let tx = self.0.db.system(SystemReason::Platform).await?;
        let count = operating::retry_all(&tx, &body.0.kind).await?;
        tx.commit().await?;
        Ok(Json(JobsRetried { count }))
    }

    /// Forgets a job that had failed for good, and what was sealed of it. Only for platform
    /// administrators.
    #[oai(path = "/jobs/:id/discard", method = "post", operation_id = "discard_platform_job")]
    async fn discard(&self, _who: Admin, id: Path<Ref<Job>>) -> Result<NoContent, ApiError> {
        let tx = self.0.db.system(SystemReason::Platform).await?;
        operating::discard(&tx, id.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
