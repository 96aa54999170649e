//! From what happened in a tenant to what its watchers are told: read once, shown once to each
//! audience, written once for all its sockets.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::NaiveDate;

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
/// it has changed. How long the telling alone took.
pub(super) async fn tell(db: &Db, desk: &Desk, later: bool) -> Result<Duration, BookingError> {
    let begun = Instant::now();
    let Some(seen) = desk.seen() else { return Ok(Duration::ZERO) };
    let tx = db.picture_for_all(&desk.tenant).await?;
    let events = live::events(&tx, seen, MOST).await?;
    if events.is_empty() && !later {
        return Ok(Duration::ZERO);
    }
    // Behind the first query: whoever takes a seat later takes their own picture later than this one,
    // with all of these events in it.
    let topics = desk.look();
    let mut tray = Tray::default();
    let last = if let Some(last) = unbroken(&events, seen) {
        let stirred = Stirred::by(&events);
        let (said, days) = (Vec::new(), Vec::new());
        let mut round = Round { desk, seq: last, stirred, later, said, days, tray: &mut tray };
        round.schedules(&tx, &topics).await?;
        let lines = round.lines(&tx, &topics).await?;
        // To reckon how long people will wait takes its time, and needs no connection; nor does telling
        // thousands.
        drop(tx);
        round.foretell(lines).await;
        // Behind all that can fail: who is told in the next round instead hasn't heard of it yet.
        desk.said(round.said);
        desk.shown(round.days);
        last
    } else {
        let last = live::last_seq(&tx).await?;
        drop(tx);
        for looked in &topics {
            tray.resync(looked, last);
        }
        last
    };
    tray.hand_out().await;
    desk.told(last);
    metrics::histogram!(super::RELAY).record(begun.elapsed().as_secs_f64());
    Ok(tray.took)
}

/// Whether it may be over when one tries again.
fn is_passing(error: &BookingError) -> bool {
    let passing = |error: &StoreError| {
        matches!(error, StoreError::Unavailable(_) | StoreError::Contention(_))
    };
    matches!(error.refusal(), Refusal::Store(error) if passing(error))
}

/// Everybody has been told what happened. How long they wait is said later.
fn cant_foretell(error: &dyn std::error::Error, location: Id<Location>) {
    tracing::warn!(%error, %location, "it can't be told how long people will wait");
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
    /// What is said of waits.
    said: Vec<(Topic, u64)>,
    /// Of which days lines are shown.
    days: Vec<(Topic, NaiveDate)>,
    tray: &'a mut Tray,
}

/// What will be said, and to whom.
#[derive(Default)]
struct Tray {
    frames: Vec<(Arc<Channel>, Frame)>,
    /// How long it took to say what was said.
    took: Duration,
}

impl Tray {
    fn resync(&mut self, looked: &Looked, seq: i64) {
        self.afresh(looked, &Frame { seq, later: false, matter: Matter::Resync });
    }

    fn afresh(&mut self, looked: &Looked, frame: &Frame) {
        let all = looked.audiences.iter();
        self.frames.extend(all.map(|(_, seated)| (Arc::clone(&seated.channel), frame.clone())));
    }

    /// Tells it, in the order in which it was put here.
    async fn hand_out(&mut self) {
        let begun = Instant::now();
        for (channel, frame) in std::mem::take(&mut self.frames) {
            let told = channel.push(frame).await;
            metrics::counter!(DELIVERIES).increment(told as u64);
        }
        self.took += begun.elapsed();
    }
}

impl Round<'_> {
    async fn schedules(&mut self, tx: &TenantTx, topics: &[Looked]) -> Result<(), StoreError> {
        let moved = self.moved_days(tx, topics).await?;
        let days: Vec<Day> = topics.iter().filter_map(|looked| looked.reach).collect();
        let touched = Touched::load(tx, &self.stirred, &days).await?;
        for looked in topics {
            let Some(day) = looked.reach else { continue };
            if let Some(day) = moved.get(&looked.topic) {
                self.desk.found(looked.topic, Some(*day), self.seq);
                self.tray.resync(looked, self.seq);
            } else if self.stirred.unclear {
                self.tray.resync(looked, self.seq);
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

    /// The days of locations that are in another time zone now.
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

    /// What has happened in lines; those of which it is still to be reckoned how long people will wait.
    async fn lines<'t>(
        &mut self,
        tx: &TenantTx,
        topics: &'t [Looked],
    ) -> Result<Vec<(Line, Vec<&'t Looked>)>, BookingError> {
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
                    let same_day = looked.into_iter().filter(|looked| !self.turns(&line, looked));
                    let looked: Vec<_> = same_day.collect();
                    for looked in &looked {
                        self.at_once(&line, looked);
                    }
                    told.push((line, looked));
                }
                // The database is away, or busy: all of it once more.
                Err(error) if is_passing(&error) => return Err(error),
                // It isn't there any more, or can't be read: whoever looks afresh is told so. What
                // happens elsewhere is told all the same.
                Err(error) => {
                    tracing::debug!(%error, %location, "a line can't be told");
                    for looked in looked {
                        self.tray.resync(looked, self.seq);
                    }
                }
            }
        }
        told.retain(|(line, _)| line.is_foretold());
        if !told.is_empty() {
            // Who is called hears of it before anybody looks how long the others will wait.
            self.tray.hand_out().await;
        }
        let mut foretold = Vec::new();
        for (mut line, looked) in told {
            match line.gather(tx).await {
                Ok(()) => foretold.push((line, looked)),
                Err(error) if is_passing(&error) => return Err(error),
                Err(error) => cant_foretell(&error, line.location()),
            }
        }
        Ok(foretold)
    }

    async fn foretell(&mut self, lines: Vec<(Line, Vec<&Looked>)>) {
        for (mut line, looked) in lines {
            match line.foresee().await {
                Ok(()) => looked.into_iter().for_each(|looked| self.waits(&line, looked)),
                Err(error) => cant_foretell(&error, line.location()),
            }
        }
    }

    fn happened(&self, topic: Topic) -> bool {
        self.stirred.all_lines || self.stirred.lines.contains_key(&topic.location())
    }

    /// What ended yesterday isn't shown any more, and nothing happened to it: all of it is told afresh.
    fn turns(&mut self, line: &Line, looked: &Looked) -> bool {
        if !matches!(looked.topic, Topic::Queue(_)) {
            return false;
        }
        self.days.push((looked.topic, line.today()));
        let turns = self.desk.turns_to_day(looked.topic, line.today());
        if turns {
            let frame = Frame { seq: self.seq, later: true, matter: Matter::Resync };
            self.tray.afresh(looked, &frame);
        }
        turns
    }

    fn at_once(&mut self, line: &Line, looked: &Looked) {
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

    fn waits(&mut self, line: &Line, looked: &Looked) {
        let topic = looked.topic;
        if !line.has_waits(topic) {
            return;
        }
        let said = (topic, line.said(topic));
        let new = self.desk.is_news(topic, said.1);
        self.said.extend(new.then_some(said));
        if !new && !self.happened(topic) {
            return;
        }
        for (_, seated) in &looked.audiences {
            if let Some(news) = line.later(topic) {
                self.send(looked, &seated.channel, (news, true), false);
            }
        }
    }

    /// `later`: whether it says something new of who knows everything up to there.
    fn send(
        &mut self,
        looked: &Looked,
        to: &Arc<Channel>,
        (news, later): (News, bool),
        over: bool,
    ) {
        if news.is_nothing() {
            return;
        }
        let bytes = LiveMessage::change(looked.topic, self.seq, news).encode();
        let matter = if over { Matter::Over(bytes) } else { Matter::Send(bytes) };
        self.tray.frames.push((Arc::clone(to), Frame { seq: self.seq, later, matter }));
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
