//! Who does it: the ways to seat staff, best first.
//!
//! The same person throughout comes first; then whoever has the fewest visits on that civil day; then
//! the order of the list. Ways are tried with no change of person, then with one, and so on, so that
//! the first that is found is the best. A way is only followed as far as the rest can still be done.

use super::feasible::Feasible;
use super::plan::{Candidate, Chair, Plan, Stage};

/// So many steps into dead ends, and the order of the rest no longer matters.
const PATIENCE: usize = 20_000;

/// Who takes each seat, and how long each step takes with them.
#[derive(Debug, Clone)]
pub(super) struct Cast {
    /// Of each step and seat the place of the candidate.
    pub(super) seats: Vec<Vec<usize>>,
    /// Of each step.
    pub(super) lasts: Vec<i64>,
}

impl Cast {
    /// When the visit ends that begins then.
    pub(super) fn end(&self, start: i64) -> i64 {
        start + self.lasts.iter().sum::<i64>()
    }
}

/// Seats staff.
pub(super) struct Chooser<'p> {
    plan: &'p Plan<'p>,
    /// Of each step and seat its candidates, best first, on that civil day.
    ranked: Option<(i64, Vec<Vec<Vec<usize>>>)>,
}

impl<'p> Chooser<'p> {
    /// For a plan.
    pub(super) fn of(plan: &'p Plan<'p>) -> Self {
        Self { plan, ranked: None }
    }

    /// The best way.
    pub(super) fn first(&mut self, start: i64) -> Option<Cast> {
        let plan = self.plan;
        match &plan.stages[..] {
            [stage] if stage.chairs.len() == 1 => self.alone(stage, start),
            _ => self.best(start, 1).into_iter().next(),
        }
    }

    /// The best for a single seat: a search has many starts of this kind.
    fn alone(&mut self, stage: &Stage, start: i64) -> Option<Cast> {
        let plan = self.plan;
        let day = plan.civil.day(start);
        let feasible = Feasible::on(plan, day);
        let ranked = self.ranked_on(day).first()?.first()?.iter();
        let chair = stage.chairs.first()?;
        let place = ranked.copied().find(|place| {
            let candidate = &chair.candidates[*place];
            feasible.has_time(candidate, start) && plan.housed(stage, start, candidate.lasts)
        })?;
        Some(Cast { seats: vec![vec![place]], lasts: vec![chair.candidates[place].lasts] })
    }

    /// The best ways, at most so many.
    pub(super) fn best(&mut self, start: i64, most: usize) -> Vec<Cast> {
        let plan = self.plan;
        let day = plan.civil.day(start);
        let mut feasible = Feasible::on(plan, day);
        if !feasible.goes_on(0, start) {
            return Vec::new();
        }
        let changes = plan.stages.iter().skip(1).map(|stage| stage.chairs.len()).sum();
        let ranked = self.ranked_on(day);
        let mut search =
            Search { feasible, ranked, found: Vec::new(), most, tried: 0, changes: Some(0) };
        for allowed in 0..=changes {
            search.changes = Some(allowed);
            search.step(start, 0, &mut Cast { seats: Vec::new(), lasts: Vec::new() });
            if search.is_done() {
                break;
            }
        }
        if search.found.is_empty() {
            search.changes = None;
            search.step(start, 0, &mut Cast { seats: Vec::new(), lasts: Vec::new() });
        }
        search.found
    }

    fn ranked_on(&mut self, day: i64) -> &[Vec<Vec<usize>>] {
        if self.ranked.as_ref().is_none_or(|(known, _)| *known != day) {
            let chair = |chair: &Chair| {
                let mut order: Vec<usize> = (0..chair.candidates.len()).collect();
                if order.len() > 1 {
                    order.sort_by_cached_key(|place| self.load(&chair.candidates[*place], day));
                }
                order
            };
            let stages = self.plan.stages.iter();
            let ranked = stages.map(|stage| stage.chairs.iter().map(chair).collect()).collect();
            self.ranked = Some((day, ranked));
        }
        self.ranked.as_ref().map_or(&[], |(_, ranked)| ranked)
    }

    fn load(&self, candidate: &Candidate, day: i64) -> u32 {
        candidate.staff.map_or(0, |staff| self.plan.visits_on(staff, day))
    }
}

struct Search<'p, 'r> {
    feasible: Feasible<'p>,
    ranked: &'r [Vec<Vec<usize>>],
    found: Vec<Cast>,
    most: usize,
    tried: usize,
    /// Just so many changes of person, or any number.
    changes: Option<usize>,
}

impl Search<'_, '_> {
    fn is_done(&self) -> bool {
        self.found.len() >= self.most || (self.changes.is_some() && self.tried > PATIENCE)
    }

    fn step(&mut self, at: i64, changed: usize, cast: &mut Cast) {
        let plan = self.feasible.plan;
        let step = cast.seats.len();
        let Some(stage) = plan.stages.get(step) else {
            if self.changes.is_none_or(|changes| changes == changed) {
                self.found.push(cast.clone());
            }
            return;
        };
        let mut seated = Vec::with_capacity(stage.chairs.len());
        self.seat(at, changed, cast, &mut seated);
    }

    /// Seats the next of a step, or goes on to the next step.
    fn seat(&mut self, at: i64, changed: usize, cast: &mut Cast, seated: &mut Vec<usize>) {
        self.tried += 1;
        if self.is_done() {
            return;
        }
        let plan = self.feasible.plan;
        let step = cast.seats.len();
        let stage = &plan.stages[step];
        let Some(chair) = stage.chairs.get(seated.len()) else {
            let of = |(chair, place): (&Chair, &usize)| chair.candidates[*place].lasts;
            let lasts = stage.chairs.iter().zip(&*seated).map(of).max().unwrap_or(0);
            let can = plan.housed(stage, at, lasts);
            if can && self.feasible.goes_on(step + 1, at + lasts) {
                cast.seats.push(seated.clone());
                cast.lasts.push(lasts);
                self.step(at + lasts, changed, cast);
                cast.lasts.pop();
                cast.seats.pop();
            }
            return;
        };
        let ranked = self.ranked;
        for &place in &ranked[step][seated.len()] {
            let candidate = &chair.candidates[place];
            let sits = |(chair, place): (&Chair, &usize)| {
                candidate.staff.is_some() && chair.candidates[*place].staff == candidate.staff
            };
            let changed = changed + usize::from(self.is_change(chair, candidate, cast));
            if self.changes.is_some_and(|changes| changed > changes)
                || stage.chairs.iter().zip(&*seated).any(sits)
                || !self.feasible.has_time(candidate, at)
            {
                continue;
            }
            seated.push(place);
            self.seat(at, changed, cast, seated);
            seated.pop();
        }
    }

    /// Whether the customer was served by others in the last step that had somebody for them.
    fn is_change(&self, chair: &Chair, candidate: &Candidate, cast: &Cast) -> bool {
        if candidate.staff.is_none() {
            return false;
        }
        let stages = self.feasible.plan.stages.iter().zip(&cast.seats);
        let before = stages.rev().map(|(stage, places)| {
            let chairs = stage.chairs.iter().zip(places);
            let same = chairs.filter(|(other, _)| other.customer == chair.customer);
            same.filter_map(|(other, place)| other.candidates[*place].staff).collect::<Vec<_>>()
        });
        let mut before = before.filter(|staff| !staff.is_empty());
        before.next().is_some_and(|staff| candidate.staff.is_some_and(|one| !staff.contains(&one)))
    }
}
