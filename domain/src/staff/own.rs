//! Who may change somebody's hours and time off: whoever may change staff, and they themselves.

use sea_orm::QuerySelect;

use super::entities::staff;
use super::{StaffError, find_live};
use crate::authz::Right;
use crate::ids::{Id, StaffMember, User};
use crate::tenancy::{Caller, TenantTx};

/// The staff member, held, if their hours are the caller's to change.
pub(super) async fn held(tx: &TenantTx, id: Id<StaffMember>) -> Result<staff::Model, StaffError> {
    let found = find_live(tx, id).lock_exclusive().one(tx.conn()).await?;
    let found = found.ok_or(StaffError::NotFound)?;
    may_change(tx.caller(), found.user_id.map(Id::from_uuid))?;
    Ok(found)
}

/// Whether there is such a staff member, and their hours are the caller's to change.
pub(crate) async fn expect(tx: &TenantTx, id: Id<StaffMember>) -> Result<(), StaffError> {
    let found = find_live(tx, id).one(tx.conn()).await?.ok_or(StaffError::NotFound)?;
    may_change(tx.caller(), found.user_id.map(Id::from_uuid))
}

/// Programs have no hours of their own.
pub(super) fn is_own(caller: &Caller, login: Option<Id<User>>) -> bool {
    let person = caller.membership().and(caller.user());
    person.is_some() && person == login
}

/// `login` is the one of the staff member.
pub(super) fn may_change(caller: &Caller, login: Option<Id<User>>) -> Result<(), StaffError> {
    if caller.may(Right::UpdateStaff) || is_own(caller, login) {
        Ok(())
    } else if caller.may(Right::ReadStaff) {
        Err(StaffError::NotYours)
    } else {
        // Who may not see the staff learns nothing of them here.
        Err(StaffError::NotFound)
    }
}
