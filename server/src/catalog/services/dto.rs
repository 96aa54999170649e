use chrono::{DateTime, Utc};
use openchair_domain::availability::Alignment;
use openchair_domain::catalog::services::{self as domain, DepositKind, PriceFor, ServiceFacts};
use openchair_domain::ids::{Addon, Category, Form, Service};
use openchair_domain::policies::RiskAsks;
use poem_openapi::Object;

use crate::conditional::Versioned;
use crate::ids::Ref;
use crate::policies::{RiskDemand, SlotAlignment};
use crate::shelf::mirrored;

mirrored! {
    /// What a price is for.
    PriceForWord = PriceFor {
        /// Each customer pays it.
        Customer,
        /// It is paid once, however many come.
        Visit,
    }

    /// What is paid before the visit.
    DepositWord = DepositKind {
        /// Nothing.
        None,
        /// A sum.
        Fixed,
        /// A part of the price.
        Percent,
    }
}

/// What is paid before the visit.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(crate) struct ServiceDeposit {
    kind: DepositWord,
    /// In the currency's minor unit, or percent
    #[oai(default, validator(minimum(value = "0"), maximum(value = "10000000000")))]
    value: i64,
}

impl From<domain::Deposit> for ServiceDeposit {
    fn from(deposit: domain::Deposit) -> Self {
        Self { kind: deposit.kind.into(), value: deposit.value }
    }
}

impl From<ServiceDeposit> for domain::Deposit {
    fn from(deposit: ServiceDeposit) -> Self {
        Self { kind: deposit.kind.into(), value: deposit.value }
    }
}

/// What a service has otherwise than the business. What is empty is as the business has it.
#[derive(Debug, Clone, Default, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct ServicePolicy {
    #[oai(validator(minimum(value = "5"), maximum(value = "240")))]
    slot_step_minutes: Option<i32>,
    alignment: Option<SlotAlignment>,
    /// How long before its start it must be booked
    #[oai(validator(minimum(value = "0"), maximum(value = "525600")))]
    notice_minutes: Option<i32>,
    /// How far ahead it can be booked
    #[oai(validator(minimum(value = "1"), maximum(value = "730")))]
    horizon_days: Option<i32>,
    /// Until how long before its start a customer can cancel it
    #[oai(validator(minimum(value = "0"), maximum(value = "525600")))]
    cancel_notice_minutes: Option<i32>,
    /// Until how long before its start a customer can move it
    #[oai(validator(minimum(value = "0"), maximum(value = "525600")))]
    move_notice_minutes: Option<i32>,
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    late_cancel_fee_percent: Option<i16>,
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    no_show_fee_percent: Option<i16>,
    /// Whether staff must approve it
    needs_approval: Option<bool>,
    /// Whether customers prove their address first
    verify_contact: Option<bool>,
    /// Whether customers who book online leave a card first
    ask_card: Option<bool>,
    /// From how many points of risk on something more is asked of who books it online; 0: never
    #[oai(validator(minimum(value = "0"), maximum(value = "100")))]
    risk_from: Option<i16>,
    /// What that is
    risk_asks: Option<RiskDemand>,
    /// How much of the price is paid before, if it is a deposit
    #[oai(validator(minimum(value = "1"), maximum(value = "100")))]
    risk_deposit_percent: Option<i16>,
}

impl From<domain::PolicyOverrides> for ServicePolicy {
    fn from(policy: domain::PolicyOverrides) -> Self {
        Self {
            slot_step_minutes: policy.slot_step_minutes,
            alignment: policy.alignment.map(SlotAlignment::from),
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
            risk_asks: policy.risk_asks.map(RiskDemand::from),
            risk_deposit_percent: policy.risk_deposit_percent,
        }
    }
}

impl From<ServicePolicy> for domain::PolicyOverrides {
    fn from(policy: ServicePolicy) -> Self {
        Self {
            slot_step_minutes: policy.slot_step_minutes,
            alignment: policy.alignment.map(Alignment::from),
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
            risk_asks: policy.risk_asks.map(RiskAsks::from),
            risk_deposit_percent: policy.risk_deposit_percent,
        }
    }
}

/// The category that a service is in.
#[derive(Debug, Clone, Object)]
struct CategoryRef {
    id: Ref<Category>,
    name: String,
}

/// A service, as people choose it.
#[derive(Debug, Clone, Object)]
pub(super) struct ServiceView {
    id: Ref<Service>,
    category: CategoryRef,
    name: String,
    description: String,
    duration_minutes: i32,
    /// How long its staff and room are taken before it
    buffer_before_minutes: i32,
    /// How long its staff and room are taken after it
    buffer_after_minutes: i32,
    /// In the currency's minor unit
    price_minor: i64,
    /// ISO 4217
    currency: String,
    price_for: PriceForWord,
    deposit: ServiceDeposit,
    /// Whether customers can book it themselves
    online: bool,
    members_only: bool,
    min_customers: i16,
    max_customers: i16,
    staff_per_customer: i16,
    needs_room: bool,
    /// What the room must have
    room_features: Vec<String>,
    /// What the room must have besides if two come
    room_features_for_two: Vec<String>,
    policy: ServicePolicy,
    /// What can be had with it
    addon_ids: Vec<Ref<Addon>>,
    /// What is asked of customers before it
    form_ids: Vec<Ref<Form>>,
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<ServiceFacts> for ServiceView {
    fn from(service: ServiceFacts) -> Self {
        let terms = service.terms;
        Self {
            id: service.id.into(),
            category: CategoryRef { id: terms.category.into(), name: service.category_name },
            name: terms.name,
            description: terms.description,
            duration_minutes: terms.duration_minutes,
            buffer_before_minutes: terms.buffer_before_minutes,
            buffer_after_minutes: terms.buffer_after_minutes,
            price_minor: terms.price_minor,
            currency: service.currency,
            price_for: terms.price_for.into(),
            deposit: terms.deposit.into(),
            online: terms.online,
            members_only: terms.members_only,
            min_customers: terms.min_customers,
            max_customers: terms.max_customers,
            staff_per_customer: terms.staff_per_customer,
            needs_room: terms.needs_room,
            room_features: terms.room_features,
            room_features_for_two: terms.room_features_for_two,
            policy: terms.policy.into(),
            addon_ids: terms.addons.into_iter().map(Ref).collect(),
            form_ids: terms.forms.into_iter().map(Ref).collect(),
            archived_at: service.archived_at,
            version: service.version,
        }
    }
}

/// The view with its version.
pub(super) fn versioned(service: ServiceFacts) -> Versioned<ServiceView> {
    Versioned::new(service.version.into(), service.into())
}
