//! Which endpoints can be meant.

use super::endpoints::check;
use super::*;
use crate::fault::Explain;

fn change(description: &str, events: Option<&[&str]>, per_second: Option<i16>) -> EndpointChange {
    EndpointChange {
        description: Some(description.to_owned()),
        events: events.map(|events| events.iter().map(|&name| name.to_owned()).collect()),
        per_second,
        ..EndpointChange::default()
    }
}

#[test]
fn which_endpoints_can_be_meant() {
    let long = "x".repeat(201);
    let cases: [(EndpointChange, Preset, &[&str]); 10] = [
        (change("", None, None), Preset::Standard, &[]),
        (change("Till", Some(&["customer.created"]), Some(1)), Preset::Standard, &[]),
        (change("Till", Some(&["queue.joined"]), Some(100)), Preset::Standard, &[]),
        (change("Till", Some(&["appointment.confirmed"]), None), Preset::GhlFlat, &[]),
        (change("", Some(&[]), None), Preset::Standard, &["/events"]),
        (change("", Some(&["webhook.test"]), None), Preset::Standard, &["/events/0"]),
        (change("", Some(&["customer.created", "x"]), None), Preset::Standard, &["/events/1"]),
        (change("", Some(&["queue.joined"]), None), Preset::GhlNested, &["/events/0"]),
        (change(&long, None, Some(0)), Preset::Standard, &["/description", "/per_second"]),
        (change("", None, Some(101)), Preset::Standard, &["/per_second"]),
    ];
    for (change, preset, faulty) in cases {
        let found = check(&change, preset).err();
        let fields: Vec<_> = found
            .iter()
            .flat_map(|error| error.fields().iter().map(|field| field.field.as_str()))
            .collect();
        assert_eq!(fields, faulty, "{change:?} {preset:?}");
    }
}

#[test]
fn what_is_named_twice_is_asked_for_once() {
    let twice = change("", Some(&["customer.created", "customer.created"]), None);
    let wanted = check(&twice, Preset::Standard).unwrap();
    assert_eq!(wanted.events, Some(vec![EventType::CustomerCreated]));
}

#[test]
fn every_preset_is_told_only_what_it_has_words_for() {
    for known in Preset::ALL {
        let types = preset::types(known);
        assert!(preset::defaults(known).iter().all(|kind| types.contains(kind)), "{known:?}");
        assert!(!types.contains(&EventType::Test), "{known:?}");
    }
}
