//! Whether a visit can begin at an instant, and how long its steps can take.

use super::plan::{Candidate, Chair, Plan, Stage};

/// What is known of one start.
pub(super) struct Feasible<'p> {
    pub(super) plan: &'p Plan<'p>,
    /// The civil day of the start, which counts for caps and load.
    pub(super) day: i64,
    known: Vec<(usize, i64, bool)>,
}

impl<'p> Feasible<'p> {
    /// For a visit that begins on a civil day.
    pub(super) fn on(plan: &'p Plan<'p>, day: i64) -> Self {
        Self { plan, day, known: Vec::new() }
    }

    /// Whether the steps from this one on can be done from that instant on.
    pub(super) fn goes_on(&mut self, step: usize, at: i64) -> bool {
        let plan = self.plan;
        let Some(stage) = plan.stages.get(step) else { return true };
        let known = self.known.iter().find(|known| (known.0, known.1) == (step, at));
        if let Some((.., known)) = known {
            return *known;
        }
        let can = self
            .lengths(stage, at)
            .into_iter()
            .any(|lasts| plan.housed(stage, at, lasts) && self.goes_on(step + 1, at + lasts));
        self.known.push((step, at, can));
        can
    }

    /// Those who have the time to take a seat from that instant on.
    pub(super) fn available<'c>(
        &self,
        chair: &'c Chair,
        at: i64,
    ) -> impl Iterator<Item = &'c Candidate> + use<'_, 'c> {
        chair.candidates.iter().filter(move |candidate| self.has_time(candidate, at))
    }

    /// Whether they have the time.
    pub(super) fn has_time(&self, candidate: &Candidate, at: i64) -> bool {
        candidate.starts.has(at) && !self.plan.capped(candidate, self.day)
    }

    /// How long a step can take from that instant on, with all its seats taken, in order.
    pub(super) fn lengths(&self, stage: &Stage, at: i64) -> Vec<i64> {
        if let Some(lasts) = stage.fixed {
            let sit = self.all_sit(&stage.chairs, at, &mut Vec::new());
            return sit.then_some(lasts).into_iter().collect();
        }
        let chairs: Vec<Vec<&Candidate>> =
            stage.chairs.iter().map(|chair| self.available(chair, at).collect()).collect();
        let mut lengths: Vec<i64> = chairs.iter().flatten().map(|one| one.lasts).collect();
        lengths.sort_unstable();
        lengths.dedup();
        if chairs.len() > 1 {
            lengths.retain(|lasts| seated(&chairs, *lasts, &mut Vec::new(), false));
        }
        lengths
    }

    /// Whether the rest of the seats can be taken by different people.
    fn all_sit(&self, chairs: &[Chair], at: i64, sat: &mut Vec<usize>) -> bool {
        let Some((chair, rest)) = chairs.split_first() else { return true };
        self.available(chair, at).any(|candidate| match candidate.staff {
            None => self.all_sit(rest, at, sat),
            Some(staff) if sat.contains(&staff) => false,
            Some(staff) => {
                sat.push(staff);
                let can = self.all_sit(rest, at, sat);
                sat.pop();
                can
            }
        })
    }
}

/// Whether the rest of the seats can be taken by different people so that the longest of all takes
/// just so long.
fn seated(chairs: &[Vec<&Candidate>], lasts: i64, sat: &mut Vec<usize>, reached: bool) -> bool {
    let Some((chair, rest)) = chairs.split_first() else { return reached };
    chair.iter().filter(|candidate| candidate.lasts <= lasts).any(|candidate| {
        let reached = reached || candidate.lasts == lasts;
        match candidate.staff {
            None => seated(rest, lasts, sat, reached),
            Some(staff) if sat.contains(&staff) => false,
            Some(staff) => {
                sat.push(staff);
                let can = seated(rest, lasts, sat, reached);
                sat.pop();
                can
            }
        }
    })
}
