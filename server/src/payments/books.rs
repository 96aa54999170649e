//! The provider's book over HTTP: disputes, payouts, and both books beside each other.

use openchair_domain::authz::perm;
use openchair_domain::payments;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use super::books_dto::{BookCheckView, CompareInput, DisputeView, PayoutView};
use crate::app::App;
use crate::auth::Can;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on it.
#[derive(Debug)]
pub struct BooksApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Payments")]
impl BooksApi {
    /// Payments that customers went to their bank about, the newest first.
    #[oai(path = "/disputes", method = "get", operation_id = "list_disputes")]
    async fn disputes(
        &self,
        who: Can<perm::ReadPayments>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<DisputeView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = payments::list_disputes(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, DisputeView::from))
    }

    /// What the provider sends to the business's bank, the newest first.
    #[oai(path = "/payouts", method = "get", operation_id = "list_payouts")]
    async fn payouts(
        &self,
        who: Can<perm::ReadPayments>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<PayoutView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = payments::list_payouts(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, PayoutView::from))
    }

    /// Both books of each day beside each other, the newest day first. Each day is compared once it is over.
    #[oai(path = "/book-checks", method = "get", operation_id = "list_book_checks")]
    async fn checks(
        &self,
        who: Can<perm::ReadPayments>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<BookCheckView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = payments::list_checks(&tx, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, BookCheckView::from))
    }

    /// Compares both books of a day now. What can be put right by asking the provider is put right.
    #[oai(path = "/book-checks/look", method = "post", operation_id = "compare_books")]
    async fn compare(
        &self,
        who: Can<perm::RefundPayment>,
        body: Input<CompareInput>,
    ) -> Result<Json<BookCheckView>, ApiError> {
        Ok(Json(self.0.counter.compare_day(&who, body.day).await?.into()))
    }
}
