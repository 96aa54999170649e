//! What belongs to one customer.

use openchair_domain::authz::perm;
use openchair_domain::customers;
use openchair_domain::ids::{Customer, CustomerMembership};
use openchair_domain::tenancy::TenantTx;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use super::records_dto::{
    ConsentView, CustomerMembershipView, CustomerVisitView, FormAnswersView, MedicalNotes,
    MedicalView, NewConsentRecord, NewCustomerMembership, medical,
};
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

/// The operations on what belongs to one customer.
#[derive(Debug)]
pub struct CustomerRecordsApi(pub App);

#[OpenApi(prefix_path = "/v1/customers", tag = "Tags::Customers")]
impl CustomerRecordsApi {
    /// A customer's visits, the newest first.
    #[oai(path = "/:customer/visits", method = "get", operation_id = "list_customer_visits")]
    async fn visits(
        &self,
        who: Can<perm::ReadOwnCustomers>,
        customer: Path<Ref<Customer>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<CustomerVisitView>, ApiError> {
        let page = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.tenant(&who).await?;
        let found = customers::visits(&tx, customer.0.0, page).await?;
        tx.commit().await?;
        Ok(listed(found, CustomerVisitView::from))
    }

    /// A customer's medical notes. That they were read is on record.
    #[oai(path = "/:customer/medical", method = "get", operation_id = "read_medical_notes")]
    async fn read_medical(
        &self,
        who: Can<perm::ReadMedical>,
        customer: Path<Ref<Customer>>,
    ) -> Result<Versioned<MedicalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let notes = customers::read_medical(&mut tx, customer.0.0).await?;
        tx.commit().await?;
        Ok(medical(notes))
    }

    /// Replaces a customer's medical notes. The version is the customer's.
    #[oai(path = "/:customer/medical", method = "put", operation_id = "write_medical_notes")]
    async fn write_medical(
        &self,
        who: Can<perm::WriteMedical>,
        customer: Path<Ref<Customer>>,
        #[oai(name = "If-Match")] seen: IfMatch,
        body: Input<MedicalNotes>,
    ) -> Result<Versioned<MedicalView>, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        let notes = customers::write_medical(&mut tx, customer.0.0, seen.0, &body.0.text).await?;
        tx.commit().await?;
        Ok(medical(notes))
    }

    /// What a customer agreed to and withdrew, the newest first. The last word counts.
    #[oai(path = "/:customer/consents", method = "get", operation_id = "list_customer_consents")]
    async fn consents(
        &self,
        who: Can<perm::ReadOwnCustomers>,
        customer: Path<Ref<Customer>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<ConsentView>, ApiError> {
        let page = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.tenant(&who).await?;
        let found = customers::consents(&tx, customer.0.0, page).await?;
        tx.commit().await?;
        Ok(listed(found, ConsentView::from))
    }

    /// Writes down what a customer said to the team. Nothing that was said before changes.
    #[oai(path = "/:customer/consents", method = "post", operation_id = "record_customer_consent")]
    async fn record_consent(
        &self,
        who: Can<perm::UpdateCustomer>,
        customer: Path<Ref<Customer>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewConsentRecord>,
    ) -> Result<Created<ConsentView>, ApiError> {
        let (id, new) = (customer.0.0, (&body.0).into());
        let make =
            async |tx: &mut TenantTx| Ok(customers::record_consent(tx, id, new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// A customer's answers to intake forms, the newest first. That they were read is on record.
    #[oai(path = "/:customer/answers", method = "get", operation_id = "list_customer_answers")]
    async fn answers(
        &self,
        who: Can<perm::ReadMedical>,
        customer: Path<Ref<Customer>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<FormAnswersView>, ApiError> {
        let page = window(limit.0, cursor.0.as_deref())?;
        let mut tx = self.0.db.tenant(&who).await?;
        let found = customers::answers(&mut tx, customer.0.0, page).await?;
        tx.commit().await?;
        Ok(listed(found, FormAnswersView::from))
    }

    /// A customer's memberships, the newest first.
    #[oai(
        path = "/:customer/memberships",
        method = "get",
        operation_id = "list_customer_memberships"
    )]
    async fn memberships(
        &self,
        who: Can<perm::ReadOwnCustomers>,
        customer: Path<Ref<Customer>>,
        limit: Query<Limit>,
        cursor: Query<Option<String>>,
    ) -> Result<Listed<CustomerMembershipView>, ApiError> {
        let page = window(limit.0, cursor.0.as_deref())?;
        let tx = self.0.db.tenant(&who).await?;
        let found = customers::memberships(&tx, customer.0.0, page).await?;
        tx.commit().await?;
        Ok(listed(found, CustomerMembershipView::from))
    }

    /// Makes a customer a member for one period of a plan.
    #[oai(
        path = "/:customer/memberships",
        method = "post",
        operation_id = "add_customer_membership"
    )]
    async fn add_membership(
        &self,
        who: Can<perm::UpdateCustomer>,
        customer: Path<Ref<Customer>>,
        #[oai(name = "Idempotency-Key")] once: IdempotencyKey,
        body: Input<NewCustomerMembership>,
    ) -> Result<Created<CustomerMembershipView>, ApiError> {
        let (id, new) = (customer.0.0, (&body.0).into());
        let make =
            async |tx: &mut TenantTx| Ok(customers::add_membership(tx, id, new).await?.into());
        self.0.once(&who, once, &body.0, make).await
    }

    /// Cancels a membership at once that was given. What was paid for is ended by `cancel_sold_membership`.
    #[oai(
        path = "/:customer/memberships/:membership",
        method = "delete",
        operation_id = "cancel_customer_membership"
    )]
    async fn cancel_membership(
        &self,
        who: Can<perm::UpdateCustomer>,
        customer: Path<Ref<Customer>>,
        membership: Path<Ref<CustomerMembership>>,
    ) -> Result<NoContent, ApiError> {
        let mut tx = self.0.db.tenant(&who).await?;
        customers::cancel_membership(&mut tx, customer.0.0, membership.0.0).await?;
        tx.commit().await?;
        Ok(NoContent::Done)
    }
}
