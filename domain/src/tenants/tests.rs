use super::setup::{Findings, steps};
use super::sign_up::{StarterPlace, check as check_sign_up};
use super::slugs::{candidates, check as check_slug};
use super::*;
use crate::config::{Kind, Secret};
use crate::entropy::TestEntropy;
use crate::fault::FieldFault;

fn new(name: &str, country: &str, owner: Option<(&str, &str, Option<&str>)>) -> NewSignUp {
    NewSignUp {
        business: NewBusiness {
            name: name.to_owned(),
            kind: Kind::Spa,
            country: country.to_owned(),
            slug: None,
            time_zone: None,
            currency: None,
            locale: None,
        },
        owner: owner.map(|(name, email, password)| NewOwner {
            name: name.to_owned(),
            email: email.to_owned(),
            password: password.map(Secret::new),
        }),
    }
}

fn faulty<T>(outcome: Result<T, SignUpError>) -> Vec<FieldFault> {
    match outcome {
        Ok(_) => Vec::new(),
        Err(SignUpError::Invalid(fields)) => fields,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn which_sign_ups_can_be_meant() {
    const GOOD: Option<&str> = Some("correct horse battery");
    let ana = Some(("Ana", "ana@example.com", GOOD));
    let whole = new("Lagoon", "GU", ana);
    let with = |change: fn(&mut NewBusiness)| {
        let mut new = whole.clone();
        change(&mut new.business);
        new
    };
    let cases: [(NewSignUp, bool, &[&str]); 14] = [
        (whole.clone(), false, &[]),
        (new("Lagoon", "gu", Some(("Ana", "ana@example.com", None))), false, &[]),
        (new("Lagoon", "GU", None), true, &[]),
        (whole.clone(), true, &[]),
        (new("Lagoon", "GU", None), false, &["/owner"]),
        (with(|b| b.slug = Some("admin".into())), false, &["/business/slug"]),
        (with(|b| b.slug = Some("La Goon".into())), false, &["/business/slug"]),
        (with(|b| b.time_zone = Some("Guam".into())), false, &["/business/time_zone"]),
        (with(|b| b.currency = Some("XXX".into())), false, &["/business/currency"]),
        (with(|b| b.locale = Some("tlh".into())), false, &["/business/locale"]),
        (with(|b| b.country = "ZZ".into()), false, &["/business/country"]),
        (
            new("Lagoon", "GU", Some(("Ana", "ana@example.com", Some("short")))),
            false,
            &["/owner/password"],
        ),
        (
            new("Lagoon", "GU", Some(("Ana", "ana@example.com", Some("ana@example.com")))),
            false,
            &["/owner/password"],
        ),
        // Everything at once, so that a form shows it all at once.
        (
            new(" ", "ZZ", Some(("", "ana", Some("")))),
            false,
            &[
                "/business/name",
                "/business/country",
                "/owner/name",
                "/owner/email",
                "/owner/password",
            ],
        ),
    ];
    for (new, signed_in, fields) in cases {
        let mut faults: Vec<_> =
            faulty(check_sign_up(&new, signed_in)).into_iter().map(|fault| fault.field).collect();
        faults.dedup();
        assert_eq!(faults, fields, "{new:?}");
    }
}

#[test]
fn what_is_left_out_follows_from_the_country() {
    let (starter, owner) = check_sign_up(&new(" Lagoon ", "gu", None), true).unwrap();
    assert_eq!(owner, None);
    let proposed = (starter.time_zone.as_str(), starter.currency.as_str(), starter.locale.as_str());
    assert_eq!(proposed, ("Pacific/Guam", "USD", "en"));
    assert_eq!((starter.name.as_str(), starter.country.as_str()), ("Lagoon", "GU"));
    let place = StarterPlace {
        name: "Lagoon".to_owned(),
        address: String::new(),
        time_zone: "Pacific/Guam".to_owned(),
    };
    assert_eq!(starter.places, [place]);

    let mut own = new("Lagoon", "US", None);
    own.business.time_zone = Some("America/Chicago".to_owned());
    own.business.currency = Some("mxn".to_owned());
    own.business.locale = Some("es".to_owned());
    let (starter, _) = check_sign_up(&own, true).unwrap();
    let chosen = (starter.time_zone.as_str(), starter.currency.as_str(), starter.locale.as_str());
    assert_eq!(chosen, ("America/Chicago", "MXN", "es"));
    assert_eq!(starter.places[0].time_zone, "America/Chicago");
}

#[test]
fn a_sign_up_never_shows_its_password() {
    let new = new("Lagoon", "GU", Some(("Ana", "ana@example.com", Some("correct horse battery"))));
    assert!(!format!("{new:?}").contains("horse"));
}

#[test]
fn which_addresses_a_business_may_ask_for() {
    let cases = [
        ("lagoon", Ok("lagoon")),
        (" lagoon-2 ", Ok("lagoon-2")),
        ("app", Err("reserved_slug")),
        ("ab", Err("invalid_slug")),
        ("Lagoon", Err("invalid_slug")),
        ("la--goon", Err("invalid_slug")),
        ("-lagoon", Err("invalid_slug")),
        ("lagune-ü", Err("invalid_slug")),
    ];
    for (text, expected) in cases {
        let checked = check_slug(text);
        assert_eq!(checked.as_deref().map_err(|fault| fault.code), expected, "{text}");
    }
}

#[test]
fn a_taken_address_is_varied_into_free_ones() {
    let longest = "x".repeat(40);
    let cases = [
        ("lagoon", "lagoon", "lagoon-2"),
        // A name that the product needs is never proposed, its variations are.
        ("spa", "spa-2", "spa-3"),
        (longest.as_str(), longest.as_str(), "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx-2"),
    ];
    for (base, first, second) in cases {
        let found = candidates(base, &TestEntropy::seeded(3));
        assert_eq!((found[0].as_str(), found[1].as_str()), (first, second));
        assert!(found.len() >= 12, "{found:?}");
        for slug in &found {
            assert_eq!(check_slug(slug).as_deref(), Ok(slug.as_str()));
        }
        let mut unique = found.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), found.len(), "{found:?}");
    }
}

#[test]
fn which_changes_can_be_meant() {
    let none = BusinessChange::default;
    let text = |text: &str| Some(text.to_owned());
    let cases: [(BusinessChange, &[&str]); 6] = [
        (none(), &[]),
        (
            BusinessChange {
                name: text("Lagoon"),
                slug: text("lagoon"),
                hue: Some(359),
                locale: text("fr"),
                time_zone: text("Europe/Paris"),
                currency: text("eur"),
            },
            &[],
        ),
        (BusinessChange { hue: Some(360), ..none() }, &["/hue"]),
        (BusinessChange { hue: Some(-1), ..none() }, &["/hue"]),
        (BusinessChange { slug: text("healthz"), ..none() }, &["/slug"]),
        (
            BusinessChange {
                name: text(""),
                slug: text(""),
                hue: None,
                locale: text("EN"),
                time_zone: text("europe"),
                currency: text("€"),
            },
            &["/name", "/slug", "/locale", "/time_zone", "/currency"],
        ),
    ];
    for (change, fields) in cases {
        let faults: Vec<_> = match check(&change) {
            Ok(_) => Vec::new(),
            Err(TenantError::Invalid(faults)) => faults.into_iter().map(|f| f.field).collect(),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(faults, fields, "{change:?}");
    }
}

type Change = fn(&mut Findings);

#[test]
fn what_is_left_to_do() {
    use StepKey::{Hours, Services, Team, TwoFactor, VerifyEmail};
    let fresh = Findings {
        email_verified: false,
        two_factor: false,
        services: 9,
        locations: 1,
        locations_without_hours: 0,
        people: 1,
    };
    let cases: [(Change, &[StepKey]); 8] = [
        (|_| {}, &[Services, Hours]),
        (|f| f.email_verified = true, &[VerifyEmail, Services, Hours]),
        (|f| f.services = 0, &[Hours]),
        (|f| f.locations_without_hours = 1, &[Services]),
        (|f| f.locations = 0, &[Services]),
        (|f| f.people = 2, &[Services, Hours, Team]),
        (|f| f.two_factor = true, &[Services, Hours, TwoFactor]),
        (
            |f| (f.email_verified, f.two_factor, f.people) = (true, true, 7),
            &[VerifyEmail, Services, Hours, Team, TwoFactor],
        ),
    ];
    for (change, expected) in cases {
        let mut found = fresh;
        change(&mut found);
        let done: Vec<_> =
            steps(&found).into_iter().filter(|step| step.done).map(|step| step.key).collect();
        assert_eq!(done, expected, "{found:?}");
    }
}
