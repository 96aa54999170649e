//! What is measured, beside what is promised.

use std::path::PathBuf;

use serde::Serialize;

use crate::error::Outcome;
use crate::machine::Machine;
use crate::report::{self, Table};
use crate::say;

/// What is promised of a figure.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Bar {
    AtMost(f64),
    AtLeast(f64),
    /// Only shown.
    None,
}

/// One figure.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    part: &'static str,
    what: String,
    found: f64,
    bar: Bar,
}

/// All of them.
#[derive(Debug, Default, Serialize)]
#[serde(transparent)]
pub(crate) struct Figures(Vec<Figure>);

/// What is kept of a run.
#[derive(Serialize)]
struct Kept<'a> {
    scenario: &'static str,
    machine: &'a Machine,
    figures: &'a Figures,
}

impl Figures {
    /// Writes them down for programs, if somebody asked for that.
    pub(crate) fn keep(
        &self,
        path: Option<&PathBuf>,
        scenario: &'static str,
        machine: &Machine,
    ) -> Outcome<()> {
        report::keep(path, &Kept { scenario, machine, figures: self })
    }

    pub(crate) fn add(
        &mut self,
        part: &'static str,
        what: impl Into<String>,
        found: f64,
        bar: Bar,
    ) {
        self.0.push(Figure { part, what: what.into(), found, bar });
    }

    /// Shows those of one part.
    pub(crate) fn show(&self, part: &str) {
        let mut table = Table::with_columns([part, "", "bar"]);
        for figure in self.0.iter().filter(|figure| figure.part == part) {
            table.row([figure.what.clone(), number(figure.found), figure.bar.text()]);
        }
        say(&format!("\n{}", table.text()));
    }

    /// Which bars are missed.
    pub(crate) fn missed(&self) -> Vec<String> {
        let missed = self.0.iter().filter(|figure| !figure.bar.holds(figure.found));
        let say = |figure: &Figure| {
            let Figure { part, what, found, bar } = figure;
            format!("{part}, {what}: {} where {} was promised", number(*found), bar.text())
        };
        missed.map(say).collect()
    }
}

impl Bar {
    fn holds(self, found: f64) -> bool {
        match self {
            Self::AtMost(most) => found <= most,
            Self::AtLeast(least) => found >= least,
            Self::None => true,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(most) => format!("<= {}", number(most)),
            Self::AtLeast(least) => format!(">= {}", number(least)),
            Self::None => String::new(),
        }
    }
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 || value.abs() >= 100.0 {
        format!("{value:.0}")
    } else {
        format!("{value:.2}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_that_is_missed_is_told() {
        let mut figures = Figures::default();
        for (found, bar, misses) in [
            (4.0, Bar::AtMost(4.0), 0),
            (5.0, Bar::AtMost(4.0), 1),
            (0.2, Bar::AtLeast(0.2), 1),
            (0.19, Bar::AtLeast(0.2), 2),
            (f64::NAN, Bar::AtLeast(0.2), 3),
            (9.0, Bar::None, 3),
        ] {
            figures.add("part", "what", found, bar);
            assert_eq!(figures.missed().len(), misses, "{found} {bar:?}");
        }
    }
}
