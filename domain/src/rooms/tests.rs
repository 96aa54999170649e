use super::check::{Faults, check};
use super::*;

fn features(names: &[(&str, u8)]) -> Vec<Feature> {
    let one = |(name, preference): &(&str, u8)| Feature {
        name: (*name).to_owned(),
        preference: *preference,
    };
    names.iter().map(one).collect()
}

#[test]
fn which_rooms_can_be_meant() {
    let named = |name: &str| RoomChange { name: Some(name.to_owned()), ..RoomChange::default() };
    let of = |places| RoomChange { places: Some(places), ..RoomChange::default() };
    let with = |names: &[(&str, u8)]| RoomChange { features: Some(features(names)), ..of(2) };
    let cases: [(RoomChange, &[&str]); 13] = [
        (RoomChange::default(), &[]),
        (named("Room 3"), &[]),
        (named("غرفة ٣ 🧖"), &[]),
        (named(""), &["/name"]),
        (named(&"x".repeat(81)), &["/name"]),
        (of(1), &[]),
        (of(0), &["/places"]),
        (of(-1), &["/places"]),
        (of(21), &["/places"]),
        (with(&[("couples", 0), ("scrub", 99)]), &[]),
        (with(&[("couples", 100)]), &["/features/0/preference"]),
        (with(&[("couples", 0), (" COUPLES ", 1)]), &["/features/1/name"]),
        (with(&[("", 0), (&"x".repeat(41), 0)]), &["/features/0/name", "/features/1/name"]),
    ];
    for (change, faulty) in cases {
        let mut faults = Faults::new();
        let checked = check(&change, &mut faults);
        assert_eq!(checked.is_some(), faulty.is_empty());
        let fields: Vec<_> = faults.into_fields().into_iter().map(|fault| fault.field).collect();
        assert_eq!(fields, faulty, "{change:?}");
    }
}

#[test]
fn features_are_kept_by_name_in_small_letters() {
    let change = RoomChange {
        features: Some(features(&[("Scrub", 3), (" Couples", 1)])),
        ..RoomChange::default()
    };
    let kept = check(&change, &mut Faults::new()).unwrap().features.unwrap();
    assert_eq!(in_words(&kept), ["couples (1)", "scrub (3)"]);
}
