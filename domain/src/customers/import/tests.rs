use std::collections::HashMap;

use proptest::prelude::*;
use uuid::Uuid;

use super::super::Purpose;
use super::columns::{Column, MOST_ROWS, meaning, read};
use super::report::RowOutcome::{Duplicate, Invalid, New};
use super::report::{ImportReport, report};
use super::rows::{Person, people};
use crate::ids::{Customer, Id};

#[test]
fn columns_are_known_by_many_names() {
    let cases = [
        ("Name", Some(Column::Name)),
        ("Full name", Some(Column::Name)),
        ("FIRST_NAME", Some(Column::FirstName)),
        ("Prénom", Some(Column::FirstName)),
        ("Nachname", Some(Column::LastName)),
        ("E-Mail", Some(Column::Email)),
        ("Email Address", Some(Column::Email)),
        ("Mobile phone", Some(Column::Phone)),
        ("Teléfono", Some(Column::Phone)),
        ("Notizen", Some(Column::Note)),
        ("Tags", Some(Column::Tags)),
        ("Newsletter", Some(Column::OptIn(Purpose::MarketingEmail))),
        ("SMS opt-in", Some(Column::OptIn(Purpose::MarketingSms))),
        ("marketing_email", Some(Column::OptIn(Purpose::MarketingEmail))),
        ("Loyalty points", None),
        ("", None),
    ];
    for (name, column) in cases {
        assert_eq!(meaning(name), column, "{name}");
    }
    assert!(matches!(meaning("Opt-out"), Some(Column::OptOut(both)) if both.len() == 2));
    assert!(matches!(meaning("Unsubscribed"), Some(Column::OptOut(one)) if one.len() == 1));
}

fn persons(csv: &str) -> Vec<Person> {
    let table = read(csv).unwrap_or_else(|fault| panic!("{}: {csv:?}", fault.code));
    people(&table, "US").into_iter().map(|(_, person)| person.unwrap()).collect()
}

#[test]
fn files_as_other_programs_write_them() {
    for csv in [
        "name,email,phone\nAna \"Pi\" Pérez,ana@example.com,(415) 555-0132\n",
        "\u{feff}name,email,phone\r\n\"Ana \"\"Pi\"\" Pérez\",ana@example.com,+1 415 555 0132\r\n",
        "Name;E-Mail;Telefon\r\n\"Ana \"\"Pi\"\" Pérez\";ana@example.com;+14155550132",
        "sep=;\r\nE-Mail;Telefon;Name\r\nana@example.com;+14155550132;Ana \"Pi\" Pérez\r\n",
        "phone\temail\tname\n+14155550132\tana@example.com\tAna \"Pi\" Pérez\n",
        "First name,Last name,Mobile,Email\n Ana \"Pi\" , Pérez ,415-555-0132,ana@example.com",
        "\"Name, whole\",name,mail,tel\nx,\"Ana \"\"Pi\"\" Pérez\",ana@example.com,4155550132",
        "name,email,phone\n\n,,\nAna \"Pi\" Pérez,ana@example.com,4155550132\n,,\n",
    ] {
        let people = persons(csv);
        assert_eq!(people.len(), 1, "{csv:?}");
        let record = &people[0].record;
        assert_eq!(record.name, "Ana \"Pi\" Pérez", "{csv:?}");
        assert_eq!(record.email.as_ref().unwrap().key(), "ana@example.com", "{csv:?}");
        assert_eq!(record.phone.as_ref().unwrap().as_str(), "+14155550132", "{csv:?}");
    }
    let notes = persons("name,note,tags\nנועה 💇,\"two\r\nlines\",\"vip; new | vip\"\n");
    assert_eq!(notes[0].record.name, "נועה 💇");
    assert_eq!(notes[0].record.note, "two\nlines");
    assert_eq!(notes[0].record.tags, ["vip", "new"]);
}

#[test]
fn files_that_are_none() {
    let long = format!("name\n{}", "Ana\n".repeat(MOST_ROWS + 1));
    let cases = [
        ("", "no_name_column"),
        ("\u{feff}", "no_name_column"),
        ("email,phone\na@b.co,1\n", "no_name_column"),
        ("name,email\n", "no_rows"),
        ("name,email\n,\n , \n", "no_rows"),
        (long.as_str(), "too_many_rows"),
    ];
    for (csv, code) in cases {
        assert_eq!(
            read(csv).map(|_| ()).unwrap_err().code,
            code,
            "{:?}",
            &csv[..csv.len().min(40)]
        );
    }
    let fits = format!("name\n{}", "Ana\n".repeat(MOST_ROWS));
    assert_eq!(read(&fits).unwrap().rows.len(), MOST_ROWS);
}

#[test]
fn what_people_said() {
    let csv = "name,newsletter,sms opt-in,opt-out\n\
               a,yes,,\nb,no,,\nc,,x,no\nd,yes,yes,yes\ne,,,\nf,nein,1,";
    let said: Vec<_> = persons(csv).into_iter().map(|person| person.said).collect();
    let (email, sms) = (Purpose::MarketingEmail, Purpose::MarketingSms);
    assert_eq!(
        said,
        [
            vec![(email, true)],
            vec![(email, false)],
            vec![(sms, true)],
            vec![(email, false), (sms, false)],
            vec![],
            vec![(email, false), (sms, true)],
        ]
    );
}

fn dry_run(csv: &str, known: &[(&str, u128)]) -> ImportReport {
    let table = read(csv).unwrap();
    let known: HashMap<String, Id<Customer>> = known
        .iter()
        .map(|(key, id)| ((*key).to_owned(), Id::from_uuid(Uuid::from_u128(*id))))
        .collect();
    let rows = people(&table, "US");
    report(&rows, &known, table.ignored)
}

#[test]
fn the_report_goes_row_by_row() {
    let csv = "name,email,phone,newsletter,points\n\
               Ana,ana@example.com,,yes,7\n\
               Ben,ben@example.com,12,,\n\
               ,nobody@example.com,,,\n\
               Cem,,+1 415 555 0132,no,\n\
               Ana P.,ANA@example.com,,,\n\
               Dee,dee@,,,\n\
               Eve,,,,\n\
               éve,,,,\n\
               Fay,,,maybe,\n\
               Ben,ben@example.com,,,\n";
    let report = dry_run(csv, &[("+14155550132", 7)]);
    let lines: Vec<_> = report
        .rows
        .iter()
        .map(|row| (row.row, row.outcome, row.field.as_deref(), row.code.as_deref()))
        .collect();
    assert_eq!(
        lines,
        [
            (2, New, None, None),
            (3, Invalid, Some("phone"), Some("invalid_phone")),
            (4, Invalid, Some("name"), Some("required")),
            (5, Duplicate, None, None),
            (6, Duplicate, None, None),
            (7, Invalid, Some("email"), Some("invalid_email")),
            (8, New, None, None),
            (9, Duplicate, None, None),
            (10, Invalid, Some("marketing_email"), Some("yes_or_no")),
            // The row before it was wrong, so nobody has the address yet.
            (11, New, None, None),
        ]
    );
    assert_eq!(report.rows[3].customer, Some(Id::from_uuid(Uuid::from_u128(7))));
    assert_eq!(report.rows[3].opt_outs, ["marketing_email"]);
    assert_eq!(report.rows[4].same_as_row, Some(2));
    assert_eq!(report.rows[7].same_as_row, Some(8));
    assert_eq!(report.ignored_columns, ["points"]);
    let totals = report.totals;
    assert_eq!(
        (totals.rows, totals.new, totals.duplicates, totals.invalid, totals.opt_outs),
        (10, 3, 3, 4, 1)
    );
    // Nobody's data are in it.
    let written = serde_json::to_string(&report).unwrap();
    assert!(!written.contains("example.com") && !written.contains("Ana"), "{written}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_text_is_a_file_or_refused(text in "(name|email|phone|;|,|\"|\n|\r|\t|[a-z0-9@+ ]|.){0,60}") {
        if let Ok(table) = read(&text) {
            let rows = people(&table, "US");
            prop_assert_eq!(report(&rows, &HashMap::new(), vec![]).totals.rows, table.rows.len());
        }
    }
}
