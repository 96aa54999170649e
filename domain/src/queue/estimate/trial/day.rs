//! A day as it happens, ten seconds after ten seconds. Written without the estimator's eyes: it knows
//! how long people really take, when they will leave and who will be late.

use super::super::dice::Dice;
use super::shop::{self, CHAIRS, HOUR, MINUTE, Wish, between};

/// How far time goes on at once, in seconds.
const TICK: f64 = 10.0;
const BREAK: f64 = 30.0 * MINUTE;
/// By how much "call next" lets something run over.
const LENIENT: f64 = 8.0 * MINUTE;
const LAST_JOIN: f64 = 18.25 * HOUR;
const CLOSES: f64 = 20.5 * HOUR;

/// A party in line, or one that was.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) wish: Wish,
    pub(super) wanted: Option<usize>,
    /// When its visit begins, if it booked.
    pub(super) due: Option<f64>,
    pub(super) joined: f64,
    /// When it has waited enough.
    leaves: f64,
    comes: bool,
    pub(super) state: State,
    pub(super) called: f64,
    pub(super) started: f64,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum State {
    Waiting,
    Gone,
    Called,
    Serving,
    Done,
    NoShow,
}

/// A booked visit.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    pub(super) chair: usize,
    pub(super) at: f64,
    pub(super) wish: Wish,
    /// When it was booked.
    pub(super) known: f64,
    arrives: f64,
    /// Nothing more is to be done about it: checked in, given up, called off.
    pub(super) closed: bool,
}

/// One of the staff, today.
#[derive(Debug, Clone)]
pub(super) struct Barber {
    /// When they really begin, which nobody knows before.
    pub(super) comes: f64,
    pub(super) ends: f64,
    /// When their break should be, if it is still ahead.
    pub(super) away: Option<f64>,
    pub(super) doing: Doing,
    /// How slow they are today, of their usual.
    mood: f64,
    /// When they became free.
    free: f64,
    /// From when to when they served last.
    pub(super) last: Option<(f64, f64)>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Doing {
    Nothing,
    /// Nobody can be called until then: cleaning up, or on their break.
    Until(f64),
    Away(f64),
    /// Somebody was called: this happens to them then.
    With(usize, f64),
}

/// What happened, as the product would have written it down.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// Somebody joins: the line as it is now is what they are told about.
    Joins(usize),
    Called(usize),
    /// Somebody who had waited already was called so long after the caller was free.
    Turn(f64),
    Started(usize),
    Finished(usize, usize),
    NoShow(usize),
    Left(usize),
    VisitDue {
        came: bool,
    },
}

/// A day.
#[derive(Debug)]
pub(super) struct Day {
    pub(super) now: f64,
    pub(super) entries: Vec<Entry>,
    pub(super) visits: Vec<Visit>,
    pub(super) barbers: Vec<Barber>,
    paces: [f64; CHAIRS],
    joins: Vec<f64>,
    dice: Dice,
}

/// How many come in each hour from nine on.
const COMING: [f64; 10] = [5.0, 6.5, 8.0, 9.0, 8.0, 6.0, 6.0, 8.0, 8.0, 4.0];

impl Day {
    /// A day that is about to begin, as busy as that.
    pub(super) fn new(paces: [f64; CHAIRS], busy: f64, mut dice: Dice) -> Self {
        let barbers: Vec<Barber> = (0..CHAIRS).map(|chair| barber(chair, &mut dice)).collect();
        let mut visits = Vec::new();
        for (chair, barber) in barbers.iter().enumerate() {
            book(chair, barber, &mut visits, &mut dice);
        }
        let mut joins = Vec::new();
        let mut at = 9.0 * HOUR;
        while at < LAST_JOIN {
            let hour =
                COMING.iter().zip(9_u8..).filter(|(_, hour)| at >= f64::from(*hour) * HOUR).last();
            let rate = hour.map_or(1.0, |(rate, _)| *rate) * busy;
            at += dice.exponential() * HOUR / rate;
            joins.push(at);
        }
        joins.retain(|at| *at < LAST_JOIN);
        joins.reverse();
        Self { now: 9.0 * HOUR, entries: Vec::new(), visits, barbers, paces, joins, dice }
    }

    /// Lets the day happen; whoever looks on sees each event right after it.
    pub(super) fn happen(&mut self, mut seen: impl FnMut(&Self, Event)) {
        while self.now < CLOSES {
            let mut events = Vec::new();
            self.leave(&mut events);
            self.check_in(&mut events);
            events.drain(..).for_each(|event| seen(self, event));
            if let Some(who) = self.join() {
                seen(self, Event::Joins(who));
            }
            // Who sits nearer to the door is not always quicker.
            let first = usize::from(self.dice.share() < 0.5) * 3;
            for chair in (0..CHAIRS).map(|chair| (chair + first) % CHAIRS) {
                self.act(chair, &mut events);
                events.drain(..).for_each(|event| seen(self, event));
            }
            self.now += TICK;
        }
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = usize> {
        (0..self.entries.len()).filter(|who| self.entries[*who].state == State::Waiting)
    }

    fn leave(&mut self, events: &mut Vec<Event>) {
        let over: Vec<usize> =
            self.waiting().filter(|who| self.entries[*who].leaves <= self.now).collect();
        for who in over {
            self.entries[who].state = State::Gone;
            events.push(Event::Left(who));
        }
    }

    fn check_in(&mut self, events: &mut Vec<Event>) {
        for visit in self.visits.iter_mut().filter(|visit| !visit.closed) {
            let staff = &self.barbers[visit.chair];
            if staff.comes.is_infinite() && self.now > visit.at - HOUR {
                // Whoever is ill has their visits called off.
                visit.closed = true;
            } else if visit.arrives <= self.now && visit.known <= self.now {
                visit.closed = true;
                self.entries.push(Entry {
                    wish: visit.wish.clone(),
                    wanted: Some(visit.chair),
                    due: Some(visit.at),
                    joined: self.now,
                    leaves: f64::INFINITY,
                    comes: true,
                    state: State::Waiting,
                    called: 0.0,
                    started: 0.0,
                });
                events.push(Event::VisitDue { came: true });
            }
        }
    }

    fn join(&mut self) -> Option<usize> {
        self.joins.pop_if(|at| *at <= self.now)?;
        let dice = &mut self.dice;
        let wish = Wish::drawn(dice);
        let asks = (dice.share() < 0.3).then(|| shop::favourite(dice));
        let (wait, comes) = (100.0 * MINUTE * (0.6 * dice.normal()).exp(), dice.share() > 0.04);
        let deterred = dice.share();
        let here = |chair: usize| self.barbers[chair].comes <= self.now;
        let wanted = asks.filter(|chair| shop::can(*chair, &wish) && here(*chair));
        // A full shop sends people away before they take a ticket.
        let line = f64::from(u16::try_from(self.waiting().count()).unwrap_or(u16::MAX));
        if deterred < (line / 18.0).powi(2) {
            return None;
        }
        self.entries.push(Entry {
            wish,
            wanted,
            due: None,
            joined: self.now,
            leaves: self.now + wait,
            comes,
            state: State::Waiting,
            called: 0.0,
            started: 0.0,
        });
        Some(self.entries.len() - 1)
    }

    fn act(&mut self, chair: usize, events: &mut Vec<Event>) {
        let now = self.now;
        match self.barbers[chair].doing {
            Doing::With(who, at) if at <= now => self.go_on(chair, who, events),
            Doing::Until(at) if at <= now => self.barbers[chair].doing = Doing::Nothing,
            Doing::Away(at) if at <= now => {
                self.barbers[chair].doing = Doing::Nothing;
                self.barbers[chair].free = now;
            }
            // Nobody looks up at once.
            Doing::Nothing if self.barbers[chair].comes <= now && self.dice.share() < 0.3 => {
                self.choose(chair, events);
            }
            _ => {}
        }
    }

    /// What somebody was about has come: a customer to the chair, or to the end.
    fn go_on(&mut self, chair: usize, who: usize, events: &mut Vec<Event>) {
        let now = self.now;
        let entry = &mut self.entries[who];
        let barber = &mut self.barbers[chair];
        barber.free = now;
        match entry.state {
            State::Called if entry.comes => {
                let usual = entry.wish.usual_seconds(chair, &self.paces) * barber.mood;
                let takes = entry.wish.seconds(usual, &mut self.dice);
                (entry.state, entry.started) = (State::Serving, now);
                barber.doing = Doing::With(who, now + takes);
                events.push(Event::Started(who));
            }
            State::Called => {
                entry.state = State::NoShow;
                barber.doing = Doing::Nothing;
                events.push(Event::NoShow(who));
            }
            _ => {
                entry.state = State::Done;
                barber.last = Some((entry.started, now));
                barber.doing = Doing::Until(now + between(&mut self.dice, 0.5, 3.0) * MINUTE);
                events.push(Event::Finished(who, chair));
            }
        }
    }

    /// Somebody is free: first what is booked and their break, as its time comes, then the line.
    fn choose(&mut self, chair: usize, events: &mut Vec<Event>) {
        let now = self.now;
        let here = self.waiting().filter(|who| self.entries[*who].wanted == Some(chair));
        let here = here.filter_map(|who| self.entries[who].due.map(|due| (due, Some(who))));
        let open = |visit: &&Visit| visit.chair == chair && !visit.closed && visit.known <= now;
        let booked = self.visits.iter().filter(open).map(|visit| (visit.at, None));
        let next = here.chain(booked).min_by(|one, other| one.0.total_cmp(&other.0));
        let away = self.barbers[chair].away.unwrap_or(f64::INFINITY);
        let next_at = next.map_or(f64::INFINITY, |next| next.0);
        if away <= now.min(next_at) {
            self.barbers[chair].away = None;
            self.barbers[chair].doing = Doing::Away(now + BREAK);
        } else if let Some((_, who)) = next.filter(|next| next.0 <= now) {
            match who {
                Some(who) => self.call(chair, who, events),
                None => self.miss(chair, events),
            }
        } else {
            let barber = &self.barbers[chair];
            let limit = next_at.min(away).min(barber.ends) + LENIENT;
            let fits = |who: &usize| {
                let entry = &self.entries[*who];
                // People think in steps of five minutes.
                let usual = entry.wish.usual_seconds(chair, &self.paces) / (5.0 * MINUTE);
                entry.due.is_none()
                    && entry.wanted.is_none_or(|wanted| wanted == chair)
                    && shop::can(chair, &entry.wish)
                    && now + usual.round() * 5.0 * MINUTE <= limit
            };
            let first = self.waiting().find(fits);
            if let Some(who) = first {
                self.call(chair, who, events);
            }
        }
    }

    /// A booked customer isn't there: they are waited for, then given up.
    fn miss(&mut self, chair: usize, events: &mut Vec<Event>) {
        let over = self.now - between(&mut self.dice, 10.0, 14.0) * MINUTE;
        let late = |visit: &&mut Visit| visit.chair == chair && !visit.closed && visit.at <= over;
        if let Some(visit) = self.visits.iter_mut().find(late) {
            visit.closed = true;
            events.push(Event::VisitDue { came: false });
        }
    }

    fn call(&mut self, chair: usize, who: usize, events: &mut Vec<Event>) {
        let entry = &mut self.entries[who];
        (entry.state, entry.called) = (State::Called, self.now);
        let after = if entry.comes {
            between(&mut self.dice, 20.0, 90.0)
        } else {
            between(&mut self.dice, 150.0, 330.0)
        };
        let barber = &mut self.barbers[chair];
        barber.doing = Doing::With(who, self.now + after);
        if entry.joined <= barber.free && entry.due.is_none() {
            events.push(Event::Turn(self.now - barber.free));
        }
        events.push(Event::Called(who));
    }
}

fn barber(chair: usize, dice: &mut Dice) -> Barber {
    let (begins, ends, away) = shop::shift(chair);
    let comes = match dice.share() {
        lot if lot < 0.02 => f64::INFINITY,
        lot if lot < 0.14 => begins + between(dice, 8.0, 60.0) * MINUTE,
        _ => begins,
    };
    Barber {
        comes,
        ends,
        away: Some(away),
        doing: Doing::Nothing,
        mood: (0.06 * dice.normal()).exp(),
        free: comes,
        last: None,
    }
}

/// What is booked with somebody today, some of it only while the day goes on.
fn book(chair: usize, barber: &Barber, visits: &mut Vec<Visit>, dice: &mut Dice) {
    let (begins, _, away) = shop::shift(chair);
    let mut at = begins + 30.0 * MINUTE;
    while at < barber.ends - HOUR {
        let wish = Wish { party: 1, ..Wish::drawn(dice) };
        let ends = at + wish.menu_seconds();
        let clear = ends <= away || at >= away + BREAK;
        if dice.share() > 0.24 || !clear || ends > barber.ends || !shop::can(chair, &wish) {
            at += 30.0 * MINUTE;
            continue;
        }
        let spontaneous = dice.share() < 0.2;
        let known = if spontaneous { between(dice, 8.0 * HOUR, at - 30.0 * MINUTE) } else { 0.0 };
        let comes = dice.share() > 0.05;
        let late = (5.0 * dice.normal() - 3.0) * MINUTE;
        let arrives = if comes { at + late } else { f64::INFINITY };
        visits.push(Visit { chair, at, wish, known, arrives, closed: false });
        at += ((ends - at) / (15.0 * MINUTE)).ceil() * 15.0 * MINUTE;
    }
}
