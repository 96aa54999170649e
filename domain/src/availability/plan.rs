//! A visit laid over some days: for each seat who could take it and where it could begin with them.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};
use std::ops::RangeInclusive;
use std::rc::Rc;

use chrono::NaiveDate;
use uuid::Uuid;

use super::civil::{Civil, DAY, MINUTE};
use super::free::{self, Openings};
use super::model::{Block, Busy, Choice, RoomNeed, Rules, Seat, StaffRules, Visit};
use super::ranges::Ranges;
use crate::time::Instant;

/// What a search needs to know, worked out once.
pub(super) struct Plan<'a> {
    pub(super) rules: &'a Rules,
    pub(super) busy: &'a Busy,
    pub(super) visit: &'a Visit,
    pub(super) now: Instant,
    pub(super) civil: Civil,
    /// When the door is open.
    pub(super) open: Openings,
    /// Those of the staff who could take a seat, by their place in the rules.
    people: Vec<Option<Person>>,
    /// The steps of the visit.
    pub(super) stages: Vec<Stage>,
    /// When each room is taken, by its place in the rules.
    taken: Vec<Ranges>,
}

/// One of the staff over the days of the plan.
pub(super) struct Person {
    /// When they would work if the door were open.
    pub(super) own: Openings,
    /// When they work.
    pub(super) works: Ranges,
    /// When they are taken.
    pub(super) taken: Ranges,
    /// How many visits begin on each civil day.
    visits: OnceCell<HashMap<i64, u32>>,
}

/// A step.
pub(super) struct Stage {
    pub(super) chairs: Vec<Chair>,
    pub(super) before: i64,
    pub(super) after: i64,
    /// If it needs one: the rooms that would do, in the order in which they are taken.
    pub(super) rooms: Option<Vec<usize>>,
    /// How long it takes as usual.
    pub(super) usual: i64,
    /// How long it takes, if that doesn't depend on who does it.
    pub(super) fixed: Option<i64>,
}

/// A seat.
pub(super) struct Chair {
    pub(super) customer: u8,
    pub(super) candidates: Vec<Candidate>,
}

/// Somebody who could take a seat, or nobody, if it needs nobody.
pub(super) struct Candidate {
    /// Their place in the rules.
    pub(super) staff: Option<usize>,
    /// How long it takes with them.
    pub(super) lasts: i64,
    /// Where it can begin so that they, buffers included, have the time.
    pub(super) starts: Rc<Ranges>,
}

impl<'a> Plan<'a> {
    /// For starts on `days`.
    pub(super) fn over(
        rules: &'a Rules,
        busy: &'a Busy,
        visit: &'a Visit,
        days: &RangeInclusive<NaiveDate>,
        now: Instant,
    ) -> Self {
        let mut stages: Vec<Stage> =
            visit.steps.iter().map(|step| stage(rules, visit, step)).collect();
        let around = free::days_around(days, longest(&stages));
        let civil = Civil::over(rules.zone, *around.start(), *around.end());
        let open = free::open(rules, &civil, around.clone());
        let live =
            Live { visit, now, from: (around.start() - 2) * DAY, to: (around.end() + 3) * DAY };
        let mut people: Vec<Option<Person>> = rules.staff.iter().map(|_| None).collect();
        for staff in candidates(&stages).filter_map(|candidate| candidate.staff) {
            people[staff].get_or_insert_with(|| {
                let staff = &rules.staff[staff];
                let own = free::own(staff, &civil, around.clone());
                let works = own.ranges.and(&open.ranges);
                let taken = live.ranges(busy, staff.id.uuid());
                Person { own, works, taken, visits: OnceCell::new() }
            });
        }
        let roomed = stages.iter().any(|stage| stage.rooms.is_some());
        let rooms = rules.rooms.iter().take(if roomed { usize::MAX } else { 0 });
        let taken = rooms.map(|room| live.ranges(busy, room.id.uuid())).collect();
        set_starts(&mut stages, &people, &open.ranges);
        Self { rules, busy, visit, now, civil, open, people, stages, taken }
    }

    /// One who could take a seat.
    pub(super) fn person(&self, staff: usize) -> Option<&Person> {
        self.people[staff].as_ref()
    }

    /// Whether a step can have this room at that time.
    pub(super) fn room_free(&self, room: usize, stage: &Stage, at: i64, lasts: i64) -> bool {
        !self.taken[room].touch(at - stage.before, at + lasts + stage.after)
    }

    /// Whether a step has a room at that time, or needs none.
    pub(super) fn housed(&self, stage: &Stage, at: i64, lasts: i64) -> bool {
        stage
            .rooms
            .as_ref()
            .is_none_or(|rooms| rooms.iter().any(|room| self.room_free(*room, stage, at, lasts)))
    }

    /// Where something of that length can't begin in a step because no room would do.
    pub(super) fn unhoused(&self, stage: &Stage, lasts: i64) -> Option<Ranges> {
        let rooms = stage.rooms.as_ref()?;
        let shadow = |room: &usize| self.taken[*room].shadows(stage.before, lasts + stage.after);
        let all = || Ranges::of(vec![(i64::MIN / 2, i64::MAX / 2)]);
        Some(rooms.iter().map(shadow).reduce(|all, one| all.and(&one)).unwrap_or_else(all))
    }

    /// How many visits one of the staff has on a civil day. A visit belongs to the day on which it
    /// first takes them.
    pub(super) fn visits_on(&self, staff: usize, day: i64) -> u32 {
        let count = || {
            let mut seen = HashSet::new();
            let mut visits = HashMap::new();
            let blocks = self.busy.0.get(&self.rules.staff[staff].id.uuid());
            for block in blocks.into_iter().flatten().filter(|block| self.counts(block)) {
                if seen.insert(block.appointment) {
                    let day = self.civil.day(block.span.from.timestamp_micros());
                    *visits.entry(day).or_insert(0) += 1;
                }
            }
            visits
        };
        let visits = self.person(staff).map(|person| person.visits.get_or_init(count));
        visits.and_then(|visits| visits.get(&day)).copied().unwrap_or(0)
    }

    /// Whether one of the staff has had enough visits on a civil day.
    pub(super) fn capped(&self, candidate: &Candidate, day: i64) -> bool {
        candidate.staff.is_some_and(|staff| {
            let cap = self.rules.staff[staff].daily_cap;
            cap.is_some_and(|cap| self.visits_on(staff, day) >= u32::from(cap))
        })
    }

    /// Whether a block is an obstacle at all.
    pub(super) fn counts(&self, block: &Block) -> bool {
        counts(block, self.visit, self.now)
    }

    /// Whether there is anything to be done. What takes no time can't be booked.
    pub(super) fn is_visit(&self) -> bool {
        !self.stages.is_empty()
            && self.stages.iter().all(|stage| !stage.chairs.is_empty())
            && longest(&self.stages) > 0
    }
}

fn counts(block: &Block, visit: &Visit, now: Instant) -> bool {
    block.lapses_at.is_none_or(|lapses| lapses > now)
        && visit.instead_of.is_none_or(|moved| moved != block.appointment)
}

/// Which blocks matter.
struct Live<'a> {
    visit: &'a Visit,
    now: Instant,
    from: i64,
    to: i64,
}

impl Live<'_> {
    fn ranges(&self, busy: &Busy, resource: Uuid) -> Ranges {
        let blocks = busy.0.get(&resource).into_iter().flatten();
        let live = blocks.filter(|block| counts(block, self.visit, self.now));
        let within = |range: &(i64, i64)| range.0 < self.to && range.1 > self.from;
        Ranges::of(live.map(|block| free::ticks(&block.span)).filter(within).collect())
    }
}

pub(super) fn stage(rules: &Rules, visit: &Visit, step: &super::model::Step) -> Stage {
    let chairs: Vec<Chair> = step.seats.iter().map(|seat| chair(rules, visit, seat)).collect();
    let usual = step.seats.iter().zip(&chairs).map(|(seat, chair)| match chair.candidates[..] {
        [ref only] => only.lasts,
        _ => lasts(seat, None),
    });
    Stage {
        usual: usual.max().unwrap_or(0),
        fixed: fixed(&chairs),
        chairs,
        before: i64::from(step.buffer_before) * MINUTE,
        after: i64::from(step.buffer_after) * MINUTE,
        rooms: step.room.as_ref().map(|need| fitting(rules, need)),
    }
}

fn fixed(chairs: &[Chair]) -> Option<i64> {
    let mut longest = 0;
    for chair in chairs {
        let mut lasts = chair.candidates.iter().map(|candidate| candidate.lasts);
        let first = lasts.next().unwrap_or(0);
        if lasts.any(|other| other != first) {
            return None;
        }
        longest = longest.max(first);
    }
    Some(longest)
}

fn chair(rules: &Rules, visit: &Visit, seat: &Seat) -> Chair {
    let could = |staff: &StaffRules| match seat.staff {
        Choice::Any => staff.online || !visit.online,
        Choice::Given(given) => staff.id == given && (staff.online || !visit.online),
        Choice::Kept(kept) => staff.id == kept,
        Choice::Nobody => false,
    };
    let mut candidates: Vec<Candidate> = rules
        .staff
        .iter()
        .enumerate()
        .filter(|(_, staff)| could(staff))
        .filter_map(|(place, staff)| {
            let skill = staff.skills.get(&seat.service)?;
            Some(Candidate::new(Some(place), lasts(seat, skill.minutes)))
        })
        .collect();
    if seat.staff == Choice::Nobody {
        candidates.push(Candidate::new(None, lasts(seat, None)));
    }
    Chair { customer: seat.customer, candidates }
}

impl Candidate {
    fn new(staff: Option<usize>, lasts: i64) -> Self {
        Self { staff, lasts, starts: Rc::default() }
    }
}

fn lasts(seat: &Seat, own: Option<u16>) -> i64 {
    (i64::from(own.unwrap_or(seat.minutes)) + i64::from(seat.extra_minutes)) * MINUTE
}

/// The rooms that would do, the least coveted first.
fn fitting(rules: &Rules, need: &RoomNeed) -> Vec<usize> {
    let mut rooms: Vec<(u32, usize)> = rules
        .rooms
        .iter()
        .enumerate()
        .filter(|(_, room)| need.given.is_none_or(|given| given == room.id))
        .filter(|(_, room)| need.is_met_by(room))
        .map(|(place, room)| {
            let preferences = need.features.iter().filter_map(|feature| room.features.get(feature));
            (preferences.map(|preference| u32::from(*preference)).sum(), place)
        })
        .collect();
    rooms.sort_unstable();
    rooms.into_iter().map(|(_, place)| place).collect()
}

/// How long the visit may take at most, with its buffers.
fn longest(stages: &[Stage]) -> i64 {
    let stage = |stage: &Stage| {
        let chairs = stage.chairs.iter().flat_map(|chair| &chair.candidates);
        let lasts = chairs.map(|candidate| candidate.lasts).max().unwrap_or(0);
        lasts.max(stage.usual) + stage.before + stage.after
    };
    stages.iter().map(stage).sum()
}

fn candidates(stages: &[Stage]) -> impl Iterator<Item = &Candidate> {
    stages.iter().flat_map(|stage| &stage.chairs).flat_map(|chair| &chair.candidates)
}

/// Two seats that are alike share what was worked out for one.
fn set_starts(stages: &mut [Stage], people: &[Option<Person>], open: &Ranges) {
    let mut known: HashMap<(Option<usize>, i64, i64, i64), Rc<Ranges>> = HashMap::new();
    for stage in stages {
        let (before, after) = (stage.before, stage.after);
        for candidate in stage.chairs.iter_mut().flat_map(|chair| &mut chair.candidates) {
            let lasts = candidate.lasts;
            let starts = || match candidate.staff.and_then(|staff| people[staff].as_ref()) {
                Some(person) => {
                    let shadows = person.taken.shadows(before, lasts + after);
                    Rc::new(person.works.starts(lasts).without(&shadows))
                }
                None => Rc::new(open.starts(lasts)),
            };
            let key = (candidate.staff, lasts, before, after);
            candidate.starts = Rc::clone(known.entry(key).or_insert_with(starts));
        }
    }
}
