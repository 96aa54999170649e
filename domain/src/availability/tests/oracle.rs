//! What can be had, minute by minute, straight from what the words mean and with no thought of speed.
//! It shares nothing with the engine but the words.

mod ways;

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Datelike, Duration, NaiveDate, NaiveTime, Offset, TimeZone};
use uuid::Uuid;

pub(super) use ways::Way;

use super::scenarios::Scenario;
use crate::availability::*;
use crate::time::Instant;

const DAY: i64 = 1_440;

/// Days before and after the first that is asked for.
const AROUND: (i64, i64) = (3, 5);

/// Every minute of some days.
pub(super) struct Oracle<'a> {
    of: &'a Scenario,
    /// The first minute.
    first: Instant,
    /// What the wall shows, and the latest that it has shown.
    wall: Vec<i64>,
    latest: Vec<i64>,
    open: Vec<bool>,
    opening: BTreeSet<usize>,
    works: Vec<Vec<bool>>,
    working: Vec<BTreeSet<usize>>,
    taken: HashMap<Uuid, Vec<bool>>,
    /// Of each seat of the first step, and each who could take it, where they would begin.
    packed: Vec<HashMap<Option<usize>, BTreeSet<usize>>>,
}

fn minute(at: Instant) -> i64 {
    at.timestamp().div_euclid(60)
}

fn date(day: i64) -> NaiveDate {
    DateTime::from_timestamp(day * 86_400, 0).unwrap().date_naive()
}

impl<'a> Oracle<'a> {
    pub(super) fn of(of: &'a Scenario) -> Self {
        let first = of.day.and_time(NaiveTime::MIN).and_utc() - Duration::days(AROUND.0);
        let length = usize::try_from((AROUND.0 + AROUND.1) * DAY).unwrap();
        let mut ahead = 0;
        let wall: Vec<i64> = (0..)
            .map(|place| {
                // No zone changes its clocks but at a quarter of an hour.
                let at = first + Duration::minutes(place);
                if place % 15 == 0 {
                    let offset = of.rules.zone.offset_from_utc_datetime(&at.naive_utc());
                    ahead = i64::from(offset.fix().local_minus_utc() / 60);
                }
                minute(at) + ahead
            })
            .take(length)
            .collect();
        let mut latest = wall.clone();
        for place in 1..length {
            latest[place] = latest[place].max(latest[place - 1]);
        }
        let mut oracle = Self {
            of,
            first,
            wall,
            latest,
            open: Vec::new(),
            opening: BTreeSet::new(),
            works: Vec::new(),
            working: Vec::new(),
            taken: HashMap::new(),
            packed: Vec::new(),
        };
        oracle.keep_hours();
        oracle.take_blocks();
        if of.visit.rules.alignment == Alignment::Packed {
            oracle.pack();
        }
        oracle
    }

    fn keep_hours(&mut self) {
        let rules = &self.of.rules;
        let closed = |day| rules.closures.iter().any(|(from, to)| *from <= day && day <= *to);
        let door = self.within(|day| match rules.days.get(&day) {
            _ if closed(day) => Vec::new(),
            Some(own) => own.clone(),
            None => rules.hours.0[day.weekday().num_days_from_monday() as usize].clone(),
        });
        for one in &rules.staff {
            let weekday = |day: NaiveDate| day.weekday().num_days_from_monday() as usize;
            let own = self.within(|day| match one.days.get(&day) {
                Some(own) => own.clone(),
                None => one.hours.0[weekday(day)].clone(),
            });
            let rests = self.within(|day| match one.days.get(&day) {
                Some(_) => Vec::new(),
                None => one.breaks.0[weekday(day)].clone(),
            });
            let away = |place: usize| {
                let at = self.instant(place);
                one.time_off.iter().any(|off| off.from <= at && at < off.to)
            };
            let works = (0..self.wall.len())
                .map(|at| door.0[at] && own.0[at] && !rests.0[at] && !away(at))
                .collect();
            self.works.push(works);
            self.working.push(own.1);
        }
        (self.open, self.opening) = door;
    }

    /// The minutes that lie in windows, and those at which one begins. A minute lies in a window if
    /// the latest time that the wall has shown does: what it shows again changes nothing.
    fn within(&self, of_day: impl Fn(NaiveDate) -> Vec<Window>) -> (Vec<bool>, BTreeSet<usize>) {
        let first = self.latest[0].div_euclid(DAY) - 2;
        let last = self.latest[self.latest.len() - 1].div_euclid(DAY);
        let mut windows = Vec::new();
        for day in first..=last {
            for window in of_day(date(day)) {
                let at = |minutes: i16| day * DAY + i64::from(minutes);
                windows.push((at(window.opens), at(window.closes)));
            }
        }
        let mut within = vec![false; self.latest.len()];
        let mut begins = BTreeSet::new();
        for (from, to) in windows {
            let first = self.latest.partition_point(|shown| *shown < from);
            let end = self.latest.partition_point(|shown| *shown < to);
            within[first..end].fill(true);
            // What began before the first minute did not begin with it.
            begins.extend((0 < first && first < end).then_some(first));
        }
        (within, begins)
    }

    fn take_blocks(&mut self) {
        let blocks = self.of.blocks.iter().filter(|block| self.counts(block));
        let mut taken: HashMap<Uuid, Vec<bool>> = HashMap::new();
        for block in blocks {
            let minutes =
                taken.entry(block.resource).or_insert_with(|| vec![false; self.wall.len()]);
            minutes[self.place(block.span.from)..self.place(block.span.to)].fill(true);
        }
        self.taken = taken;
    }

    fn counts(&self, block: &Block) -> bool {
        let lapsed = block.lapses_at.is_some_and(|lapses| lapses <= self.of.now);
        !lapsed && self.of.visit.instead_of != Some(block.appointment)
    }

    fn instant(&self, place: usize) -> Instant {
        self.first + Duration::minutes(i64::try_from(place).unwrap())
    }

    fn place(&self, at: Instant) -> usize {
        usize::try_from(minute(at) - minute(self.first)).unwrap()
    }

    fn day(&self, place: usize) -> i64 {
        self.wall[place].div_euclid(DAY)
    }

    /// Every start that a search for the scenario's two days must find.
    pub(super) fn starts(&self) -> Vec<Instant> {
        let first = i64::from(self.of.day.to_epoch_days());
        (0..self.wall.len())
            .filter(|at| (first..=first + 1).contains(&self.day(*at)))
            .filter(|at| self.in_time(*at) && self.on_grid(*at) && self.goes(0, *at, self.day(*at)))
            .map(|at| self.instant(at))
            .collect()
    }

    /// Whether a start can be had: by a customer at one of [`Self::starts`], by staff at any.
    pub(super) fn has(&self, start: Instant) -> bool {
        let at = self.place(start);
        let on_grid = !self.of.visit.online || self.on_grid(at);
        self.in_time(at) && on_grid && self.goes(0, at, self.day(at))
    }

    fn in_time(&self, at: usize) -> bool {
        let Scenario { visit, now, .. } = self.of;
        if !visit.online {
            return self.instant(at) >= *now;
        }
        let today = self.day(self.place(*now));
        let notice = Duration::minutes(i64::from(visit.rules.notice));
        self.instant(at) >= *now + notice
            && self.day(at) <= today + i64::from(visit.rules.horizon_days)
    }

    fn on_grid(&self, at: usize) -> bool {
        let first_time = self.latest[at] == self.wall[at] && self.latest[at - 1] < self.wall[at];
        let every = i64::from(self.of.visit.rules.step);
        let aligned = || match self.of.visit.rules.alignment {
            Alignment::Clock => self.wall[at].rem_euclid(DAY) % every == 0,
            Alignment::Packed => self.is_packed(at),
        };
        first_time && aligned()
    }

    /// In steps from where one of those who could begin begins to have the time, or a window of theirs
    /// opens.
    fn is_packed(&self, at: usize) -> bool {
        let seats = self.of.visit.steps[0].seats.iter().zip(&self.packed);
        seats.into_iter().any(|(seat, packed)| {
            self.could(seat, self.day(at)).iter().any(|who| packed[who].contains(&at))
        })
    }

    fn pack(&mut self) {
        let Some(step) = self.of.visit.steps.first() else { return };
        let everybody = || (0..self.works.len()).map(Some).chain([None]);
        let can_do = |seat: &Seat, who: Option<usize>| {
            who.is_none_or(|who| self.of.rules.staff[who].skills.contains_key(&seat.service))
        };
        let packed = step.seats.iter().map(|seat| {
            let can = everybody().filter(|who| can_do(seat, *who));
            can.map(|who| (who, self.packed_by(step, seat, who))).collect()
        });
        self.packed = packed.collect();
    }

    fn packed_by(&self, step: &Step, seat: &Seat, who: Option<usize>) -> BTreeSet<usize> {
        let lasts = self.lasts(seat, who);
        let begins = who.map_or(&self.opening, |who| &self.working[who]);
        let every = usize::from(self.of.visit.rules.step);
        let mut on = BTreeSet::new();
        let mut since: Option<usize> = None;
        // The last day is nobody's: what begins there would end after the last minute.
        for at in 60..self.wall.len() - 1_440 {
            let can =
                self.has_time(who, step, at, lasts) && !self.rooms(step, at, lasts).is_empty();
            since = match since {
                _ if !can => None,
                Some(from) if !begins.contains(&at) => Some(from),
                _ => Some(at),
            };
            if since.is_some_and(|from| (at - from) % every == 0) {
                on.insert(at);
            }
        }
        on
    }

    /// Who could take a seat on a day at all. `None` is nobody, which will do if nobody is needed.
    fn could(&self, seat: &Seat, day: i64) -> Vec<Option<usize>> {
        let Scenario { rules, visit, .. } = self.of;
        if seat.staff == Choice::Nobody {
            return vec![None];
        }
        let could = |who: &usize| {
            let one = &rules.staff[*who];
            let chosen = match seat.staff {
                Choice::Any => one.online || !visit.online,
                Choice::Given(id) => id == one.id && (one.online || !visit.online),
                Choice::Kept(id) => id == one.id,
                Choice::Nobody => false,
            };
            let capped = one.daily_cap.is_some_and(|cap| self.load(*who, day) >= u32::from(cap));
            chosen && one.skills.contains_key(&seat.service) && !capped
        };
        (0..rules.staff.len()).filter(could).map(Some).collect()
    }

    fn load(&self, who: usize, day: i64) -> u32 {
        let mine = self.of.rules.staff[who].id.uuid();
        let mut begin: HashMap<_, Instant> = HashMap::new();
        for block in self.of.blocks.iter().filter(|one| one.resource == mine && self.counts(one)) {
            let first = begin.entry(block.appointment).or_insert(block.span.from);
            *first = (*first).min(block.span.from);
        }
        let on_day = begin.values().filter(|first| self.day(self.place(**first)) == day);
        u32::try_from(on_day.count()).unwrap()
    }

    fn lasts(&self, seat: &Seat, who: Option<usize>) -> usize {
        let own = who.and_then(|who| self.of.rules.staff[who].skills[&seat.service].minutes);
        usize::from(own.unwrap_or(seat.minutes) + seat.extra_minutes)
    }

    fn has_time(&self, who: Option<usize>, step: &Step, at: usize, lasts: usize) -> bool {
        let mut service = at..at + lasts;
        match who {
            None => service.all(|at| self.open[at]),
            Some(who) => {
                let mine = self.of.rules.staff[who].id.uuid();
                service.all(|at| self.works[who][at]) && self.is_free(mine, step, at, lasts)
            }
        }
    }

    fn is_free(&self, what: Uuid, step: &Step, at: usize, lasts: usize) -> bool {
        let from = at - usize::from(step.buffer_before);
        let to = at + lasts + usize::from(step.buffer_after);
        self.taken.get(&what).is_none_or(|taken| !taken[from..to].contains(&true))
    }

    /// The rooms that a step can have then; `None` is none, which will do if none is needed.
    fn rooms(&self, step: &Step, at: usize, lasts: usize) -> Vec<Option<usize>> {
        let Some(need) = &step.room else { return vec![None] };
        let rooms = &self.of.rules.rooms;
        let will_do = |room: &RoomRules| {
            let has = |feature| room.features.contains_key(feature);
            room.places >= need.places
                && need.features.iter().all(has)
                && need.given.is_none_or(|given| given == room.id)
        };
        (0..rooms.len())
            .filter(|place| will_do(&rooms[*place]))
            .filter(|place| self.is_free(rooms[*place].id.uuid(), step, at, lasts))
            .map(Some)
            .collect()
    }

    /// Every choice of staff for the seats of a step, with how long it lasts.
    fn seatings(&self, step: &Step, at: usize, day: i64) -> Vec<(Vec<Option<usize>>, usize)> {
        let mut ways = vec![(Vec::new(), 0)];
        for seat in &step.seats {
            let could = self.could(seat, day);
            let mut longer = Vec::new();
            for (sat, longest) in ways {
                for who in &could {
                    let lasts = self.lasts(seat, *who);
                    let twice = who.is_some() && sat.contains(who);
                    if !twice && self.has_time(*who, step, at, lasts) {
                        let mut sat: Vec<Option<usize>> = sat.clone();
                        sat.push(*who);
                        longer.push((sat, lasts.max(longest)));
                    }
                }
            }
            ways = longer;
        }
        ways.retain(|(_, lasts)| !self.rooms(step, at, *lasts).is_empty());
        ways
    }

    fn goes(&self, step: usize, at: usize, day: i64) -> bool {
        let Some(this) = self.of.visit.steps.get(step) else { return true };
        self.seatings(this, at, day)
            .into_iter()
            .any(|(_, lasts)| self.goes(step + 1, at + lasts, day))
    }
}
