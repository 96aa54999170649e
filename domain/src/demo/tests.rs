use std::collections::HashSet;

use super::*;
use crate::authz::BuiltIn;
use crate::config::{Countries, Kits, Plans, is_reserved_slug};
use crate::secrets::PasswordRule;
use crate::text;

#[test]
fn every_demo_business_could_have_signed_up() {
    for shop in shops() {
        let (starter, slug) = (&shop.starter, shop.slug());
        assert_eq!(text::slug(slug).as_deref(), Ok(slug));
        assert!(!is_reserved_slug(slug), "{slug}");
        let country = Countries::shipped().get(&starter.country).expect(slug);
        assert_eq!(country.currency, starter.currency, "{slug}");
        let kit = Kits::get(starter.kind);
        assert!(kit.categories(&starter.locale, &starter.currency).is_some(), "{slug}");
        for place in &starter.places {
            assert!(country.zones.contains(&place.time_zone), "{slug}: {place:?}");
        }
        let plan = Plans::shipped().get(starter.plan).expect(slug);
        assert!(plan.locations as usize >= starter.places.len(), "{slug}");
        assert!(plan.staff as usize >= shop.team.len(), "{slug}");
    }
}

#[test]
fn every_demo_login_can_be_had() {
    let logins = logins(&shops());
    let addresses: HashSet<_> = logins.iter().map(|login| &login.email).collect();
    assert_eq!(addresses.len(), 13);
    for login in &logins {
        let email = Email::parse(&login.email).expect(&login.email);
        assert_eq!(email.key(), login.email);
        let about = PasswordContext { email: &login.email, name: &login.name };
        assert_eq!(PasswordRule::check(PASSWORD, about), Ok(()), "{login:?}");
        let known = BuiltIn::from_key(login.role).is_some();
        assert_eq!(known, login.business.is_some(), "{login:?}");
    }
    assert_eq!(logins.iter().filter(|login| login.role == "owner").count(), 3);
}
