//! The rules under which a business lets itself be booked. A service may have some of them
//! otherwise.

mod entity;
mod services;
#[cfg(test)]
mod tests;
mod words;

use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, QuerySelect};

use crate::audit::{Change, NewEntry};
use crate::availability::Alignment;
use crate::config;
use crate::fault::{Faults, ValueFault, refusals};
use crate::ids::{Id, Tenant};
use crate::outbox::NewEvent;
use crate::patch::Patch;
use crate::tenancy::{StoreError, SystemTx, TenantTx};

pub(crate) use services::{OwnStarts, own_starts};
pub use words::{Asked, RiskAsks, WaitlistOrder};

refusals! {
    /// Why a policy can't be read or changed.
    PolicyError {}
}

/// Nobody has to decide more than a year ahead.
const LONGEST_NOTICE: i32 = 366 * 24 * 60;

/// The rules of a business.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own")]
pub struct Policy {
    /// Minutes between the starts of visits.
    pub slot_step_minutes: i32,
    /// Where the starts lie.
    pub alignment: Alignment,
    /// Minutes between now and the first start that can be had.
    pub notice_minutes: i32,
    /// How many days ahead one can book.
    pub horizon_days: i32,
    /// Until how many minutes before a visit it can be cancelled.
    pub cancel_notice_minutes: i32,
    /// Until how many minutes before a visit it can be moved.
    pub move_notice_minutes: i32,
    /// What a late cancellation costs, in percent of the price.
    pub late_cancel_fee_percent: i16,
    /// What it costs not to come, in percent of the price.
    pub no_show_fee_percent: i16,
    /// Whether somebody of the shop confirms each visit.
    pub needs_approval: bool,
    /// Whether a customer proves the address with a code before the visit is theirs.
    pub verify_contact: bool,
    /// Whether a customer who books online leaves a card before the visit is theirs.
    pub ask_card: bool,
    /// From how many points of risk on something more is asked of who books online; empty: never.
    pub risk_from: Option<i16>,
    /// What that is.
    pub risk_asks: RiskAsks,
    /// How much of the price is paid before, if it is a deposit.
    pub risk_deposit_percent: i16,
    /// Whether an e-mail address is asked for.
    pub ask_email: Asked,
    /// Whether a telephone number is asked for.
    pub ask_phone: Asked,
    /// Whether a note is asked for.
    pub ask_note: bool,
    /// Who of the waiting list is asked first.
    pub waitlist_order: WaitlistOrder,
    /// Grows with each change.
    pub version: i32,
}

/// What may be changed.
#[derive(Debug, Clone, Default)]
pub struct PolicyChange {
    /// Minutes between the starts of visits.
    pub slot_step_minutes: Option<i32>,
    /// Where the starts lie.
    pub alignment: Option<Alignment>,
    /// Minutes between now and the first start that can be had.
    pub notice_minutes: Option<i32>,
    /// How many days ahead one can book.
    pub horizon_days: Option<i32>,
    /// Until how many minutes before a visit it can be cancelled.
    pub cancel_notice_minutes: Option<i32>,
    /// Until how many minutes before a visit it can be moved.
    pub move_notice_minutes: Option<i32>,
    /// What a late cancellation costs, in percent of the price.
    pub late_cancel_fee_percent: Option<i16>,
    /// What it costs not to come, in percent of the price.
    pub no_show_fee_percent: Option<i16>,
    /// Whether somebody of the shop confirms each visit.
    pub needs_approval: Option<bool>,
    /// Whether a customer proves the address with a code before the visit is theirs.
    pub verify_contact: Option<bool>,
    /// Whether a customer who books online leaves a card before the visit is theirs.
    pub ask_card: Option<bool>,
    /// From how many points of risk on something more is asked of who books online.
    pub risk_from: Patch<i16>,
    /// What that is.
    pub risk_asks: Option<RiskAsks>,
    /// How much of the price is paid before, if it is a deposit.
    pub risk_deposit_percent: Option<i16>,
    /// Whether an e-mail address is asked for.
    pub ask_email: Option<Asked>,
    /// Whether a telephone number is asked for.
    pub ask_phone: Option<Asked>,
    /// Whether a note is asked for.
    pub ask_note: Option<bool>,
    /// Who of the waiting list is asked first.
    pub waitlist_order: Option<WaitlistOrder>,
}

impl TryFrom<entity::Model> for Policy {
    type Error = StoreError;

    fn try_from(row: entity::Model) -> Result<Self, StoreError> {
        Ok(Self {
            slot_step_minutes: row.slot_step_minutes,
            alignment: Alignment::stored(&row.alignment)?,
            notice_minutes: row.notice_minutes,
            horizon_days: row.horizon_days,
            cancel_notice_minutes: row.cancel_notice_minutes,
            move_notice_minutes: row.move_notice_minutes,
            late_cancel_fee_percent: row.late_cancel_fee_percent,
            no_show_fee_percent: row.no_show_fee_percent,
            needs_approval: row.needs_approval,
            verify_contact: row.verify_contact,
            ask_card: row.ask_card,
            risk_from: row.risk_from,
            risk_asks: RiskAsks::stored(&row.risk_asks)?,
            risk_deposit_percent: row.risk_deposit_percent,
            ask_email: Asked::stored(&row.ask_email)?,
            ask_phone: Asked::stored(&row.ask_phone)?,
            ask_note: row.ask_note,
            waitlist_order: WaitlistOrder::stored(&row.waitlist_order)?,
            version: row.version,
        })
    }
}

/// The rules of the caller's business.
pub async fn read(tx: &TenantTx) -> Result<Policy, PolicyError> {
    let found = entity::Entity::find_by_id(tx.tenant().uuid()).one(tx.conn()).await?;
    Ok(found.ok_or(PolicyError::NotFound)?.try_into()?)
}

/// The same, which stay as they are until the end of the transaction.
pub(crate) async fn read_still(tx: &TenantTx) -> Result<Policy, StoreError> {
    let found = entity::Entity::find_by_id(tx.tenant().uuid()).lock_shared().one(tx.conn()).await?;
    let missing = || StoreError::Unreadable(format!("{} has no booking rules", tx.tenant()));
    found.ok_or_else(missing)?.try_into()
}

/// The rules as they are, and as they would be: nothing is changed.
pub(crate) async fn wished(
    tx: &TenantTx,
    change: &PolicyChange,
) -> Result<(Policy, Policy), PolicyError> {
    let before = read(tx).await?;
    let after = check(&before, change)?;
    services::check(tx, &before, &after).await?;
    Ok((before, after))
}

/// Whether one would have to book earlier than one can: then nobody ever could.
pub(crate) const fn is_never(notice_minutes: i32, horizon_days: i32) -> bool {
    notice_minutes > horizon_days.saturating_add(1).saturating_mul(24 * 60)
}

/// Changes the rules; `seen` is the version that the caller knows. Visits that were booked keep the
/// rules under which they were.
pub async fn update(
    tx: &mut TenantTx,
    seen: i64,
    change: &PolicyChange,
) -> Result<Policy, PolicyError> {
    let found =
        entity::Entity::find_by_id(tx.tenant().uuid()).lock_exclusive().one(tx.conn()).await?;
    let before = Policy::try_from(found.ok_or(PolicyError::NotFound)?)?;
    let after = check(&before, change)?;
    if i64::from(before.version) != seen {
        return Err(PolicyError::Stale);
    }
    services::check(tx, &before, &after).await?;
    let mut row = stored(tx.tenant(), &after);
    row.updated_at = Set(tx.now());
    row.update(tx.conn()).await?;
    let entry = NewEntry::new("policy.updated", "policy").on(tx.tenant(), "Booking rules");
    tx.record(entry.changed(changes(&before, &after)));
    tx.touch().rules();
    tx.emit(NewEvent::new("policy.updated", &serde_json::json!({ "id": tx.tenant() })));
    Ok(after)
}

/// Writes the rules of a business that is just being founded.
pub(crate) async fn put_in_place(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    kit: config::BookingPolicy,
) -> Result<(), StoreError> {
    /// The database counts with a sign.
    fn signed(number: u32) -> i32 {
        i32::try_from(number).unwrap_or(i32::MAX)
    }
    let cancel_notice_minutes = signed(kit.cancel_notice_hours.saturating_mul(60));
    let policy = Policy {
        slot_step_minutes: signed(kit.step_minutes),
        alignment: Alignment::Clock,
        notice_minutes: signed(kit.notice_minutes),
        horizon_days: signed(kit.horizon_days),
        cancel_notice_minutes,
        // Who could still cancel might as well move.
        move_notice_minutes: cancel_notice_minutes,
        late_cancel_fee_percent: 0,
        no_show_fee_percent: 0,
        needs_approval: kit.approval,
        verify_contact: false,
        ask_card: false,
        risk_from: None,
        risk_asks: RiskAsks::Approval,
        risk_deposit_percent: 50,
        ask_email: Asked::Required,
        ask_phone: Asked::Optional,
        ask_note: true,
        waitlist_order: WaitlistOrder::FirstCome,
        version: 1,
    };
    let mut row = stored(tenant, &policy);
    row.updated_at = Set(tx.now());
    insert(tx.conn(), row).await
}

async fn insert(conn: &impl ConnectionTrait, row: entity::ActiveModel) -> Result<(), StoreError> {
    entity::Entity::insert(row).exec_without_returning(conn).await?;
    Ok(())
}

fn stored(tenant: Id<Tenant>, policy: &Policy) -> entity::ActiveModel {
    entity::ActiveModel {
        tenant_id: Set(tenant.uuid()),
        slot_step_minutes: Set(policy.slot_step_minutes),
        alignment: Set(policy.alignment.key().to_owned()),
        notice_minutes: Set(policy.notice_minutes),
        horizon_days: Set(policy.horizon_days),
        cancel_notice_minutes: Set(policy.cancel_notice_minutes),
        move_notice_minutes: Set(policy.move_notice_minutes),
        late_cancel_fee_percent: Set(policy.late_cancel_fee_percent),
        no_show_fee_percent: Set(policy.no_show_fee_percent),
        needs_approval: Set(policy.needs_approval),
        verify_contact: Set(policy.verify_contact),
        ask_card: Set(policy.ask_card),
        risk_from: Set(policy.risk_from),
        risk_asks: Set(policy.risk_asks.key().to_owned()),
        risk_deposit_percent: Set(policy.risk_deposit_percent),
        ask_email: Set(policy.ask_email.key().to_owned()),
        ask_phone: Set(policy.ask_phone.key().to_owned()),
        ask_note: Set(policy.ask_note),
        waitlist_order: Set(policy.waitlist_order.key().to_owned()),
        version: Set(policy.version),
        ..Default::default()
    }
}

fn changes(before: &Policy, after: &Policy) -> [Change; 18] {
    macro_rules! change {
        ($field:ident) => {
            Change::of(stringify!($field), before.$field, after.$field)
        };
        ($field:ident key) => {
            Change::of(stringify!($field), before.$field.key(), after.$field.key())
        };
    }
    [
        change!(slot_step_minutes),
        change!(alignment key),
        change!(notice_minutes),
        change!(horizon_days),
        change!(cancel_notice_minutes),
        change!(move_notice_minutes),
        change!(late_cancel_fee_percent),
        change!(no_show_fee_percent),
        change!(needs_approval),
        change!(verify_contact),
        change!(ask_card),
        change!(risk_from),
        change!(risk_asks key),
        change!(risk_deposit_percent),
        change!(ask_email key),
        change!(ask_phone key),
        change!(ask_note),
        change!(waitlist_order key),
    ]
}

/// Which rules can be meant: what there is after the change.
fn check(before: &Policy, change: &PolicyChange) -> Result<Policy, PolicyError> {
    let mut faults = Faults::new();
    let number = |least: i32, most: i32| {
        move |number: i32| {
            let fits = (least..=most).contains(&number).then_some(number);
            fits.ok_or_else(|| {
                ValueFault::new("out_of_range", format!("Between {least} and {most}, please."))
            })
        }
    };
    let percent = |fee: i16| {
        let fits = (0..=100).contains(&fee).then_some(fee);
        fits.ok_or_else(|| ValueFault::new("out_of_range", "Between 0 and 100 percent, please."))
    };
    let up_to_100 = |least: i16, what: &'static str| {
        move |number: i16| {
            let fits = (least..=100).contains(&number).then_some(number);
            fits.ok_or_else(|| {
                ValueFault::new("out_of_range", format!("Between {least} and 100{what}, please."))
            })
        }
    };
    let risk_from = match change.risk_from {
        Patch::Put(from) => {
            faults.take("/risk_from", up_to_100(1, "")(from));
            Some(from)
        }
        other => other.after(before.risk_from),
    };
    macro_rules! checked {
        ($field:ident, $check:expr) => {
            faults
                .given(concat!("/", stringify!($field)), change.$field, $check)
                .unwrap_or(before.$field)
        };
    }
    let after = Policy {
        slot_step_minutes: checked!(slot_step_minutes, number(5, 240)),
        alignment: change.alignment.unwrap_or(before.alignment),
        notice_minutes: checked!(notice_minutes, number(0, LONGEST_NOTICE)),
        horizon_days: checked!(horizon_days, number(1, 730)),
        cancel_notice_minutes: checked!(cancel_notice_minutes, number(0, LONGEST_NOTICE)),
        move_notice_minutes: checked!(move_notice_minutes, number(0, LONGEST_NOTICE)),
        late_cancel_fee_percent: checked!(late_cancel_fee_percent, percent),
        no_show_fee_percent: checked!(no_show_fee_percent, percent),
        needs_approval: change.needs_approval.unwrap_or(before.needs_approval),
        verify_contact: change.verify_contact.unwrap_or(before.verify_contact),
        ask_card: change.ask_card.unwrap_or(before.ask_card),
        risk_from,
        risk_asks: change.risk_asks.unwrap_or(before.risk_asks),
        risk_deposit_percent: checked!(risk_deposit_percent, up_to_100(1, " percent")),
        ask_email: change.ask_email.unwrap_or(before.ask_email),
        ask_phone: change.ask_phone.unwrap_or(before.ask_phone),
        ask_note: change.ask_note.unwrap_or(before.ask_note),
        waitlist_order: change.waitlist_order.unwrap_or(before.waitlist_order),
        version: before.version + 1,
    };
    if faults.is_empty() && is_never(after.notice_minutes, after.horizon_days) {
        let detail = "This is longer than one can book ahead: nobody could ever book.";
        faults.note("/notice_minutes", ValueFault::new("beyond_horizon", detail));
    }
    if after.ask_email == Asked::Hidden && after.ask_phone == Asked::Hidden {
        let detail = "Ask for an address or a number: somebody must be reached.";
        faults.note("/ask_phone", ValueFault::new("unreachable", detail));
    }
    if after.verify_contact && after.ask_email == Asked::Hidden {
        let detail = "The code goes to an e-mail address: ask for one.";
        faults.note("/verify_contact", ValueFault::new("needs_email", detail));
    }
    if faults.is_empty() { Ok(after) } else { Err(faults.into()) }
}
