//! The demo businesses as `config/demo` describes them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::config::{self, Kind, OpenHours};
use crate::forms::QuestionKind;

/// A business with everything in it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Shop {
    pub(super) business: Business,
    pub(super) team: Team,
    pub(super) policy: Policy,
    pub(super) places: Vec<Place>,
    #[serde(default)]
    pub(super) closures: Vec<Closure>,
    #[serde(default)]
    pub(super) rooms: Vec<Room>,
    #[serde(default)]
    pub(super) forms: Vec<Form>,
    #[serde(default)]
    pub(super) addons: Vec<Addon>,
    pub(super) categories: Vec<Category>,
    #[serde(default)]
    pub(super) packages: Vec<Package>,
    #[serde(default)]
    pub(super) plans: Vec<Plan>,
    pub(super) staff: Vec<Staff>,
    pub(super) life: Life,
    #[serde(default)]
    pub(super) waiting: Vec<Waiting>,
    #[serde(default)]
    pub(super) regulars: Vec<Regular>,
    /// From a file of its own.
    #[serde(skip)]
    pub(super) customers: Vec<Customer>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Business {
    pub(super) name: String,
    kind: String,
    pub(super) country: String,
    pub(super) slug: String,
    pub(super) time_zone: String,
    pub(super) currency: String,
    pub(super) locale: String,
    pub(super) hue: i16,
    pub(super) plan: String,
    /// What its logins end with.
    pub(super) mails: String,
}

impl Business {
    pub(super) fn kind(&self) -> Kind {
        Kind::from_key(&self.kind).unwrap_or(Kind::Salon)
    }
}

/// Who can sign in, one for each role.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Team {
    owner: String,
    manager: String,
    receptionist: String,
    provider: String,
}

impl Team {
    /// Role and name, the owner first.
    pub(super) fn people(&self) -> [(&'static str, &str); 4] {
        [
            ("owner", &self.owner),
            ("manager", &self.manager),
            ("receptionist", &self.receptionist),
            ("provider", &self.provider),
        ]
    }
}

/// Booking rules, in minutes and percent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Policy {
    pub(super) step: i32,
    pub(super) alignment: String,
    pub(super) notice: i32,
    pub(super) horizon_days: i32,
    pub(super) cancel_notice: i32,
    pub(super) move_notice: i32,
    #[serde(default)]
    pub(super) late_cancel_fee_percent: i16,
    #[serde(default)]
    pub(super) no_show_fee_percent: i16,
    #[serde(default)]
    pub(super) needs_approval: bool,
    #[serde(default = "required")]
    pub(super) ask_email: String,
    #[serde(default = "optional")]
    pub(super) ask_phone: String,
    #[serde(default = "first_come")]
    pub(super) waitlist_order: String,
}

fn required() -> String {
    "required".to_owned()
}

fn optional() -> String {
    "optional".to_owned()
}

fn first_come() -> String {
    "first_come".to_owned()
}

/// The windows of a week, as the starter kits write them.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Week(
    #[serde(deserialize_with = "config::hours_of_a_week")] pub(super) Vec<OpenHours>,
);

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Place {
    pub(super) name: String,
    pub(super) address: String,
    pub(super) time_zone: String,
    pub(super) hours: Week,
    /// About how many visits a day it has.
    pub(super) visits_a_day: u32,
    /// How many of them nobody booked before.
    #[serde(default)]
    pub(super) walk_in_percent: u32,
    /// About how many stand in its line a day. None: it has no line.
    #[serde(default)]
    pub(super) walk_ins_a_day: u32,
}

/// Days counted from today, on which a place or all of it is closed.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Closure {
    pub(super) place: Option<String>,
    pub(super) from: i64,
    pub(super) days: i64,
    pub(super) reason: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Room {
    pub(super) place: String,
    pub(super) name: String,
    #[serde(default = "one")]
    pub(super) places: i16,
    /// With their preference.
    #[serde(default)]
    pub(super) features: BTreeMap<String, i16>,
}

fn one() -> i16 {
    1
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Form {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) text: Option<String>,
    #[serde(default)]
    pub(super) questions: Vec<Question>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Question {
    pub(super) key: String,
    pub(super) kind: QuestionKind,
    pub(super) label: String,
    pub(super) required: bool,
    #[serde(default)]
    pub(super) choices: Vec<String>,
    /// What people answer.
    #[serde(default)]
    pub(super) samples: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Addon {
    pub(super) name: String,
    pub(super) minutes: i32,
    pub(super) price: i64,
}

/// A category, with what its services have unless they say otherwise.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Category {
    pub(super) name: String,
    #[serde(default)]
    pub(super) room: bool,
    #[serde(default)]
    pub(super) features: Vec<String>,
    #[serde(default)]
    pub(super) buffer_before: i32,
    #[serde(default)]
    pub(super) buffer_after: i32,
    #[serde(default)]
    pub(super) deposit_percent: i64,
    /// Starts lie otherwise than the shop's.
    pub(super) step: Option<i32>,
    #[serde(default)]
    pub(super) addons: Vec<String>,
    #[serde(default)]
    pub(super) forms: Vec<String>,
    #[serde(default)]
    pub(super) services: Vec<Service>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Service {
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    pub(super) minutes: i32,
    pub(super) price: i64,
    /// How often it is asked for, beside the others.
    #[serde(default = "now_and_then")]
    pub(super) often: u32,
    /// For how many it is.
    #[serde(default = "one")]
    pub(super) party: i16,
    #[serde(default)]
    pub(super) members_only: bool,
    pub(super) features: Option<Vec<String>>,
    pub(super) deposit_percent: Option<i64>,
    pub(super) needs_approval: Option<bool>,
    pub(super) notice: Option<i32>,
}

fn now_and_then() -> u32 {
    2
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Package {
    pub(super) category: String,
    pub(super) name: String,
    #[serde(default)]
    pub(super) description: String,
    pub(super) price: i64,
    pub(super) often: u32,
    /// Services, one after the other.
    pub(super) items: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Plan {
    pub(super) category: String,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) price: i64,
    pub(super) period: String,
    pub(super) discount_percent: i16,
    pub(super) benefits: Vec<String>,
    /// Services for members only.
    pub(super) opens: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Staff {
    pub(super) name: String,
    /// The role of the login that is theirs.
    pub(super) login: Option<String>,
    pub(super) title: String,
    pub(super) hue: i16,
    pub(super) room: Option<String>,
    pub(super) daily_cap: Option<i16>,
    /// Categories, or single services.
    pub(super) skills: Vec<String>,
    /// What takes or costs otherwise with them.
    #[serde(default)]
    pub(super) own: Vec<Own>,
    /// By place.
    pub(super) work: BTreeMap<String, Week>,
    #[serde(default)]
    pub(super) breaks: BTreeMap<String, Week>,
    #[serde(default)]
    pub(super) time_off: Vec<Away>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Own {
    pub(super) service: String,
    pub(super) minutes: Option<i32>,
    pub(super) price: Option<i64>,
}

/// Days counted from today.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Away {
    pub(super) from: i64,
    pub(super) days: i64,
    pub(super) reason: String,
}

/// What happens there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Life {
    pub(super) no_show_percent: u32,
    pub(super) cancel_percent: u32,
    pub(super) addon_percent: u32,
    /// What customers want said.
    pub(super) notes: Vec<String>,
    /// What staff want said.
    pub(super) staff_notes: Vec<String>,
    /// Why visits are called off.
    pub(super) reasons: Vec<String>,
    /// What those are called who walk in.
    #[serde(default)]
    pub(super) walk_ins: Vec<String>,
}

/// Somebody on the waiting list, for days counted from today.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Waiting {
    pub(super) customer: String,
    pub(super) service: String,
    pub(super) from: i64,
    pub(super) days: i64,
    pub(super) note: String,
}

/// Somebody who comes again and again, from the first such weekday so many days from today on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Regular {
    pub(super) customer: String,
    pub(super) service: String,
    pub(super) place: String,
    /// Who always does it, if they want nobody else.
    pub(super) staff: Option<String>,
    pub(super) every: String,
    #[serde(default = "one")]
    pub(super) step: i16,
    pub(super) from: i64,
    pub(super) weekday: String,
    /// On the wall of the place.
    pub(super) time: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Customer {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) phone: String,
    pub(super) locale: String,
    #[serde(default)]
    pub(super) note: String,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    pub(super) medical: Option<String>,
    /// Whether they are a member.
    #[serde(default)]
    pub(super) member: bool,
    /// Whether they want news by mail.
    #[serde(default)]
    pub(super) news: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct People {
    customers: Vec<Customer>,
}

impl Shop {
    /// The services of all categories, each with its category.
    pub(super) fn services(&self) -> impl Iterator<Item = (&Category, &Service)> {
        self.categories
            .iter()
            .flat_map(|category| category.services.iter().map(move |s| (category, s)))
    }

    /// Where a login's mails go.
    pub(super) fn email(&self, role: &str) -> String {
        format!("{role}@{}", self.business.mails)
    }
}

/// All of them, in the order in which their logins are shown.
pub(super) fn shops() -> &'static [Shop] {
    macro_rules! shop {
        ($name:literal) => {{
            let folder = concat!("demo/", $name);
            let shop = include_str!(concat!("../../../config/demo/", $name, ".toml"));
            let people = include_str!(concat!("../../../config/demo/", $name, ".people.toml"));
            let mut shop: Shop = config::shipped(folder, shop);
            let People { customers } = config::shipped(folder, people);
            shop.customers = customers;
            shop
        }};
    }
    static SHOPS: LazyLock<[Shop; 3]> =
        LazyLock::new(|| [shop!("lagoon"), shop!("six-chairs"), shop!("kirana")]);
    &*SHOPS
}
