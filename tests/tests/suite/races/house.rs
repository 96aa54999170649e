//! The spa as the race knows it: what can be had there, by whom and where.

use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};
use openchair_tests::spa::{Spa, at};
use serde_json::{Value, json};

/// Something that can be had.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kind {
    /// What a visit of it is called.
    pub(super) title: &'static str,
    services: &'static [&'static str],
    pub(super) party: u8,
    pub(super) minutes: i64,
    pub(super) before: i64,
    pub(super) after: i64,
    /// Who could do all of it.
    pub(super) staff: &'static [&'static str],
    /// Where all of it could be done; nowhere in particular if empty.
    pub(super) rooms: &'static [&'static str],
}

const PLAIN: Kind = Kind {
    title: "Facial",
    services: &["Facial"],
    party: 1,
    minutes: 60,
    before: 0,
    after: 0,
    staff: &["Fay", "Eve", "Wanda"],
    rooms: &["Room 1", "Room 2", "Room 3"],
};

pub(super) const KINDS: [Kind; 8] = [
    PLAIN,
    Kind { party: 2, rooms: &["Room 2", "Room 3"], ..PLAIN },
    Kind {
        title: "Massage",
        services: &["Massage"],
        party: 2,
        staff: &["Eve", "Bea"],
        rooms: &["Room 2", "Room 3"],
        ..PLAIN
    },
    Kind {
        title: "Scrub",
        services: &["Scrub"],
        minutes: 30,
        staff: &["Eve", "Bea"],
        rooms: &["Room 3"],
        ..PLAIN
    },
    Kind {
        title: "Wax",
        services: &["Wax"],
        minutes: 30,
        staff: &["Eve", "Wanda"],
        rooms: &[],
        ..PLAIN
    },
    Kind { title: "Wrap", services: &["Wrap"], before: 10, after: 20, staff: &["Bea"], ..PLAIN },
    Kind {
        title: "Facial + Wax",
        services: &["Facial", "Wax"],
        minutes: 90,
        staff: &["Eve", "Wanda"],
        ..PLAIN
    },
    Kind {
        title: PACKAGE,
        services: &[],
        minutes: 90,
        staff: &["Eve", "Bea"],
        rooms: &["Room 3"],
        ..PLAIN
    },
];

const PACKAGE: &str = "Lagoon day";

/// A Wednesday, a Friday and a Saturday: all who take part in the race work on them.
const DAYS: [u32; 3] = [4, 6, 7];
/// From nine to five, every half hour: the longest thing is over before the doors close.
const STARTS: u32 = 17;

/// Some start, by a number.
pub(super) fn start(number: u32) -> DateTime<Utc> {
    let day = DAYS[(number / STARTS) as usize % DAYS.len()];
    at(day, "09:00") + Duration::minutes(i64::from(number % STARTS) * 30)
}

/// How many starts there are.
pub(super) const ALL_STARTS: u32 = STARTS * 3;

/// Where the race is.
#[derive(Debug)]
pub(super) struct House {
    pub(super) spa: Spa,
    package: Value,
}

impl House {
    /// Adds what the spa hasn't: buffers, and a package.
    pub(super) async fn open(mut spa: Spa) -> Self {
        let buffers = json!({ "buffer_before_minutes": 10, "buffer_after_minutes": 20 });
        spa.service("Wrap", 60, 8_000, &buffers).await;
        spa.person("Bea", &["Massage", "Wrap", "Scrub"], &[1, 2, 3, 4, 5, 6, 7], None).await;
        let package = json!({
            "category_id": spa.id("category"), "name": PACKAGE, "mode": "sequence",
            "price_minor": 15_000, "service_ids": [spa.id("Scrub"), spa.id("Massage")],
        });
        let package = spa.owner.post("/v1/packages", &package).await.expect(201);
        Self { spa, package: package["id"].clone() }
    }

    /// A kind as it is wanted.
    pub(super) fn wanted(&self, kind: &Kind, staff: &[&str]) -> Value {
        if !kind.services.is_empty() {
            return self.spa.wanted(kind.services, kind.party, staff);
        }
        let staff: Vec<_> = staff.iter().map(|name| self.spa.id(name)).collect();
        json!({ "package": self.package, "staff": staff })
    }

    /// What a visit of that title for so many is.
    pub(super) fn kind(title: &str, party: i64) -> Option<usize> {
        KINDS.iter().position(|kind| kind.title == title && i64::from(kind.party) == party)
    }

    /// Minutes before and after each service that keep others out, by its id.
    pub(super) fn buffers(&self) -> HashMap<String, (i64, i64)> {
        HashMap::from([(self.spa.id("Wrap").to_owned(), (10, 20))])
    }
}
