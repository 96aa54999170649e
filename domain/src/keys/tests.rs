use chrono::{TimeZone, Utc};

use super::*;

fn at(hour: u32) -> Instant {
    Utc.with_ymd_and_hms(2026, 5, 4, hour, 0, 0).unwrap()
}

#[test]
fn which_keys_can_be_meant() {
    let cases: [(&str, &[&str], Option<u32>, &[&str]); 6] = [
        ("Till", &["team:read"], None, &[]),
        ("Till", &["team:read", "team:read"], Some(13), &[]),
        (" ", &["team:read"], None, &["/name"]),
        ("Till", &[], None, &["/scopes"]),
        ("Till", &["team:read", "team:rule"], None, &["/scopes/1"]),
        ("", &["x"], Some(11), &["/name", "/scopes/0", "/expires_at"]),
    ];
    for (name, scopes, hour, faulty) in cases {
        let new = NewKey {
            name: name.to_owned(),
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            expires_at: hour.map(at),
        };
        let fields: Vec<_> = match check(&new, at(12)) {
            Ok(_) => Vec::new(),
            Err(ApiKeyError::Invalid(fields)) => fields.into_iter().map(|f| f.field).collect(),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(fields, faulty, "{new:?}");
    }
}
