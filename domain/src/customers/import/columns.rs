//! What the columns of a file are, whatever they are called: other programs' exports have many names
//! for the same.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::super::Purpose;
use crate::fault::ValueFault;

/// How many rows a file has at most.
pub(super) const MOST_ROWS: usize = 10_000;

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Name,
    FirstName,
    LastName,
    Email,
    Phone,
    Note,
    Tags,
    /// Yes is yes.
    OptIn(Purpose),
    /// Yes is no, to these.
    OptOut(&'static [Purpose]),
}

const MARKETING: &[Purpose] = &[Purpose::MarketingEmail, Purpose::MarketingSms];

/// Names as they are compared: folded, letters and digits only.
const SPELLINGS: &[(Column, &[&str])] = &[
    (
        Column::Name,
        &[
            "name",
            "fullname",
            "customer",
            "customername",
            "client",
            "clientname",
            "displayname",
            "nombrecompleto",
            "nombreyapellidos",
            "cliente",
            "nomcomplet",
            "kunde",
            "kundenname",
            "vollername",
            "الاسم",
        ],
    ),
    (
        Column::FirstName,
        &["firstname", "first", "givenname", "forename", "nombre", "prenom", "vorname"],
    ),
    (
        Column::LastName,
        &[
            "lastname",
            "last",
            "surname",
            "familyname",
            "apellido",
            "apellidos",
            "nom",
            "nomdefamille",
            "nachname",
            "familienname",
        ],
    ),
    (
        Column::Email,
        &[
            "email",
            "emailaddress",
            "mail",
            "emails",
            "correo",
            "correoelectronico",
            "courriel",
            "adressemail",
            "adresseemail",
            "emailadresse",
            "mailadresse",
            "البريدالالكتروني",
        ],
    ),
    (
        Column::Phone,
        &[
            "phone",
            "phonenumber",
            "telephone",
            "telephonenumber",
            "tel",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cell",
            "cellphone",
            "contactnumber",
            "telefono",
            "movil",
            "celular",
            "portable",
            "telefon",
            "telefonnummer",
            "handy",
            "handynummer",
            "mobil",
            "الهاتف",
        ],
    ),
    (
        Column::Note,
        &[
            "note",
            "notes",
            "comment",
            "comments",
            "remark",
            "remarks",
            "nota",
            "notas",
            "comentarios",
            "remarque",
            "remarques",
            "notiz",
            "notizen",
            "bemerkung",
            "bemerkungen",
        ],
    ),
    (
        Column::Tags,
        &[
            "tag",
            "tags",
            "label",
            "labels",
            "group",
            "groups",
            "etiquetas",
            "etiquettes",
            "gruppen",
        ],
    ),
    (
        Column::OptIn(Purpose::MarketingEmail),
        &[
            "marketingemail",
            "emailmarketing",
            "marketing",
            "marketingconsent",
            "marketingoptin",
            "emailoptin",
            "optin",
            "optedin",
            "newsletter",
            "subscribed",
            "acceptsmarketing",
            "acceptsemailmarketing",
            "emailconsent",
        ],
    ),
    (
        Column::OptIn(Purpose::MarketingSms),
        &[
            "marketingsms",
            "smsmarketing",
            "smsoptin",
            "textoptin",
            "acceptssmsmarketing",
            "smsconsent",
        ],
    ),
    (Column::OptIn(Purpose::RemindersSms), &["reminderssms", "smsreminders", "smsreminder"]),
    (
        Column::OptOut(&[Purpose::MarketingEmail]),
        &["emailoptout", "unsubscribed", "emailunsubscribed", "noemail"],
    ),
    (Column::OptOut(&[Purpose::MarketingSms]), &["smsoptout", "textoptout", "nosms"]),
    (
        Column::OptOut(MARKETING),
        &["optout", "optedout", "marketingoptout", "nomarketing", "donotcontact", "donotmarket"],
    ),
];

/// What a header's name means.
pub(super) fn meaning(name: &str) -> Option<Column> {
    let key: String = crate::text::fold(name).chars().filter(|c| c.is_alphanumeric()).collect();
    SPELLINGS.iter().find(|(_, names)| names.contains(&&*key)).map(|(column, _)| *column)
}

/// A file whose header was understood.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) columns: Vec<Option<Column>>,
    /// Names of columns that nobody knows.
    pub(super) ignored: Vec<String>,
    /// The number of each row as a spreadsheet counts (the header is 1), and the row.
    pub(super) rows: Vec<(usize, StringRecord)>,
}

/// Reads the text of a file: delimiter, quotes, byte order mark and all.
pub(super) fn read(text: &str) -> Result<Table, ValueFault> {
    let text = text.trim_start_matches('\u{feff}');
    let (delimiter, text) = delimiter(text);
    let unreadable = || ValueFault::new("not_csv", "This can't be read as a table.");
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let header = reader.headers().map_err(|_| unreadable())?.clone();
    let mut columns: Vec<_> = header.iter().map(meaning).collect();
    settle_names(&mut columns);
    let ignored = header.iter().zip(&columns).filter(|(name, c)| c.is_none() && !name.is_empty());
    let ignored = ignored.map(|(name, _)| name.chars().take(80).collect()).collect();
    if !columns
        .iter()
        .flatten()
        .any(|c| matches!(c, Column::Name | Column::FirstName | Column::LastName))
    {
        let detail = "The first row must name the columns, and one of them must be the name.";
        return Err(ValueFault::new("no_name_column", detail));
    }
    let mut rows = Vec::new();
    for (number, row) in (2..).zip(reader.records()) {
        let row = row.map_err(|_| unreadable())?;
        if row.iter().all(str::is_empty) {
            continue;
        }
        if rows.len() == MOST_ROWS {
            let detail = format!("At most {MOST_ROWS} rows in one file, please.");
            return Err(ValueFault::new("too_many_rows", detail));
        }
        rows.push((number, row));
    }
    if rows.is_empty() {
        return Err(ValueFault::new("no_rows", "There is nobody in this file."));
    }
    Ok(Table { columns, ignored, rows })
}

/// A first name alone is a name, and so is a last name alone. Of two columns that mean the same, the
/// first counts.
fn settle_names(columns: &mut [Option<Column>]) {
    let mut known: Vec<Column> = Vec::new();
    for column in columns.iter_mut() {
        match *column {
            Some(meant) if known.contains(&meant) => *column = None,
            Some(meant) => known.push(meant),
            None => {}
        }
    }
}

/// What stands between cells: whichever the first row has most of, outside its quotes. A line
/// `sep=;`, as some spreadsheets want it, says so itself.
fn delimiter(text: &str) -> (u8, &str) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if let Some(named) = first.trim_end().strip_prefix("sep=")
        && let [byte @ (b',' | b';' | b'\t')] = named.as_bytes()
    {
        return (*byte, rest);
    }
    let mut quoted = false;
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += i32::from(!quoted && byte == *delimiter);
        }
    }
    // Of equals, the comma.
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    (most.map_or(b',', |(delimiter, _)| *delimiter), text)
}
