use super::*;

fn typed(weekday: u8, opens: &str, closes: &str) -> NewOpening {
    NewOpening { weekday, opens: opens.to_owned(), closes: closes.to_owned() }
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
