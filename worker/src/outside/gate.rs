//! Before everybody who carries messages stands a gate. It lets only so many through at once, and it
//! shuts when nobody behind it takes anything: what comes then is put off at once, costs nothing and
//! holds nobody up. Now and then one is let through to see; when that is taken, the gate is open.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::TimeDelta;
use openchair_domain::entropy::{Entropy, shake};
use openchair_domain::tallies::{Tallies, What};
use openchair_domain::time::{Clock, Instant};
use tokio::sync::{Notify, Semaphore, SemaphorePermit};

use super::carrier::{Carried, Refused};
use crate::backoff::jittered;
use crate::reports::mask;

/// What it takes to shut: so many who were refused for now, in a row, or a fourth of that who found
/// nobody there.
const ENOUGH: u32 = 20;
/// How much one counts who found nobody there, or got no answer for long.
const NOBODY: u32 = 4;

/// How long it is shut first; twice as long each time.
const FIRST: Duration = Duration::from_secs(5);
const LONGEST: Duration = Duration::from_mins(1);

/// Who is put off comes back after it may have opened, at some time within a fourth of how long it has
/// been shut so far: after an hour, what has gathered comes over some minutes and not all at once.
const SPREAD: (Duration, Duration) = (Duration::from_secs(2), Duration::from_mins(5));

/// Who found it crowded comes back about so much later.
const CROWDED: Duration = Duration::from_secs(2);

/// A gate.
#[derive(Debug)]
pub(crate) struct Gate {
    /// What goes through it.
    name: &'static str,
    places: Semaphore,
    state: Mutex<State>,
    shut: Notify,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    /// What comes through, and what doesn't since nobody is served.
    tallies: Arc<Tallies>,
}

#[derive(Debug, Default)]
struct State {
    /// What speaks for shutting it.
    count: u32,
    /// Since when nobody was served.
    since: Option<Instant>,
    /// Until when it is shut. Then one goes to see.
    until: Option<Instant>,
    /// How often in a row it was shut.
    times: u32,
    /// Somebody has gone to see.
    seeing: bool,
}

enum Look {
    Open,
    /// It is shut, and somebody should go and see.
    See,
    Shut(Duration),
}

/// Somebody who was let through; they must say what they found.
#[derive(Debug)]
pub(crate) struct Passage<'a> {
    gate: &'a Gate,
    sees: bool,
    _place: SemaphorePermit<'a>,
}

impl Gate {
    pub(crate) fn new(
        name: &'static str,
        places: usize,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        tallies: Arc<Tallies>,
    ) -> Self {
        let places = Semaphore::new(places.max(1));
        Self { name, places, state: Mutex::default(), shut: Notify::new(), clock, entropy, tallies }
    }

    /// Lets somebody through, once there is a place; else says how much later they should come again.
    pub(crate) async fn pass(&self, patience: Duration) -> Result<Passage<'_>, Duration> {
        let passed = self.let_through(patience).await;
        if passed.is_err() && self.state().since.is_some() {
            self.tallies.note(What::Messages, false);
        }
        passed
    }

    async fn let_through(&self, patience: Duration) -> Result<Passage<'_>, Duration> {
        let crowded = || jittered(CROWDED, &*self.entropy);
        let shut = self.shut.notified();
        let sees = match self.look() {
            Look::Shut(left) => return Err(self.spread(left)),
            Look::See => true,
            Look::Open => false,
        };
        // Whoever goes to see and is called away in between must not leave it shut for good.
        let seeing = Seeing { gate: self, sees };
        let place = tokio::select! {
            biased;
            () = shut, if !sees => return Err(self.spread(self.left())),
            place = self.places.acquire() => place.map_err(|_| crowded())?,
            () = tokio::time::sleep(patience) => return Err(crowded()),
        };
        seeing.gone();
        Ok(Passage { gate: self, sees, _place: place })
    }

    /// How much later somebody should come again who found nobody there.
    pub(crate) fn again(&self) -> Duration {
        self.spread(self.left().max(jittered(FIRST, &*self.entropy)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look(&self) -> Look {
        let now = self.clock.now();
        let mut state = self.state();
        let Some(until) = state.until else { return Look::Open };
        match (until - now).to_std() {
            // A clock that was put back doesn't shut it for longer.
            Ok(left) if !left.is_zero() && left <= 2 * LONGEST => Look::Shut(left),
            _ if state.seeing => Look::Shut(FIRST),
            _ => {
                state.seeing = true;
                Look::See
            }
        }
    }

    fn left(&self) -> Duration {
        let until = self.state().until;
        until.and_then(|until| (until - self.clock.now()).to_std().ok()).unwrap_or_default()
    }

    /// So much later, or some time after it.
    fn spread(&self, left: Duration) -> Duration {
        let since = self.state().since;
        let shut = since.and_then(|since| (self.clock.now() - since).to_std().ok());
        let width = (shut.unwrap_or_default() / 4).clamp(SPREAD.0, SPREAD.1);
        left + width.mul_f64(shake(&*self.entropy))
    }

    /// Somebody was served: whatever it was, it is over.
    fn served(&self) {
        let mut state = self.state();
        if state.until.is_some() {
            tracing::info!(channel = self.name, "messages are taken again");
        }
        *state = State::default();
    }

    /// Somebody wasn't.
    fn failed(&self, weight: u32, sees: bool, why: &str) {
        let now = self.clock.now();
        let mut state = self.state();
        state.count = state.count.saturating_add(weight);
        if !sees && (state.count < ENOUGH || state.until.is_some()) {
            return;
        }
        if state.times == 0 {
            let why = mask(why);
            tracing::warn!(channel = self.name, why, "messages aren't taken: they are put off");
        }
        state.since.get_or_insert(now);
        state.times = state.times.saturating_add(1);
        let pause = FIRST * 2_u32.pow((state.times - 1).min(8));
        let pause = jittered(pause.min(LONGEST), &*self.entropy);
        state.until = Some(now + TimeDelta::from_std(pause).unwrap_or_default());
        state.seeing = false;
        drop(state);
        self.shut.notify_waiters();
    }

    /// Whoever is behind it wants to be left alone for so long.
    fn rest(&self, wish: Duration) {
        let wish = wish.clamp(Duration::from_secs(1), LONGEST);
        let until = self.clock.now() + TimeDelta::from_std(wish).unwrap_or_default();
        let mut state = self.state();
        state.until = state.until.max(Some(until));
        state.seeing = false;
        drop(state);
        self.shut.notify_waiters();
    }
}

/// Whoever goes to see, until they are through.
struct Seeing<'a> {
    gate: &'a Gate,
    sees: bool,
}

impl Seeing<'_> {
    fn gone(mut self) {
        self.sees = false;
    }
}

impl Drop for Seeing<'_> {
    fn drop(&mut self) {
        if self.sees {
            self.gate.state().seeing = false;
        }
    }
}

impl Passage<'_> {
    /// It takes very long: others needn't wait behind it to find out.
    pub(crate) fn slow(&self) {
        self.gate.failed(NOBODY, self.sees, "no answer for long");
    }

    /// What they found.
    pub(crate) fn found(self, what: &Result<Carried, Refused>) {
        self.gate.tallies.note(What::Messages, what.is_ok());
        match what {
            // No, for good, is an answer, too.
            Ok(_) | Err(Refused::Permanent(_)) => self.gate.served(),
            Err(Refused::Later(wish, _)) => self.gate.rest(*wish),
            Err(Refused::Away(why)) => self.gate.failed(NOBODY, self.sees, why),
            // What is said of one message may name whom it is for, which has no place in a log.
            Err(Refused::Transient(_)) => self.gate.failed(1, self.sees, "refused for now"),
        }
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        // They never came back to tell.
        if self.sees {
            self.gate.state().seeing = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use openchair_domain::entropy::TestEntropy;
    use openchair_domain::time::TestClock;

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(3);

    fn gate(places: usize) -> (Gate, Arc<TestClock>) {
        let clock = Arc::new(TestClock::at("2026-03-08T10:00:00Z".parse().unwrap()));
        let entropy = Arc::new(TestEntropy::seeded(7));
        (Gate::new("email", places, clock.clone(), entropy, Arc::default()), clock)
    }

    fn away() -> Result<Carried, Refused> {
        Err(Refused::Away("nobody there".to_owned()))
    }

    async fn shut(gate: &Gate) {
        for _ in 0..ENOUGH / NOBODY {
            gate.pass(PATIENCE).await.unwrap().found(&away());
        }
        assert!(gate.pass(PATIENCE).await.is_err(), "it is shut");
    }

    #[tokio::test]
    async fn it_shuts_when_nobody_is_there_and_one_goes_to_see() {
        let (gate, clock) = gate(8);
        shut(&gate).await;
        for pause in [5, 10, 20, 40, 60, 60, 60] {
            let wait = gate.pass(PATIENCE).await.unwrap_err();
            assert!(wait >= Duration::from_secs(pause) * 8 / 10, "{wait:?} where {pause}");
            clock.advance(TimeDelta::from_std(Duration::from_secs(pause) * 12 / 10).unwrap());
            let seer = gate.pass(PATIENCE).await.unwrap();
            assert!(gate.pass(PATIENCE).await.is_err(), "one is enough");
            seer.found(&away());
        }
        clock.advance(TimeDelta::minutes(2));
        // One that is called away leaves it to the next.
        drop(gate.pass(PATIENCE).await.unwrap());
        gate.pass(PATIENCE).await.unwrap().found(&Ok(Carried::default()));
        let mut all = Vec::new();
        for _ in 0..8 {
            all.push(gate.pass(PATIENCE).await.expect("it is open"));
        }
    }

    #[tokio::test]
    async fn what_is_refused_in_between_shuts_nothing() {
        let (gate, _clock) = gate(8);
        let refused = |kind: fn(String) -> Refused| Err(kind("no".to_owned()));
        for _ in 0..10 {
            for _ in 0..4 {
                gate.pass(PATIENCE).await.unwrap().found(&away());
            }
            gate.pass(PATIENCE).await.unwrap().found(&refused(Refused::Permanent));
        }
        for _ in 0..ENOUGH {
            gate.pass(PATIENCE).await.unwrap().found(&refused(Refused::Transient));
        }
        assert!(gate.pass(PATIENCE).await.is_err(), "so many in a row do");
    }

    #[tokio::test]
    async fn whoever_waits_for_a_place_hears_that_it_shuts() {
        let (gate, _clock) = gate(1);
        let first = gate.pass(PATIENCE).await.unwrap();
        let waits = gate.pass(Duration::from_hours(1));
        let slow = async {
            tokio::task::yield_now().await;
            for _ in 0..ENOUGH / NOBODY {
                first.slow();
            }
        };
        let (waited, ()) = tokio::join!(waits, slow);
        assert!(waited.is_err());
    }

    #[tokio::test]
    async fn where_it_is_crowded_one_comes_again() {
        let (gate, _clock) = gate(1);
        let _first = gate.pass(PATIENCE).await.unwrap();
        let wait = gate.pass(Duration::from_millis(1)).await.unwrap_err();
        assert!(wait >= CROWDED * 8 / 10 && wait <= CROWDED * 12 / 10, "{wait:?}");
    }

    #[tokio::test]
    async fn a_wish_to_be_left_alone_is_heard() {
        let (gate, clock) = gate(8);
        let wish = Refused::Later(Duration::from_secs(30), "slowly".to_owned());
        gate.pass(PATIENCE).await.unwrap().found(&Err(wish));
        assert!(gate.pass(PATIENCE).await.unwrap_err() >= Duration::from_secs(30));
        clock.advance(TimeDelta::seconds(31));
        gate.pass(PATIENCE).await.unwrap().found(&Ok(Carried::default()));
        assert!(gate.pass(PATIENCE).await.is_ok());
    }

    #[tokio::test]
    async fn after_an_hour_they_come_back_over_minutes() {
        let (gate, clock) = gate(8);
        shut(&gate).await;
        for _ in 0..60 {
            clock.advance(TimeDelta::seconds(73));
            gate.pass(PATIENCE).await.unwrap().found(&away());
        }
        let mut waits = Vec::new();
        for _ in 0..400 {
            waits.push(gate.pass(PATIENCE).await.unwrap_err().as_secs());
        }
        // In each minute of the five, some.
        for minute in 1..5 {
            let come = waits.iter().filter(|wait| **wait / 60 == minute).count();
            assert!((40..140).contains(&come), "{come} in minute {minute}");
        }
    }
}
