//! A month in a shop of which the truth is known: is the estimator any good?
//!
//! Six chairs, six services, quick and slow staff, of whom each is better at some things; about a fifth
//! of the time is booked, some of it on the day; up to a third of the walk-ins wait for one person;
//! parties come, people leave or don't show up when called; staff are late or ill, and take their
//! break when they get to it. The estimator starts with nothing and sees what the product's tables would show.
//! Durations, patience and delays are drawn from other distributions than those that it assumes.
//!
//! One thing they share: staff call nobody with whom they would keep a visit waiting. Where staff call
//! the first in line whatever comes next, waits are shorter than said, and P50 is no better than
//! people ahead × average ÷ chairs.
//!
//! Counted are walk-ins that were called; who left before has no wait that could be compared.

mod day;
mod score;
mod shop;
mod tables;

pub use score::{Report, Score};

use super::dice::Dice;
use super::{Paces, estimate};
use day::{Day, Event, State};
use score::Quote;
use shop::{CHAIRS, MINUTE};
use tables::Tables;

/// What is done to the estimator on purpose, to see that it shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handicap {
    /// Nothing.
    None,
    /// It never learns: every service takes what the menu says.
    Unlearned,
    /// It takes everybody's pace for the next one's.
    Swapped,
}

/// What is tried.
#[derive(Debug, Clone, Copy)]
pub struct Trial {
    /// What chance follows from.
    pub seed: u64,
    /// How many days the shop is open.
    pub days: u16,
    /// How many come, of the usual.
    pub load: f64,
    /// Whether it is known who comes later in the day. If not, only who is there is reckoned with.
    pub roster: bool,
    /// What is done to the estimator.
    pub handicap: Handicap,
}

impl Trial {
    /// A month as usual.
    pub const fn month(seed: u64) -> Self {
        Self { seed, days: 26, load: 1.0, roster: false, handicap: Handicap::None }
    }

    /// Lets it happen.
    pub fn run(self) -> Report {
        let mut month = Month {
            trial: self,
            tables: Tables::default(),
            quotes: Vec::new(),
            joined: 0,
            left: 0,
            unreached: 0,
        };
        for day in 0..self.days {
            month.day(day);
        }
        month.report()
    }
}

#[derive(Debug)]
struct Month {
    trial: Trial,
    tables: Tables,
    quotes: Vec<Quote>,
    joined: u32,
    left: u32,
    unreached: u32,
}

/// How much is going on, Monday to Saturday.
const BUSY: [f64; 6] = [0.62, 0.66, 0.74, 0.78, 0.9, 0.98];

impl Month {
    fn day(&mut self, number: u16) {
        let mut dice = Dice::of(self.trial.seed, u64::from(number), 0);
        let weekday = BUSY[usize::from(number) % BUSY.len()];
        let busy = self.trial.load * weekday * (0.12 * dice.normal()).exp();
        let mut day = Day::new(shop::paces(), busy, dice);
        let mut open: Vec<(usize, Quote)> = Vec::new();
        day.happen(|day, event| {
            self.tables.note(day, event);
            if let Event::Joins(who) = event {
                open.push((who, self.quote(day, who, number)));
            }
        });
        for (who, quote) in open {
            let entry = &day.entries[who];
            self.joined += 1;
            match entry.state {
                State::Gone => self.left += 1,
                State::Waiting => self.unreached += 1,
                _ => {
                    let truth = (entry.called - entry.joined) / MINUTE;
                    self.quotes.push(Quote { truth, ..quote });
                }
            }
        }
    }

    /// What one who just joined is told.
    fn quote(&self, day: &Day, who: usize, number: u16) -> Quote {
        let paces = match self.trial.handicap {
            Handicap::None => self.tables.paces(),
            Handicap::Unlearned => Paces::default(),
            Handicap::Swapped => self.tables.swapped(),
        };
        let situation = self.tables.show(day, &paces, self.trial.roster);
        let forecast = estimate(&situation, 0);
        let minutes =
            |wait: Option<chrono::Duration>| wait.map(|wait| wait.as_seconds_f64() / MINUTE);
        let told = forecast.line.last();
        let ahead = situation.line.iter().filter(|one| one.due.is_none()).count() - 1;
        let count = |n: usize| f64::from(u16::try_from(n).unwrap_or(u16::MAX));
        let plain = count(ahead) * self.tables.average() / MINUTE;
        Quote {
            day: number,
            asked_for_one: day.entries[who].wanted.is_some(),
            p50: told.and_then(|told| minutes(told.p50)),
            p90: told.and_then(|told| minutes(told.p90)),
            plain,
            shared: plain / count(tables::serving(day).clamp(1, CHAIRS)),
            truth: 0.0,
        }
    }

    fn report(&self) -> Report {
        let part = |holds: &dyn Fn(&Quote) -> bool| {
            Score::of(self.quotes.iter().filter(|quote| holds(quote)))
        };
        Report {
            all: part(&|_| true),
            parts: vec![
                ("first come", part(&|quote| !quote.asked_for_one)),
                ("wants one", part(&|quote| quote.asked_for_one)),
                ("first week", part(&|quote| quote.day < 6)),
                ("after it", part(&|quote| quote.day >= 6)),
                ("who had to wait", part(&|quote| quote.truth > 2.0)),
            ],
            joined: self.joined,
            left: self.left,
            unreached: self.unreached,
        }
    }
}
