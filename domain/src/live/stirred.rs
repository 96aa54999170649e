//! What events have touched, as far as somebody may be looking at it.

use std::collections::{BTreeSet, HashMap};

use serde::Deserialize;

use super::events::Happened;
use crate::bookings::{Left, Told};
use crate::ids::{Appointment, Customer, Id, Kind, Location, QueueEntry, Series, StaffMember};
use crate::time::Instant;

/// Where a visit was before it moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// Where.
    pub location: Id<Location>,
    /// From.
    pub starts_at: Instant,
    /// To.
    pub ends_at: Instant,
    /// Whose columns it stood in.
    pub staff: Vec<Id<StaffMember>>,
}

impl From<Left> for Moved {
    fn from(left: Left) -> Self {
        let Left { spot, staff } = left;
        let (location, starts_at, ends_at) = (spot.location, spot.starts_at, spot.ends_at);
        Self { location, starts_at, ends_at, staff }
    }
}

/// Where a visit was while something happened to it.
#[derive(Debug, Default, Clone)]
pub struct Traces {
    /// Where, from when and to when, each time it was told.
    pub at: Vec<(Id<Location>, Instant, Instant)>,
    /// What it left.
    pub left: Vec<Moved>,
}

/// What happened in a line.
#[derive(Debug, Default, Clone)]
pub struct Line {
    /// To whom.
    pub entries: BTreeSet<Id<QueueEntry>>,
    /// Whether it was to more than those.
    pub all: bool,
}

/// What some events have touched.
#[derive(Debug, Default)]
pub struct Stirred {
    /// Visits, and where they were meanwhile.
    pub visits: HashMap<Id<Appointment>, Traces>,
    /// Customers whose visits may look different now.
    pub customers: BTreeSet<Id<Customer>>,
    /// Lines in which something happened, and to which entries; nothing named is everything.
    pub lines: HashMap<Id<Location>, Line>,
    /// Whether what is said of all lines may be something else: names of staff, of places, of
    /// customers, or the times of visits that those who wait wait for.
    pub all_lines: bool,
    /// Series whose visits may look different now.
    pub series: BTreeSet<Id<Series>>,
    /// Locations that are in another time zone now.
    pub locations: BTreeSet<Id<Location>>,
    /// Who may see something else now than before.
    pub seers: Seers,
    /// Whether there was something of a visit that doesn't say where: told by an older release.
    pub unclear: bool,
}

/// Who may see something else.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Seers {
    /// Whether it may be that of anybody: somebody may do something else.
    pub rights: bool,
    /// Whether it may be that of who sees their own column: it may be another one.
    pub columns: bool,
}

#[derive(Deserialize)]
#[serde(bound = "")]
struct About<K: Kind> {
    id: Id<K>,
}

#[derive(Deserialize)]
struct OfLocation {
    id: Id<Location>,
    /// Whether its time zone is another one now. Older releases didn't say.
    zone: Option<bool>,
}

#[derive(Deserialize)]
struct OfCustomer {
    id: Id<Customer>,
    other_id: Option<Id<Customer>>,
}

#[derive(Deserialize)]
struct OfLine {
    location: Id<Location>,
    id: Option<Id<QueueEntry>>,
}

impl Stirred {
    /// What these events have touched.
    pub fn by(events: &[Happened]) -> Self {
        let mut stirred = Self::default();
        for event in events {
            stirred.add(event);
        }
        stirred
    }

    fn add(&mut self, event: &Happened) {
        self.all_lines |= event.kind.starts_with("staff.")
            || event.kind.starts_with("customer.")
            || event.kind.starts_with("room.")
            || event.kind.starts_with("location.");
        self.seers.rights |= changes_rights(&event.kind);
        self.seers.columns |= changes_columns(&event.kind);
        let about = event.kind.split_once('.').map_or(event.kind.as_str(), |(about, _)| about);
        match about {
            "appointment" => match Told::deserialize(&event.payload) {
                Ok(told) => {
                    let traces = self.visits.entry(told.id).or_default();
                    let now = told.spot;
                    traces.at.push((now.location, now.starts_at, now.ends_at));
                    traces.left.extend(told.was.map(Moved::from));
                }
                Err(_) => self.unclear = true,
            },
            "customer" => {
                if let Ok(of) = OfCustomer::deserialize(&event.payload) {
                    self.customers.extend([Some(of.id), of.other_id].into_iter().flatten());
                }
            }
            "queue" => {
                if let Ok(of) = OfLine::deserialize(&event.payload) {
                    let line = self.lines.entry(of.location).or_default();
                    line.all |= of.id.is_none();
                    line.entries.extend(of.id);
                }
            }
            "series" => {
                if let Ok(of) = About::<Series>::deserialize(&event.payload) {
                    self.series.insert(of.id);
                }
            }
            "location" if event.kind == "location.updated" => {
                if let Ok(of) = OfLocation::deserialize(&event.payload)
                    && of.zone.unwrap_or(true)
                {
                    self.locations.insert(of.id);
                }
            }
            _ => {}
        }
    }
}

/// Invitations give no rights before somebody joins; what is set for a business gives none at all.
fn changes_rights(kind: &str) -> bool {
    kind.starts_with("role.")
        || matches!(
            kind,
            "team.member_joined"
                | "team.member_left"
                | "team.member_removed"
                | "team.role_changed"
                | "tenant.ownership_transferred"
        )
}

fn changes_columns(kind: &str) -> bool {
    matches!(
        kind,
        "staff.created" | "staff.updated" | "staff.archived" | "staff.restored" | "staff.deleted"
    )
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn by(kind: &str, payload: Value) -> Stirred {
        Stirred::by(&[Happened { seq: 1, kind: kind.to_owned(), payload }])
    }

    #[test]
    fn who_sees_what_may_be_something_else() {
        let cases = [
            ("team.role_changed", (true, false)),
            ("team.member_joined", (true, false)),
            ("team.member_invited", (false, false)),
            ("role.changed", (true, false)),
            ("tenant.ownership_transferred", (true, false)),
            ("tenant.updated", (false, false)),
            ("staff.updated", (false, true)),
            ("staff.archived", (false, true)),
            ("staff.hours_changed", (false, false)),
            ("appointment.moved", (false, false)),
        ];
        for (kind, expected) in cases {
            let Seers { rights, columns } = by(kind, json!({})).seers;
            assert_eq!((rights, columns), expected, "{kind}");
        }
    }

    #[test]
    fn only_another_time_zone_moves_the_days_of_a_location() {
        let id = "loc_00000000000000000000000004";
        let cases = [
            (json!({ "id": id, "zone": true }), 1),
            (json!({ "id": id, "zone": false }), 0),
            // As an older release told it.
            (json!({ "id": id }), 1),
        ];
        for (payload, moved) in cases {
            let stirred = by("location.updated", payload.clone());
            assert_eq!((stirred.locations.len(), stirred.all_lines), (moved, true), "{payload}");
        }
    }
}
