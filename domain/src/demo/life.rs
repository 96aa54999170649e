//! What became of a visit by now.

use chrono::Duration;

use super::data::Life;
use super::dice::Dice;
use crate::audit::Actor;
use crate::availability::Span;
use crate::bookings::{Action, Begun, Needs, Story, Taken};
use crate::tenancy::Principal;
use crate::time::Instant;

/// Whose hands there are.
#[derive(Debug, Clone)]
pub(super) struct Team {
    /// Says yes, and calls visits off.
    pub(super) manager: Actor,
    /// Books, and welcomes.
    pub(super) desk: Actor,
}

/// A visit, as far as its life depends on it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Moment {
    pub(super) span: Span,
    pub(super) booked_at: Instant,
    pub(super) begun: Begun,
    pub(super) walks_in: bool,
    pub(super) needs_approval: bool,
    pub(super) deposit: i64,
    /// How long before it can be called off for nothing.
    pub(super) cancel_notice: Duration,
}

/// A life that is being told.
struct Telling {
    story: Story,
    now: Instant,
}

impl Telling {
    /// The next step, if it was taken by now; never before the one before.
    fn then(&mut self, action: Action, at: Instant, by: &Actor, reason: Option<String>) -> bool {
        let at = at.max(self.story.last());
        if at > self.now {
            return false;
        }
        self.story.steps.push(Taken { action, at, by: by.clone(), reason });
        true
    }
}

/// Tells the life of a visit until now.
pub(super) fn story(
    life: &Life,
    team: &Team,
    moment: Moment,
    now: Instant,
    dice: &mut Dice,
) -> Story {
    let customer = Actor::from(&Principal::Visitor);
    let by = if moment.begun == Begun::Held { customer.clone() } else { team.desk.clone() };
    let story = Story { begun: moment.begun, at: moment.booked_at, by, steps: Vec::new() };
    let mut telling = Telling { story, now };
    let certain = match moment.begun {
        Begun::Booked => true,
        Begun::Held => ask(&mut telling, team, moment, dice),
    };
    if certain {
        go_on(&mut telling, life, team, moment, dice);
    }
    telling.story
}

/// From the hold to a visit that is certain; whether it is.
fn ask(telling: &mut Telling, team: &Team, moment: Moment, dice: &mut Dice) -> bool {
    let customer = Actor::from(&Principal::Visitor);
    let (now, coming) = (telling.now, moment.span.from > telling.now);
    let asked_at = moment.booked_at + Duration::minutes(dice.between(1, 6));
    if !moment.needs_approval {
        // Whoever has to pay at once did, or their time is another's.
        let needs = if moment.deposit > 0 { Needs::Payment } else { Needs::Nothing };
        telling.then(Action::Ask(needs), asked_at, &customer, None);
        return moment.deposit == 0 || telling.then(Action::Pay, asked_at, &paid(), None);
    }
    telling.then(Action::Ask(Needs::Approval), asked_at, &customer, None);
    if coming && dice.percent(20) {
        return false;
    }
    let latest = (moment.span.from - Duration::minutes(30)).min(now);
    let mut said_at = (asked_at + Duration::minutes(dice.between(10, 600))).min(latest);
    let unpaid = moment.deposit > 0 && coming && dice.percent(30);
    if unpaid {
        // They have a day for it, which isn't over.
        said_at = said_at.max(now - Duration::minutes(dice.between(15, 900)));
    }
    let needs = if moment.deposit > 0 { Needs::Payment } else { Needs::Nothing };
    telling.then(Action::Approve(needs), said_at, &team.manager, None);
    if moment.deposit == 0 {
        return true;
    }
    let paid_at = said_at + Duration::minutes(dice.between(5, 700));
    !unpaid && telling.then(Action::Pay, paid_at.min(latest), &paid(), None)
}

fn paid() -> Actor {
    Actor::from(&Principal::Worker { task: "payments" })
}

/// From what is certain to its end, as far as it has come.
fn go_on(telling: &mut Telling, life: &Life, team: &Team, moment: Moment, dice: &mut Dice) {
    let Span { from, to } = moment.span;
    let (now, minutes) = (telling.now, Duration::minutes);
    if !moment.walks_in && dice.percent(life.cancel_percent) {
        return call_off(telling, life, team, moment, dice);
    }
    if !moment.walks_in && to <= now && dice.percent(life.no_show_percent) {
        let waited = minutes(dice.between(10, 20)).min(to - from);
        telling.then(Action::MissOut, from + waited, &team.desk, None);
        return;
    }
    let came_at =
        if moment.walks_in { moment.booked_at } else { from - minutes(dice.between(0, 9)) };
    let began_at = from + minutes(dice.between(0, 3));
    let done_at = to + minutes(dice.between(0, 4));
    let _ = telling.then(Action::CheckIn, came_at, &team.desk, None)
        && telling.then(Action::Start, began_at, &team.desk, None)
        && telling.then(Action::Complete, done_at, &team.desk, None);
}

/// Somewhere between the booking and the visit.
fn call_off(telling: &mut Telling, life: &Life, team: &Team, moment: Moment, dice: &mut Dice) {
    let since = telling.story.last();
    let left = (moment.span.from.min(telling.now) - since).num_minutes();
    let Some(left) = u32::try_from(left).ok().filter(|left| *left > 2) else { return };
    let at = since + Duration::minutes(dice.between(1, left - 1));
    // What is too late for a customer is for staff to do.
    let in_time = at <= moment.span.from - moment.cancel_notice;
    let by_customer = in_time && dice.percent(75);
    let reason = dice.pick(&life.reasons).cloned().filter(|_| !by_customer || dice.percent(50));
    let by = if by_customer { Actor::from(&Principal::Visitor) } else { team.manager.clone() };
    telling.then(Action::Cancel, at, &by, reason);
}
