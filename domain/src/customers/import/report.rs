//! What a dry run says of a file, row by row. It holds nobody's data: the file has them, sealed.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::rows::{Person, RowFault};
use crate::ids::{Customer, Id};

/// What will become of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowOutcome {
    /// A new customer.
    New,
    /// Somebody who is known already, or an earlier row.
    Duplicate,
    /// It can't be meant.
    Invalid,
}

/// One row's line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// As a spreadsheet counts: the header is row 1.
    pub row: usize,
    /// What will become of it.
    pub outcome: RowOutcome,
    /// Which column is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Stable, for programs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// A sentence, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// The customer whom it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<Id<Customer>>,
    /// The earlier row that it repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as_row: Option<usize>,
    /// What they withdrew, or never wanted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opt_outs: Vec<String>,
}

/// How many rows end how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportTotals {
    /// All of them.
    pub rows: usize,
    /// New customers.
    pub new: usize,
    /// Customers who are known already, and rows that repeat others.
    pub duplicates: usize,
    /// Rows that can't be meant.
    pub invalid: usize,
    /// Rows with an opt-out.
    pub opt_outs: usize,
}

/// What a dry run says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// The sums.
    pub totals: ImportTotals,
    /// Names of columns that nobody knows; they are left out.
    pub ignored_columns: Vec<String>,
    /// Each row.
    pub rows: Vec<ImportRow>,
}

/// Compares rows with each other and with `known`: customers by the keys that they have.
pub(super) fn report(
    people: &[(usize, Result<Person, RowFault>)],
    known: &HashMap<String, Id<Customer>>,
    ignored_columns: Vec<String>,
) -> ImportReport {
    let mut earlier: HashMap<String, usize> = HashMap::new();
    let mut totals = ImportTotals { rows: people.len(), ..ImportTotals::default() };
    let mut rows = Vec::with_capacity(people.len());
    for (number, person) in people {
        let mut row = ImportRow {
            row: *number,
            outcome: RowOutcome::New,
            field: None,
            code: None,
            detail: None,
            customer: None,
            same_as_row: None,
            opt_outs: Vec::new(),
        };
        match person {
            Err(RowFault { field, fault }) => {
                row.outcome = RowOutcome::Invalid;
                row.field = Some((*field).to_owned());
                row.code = Some(fault.code.to_owned());
                row.detail = Some(fault.detail.to_string());
                totals.invalid += 1;
            }
            Ok(person) => {
                let keys = person.keys();
                row.opt_outs =
                    person.opt_outs().into_iter().map(|purpose| purpose.key().to_owned()).collect();
                row.customer = keys.iter().find_map(|key| known.get(key)).copied();
                row.same_as_row = keys.iter().find_map(|key| earlier.get(key)).copied();
                if row.customer.is_some() || row.same_as_row.is_some() {
                    row.outcome = RowOutcome::Duplicate;
                    totals.duplicates += 1;
                } else {
                    totals.new += 1;
                }
                for key in keys {
                    earlier.entry(key).or_insert(*number);
                }
                totals.opt_outs += usize::from(!row.opt_outs.is_empty());
            }
        }
        rows.push(row);
    }
    ImportReport { totals, ignored_columns, rows }
}
