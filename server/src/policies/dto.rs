use openchair_domain::availability::Alignment;
use openchair_domain::policies::{self, Asked, Policy, RiskAsks, WaitlistOrder};
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::conditional::Versioned;
use crate::patch::patch;
use crate::shelf::mirrored;

mirrored! {
    /// Where the starts of visits lie.
    SlotAlignment = Alignment {
        /// At multiples of the step from midnight
        Clock,
        /// From the opening in steps, and again from the end of each visit
        Packed,
    }

    /// Whether something is asked of who books.
    ContactField = Asked {
        /// Nobody books without it
        Required,
        /// Whoever wants to say it may
        Optional,
        /// Nobody is asked
        Hidden,
    }

    /// What is asked of who books when nobody may come, as it seems.
    RiskDemand = RiskAsks {
        /// That staff say yes
        Approval,
        /// That a part of the price is paid before; where nothing can be taken, that staff say yes
        Deposit,
    }

    /// Who of the waiting list is asked first.
    WaitlistRank = WaitlistOrder {
        /// Who waits longest
        FirstCome,
        /// Whose visit leaves the least time unused
        LeastGap,
    }
}

/// What to change; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct PolicyChange {
    #[oai(validator(minimum(value = "5"), maximum(value = "240")))]
    slot_step_minutes: Option<i32>,
    alignment: Option<SlotAlignment>,
    #[oai(validator(minimum(value = "0"), maximum(value = "527040")))]
    notice_minutes: Option<i32>,
    #[oai(validator(minimum(value = "1"), maximum(value = "730")))]
    horizon_days: Option<i32>,
    #[oai(validator(minimum(value = "0"), maximum(value = "527040")))]
    cancel_notice_minutes: Option<i32>,
    #[oai(validator(minimum(value = "0"), maximum(value = "527040")))]
    move_notice_minutes: Option<i32>,
    /// Of the price
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    late_cancel_fee_percent: Option<i16>,
    /// Of the price
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    no_show_fee_percent: Option<i16>,
    needs_approval: Option<bool>,
    verify_contact: Option<bool>,
    ask_card: Option<bool>,
    /// Null: never
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    risk_from: MaybeUndefined<i16>,
    risk_asks: Option<RiskDemand>,
    /// Of the price
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    risk_deposit_percent: Option<i16>,
    ask_email: Option<ContactField>,
    ask_phone: Option<ContactField>,
    ask_note: Option<bool>,
    waitlist_order: Option<WaitlistRank>,
}

impl From<PolicyChange> for policies::PolicyChange {
    fn from(change: PolicyChange) -> Self {
        Self {
            slot_step_minutes: change.slot_step_minutes,
            alignment: change.alignment.map(Alignment::from),
            notice_minutes: change.notice_minutes,
            horizon_days: change.horizon_days,
            cancel_notice_minutes: change.cancel_notice_minutes,
            move_notice_minutes: change.move_notice_minutes,
            late_cancel_fee_percent: change.late_cancel_fee_percent,
            no_show_fee_percent: change.no_show_fee_percent,
            needs_approval: change.needs_approval,
            verify_contact: change.verify_contact,
            ask_card: change.ask_card,
            risk_from: patch(change.risk_from),
            risk_asks: change.risk_asks.map(RiskAsks::from),
            risk_deposit_percent: change.risk_deposit_percent,
            ask_email: change.ask_email.map(Asked::from),
            ask_phone: change.ask_phone.map(Asked::from),
            ask_note: change.ask_note,
            waitlist_order: change.waitlist_order.map(WaitlistOrder::from),
        }
    }
}

/// The rules under which the business lets itself be booked. A service may have some otherwise.
#[derive(Debug, Clone, Object)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub(super) struct PolicyView {
    /// Between the starts of visits
    slot_step_minutes: i32,
    alignment: SlotAlignment,
    /// Between now and the first start that can be had
    notice_minutes: i32,
    /// How far ahead one can book
    horizon_days: i32,
    /// Until how long before a visit it can be cancelled
    cancel_notice_minutes: i32,
    /// Until how long before a visit it can be moved
    move_notice_minutes: i32,
    /// Of the price
    late_cancel_fee_percent: i16,
    /// Of the price
    no_show_fee_percent: i16,
    /// Whether somebody of the shop confirms each visit
    needs_approval: bool,
    /// Whether a customer proves the address with a code before the visit is theirs
    verify_contact: bool,
    /// Whether a customer who books online leaves a card before the visit is theirs, where cards are taken
    ask_card: bool,
    /// From how many points of risk on (1 to 100) something more is asked of who books online; null: never
    risk_from: Option<i16>,
    /// What that is
    risk_asks: RiskDemand,
    /// How much of the price is paid before, if it is a deposit
    risk_deposit_percent: i16,
    ask_email: ContactField,
    ask_phone: ContactField,
    ask_note: bool,
    waitlist_order: WaitlistRank,
    version: i32,
}

/// The view with its version.
pub(super) fn versioned(policy: Policy) -> Versioned<PolicyView> {
    let view = PolicyView {
        slot_step_minutes: policy.slot_step_minutes,
        alignment: policy.alignment.into(),
        notice_minutes: policy.notice_minutes,
        horizon_days: policy.horizon_days,
        cancel_notice_minutes: policy.cancel_notice_minutes,
        move_notice_minutes: policy.move_notice_minutes,
        late_cancel_fee_percent: policy.late_cancel_fee_percent,
        no_show_fee_percent: policy.no_show_fee_percent,
        needs_approval: policy.needs_approval,
        verify_contact: policy.verify_contact,
        ask_card: policy.ask_card,
        risk_from: policy.risk_from,
        risk_asks: policy.risk_asks.into(),
        risk_deposit_percent: policy.risk_deposit_percent,
        ask_email: policy.ask_email.into(),
        ask_phone: policy.ask_phone.into(),
        ask_note: policy.ask_note,
        waitlist_order: policy.waitlist_order.into(),
        version: policy.version,
    };
    Versioned::new(policy.version.into(), view)
}
