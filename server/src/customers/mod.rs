//! Customers over HTTP. A record that was merged into another one is 404 until that is undone.

mod dto;
mod export;
mod imports;
mod merges;
mod records;
mod records_dto;

use openchair_domain::authz::perm;
use openchair_domain::customers::{self, Search};
use openchair_domain::ids::Customer;
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use crate::app::App;
use crate::auth::Can;
use crate::conditional::{IfMatch, Versioned};
use crate::ids::Ref;
use crate::input::Input;
use crate::listing::{Listed, listed, window};
use crate::once::{Created, IdempotencyKey};
use crate::openapi::{NoContent, Tags};
use crate::page::Limit;
use crate::problem::ApiError;

use dto::{CustomerRecordChange, CustomerView, ErasureRequest, NewCustomerRecord, versioned};
use export::CustomersFile;

pub use imports::CustomerImportsApi;
pub use merges::CustomerMergesApi;
pub use records::CustomerRecordsApi;

pub(crate) use imports::WIDER_BODY;

/// The operations on customers.
#[derive(Debug)]
pub struct CustomersApi(pub App);

#[OpenApi(prefix_path = "/v1", tag = "Tags::Customers")]
impl CustomersApi {
    /// Customers by name; for providers, their own. `q` is the beginning of a name, an e-mail address
    /// or a number.
    #[oai(path = "/customers", method = "get", operation_id = "list_customers")]
    async fn list(
        &self,
        who: Can<perm::ReadOwnCustomers>,
        #[oai(validator(max_length = 120))] q: Query<Option<String>>,
        #[oai(validator(max_length = 40))] tag: Query<Option<String>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<CustomerView>, ApiError> {
        let search = Search { q: q.0, tag: tag.0 };
        let tx = self.0.db.tenant(&who).await?;
        let found = customers::list(&tx, &search, window(limit.0, cursor.0.as_deref())?).await?;
        tx.commit().await?;
        Ok(listed(found, CustomerView::from))
    }

    /// Adds a customer. If somebody has the same address or number, a merge is suggested.
    #[oai(path = "/customers", method = "post", operation_id = "create_customer")]
    async fn create(
        &self,
        who: Can<perm::CreateCustomer>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewCustomerRecord>,
    ) -> Result<Created<CustomerView>, ApiError> {
        let new = body.0.to_domain();
        let make = async |tx: &mut TenantTx| Ok(customers::create(tx, &new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// All customers as CSV, without what is about health. Taking them out is on record.
    #[oai(path = "/customers/export", method = "get", operation_id = "export_customers")]
    async fn export(&self, who: Can<perm::ExportCustomers>) -> Result<CustomersFile, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let rows = customers::export(&mut tx).await?;
        tx.commit().await?;
        Ok(export::file(&rows))
    }

    /// One customer.
    #[oai(path = "/customers/:customer", method = "get", operation_id = "read_customer")]
    async fn read(
        &self,
        who: Can<perm::ReadOwnCustomers>,
        customer: Path<Ref<Customer>>,
    ) -> Result<Versioned<CustomerView>, ApiError> {
        let tx = self.0.db.tenant(&who).await?;
        let found = customers::read(&tx, customer.0.0).await?;
        tx.commit().await?;
        Ok(versioned(found))
    }

    /// Changes a customer's record.
    #[oai(path = "/customers/:customer", method = "patch", operation_id = "update_customer")]
    async fn update(
        &self,
        who: Can<perm::UpdateCustomer>,
        customer: Path<Ref<Customer>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<CustomerRecordChange>,
    ) -> Result<Versioned<CustomerView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let changed = customers::update(&mut tx, customer.0.0, seen.0, &body.0.into()).await?;
        tx.commit().await?;
        Ok(versioned(changed))
    }

    /// Erases a customer's data for good, those of records that were merged into theirs included.
    /// Their visits stay, nameless.
    #[oai(path = "/customers/:customer/erase", method = "post", operation_id = "erase_customer")]
    async fn erase(
        &self,
        who: Can<perm::EraseCustomer>,
        customer: Path<Ref<Customer>>,
        body: Input<ErasureRequest>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        customers::erase(&mut tx, customer.0.0, body.0.version.into()).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
