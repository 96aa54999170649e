//! What was paid for the visits of a demo business, and its till at the end of each day. Nobody has an account for
//! cards there: deposits came in another way.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::book::Book;
use super::dice::Dice;
use super::house::midnight;
use super::life::Team;
use super::visits::Scene;
use crate::audit::Actor;
use crate::availability::day_at;
use crate::bookings::{Action, Entered, Status, Stood};
use crate::diary::Shop;
use crate::entropy::Entropy;
use crate::ids::{Id, LedgerLine, Payment, Refund, TillClose};
use crate::payments::{Paid, PaymentKind, PaymentState, RefundState, Way};
use crate::time::Instant;

/// What is about to be written down, and what came of it so far.
struct Till<'a> {
    payments: Vec<Value>,
    refunds: Vec<Value>,
    lines: Vec<Value>,
    entropy: &'a dyn Entropy,
    now: Instant,
    /// By place and day: all that was paid, and how much of it in cash; less what went back.
    days: BTreeMap<(Uuid, NaiveDate), (i64, i64)>,
}

/// Something that is paid.
struct Paying<'a> {
    way: Way,
    kind: PaymentKind,
    amount: i64,
    tip: i64,
    back: i64,
    at: Instant,
    by: &'a Actor,
}

/// Payments, the book, and the till of days that are over.
pub(super) fn write(
    scene: &Scene<'_>,
    visits: &[Entered<'_>],
    entropy: &dyn Entropy,
    dice: &mut Dice,
    book: &mut Book,
) {
    let mut till = Till {
        payments: Vec::new(),
        refunds: Vec::new(),
        lines: Vec::new(),
        entropy,
        now: scene.now,
        days: BTreeMap::new(),
    };
    for visit in visits {
        let Some(stood) = visit.stood() else { continue };
        let zone = (scene.places.iter())
            .find(|(_, shop)| shop.location == stood.location)
            .map_or(chrono_tz::UTC, |(_, shop)| shop.rules.zone);
        let day = |at: Instant| day_at(zone, at);
        till.visit(visit, &stood, &scene.team, &day, dice);
    }
    let closes: Vec<Value> =
        scene.places.iter().flat_map(|(_, shop)| till.closes(shop, &scene.team, dice)).collect();
    // Whoever is referred to comes first.
    for (table, rows) in [
        ("payments", till.payments),
        ("refunds", till.refunds),
        ("ledger", till.lines),
        ("till_closes", closes),
    ] {
        for row in rows {
            book.add(table, row);
        }
    }
}

/// A tip, as people round it.
fn tip(amount: i64, dice: &mut Dice) -> i64 {
    let share = dice.pick(&[0, 0, 0, 5, 10, 10, 15]).copied().unwrap_or(0);
    amount * share / 100 / 50 * 50
}

impl Till<'_> {
    fn visit(
        &mut self,
        visit: &Entered<'_>,
        stood: &Stood,
        team: &Team,
        day: &dyn Fn(Instant) -> NaiveDate,
        dice: &mut Dice,
    ) {
        let (bill, last) = (stood.bill, visit.story.last());
        let paid = visit.story.steps.iter().find(|step| step.action == Action::Pay);
        let deposit = paid.map_or(0, |_| bill.deposit_minor);
        let kept = Paid { paid_minor: deposit, ..Paid::default() };
        let earns = match bill.status {
            Status::Completed => Some("sales"),
            Status::NoShow | Status::Cancelled => Some("fees"),
            // Nothing is earned yet.
            _ => None,
        };
        let due = earns.map_or(0, |_| bill.due(&kept));
        if let Some(earns) = earns {
            self.line(stood, ("customers", earns), due, last, None, None);
        }
        if let Some(step) = paid.filter(|_| deposit > 0) {
            // Of what was called off, what isn't due went back.
            let over = bill.status == Status::Cancelled;
            let back = if over { (deposit - due).max(0) } else { 0 };
            let (way, kind) = (Way::Other, PaymentKind::Deposit);
            let deposit =
                Paying { way, kind, amount: deposit, tip: 0, back, at: step.at, by: &step.by };
            self.pay(stood, &deposit, last, day);
        }
        let paid_at = last + Duration::minutes(dice.between(1, 4));
        let rest = due - deposit;
        if bill.status == Status::Completed && rest > 0 && paid_at <= self.now {
            let way = *dice.pick(&[Way::Terminal, Way::Terminal, Way::Cash]).unwrap_or(&Way::Cash);
            let tip = tip(rest, dice);
            let (kind, amount) = (PaymentKind::Desk, rest + tip);
            let rest = Paying { way, kind, amount, tip, back: 0, at: paid_at, by: &team.desk };
            self.pay(stood, &rest, paid_at, day);
        }
    }

    fn pay(
        &mut self,
        stood: &Stood,
        paying: &Paying<'_>,
        back_at: Instant,
        day: &dyn Fn(Instant) -> NaiveDate,
    ) {
        let Paying { way, kind, amount, tip, back, at, by } = *paying;
        let id = Id::<Payment>::new(at, self.entropy).uuid();
        self.payments.push(json!({
            "id": id, "location_id": stood.location.uuid(), "appointment_id": stood.id.uuid(),
            "way": way.key(), "state": PaymentState::Paid.key(), "kind": kind.key(),
            "amount_minor": amount, "tip_minor": tip, "refunded_minor": back,
            "currency": stood.currency, "note": "", "taken_by": by.name,
            "here": false, "keeps_card": false,
            "created_at": at, "paid_at": at, "updated_at": if back > 0 { back_at } else { at },
        }));
        let account = way.key();
        self.line(stood, (account, "customers"), amount - tip, at, Some(id), None);
        self.line(stood, (account, "tips"), tip, at, Some(id), None);
        self.count(stood, way, amount, day(at));
        if back > 0 {
            let refund = Id::<Refund>::new(back_at, self.entropy).uuid();
            self.refunds.push(json!({
                "id": refund, "payment_id": id, "amount_minor": back,
                "state": RefundState::Done.key(), "reason": "", "given_by": by.name,
                "created_at": back_at, "done_at": back_at, "updated_at": back_at,
            }));
            self.line(stood, ("customers", account), back, back_at, Some(id), Some(refund));
            self.count(stood, way, -back, day(back_at));
        }
    }

    fn count(&mut self, stood: &Stood, way: Way, amount: i64, day: NaiveDate) {
        let (total, cash) = self.days.entry((stood.location.uuid(), day)).or_default();
        *total += amount;
        *cash += if way == Way::Cash { amount } else { 0 };
    }

    /// From the second account to the first.
    fn line(
        &mut self,
        stood: &Stood,
        (debit, credit): (&str, &str),
        amount: i64,
        at: Instant,
        payment: Option<Uuid>,
        refund: Option<Uuid>,
    ) {
        if amount <= 0 {
            return;
        }
        let id = Id::<LedgerLine>::new(at, self.entropy).uuid();
        self.lines.push(json!({
            "id": id, "at": at, "location_id": stood.location.uuid(), "debit": debit,
            "credit": credit, "amount_minor": amount, "currency": stood.currency,
            "appointment_id": stood.id.uuid(), "payment_id": payment, "refund_id": refund,
        }));
    }

    /// The till was counted at the end of each day; now and then a little was missing.
    fn closes(&self, shop: &Shop, team: &Team, dice: &mut Dice) -> Vec<Value> {
        let (zone, location) = (shop.rules.zone, shop.location.uuid());
        let today = day_at(zone, self.now);
        let over = self.days.iter().filter(|((at, day), _)| *at == location && *day < today);
        let row = |((_, day), (total, cash)): (&(Uuid, NaiveDate), &(i64, i64))| {
            let end = midnight(zone, day.succ_opt().unwrap_or(*day));
            let at = end - Duration::minutes(dice.between(5, 40));
            let missing = if dice.percent(12) { dice.between(1, 8) * 50 } else { 0 };
            json!({
                "id": Id::<TillClose>::new(at, self.entropy).uuid(), "location_id": location,
                "day": day, "currency": shop.currency, "total_minor": total,
                "cash_expected_minor": cash, "cash_counted_minor": (cash - missing).max(0),
                "note": "", "closed_by": team.desk.name, "closed_at": at,
            })
        };
        over.map(row).collect()
    }
}
