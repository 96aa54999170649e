//! What is shown and what is kept of a run.

use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::error::Outcome;
use crate::say;

/// A table for people: the first column is text, the others are numbers.
#[derive(Debug)]
pub(crate) struct Table(Vec<Vec<String>>);

impl Table {
    pub(crate) fn with_columns<const N: usize>(titles: [&str; N]) -> Self {
        Self(vec![titles.map(str::to_owned).to_vec()])
    }

    pub(crate) fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.0.push(cells.to_vec());
    }

    /// Columns as wide as their widest cell.
    pub(crate) fn text(&self) -> String {
        let columns = self.0.iter().map(Vec::len).max().unwrap_or(0);
        let width = |column: usize| {
            self.0.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
        };
        let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
        let line = |row: &Vec<String>| {
            let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| {
                if column == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") }
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
        };
        self.0.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

/// Writes the figures down for programs, if somebody asked for that.
pub(crate) fn keep(path: Option<&PathBuf>, figures: &impl Serialize) -> Outcome<()> {
    let Some(path) = path else { return Ok(()) };
    let path: &Path = path;
    let text = serde_json::to_string_pretty(figures)? + "\n";
    std::fs::write(path, text)
        .map_err(|error| format!("can't write {}: {error}", path.display()))?;
    say(&format!("\nThe figures are in {}.", path.display()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_under_each_other() {
        let mut table = Table::with_columns(["way", "p50", "p99"]);
        table.row(["bare".to_owned(), "9.5".to_owned(), "120.0".to_owned()]);
        table.row(["in a transaction".to_owned(), "31.0".to_owned(), "7.0".to_owned()]);
        let expected = "way                p50    p99\n\
                        bare               9.5  120.0\n\
                        in a transaction  31.0    7.0";
        assert_eq!(table.text(), expected);
    }
}
