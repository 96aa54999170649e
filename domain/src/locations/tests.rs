use super::hours::check as check_hours;
use super::*;

fn typed(weekday: u8, opens: &str, closes: &str) -> NewOpening {
    NewOpening { weekday, opens: opens.to_owned(), closes: closes.to_owned() }
}

#[test]
fn which_hours_can_be_meant() {
    type Case = (&'static [(u8, &'static str, &'static str)], &'static [&'static str]);
    let cases: [Case; 17] = [
        (&[], &[]),
        (&[(1, "09:00", "17:00")], &[]),
        (&[(1, "09:00", "12:00"), (1, "12:00", "17:00"), (2, "09:00", "12:00")], &[]),
        (&[(5, "18:00", "02:00"), (6, "02:00", "03:00")], &[]),
        (&[(7, "00:00", "24:00"), (1, "00:00", "24:00")], &[]),
        (&[(7, "23:00", "00:00"), (1, "00:00", "01:00")], &[]),
        // Overlaps, told at the one that was typed later.
        (&[(1, "09:00", "12:00"), (1, "11:59", "17:00")], &["/hours/1"]),
        (&[(1, "11:59", "17:00"), (1, "09:00", "12:00")], &["/hours/1"]),
        (&[(1, "09:00", "12:00"), (1, "09:00", "12:00")], &["/hours/1"]),
        (&[(5, "18:00", "02:00"), (6, "01:00", "03:00")], &["/hours/1"]),
        (&[(7, "22:00", "01:00"), (1, "00:30", "08:00")], &["/hours/1"]),
        // Not a time, not a day, not a stretch.
        (&[(1, "9:00", "17:00")], &["/hours/0/opens"]),
        (&[(1, "24:00", "25:00")], &["/hours/0/opens", "/hours/0/closes"]),
        (&[(1, "09:60", "ab:cd")], &["/hours/0/opens", "/hours/0/closes"]),
        (&[(1, "09:00", "é5:00")], &["/hours/0/closes"]),
        (
            &[(0, "09:00", "10:00"), (8, "09:00", "10:00")],
            &["/hours/0/weekday", "/hours/1/weekday"],
        ),
        (&[(1, "09:00", "09:00")], &["/hours/0/closes"]),
    ];
    for (hours, faulty) in cases {
        let hours: Vec<_> = hours.iter().map(|(day, from, to)| typed(*day, from, to)).collect();
        let mut faults = Faults::new();
        check_hours("/hours", &hours, &mut faults);
        let fields: Vec<_> = faults.into_fields().into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, faulty, "{hours:?}");
    }
    let mut faults = Faults::new();
    check_hours("/hours", &vec![typed(1, "09:00", "10:00"); 43], &mut faults);
    assert_eq!(faults.into_fields()[0].code, "too_many");
}

#[test]
fn hours_are_kept_in_the_order_of_the_week_and_shown_as_typed() {
    let hours =
        [typed(6, "18:30", "02:15"), typed(1, "14:00", "24:00"), typed(1, "08:05", "13:00")];
    let mut faults = Faults::new();
    let kept = check_hours("/hours", &hours, &mut faults);
    assert!(faults.is_empty());
    assert_eq!(in_words(&kept), ["Mon 08:05-13:00", "Mon 14:00-24:00", "Sat 18:30-02:15"]);
    // The night counts from the evening's midnight, as the table wants it.
    assert_eq!(kept[2], Opening { weekday: 6, opens: 18 * 60 + 30, closes: 26 * 60 + 15 });
}

#[test]
fn which_locations_can_be_meant() {
    let whole = |name: &str, address: &str, zone: &str| LocationChange {
        name: Some(name.to_owned()),
        address: Some(address.to_owned()),
        time_zone: Some(zone.to_owned()),
        hours: Some(vec![typed(1, "09:00", "17:00")]),
    };
    let cases: [(LocationChange, &[&str]); 5] = [
        (whole("Harbour", "1 Quay", "Pacific/Guam"), &[]),
        (whole("Harbour", "", "Pacific/Guam"), &[]),
        (LocationChange::default(), &[]),
        (whole(" ", "1\0", "Mars/Olympus"), &["/name", "/address", "/time_zone"]),
        (whole(&"x".repeat(81), "1 Quay", ""), &["/name", "/time_zone"]),
    ];
    for (change, faulty) in cases {
        let fields: Vec<_> = match check(&change) {
            Ok(_) => Vec::new(),
            Err(LocationError::Invalid(fields)) => fields.into_iter().map(|f| f.field).collect(),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(fields, faulty, "{change:?}");
    }
}
