//! The demo businesses: one place, one place in another country, and several places in two zones.

use crate::config::Kind;
use crate::tenants::{Starter, StarterPlace};

/// Somebody on a demo team.
#[derive(Debug)]
pub(super) struct Person {
    /// `owner` comes first.
    pub(super) role: &'static str,
    pub(super) name: &'static str,
}

/// A demo business.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) starter: Starter,
    /// What its logins end with.
    domain: &'static str,
    pub(super) team: [Person; 4],
}

/// Who looks after the deployment: address and name.
pub(super) const ADMIN: (&str, &str) = ("admin@openchair.demo", "Ada Admin");

impl Shop {
    pub(super) fn slug(&self) -> &str {
        self.starter.slug.as_deref().unwrap_or_default()
    }

    pub(super) fn email(&self, person: &Person) -> String {
        format!("{}@{}", person.role, self.domain)
    }
}

fn team(owner: &'static str, rest: [&'static str; 3]) -> [Person; 4] {
    let [manager, receptionist, provider] = rest;
    [
        Person { role: "owner", name: owner },
        Person { role: "manager", name: manager },
        Person { role: "receptionist", name: receptionist },
        Person { role: "provider", name: provider },
    ]
}

fn place(name: &str, address: &str, time_zone: &str) -> StarterPlace {
    StarterPlace {
        name: name.to_owned(),
        address: address.to_owned(),
        time_zone: time_zone.to_owned(),
    }
}

pub(super) fn shops() -> [Shop; 3] {
    let lagoon = Starter {
        name: "Lagoon Skin & Spa".to_owned(),
        kind: Kind::Spa,
        country: "GU".to_owned(),
        slug: Some("lagoon".to_owned()),
        time_zone: "Pacific/Guam".to_owned(),
        currency: "USD".to_owned(),
        locale: "en".to_owned(),
        hue: 185,
        plan: "team",
        places: vec![place("Tumon Bay", "742 Pale San Vitores Road, Tamuning", "Pacific/Guam")],
    };
    let six_chairs = Starter {
        name: "Six Chairs".to_owned(),
        kind: Kind::Barbershop,
        country: "US".to_owned(),
        slug: Some("six-chairs".to_owned()),
        time_zone: "America/New_York".to_owned(),
        currency: "USD".to_owned(),
        locale: "en".to_owned(),
        hue: 25,
        plan: "business",
        places: vec![
            place("Brooklyn", "118 Smith Street, Brooklyn, NY", "America/New_York"),
            place("Hoboken", "40 Washington Street, Hoboken, NJ", "America/New_York"),
            place("Chicago", "2210 North Halsted Street, Chicago, IL", "America/Chicago"),
        ],
    };
    let kirana = Starter {
        name: "Kirana Clinic".to_owned(),
        kind: Kind::Clinic,
        country: "IN".to_owned(),
        slug: Some("kirana".to_owned()),
        time_zone: "Asia/Kolkata".to_owned(),
        currency: "INR".to_owned(),
        locale: "en".to_owned(),
        hue: 265,
        plan: "team",
        places: vec![place("Indiranagar", "12th Main Road, Bengaluru", "Asia/Kolkata")],
    };
    [
        Shop {
            starter: lagoon,
            domain: "lagoon.demo",
            team: team("Tasi Cruz", ["Marisol Reyes", "Jonah Santos", "Lani Aguon"]),
        },
        Shop {
            starter: six_chairs,
            domain: "six-chairs.demo",
            team: team("Marcus Bell", ["Dolores Quinn", "Theo Park", "Andre Fontaine"]),
        },
        Shop {
            starter: kirana,
            domain: "kirana.demo",
            team: team("Dr Meera Rao", ["Arjun Nair", "Divya Menon", "Dr Kabir Shah"]),
        },
    ]
}
