//! From what happened in a tenant to what its watchers are told: read once, shown once to each
//! audience, written once for all its sockets.

use std::collections::HashMap;
use std::time::Instant;

use openchair_domain::bookings::{BookingError, Day, Refusal};
use openchair_domain::ids::{Id, Location};
use openchair_domain::live::{self, Happened, Stirred};
use openchair_domain::tenancy::{Db, StoreError, TenantTx};

use super::DELIVERIES;
use super::channel::Channel;
use super::desk::{Desk, Looked};
use super::frame::{Frame, Matter};
use super::lines::{Line, Looks};
use super::protocol::{LiveMessage, News};
use super::schedule::Touched;
use super::topic::Topic;

/// When more than this has happened, everybody looks afresh instead.
const MOST: u16 = 1_000;

/// Tells everything that has happened since the last time; and, if time is something (`later`), what
/// it has changed.
pub(super) async fn tell(db: &Db, desk: &Desk, later: bool) -> Result<(), BookingError> {
    let begun = Instant::now();
    let Some(seen) = desk.seen() else { return Ok(()) };
    let tx = db.picture_for_all(&desk.tenant).await?;
    let events = live::events(&tx, seen, MOST).await?;
    if events.is_empty() && !later {
        return Ok(());
    }
    // Behind the first query: whoever takes a seat later takes their own picture later than this one,
    // with all of these events in it.
    let topics = desk.look();
    let Some(last) = unbroken(&events, seen) else {
        let last = live::last_seq(&tx).await?;
        for looked in &topics {
            resync(looked, last);
        }
        desk.told(last);
        return Ok(());
    };
    let round = Round { desk, seq: last, stirred: Stirred::by(&events), later };
    round.schedules(&tx, &topics).await?;
    round.lines(&tx, &topics).await?;
    drop(tx);
    desk.told(last);
    metrics::histogram!(super::RELAY).record(begun.elapsed().as_secs_f64());
    Ok(())
}

/// The number of the last event, if these are all that happened behind `seen`.
fn unbroken(events: &[Happened], seen: i64) -> Option<i64> {
    let last = events.last().map_or(seen, |event| event.seq);
    let all = i64::try_from(events.len()).is_ok_and(|count| last == seen + count);
    (all && events.len() < usize::from(MOST)).then_some(last)
}

/// What has happened, on its way.
struct Round<'a> {
    desk: &'a Desk,
    seq: i64,
    stirred: Stirred,
    later: bool,
}

impl Round<'_> {
    async fn schedules(&self, tx: &TenantTx, topics: &[Looked]) -> Result<(), StoreError> {
        let moved = self.moved_days(tx, topics).await?;
        let days: Vec<Day> = topics.iter().filter_map(|looked| looked.reach).collect();
        let touched = Touched::load(tx, &self.stirred, &days).await?;
        for looked in topics {
            let Some(day) = looked.reach else { continue };
            if let Some(day) = moved.get(&looked.topic) {
                self.desk.found(looked.topic, Some(*day));
                resync(looked, self.seq);
            } else if self.stirred.unclear {
                resync(looked, self.seq);
            } else {
                for (audience, seated) in &looked.audiences {
                    let to = (*audience, &*seated.caller);
                    let news = touched.change(&day, &self.stirred, to);
                    self.send(looked, &seated.channel, (news, self.later), false);
                }
            }
        }
        Ok(())
    }

    /// The days of locations that were changed: they may be in another time zone now.
    async fn moved_days(
        &self,
        tx: &TenantTx,
        topics: &[Looked],
    ) -> Result<HashMap<Topic, Day>, StoreError> {
        let mut moved = HashMap::new();
        for looked in topics {
            if let Topic::Schedule { location, date } = looked.topic
                && self.stirred.locations.contains(&location)
                && let Some(day) = Day::of(tx, location, date).await?
            {
                moved.insert(looked.topic, day);
            }
        }
        Ok(moved)
    }

    async fn lines(&self, tx: &TenantTx, topics: &[Looked]) -> Result<(), BookingError> {
        let mut lines: HashMap<Id<Location>, Vec<&Looked>> = HashMap::new();
        for looked in topics {
            let (topic, location) = (looked.topic, looked.topic.location());
            let happened = self.happened(topic);
            let by_time = self.later && !matches!(topic, Topic::Board(_));
            if !matches!(topic, Topic::Schedule { .. }) && (happened || by_time) {
                lines.entry(location).or_default().push(looked);
            }
        }
        let mut told = Vec::new();
        for (location, looked) in lines {
            let topics: Vec<_> = looked.iter().map(|looked| looked.topic).collect();
            let looks = Looks::again(&topics, &self.stirred);
            match Line::load(tx, location, looks).await {
                Ok(line) => {
                    for looked in &looked {
                        self.at_once(&line, looked);
                    }
                    told.push((line, looked));
                }
                Err(error) if matches!(error.refusal(), Refusal::Store(_)) => return Err(error),
                // It isn't there any more: whoever looks afresh is told so.
                Err(_) => {
                    for looked in looked {
                        resync(looked, self.seq);
                    }
                }
            }
        }
        // Who is called hears of it before it is reckoned how long the others will wait.
        for (mut line, looked) in told {
            line.foresee(tx).await?;
            for looked in looked {
                self.waits(&line, looked);
            }
        }
        Ok(())
    }

    fn happened(&self, topic: Topic) -> bool {
        self.stirred.all_lines || self.stirred.lines.contains_key(&topic.location())
    }

    fn at_once(&self, line: &Line, looked: &Looked) {
        let topic = looked.topic;
        // A ticket is one item: of who waits it is told once, with how long they will.
        let ticket = matches!(topic, Topic::Ticket { .. });
        if !self.happened(topic) || (ticket && line.has_waits(topic)) {
            return;
        }
        for (_, seated) in &looked.audiences {
            let news = line.news(topic, &seated.caller);
            self.send(looked, &seated.channel, (news, self.later), line.is_over(topic));
        }
    }

    fn waits(&self, line: &Line, looked: &Looked) {
        let topic = looked.topic;
        let new = line.has_waits(topic) && self.desk.is_news(topic, line.said(topic));
        let tells = self.happened(topic) && line.has_waits(topic);
        for (_, seated) in &looked.audiences {
            if let Some(news) = line.later(topic).filter(|_| new || tells) {
                self.send(looked, &seated.channel, (news, true), false);
            }
        }
    }

    /// `later`: whether it says something new of who knows everything up to there.
    fn send(&self, looked: &Looked, to: &Channel, (news, later): (News, bool), over: bool) {
        if news.is_nothing() {
            return;
        }
        let bytes = LiveMessage::change(looked.topic, self.seq, news).encode();
        let matter = if over { Matter::Over(bytes) } else { Matter::Send(bytes) };
        let sockets = to.push(Frame { seq: self.seq, later, matter });
        metrics::counter!(DELIVERIES).increment(sockets as u64);
    }
}

fn resync(looked: &Looked, seq: i64) {
    for (_, seated) in &looked.audiences {
        seated.channel.push(Frame { seq, later: false, matter: Matter::Resync });
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
        assert_eq!(unbroken(&events(&[5, 7]), 4), None);
        assert_eq!(unbroken(&events(&[]), 4), Some(4));
        let many: Vec<i64> = (1..=i64::from(MOST)).collect();
        assert_eq!(unbroken(&events(&many), 0), None);
        assert_eq!(unbroken(&events(&many[1..]), 1), Some(i64::from(MOST)));
    }
}
