use crate::bookings::{BookingError, Refusal};
use crate::catalog::CatalogError;
use crate::customers::CustomerError;
use crate::fault::refusals;
use crate::locations::LocationError;
use crate::payments::PaymentError;
use crate::tenancy::StoreError;
use crate::tenants::TenantError;

refusals! {
    /// Why something isn't sold, used or given back.
    SoldError {
        NoVouchers = NotOffered "no_vouchers" "No vouchers are sold here online.",
        NoCards = Conflict "no_cards" "Cards can't be taken here at the moment.",
        VoucherNotGood = Conflict "voucher_not_good" "This voucher can't be used. Please check the code.",
        CodeGone = Conflict "code_gone" "The code of this voucher isn't known any more.",
        MoreThanLeft = Conflict "more_than_left" "That is more than is left on this voucher.",
        NothingLeft = Conflict "nothing_left" "Nothing is left of this to give back.",
        Disputed = Conflict "disputed" "The customer went to their bank about this payment: it can't be given back.",
        MoreThanDue = Conflict "more_than_due" "That is more than is still to be paid for this visit.",
        MoreThanPaid = Conflict "more_than_paid" "That is more than is left of this payment.",
        ChargeUnderWay = Conflict "charge_under_way" "The card on file is being charged for this visit. Please see in a moment what is still open.",
        NothingDue = Conflict "nothing_due" "There is nothing to pay for this visit at the moment.",
        PassNotGood = Conflict "pass_not_good" "This pass can't be used for this visit.",
        NotCovered = Conflict "not_covered" "This pass isn't for this service.",
        LinePaid = Conflict "line_paid" "This is paid for with a pass already.",
        PlanArchived = Conflict "plan_archived" "This membership isn't offered any more.",
        RenewedAlready = Conflict "renewed_already" "This membership was renewed already.",
        CancelledAlready = Conflict "cancelled_already" "This membership was cancelled already.",
    }
}

impl From<CatalogError> for SoldError {
    fn from(error: CatalogError) -> Self {
        match error {
            CatalogError::Store(store) => Self::Store(store),
            _ => Self::NotFound,
        }
    }
}

impl From<PaymentError> for SoldError {
    fn from(error: PaymentError) -> Self {
        match error {
            PaymentError::NotFound => Self::NotFound,
            PaymentError::ChargeUnderWay => Self::ChargeUnderWay,
            PaymentError::NothingDue => Self::NothingDue,
            PaymentError::MoreThanDue => Self::MoreThanDue,
            PaymentError::MoreThanPaid => Self::MoreThanPaid,
            PaymentError::Invalid(fields) => Self::Invalid(fields),
            other => Self::Store(other.into_store()),
        }
    }
}

impl From<BookingError> for SoldError {
    fn from(error: BookingError) -> Self {
        match error.refusal() {
            Refusal::NotFound => Self::NotFound,
            _ => Self::Store(error.into_store()),
        }
    }
}

impl From<TenantError> for SoldError {
    fn from(error: TenantError) -> Self {
        match error {
            TenantError::Store(store) => Self::Store(store),
            _ => Self::NotFound,
        }
    }
}

impl From<LocationError> for SoldError {
    fn from(error: LocationError) -> Self {
        match error {
            LocationError::Store(store) => Self::Store(store),
            _ => Self::NotFound,
        }
    }
}

impl From<CustomerError> for SoldError {
    fn from(error: CustomerError) -> Self {
        match error {
            CustomerError::Store(store) => Self::Store(store),
            _ => Self::NotFound,
        }
    }
}

impl SoldError {
    /// As trouble with the store, where nothing else was to be expected.
    pub fn into_store(self) -> StoreError {
        match self {
            Self::Store(store) => store,
            other => StoreError::Unreadable(other.to_string()),
        }
    }
}
