//! From what happened in a tenant to what its watchers are told: read once, shown once to each
//! audience, written once for all its sockets.

use std::collections::HashMap;
use std::time::Instant;

use openchair_domain::bookings::Day;
use openchair_domain::live::{self, Happened, Stirred};
use openchair_domain::tenancy::{Db, StoreError, TenantTx};

use super::DELIVERIES;
use super::desk::{Desk, Looked};
use super::frame::{Frame, Matter};
use super::protocol::LiveMessage;
use super::schedule::Touched;
use super::topic::Topic;

/// When more than this has happened, everybody looks afresh instead.
const MOST: u16 = 1_000;

/// Tells everything that has happened since the last time.
pub(super) async fn tell(db: &Db, desk: &Desk) -> Result<(), StoreError> {
    let begun = Instant::now();
    let Some(seen) = desk.seen() else { return Ok(()) };
    let tx = db.picture_for_all(&desk.tenant).await?;
    let events = live::events(&tx, seen, MOST).await?;
    // Behind the first query: whoever takes a seat later takes their own picture later than this one,
    // with all of these events in it.
    let topics = desk.look();
    let Some(last) = unbroken(&events, seen) else {
        if !events.is_empty() {
            let last = live::last_seq(&tx).await?;
            topics.iter().for_each(|looked| resync(looked, last));
            desk.told(last);
        }
        return Ok(());
    };
    let stirred = Stirred::by(&events);
    let moved = moved_days(&tx, &stirred, &topics).await?;
    let days: Vec<Day> = topics.iter().map(|looked| looked.day).collect();
    let touched = Touched::load(&tx, &stirred, &days).await?;
    drop(tx);
    for looked in &topics {
        if let Some(day) = moved.get(&looked.topic) {
            desk.found(looked.topic, *day);
            resync(looked, last);
        } else if stirred.unclear {
            resync(looked, last);
        } else {
            change(looked, last, &stirred, &touched);
        }
    }
    desk.told(last);
    metrics::histogram!(super::RELAY).record(begun.elapsed().as_secs_f64());
    Ok(())
}

/// The number of the last event, if they are all that happened behind `seen`.
fn unbroken(events: &[Happened], seen: i64) -> Option<i64> {
    let last = events.last()?.seq;
    let all = i64::try_from(events.len()).is_ok_and(|count| last == seen + count);
    (all && events.len() < usize::from(MOST)).then_some(last)
}

/// The days of locations that were changed: they may be in another time zone now.
async fn moved_days(
    tx: &TenantTx,
    stirred: &Stirred,
    topics: &[Looked],
) -> Result<HashMap<Topic, Day>, StoreError> {
    let mut moved = HashMap::new();
    for looked in topics {
        let Topic::Schedule { location, date } = looked.topic;
        if stirred.locations.contains(&location)
            && let Some(day) = Day::of(tx, location, date).await?
        {
            moved.insert(looked.topic, day);
        }
    }
    Ok(moved)
}

fn resync(looked: &Looked, seq: i64) {
    for (_, seated) in &looked.audiences {
        seated.channel.push(Frame { seq, matter: Matter::Resync });
    }
}

fn change(looked: &Looked, seq: i64, stirred: &Stirred, touched: &Touched) {
    for (audience, seated) in &looked.audiences {
        let name = (looked.topic.to_string(), seq);
        let change = touched.change(name, &looked.day, stirred, (*audience, &seated.caller));
        let Some(change) = change else { continue };
        let bytes = LiveMessage::Change(change).encode();
        let sockets = seated.channel.push(Frame { seq, matter: Matter::Send(bytes) });
        metrics::counter!(DELIVERIES).increment(sockets as u64);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn a_gap_is_no_list_of_what_happened() {
        let events = |seqs: &[i64]| -> Vec<_> {
            let one = |seq: &i64| Happened { seq: *seq, kind: "x".into(), payload: Value::Null };
            seqs.iter().map(one).collect()
        };
        assert_eq!(unbroken(&events(&[5, 6, 7]), 4), Some(7));
        assert_eq!(unbroken(&events(&[6, 7]), 4), None);
        assert_eq!(unbroken(&events(&[]), 4), None);
        let many: Vec<i64> = (1..=i64::from(MOST)).collect();
        assert_eq!(unbroken(&events(&many), 0), None);
        assert_eq!(unbroken(&events(&many[1..]), 1), Some(i64::from(MOST)));
    }
}
