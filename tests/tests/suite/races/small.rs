//! Races of two: whoever is first has it, and the other is told so.

use chrono::Duration;
use openchair_domain::ids::{Id, Kind, Room, StaffMember};
use openchair_tests::spa::{Spa, at};
use openchair_tests::{Answer, TestApp, eventually, is_long, seed};
use rand::SeedableRng as _;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom as _;
use serde_json::{Value, json};

use super::check;

/// How often each race is run: who is first is luck.
fn heats() -> u32 {
    if is_long() { 60 } else { 6 }
}

fn path(visit: &Value, deed: &str) -> String {
    format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap())
}

/// One was done; what the other was told.
#[track_caller]
fn loser(one: &Answer, other: &Answer) -> (u16, String) {
    let done = [one, other].iter().filter(|answer| answer.status < 300).count();
    assert_eq!(done, 1, "{one}\n{other}");
    let lost = if one.status < 300 { other } else { one };
    (lost.status, lost.is_problem()["code"].as_str().unwrap().to_owned())
}

async fn all_is_well(app: &TestApp) {
    let wrong = check::tables(app.database.owner()).await;
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(check::deadlocks(app.database.owner()).await, 0);
}

/// A visit of a guest, with its link.
async fn taken_up(spa: &Spa, day: u32, time: &str) -> Value {
    let wanted = spa.wanted(&["Facial"], 1, &[]);
    let hold = spa.hold(wanted, at(day, time), &format!("visitor {day} {time}")).await;
    spa.take_up(&hold.expect(201), "Ann", "ann@example.com").await.expect(201)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_moves_to_one_time() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for day in 3..3 + heats() {
        let eve = || spa.wanted(&["Wax"], 1, &["Eve"]);
        let one = spa.book(eve(), at(day, "10:00")).await.expect(201);
        let other = spa.book(eve(), at(day, "11:00")).await.expect(201);
        let to = json!({ "version": 1, "start": at(day, "14:00") });
        let (first, second) = (path(&one, "move"), path(&other, "move"));
        let (one, other) = tokio::join!(spa.owner.post(&first, &to), spa.owner.post(&second, &to));
        assert_eq!(loser(&one, &other), (409, "slot_taken".to_owned()));
    }
    all_is_well(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_visits_change_places_or_stay() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for day in 3..3 + heats() {
        let eve = || spa.wanted(&["Wax"], 1, &["Eve"]);
        let one = spa.book(eve(), at(day, "10:00")).await.expect(201);
        let other = spa.book(eve(), at(day, "11:00")).await.expect(201);
        let (first, second) = (path(&one, "move"), path(&other, "move"));
        let to = |time: &str| json!({ "version": 1, "start": at(day, time) });
        let (to_one, to_other) = (to("11:00"), to("10:00"));
        let (one, other) =
            tokio::join!(spa.owner.post(&first, &to_one), spa.owner.post(&second, &to_other));
        // Each has what the other wants.
        one.problem(409, "slot_taken");
        other.problem(409, "slot_taken");
    }
    all_is_well(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_who_take_up_one_hold() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for day in 3..3 + heats() {
        let wanted = spa.wanted(&["Facial"], 1, &[]);
        let hold = spa.hold(wanted, at(day, "10:00"), &format!("visitor {day}")).await.expect(201);
        let (one, other) = tokio::join!(
            spa.take_up(&hold, "Ann", "ann@example.com"),
            spa.take_up(&hold, "Bob", "bob@example.com")
        );
        assert_eq!(loser(&one, &other), (409, "hold_used".to_owned()));
    }
    all_is_well(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hold_is_taken_up_while_it_lapses() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for day in 3..3 + heats() {
        let wanted = || spa.wanted(&["Scrub"], 1, &["Eve"]);
        let hold =
            spa.hold(wanted(), at(day, "10:00"), &format!("visitor {day}")).await.expect(201);
        app.clock.advance(Duration::minutes(10) - Duration::milliseconds(1));
        let lapse = async { app.clock.advance(Duration::milliseconds(1)) };
        // Somebody else wants it, and makes it lapse if it is time.
        let (one, other, ()) = tokio::join!(
            spa.take_up(&hold, "Ann", "ann@example.com"),
            spa.book(wanted(), at(day, "10:00")),
            lapse
        );
        let (status, code) = loser(&one, &other);
        assert_eq!(status, 409);
        assert!(["hold_over", "slot_taken"].contains(&&*code), "{code}");
    }
    all_is_well(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_visitor_keeps_one_time_also_from_two_windows() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for day in 3..3 + heats() {
        let wanted = || spa.wanted(&["Facial"], 1, &[]);
        let visitor = format!("visitor {day}");
        let (one, other) = tokio::join!(
            spa.hold(wanted(), at(day, "10:00"), &visitor),
            spa.hold(wanted(), at(day, "15:00"), &visitor)
        );
        one.expect(201);
        other.expect(201);
        let held = "select count(*) from appointments where status = 'held'";
        assert_eq!(app.database.count(held).await, i64::from(day - 2));
    }
    all_is_well(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_visit_is_cancelled_while_it_is_moved() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for day in 3..3 + heats() {
        let visit = spa.book(spa.wanted(&["Massage"], 1, &[]), at(day, "10:00")).await.expect(201);
        let to = json!({ "version": 1, "start": at(day, "14:00") });
        let (cancel, moving) = (path(&visit, "cancel"), path(&visit, "move"));
        let seen = json!({ "version": 1 });
        let (one, other) =
            tokio::join!(spa.owner.post(&cancel, &seen), spa.owner.post(&moving, &to));
        assert_eq!(loser(&one, &other), (409, "stale_version".to_owned()));
    }
    all_is_well(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_is_used_twice_at_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for day in 4..4 + heats() {
        let own = taken_up(&spa, day, "10:00").await;
        let moving = format!("/v1/b/{}/move", own["link"].as_str().unwrap());
        let to = |time: &str| json!({ "start": at(day, time) });
        let (early, late) = (to("12:00"), to("15:00"));
        let (one, other) =
            tokio::join!(spa.guest.post(&moving, &early), spa.guest.post(&moving, &late));
        // Whoever was first has changed the link.
        assert_eq!(loser(&one, &other), (404, "not_found".to_owned()));
    }
    all_is_well(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_sent_twice_at_once_books_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    for day in 3..3 + heats() {
        let body = json!({ "wanted": spa.wanted(&["Massage"], 1, &[]), "start": at(day, "10:00"),
                           "customer": { "name": "Ann", "email": "ann@example.com" } });
        let send = || {
            let call = spa.owner.post("/v1/appointments", &body);
            call.header("idempotency-key", &format!("tap-{day}"))
        };
        let (one, other) = tokio::join!(send(), send());
        assert_eq!(one.expect(201)["id"], other.expect(201)["id"]);
    }
    all_is_well(&app).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_is_offered_can_be_had_at_once() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let mut random = StdRng::seed_from_u64(seed());
    // Some is taken already, so that there is something to go round.
    for (day, time) in [(4, "10:00"), (4, "13:30"), (6, "09:00"), (7, "16:00"), (8, "11:00")] {
        spa.book(spa.wanted(&["Massage"], 1, &["Eve"]), at(day, time)).await.expect(201);
        spa.book(spa.wanted(&["Facial"], 2, &[]), at(day + 1, time)).await;
    }
    let wishes: [(&[&str], u8, &[&str]); 7] = [
        (&["Facial"], 1, &[]),
        (&["Facial"], 2, &[]),
        (&["Facial"], 1, &["Wanda"]),
        (&["Massage"], 2, &[]),
        (&["Scrub", "Massage"], 1, &[]),
        (&["Wax", "Facial"], 1, &["Eve"]),
        (&["Scrub"], 1, &[]),
    ];
    let tries = if is_long() { 300 } else { 25 };
    let (mut booked, mut full) = (0, 0);
    while booked < tries && full < 20 {
        let (services, party, staff) = wishes.choose(&mut random).unwrap();
        let list =
            |names: &[&str]| names.iter().map(|name| spa.id(name)).collect::<Vec<_>>().join(",");
        let mut query = format!("services={}&party={party}", list(services));
        if !staff.is_empty() {
            query = format!("{query}&staff={}", list(staff));
        }
        let path =
            format!("/v1/public/{}/slots?{query}&from=2026-03-03&to=2026-03-20", spa.business.slug);
        let found = spa.guest.get(&path).await.expect(200);
        let Some(slot) = found["slots"].as_array().unwrap().choose(&mut random).cloned() else {
            full += 1;
            continue;
        };
        let start = slot["start"].as_str().unwrap().parse().unwrap();
        let wanted = spa.wanted(services, *party, staff);
        let hold = spa.hold(wanted, start, &format!("visitor {booked}")).await.expect(201);
        assert_eq!(hold["end"].as_str(), slot["end"].as_str(), "as long as it was offered");
        spa.take_up(&hold, "Ann", "ann@example.com").await.expect(201);
        booked += 1;
    }
    assert!(booked >= 20, "{booked} were booked");
    all_is_well(&app).await;
}

/// Two visits that don't touch each other, on a day on which one is enough.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_visits_where_one_is_enough() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let eve = format!("/v1/staff/{}", spa.ids["Eve"]);
    let version = spa.owner.get(&eve).await.expect(200)["version"].as_i64().unwrap();
    spa.owner.patch(&eve, version, &json!({ "daily_cap": 1 })).await.expect(200);
    for day in 3..3 + heats() {
        let eve = || spa.wanted(&["Wax"], 1, &["Eve"]);
        let (one, other) =
            tokio::join!(spa.book(eve(), at(day, "10:00")), spa.book(eve(), at(day, "15:00")));
        assert_eq!(loser(&one, &other), (409, "not_possible".to_owned()));
    }
    all_is_well(&app).await;
}

/// Who waits to take time of somebody who is just being taken away decides afresh.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_booked_who_goes_meanwhile() {
    let app = TestApp::start().await;
    let spa = app.spa().await;
    let staff = |id: &str| (format!("/v1/staff/{id}"), key(id.parse::<Id<StaffMember>>().unwrap()));
    let room = |id: &str| (format!("/v1/rooms/{id}"), key(id.parse::<Id<Room>>().unwrap()));
    // Only Room 3 has what a scrub needs; nobody but Fay is Fay; what Eve waxes Wanda does, too.
    for (gone, service, whom, instead) in [
        (room(spa.id("Room 3")), "Scrub", "Eve", Err("not_possible")),
        (staff(spa.id("Fay")), "Facial", "Fay", Err("not_found")),
        (staff(spa.id("Eve")), "Wax", "", Ok("Wanda")),
    ] {
        let whom: Vec<_> = [whom].into_iter().filter(|name| !name.is_empty()).collect();
        let wanted = || spa.wanted(&[service], 1, &whom);
        // Used before, so that it is archived.
        spa.book(wanted(), at(4, "10:00")).await.expect(201);
        let (path, key) = gone;
        let mut tx = app.database.owner().begin().await.unwrap();
        let lock = "select pg_advisory_xact_lock_shared($1)";
        sqlx::query(lock).bind(key).execute(&mut *tx).await.unwrap();
        let removed = async { spa.owner.delete(&path).await };
        let booked = async {
            // Behind who takes them away.
            waiting(&app, 1).await;
            spa.book(wanted(), at(6, "12:00")).await
        };
        let released = async {
            waiting(&app, 2).await;
            tx.commit().await.unwrap();
        };
        let (removed, booked, ()) = tokio::join!(removed, booked, released);
        assert_eq!(removed.expect(200)["outcome"], "archived");
        match instead {
            Ok(other) => assert_eq!(Spa::hands(&booked.expect(201))[0].0, other),
            Err(code) => assert_eq!(booked.is_problem()["code"], code, "{booked}"),
        }
    }
    all_is_well(&app).await;
}

/// The advisory lock that stands for somebody or something.
fn key<K: Kind>(id: Id<K>) -> i64 {
    i64::from_ne_bytes(id.uuid().as_bytes()[8..].try_into().unwrap())
}

/// Waits until so many wait for an advisory lock.
async fn waiting(app: &TestApp, many: i64) {
    let sql = "select count(*) from pg_locks l join pg_database d on d.oid = l.database
               where d.datname = current_database() and locktype = 'advisory' and not granted";
    eventually("somebody waits for a lock", async || {
        (app.database.count(sql).await >= many).then_some(())
    })
    .await;
}
