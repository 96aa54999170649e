//! Others in the race for a line: who booked and comes, or doesn't; the desk that puts people elsewhere
//! and gives them visits instead; and time, which forgets them.

use std::sync::Arc;

use openchair_domain::ids::{Id, QueueEntry};
use openchair_domain::queue::expire_everywhere;
use openchair_tests::spa::at;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use rand::{RngExt as _, SeedableRng as _};
use serde_json::{Value, json};

use super::line_judge::{Asked, Put};
use super::queue::{Crowd, STAFF, able};

/// When visits are moved to, and new ones booked for: soon enough to be in the way, or not at all.
const TIMES: [&str; 4] = ["10:30", "11:00", "14:00", "17:30"];

/// Who has a visit before the line is: at ten, which keeps them from calling anybody until it has come or
/// was called off; or at half past, which keeps them from what takes long.
const BOOKED: [(&str, &str, &str); 6] = [
    ("Ann", "Wax", "10:00"),
    ("Jon", "Wax", "10:00"),
    ("Ben", "Wax", "10:30"),
    ("Dov", "Wax", "10:30"),
    ("Ema", "Scrub", "10:30"),
    ("Gil", "Wax", "10:30"),
];

/// Those visits; and who comes early for theirs at ten, and is there when it begins.
pub(super) async fn book(crowd: &Crowd) -> Vec<Value> {
    let mut visits = Vec::new();
    for (name, service, time) in BOOKED {
        let wanted = crowd.spa.wanted(&[service], 1, &[name]);
        visits.push(crowd.spa.book(wanted, at(2, time)).await.expect(201));
    }
    let wanted = crowd.spa.wanted(&["Facial"], 1, &["Ida"]);
    let early = crowd.spa.book(wanted, at(2, "10:00")).await.expect(201);
    press(crowd, &early, "check-in", &json!({})).await.expect("they are there");
    visits
}

/// Does something to a visit, as it is now. None: it can't be done to it.
async fn press(crowd: &Crowd, visit: &Value, deed: &str, more: &Value) -> Option<Value> {
    let path = format!("/v1/appointments/{}", visit["id"].as_str().unwrap());
    let mut body = json!({ "version": crowd.spa.owner.get(&path).await.version() });
    for (key, value) in more.as_object().into_iter().flatten() {
        body[key] = value.clone();
    }
    let answer = crowd.spa.owner.post(&format!("{path}/{deed}"), &body).await;
    assert!(answer.status < 500, "{answer}");
    (answer.status < 300).then(|| answer.json())
}

/// Visits that are booked, checked in, begun, moved, called off and missed.
pub(super) async fn visit(crowd: Arc<Crowd>, mut visits: Vec<Value>, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    while crowd.goes_on() {
        if visits.len() < 8 {
            let (name, does) = STAFF.choose(&mut random).unwrap();
            let start = at(2, TIMES.choose(&mut random).unwrap());
            let wanted = crowd.spa.wanted(&does[..1], 1, &[name]);
            let answer = crowd.spa.book(wanted, start).await;
            assert!(answer.status < 300 || answer.status == 409, "{answer}");
            if answer.status < 300 {
                visits.push(answer.json());
            }
        }
        let Some(place) = (!visits.is_empty()).then(|| random.random_range(0..visits.len())) else {
            continue;
        };
        let deeds =
            ["check-in", "check-in", "check-in", "start", "complete", "move", "cancel", "no-show"];
        let deed = *deeds.choose(&mut random).unwrap();
        let start = at(2, TIMES.choose(&mut random).unwrap());
        let more = if deed == "move" { json!({ "start": start }) } else { json!({}) };
        let done = press(&crowd, &visits[place], deed, &more).await;
        if done.is_some() && ["complete", "cancel", "no-show"].contains(&deed) {
            visits.swap_remove(place);
        }
    }
}

/// The desk puts people to other places, and gives some of them a visit instead.
pub(super) async fn desk(crowd: Arc<Crowd>, seed: u64) {
    let mut random = StdRng::seed_from_u64(seed);
    while crowd.goes_on() {
        let board = crowd.spa.line().await;
        let entries = board["entries"].as_array().unwrap();
        let entries: Vec<_> = entries.iter().filter(|one| one["state"] != "serving").collect();
        let (Some(one), Some(other)) = (entries.choose(&mut random), entries.choose(&mut random))
        else {
            continue;
        };
        let id = &other["id"];
        let next_to: Id<QueueEntry> = id.as_str().unwrap().parse().unwrap();
        let (put, more) = match random.random_range(0..6) {
            0 => (Put::First, json!({ "to": "first" })),
            1 => (Put::Last, json!({ "to": "last" })),
            2 => (Put::After(next_to.uuid()), json!({ "after": id })),
            3 => (Put::Before(next_to.uuid()), json!({ "before": id })),
            _ => {
                let start = at(2, TIMES.choose(&mut random).unwrap());
                let wanted = one["services"].as_array().unwrap().iter().map(|of| &of["name"]);
                let staff: Vec<_> = able(wanted).collect();
                let staff = staff.choose(&mut random).unwrap();
                let more = json!({ "start": start, "staff": crowd.spa.id(staff) });
                let answer = crowd.spa.press(one, "convert", more).await;
                crowd.note(&answer, Asked::This).await;
                continue;
            }
        };
        let answer = crowd.spa.press(one, "move", more).await;
        crowd.note(&answer, Asked::Put(put)).await;
    }
}

/// Somebody has waited for so long that they are forgotten; and somebody else wants all that is known
/// of them forgotten.
pub(super) async fn forget(crowd: &Crowd) {
    let owner = &crowd.spa.owner;
    let long_ago = "
        update queue_entries set expires_at = joined_at where id = (
            select id from queue_entries
            where state in ('waiting', 'called') and source <> 'appointment'
            order by random() limit 1)";
    crowd.app.database.run(long_ago).await;
    expire_everywhere(&crowd.app.app().db).await.unwrap();
    let customer = owner.post("/v1/customers", &json!({ "name": "Zora" })).await.expect(201);
    let known = json!({ "customer": customer["id"] });
    crowd.spa.desk_in("Zora", &["Wax"], &known).await;
    let path = format!("/v1/customers/{}/erase", customer["id"].as_str().unwrap());
    let erased = owner.post(&path, &json!({ "version": 1 })).await;
    assert!(erased.status < 300 || erased.status == 409, "{erased}");
}
