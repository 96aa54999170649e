//! Where a demo business is, its rooms, and who works in them when.

use chrono::{Days, NaiveDate};
use chrono_tz::Tz;
use serde_json::json;
use uuid::Uuid;

use super::Login;
use super::book::{Book, Names};
use super::data::{Shop, Staff, Week};
use super::offer::{Offered, own_price};
use crate::availability::{day_at, on_the_wall};
use crate::hours::Opening;
use crate::ids;
use crate::tenancy::{StoreError, SystemTx};
use crate::time::Instant;

/// Its zone, that of its first place.
pub(super) fn zone(shop: &Shop) -> Tz {
    shop.business.time_zone.parse().unwrap_or(Tz::UTC)
}

/// The day, so many days from today.
pub(super) fn day(shop: &Shop, now: Instant, from_today: i64) -> NaiveDate {
    let today = day_at(zone(shop), now);
    let far = Days::new(from_today.unsigned_abs());
    let moved =
        if from_today < 0 { today.checked_sub_days(far) } else { today.checked_add_days(far) };
    moved.unwrap_or(today)
}

/// When a day begins.
pub(super) fn midnight(zone: Tz, day: NaiveDate) -> Instant {
    let wall = day.and_time(chrono::NaiveTime::MIN);
    on_the_wall(zone, wall).unwrap_or_else(|_| wall.and_utc())
}

/// Places with their hours and closed days; rooms.
pub(super) fn write(tx: &SystemTx, shop: &Shop, book: &mut Book) -> Result<[Names; 2], StoreError> {
    let (mut places, mut rooms) = (Names::default(), Names::default());
    for (position, place) in shop.places.iter().enumerate() {
        let id = places.put(&place.name, tx.new_id::<ids::Location>());
        book.add(
            "locations",
            json!({
                "id": id, "name": place.name, "address": place.address,
                "time_zone": place.time_zone, "position": position, "version": 1,
                "created_at": tx.now(), "updated_at": tx.now(),
            }),
        );
        book.add("availability_versions", json!({ "location_id": id, "rules": 1, "busy": 1 }));
        for Opening { weekday, opens, closes } in openings(&place.hours) {
            book.add(
                "location_hours",
                json!({ "location_id": id, "weekday": weekday, "opens": opens, "closes": closes }),
            );
        }
    }
    for closure in &shop.closures {
        let place = closure.place.as_deref().map(|place| places.get(place)).transpose()?;
        book.add(
            "closures",
            json!({
                "id": tx.new_id::<ids::Closure>().uuid(), "location_id": place,
                "first_day": day(shop, tx.now(), closure.from),
                "last_day": day(shop, tx.now(), closure.from + closure.days - 1),
                "reason": closure.reason, "created_at": tx.now(),
            }),
        );
    }
    for (position, room) in shop.rooms.iter().enumerate() {
        let id = rooms.put(&room.name, tx.new_id::<ids::Room>());
        book.add(
            "rooms",
            json!({
                "id": id, "location_id": places.get(&room.place)?, "name": room.name,
                "places": room.places, "position": position, "version": 1,
                "created_at": tx.now(), "updated_at": tx.now(),
            }),
        );
        for (feature, preference) in &room.features {
            book.add(
                "room_features",
                json!({ "room_id": id, "feature": feature, "preference": preference }),
            );
        }
    }
    Ok([places, rooms])
}

fn openings(week: &Week) -> impl Iterator<Item = Opening> {
    week.0.iter().map(Opening::from)
}

/// Who serves.
pub(super) fn write_staff(
    tx: &SystemTx,
    shop: &Shop,
    offered: &Offered,
    [places, rooms]: &[Names; 2],
    logins: &[Login],
    book: &mut Book,
) -> Result<(), StoreError> {
    for (position, staff) in shop.staff.iter().enumerate() {
        let id = tx.new_id::<ids::StaffMember>().uuid();
        let user = logins.iter().find(|login| Some(login.role) == staff.login.as_deref());
        let room = staff.room.as_deref().map(|room| rooms.get(room)).transpose()?;
        book.add(
            "staff",
            json!({
                "id": id, "name": staff.name, "title": staff.title,
                "user_id": user.map(|login| login.user.id.uuid()), "hue": staff.hue,
                "online": true, "default_room_id": room, "daily_cap": staff.daily_cap,
                "position": position, "version": 1, "created_at": tx.now(),
                "updated_at": tx.now(),
            }),
        );
        write_skills(shop, staff, id, offered, book)?;
        for (kind, weeks) in [("work", &staff.work), ("break", &staff.breaks)] {
            for (place, week) in weeks {
                let place = places.get(place)?;
                for Opening { weekday, opens, closes } in openings(week) {
                    book.add(
                        "staff_hours",
                        json!({
                            "staff_id": id, "location_id": place, "kind": kind,
                            "weekday": weekday, "opens": opens, "closes": closes,
                        }),
                    );
                }
            }
        }
        for away in &staff.time_off {
            let at = |from| midnight(zone(shop), day(shop, tx.now(), from));
            book.add(
                "time_off",
                json!({
                    "id": tx.new_id::<ids::TimeOff>().uuid(), "staff_id": id,
                    "starts_at": at(away.from), "ends_at": at(away.from + away.days),
                    "reason": away.reason, "created_at": tx.now(),
                }),
            );
        }
    }
    Ok(())
}

fn write_skills(
    shop: &Shop,
    staff: &Staff,
    id: Uuid,
    offered: &Offered,
    book: &mut Book,
) -> Result<(), StoreError> {
    for (category, service) in shop.services() {
        if !staff.skills.contains(&category.name) && !staff.skills.contains(&service.name) {
            continue;
        }
        let own = staff.own.iter().find(|own| own.service == service.name);
        book.add(
            "staff_services",
            json!({
                "staff_id": id, "service_id": offered.services.get(&service.name)?,
                "duration_minutes": own.and_then(|own| own.minutes),
                "price_minor": own_price(shop, own.and_then(|own| own.price)),
            }),
        );
    }
    Ok(())
}
