use chrono::{DateTime, Utc};
use openchair_domain::ids::{Location, Room, Service, StaffMember, User};
use openchair_domain::staff::{self, Skill, StaffFacts, WorkingHours};
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::conditional::Versioned;
use crate::hours::{OpeningHours, shown_week, week};
use crate::ids::Ref;
use crate::patch::patch;
use crate::shelf::orders;

/// What is wanted of somebody new.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewStaff {
    /// As customers see it
    #[oai(validator(min_length = 1, max_length = 80))]
    name: String,
    /// `Senior therapist`
    #[oai(default, validator(max_length = 80))]
    title: String,
    /// The login of the team that is theirs
    user_id: Option<Ref<User>>,
    /// Their colour, as an angle; one of its own when left out
    #[oai(validator(minimum(value = "0"), maximum(value = "359")))]
    hue: Option<i16>,
    /// Whether customers can choose and get them
    #[oai(default = "yes")]
    online: bool,
    /// Where they serve one customer, if that room will do and is free
    default_room_id: Option<Ref<Room>>,
    /// At most so many visits a day
    #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
    daily_cap: Option<i16>,
}

fn yes() -> bool {
    true
}

impl NewStaff {
    pub(super) fn to_domain(&self) -> staff::NewStaff {
        staff::NewStaff {
            name: self.name.clone(),
            title: self.title.clone(),
            user: self.user_id.map(|id| id.0),
            hue: self.hue,
            online: self.online,
            default_room: self.default_room_id.map(|id| id.0),
            daily_cap: self.daily_cap,
        }
    }
}

/// What to change; what is left out stays.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct StaffChange {
    #[oai(validator(min_length = 1, max_length = 80))]
    name: Option<String>,
    #[oai(validator(max_length = 80))]
    title: Option<String>,
    /// The login of the team that is theirs; null for none
    user_id: MaybeUndefined<Ref<User>>,
    #[oai(validator(minimum(value = "0"), maximum(value = "359")))]
    hue: Option<i16>,
    online: Option<bool>,
    /// Where they serve one customer; null for nowhere in particular
    default_room_id: MaybeUndefined<Ref<Room>>,
    /// At most so many visits a day; null for any number
    #[oai(validator(minimum(value = "1"), maximum(value = "200")))]
    daily_cap: MaybeUndefined<i16>,
}

impl From<StaffChange> for staff::StaffChange {
    fn from(change: StaffChange) -> Self {
        Self {
            name: change.name,
            title: change.title,
            user: patch(change.user_id).map(|id| id.0),
            hue: change.hue,
            online: change.online,
            default_room: patch(change.default_room_id).map(|id| id.0),
            daily_cap: patch(change.daily_cap),
        }
    }
}

/// A service that somebody can do.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct NewSkill {
    service_id: Ref<Service>,
    /// How long it takes with them, if not as usual
    #[oai(validator(minimum(value = "1"), maximum(value = "1440")))]
    duration_minutes: Option<i32>,
    /// What it costs with them, if not as usual, in the currency's minor unit
    #[oai(validator(minimum(value = "0"), maximum(value = "10000000000")))]
    price_minor: Option<i64>,
}

/// What somebody can do.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct StaffSkills {
    /// All of it
    #[oai(validator(max_items = 500))]
    skills: Vec<NewSkill>,
}

impl StaffSkills {
    pub(super) fn to_domain(&self) -> Vec<staff::NewSkill> {
        let one = |skill: &NewSkill| staff::NewSkill {
            service: skill.service_id.0,
            duration_minutes: skill.duration_minutes,
            price_minor: skill.price_minor,
        };
        self.skills.iter().map(one).collect()
    }
}

/// Somebody's week at one location, in the location's own time.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct LocationWeek {
    location_id: Ref<Location>,
    #[oai(validator(max_items = 42))]
    work: Vec<OpeningHours>,
    /// Within
    #[oai(default, validator(max_items = 42))]
    breaks: Vec<OpeningHours>,
}

/// When somebody works.
#[derive(Debug, Clone, Object)]
#[oai(deny_unknown_fields)]
pub(super) struct StaffHours {
    /// All of it: at locations that aren't named, they don't work
    #[oai(validator(max_items = 50))]
    locations: Vec<LocationWeek>,
}

impl StaffHours {
    pub(super) fn to_domain(&self) -> Vec<staff::NewHours> {
        let one = |hours: &LocationWeek| staff::NewHours {
            location: hours.location_id.0,
            work: week(&hours.work),
            breaks: week(&hours.breaks),
        };
        self.locations.iter().map(one).collect()
    }
}

orders! { StaffOrder of StaffMember at most 1000 }

/// A service that somebody can do.
#[derive(Debug, Clone, Object)]
pub(super) struct SkillView {
    service_id: Ref<Service>,
    service_name: String,
    /// How long it takes with them, if not as usual
    duration_minutes: Option<i32>,
    /// What it costs with them, if not as usual
    price_minor: Option<i64>,
}

impl From<Skill> for SkillView {
    fn from(skill: Skill) -> Self {
        Self {
            service_id: skill.service.into(),
            service_name: skill.service_name,
            duration_minutes: skill.duration_minutes,
            price_minor: skill.price_minor,
        }
    }
}

/// Somebody's week at one location, in the location's own time.
#[derive(Debug, Clone, Object)]
pub(super) struct LocationWeekView {
    location_id: Ref<Location>,
    location_name: String,
    /// From Monday on
    work: Vec<OpeningHours>,
    breaks: Vec<OpeningHours>,
}

impl From<WorkingHours> for LocationWeekView {
    fn from(hours: WorkingHours) -> Self {
        Self {
            location_id: hours.location.into(),
            location_name: hours.location_name,
            work: shown_week(hours.work),
            breaks: shown_week(hours.breaks),
        }
    }
}

/// Somebody of the staff.
#[derive(Debug, Clone, Object)]
pub(super) struct StaffView {
    id: Ref<StaffMember>,
    name: String,
    title: String,
    /// The login of the team that is theirs
    user_id: Option<Ref<User>>,
    hue: i16,
    /// Whether customers can choose and get them
    online: bool,
    default_room_id: Option<Ref<Room>>,
    daily_cap: Option<i16>,
    /// What they can do of what is on the menu
    skills: Vec<SkillView>,
    /// When they work, location by location
    hours: Vec<LocationWeekView>,
    /// When they were taken off the calendar, if they were
    archived_at: Option<DateTime<Utc>>,
    version: i32,
}

impl From<StaffFacts> for StaffView {
    fn from(staff: StaffFacts) -> Self {
        Self {
            id: staff.id.into(),
            name: staff.name,
            title: staff.title,
            user_id: staff.user.map(Ref::from),
            hue: staff.hue,
            online: staff.online,
            default_room_id: staff.default_room.map(Ref::from),
            daily_cap: staff.daily_cap,
            skills: staff.skills.into_iter().map(SkillView::from).collect(),
            hours: staff.hours.into_iter().map(LocationWeekView::from).collect(),
            archived_at: staff.archived_at,
            version: staff.version,
        }
    }
}

/// The view with its version.
pub(super) fn versioned(staff: StaffFacts) -> Versioned<StaffView> {
    Versioned::new(staff.version.into(), staff.into())
}
