use crate::bookings::{BookingError, Refusal};
use crate::fault::refusals;
use crate::tenancy::StoreError;
use crate::tenants::TenantError;

refusals! {
    /// Why money can't be taken or given back.
    PaymentError {
        MoreThanDue = Conflict "more_than_due" "That is more than is still to be paid for this visit.",
        MoreThanPaid = Conflict "more_than_paid" "That is more than is left of this payment.",
        NotPaid = Conflict "not_paid" "This wasn't paid: there is nothing to give back.",
        SoldAhead = Conflict "sold_ahead" "This was paid for something that is sold ahead: give back what is left of that.",
        WholeUseOnly = Conflict "whole_use_only" "A use of a pass goes back whole.",
        Disputed = Conflict "disputed" "The customer went to their bank about this payment: it can't be given back.",
        ChargeUnderWay = Conflict "charge_under_way" "The card on file is being charged for this visit. Please see in a moment what is still open.",
        NothingDue = Conflict "nothing_due" "There is nothing to pay for this visit at the moment.",
        GiftOver = Conflict "gift_over" "This voucher can't be paid any more. Please buy it again.",
        NoCards = Conflict "no_cards" "Cards can't be taken here at the moment.",
        CardNeeded = Conflict "card_needed" "This card is still needed: the visit is to come, or something is due.",
        NoCard = Conflict "no_card" "No card was left for this visit.",
        NotOffered = Conflict "not_offered" "This installation takes no cards.",
        NotConnected = Conflict "not_connected" "There is no account yet. Please connect one.",
        NotInRand = Conflict "not_in_rand" "PayFast takes nothing but South African rand.",
        KeysRefused = Conflict "keys_refused" "PayFast doesn't take these keys. Please compare them with its settings.",
        UnderWay = Conflict "payments_under_way" "Something is being paid or given back there at this moment. Please try again in an hour.",
        NotSigned = NotAllowed "wrong_signature" "This isn't signed by the provider of payments.",
        TillClosed = Conflict "till_closed" "This day was closed already.",
        ClosedSince = Conflict "closed_since" "A later day was closed already: what was in the till was counted then.",
        TooEarly = Conflict "too_early" "This day hasn't begun yet.",
        AmountNotPossible = Conflict "amount_not_possible" "The provider of payments can't take this amount in this currency.",
        ProviderRefuses = Conflict "provider_refuses" "The provider of payments doesn't do this. The log says why.",
        ProviderAway = Unavailable "provider_away" "The provider of payments can't be reached at the moment. Please try again.",
    }
}

impl From<BookingError> for PaymentError {
    fn from(error: BookingError) -> Self {
        match error.refusal() {
            Refusal::NotFound => Self::NotFound,
            _ => Self::Store(error.into_store()),
        }
    }
}

impl From<TenantError> for PaymentError {
    fn from(error: TenantError) -> Self {
        match error {
            TenantError::Store(store) => store.into(),
            _ => Self::NotFound,
        }
    }
}

impl PaymentError {
    /// As trouble with the store, where nothing else was to be expected.
    pub fn into_store(self) -> StoreError {
        match self {
            Self::Store(store) => store,
            other => StoreError::Unreadable(other.to_string()),
        }
    }
}
