//! Visits that are entered whole, with the life that they had: for demo businesses, which begin with
//! weeks behind them. The engine places them, and they are worded, priced and kept as any other.

use chrono::{Duration, NaiveDate};
use serde_json::{Value, json};

use super::book::lines;
use super::paid::Stood;
use super::price::Costing;
use super::save::Takes;
use super::state::{Action, Status};
use super::terms::Terms;
use super::wanted::{Asker, Planned, Priced, Wanted, plan};
use crate::audit::Actor;
use crate::availability::{self, Assignment, Block, Busy, Slot, Span};
use crate::diary::{Asking, Policy, Shop};
use crate::entropy::Entropy;
use crate::ids::{Appointment, Customer, Id, Series, Tenant};
use crate::payments::Bill;
use crate::tenancy::{StoreError, SystemTx};
use crate::time::Instant;

/// Something that is wanted at one location.
#[derive(Debug)]
pub(crate) struct Entry<'a> {
    shop: &'a Shop,
    planned: Planned,
}

/// Who made it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Begun {
    /// A customer, who held the time first.
    Held,
    /// Staff, who book at once.
    Booked,
}

/// A step of its life.
#[derive(Debug, Clone)]
pub(crate) struct Taken {
    pub(crate) action: Action,
    pub(crate) at: Instant,
    pub(crate) by: Actor,
    pub(crate) reason: Option<String>,
}

/// Its life so far: the steps in their order.
#[derive(Debug, Clone)]
pub(crate) struct Story {
    pub(crate) begun: Begun,
    pub(crate) at: Instant,
    pub(crate) by: Actor,
    pub(crate) steps: Vec<Taken>,
}

/// A visit that has its place.
#[derive(Debug)]
pub(crate) struct Entered<'a> {
    entry: Entry<'a>,
    way: Assignment,
    priced: Priced,
    pub(crate) id: Id<Appointment>,
    pub(crate) customer: Option<Id<Customer>>,
    pub(crate) source: &'static str,
    /// The series that it belongs to, and its place there.
    pub(crate) series: Option<(Id<Series>, i16)>,
    pub(crate) note: String,
    pub(crate) staff_note: String,
    pub(crate) story: Story,
}

impl<'a> Entry<'a> {
    /// What is wanted, if it can be wanted there.
    pub(crate) fn of(shop: &'a Shop, wanted: &Wanted, asker: Asker) -> Option<Self> {
        Some(Self { shop, planned: plan(shop, wanted, asker, None).ok()? })
    }

    /// The starts of a day that can be had.
    pub(crate) fn starts(&self, busy: &Busy, day: NaiveDate, now: Instant) -> Vec<Slot> {
        availability::slots(&self.shop.rules, busy, &self.planned.visit, day..=day, now)
    }

    /// The rules that it is under.
    pub(crate) fn policy(&self) -> Policy {
        self.planned.policy
    }

    /// Gives it a place, as whoever asked first would have got it, for so many percent less; and the life that `story` tells
    /// of the time it has and of the deposit that is due.
    pub(crate) fn place(
        self,
        busy: &Busy,
        (start, booked_at): (Instant, Instant),
        percent: u8,
        entropy: &dyn Entropy,
        story: impl FnOnce(Span, i64) -> Story,
    ) -> Option<Entered<'a>> {
        let (rules, visit) = (&self.shop.rules, &self.planned.visit);
        let ways = availability::assignments(rules, busy, visit, start, booked_at).ok()?;
        let way = ways.into_iter().next()?;
        let costing = self.planned.lines.iter();
        let costing = costing.map(|line| Costing { service: line.service, addons: &line.addons });
        let priced = self.planned.price(self.shop, &way).reduced(percent, self.shop, costing);
        let story = story(Span { from: way.start, to: way.end }, priced.deposit);
        Some(Entered {
            entry: self,
            id: Id::new(story.at, entropy),
            way,
            priced,
            customer: None,
            source: "staff",
            series: None,
            note: String::new(),
            staff_note: String::new(),
            story,
        })
    }
}

impl Story {
    /// Where it begins.
    const fn first(&self) -> Status {
        match self.begun {
            Begun::Held => Status::Held,
            Begun::Booked => Status::Confirmed,
        }
    }

    /// Where it leads; nowhere, if a step can't be taken from where it stands.
    pub(crate) fn status(&self) -> Option<Status> {
        self.steps.iter().try_fold(self.first(), |status, step| status.after(step.action))
    }

    /// When the last step was taken.
    pub(crate) fn last(&self) -> Instant {
        self.steps.last().map_or(self.at, |step| step.at)
    }
}

impl Entered<'_> {
    /// What it takes, as long as it does.
    pub(crate) fn blocks(&self) -> impl Iterator<Item = Block> {
        let takes_time = self.story.status().is_some_and(Status::takes_time);
        self.way.takes.iter().filter(move |_| takes_time).map(|(resource, span)| Block {
            resource: *resource,
            span: *span,
            appointment: self.id,
            lapses_at: None,
        })
    }

    /// What its customer filled in or agreed to.
    pub(crate) fn forms(&self) -> &[Asking] {
        match self.story.begun {
            Begun::Held => &self.entry.planned.forms,
            Begun::Booked => &[],
        }
    }

    /// What it costs that it didn't take place.
    fn fee(&self, status: Status) -> i64 {
        let terms = Terms::from(self.entry.planned.policy);
        let price = (self.priced.total, &*self.entry.shop.currency);
        match (status, self.story.steps.last()) {
            (Status::Cancelled, Some(step)) if step.by.kind == "customer" => {
                terms.cancel_fee(self.way.start, step.at, price)
            }
            (Status::NoShow, _) => terms.no_show_fee(price),
            _ => 0,
        }
    }

    /// What it costs as it stands; nothing of a life that can't be.
    pub(crate) fn stood(&self) -> Option<Stood> {
        let status = self.story.status()?;
        let bill = Bill {
            status,
            price_minor: self.priced.total,
            deposit_minor: self.priced.deposit,
            fee_minor: self.fee(status),
        };
        let shop = self.entry.shop;
        let (location, currency) = (shop.location, shop.currency.clone());
        Some(Stood {
            id: self.id,
            location,
            currency,
            bill,
            asks_card: false,
            left_by_customer: false,
        })
    }

    fn row(&self, status: Status) -> Value {
        let (planned, shop) = (&self.entry.planned, self.entry.shop);
        let terms = Terms::from(planned.policy);
        let last = self.story.steps.last();
        let ended = last.filter(|_| status == Status::Cancelled);
        let by_customer = ended.is_some_and(|step| step.by.kind == "customer");
        let lapses_at = self.lapses_at(status);
        json!({
            "id": self.id.uuid(),
            "location_id": shop.location.uuid(),
            "status": status.key(),
            "version": self.story.steps.len() + 1,
            "starts_at": self.way.start,
            "ends_at": self.way.end,
            "customer_id": self.customer.map(Id::uuid),
            "party": planned.party,
            "title": planned.title,
            "package_id": planned.package.map(|(id, _)| id.uuid()),
            "price_minor": self.priced.total,
            "discount_minor": self.priced.discount,
            "currency": shop.currency,
            "deposit_minor": self.priced.deposit,
            "fee_minor": self.fee(status),
            "terms": terms,
            "source": self.source,
            "note": self.note,
            "staff_note": self.staff_note,
            "overridden": false,
            "series_id": self.series.map(|(id, _)| id.uuid()),
            "series_place": self.series.map(|(_, place)| place),
            "lapses_at": lapses_at,
            "code_tries": 0,
            "sequence": i32::from(ended.is_some()),
            "cancelled_by": ended.map(|_| if by_customer { "customer" } else { "staff" }),
            "cancel_reason": ended.and_then(|step| step.reason.clone()),
            "created_at": self.story.at,
            "updated_at": self.story.last(),
        })
    }

    /// Who was approved isn't there to pay at once: they get a day.
    fn lapses_at(&self, status: Status) -> Option<Instant> {
        status.kept_until(Some(self.story.last() + Duration::days(1)), self.way.start)
    }

    fn lines(&self) -> impl Iterator<Item = Value> {
        let Entry { shop, planned } = &self.entry;
        lines(shop, planned, &self.way, &self.priced).into_iter().map(|line| {
            let mut row = serde_json::to_value(line).unwrap_or_default();
            row["appointment_id"] = json!(self.id.uuid());
            row
        })
    }

    fn allocations(&self, status: Status) -> Vec<Value> {
        if !status.takes_time() {
            return Vec::new();
        }
        let lapses_at = self.lapses_at(status);
        let row = |(resource, span, kind): (uuid::Uuid, Span, &str)| {
            json!({
                "resource_id": resource,
                "blocked_from": span.from,
                "blocked_to": span.to,
                "appointment_id": self.id.uuid(),
                "location_id": self.entry.shop.location.uuid(),
                "kind": kind,
                "lapses_at": lapses_at,
                "overridden": false,
            })
        };
        Takes::of(&self.way).each().map(row).collect()
    }

    fn history(&self) -> Vec<Value> {
        let Story { begun, at, by, steps } = &self.story;
        let row = |version: usize,
                   at: Instant,
                   action,
                   from: Option<Status>,
                   to: Status,
                   by: &Actor,
                   reason| {
            json!({
                "appointment_id": self.id.uuid(),
                "version": version,
                "at": at,
                "action": action,
                "from_status": from.map(Status::key),
                "to_status": to.key(),
                "actor_kind": by.kind,
                "actor_id": by.id,
                "actor_name": by.name,
                "reason": reason,
                "details": {},
            })
        };
        let first = if *begun == Begun::Held { "held" } else { "booked" };
        let mut status = self.story.first();
        let mut rows = vec![row(1, *at, first, None, status, by, None)];
        for (version, step) in (2..).zip(steps) {
            let Some(to) = status.after(step.action) else { break };
            let (action, reason) = (step.action.key(), step.reason.clone());
            rows.push(row(version, step.at, action, Some(status), to, &step.by, reason));
            status = to;
        }
        rows
    }
}

/// Writes them, a statement a table. That no two of them want the same is the constraint's business,
/// as always.
pub(crate) async fn enter(
    tx: &SystemTx,
    tenant: Id<Tenant>,
    visits: &[Entered<'_>],
) -> Result<(), StoreError> {
    let (mut rows, mut parts) = (Vec::new(), [const { Vec::new() }; 3]);
    for visit in visits {
        let impossible = || StoreError::Unreadable(format!("the life of {}", visit.id));
        let status = visit.story.status().ok_or_else(impossible)?;
        rows.push(visit.row(status));
        parts[0].extend(visit.lines());
        parts[1].extend(visit.allocations(status));
        parts[2].extend(visit.history());
    }
    let [lines, allocations, history] = parts;
    tx.insert_rows(tenant, "appointments", rows).await?;
    tx.insert_rows(tenant, "appointment_lines", lines).await?;
    tx.insert_rows(tenant, "allocations", allocations).await?;
    tx.insert_rows(tenant, "appointment_history", history).await
}
