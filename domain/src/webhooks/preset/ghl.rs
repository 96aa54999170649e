//! GoHighLevel. Its users meet two layouts: objects inside, in the words of its own webhooks, and all
//! fields at the top, as workflows with an inbound webhook like them best.

use chrono::{DateTime, SecondsFormat};
use chrono_tz::Tz;
use serde_json::{Map, Value, json};

use super::text;
use crate::time::Instant;
use crate::webhooks::said::Said;
use crate::webhooks::types::EventType;

/// Its kinds, as the field `event` has them.
const fn event(kind: EventType) -> &'static str {
    match kind {
        EventType::CustomerCreated => "new_customer",
        EventType::AppointmentConfirmed => "booking_confirmation",
        EventType::AppointmentCheckedIn | EventType::AppointmentCompleted => "show",
        EventType::AppointmentNoShow => "no_show",
        EventType::Test => "test",
        _ => "booking_update",
    }
}

/// Its own webhooks' names.
const fn type_of(kind: EventType) -> &'static str {
    match kind {
        EventType::CustomerCreated => "ContactCreate",
        EventType::AppointmentConfirmed | EventType::Test => "AppointmentCreate",
        _ => "AppointmentUpdate",
    }
}

/// Its words for where a visit stands.
fn status(ours: &str) -> &'static str {
    match ours {
        "confirmed" => "confirmed",
        "checked_in" | "in_service" | "completed" => "showed",
        "no_show" => "noshow",
        "cancelled" | "expired" => "cancelled",
        _ => "new",
    }
}

/// Its contacts have a first and a last name; what somebody calls themselves has one.
fn names(name: &str) -> (&str, &str) {
    name.trim().split_once(' ').map_or((name.trim(), ""), |(first, last)| (first, last.trim()))
}

/// A time on the clock of the location, with its offset.
fn local(at: &str, zone: &str) -> Option<DateTime<Tz>> {
    let at: Instant = at.parse().ok()?;
    Some(at.with_timezone(&zone.parse::<Tz>().ok()?))
}

fn stamp(at: &str, zone: &str) -> String {
    let shown = |at: DateTime<Tz>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    local(at, zone).map_or_else(|| at.to_owned(), shown)
}

/// What both layouts say.
struct Parts<'a> {
    said: &'a Said,
    contact: Value,
    is_visit: bool,
    zone: String,
}

impl<'a> Parts<'a> {
    fn of(said: &'a Said) -> Self {
        let is_visit = said.kind != EventType::CustomerCreated;
        let contact = if is_visit { said.data["customer"].clone() } else { said.data.clone() };
        Self { said, contact, is_visit, zone: text(&said.data, "/location/time_zone") }
    }

    fn text(&self, pointer: &str) -> String {
        text(&self.said.data, pointer)
    }

    fn stamp(&self, pointer: &str) -> String {
        stamp(&self.text(pointer), &self.zone)
    }

    fn previous(&self, pointer: &str) -> String {
        self.said.previous.as_ref().map(|previous| text(previous, pointer)).unwrap_or_default()
    }

    /// Of the staff, once each.
    fn staff(&self, field: &str) -> Vec<String> {
        let mut found = Vec::new();
        for line in self.said.data["lines"].as_array().into_iter().flatten() {
            let one = text(line, &format!("/staff/{field}"));
            if !one.is_empty() && !found.contains(&one) {
                found.push(one);
            }
        }
        found
    }
}

/// Objects inside, in the words of its own webhooks.
pub(super) fn nested(said: &Said) -> Value {
    let parts = Parts::of(said);
    let name = text(&parts.contact, "/name");
    let (first, last) = names(&name);
    let mut all = json!({
        "type": type_of(said.kind),
        "event": event(said.kind),
        "eventId": said.event,
        "timestamp": said.at,
        "contact": {
            "id": text(&parts.contact, "/id"),
            "name": name,
            "firstName": first,
            "lastName": last,
            "email": text(&parts.contact, "/email"),
            "phone": text(&parts.contact, "/phone"),
            "tags": parts.contact["tags"].as_array().cloned().unwrap_or_default(),
            "source": text(&parts.contact, "/source"),
            "dateAdded": text(&parts.contact, "/created_at"),
        },
    });
    if !parts.is_visit {
        return all;
    }
    let users = parts.staff("id");
    all["locationId"] = parts.text("/location/id").into();
    all["appointment"] = json!({
        "id": parts.text("/id"),
        "title": parts.text("/title"),
        "address": parts.text("/location/address"),
        "calendarId": parts.text("/lines/0/service/id"),
        "contactId": text(&parts.contact, "/id"),
        "appointmentStatus": status(&parts.text("/status")),
        "assignedUserId": users.first().cloned().unwrap_or_default(),
        "users": users,
        "notes": parts.text("/note"),
        "source": parts.text("/source"),
        "startTime": parts.stamp("/starts_at"),
        "endTime": parts.stamp("/ends_at"),
        "dateAdded": parts.stamp("/created_at"),
        "dateUpdated": stamp(&said.at.to_rfc3339(), &parts.zone),
    });
    if said.previous.is_some() {
        all["previous"] = json!({
            "startTime": stamp(&parts.previous("/starts_at"), &parts.zone),
            "endTime": stamp(&parts.previous("/ends_at"), &parts.zone),
            "appointmentStatus": match parts.previous("/status").as_str() {
                "" => "",
                ours => status(ours),
            },
        });
    }
    if let Some(reason) = &said.reason {
        all["reason"] = reason.as_str().into();
    }
    all
}

/// All fields at the top, each a text, and each there every time: what isn't known is empty.
pub(super) fn flat(said: &Said) -> Value {
    let parts = Parts::of(said);
    let name = text(&parts.contact, "/name");
    let (first, last) = names(&name);
    let mut all = Map::new();
    let mut put = |key: &str, value: String| {
        all.insert(key.to_owned(), value.into());
    };
    put("event", event(said.kind).to_owned());
    put("event_id", said.event.to_string());
    put("timestamp", said.at.to_rfc3339_opts(SecondsFormat::Secs, true));
    put("contact_id", text(&parts.contact, "/id"));
    put("full_name", name.clone());
    put("first_name", first.to_owned());
    put("last_name", last.to_owned());
    put("email", text(&parts.contact, "/email"));
    put("phone", text(&parts.contact, "/phone"));
    put("locale", text(&parts.contact, "/locale"));
    if !parts.is_visit {
        put("source", text(&parts.contact, "/source"));
        return Value::Object(all);
    }
    let start = local(&parts.text("/starts_at"), &parts.zone);
    let shown = |how: &str| start.map(|at| at.format(how).to_string()).unwrap_or_default();
    put("source", parts.text("/source"));
    put("appointment_id", parts.text("/id"));
    put("appointment_title", parts.text("/title"));
    put("appointment_status", status(&parts.text("/status")).to_owned());
    put("appointment_start_time", parts.stamp("/starts_at"));
    put("appointment_end_time", parts.stamp("/ends_at"));
    put("appointment_date", shown("%Y-%m-%d"));
    put("appointment_time", shown("%H:%M"));
    put("appointment_timezone", parts.zone.clone());
    put("service_name", parts.text("/lines/0/service/name"));
    put("staff_name", parts.staff("name").join(", "));
    put("location_id", parts.text("/location/id"));
    put("location_name", parts.text("/location/name"));
    put("location_address", parts.text("/location/address"));
    put("note", parts.text("/note"));
    put("previous_start_time", stamp(&parts.previous("/starts_at"), &parts.zone));
    put("previous_end_time", stamp(&parts.previous("/ends_at"), &parts.zone));
    let before = parts.previous("/status");
    put("previous_status", if before.is_empty() { before } else { status(&before).to_owned() });
    put("reason", said.reason.clone().unwrap_or_default());
    Value::Object(all)
}

/// A visit of nobody's, with all fields.
pub(super) fn sample() -> Value {
    json!({
        "id": "apt_00000000000000000000000000",
        "status": "confirmed",
        "starts_at": "2026-03-11T16:00:00Z",
        "ends_at": "2026-03-11T17:00:00Z",
        "title": "Test visit",
        "note": "This is a test.",
        "source": "public",
        "created_at": "2026-03-02T09:00:00Z",
        "location": {
            "id": "loc_00000000000000000000000000", "name": "Test location",
            "address": "1 Test Street", "time_zone": "America/New_York",
        },
        "customer": {
            "id": "cus_00000000000000000000000000", "name": "Test Customer",
            "email": "test@example.com", "phone": "+12025550123", "locale": "en",
        },
        "lines": [{
            "service": { "id": "svc_00000000000000000000000000", "name": "Test service" },
            "staff": { "id": "stf_00000000000000000000000000", "name": "Test Staff" },
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Id;

    fn said(kind: EventType, data: Value, previous: Option<Value>, reason: Option<&str>) -> Said {
        Said {
            event: Id::nothing(),
            kind,
            at: "2026-03-02T09:00:00Z".parse().unwrap(),
            about: "apt".to_owned(),
            customer: None,
            data,
            previous,
            reason: reason.map(str::to_owned),
        }
    }

    /// The four kinds.
    fn kinds() -> [Said; 5] {
        let mut customer = sample()["customer"].clone();
        customer["tags"] = json!(["vip"]);
        customer["source"] = "booking".into();
        customer["created_at"] = "2026-03-02T09:00:00Z".into();
        let moved = json!({
            "starts_at": "2026-03-10T16:00:00Z", "ends_at": "2026-03-10T17:00:00Z",
        });
        let stood = |status: &str| {
            let mut visit = sample();
            visit["status"] = status.into();
            visit
        };
        let confirmed = Some(json!({ "status": "confirmed" }));
        [
            said(EventType::CustomerCreated, customer, None, None),
            said(EventType::AppointmentConfirmed, sample(), None, None),
            said(EventType::AppointmentUpdated, sample(), Some(moved), Some("The room is closed")),
            said(EventType::AppointmentCheckedIn, stood("checked_in"), confirmed.clone(), None),
            said(EventType::AppointmentNoShow, stood("no_show"), confirmed, None),
        ]
    }

    #[test]
    fn what_is_sent() {
        let all: Vec<_> = kinds()
            .iter()
            .map(|said| json!({ "nested": nested(said), "flat": flat(said) }))
            .collect();
        insta::assert_json_snapshot!(all);
    }

    #[test]
    fn the_guide_shows_what_is_sent() {
        let guide = include_str!("../../../../docs/guide/webhooks.md");
        let shown = |preset: &str, event: &str| -> Value {
            let mark = format!("<!-- {preset} {event} -->\n```json\n");
            let (_, rest) = guide.split_once(&mark).unwrap_or_else(|| panic!("{mark}"));
            serde_json::from_str(rest.split_once("```").unwrap().0).unwrap()
        };
        for said in kinds() {
            let event = event(said.kind);
            assert_eq!(shown("ghl_nested", event), nested(&said), "{event}");
            assert_eq!(shown("ghl_flat", event), flat(&said), "{event}");
        }
    }

    #[test]
    fn names_are_divided_where_there_is_something_to_divide() {
        let cases = [
            ("Ana Pérez Soto", ("Ana", "Pérez Soto")),
            (" Ana  Pérez ", ("Ana", "Pérez")),
            ("Ana", ("Ana", "")),
            ("", ("", "")),
        ];
        for (name, expected) in cases {
            assert_eq!(names(name), expected, "{name:?}");
        }
    }

    #[test]
    fn every_status_has_its_word() {
        use crate::bookings::Status;
        let words: Vec<_> = Status::ALL.iter().map(|ours| status(ours.key())).collect();
        let expected = [
            "new",
            "new",
            "new",
            "confirmed",
            "showed",
            "showed",
            "showed",
            "cancelled",
            "noshow",
            "cancelled",
        ];
        assert_eq!(words, expected);
    }

    #[test]
    fn flat_requests_have_the_same_fields_each_time() {
        let fields = |kind| {
            let body = flat(&said(kind, sample(), None, None));
            body.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
        };
        let all = fields(EventType::Test);
        for kind in [EventType::AppointmentConfirmed, EventType::AppointmentNoShow] {
            assert_eq!(fields(kind), all, "{}", kind.key());
        }
        let nobody = json!({ "customer": null, "status": "confirmed" });
        let body = flat(&said(EventType::AppointmentUpdated, nobody, None, None));
        assert!(body.as_object().unwrap().values().all(Value::is_string), "{body}");
    }
}
