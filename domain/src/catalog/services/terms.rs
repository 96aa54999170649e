//! What a service is, and which services can be meant.

use serde::{Deserialize, Serialize};

use crate::availability::Alignment;
use crate::catalog::bounds::{between, count, once, price};
use crate::fault::{Faults, ValueFault};
use crate::ids::{Addon, Category, Form, Id};
use crate::policies::{Asked, Policy, RiskAsks, is_never};
use crate::rooms::feature_name;
use crate::text;
use crate::words::words;

const DAY: i32 = 24 * 60;
const YEAR: i32 = 365 * DAY;

words! {
    /// What a price is for.
    PriceFor {
        /// Each customer pays it.
        Customer = "customer",
        /// It is paid once, however many come.
        Visit = "visit",
    }

    /// What is paid before the visit.
    DepositKind {
        /// Nothing.
        None = "none",
        /// A sum.
        Fixed = "fixed",
        /// A part of the price.
        Percent = "percent",
    }
}

/// What is paid before the visit, and how much of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Deposit {
    /// Of what sort.
    pub kind: DepositKind,
    /// Minor units, or percent.
    pub value: i64,
}

impl Deposit {
    /// Nothing is paid before the visit.
    pub const NONE: Self = Self { kind: DepositKind::None, value: 0 };
}

/// What a service has otherwise than the business. What is empty is as the business has it. The
/// fields are called as their columns are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyOverrides {
    /// Minutes between starts.
    pub slot_step_minutes: Option<i32>,
    /// Where they lie.
    pub alignment: Option<Alignment>,
    /// How long before its start it must be booked.
    pub notice_minutes: Option<i32>,
    /// How far ahead it can be booked.
    pub horizon_days: Option<i32>,
    /// Until how long before its start it can be cancelled.
    pub cancel_notice_minutes: Option<i32>,
    /// Until how long before its start it can be moved.
    pub move_notice_minutes: Option<i32>,
    /// What cancelling later costs.
    pub late_cancel_fee_percent: Option<i16>,
    /// What not coming costs.
    pub no_show_fee_percent: Option<i16>,
    /// Whether staff must approve it.
    pub needs_approval: Option<bool>,
    /// Whether a customer proves the address first.
    pub verify_contact: Option<bool>,
    /// Whether a customer who books online leaves a card first.
    pub ask_card: Option<bool>,
    /// From how many points of risk on something more is asked of who books it online; from 0 on: never.
    pub risk_from: Option<i16>,
    /// What that is.
    pub risk_asks: Option<RiskAsks>,
    /// How much of the price is paid before, if it is a deposit.
    pub risk_deposit_percent: Option<i16>,
}

/// Everything that is said of a service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ServiceTerms {
    /// The category that it is in.
    #[serde(rename = "category_id")]
    pub category: Id<Category>,
    /// What it is called.
    pub name: String,
    /// What it is.
    pub description: String,
    /// How long it takes.
    pub duration_minutes: i32,
    /// How long its staff and room are taken before it.
    pub buffer_before_minutes: i32,
    /// How long its staff and room are taken after it.
    pub buffer_after_minutes: i32,
    /// What it costs, in the currency's minor unit.
    pub price_minor: i64,
    /// What the price is for.
    pub price_for: PriceFor,
    /// What is paid before.
    pub deposit: Deposit,
    /// Whether customers can book it themselves.
    pub online: bool,
    /// Whether only members get it.
    pub members_only: bool,
    /// How many come at least.
    pub min_customers: i16,
    /// How many come at most.
    pub max_customers: i16,
    /// How many of the staff each customer needs.
    pub staff_per_customer: i16,
    /// Whether it needs a room.
    pub needs_room: bool,
    /// What the room must have.
    pub room_features: Vec<String>,
    /// What the room must have besides if two come.
    pub room_features_for_two: Vec<String>,
    /// What it has otherwise than the business.
    pub policy: PolicyOverrides,
    /// What can be had with it.
    #[serde(rename = "addon_ids")]
    pub addons: Vec<Id<Addon>>,
    /// What is asked of customers before it.
    #[serde(rename = "form_ids")]
    pub forms: Vec<Id<Form>>,
}

impl ServiceTerms {
    /// A service of which nothing special is said.
    pub fn plain(
        category: Id<Category>,
        name: String,
        duration_minutes: i32,
        price_minor: i64,
    ) -> Self {
        Self {
            category,
            name,
            description: String::new(),
            duration_minutes,
            buffer_before_minutes: 0,
            buffer_after_minutes: 0,
            price_minor,
            price_for: PriceFor::Customer,
            deposit: Deposit::NONE,
            online: true,
            members_only: false,
            min_customers: 1,
            max_customers: 1,
            staff_per_customer: 1,
            needs_room: false,
            room_features: Vec::new(),
            room_features_for_two: Vec::new(),
            policy: PolicyOverrides::default(),
            addons: Vec::new(),
            forms: Vec::new(),
        }
    }
}

/// What may be changed; what is left out stays. Lists and groups are replaced whole.
#[derive(Debug, Clone, Default)]
#[expect(missing_docs, reason = "the fields are those of the terms")]
pub struct ServiceChange {
    pub category: Option<Id<Category>>,
    pub name: Option<String>,
    pub description: Option<String>,
    pub duration_minutes: Option<i32>,
    pub buffer_before_minutes: Option<i32>,
    pub buffer_after_minutes: Option<i32>,
    pub price_minor: Option<i64>,
    pub price_for: Option<PriceFor>,
    pub deposit: Option<Deposit>,
    pub online: Option<bool>,
    pub members_only: Option<bool>,
    pub min_customers: Option<i16>,
    pub max_customers: Option<i16>,
    pub staff_per_customer: Option<i16>,
    pub needs_room: Option<bool>,
    pub room_features: Option<Vec<String>>,
    pub room_features_for_two: Option<Vec<String>>,
    pub policy: Option<PolicyOverrides>,
    pub addons: Option<Vec<Id<Addon>>>,
    pub forms: Option<Vec<Id<Form>>>,
}

impl ServiceChange {
    /// What is said of the service with the change.
    pub fn over(self, now: ServiceTerms) -> ServiceTerms {
        ServiceTerms {
            category: self.category.unwrap_or(now.category),
            name: self.name.unwrap_or(now.name),
            description: self.description.unwrap_or(now.description),
            duration_minutes: self.duration_minutes.unwrap_or(now.duration_minutes),
            buffer_before_minutes: self.buffer_before_minutes.unwrap_or(now.buffer_before_minutes),
            buffer_after_minutes: self.buffer_after_minutes.unwrap_or(now.buffer_after_minutes),
            price_minor: self.price_minor.unwrap_or(now.price_minor),
            price_for: self.price_for.unwrap_or(now.price_for),
            deposit: self.deposit.unwrap_or(now.deposit),
            online: self.online.unwrap_or(now.online),
            members_only: self.members_only.unwrap_or(now.members_only),
            min_customers: self.min_customers.unwrap_or(now.min_customers),
            max_customers: self.max_customers.unwrap_or(now.max_customers),
            staff_per_customer: self.staff_per_customer.unwrap_or(now.staff_per_customer),
            needs_room: self.needs_room.unwrap_or(now.needs_room),
            room_features: self.room_features.unwrap_or(now.room_features),
            room_features_for_two: self.room_features_for_two.unwrap_or(now.room_features_for_two),
            policy: self.policy.unwrap_or(now.policy),
            addons: self.addons.unwrap_or(now.addons),
            forms: self.forms.unwrap_or(now.forms),
        }
    }
}

/// Which services can be meant: the terms as they are kept, and what is wrong with them.
pub(in crate::catalog) fn check(terms: ServiceTerms) -> (ServiceTerms, Faults) {
    let mut faults = Faults::new();
    let f = &mut faults;
    let kept = ServiceTerms {
        name: f.take("/name", text::line(&terms.name, 1, 120)).unwrap_or_default(),
        description: f
            .take("/description", text::prose(&terms.description, 0, 2000))
            .unwrap_or_default(),
        room_features: features(f, "/room_features", terms.room_features),
        room_features_for_two: features(f, "/room_features_for_two", terms.room_features_for_two),
        ..terms
    };
    f.take("/duration_minutes", between(kept.duration_minutes, 1, DAY));
    f.take("/buffer_before_minutes", between(kept.buffer_before_minutes, 0, 240));
    f.take("/buffer_after_minutes", between(kept.buffer_after_minutes, 0, 240));
    f.take("/price_minor", price(kept.price_minor));
    f.take("/addon_ids", count(&kept.addons, 0, 50));
    f.take("/form_ids", count(&kept.forms, 0, 10));
    check_deposit(f, kept.deposit, kept.price_minor);
    check_party(f, &kept);
    check_policy(f, kept.policy);
    (kept, faults)
}

fn check_deposit(f: &mut Faults, deposit: Deposit, price_minor: i64) {
    let most = match deposit.kind {
        DepositKind::None => 0,
        DepositKind::Fixed => price_minor,
        DepositKind::Percent => 100,
    };
    let least = i64::from(deposit.kind != DepositKind::None);
    let fits = match between(deposit.value, least, most) {
        // A sum may be asked for that is more than the price only by mistake.
        Err(_) if deposit.kind == DepositKind::Fixed && deposit.value > most => {
            Err(ValueFault::new("more_than_price", "This is more than the price."))
        }
        other => other,
    };
    f.take("/deposit/value", fits);
}

fn check_party(f: &mut Faults, terms: &ServiceTerms) {
    let least = f.take("/min_customers", between(terms.min_customers, 1, 2));
    let most = f.take("/max_customers", between(terms.max_customers, 1, 2));
    if least > most && most.is_some() {
        let detail = "This is fewer than come at least.";
        f.note("/max_customers", ValueFault::new("less_than_min", detail));
    }
    let staff = f.take("/staff_per_customer", between(terms.staff_per_customer, 0, 2));
    if staff == Some(0) && !terms.needs_room {
        let detail = "What needs no staff needs a room, or there is nothing to book.";
        f.note("/staff_per_customer", ValueFault::new("needs_nothing", detail));
    }
    for (field, features) in [
        ("/room_features", &terms.room_features),
        ("/room_features_for_two", &terms.room_features_for_two),
    ] {
        if !terms.needs_room && !features.is_empty() {
            let detail = "This asks something of a room, but no room is needed.";
            f.note(field, ValueFault::new("needs_no_room", detail));
        }
    }
}

fn check_policy(f: &mut Faults, policy: PolicyOverrides) {
    let mut bound = |name: &str, given: Option<i32>, min: i32, max: i32| {
        f.given(&format!("/policy/{name}"), given, |n| between(n, min, max));
    };
    bound("slot_step_minutes", policy.slot_step_minutes, 5, 240);
    bound("notice_minutes", policy.notice_minutes, 0, YEAR);
    bound("horizon_days", policy.horizon_days, 1, 730);
    bound("cancel_notice_minutes", policy.cancel_notice_minutes, 0, YEAR);
    bound("move_notice_minutes", policy.move_notice_minutes, 0, YEAR);
    bound("late_cancel_fee_percent", policy.late_cancel_fee_percent.map(i32::from), 0, 100);
    bound("no_show_fee_percent", policy.no_show_fee_percent.map(i32::from), 0, 100);
    bound("risk_from", policy.risk_from.map(i32::from), 0, 100);
    bound("risk_deposit_percent", policy.risk_deposit_percent.map(i32::from), 1, 100);
    let never = match (policy.notice_minutes, policy.horizon_days) {
        (Some(notice), Some(days)) => is_never(notice, days),
        _ => false,
    };
    if never {
        let detail = "This is longer than one can book ahead: nobody could ever book.";
        f.note("/policy/notice_minutes", ValueFault::new("beyond_horizon", detail));
    }
}

/// Whether what a service has otherwise goes with what the business has.
pub(in crate::catalog) fn check_under(f: &mut Faults, own: PolicyOverrides, shop: &Policy) {
    let detail = "Nobody could ever book: this doesn't go with the business's own rules.";
    match (own.notice_minutes, own.horizon_days) {
        (Some(notice), None) if is_never(notice, shop.horizon_days) => {
            f.note("/policy/notice_minutes", ValueFault::new("beyond_horizon", detail));
        }
        (None, Some(days)) if is_never(shop.notice_minutes, days) => {
            f.note("/policy/horizon_days", ValueFault::new("beyond_horizon", detail));
        }
        _ => {}
    }
    if own.verify_contact == Some(true) && shop.ask_email == Asked::Hidden {
        let detail = "The code goes to an e-mail address, which the business doesn't ask for.";
        f.note("/policy/verify_contact", ValueFault::new("needs_email", detail));
    }
}

fn features(f: &mut Faults, field: &str, typed: Vec<String>) -> Vec<String> {
    if f.take(field, count(&typed, 0, 20)).is_none() {
        return Vec::new();
    }
    let kept = typed
        .iter()
        .enumerate()
        .filter_map(|(place, feature)| f.take(&format!("{field}/{place}"), feature_name(feature)));
    once(kept.collect())
}
