//! Two records of one person.

use openchair_domain::authz::perm;
use openchair_domain::customers;
use openchair_domain::ids::{Customer, CustomerMerge, MergeSuggestion};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use super::dto::{
    CustomerMergeView, MergeRequest, MergeSuggestionView, MergedCustomerView, merged,
};
use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on merges.
#[derive(Debug)]
pub struct CustomerMergesApi(pub App);

#[OpenApi(prefix_path = "/v1/customers", tag = "Tags::Customers")]
impl CustomerMergesApi {
    /// Records that may be one person's, the newest find first.
    #[oai(path = "/suggestions", method = "get", operation_id = "list_merge_suggestions")]
    async fn suggestions(
        &self,
        who: Can<perm::MergeCustomers>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<MergeSuggestionView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = customers::suggestions(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, MergeSuggestionView::from))
    }

    /// They are two people: this pair isn't suggested again.
    #[oai(
        path = "/suggestions/:suggestion/dismiss",
        method = "post",
        operation_id = "dismiss_merge_suggestion"
    )]
    async fn dismiss(
        &self,
        who: Can<perm::MergeCustomers>,
        suggestion: Path<Ref<MergeSuggestion>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        customers::dismiss(&mut tx, suggestion.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }

    /// Merges another record into this one: visits, consents, answers, memberships and waiting move
    /// over, what is empty is filled in, tags are united, medical notes joined. Until it is undone,
    /// the other record is 404.
    #[oai(path = "/:customer/merge", method = "post", operation_id = "merge_customers")]
    async fn merge(
        &self,
        who: Can<perm::MergeCustomers>,
        customer: Path<Ref<Customer>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<MergeRequest>,
    ) -> Result<Versioned<MergedCustomerView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let done = customers::merge(&mut tx, customer.0.0, seen.0, (&body.0).into()).await?;
        tx.commit().await?;
        Ok(merged(done))
    }

    /// What was merged, the newest first.
    #[oai(path = "/merges", method = "get", operation_id = "list_customer_merges")]
    async fn merges(
        &self,
        who: Can<perm::MergeCustomers>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<CustomerMergeView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = customers::merges(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, CustomerMergeView::from))
    }

    /// Takes a merge back: what moved moves back, what was filled in is emptied. What somebody
    /// changed since stays as they left it.
    #[oai(path = "/merges/:merge/undo", method = "post", operation_id = "undo_customer_merge")]
    async fn undo(
        &self,
        who: Can<perm::MergeCustomers>,
        merge: Path<Ref<CustomerMerge>>,
    ) -> Result<Json<CustomerMergeView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let undone = customers::undo(&mut tx, merge.0.0).await?;
        tx.commit().await?;
        Ok(Json(undone.into()))
    }
}
