//! Who walks in: weeks of it that are over, from which waits and paces are known, and a line that
//! stands there now, whatever time of the day it is.

use std::collections::HashMap;

use chrono::{Datelike, Duration, NaiveDate};
use serde_json::{Value, json};

use super::book::Book;
use super::data::{Place, Shop as Data};
use super::dice::Dice;
use super::house::midnight;
use super::life::Team;
use crate::audit::Actor;
use crate::availability::{StaffRules, day_at};
use crate::diary::{Offer, Shop};
use crate::ids::{Id, QueueEntry, Service, StaffMember};
use crate::queue::estimate::Pace;
use crate::queue::{LONGEST_SERVED, Source, State, Step, ticket_code};
use crate::tenancy::{Principal, StoreError, SystemTx};
use crate::time::Instant;

/// Days of walk-ins behind today.
const BACK: i64 = 14;
/// Between two numbers in a line.
const GAP: i64 = 1 << 20;
/// How fast the staff are beside the menu, in percent, in the shop's order.
const PACES: [i64; 4] = [88, 104, 96, 115];

/// One who walked in.
#[derive(Debug, Clone)]
struct Walk {
    code: String,
    day: NaiveDate,
    name: String,
    service: Id<Service>,
    wanted: Option<Id<StaffMember>>,
    source: Source,
    /// P50 and P90 of what they were told, in minutes.
    quoted: (i64, i64),
    steps: Vec<(Step, State, Instant)>,
    staff: Option<Id<StaffMember>>,
    rank: i64,
}

struct Line<'a> {
    data: &'a Data,
    shop: &'a Shop,
    team: &'a Team,
    services: Vec<(Id<Service>, &'a Offer)>,
}

/// Writes the lines of all places that have one.
pub(super) fn write(
    tx: &SystemTx,
    data: &Data,
    places: &[(&Place, &Shop)],
    team: &Team,
    dice: &mut Dice,
    book: &mut Book,
) -> Result<(), StoreError> {
    let mut paces = HashMap::new();
    for (place, shop) in places.iter().filter(|(place, _)| place.walk_ins_a_day > 0) {
        let mut services: Vec<_> = (shop.services.iter())
            .filter(|(_, offer)| offer.online && !offer.members_only && offer.min_customers == 1)
            .map(|(id, offer)| (*id, offer))
            .collect();
        services.sort_unstable_by_key(|(id, _)| *id);
        let line = Line { data, shop, team, services };
        let today = day_at(shop.rules.zone, tx.now());
        let mut walks = Vec::new();
        for back in (1..=BACK).rev() {
            // By the place's own clock: the business may have its day change at another hour.
            walks.extend(line.day(today - Duration::days(back), place, &mut paces, dice));
        }
        let now = line.now(tx.now(), dice);
        let tickets = now.len();
        walks.extend(now);
        book.add(
            "queues",
            json!({
                "location_id": shop.location.uuid(), "open": true, "capacity": 20,
                "services": [], "expires_minutes": 240, "ticket_day": today,
                "last_ticket": tickets, "version": 1, "updated_at": tx.now(),
            }),
        );
        for staff in line.at_work(today) {
            book.add(
                "queue_staff",
                json!({
                    "location_id": shop.location.uuid(), "staff_id": staff.id.uuid(),
                    "since": tx.now() - Duration::hours(2),
                }),
            );
        }
        for walk in walks {
            line.put(tx, &walk, book)?;
        }
    }
    let mut paces: Vec<_> = paces.into_iter().collect();
    paces.sort_unstable_by_key(|(of, _)| *of);
    for ((service, staff), pace) in paces {
        let Pace { n, mean, m2 } = pace;
        book.add(
            "service_pace",
            json!({
                "service_id": service.uuid(), "staff_id": staff.uuid(), "n": n, "mean": mean,
                "m2": m2, "updated_at": tx.now(),
            }),
        );
    }
    Ok(())
}

type Paces = HashMap<(Id<Service>, Id<StaffMember>), Pace>;

impl Line<'_> {
    /// Who is at work on a day; if nobody is, whoever ever works here: the line is there to be looked
    /// at on any day.
    fn at_work(&self, date: NaiveDate) -> Vec<&StaffRules> {
        let weekday = date.weekday().num_days_from_monday() as usize;
        let works = |staff: &&StaffRules| !staff.hours.0[weekday].is_empty();
        let today: Vec<_> = self.shop.rules.staff.iter().filter(works).collect();
        if !today.is_empty() {
            return today;
        }
        let ever = |staff: &&StaffRules| staff.hours.0.iter().any(|day| !day.is_empty());
        self.shop.rules.staff.iter().filter(ever).collect()
    }

    /// What somebody of these does, picked by chance.
    fn wish(&self, staff: &[&StaffRules], dice: &mut Dice) -> Option<(Id<Service>, i64)> {
        let done = |(id, _): &&(Id<Service>, &Offer)| {
            staff.iter().any(|staff| staff.skills.contains_key(id))
        };
        let offered: Vec<_> = self.services.iter().filter(done).collect();
        dice.pick(&offered).map(|(id, offer)| (*id, i64::from(offer.minutes)))
    }

    fn name(&self, dice: &mut Dice) -> String {
        dice.pick(&self.data.life.walk_ins).cloned().unwrap_or_else(|| "Walk-in".to_owned())
    }

    /// A day that is over, minute by minute from its opening.
    fn day(&self, date: NaiveDate, place: &Place, paces: &mut Paces, dice: &mut Dice) -> Vec<Walk> {
        let weekday = date.weekday().num_days_from_monday() as usize;
        let Some(open) = self.shop.rules.hours.0[weekday].first() else { return Vec::new() };
        let staff = self.at_work(date);
        let midnight = midnight(self.shop.rules.zone, date);
        let at = |minute: i64| midnight + Duration::minutes(minute);
        let (opens, closes) = (i64::from(open.opens), i64::from(open.closes));
        let usual = place.walk_ins_a_day;
        let many = dice.between(usual - usual / 4, usual + usual / 4);
        let long = u32::try_from(closes - opens - 60).unwrap_or(60);
        let mut came: Vec<i64> = (0..many).map(|_| opens + dice.between(0, long)).collect();
        came.sort_unstable();
        // When each is free: in fact, and as the menu would have it.
        let mut free = vec![(opens, opens); staff.len()];
        let mut walks = Vec::new();
        for (number, came) in (1..).zip(came) {
            let Some((service, menu)) = self.wish(&staff, dice) else { continue };
            let able = |place: &usize| staff[*place].skills.contains_key(&service);
            let can: Vec<usize> = (0..staff.len()).filter(able).collect();
            let wanted = dice.percent(20).then(|| dice.pick(&can).copied()).flatten();
            let first = can.iter().copied().min_by_key(|place| free[*place].0);
            let Some(by) = wanted.or(first) else { continue };
            let said = (free[by].1 - came).max(0);
            let turn = (free[by].0 + 1).max(came);
            let mut walk = Walk {
                code: ticket_code(number),
                day: date,
                name: self.name(dice),
                service,
                wanted: wanted.map(|place| staff[place].id),
                source: source(dice),
                quoted: (said, said * 3 / 2 + 5),
                steps: vec![(Step::Join, State::Waiting, at(came))],
                staff: None,
                rank: i64::from(number) * GAP,
            };
            if turn - came > 40 && dice.percent(35) {
                let gone = came + dice.between(20, 40);
                walk.steps.push((Step::Leave, State::Left, at(gone)));
                walks.push(walk);
                continue;
            }
            walk.staff = Some(staff[by].id);
            walk.steps.push((Step::Call, State::Called, at(turn)));
            if dice.percent(4) {
                walk.steps.push((Step::MissOut, State::NoShow, at(turn + 4)));
                free[by].0 = turn + 4;
                walks.push(walk);
                continue;
            }
            let pace = PACES[by % PACES.len()];
            let minutes = (menu * pace * dice.between(75, 128) / 10_000).max(3);
            walk.steps.push((Step::Start, State::Serving, at(turn + 1)));
            walk.steps.push((Step::Finish, State::Done, at(turn + 1 + minutes)));
            free[by] = (turn + 1 + minutes, free[by].1.max(came) + menu);
            let learned = paces.entry((service, staff[by].id)).or_default();
            let minutes = i32::try_from(minutes).unwrap_or(i32::MAX);
            learned.observe(f64::from(i32::try_from(menu).unwrap_or(1)), f64::from(minutes));
            walks.push(walk);
        }
        walks
    }

    /// A line as it may stand at any moment: some were here, one was called and didn't come, each of
    /// the staff serves somebody or has called them, and some wait.
    fn now(&self, now: Instant, dice: &mut Dice) -> Vec<Walk> {
        let today = day_at(self.shop.rules.zone, now);
        let staff = self.at_work(today);
        let ago = |minutes: i64| now - Duration::minutes(minutes);
        let mut walks: Vec<Walk> = Vec::new();
        let mut join = |walks: &mut Vec<Walk>, joined: i64, quoted: i64| {
            let Some((service, _)) = self.wish(&staff, dice) else { return };
            let number = i32::try_from(walks.len() + 1).unwrap_or(i32::MAX);
            walks.push(Walk {
                code: ticket_code(number),
                day: today,
                name: self.name(dice),
                service,
                wanted: None,
                source: source(dice),
                quoted: (quoted, quoted * 3 / 2 + 5),
                steps: vec![(Step::Join, State::Waiting, ago(joined))],
                staff: None,
                rank: i64::from(number) * GAP,
            });
        };
        // Who was here.
        for (joined, quoted) in [(118, 10), (110, 20), (95, 35)] {
            join(&mut walks, joined, quoted);
        }
        let ends = [
            vec![(Step::Call, State::Called, 104), (Step::Start, State::Serving, 103)],
            vec![(Step::Call, State::Called, 92), (Step::MissOut, State::NoShow, 88)],
            vec![(Step::Leave, State::Left, 70)],
        ];
        for (walk, steps) in walks.iter_mut().zip(ends) {
            let called = steps.iter().any(|(step, ..)| *step == Step::Call);
            walk.staff = able(&staff, walk.service).filter(|_| called);
            walk.steps.extend(steps.into_iter().map(|(step, state, at)| (step, state, ago(at))));
        }
        if let Some(first) = walks.first_mut() {
            first.steps.push((Step::Finish, State::Done, ago(74)));
        }
        // Who is in the chairs, and who was just called.
        for (place, one) in staff.iter().enumerate() {
            let began = 9 + 8 * i64::try_from(place).unwrap_or(0);
            join(&mut walks, began + 31, 25);
            let Some(walk) = walks.last_mut() else { continue };
            walk.staff = Some(one.id);
            if let Some(service) = self.services.iter().find(|(id, _)| one.skills.contains_key(id))
            {
                walk.service = service.0;
            }
            if place > 0 && place + 1 == staff.len() {
                walk.steps.push((Step::Call, State::Called, ago(1)));
            } else {
                walk.steps.push((Step::Call, State::Called, ago(began + 1)));
                walk.steps.push((Step::Start, State::Serving, ago(began)));
            }
        }
        // Who waits: the second for one of them and nobody else.
        for (place, joined) in (0..).zip([24, 17, 11, 3]) {
            join(&mut walks, joined, 20 + 15 * place);
        }
        let waiting = walks.len().saturating_sub(3);
        if let Some(walk) = walks.get_mut(waiting) {
            walk.wanted = able(&staff, walk.service);
        }
        walks
    }

    fn put(&self, tx: &SystemTx, walk: &Walk, book: &mut Book) -> Result<(), StoreError> {
        let id = tx.new_id::<QueueEntry>().uuid();
        let missing = || StoreError::Unreadable(format!("demo data: the service of {}", walk.name));
        let (_, offer) =
            self.services.iter().find(|(id, _)| *id == walk.service).ok_or_else(missing)?;
        let when = |step: Step| {
            let found = walk.steps.iter().rev().find(|(one, ..)| *one == step);
            found.map(|(.., at)| *at)
        };
        let (_, state, last) = *walk.steps.last().ok_or_else(missing)?;
        let joined = when(Step::Join).unwrap_or(last);
        let of_staff = walk.staff.and_then(|staff| self.shop.people.get(&staff));
        let (p50, p90) = walk.quoted;
        // As if somebody had pressed it all.
        let forgotten_at = match state {
            State::Serving => when(Step::Start).map(|at| at + LONGEST_SERVED),
            _ => state.is_in_line().then(|| joined + Duration::minutes(240)),
        };
        book.add(
            "queue_entries",
            json!({
                "id": id, "location_id": self.shop.location.uuid(), "day": walk.day,
                "code": walk.code, "state": state.key(), "rank": walk.rank, "name": walk.name,
                "phone": null, "locale": self.shop.locale, "party": 1,
                "services": [{ "id": walk.service, "name": offer.name, "minutes": offer.minutes,
                               "price_minor": offer.price_minor }],
                "staff_wanted": walk.wanted.map(Id::uuid), "staff_id": walk.staff.map(Id::uuid),
                "staff_name": of_staff.map(|one| one.name.as_str()), "customer_id": null,
                "appointment_id": null, "due_at": null, "source": walk.source.key(), "note": "",
                "token_hash": null, "quoted_low": p50 / 5 * 5 * 60, "quoted_p50": p50 * 60,
                "quoted_p90": p90 * 60, "joined_at": joined, "here_at": joined,
                "next_at": when(Step::Call), "called_at": when(Step::Call),
                "first_called_at": when(Step::Call), "started_at": when(Step::Start),
                "ended_at": (!state.is_open()).then_some(last),
                "expires_at": forgotten_at, "passes": 0,
                "learned": state == State::Done, "version": walk.steps.len(), "updated_at": last,
            }),
        );
        let mut from: Option<State> = None;
        for (version, (step, to, at)) in (1..).zip(&walk.steps) {
            let Actor { kind, id: actor, name } = self.hand(*step, walk.source);
            let row: Value = json!({
                "entry_id": id, "version": version, "at": at, "action": step.key(),
                "from_state": from.map(State::key), "to_state": to.key(), "actor_kind": kind,
                "actor_id": actor, "actor_name": name, "staff_id": walk.staff.map(Id::uuid),
                "reason": null,
            });
            book.add("queue_history", row);
            from = Some(*to);
        }
        Ok(())
    }

    /// Customers come and go by themselves, unless the desk puts them in; everything else is staff's.
    fn hand(&self, step: Step, source: Source) -> Actor {
        match step {
            Step::Join if source == Source::Desk => self.team.desk.clone(),
            Step::Join | Step::Leave => Actor::from(&Principal::Visitor),
            _ => self.team.desk.clone(),
        }
    }
}

fn source(dice: &mut Dice) -> Source {
    let sources = [Source::Public, Source::Public, Source::Kiosk, Source::Desk];
    dice.pick(&sources).copied().unwrap_or(Source::Desk)
}

/// The first of them who does this.
fn able(staff: &[&StaffRules], service: Id<Service>) -> Option<Id<StaffMember>> {
    staff.iter().find(|staff| staff.skills.contains_key(&service)).map(|staff| staff.id)
}
