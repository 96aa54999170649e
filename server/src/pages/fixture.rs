//! A shop to write pages of.

use std::collections::HashMap;

use chrono::NaiveTime;
use openchair_domain::catalog::Menu;
use openchair_domain::catalog::services::{ServiceFacts, ServiceTerms};
use openchair_domain::config::OpenHours;
use openchair_domain::hours::Opening;
use openchair_domain::ids::Id;
use openchair_domain::images::{Facts, Format, Images};
use openchair_domain::locations::LocationFacts;
use openchair_domain::tenants::PublicPage;

fn open(weekday: u8, opens: u32, closes: u32) -> Opening {
    let time = |hour| NaiveTime::from_hms_opt(hour, 0, 0).unwrap();
    Opening::from(&OpenHours { weekday, opens: time(opens), closes: time(closes) })
}

pub(super) fn at(name: &str, address: &str) -> LocationFacts {
    LocationFacts {
        id: Id::nothing(),
        name: name.into(),
        address: address.into(),
        time_zone: "Pacific/Guam".into(),
        hours: vec![open(1, 10, 19), open(7, 18, 23)],
        archived_at: None,
        version: 1,
    }
}

fn service(name: &str, price_minor: i64, members_only: bool) -> ServiceFacts {
    let terms = ServiceTerms::plain(Id::nothing(), name.into(), 30, price_minor);
    let description = "In a lunch break.".into();
    ServiceFacts {
        id: Id::nothing(),
        terms: ServiceTerms { description, members_only, ..terms },
        category_name: if members_only { "Club" } else { "Facials" }.into(),
        currency: "USD".into(),
        version: 1,
        archived_at: None,
    }
}

pub(super) fn picture_of(format: Format, width: u32, height: u32) -> Facts {
    Facts { hash: "ab".into(), format, width, height }
}

pub(super) fn page(name: &str) -> PublicPage {
    PublicPage {
        slug: "lagoon".into(),
        name: name.into(),
        kind: "spa".into(),
        locale: "en".into(),
        time_zone: "Pacific/Guam".into(),
        currency: "USD".into(),
        hue: 185,
        paused: false,
        images: Images::default(),
        ahead: HashMap::new(),
        locations: vec![at("Tumon Bay", "7 Shore Road, Tamuning")],
        menu: Menu {
            services: vec![
                service("Express facial", 6_500, false),
                service("Light bath", 0, true),
                service("Deep facial", 13_000, false),
            ],
            ..Menu::default()
        },
        staff: Vec::new(),
        sells_vouchers: false,
    }
}
