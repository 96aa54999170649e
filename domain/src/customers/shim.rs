use super::CustomerError;
use crate::ids::{Appointment, Customer, Form, Id, Service};
use crate::tenancy::{StoreError, TenantTx};
use chrono::NaiveDate;
use serde_json::Value;
pub async fn record_form_consent(
    _: &TenantTx,
    _: Id<Customer>,
    _: (Id<Form>, i32),
    _: bool,
    _: Option<Id<Appointment>>,
) -> Result<(), CustomerError> {
    Ok(())
}
pub async fn record_answers(
    _: &TenantTx,
    _: Id<Customer>,
    _: (Id<Form>, i32),
    _: &Value,
    _: Option<Id<Appointment>>,
) -> Result<(), CustomerError> {
    Ok(())
}
pub async fn is_member_for(
    _: &TenantTx,
    _: Id<Customer>,
    _: &[Id<Service>],
    _: NaiveDate,
) -> Result<bool, StoreError> {
    Ok(true)
}
