//! Requests about staff, rooms, booking rules, and days.

use openchair_domain::ids::{Closure, Id, Room, Service, StaffMember, TimeOff};
use openchair_tests::{Business, TestApp, pictures};
use serde_json::json;

use super::{Operation, Sample};
use crate::access::actors::{Actor, World};

/// A day that is ahead of every test.
const DAY: &str = "2026-06-02";

/// What a business has of staff and rooms.
#[derive(Debug)]
pub struct Things {
    /// Who it began with: the owner.
    pub staff: Id<StaffMember>,
    pub service: Id<Service>,
    pub room: Id<Room>,
    pub time_off: Id<TimeOff>,
    pub closure: Id<Closure>,
}

impl Things {
    pub async fn new(app: &TestApp, of: &Business) -> Self {
        let (staff, location) = (app.first_staff(of).await, app.location(of).await);
        app.set_days(of, staff, location, DAY).await;
        Self {
            staff,
            service: app.services(of).await[0],
            room: app.room(of, location, "Room 1").await,
            time_off: app.time_off(of, staff, DAY).await,
            closure: app.closure(of, DAY).await,
        }
    }
}

pub async fn sample(
    operation: &Operation,
    world: &World,
    actor: &Actor,
    succeeds: bool,
) -> Option<Sample> {
    let (here, app) = (&world.here, &world.app);
    let Things { staff, service, room, time_off, closure } = here.things;
    let at = |path: &str| Sample::at(format!("/v1{path}"));
    let member = |rest: &str| at(&format!("/staff/{staff}{rest}"));
    let place = |rest: &str| at(&format!("/locations/{}{rest}", here.location));
    let windows = json!([{ "opens": "10:00", "closes": "12:00" }]);
    let week = json!([{ "weekday": 2, "opens": "10:00", "closes": "18:00" }]);
    // Who may change their own hours has hours of their own.
    let own =
        ["put_staff_hours", "put_staff_day", "clear_staff_day", "add_time_off", "remove_time_off"];
    if let Some(login) = &actor.login
        && succeeds
        && own.contains(&operation.id.as_str())
    {
        app.be_staff(&here.business, login, staff).await;
    }
    Some(match operation.id.as_str() {
        "create_staff" => at("/staff").with(json!({ "name": "Lani", "daily_cap": 8 })),
        "order_staff" => at("/staff/order").with(json!({ "ids": [staff.to_string()] })),
        "read_staff" | "remove_staff" => member(""),
        "update_staff" => member("").with(json!({ "title": "Therapist" })).seen(1),
        "restore_staff" => member("/restore"),
        "put_staff_skills" => {
            let skill = json!({ "service_id": service.to_string(), "duration_minutes": 45 });
            member("/skills").with(json!({ "skills": [skill] })).seen(1)
        }
        "put_staff_hours" => {
            let hours = json!({ "location_id": here.location.to_string(), "work": week });
            member("/hours").with(json!({ "locations": [hours] })).seen(1)
        }
        "list_staff_days" => member("/days"),
        "put_staff_day" => {
            let hours = json!({ "location_id": here.location.to_string(), "windows": windows });
            member(&format!("/days/{DAY}")).with(hours)
        }
        "clear_staff_day" => member(&format!("/days/{DAY}?location={}", here.location)),
        "list_time_off" => member("/time-off"),
        "add_time_off" => member("/time-off").with(json!({
            "starts_at": "2026-06-03T00:00:00Z", "ends_at": "2026-06-04T00:00:00Z",
        })),
        "remove_time_off" => member(&format!("/time-off/{time_off}")),
        "create_room" => {
            let features = json!([{ "name": "couples", "preference": 1 }]);
            at("/rooms").with(json!({ "location_id": here.location.to_string(), "name": "Room 2",
                                      "places": 2, "features": features }))
        }
        "read_room" | "remove_room" => at(&format!("/rooms/{room}")),
        "update_room" => at(&format!("/rooms/{room}")).with(json!({ "places": 2 })).seen(1),
        "restore_room" => at(&format!("/rooms/{room}/restore")),
        "order_rooms" => place("/rooms/order").with(json!({ "ids": [room.to_string()] })),
        "update_booking_policy" => {
            at("/booking-policy").with(json!({ "slot_step_minutes": 20 })).seen(1)
        }
        "list_location_days" => place("/days"),
        "put_location_day" => place(&format!("/days/{DAY}")).with(json!({ "windows": windows })),
        "clear_location_day" => place(&format!("/days/{DAY}")),
        "create_closure" => {
            at("/closures").with(json!({ "first_day": DAY, "last_day": "2026-06-04" }))
        }
        "remove_closure" => at(&format!("/closures/{closure}")),
        "put_image" => {
            let picture = Some(pictures::png(&pictures::flag(60, 60)));
            Sample { picture, ..at("/tenant/images/logo") }.seen(1)
        }
        "remove_image" => at("/tenant/images/logo").seen(1),
        "archive_location" => {
            if succeeds {
                // A business keeps at least one.
                app.another_location(&here.business, "Annex").await;
            }
            place("")
        }
        "restore_location" => place("/restore"),
        _ => return None,
    })
}
