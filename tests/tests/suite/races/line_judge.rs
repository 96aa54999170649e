//! What must be true of a line, whatever was pressed. The events say in which order things happened,
//! the history says what, and the clients' logs say who had asked for "the next": the whole of it is
//! played again by rules that are written down here once more.

use std::collections::{BTreeMap, HashMap};

use openchair_domain::ids::{Id, QueueEntry, Service, StaffMember};
use serde_json::Value;
use sqlx::{PgPool, Row as _};
use uuid::Uuid;

/// What a client was told of something that was done.
#[derive(Debug, Clone)]
pub(super) struct Told {
    pub(super) entry: Id<QueueEntry>,
    pub(super) version: i32,
    pub(super) state: String,
    /// Who asked for the next, if that is what it was.
    pub(super) next: Option<Id<StaffMember>>,
}

/// One step, in the order in which they happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) entry: Uuid,
    pub(super) version: i32,
    pub(super) action: String,
    pub(super) from: Option<String>,
    pub(super) to: String,
    pub(super) staff: Option<Uuid>,
}

/// Who joined, and what they want.
#[derive(Debug, Clone)]
pub(super) struct Party {
    pub(super) services: Vec<Uuid>,
    pub(super) wanted: Option<Uuid>,
    /// Where they stand at the end.
    pub(super) state: String,
    pub(super) version: i32,
    pub(super) staff: Option<Uuid>,
}

/// What happened how often.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) joined: usize,
    pub(super) ended: usize,
    pub(super) next: usize,
    pub(super) steps: BTreeMap<String, usize>,
}

pub(super) type Skills = BTreeMap<Id<StaffMember>, Vec<Id<Service>>>;

/// Reads the tables and judges.
pub(super) async fn verdict(pool: &PgPool, skills: &Skills, told: &[Told]) -> (Vec<String>, Tally) {
    let (parties, steps, mut faults) = read(pool).await;
    faults.extend(judge(&parties, &steps, skills, told));
    let mut tally = Tally { joined: parties.len(), ..Tally::default() };
    let open = ["waiting", "called", "serving"];
    tally.ended = parties.values().filter(|party| !open.contains(&&*party.state)).count();
    tally.next = told.iter().filter(|told| told.next.is_some()).count();
    for step in &steps {
        *tally.steps.entry(step.action.clone()).or_default() += 1;
    }
    (faults, tally)
}

async fn read(pool: &PgPool) -> (HashMap<Uuid, Party>, Vec<Step>, Vec<String>) {
    let sql = "select id, services, staff_wanted, state, version, staff_id from queue_entries";
    let mut parties = HashMap::new();
    for row in sqlx::query(sql).fetch_all(pool).await.unwrap() {
        let services: Value = row.get(1);
        let services = services.as_array().unwrap().iter();
        let id = |service: &Value| {
            service["id"].as_str().unwrap().parse::<Id<Service>>().unwrap().uuid()
        };
        parties.insert(
            row.get(0),
            Party {
                services: services.map(id).collect(),
                wanted: row.get(2),
                state: row.get(3),
                version: row.get(4),
                staff: row.get(5),
            },
        );
    }
    let sql = "select entry_id, version, action, from_state, to_state, staff_id from queue_history";
    let mut history: HashMap<(Uuid, i32), Step> = HashMap::new();
    for row in sqlx::query(sql).fetch_all(pool).await.unwrap() {
        let (entry, version) = (row.get(0), row.get(1));
        let (action, from, to, staff) = (row.get(2), row.get(3), row.get(4), row.get(5));
        let step = Step { entry, version, action, from, to, staff };
        history.insert((entry, version), step);
    }
    let sql = "select kind, payload from outbox_events
               where kind like 'queue.%' and kind not in ('queue.next', 'queue.changed')
               order by seq";
    let (mut steps, mut faults) = (Vec::new(), Vec::new());
    for row in sqlx::query(sql).fetch_all(pool).await.unwrap() {
        let (kind, payload): (String, Value) = (row.get(0), row.get(1));
        let entry: Id<QueueEntry> = payload["id"].as_str().unwrap().parse().unwrap();
        let version = i32::try_from(payload["version"].as_i64().unwrap()).unwrap();
        match history.remove(&(entry.uuid(), version)) {
            Some(step) if kind == format!("queue.{}", step.action) => steps.push(step),
            other => faults.push(format!("{kind} {payload} is told of {other:?}")),
        }
    }
    faults.extend(history.into_values().map(|step| format!("nobody was told of {step:?}")));
    (parties, steps, faults)
}

/// What there is of a party while everything is played again.
struct Now {
    id: Uuid,
    state: String,
    version: i32,
    staff: Option<Uuid>,
}

/// The steps that a party without an appointment can take, written down once more.
const STEPS: [(&str, &str, &str); 14] = [
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
    ("called", "expired", "expired"),
];

/// Plays it all again, and says what is wrong.
pub(super) fn judge(
    parties: &HashMap<Uuid, Party>,
    steps: &[Step],
    skills: &Skills,
    told: &[Told],
) -> Vec<String> {
    let mut faults = Vec::new();
    let next: HashMap<(Uuid, i32), Uuid> = told
        .iter()
        .filter_map(|told| Some(((told.entry.uuid(), told.version), told.next?.uuid())))
        .collect();
    let can = |staff: Uuid, party: &Party| {
        let does = skills.get(&Id::from_uuid(staff)).map_or(&[][..], Vec::as_slice);
        party.services.iter().all(|service| does.iter().any(|one| one.uuid() == *service))
            && party.wanted.is_none_or(|wanted| wanted == staff)
    };
    // In the order of the line.
    let mut line: Vec<Now> = Vec::new();
    for step in steps {
        let Some(party) = parties.get(&step.entry) else {
            faults.push(format!("{step:?} of nobody"));
            continue;
        };
        let at = line.iter().position(|now| now.id == step.entry);
        let Some(at) = at else {
            let first = (step.version, &*step.action, step.from.as_deref(), &*step.to);
            if first != (1, "joined", None, "waiting") {
                faults.push(format!("{step:?} comes first"));
            }
            let (id, state, version) = (step.entry, step.to.clone(), step.version);
            line.push(Now { id, state, version, staff: None });
            continue;
        };
        let known = (&*line[at].state, &*step.action, &*step.to);
        if !STEPS.contains(&known) {
            faults.push(format!("{step:?} of one who is {}", line[at].state));
        }
        if step.from.as_ref() != Some(&line[at].state) || step.version != line[at].version + 1 {
            let Now { state, version, .. } = &line[at];
            faults.push(format!("{step:?} of one who is {state} in version {version}"));
        }
        match step.action.as_str() {
            "called" => {
                let caller = step.staff;
                let twice = |now: &Now| now.state == "called" && now.staff == caller;
                if line.iter().any(twice) {
                    faults.push(format!("{step:?} while they call another"));
                }
                if let Some(staff) = next.get(&(step.entry, step.version)) {
                    let waits = |now: &&Now| now.state == "waiting";
                    let fits = |now: &&Now| can(*staff, &parties[&now.id]);
                    let first = line.iter().filter(waits).find(fits).map(|now| now.id);
                    if caller != Some(*staff) || first != Some(step.entry) {
                        faults.push(format!("{step:?}, but {first:?} was next for {staff}"));
                    }
                    if party.wanted.is_some_and(|wanted| wanted != *staff) {
                        faults.push(format!("{step:?} of one who wants somebody else"));
                    }
                }
                line[at].staff = caller;
            }
            "started" => line[at].staff = step.staff,
            "returned" => line[at].staff = None,
            "more_time" => {
                let mut own = line.remove(at);
                own.staff = None;
                let behind = line[at..].iter().position(|now| now.state == "waiting");
                line.insert(behind.map_or(at, |behind| at + behind + 1), own);
            }
            _ => {}
        }
        let own = line.iter_mut().find(|now| now.id == step.entry);
        if let Some(own) = own {
            own.state.clone_from(&step.to);
            own.version = step.version;
        }
    }
    faults.extend(ends(parties, &line));
    faults.extend(answers(steps, told));
    faults
}

/// Everybody stands where their history leads, and once.
fn ends(parties: &HashMap<Uuid, Party>, line: &[Now]) -> Vec<String> {
    let mut faults = Vec::new();
    for (id, party) in parties {
        let played: Vec<_> = line.iter().filter(|now| now.id == *id).collect();
        let [now] = played[..] else {
            faults.push(format!("{id} has no history"));
            continue;
        };
        let stands = (&party.state, party.version, party.staff);
        let staff = if now.state == "waiting" { None } else { now.staff };
        if stands != (&now.state, now.version, staff) {
            faults.push(format!("{id} stands {stands:?} and came to {}", now.state));
        }
    }
    faults
}

/// Whatever was answered happened, and each step was answered to one client at most.
fn answers(steps: &[Step], told: &[Told]) -> Vec<String> {
    let mut faults = Vec::new();
    let happened: HashMap<_, _> =
        steps.iter().map(|step| ((step.entry, step.version), step)).collect();
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

#[cfg(test)]
mod tests {
    use super::*;

    const ANN: u128 = 1;
    const BEN: u128 = 2;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn party(state: &str, version: i32, wanted: Option<u128>, staff: Option<u128>) -> Party {
        Party {
            services: vec![id(7)],
            wanted: wanted.map(id),
            state: state.to_owned(),
            version,
            staff: staff.map(id),
        }
    }

    fn step(entry: u128, version: i32, action: &str, from: &str, to: &str, staff: u128) -> Step {
        Step {
            entry: id(entry),
            version,
            action: action.to_owned(),
            from: (!from.is_empty()).then(|| from.to_owned()),
            to: to.to_owned(),
            staff: (staff > 0).then(|| id(staff)),
        }
    }

    fn joined(entry: u128) -> Step {
        step(entry, 1, "joined", "", "waiting", 0)
    }

    fn called(entry: u128, staff: u128) -> Step {
        step(entry, 2, "called", "waiting", "called", staff)
    }

    fn next(entry: u128, staff: u128) -> Told {
        Told {
            entry: Id::from_uuid(id(entry)),
            version: 2,
            state: "called".to_owned(),
            next: Some(Id::from_uuid(id(staff))),
        }
    }

    fn faults(parties: &[(u128, Party)], steps: &[Step], told: &[Told]) -> Vec<String> {
        let parties = parties.iter().map(|(number, party)| (id(*number), party.clone())).collect();
        let skill = vec![Id::from_uuid(id(7))];
        let skills =
            [ANN, BEN].map(|staff| (Id::from_uuid(id(staff)), skill.clone())).into_iter().collect();
        judge(&parties, steps, &skills, told)
    }

    /// What is right passes, and each thing that is wrong is found.
    #[test]
    fn the_judge_sees_what_is_wrong() {
        let one = |state: &str, version, staff| vec![(10, party(state, version, None, staff))];
        let two = |first: Party, second: Party| vec![(10, first), (11, second)];
        let waits = || party("waiting", 1, None, None);
        let of = |staff| party("called", 2, None, Some(staff));
        let right = two(of(ANN), of(BEN));
        let both = [joined(10), joined(11), called(10, ANN), called(11, BEN)];
        let told = [next(10, ANN), next(11, BEN)];
        assert_eq!(faults(&right, &both, &told), Vec::<String>::new());

        let wrong: [(&str, Vec<(u128, Party)>, Vec<Step>, Vec<Told>); 8] = [
            (
                "called by two at once",
                one("called", 3, Some(BEN)),
                vec![joined(10), called(10, ANN), step(10, 3, "called", "called", "called", BEN)],
                vec![],
            ),
            (
                "one calls two",
                two(of(ANN), of(ANN)),
                vec![joined(10), joined(11), called(10, ANN), called(11, ANN)],
                vec![],
            ),
            (
                "the second before the first",
                two(waits(), of(ANN)),
                vec![joined(10), joined(11), called(11, ANN)],
                vec![next(11, ANN)],
            ),
            (
                "one who wants another",
                vec![(10, party("called", 2, Some(BEN), Some(ANN)))],
                vec![joined(10), called(10, ANN)],
                vec![next(10, ANN)],
            ),
            ("lost", two(waits(), waits()), vec![joined(10)], vec![]),
            (
                "a gap",
                one("left", 3, None),
                vec![joined(10), step(10, 3, "left", "waiting", "left", 0)],
                vec![],
            ),
            ("elsewhere than its history", one("done", 1, None), vec![joined(10)], vec![]),
            (
                "an answer to what never happened",
                one("waiting", 1, None),
                vec![joined(10)],
                vec![next(10, ANN)],
            ),
        ];
        for (what, parties, steps, told) in wrong {
            assert!(!faults(&parties, &steps, &told).is_empty(), "{what}");
        }
        // Whoever lets one pass stands behind them.
        let passed = [
            joined(10),
            joined(11),
            step(10, 2, "more_time", "waiting", "waiting", 0),
            called(11, ANN),
        ];
        let parties = two(party("waiting", 2, None, None), of(ANN));
        assert_eq!(faults(&parties, &passed, &[next(11, ANN)]), Vec::<String>::new());
    }
}
