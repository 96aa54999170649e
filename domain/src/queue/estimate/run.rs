//! One way in which the day may go on.

use super::dice::Dice;
use super::habits::Habits;
use super::scene::{Chair, GRACE, Scene, Start, What};

/// Room for one run after the other.
#[derive(Debug)]
pub(super) struct Runs<'a> {
    scene: &'a Scene,
    habits: &'a Habits,
    seed: u64,
    /// What the dice say of who waits.
    fates: Vec<Fate>,
    chairs: Vec<State>,
    /// How many of each kind were called.
    gone: Vec<usize>,
    /// When each is called, newcomers too.
    called: Vec<f64>,
}

/// What happens to one party in one run.
#[derive(Debug, Clone, Copy)]
struct Fate {
    /// How long its services take, as a normal deviate.
    length: f64,
    /// When it leaves, unless it is called before.
    leaves: f64,
    comes: bool,
    /// What passes between the end of its services and the next call.
    turn: f64,
}

#[derive(Debug, Clone, Copy)]
struct State {
    /// When they are free. Never: they call nobody any more.
    free: f64,
    /// How far their plan is done.
    next: usize,
    /// How slow they are in this run, as a normal deviate.
    pace: f64,
}

impl<'a> Runs<'a> {
    pub(super) fn new(scene: &'a Scene, habits: &'a Habits, seed: u64) -> Self {
        let (fates, chairs) = (Vec::with_capacity(scene.people.len()), Vec::new());
        let (gone, called) = (Vec::with_capacity(scene.kinds.len()), Vec::new());
        Self { scene, habits, seed, fates, chairs, gone, called }
    }

    /// When each is called, in seconds from now: the line, then newcomers. Infinity: not today.
    pub(super) fn run(&mut self, run: u64) -> &[f64] {
        let scene = self.scene;
        self.called.clear();
        self.called.resize(scene.people.len(), f64::INFINITY);
        self.gone.clear();
        self.gone.resize(scene.kinds.len(), 0);
        self.fates.clear();
        for (whose, waited) in &scene.people {
            let fate = self.fate(&mut Dice::of(self.seed, run, *whose), *waited);
            self.fates.push(fate);
        }
        self.chairs.clear();
        for chair in &scene.chairs {
            let state = self.begin(chair, run);
            self.chairs.push(state);
        }
        while let Some(chair) = self.first_free() {
            self.act(chair, run);
        }
        &self.called
    }

    fn fate(&self, dice: &mut Dice, waited: f64) -> Fate {
        let length = dice.normal();
        let leaves = self.habits.stays(waited, dice.exponential());
        let comes = dice.share() >= self.habits.no_show;
        Fate { length, leaves, comes, turn: self.habits.turn * dice.exponential() }
    }

    /// When somebody will be free for the first time.
    fn begin(&self, chair: &Chair, run: u64) -> State {
        let mut dice = Dice::of(self.seed, run, chair.dice);
        let pace = dice.normal();
        let free = match &chair.start {
            Start::Later(begins) => *begins,
            // They have to notice that somebody waits.
            Start::Hands(hands) if hands.is_empty() => self.habits.turn / 2.0 * dice.exponential(),
            Start::Hands(hands) => {
                let mut free = 0.0;
                for (length, spent) in hands {
                    let fate = self.fate(&mut dice, 0.0);
                    free = match spent {
                        Some(spent) => free + length.left(*spent, dice.share()) + fate.turn,
                        None if fate.comes => {
                            free + self.habits.reach + length.drawn(fate.length, pace) + fate.turn
                        }
                        None => free + self.habits.lost,
                    };
                }
                free
            }
        };
        State { free, next: 0, pace }
    }

    fn first_free(&self) -> Option<usize> {
        let mut first = (f64::INFINITY, None);
        for (chair, state) in self.chairs.iter().enumerate() {
            if state.free < first.0 {
                first = (state.free, Some(chair));
            }
        }
        first.1
    }

    /// Somebody is free: what their plan says goes first, if its time has come; then the first in
    /// line whom they can serve and will be done with in time; then they wait for what comes next.
    fn act(&mut self, chair: usize, run: u64) {
        let State { free, next, pace } = self.chairs[chair];
        let planned = self.scene.chairs[chair].plan.get(next);
        if let Some(fixed) = planned.filter(|fixed| fixed.at <= free) {
            self.chairs[chair].free = match &fixed.what {
                What::Away(whole) => free + whole,
                What::Checked(who) => self.call(*who, chair),
                What::Visit(length, dice) => {
                    let mut dice = Dice::of(self.seed, run, *dice);
                    if dice.share() < self.habits.absent {
                        free.max(fixed.at + GRACE)
                    } else {
                        let fate = self.fate(&mut dice, 0.0);
                        free + length.drawn(fate.length, pace) + fate.turn
                    }
                }
            };
            self.chairs[chair].next += 1;
            return;
        }
        let next = planned.map(|fixed| fixed.at);
        let scene = self.scene;
        let first_of = |kind: &usize| {
            let who = *scene.kinds[*kind].in_turn.get(self.gone[*kind])?;
            scene.fits(who, chair, free, next).then_some((who, *kind))
        };
        if let Some((who, kind)) = scene.chairs[chair].kinds.iter().filter_map(first_of).min() {
            self.gone[kind] += 1;
            self.chairs[chair].free = self.call(who, chair);
            return;
        }
        // Nobody in line: a newcomer would be called now. Being asked about takes nobody's time.
        for newcomer in scene.in_line..scene.people.len() {
            if free < self.called[newcomer] && scene.fits(newcomer, chair, free, next) {
                self.called[newcomer] = free;
            }
        }
        self.chairs[chair].free = next.unwrap_or(f64::INFINITY);
    }

    /// Calls one of the line. When the caller will be free again.
    fn call(&mut self, who: usize, chair: usize) -> f64 {
        let State { free, pace, .. } = self.chairs[chair];
        self.called[who] = free;
        let fate = self.fates[who];
        if fate.leaves < free {
            return free;
        }
        match self.scene.length(who, chair) {
            Some(length) if fate.comes => {
                free + self.habits.reach + length.drawn(fate.length, pace) + fate.turn
            }
            _ => free + self.habits.lost,
        }
    }
}
