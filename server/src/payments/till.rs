//! The till over HTTP.

use openchair_domain::authz::perm;
use openchair_domain::ids::Location;
use openchair_domain::payments::{self, Movement};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use super::till_dto::{TillCloseInput, TillCloseView, TillView};
use crate::app::App;
use crate::auth::Can;
use crate::csv::{self, CsvFile};
use crate::ids::Ref;
use crate::input::{Day, Input};
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::Tags;
use crate::page::Limit;
use crate::problem::ApiError;

/// The operations on the till.
#[derive(Debug)]
pub struct TillApi(pub App);

#[OpenApi(prefix_path = "/v1/till", tag = "Tags::Payments")]
impl TillApi {
    /// A day at one location: what came by which way and what went, and what should be in the till.
    #[oai(path = "/", method = "get", operation_id = "read_till")]
    async fn read(
        &self,
        who: Can<perm::ReadPayments>,
        location: Query<Ref<Location>>,
        date: Query<Day>,
    ) -> Result<Json<TillView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let till = payments::till(&tx, location.0.0, date.0.0).await?;
        tx.commit().await?;
        Ok(Json(till.into()))
    }

    /// How the till was closed on earlier days, the newest first.
    #[oai(path = "/closes", method = "get", operation_id = "list_till_closes")]
    async fn closes(
        &self,
        who: Can<perm::ReadPayments>,
        location: Query<Option<Ref<Location>>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<TillCloseView>, ApiError> {
        let location = location.0.map(|location| location.0);
        let tx = self.0.db.tenant(&who).await?;
        let found = payments::closes(&tx, location, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, TillCloseView::from))
    }

    /// Closes a day, once: what was counted stands beside what should have been there. What is paid in cash
    /// after that counts for the next close.
    #[oai(path = "/closes", method = "post", operation_id = "close_till")]
    async fn close(
        &self,
        who: Can<perm::CloseDay>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<TillCloseInput>,
    ) -> Result<Created<TillCloseView>, ApiError> {
        let new = body.0.to_domain();
        let close = async |tx: &mut TenantTx| Ok(payments::close_till(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, close).await
    }

    /// What came and went at a location, as a file for bookkeepers: a row for each payment and refund, and for
    /// each refund that came back, up to a year at once.
    #[oai(path = "/export", method = "get", operation_id = "export_till")]
    async fn export(
        &self,
        who: Can<perm::ReadPayments>,
        location: Query<Ref<Location>>,
        from: Query<Day>,
        to: Query<Day>,
    ) -> Result<CsvFile, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let moved = payments::movements(&tx, location.0.0, (from.0.0, to.0.0)).await?;
        tx.commit().await?;
        Ok(file(&moved))
    }
}

fn file(moved: &[Movement]) -> CsvFile {
    let head = [
        "at",
        "what",
        "way",
        "amount_minor",
        "tip_minor",
        "currency",
        "visit",
        "customer",
        "by",
        "note",
        "payment",
        "for",
    ];
    let mut text = csv::row(head.map(str::to_owned));
    for one in moved {
        text.push_str(&csv::row([
            one.at.to_rfc3339(),
            one.what.clone(),
            one.way.clone(),
            // Numbers of our own, which may be less than nothing.
            csv::quoted(&one.amount_minor.to_string()),
            csv::quoted(&one.tip_minor.to_string()),
            one.currency.clone(),
            csv::cell(&one.title),
            csv::cell(one.customer.as_deref().unwrap_or_default()),
            csv::cell(one.hand.as_deref().unwrap_or_default()),
            csv::cell(&one.note),
            openchair_domain::ids::Id::<openchair_domain::ids::Payment>::from_uuid(one.payment)
                .to_string(),
            one.sort.clone(),
        ]));
    }
    CsvFile::new(text, "till.csv")
}
