//! Requests that look ahead at what a change would do.

use serde_json::json;

use super::{Operation, Sample};
use crate::access::actors::{Actor, World};

pub async fn sample(
    operation: &Operation,
    world: &World,
    actor: &Actor,
    succeeds: bool,
) -> Option<Sample> {
    let (here, app) = (&world.here, &world.app);
    let things = &here.things;
    let at = |path: String| Sample::at(format!("/v1{path}/impact"));
    Some(match operation.id.as_str() {
        "preview_location" => at(format!("/locations/{}", here.location))
            .with(json!({ "hours": [], "time_zone": "Asia/Tokyo" })),
        "preview_closure" => at("/closures".to_owned())
            .with(json!({ "first_day": "2026-03-09", "last_day": "2026-03-11" })),
        "preview_staff" => {
            if let Some(login) = actor.login.as_ref().filter(|_| succeeds) {
                // Who may change their own hours has hours of their own.
                let (login, staff) = (login.id.uuid(), things.staff.uuid());
                let sql = format!(
                    "update staff set user_id = null where user_id = '{login}';
                     update staff set user_id = '{login}' where id = '{staff}'"
                );
                app.database.run(&sql).await;
            }
            at(format!("/staff/{}", things.staff)).with(json!({ "locations": [] }))
        }
        "preview_room" => at(format!("/rooms/{}", things.room)).with(json!({ "archive": true })),
        "preview_policy" => at("/booking-policy".to_owned()).with(json!({ "horizon_days": 7 })),
        "preview_service" => at(format!("/services/{}", things.service)),
        _ => return None,
    })
}
