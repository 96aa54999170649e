//! What is known of the people of a location besides their pace.

/// How long people wait before more of them leave, in seconds.
pub const PATIENT: f64 = 1_800.0;

/// Whatever passes between a call and what comes of it counts as no longer than this, in seconds: who
/// presses an hour later was elsewhere.
pub const LATEST: f64 = 1_800.0;

/// What a location's rows say, added up over some weeks.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Seen {
    /// How many were called.
    pub called: f64,
    /// How many of them didn't come.
    pub no_shows: f64,
    /// Seconds from the call of these until they were given up, all together.
    pub lost_seconds: f64,
    /// How many were called and came.
    pub came: f64,
    /// Seconds from their call until they were being served, all together.
    pub reach_seconds: f64,
    /// How often somebody was called who had already waited when the caller became free.
    pub turns: f64,
    /// Seconds from then until the call, all together.
    pub turn_seconds: f64,
    /// How many left the line before they had waited [`PATIENT`], and after.
    pub left: [f64; 2],
    /// Seconds that people waited before that, and after, whatever came of it, all together.
    pub waited_seconds: [f64; 2],
    /// How many booked visits came due.
    pub visits: f64,
    /// To how many of them nobody came.
    pub absent: f64,
}

/// What is expected of the people of a location.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Habits {
    /// The share of those called who don't come.
    pub no_show: f64,
    /// Seconds until one who doesn't come is given up.
    pub lost: f64,
    /// Seconds from the call until they are being served.
    pub reach: f64,
    /// Seconds between two customers: from the end of one until the next is called.
    pub turn: f64,
    /// How many of those who wait leave in an hour, as a rate: before they have waited [`PATIENT`],
    /// and after.
    pub leave: [f64; 2],
    /// The share of booked visits to which nobody comes.
    pub absent: f64,
}

impl Habits {
    /// What was seen, leaning on what is usual as long as little was.
    pub fn learned(seen: &Seen) -> Self {
        let usual = Self::default();
        let lean = |sum: f64, of: f64, usual: f64, weight: f64| {
            (sum.max(0.0) + usual * weight) / (of.max(0.0) + weight)
        };
        Self {
            no_show: lean(seen.no_shows, seen.called, usual.no_show, 40.0).min(0.9),
            lost: lean(seen.lost_seconds, seen.no_shows, usual.lost, 5.0),
            reach: lean(seen.reach_seconds, seen.came, usual.reach, 10.0),
            turn: lean(seen.turn_seconds, seen.turns, usual.turn, 10.0),
            leave: [0, 1].map(|half| {
                let hours = seen.waited_seconds[half] / 3_600.0;
                lean(seen.left[half], hours, usual.leave[half], 30.0)
            }),
            absent: lean(seen.absent, seen.visits, usual.absent, 40.0).min(0.9),
        }
    }
}

impl Habits {
    /// How long somebody stays who has waited so long already. `lot` is exponential with mean one.
    pub(super) fn stays(&self, waited: f64, lot: f64) -> f64 {
        let [soon, late] = self.leave.map(|rate| rate.max(1e-9) / 3_600.0);
        let soon_for = (PATIENT - waited).max(0.0);
        let left = lot - soon * soon_for;
        if left < 0.0 { lot / soon } else { soon_for + left / late }
    }
}

impl Default for Habits {
    /// What is usual where nothing was seen yet.
    fn default() -> Self {
        Self {
            no_show: 0.04,
            lost: 240.0,
            reach: 60.0,
            turn: 90.0,
            leave: [0.1, 0.3],
            absent: 0.05,
        }
    }
}
