//! Whether everybody was told the truth: what was answered, beside what the tables say.
//!
//! A refusal is judged by what could have stood in the way at any time while it was asked. Whoever
//! was refused as `slot_taken` had one of the staff who could do all of it, and a room that would do
//! for all of it, taken at some time of the request. That is less than the engine knows (it may change hands
//! between steps), and never more: who is found guilty here lied.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Duration, Utc};
use openchair_domain::ids::{Appointment, Id};
use openchair_domain::secrets::{OpaqueToken, TokenKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool};
use uuid::Uuid;

use super::client::{Deed, Entry, Said};
use super::house::{House, KINDS, Kind};

type Instant = DateTime<Utc>;

#[derive(Debug, Deserialize)]
struct Visit {
    id: Uuid,
    starts_at: Instant,
    source: String,
    /// In hexadecimal digits.
    link_hash: Option<String>,
    visitor_hash: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
struct Line {
    appointment_id: Uuid,
    service_id: Uuid,
    staff_id: Option<Uuid>,
    room_id: Option<Uuid>,
    starts_at: Instant,
    ends_at: Instant,
}

#[derive(Debug, Deserialize)]
struct Step {
    appointment_id: Uuid,
    version: i32,
    at: Instant,
    action: String,
    to_status: String,
    actor_kind: String,
    details: Value,
}

/// Time that somebody had, from when it could first be met to when it last could.
#[derive(Debug)]
struct Stretch {
    visit: Uuid,
    /// Everybody, if nobody knows any more who it was.
    resource: Option<Uuid>,
    from: Instant,
    to: Instant,
    met_from: Instant,
    met_to: Instant,
}

/// What there is to judge by.
pub(super) struct Judge<'a> {
    house: &'a House,
    log: &'a [Entry],
    visits: HashMap<Uuid, Visit>,
    steps: HashMap<Uuid, Vec<Step>>,
    holds: HashMap<String, Uuid>,
    stretches: Vec<Stretch>,
    events: Vec<(String, i64)>,
    buffers: HashMap<Uuid, (i64, i64)>,
}

fn uuid<K: openchair_domain::ids::Kind>(text: &Value) -> Option<Uuid> {
    text.as_str().and_then(|text| text.parse::<Id<K>>().ok()).map(Id::uuid)
}

fn visit_of(text: &str) -> Uuid {
    text.parse::<Id<Appointment>>().map(Id::uuid).unwrap()
}

fn instant(value: &Value) -> Option<Instant> {
    value.as_str().and_then(|text| text.parse().ok())
}

/// What the tables keep of the token of a hold.
fn hash(hold: &str) -> String {
    let hash = OpaqueToken::parse(TokenKind::Hold, hold).map(|token| token.hash().to_vec());
    hash.unwrap().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Rows as they are, by the names of their columns.
async fn rows<T: DeserializeOwned>(owner: &PgPool, sql: &str) -> Vec<T> {
    let sql = format!("select to_jsonb(r)::text from ({sql}) r");
    let found = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(owner).await;
    let found: Vec<String> = found.unwrap();
    found.iter().map(|row| serde_json::from_str(row).unwrap()).collect()
}

/// What an answer says of its lines.
fn told(visit: Uuid, body: &Value) -> Vec<Line> {
    use openchair_domain::ids::{Room, Service, StaffMember};
    let line = |line: &Value| {
        Some(Line {
            appointment_id: visit,
            service_id: uuid::<Service>(&line["service"])
                .or(uuid::<Service>(&line["service_id"]))?,
            staff_id: uuid::<StaffMember>(&line["staff"])
                .or(uuid::<StaffMember>(&line["staff_id"])),
            room_id: uuid::<Room>(&line["room"]).or(uuid::<Room>(&line["room_id"])),
            starts_at: instant(&line["starts_at"])?,
            ends_at: instant(&line["ends_at"])?,
        })
    };
    let lines = body["lines"].as_array().cloned().unwrap_or_default();
    lines.iter().filter_map(line).collect()
}

impl<'a> Judge<'a> {
    pub(super) async fn read(owner: &PgPool, house: &'a House, log: &'a [Entry]) -> Self {
        let visits: Vec<Visit> = rows(
            owner,
            "select id, starts_at, source, encode(link_hash, 'hex') as link_hash,
                    encode(visitor_hash, 'hex') as visitor_hash from appointments",
        )
        .await;
        let lines: Vec<Line> = rows(owner, "select * from appointment_lines").await;
        let history: Vec<Step> =
            rows(owner, "select * from appointment_history order by version").await;
        let events = "select payload->>'id', (payload->>'version')::bigint from outbox_events
                      where kind like 'appointment.%'";
        let events = sqlx::query_as(events).fetch_all(owner).await.unwrap();
        let mut holds = HashMap::new();
        for visit in visits.iter().filter(|visit| visit.source == "public") {
            // The token of a hold moves from one column to the other when it is taken up.
            let hashes = [&visit.link_hash, &visit.visitor_hash];
            holds.extend(hashes.into_iter().flatten().map(|hash| (hash.clone(), visit.id)));
        }
        let mut steps: HashMap<Uuid, Vec<Step>> = HashMap::new();
        for step in history {
            steps.entry(step.appointment_id).or_default().push(step);
        }
        let buffers = house.buffers().into_iter().map(|(id, minutes)| {
            let id: Id<openchair_domain::ids::Service> = id.parse().unwrap();
            (id.uuid(), minutes)
        });
        let buffers = buffers.collect();
        let visits = visits.into_iter().map(|visit| (visit.id, visit)).collect();
        let mut judge =
            Self { house, log, visits, steps, holds, stretches: Vec::new(), events, buffers };
        judge.stretches = judge.stretch(&lines);
        judge
    }

    /// When a step that was taken can have been seen at the latest.
    fn seen_by(&self, visit: Uuid, step: &Step) -> Instant {
        let longest = self.log.iter().map(|entry| entry.ended - entry.began).max();
        let known = self.log.iter().find(|entry| match &entry.deed {
            Deed::Move { visit: id, version, .. } | Deed::Cancel { visit: id, version } => {
                entry.done().is_some()
                    && visit_of(id) == visit
                    && version + 1 == i64::from(step.version)
            }
            _ => false,
        });
        known.map_or(step.at + longest.unwrap_or_default() + Duration::seconds(2), |e| e.ended)
    }

    fn stretch(&self, lines: &[Line]) -> Vec<Stretch> {
        let mut last: HashMap<Uuid, Vec<Line>> = HashMap::new();
        for line in lines {
            last.entry(line.appointment_id).or_default().push(line.clone());
        }
        let mut by_answer: HashMap<(Uuid, i64), Vec<Line>> = HashMap::new();
        for entry in self.log {
            let Some(body) = entry.done() else { continue };
            if let (Some(id), Some(version)) =
                (uuid::<Appointment>(&body["id"]), body["version"].as_i64())
            {
                by_answer.insert((id, version), told(id, body));
            }
        }
        let mut all = Vec::new();
        for (id, steps) in &self.steps {
            let moves = |step: &&Step| step.action == "moved";
            for (place, step) in steps.iter().enumerate() {
                let begins = step.version == 1 || step.action == "moved";
                if !begins {
                    continue;
                }
                let later = &steps[place + 1..];
                let next_move = later.iter().find(moves);
                let end = later.iter().find(|step| {
                    step.action == "moved" || ["cancelled", "expired"].contains(&&*step.to_status)
                });
                let met_to = end.map_or(Instant::MAX_UTC, |end| self.seen_by(*id, end));
                let known = match next_move {
                    // What the table says is as the last move left it.
                    None => last.get(id),
                    Some(_) => by_answer.get(&(*id, step.version.into())),
                };
                for line in known.into_iter().flatten() {
                    let (before, after) =
                        self.buffers.get(&line.service_id).copied().unwrap_or_default();
                    for resource in [line.staff_id, line.room_id].into_iter().flatten() {
                        all.push(Stretch {
                            visit: *id,
                            resource: Some(resource),
                            from: line.starts_at - Duration::minutes(before),
                            to: line.ends_at + Duration::minutes(after),
                            met_from: step.at,
                            met_to,
                        });
                    }
                }
                if let (None, Some(next)) = (known, next_move) {
                    let before = |key: &str| instant(&next.details[key]["before"]).unwrap();
                    all.push(Stretch {
                        visit: *id,
                        resource: None,
                        from: before("starts_at") - Duration::minutes(10),
                        to: before("ends_at") + Duration::minutes(20),
                        met_from: step.at,
                        met_to,
                    });
                }
            }
        }
        all
    }

    /// Everything that somebody was told and wasn't so.
    pub(super) fn lies(&self) -> Vec<String> {
        let mut lies = self.miscounted();
        for entry in self.log {
            let lie = match &entry.said {
                Said::Nothing => None,
                Said::Answer(200..300, body) => self.promise(entry, body),
                Said::Answer(404, _) => match entry.deed {
                    // A link that was used or replaced leads nowhere.
                    Deed::MoveOwn { .. } | Deed::CancelOwn { .. } => None,
                    _ => Some("it is there".to_owned()),
                },
                Said::Answer(409, body) => self.refusal(entry, body),
                Said::Answer(..) => Some("nobody should be told that".to_owned()),
            };
            lies.extend(lie.map(|lie| format!("{lie}: {entry:?}")));
        }
        lies
    }

    fn steps(&self, visit: Uuid) -> &[Step] {
        self.steps.get(&visit).map_or(&[], Vec::as_slice)
    }

    fn held(&self, hold: &str) -> Option<Uuid> {
        self.holds.get(&hash(hold)).copied()
    }

    /// When a visit began after it had got this version.
    fn began(&self, visit: Uuid, version: i64) -> Option<Instant> {
        let moved = self
            .steps(visit)
            .iter()
            .find(|step| i64::from(step.version) > version && step.action == "moved");
        match moved {
            Some(step) => instant(&step.details["starts_at"]["before"]),
            None => self.visits.get(&visit).map(|visit| visit.starts_at),
        }
    }

    /// What was promised must be there, or have been changed by a step that is told of.
    fn promise(&self, entry: &Entry, body: &Value) -> Option<String> {
        let is = |visit: Option<Uuid>, version: i64, action: &str, start: Option<Instant>| {
            let step = visit.and_then(|visit| {
                self.steps(visit).iter().find(|step| i64::from(step.version) == version)
            });
            let found = step.is_some_and(|step| step.action == action);
            let same = start.is_none() || visit.and_then(|id| self.began(id, version)) == start;
            (!found || !same).then(|| "this was promised and isn't there".to_owned())
        };
        let some = |visit: Option<Uuid>, action: &str| {
            let found = visit.is_some_and(|id| self.steps(id).iter().any(|s| s.action == action));
            (!found).then(|| "this was promised and isn't there".to_owned())
        };
        match &entry.deed {
            Deed::Book { start, .. } => {
                is(uuid::<Appointment>(&body["id"]), 1, "booked", Some(*start))
            }
            Deed::Hold { start, .. } => {
                is(self.held(body["hold"].as_str().unwrap()), 1, "held", Some(*start))
            }
            Deed::TakeUp { hold } => is(self.held(hold), 2, "booked", None),
            Deed::Release { hold } => some(self.held(hold), "lapsed"),
            Deed::Move { visit, version, start, .. } => {
                is(Some(visit_of(visit)), version + 1, "moved", Some(*start))
            }
            Deed::Cancel { visit, version } => {
                is(Some(visit_of(visit)), version + 1, "cancelled", None)
            }
            Deed::MoveOwn { hold, start, .. } => {
                let moved = self.held(hold).is_some_and(|visit| {
                    let to = |step: &Step| instant(&step.details["starts_at"]["after"]);
                    self.steps(visit).iter().any(|step| to(step) == Some(*start))
                });
                (!moved).then(|| "this was promised and isn't there".to_owned())
            }
            Deed::CancelOwn { hold, .. } => some(self.held(hold), "cancelled"),
        }
    }

    /// Whoever was refused must have had something in their way while they asked.
    fn refusal(&self, entry: &Entry, body: &Value) -> Option<String> {
        let code = body["code"].as_str().unwrap_or_default();
        let meanwhile = |visit: Option<Uuid>, such: &dyn Fn(&Step) -> bool| {
            visit.is_some_and(|id| self.steps(id).iter().any(|s| s.at <= entry.ended && such(s)))
        };
        let over = |step: &Step| ["cancelled", "expired"].contains(&&*step.to_status);
        let just = match (&entry.deed, code) {
            (Deed::Book { kind, start, staff, over: false }, "slot_taken") => {
                self.full(entry, &KINDS[*kind], *start, *staff, None)
            }
            (Deed::Hold { kind, start }, "slot_taken") => {
                self.full(entry, &KINDS[*kind], *start, None, None)
            }
            (Deed::Move { visit, kind, start, .. }, "slot_taken") => {
                self.full(entry, &KINDS[*kind], *start, None, Some(visit_of(visit)))
            }
            (Deed::MoveOwn { hold, kind, start, .. }, "slot_taken") => {
                self.full(entry, &KINDS[*kind], *start, None, self.held(hold))
            }
            // The last of many attempts met somebody else again.
            (
                Deed::Book { kind, start, .. }
                | Deed::Hold { kind, start }
                | Deed::Move { kind, start, .. }
                | Deed::MoveOwn { kind, start, .. },
                "contended",
            ) => self.met(entry, &KINDS[*kind], *start),
            (Deed::TakeUp { hold }, "hold_over") => {
                // Nobody may have swept it away yet.
                let lapses =
                    self.steps(self.held(hold)?).first().map(|s| s.at + Duration::minutes(10));
                lapses.is_some_and(|at| at <= entry.ended) || meanwhile(self.held(hold), &over)
            }
            (Deed::TakeUp { hold } | Deed::Release { hold }, "hold_used") => {
                meanwhile(self.held(hold), &|step| step.action == "booked")
            }
            (
                Deed::Move { visit, version, .. } | Deed::Cancel { visit, version },
                "stale_version",
            ) => meanwhile(Some(visit_of(visit)), &|step| i64::from(step.version) > *version),
            (Deed::Move { visit, .. } | Deed::Cancel { visit, .. }, "wrong_state") => {
                meanwhile(Some(visit_of(visit)), &over)
            }
            (Deed::MoveOwn { hold, .. } | Deed::CancelOwn { hold, .. }, "wrong_state") => {
                meanwhile(self.held(hold), &over)
            }
            _ => false,
        };
        (!just).then(|| "this was refused without a reason".to_owned())
    }

    fn resource(&self, name: &str) -> Uuid {
        let id = self.house.spa.id(name);
        let staff = id.parse::<Id<openchair_domain::ids::StaffMember>>().map(Id::uuid);
        staff.or_else(|_| id.parse::<Id<openchair_domain::ids::Room>>().map(Id::uuid)).unwrap()
    }

    /// Who of these was taken at some time of the request.
    fn taken(
        &self,
        entry: &Entry,
        kind: &Kind,
        start: Instant,
        own: Option<Uuid>,
    ) -> HashSet<Option<Uuid>> {
        let from = start - Duration::minutes(kind.before);
        let to = start + Duration::minutes(kind.minutes + kind.after);
        let met = self.stretches.iter().filter(|stretch| {
            Some(stretch.visit) != own
                && stretch.from < to
                && from < stretch.to
                && stretch.met_from <= entry.ended
                && entry.began <= stretch.met_to
        });
        met.map(|stretch| stretch.resource).collect()
    }

    /// Whether no way to do it was free all the time.
    fn full(
        &self,
        entry: &Entry,
        kind: &Kind,
        start: Instant,
        staff: Option<&str>,
        own: Option<Uuid>,
    ) -> bool {
        let taken = self.taken(entry, kind, start, own);
        let free = |name: &&&str| !taken.contains(&Some(self.resource(name)));
        let hands = kind.staff.iter().filter(|name| staff.is_none_or(|staff| staff == **name));
        let hands = hands.filter(free).count();
        let housed = kind.rooms.is_empty() || kind.rooms.iter().any(|room| free(&room));
        taken.contains(&None) || hands < usize::from(kind.party) || !housed
    }

    /// Whether anybody was there at all.
    fn met(&self, entry: &Entry, kind: &Kind, start: Instant) -> bool {
        !self.taken(entry, kind, start, None).is_empty()
    }

    /// Nothing happened twice, nothing by itself, and everything was told once.
    fn miscounted(&self) -> Vec<String> {
        let mut lies = Vec::new();
        let mut count = |what: &str, found: usize, least: usize, most: usize| {
            if !(least..=most).contains(&found) {
                lies.push(format!("{what}: {found} are there, {least} to {most} were answered"));
            }
        };
        let of = |such: &dyn Fn(&Deed) -> bool| {
            let of = || self.log.iter().filter(|entry| such(&entry.deed));
            let done = of().filter(|entry| entry.done().is_some()).count();
            (done, done + of().filter(|entry| matches!(entry.said, Said::Nothing)).count())
        };
        let made = |source: &str| self.visits.values().filter(|v| v.source == source).count();
        let (booked, _) = of(&|deed| matches!(deed, Deed::Book { .. }));
        count("visits that staff booked", made("staff"), booked, booked);
        let (held, _) = of(&|deed| matches!(deed, Deed::Hold { .. }));
        count("holds", made("public"), held, held);
        let taken = |action: &str, by: &dyn Fn(&str) -> bool| {
            let steps = self.steps.values().flatten();
            steps.filter(|s| s.action == action && s.version > 1 && by(&s.actor_kind)).count()
        };
        let (done, _) = of(&|deed| matches!(deed, Deed::TakeUp { .. }));
        count("holds that were taken up", taken("booked", &|_| true), done, done);
        let staff = |kind: &str| kind == "user";
        let guest = |kind: &str| kind != "user";
        let (least, most) = of(&|deed| matches!(deed, Deed::Move { .. }));
        count("moves by staff", taken("moved", &staff), least, most);
        let (least, most) = of(&|deed| matches!(deed, Deed::MoveOwn { .. }));
        count("moves by customers", taken("moved", &guest), least, most);
        let (least, most) = of(&|deed| matches!(deed, Deed::Cancel { .. }));
        count("cancellations by staff", taken("cancelled", &staff), least, most);
        let (least, most) = of(&|deed| matches!(deed, Deed::CancelOwn { .. }));
        count("cancellations by customers", taken("cancelled", &guest), least, most);
        let told: HashSet<(Uuid, i64)> =
            self.events.iter().map(|(id, version)| (visit_of(id), *version)).collect();
        count("events", told.len(), self.events.len(), self.events.len());
        let steps = self.steps.values().flatten();
        let steps: HashSet<_> =
            steps.map(|step| (step.appointment_id, i64::from(step.version))).collect();
        let silent = steps.symmetric_difference(&told).count();
        count("steps that were told of otherwise than once", silent, 0, 0);

        lies
    }
}
