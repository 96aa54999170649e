//! Customers as a file that a spreadsheet opens, and that the import reads back.

use openchair_domain::customers::ExportRow;

use crate::csv::{self, CsvFile};

/// The file.
pub(super) type CustomersFile = CsvFile;

const HEADER: &str = "id,name,email,phone,locale,note,tags,marketing_email,marketing_sms,reminders_sms,created_at\r\n";

pub(super) fn file(rows: &[ExportRow]) -> CustomersFile {
    let mut text = String::from(HEADER);
    for row in rows {
        let word = |said: Option<bool>| match said {
            Some(true) => "yes".to_owned(),
            Some(false) => "no".to_owned(),
            None => String::new(),
        };
        let text_or_nothing =
            |text: &Option<String>| csv::cell(text.as_deref().unwrap_or_default());
        text.push_str(&csv::row([
            row.id.to_string(),
            csv::cell(&row.name),
            text_or_nothing(&row.email),
            // We wrote it ourselves, digits behind a plus: no formula, and it must be dialled.
            csv::quoted(row.phone.as_deref().unwrap_or_default()),
            text_or_nothing(&row.locale),
            csv::cell(&row.note),
            csv::cell(&row.tags.join("; ")),
            word(row.marketing_email),
            word(row.marketing_sms),
            word(row.reminders_sms),
            row.created_at.to_rfc3339(),
        ]));
    }
    CsvFile::new(text, "customers.csv")
}
