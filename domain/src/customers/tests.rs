use chrono::NaiveDate;
use uuid::Uuid;

use super::check::check;
use super::entities::customer;
use super::find::ranges;
use super::merge::{Field, added_tags, fills, joined};
use super::{CustomerChange, CustomerError, memberships};
use crate::time::Instant;

fn faults(change: &CustomerChange) -> Vec<(String, &'static str)> {
    match check(change, "US") {
        Ok(_) => Vec::new(),
        Err(CustomerError::Invalid(faults)) => {
            faults.into_iter().map(|fault| (fault.field, fault.code)).collect()
        }
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn every_field_that_cannot_be_meant_is_named() {
    let text = |text: &str| Some(text.to_owned());
    let change = CustomerChange {
        name: text("  "),
        email: text("ana@"),
        phone: text("call me"),
        locale: text("tlh"),
        note: text("a\0b"),
        tags: Some(vec!["good".into(), String::new()]),
        ..CustomerChange::default()
    };
    let named = faults(&change);
    assert_eq!(
        named,
        [
            ("/name".to_owned(), "required"),
            ("/email".to_owned(), "invalid_email"),
            ("/phone".to_owned(), "invalid_phone"),
            ("/locale".to_owned(), "unknown_locale"),
            ("/note".to_owned(), "invalid"),
            ("/tags/1".to_owned(), "required"),
        ]
    );
    let many = (0..31).map(|n| format!("tag {n}")).collect();
    let change = CustomerChange { tags: Some(many), ..CustomerChange::default() };
    assert_eq!(faults(&change), [("/tags".to_owned(), "too_many")]);
}

#[test]
fn empty_is_none_and_tags_are_there_once() {
    let text = |text: &str| Some(text.to_owned());
    let change = CustomerChange {
        name: text(" نور 💆 "),
        email: text(" "),
        phone: text(""),
        locale: text(""),
        note: text("one\r\ntwo "),
        tags: Some(vec![" VIP ".into(), "vip".into(), "Größe".into(), "GRÖSSE".into()]),
        ..CustomerChange::default()
    };
    let wanted = check(&change, "US").unwrap();
    assert_eq!(wanted.name.as_deref(), Some("نور 💆"));
    assert_eq!((wanted.email, wanted.phone, wanted.locale), (Some(None), Some(None), Some(None)));
    assert_eq!(wanted.note.as_deref(), Some("one\ntwo"));
    assert_eq!(wanted.tags, Some(vec!["VIP".to_owned(), "Größe".to_owned()]));
    assert!(check(&CustomerChange::default(), "").unwrap().email.is_none());
}

#[test]
fn what_a_search_may_be_the_beginning_of() {
    let cases: [(&str, &[(&str, &str)]); 7] = [
        ("", &[]),
        ("  ", &[]),
        ("Ána", &[("name_key", "ana"), ("email_key", "ána")]),
        ("ana b", &[("name_key", "ana b")]),
        ("+1 415", &[("name_key", "+1 415"), ("phone", "+1415")]),
        ("12", &[("name_key", "12"), ("email_key", "12")]),
        ("415 55", &[("name_key", "415 55"), ("phone", "+41555"), ("phone", "+141555")]),
    ];
    for (q, expected) in cases {
        let found = ranges(Some(q), "US");
        let found: Vec<_> = found.iter().map(|(column, prefix)| (*column, &**prefix)).collect();
        assert_eq!(found, expected, "{q}");
    }
}

fn record() -> customer::Model {
    let at = Instant::UNIX_EPOCH;
    customer::Model {
        tenant_id: Uuid::nil(),
        id: Uuid::nil(),
        name: "Ana".into(),
        name_key: "ana".into(),
        email: None,
        email_key: None,
        phone: None,
        locale: None,
        channel: None,
        note: String::new(),
        tags: Vec::new(),
        medical: None,
        medical_at: None,
        source: "staff".into(),
        version: 1,
        created_at: at,
        updated_at: at,
        merged_into: None,
        erased_at: None,
        archived_at: None,
    }
}

#[test]
fn only_what_is_empty_is_filled() {
    let full = customer::Model {
        email: Some("a@b.co".into()),
        phone: Some("+14155550132".into()),
        locale: Some("de".into()),
        channel: Some("sms".into()),
        note: "tea".into(),
        ..record()
    };
    let all = [Field::Email, Field::Phone, Field::Locale, Field::Channel, Field::Note];
    assert_eq!(fills(&record(), &full), all);
    assert_eq!(fills(&full, &full), []);
    assert_eq!(fills(&full, &record()), []);
    assert_eq!(fills(&record(), &record()), []);
}

#[test]
fn tags_and_notes_are_united() {
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect::<Vec<_>>();
    assert_eq!(added_tags(&tags(&["VIP", "tea"]), &tags(&["vip", "new"])), ["new"]);
    let cases =
        [("", "", ""), ("a", "", "a"), ("", "b", "b"), ("a", "a", "a"), ("a", "b", "a\n\nb")];
    for (kept, gone, together) in cases {
        assert_eq!(joined(kept, gone), together);
    }
}

#[test]
fn a_membership_ends_with_its_period() {
    let cases = [
        ("month", "2026-01-31", "2026-02-28"),
        ("month", "2026-03-01", "2026-04-01"),
        ("year", "2024-02-29", "2025-02-28"),
        ("year", "2026-03-02", "2027-03-02"),
    ];
    for (period, from, to) in cases {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(memberships::end(period, day(from)), Some(day(to)), "{period} from {from}");
    }
}
