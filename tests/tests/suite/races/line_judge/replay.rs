//! Everything once more.

use std::collections::HashMap;

use uuid::Uuid;

use super::fit::{Asking, Known, Visits};
use super::{Asked, Happened, House, Instant, Parties, Put, Step, Tally, Told, Visit};

/// What there is of a party while everything is played again.
#[derive(Debug, Clone)]
pub(super) struct Now {
    pub(super) id: Uuid,
    pub(super) state: String,
    version: i32,
    pub(super) staff: Option<Uuid>,
    /// Since when they are being served.
    pub(super) since: Option<Instant>,
}

/// The steps that a party can take, written down once more.
const STEPS: [(&str, &str, &str); 15] = [
    ("waiting", "called", "called"),
    ("called", "returned", "waiting"),
    ("waiting", "moved", "waiting"),
    ("waiting", "here", "waiting"),
    ("called", "here", "called"),
    ("waiting", "more_time", "waiting"),
    ("called", "more_time", "waiting"),
    ("waiting", "started", "serving"),
    ("called", "started", "serving"),
    ("serving", "finished", "done"),
    ("called", "no_show", "no_show"),
    ("waiting", "left", "left"),
    ("called", "left", "left"),
    ("waiting", "expired", "expired"),
    ("called", "expired", "expired"),
];

/// What else who walked in can do, and who came for a visit.
const WALKED_IN: [(&str, &str, &str); 2] =
    [("waiting", "converted", "converted"), ("called", "converted", "converted")];
const CAME_FOR_A_VISIT: [(&str, &str, &str); 4] = [
    ("called", "moved", "called"),
    ("waiting", "no_show", "no_show"),
    ("waiting", "finished", "done"),
    ("called", "finished", "done"),
];

/// In the order of the line.
struct Replay<'a> {
    parties: &'a Parties,
    house: &'a House,
    asked: HashMap<(Uuid, i32), Asked>,
    line: Vec<Now>,
    visits: Visits,
    faults: Vec<String>,
}

/// Plays it all again, and says what is wrong.
pub(super) fn judge(
    parties: &Parties,
    happened: &[Happened],
    house: &House,
    told: &[Told],
    tally: &mut Tally,
) -> Vec<String> {
    let asked = told.iter().map(|told| ((told.entry.uuid(), told.version), told.asked)).collect();
    let mut replay = Replay {
        parties,
        house,
        asked,
        line: Vec::new(),
        visits: HashMap::new(),
        faults: Vec::new(),
    };
    for happened in happened {
        match happened {
            Happened::Visit(visit) => replay.visit(visit),
            Happened::Line(step) => {
                replay.step(step, tally);
                // Whoever holds the line next sees what was written of visits until now.
                for known in replay.visits.values_mut() {
                    known.before.clear();
                }
            }
        }
    }
    replay.ends();
    let steps = happened.iter().filter_map(|happened| match happened {
        Happened::Line(step) => Some(step),
        Happened::Visit(_) => None,
    });
    replay.faults.extend(answers(steps, told));
    replay.faults
}

impl Replay<'_> {
    fn fault(&mut self, what: String) {
        self.faults.push(what);
    }

    fn visit(&mut self, now: &Visit) {
        if let Some(known) = self.visits.get_mut(&now.id) {
            let before = std::mem::replace(&mut known.now, now.clone());
            known.before.push(Some(before));
        } else {
            let known = Known { now: now.clone(), before: vec![None] };
            self.visits.insert(now.id, known);
        }
    }

    fn step(&mut self, step: &Step, tally: &mut Tally) {
        let Some(party) = self.parties.get(&step.entry) else {
            return self.fault(format!("{step:?} of nobody"));
        };
        let Some(at) = self.line.iter().position(|now| now.id == step.entry) else {
            let first = (step.version, &*step.action, step.from.as_deref(), &*step.to);
            if first != (1, "joined", None, "waiting") {
                self.fault(format!("{step:?} comes first"));
            }
            let (id, state, version) = (step.entry, step.to.clone(), step.version);
            return self.line.push(Now { id, state, version, staff: None, since: None });
        };
        let known = (&*self.line[at].state, &*step.action, &*step.to);
        let more = if party.visit.is_some() { &CAME_FOR_A_VISIT[..] } else { &WALKED_IN };
        if !STEPS.contains(&known) && !more.contains(&known) {
            self.fault(format!("{step:?} of one who is {}", self.line[at].state));
        }
        let Now { state, version, .. } = &self.line[at];
        if step.from.as_ref() != Some(state) || step.version != version + 1 {
            self.fault(format!("{step:?} of one who is {state} in version {version}"));
        }
        let asked = self.asked.get(&(step.entry, step.version)).copied();
        match (step.action.as_str(), asked) {
            ("called", asked) => {
                self.called(step, asked, tally);
                self.line[at].staff = step.staff;
            }
            ("started", _) => {
                self.line[at].staff = step.staff;
                self.line[at].since = Some(step.at);
            }
            ("returned", _) => self.line[at].staff = None,
            ("more_time", _) => self.pass(at),
            ("moved", Some(Asked::Put(put))) => self.put(at, put),
            // A visit that moved takes its entry along, which stays where it stands.
            ("moved", _) if party.visit.is_some() => {}
            ("moved", _) => self.fault(format!("nobody asked for {step:?}")),
            _ => {}
        }
        if let Some(own) = self.line.iter_mut().find(|now| now.id == step.entry) {
            own.state.clone_from(&step.to);
            own.version = step.version;
        }
    }

    fn called(&mut self, step: &Step, asked: Option<Asked>, tally: &mut Tally) {
        let twice = |now: &Now| now.state == "called" && now.staff == step.staff;
        if self.line.iter().any(twice) {
            self.fault(format!("{step:?} while they call another"));
        }
        let Some(Asked::Next(staff)) = asked else { return };
        let staff = staff.uuid();
        let Self { line, parties, visits, house, .. } = self;
        let right = Asking { staff, now: step.at, line, parties, visits, house }.right();
        let found = right.who.iter().find(|(who, _)| *who == step.entry);
        if let (Some(staff_called), Some((_, passed))) = (step.staff, found)
            && staff_called == staff
        {
            tally.next += 1;
            tally.visits += usize::from(parties[&step.entry].visit.is_some());
            tally.passed_over += usize::from(*passed);
        } else {
            self.fault(format!("{step:?}, but {right:?} was next for {staff}"));
        }
    }

    /// Whoever needs more time stands behind the next who walked in and waits.
    fn pass(&mut self, at: usize) {
        let mut own = self.line.remove(at);
        own.staff = None;
        let waits = |now: &Now| now.state == "waiting" && self.parties[&now.id].visit.is_none();
        let behind = self.line[at..].iter().position(waits);
        self.line.insert(behind.map_or(at, |behind| at + behind + 1), own);
    }

    fn put(&mut self, at: usize, put: Put) {
        let own = self.line.remove(at);
        let id = own.id;
        let find = |id: Uuid| self.line.iter().position(|now| now.id == id);
        let to = match put {
            Put::First => Some(0),
            Put::Last => Some(self.line.len()),
            Put::After(id) => find(id).map(|at| at + 1),
            Put::Before(id) => find(id),
        };
        self.line.insert(to.unwrap_or(at), own);
        if to.is_none() {
            self.fault(format!("{id} was put to {put:?}, who isn't there"));
        }
    }

    /// Everybody stands where their history leads, and once.
    fn ends(&mut self) {
        for (id, party) in self.parties {
            let played: Vec<_> = self.line.iter().filter(|now| now.id == *id).collect();
            let [now] = played[..] else {
                self.faults.push(format!("{id} has no history"));
                continue;
            };
            let stands = (&party.state, party.version, party.staff);
            let staff = if now.state == "waiting" { None } else { now.staff };
            if stands != (&now.state, now.version, staff) {
                let came_to = format!("{id} stands {stands:?} and came to {}", now.state);
                self.faults.push(came_to);
            }
        }
    }
}

/// Whatever was answered happened, and each step was answered to one client at most.
fn answers<'a>(steps: impl Iterator<Item = &'a Step>, told: &[Told]) -> Vec<String> {
    let mut faults = Vec::new();
    let happened: HashMap<_, _> = steps.map(|step| ((step.entry, step.version), step)).collect();
    let mut heard: HashMap<(Uuid, i32), usize> = HashMap::new();
    for told in told {
        let key = (told.entry.uuid(), told.version);
        match happened.get(&key) {
            Some(step) if step.to == told.state => *heard.entry(key).or_default() += 1,
            other => faults.push(format!("{told:?} was answered, and {other:?} happened")),
        }
    }
    let twice = heard.into_iter().filter(|(_, times)| *times > 1);
    faults.extend(twice.map(|(key, times)| format!("{key:?} was answered {times} times")));
    faults
}
