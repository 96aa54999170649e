//! What the rows of a file say.

use csv::StringRecord;

use super::super::Purpose;
use super::super::check::{LONGEST_NAME, LONGEST_NOTE, tags_of, unless_empty};
use super::super::write::Record;
use super::columns::{Column, Table};
use crate::fault::ValueFault;
use crate::phone::Phone;
use crate::text::{self, Email};

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowFault {
    /// Which column: `email`.
    pub(super) field: &'static str,
    pub(super) fault: ValueFault,
}

/// Somebody in a file.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) record: Record,
    /// What they said yes or no to.
    pub(super) said: Vec<(Purpose, bool)>,
}

impl Person {
    pub(super) fn opt_outs(&self) -> Vec<Purpose> {
        self.said.iter().filter(|(_, granted)| !granted).map(|(purpose, _)| *purpose).collect()
    }

    /// By what they are recognised: the address, the number, or, where there is neither, the name.
    pub(super) fn keys(&self) -> Vec<String> {
        let record = &self.record;
        let email = record.email.as_ref().map(|email| email.key().to_owned());
        let phone = record.phone.as_ref().map(ToString::to_string);
        let keys: Vec<_> = email.into_iter().chain(phone).collect();
        if keys.is_empty() { vec![self.name_key()] } else { keys }
    }

    /// The key of somebody who is known by name alone. No address begins like this.
    pub(super) fn name_key(&self) -> String {
        format!(" {}", text::fold(&self.record.name))
    }
}

/// Every row, with its number.
pub(super) fn people(table: &Table, country: &str) -> Vec<(usize, Result<Person, RowFault>)> {
    let person = |row: &StringRecord| person(&table.columns, row, country);
    table.rows.iter().map(|(number, row)| (*number, person(row))).collect()
}

fn person(
    columns: &[Option<Column>],
    row: &StringRecord,
    country: &str,
) -> Result<Person, RowFault> {
    let cell = |wanted: Column| {
        let at = columns.iter().position(|column| *column == Some(wanted));
        at.and_then(|at| row.get(at)).unwrap_or_default()
    };
    let on = |field: &'static str| move |fault: ValueFault| RowFault { field, fault };
    let (whole, first, last) =
        (cell(Column::Name), cell(Column::FirstName), cell(Column::LastName));
    let name = if whole.is_empty() { format!("{first} {last}") } else { whole.to_owned() };
    let record = Record {
        name: text::line(&name, 1, LONGEST_NAME).map_err(on("name"))?,
        email: unless_empty(cell(Column::Email), Email::parse).map_err(on("email"))?,
        phone: unless_empty(cell(Column::Phone), |phone| Phone::parse(phone, country))
            .map_err(on("phone"))?,
        locale: None,
        note: text::prose(cell(Column::Note), 0, LONGEST_NOTE).map_err(on("note"))?,
        tags: tags_of(cell(Column::Tags)).map_err(on("tags"))?,
        source: "import",
    };
    let mut said: Vec<(Purpose, bool)> = Vec::new();
    for (column, text) in columns.iter().zip(row) {
        let field = match column {
            Some(Column::OptIn(purpose)) => purpose.key(),
            Some(Column::OptOut(_)) => "opt_out",
            _ => continue,
        };
        let Some(yes) = yes_or_no(text).map_err(on(field))? else { continue };
        match column {
            Some(Column::OptIn(purpose)) => say(&mut said, *purpose, yes),
            // That somebody didn't opt out is no consent.
            Some(Column::OptOut(purposes)) if yes => {
                purposes.iter().for_each(|purpose| say(&mut said, *purpose, false));
            }
            _ => {}
        }
    }
    Ok(Person { record, said })
}

/// Of two columns that contradict each other, the no counts.
fn say(said: &mut Vec<(Purpose, bool)>, purpose: Purpose, granted: bool) {
    match said.iter_mut().find(|(known, _)| *known == purpose) {
        Some((_, known)) => *known &= granted,
        None => said.push((purpose, granted)),
    }
}

/// What a cell says, if it says anything.
fn yes_or_no(text: &str) -> Result<Option<bool>, ValueFault> {
    match &*text::fold(text) {
        "" | "-" | "n/a" | "unknown" | "null" => Ok(None),
        "yes" | "y" | "true" | "t" | "1" | "x" | "on" | "si" | "s" | "oui" | "o" | "ja" | "j"
        | "wahr" | "subscribed" | "opted in" | "نعم" => Ok(Some(true)),
        "no" | "n" | "false" | "f" | "0" | "off" | "non" | "nein" | "falsch" | "unsubscribed"
        | "opted out" | "لا" => Ok(Some(false)),
        _ => Err(ValueFault::new("yes_or_no", "This should be yes or no.")),
    }
}
