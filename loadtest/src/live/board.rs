//! One board with a thousand subscribers and a hundred changes a second, beside Socket.IO: the same
//! crowd, the same number of changes of the same length, one after the other on the same machine. Ours
//! writes each change into a database first and reads it from there; Socket.IO's is made up in memory.
//! So the same changes are made once with nobody looking on, and what that costs is not the cost of
//! telling a thousand of them. In the end once more with some who don't read.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

use super::crowd::{Born, Crowd, Reached};
use super::listener::{Door, Listener, Whom};
use super::many::{count, settled, ticks_us};
use super::peer::{self, SocketIo};
use super::{Options, born, newest};
use crate::desk::Desk;
use crate::error::Outcome;
use crate::figures::{Bar, Figures};
use crate::machine::{process_ticks, resident_kib};
use crate::place::Place;
use crate::{plot, say};

const PART: &str = "one board, a thousand subscribers";
/// Changes a second.
const RATE: u32 = 100;
/// Who press buttons.
const HANDS: u32 = 4;
/// Who don't read.
const ASLEEP: usize = 20;
const LATEST: Duration = Duration::from_secs(3);

/// What a run cost.
struct Run {
    reached: Reached,
    /// Processor time of a change on its way to one subscriber, in microseconds.
    cost: f64,
    /// Memory a socket, in KiB.
    memory: f64,
}

pub(super) async fn run(place: &Place, options: &Options, figures: &mut Figures) -> Outcome<()> {
    say("One board and its subscribers, beside Socket.IO");
    let desk = place.desk(0);
    let pairs = fill(&desk).await?;
    let door = board(place, &desk);
    let ticks = place.server.ticks()?;
    let begun = Instant::now();
    press(&desk, options, &pairs).await?;
    let changes = f64::from(RATE * options.seconds);
    let rate = changes / begun.elapsed().as_secs_f64();
    sleep(LATEST).await;
    let alone = place.server.ticks()? - ticks;
    let awake = ours(place, options, &desk, (&pairs, alone), &door, 0).await?;
    let theirs = socket_io(options, awake.reached.bytes).await?;
    let among_sleepers = ours(place, options, &desk, (&pairs, alone), &door, ASLEEP).await?;

    let (our, their) = (awake.reached.samples.summary(), theirs.reached.samples.summary());
    let with = among_sleepers.reached.samples.summary();
    let mut add = |what: &str, found, bar| figures.add(PART, what, found, bar);
    add("subscribers", f64::from(options.subscribers), Bar::None);
    add("changes a second", rate, Bar::AtLeast(f64::from(RATE) * 0.95));
    add("bytes of a message", awake.reached.bytes, Bar::None);
    add("deliveries", count(awake.reached.samples.summary().count), Bar::None);
    add("messages that they came in", count(awake.reached.deliveries), Bar::None);
    add("deliveries of Socket.IO", count(theirs.reached.samples.summary().count), Bar::None);
    add("server CPU of making a change, us", ticks_us(alone) / changes, Bar::None);
    add("server CPU a delivery, us", awake.cost, Bar::None);
    add("the same of Socket.IO, us", theirs.cost, Bar::None);
    add("server CPU, x Socket.IO", awake.cost / theirs.cost, Bar::AtMost(0.5));
    add("p99 from commit, ms", our.p99_us / 1000.0, Bar::None);
    add("p99 of Socket.IO from emit, ms", their.p99_us / 1000.0, Bar::None);
    add("p99, x Socket.IO", our.p99_us / their.p99_us, Bar::AtMost(0.25));
    add("memory a connection, KiB", awake.memory, Bar::None);
    add("the same of Socket.IO, KiB", theirs.memory, Bar::None);
    add("memory, x Socket.IO", awake.memory / theirs.memory, Bar::AtMost(1.0 / 3.0));
    add(
        "missed, or older after newer",
        count(awake.reached.missed + awake.reached.backwards),
        Bar::AtMost(0.0),
    );
    add("p99 beside those who don't read, ms", with.p99_us / 1000.0, Bar::None);
    add("p50 beside them, x without", with.p50_us / our.p50_us, Bar::AtMost(1.25));
    add("p99 beside them, x without", with.p99_us / our.p99_us, Bar::AtMost(1.5));
    add("missed beside them", count(among_sleepers.reached.missed), Bar::AtMost(0.0));
    figures.show(PART);
    let lines = [
        ("Openchair", &awake.reached.samples),
        ("Socket.IO 4", &theirs.reached.samples),
        ("beside sleepers", &among_sleepers.reached.samples),
    ];
    let title = format!("{} subscribers, {RATE} changes a second: delay", options.subscribers);
    plot::keep(options.svg.as_ref(), "board.svg", &plot::delays(&title, &lines))?;
    let rows = [
        ("CPU, µs a delivery", [awake.cost, theirs.cost]),
        ("p99, ms", [our.p99_us / 1000.0, their.p99_us / 1000.0]),
        ("KiB a connection", [awake.memory, theirs.memory]),
    ];
    let bars = plot::pairs("One board beside Socket.IO 4", ["Openchair", "Socket.IO 4"], &rows);
    plot::keep(options.svg.as_ref(), "peers.svg", &bars)
}

/// One who waits, and who calls them.
#[derive(Debug, Clone)]
struct Pair {
    entry: String,
    staff: String,
}

/// People who wait at the shop, one for each of those who press buttons.
async fn fill(desk: &Desk) -> Outcome<Vec<Pair>> {
    let location = &desk.shop.location;
    let people = must(desk.ask(Method::GET, "/v1/staff", &Value::Null).await?, 200)?;
    let people = people["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let people: Vec<&str> =
        people.iter().filter_map(|one| one["id"].as_str()).take(HANDS as usize).collect();
    let path = format!("/v1/locations/{location}/queue");
    let settings = must(desk.ask(Method::GET, &path, &Value::Null).await?, 200)?;
    let change = json!({ "open": true, "capacity": 50, "staff": people });
    must(desk.change(&path, settings["version"].as_i64().unwrap_or(0), &change).await?, 200)?;
    let mut pairs = Vec::new();
    for staff in people {
        let body = json!({ "location": location, "name": format!("Guest of {staff}"),
                           "services": [desk.shop.service] });
        let made = must(desk.ask(Method::POST, "/v1/queue/entries", &body).await?, 201)?;
        let entry = made.pointer("/entry/id").or(made.get("id")).and_then(Value::as_str);
        let entry = entry.ok_or_else(|| format!("no entry: {made}"))?.to_owned();
        pairs.push(Pair { entry, staff: staff.to_owned() });
    }
    Ok(pairs)
}

fn must(told: crate::desk::Told, status: u16) -> Outcome<Value> {
    if told.status == status {
        Ok(told.body)
    } else {
        Err(format!("{} where {status} was due: {}", told.status, told.body).into())
    }
}

/// The door to the board that hangs on the shop's wall: anybody may look at it.
fn board(place: &Place, desk: &Desk) -> Door {
    let (shop, location) = (&desk.shop.slug, &desk.shop.location);
    let first = [json!({ "shop": shop }), json!({ "sub": "board", "location": location })];
    let first = first.map(|message| message.to_string()).to_vec();
    Door { address: place.address(), whom: Whom::Us { first } }
}

async fn ours(
    place: &Place,
    options: &Options,
    desk: &Desk,
    (pairs, alone): (&[Pair], u64),
    door: &Door,
    asleep: usize,
) -> Outcome<Run> {
    let before = settled(place).await?;
    let crowd = Crowd::gather(vec![door.clone(); usize::try_from(options.subscribers)?]).await?;
    let idle = settled(place).await?;
    let mut sleepers: Vec<Listener> = Vec::new();
    for _ in 0..asleep {
        sleepers.push(door.open_narrow().await?);
    }
    let seen = newest(&place.db, &desk.shop).await?;
    let ticks = place.server.ticks()?;
    press(desk, options, pairs).await?;
    sleep(LATEST).await;
    let ticks = place.server.ticks()? - ticks;
    let heard = crowd.disperse().await?;
    drop(sleepers);
    let born = born(&place.db, &desk.shop, seen).await?;
    let mut reached = Reached::nobody()?;
    for heard in &heard {
        reached.add(heard, &born);
    }
    let cost = ticks_us(ticks.saturating_sub(alone)) / count(reached.samples.summary().count);
    let memory = (idle - before) * 1024.0 / f64::from(options.subscribers);
    Ok(Run { reached, cost, memory })
}

/// Calls somebody, puts them back, and calls them again: one who waits for each hand.
async fn press(desk: &Desk, options: &Options, pairs: &[Pair]) -> Outcome<()> {
    let mut hands = JoinSet::new();
    let (begun, apart) = (Instant::now(), Duration::from_secs(1) / RATE);
    for (nth, pair) in (0..).zip(pairs) {
        let (desk, Pair { entry, staff }) = (desk.clone(), pair.clone());
        // Whoever was called is put back: in the end everybody stands as in the beginning.
        let times = RATE * options.seconds / HANDS / 2 * 2;
        // One after the other, as Socket.IO's are.
        let mut pace = interval_at(begun + apart * nth, apart * HANDS);
        pace.set_missed_tick_behavior(MissedTickBehavior::Burst);
        hands.spawn(async move {
            let path = format!("/v1/queue/entries/{entry}");
            let found = must(desk.ask(Method::GET, &path, &Value::Null).await?, 200)?;
            let mut version = found["version"].as_i64().ok_or("an entry without a version")?;
            for number in 0..times {
                pace.tick().await;
                let (what, body) = if number % 2 == 0 {
                    ("call", json!({ "version": version, "staff": staff }))
                } else {
                    ("return", json!({ "version": version }))
                };
                let done = desk.ask(Method::POST, &format!("{path}/{what}"), &body).await?;
                version = must(done, 200)?["version"].as_i64().unwrap_or(version + 1);
            }
            Outcome::Ok(())
        });
    }
    while let Some(done) = hands.join_next().await {
        done??;
    }
    Ok(())
}

async fn socket_io(options: &Options, bytes: f64) -> Outcome<Run> {
    let mut peer = SocketIo::start(&peer::folder(options.peers.as_ref())?).await?;
    let pid = peer.pid()?;
    sleep(LATEST).await;
    let look = || resident_kib(pid).ok_or("Socket.IO ended");
    let before = look()?;
    let crowd = Crowd::gather(vec![peer.door(); usize::try_from(options.subscribers)?]).await?;
    sleep(LATEST).await;
    let idle = look()?;
    let ticks = process_ticks(pid).ok_or("Socket.IO ended")?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a message is short"
    )]
    let bytes = bytes.round() as usize;
    peer.go(RATE, bytes).await?;
    sleep(Duration::from_secs(options.seconds.into())).await;
    let made = peer.stop().await?;
    sleep(LATEST).await;
    let ticks = process_ticks(pid).ok_or("Socket.IO ended")? - ticks;
    let heard = crowd.disperse().await?;
    let mut reached = Reached::nobody()?;
    for heard in &heard {
        let born: Born = heard.iter().filter_map(|one| Some((one.seq, one.sent?))).collect();
        reached.add(heard, &born);
        let all = u64::try_from(heard.len())?;
        reached.missed += made.saturating_sub(all);
    }
    let cost = ticks_us(ticks) / count(reached.samples.summary().count);
    let memory = count(idle.saturating_sub(before)) / f64::from(options.subscribers);
    Ok(Run { reached, cost, memory })
}
