use std::fmt;

use serde_json::{Value, json};

use crate::availability::{Slot, Why};
use crate::customers::CustomerError;
use crate::fault::{Explain, Faults, FieldFault, Kind, ValueFault, refusals};
use crate::tenancy::StoreError;

refusals! {
    /// Why a visit can't be made or changed.
    Refusal {
        SlotTaken = Conflict "slot_taken" "This time has just been taken. These are near it:",
        NotPossible = Conflict "not_possible" "This time can't be had.",
        Contended = Conflict "contended" "Somebody else wanted the same just now. Please try again.",
        Lapsed = Conflict "lapsed" "A time that was kept has just become free. Please try again.",
        HoldOver = Conflict "hold_over" "This time is no longer kept for you. Please choose again.",
        HoldUsed = Conflict "hold_used" "This time has been booked already.",
        WrongState = Conflict "wrong_state" "This can't be done to the visit as it stands.",
        StaleVisit = Conflict "stale_version" "Somebody changed this visit meanwhile.",
        TooLateToCancel = Conflict "too_late_to_cancel" "It is too late to cancel this here. Please call.",
        TooLateToMove = Conflict "too_late_to_move" "It is too late to move this here. Please call.",
        MembersOnly = Conflict "members_only" "This is for members only.",
        CodeNeeded = Conflict "code_needed" "Please type the code that was sent to your address.",
        CodeWrong = Conflict "code_wrong" "This isn't the code that was sent to your address.",
        CodeSpent = Conflict "code_spent" "That was wrong too often. Please choose your time again.",
        NoAddress = Conflict "no_address" "There is no address to send this to.",
        SeriesConflicts = Conflict "series_conflicts" "Some of these times can't be had. Skip them or choose others, please.",
        SeriesAlready = Conflict "already_series" "This visit is one of several already.",
        OneByOne = Conflict "one_by_one" "Visits like this are booked one by one: each needs a deposit or a yes.",
        OfferOver = Conflict "offer_over" "This time is no longer kept for you.",
        OfferUsed = Conflict "offer_used" "This time has been booked already.",
        WaitingAlready = Conflict "waiting_already" "You are on the waiting list for this already.",
        NotWaiting = Conflict "not_waiting" "Nobody waits for this any more.",
        ShopPaused = Conflict "shop_paused" "Nothing new can be booked here at the moment. Please call.",
        QueueClosed = Conflict "queue_closed" "Nobody can join the queue here at the moment.",
        QueueFull = Conflict "queue_full" "The queue is full at the moment.",
        TooManyTickets = Conflict "too_many_tickets" "Enough people who joined from where you are wait here already. Please join at the desk.",
        AlreadyWaiting = Conflict "already_waiting" "Somebody with this number waits here already.",
        NobodyServes = Conflict "nobody_serves" "Nobody who does this serves the queue at the moment.",
        NotServing = Conflict "not_serving" "This one of the staff doesn't serve the queue at the moment.",
        AlreadyCalling = Conflict "already_calling" "Somebody is called already: begin with them, return them to the line, or say that they weren't there.",
        NobodyToCall = Conflict "nobody_to_call" "Nobody waits whom this one of the staff could serve.",
        NobodyFits = Conflict "nobody_fits" "Nobody who waits would be done before what this one of the staff has next. Call somebody by name if you take them nevertheless.",
        EntryState = Conflict "wrong_state" "This can't be done to somebody in the queue as they stand.",
        TooLateToUndo = Conflict "too_late_to_undo" "This was too long ago to be taken back.",
        StaleEntry = Conflict "stale_version" "Somebody changed this meanwhile.",
        BookedVisit = Conflict "booked_visit" "They came for a visit that was booked: change that one.",
        NoMoreTime = Conflict "no_more_time" "You have let others pass often enough. Please speak to the desk.",
        VisitNotAllowed = NotAllowed "not_allowed" "They came for a visit that was booked, and your role doesn't allow this for visits.",
        NotYours = NotAllowed "not_yours" "Your role allows this for your own visits only.",
        OverrideNotAllowed = NotAllowed "not_allowed" "Your role doesn't allow booking over something else.",
    }
}

/// Why a visit can't be made or changed, and what else helps whoever asked.
#[derive(Debug)]
pub struct BookingError {
    refusal: Refusal,
    particulars: Option<Value>,
}

impl BookingError {
    /// With what else helps.
    pub(crate) fn with(refusal: Refusal, particulars: Value) -> Self {
        Self { refusal, particulars: Some(particulars) }
    }

    /// The time is gone; these are near it.
    pub(crate) fn taken(why: &[Why], near: &[Slot]) -> Self {
        let slots: Vec<_> =
            near.iter().map(|slot| json!({ "start": slot.start, "end": slot.end })).collect();
        Self::with(Refusal::SlotTaken, json!({ "reasons": codes(why), "alternatives": slots }))
    }

    /// The time was never there.
    pub(crate) fn not_possible(why: &[Why], near: &[Slot]) -> Self {
        Self { refusal: Refusal::NotPossible, ..Self::taken(why, near) }
    }

    /// The same, with its fields named otherwise.
    pub(crate) fn about(mut self, name: impl Fn(&str) -> String) -> Self {
        if let Refusal::Invalid(fields) = &mut self.refusal {
            for fault in fields {
                fault.field = name(&fault.field);
            }
        }
        self
    }

    /// Whether something was named that isn't there, or not for the caller to know.
    pub(super) fn names_nothing(&self) -> bool {
        self.refusal.fields().iter().any(|fault| fault.code == NOT_FOUND)
    }

    /// As trouble with the store, where nothing else was to be expected.
    pub fn into_store(self) -> StoreError {
        match self.refusal {
            Refusal::Store(store) => store,
            other => StoreError::Unreadable(other.to_string()),
        }
    }

    /// The bare refusal.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }
}

/// The reasons without names, each once.
pub(crate) fn codes(why: &[Why]) -> Vec<&'static str> {
    let mut codes: Vec<_> = why.iter().map(Why::code).collect();
    codes.dedup();
    codes
}

impl fmt::Display for BookingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.refusal.fmt(f)
    }
}

impl std::error::Error for BookingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        std::error::Error::source(&self.refusal)
    }
}

impl Explain for BookingError {
    fn kind(&self) -> Kind {
        if self.names_nothing() { Kind::NotFound } else { self.refusal.kind() }
    }

    fn code(&self) -> &'static str {
        if self.names_nothing() { Refusal::NotFound.code() } else { self.refusal.code() }
    }

    fn fields(&self) -> &[FieldFault] {
        self.refusal.fields()
    }

    fn field(&self) -> Option<&'static str> {
        self.refusal.field()
    }

    fn particulars(&self) -> Option<&Value> {
        self.particulars.as_ref()
    }
}

impl<E: Into<Refusal>> From<E> for BookingError {
    fn from(refusal: E) -> Self {
        Self { refusal: refusal.into(), particulars: None }
    }
}

impl From<CustomerError> for Refusal {
    fn from(error: CustomerError) -> Self {
        match error {
            CustomerError::Store(store) => store.into(),
            CustomerError::Invalid(fields) => Self::Invalid(fields),
            CustomerError::NotFound => Self::NotFound,
            other => Self::Store(StoreError::Unreadable(other.to_string())),
        }
    }
}

/// The code of a field with an id that names nothing here: all of it is answered as not found.
const NOT_FOUND: &str = "not_found";

/// An id that names nothing here.
pub(crate) fn nothing(detail: &'static str) -> ValueFault {
    ValueFault::new(NOT_FOUND, detail)
}

/// That as the whole refusal.
pub(crate) fn named_nothing(field: &str, detail: &'static str) -> BookingError {
    fault(field, NOT_FOUND, detail)
}

/// One field's fault as the whole refusal.
pub(crate) fn fault(field: &str, code: &'static str, detail: &'static str) -> BookingError {
    let mut faults = Faults::new();
    faults.note(field, ValueFault::new(code, detail));
    Refusal::from(faults).into()
}
