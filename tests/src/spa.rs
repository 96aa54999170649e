//! A day spa to book at: three rooms, four of the staff with different skills and weeks, all set up
//! over the API as its owner would.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::app::TestApp;
use crate::browser::Browser;
use crate::people::Business;

/// Every day, Monday first.
const ALL: [u8; 7] = [1, 2, 3, 4, 5, 6, 7];

/// A day spa in New York, open every day from nine to seven.
#[derive(Debug)]
pub struct Spa {
    /// The business.
    pub business: Business,
    /// Its owner, at a browser.
    pub owner: Browser,
    /// Nobody in particular, at a browser.
    pub guest: Browser,
    /// Its location.
    pub location: String,
    /// Ids by names: services, staff, rooms.
    pub ids: HashMap<&'static str, String>,
}

fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("{pointer} of {value}")).to_owned()
}

/// An instant as the API writes it.
pub fn shown(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339())
}

/// A local time of New York on a day of March 2026, from which the clocks of the tests go. The clocks
/// are put forward on the 8th.
pub fn at(day: u32, time: &str) -> DateTime<Utc> {
    let zone = if day < 8 { "-05:00" } else { "-04:00" };
    format!("2026-03-{day:02}T{time}:00{zone}").parse().expect("a time of March")
}

impl TestApp {
    /// Opens the spa.
    pub async fn spa(&self) -> Spa {
        let business = self.business("Lagoon").await;
        let owner = self.sign_in(&business.owner).await.in_tenant(&business);
        let locations = owner.get("/v1/locations").await.expect(200);
        let location = text(&locations, "/items/0/id");
        let mut spa = Spa {
            guest: self.browser(),
            business,
            owner,
            location: location.clone(),
            ids: HashMap::new(),
        };
        let hours: Vec<_> = ALL
            .iter()
            .map(|day| json!({ "weekday": day, "opens": "09:00", "closes": "19:00" }))
            .collect();
        let place = json!({ "time_zone": "America/New_York", "hours": hours });
        spa.owner.patch(&format!("/v1/locations/{location}"), 1, &place).await.expect(200);
        let policy = json!({
            "slot_step_minutes": 30, "alignment": "clock", "notice_minutes": 60,
            "horizon_days": 60, "cancel_notice_minutes": 240, "move_notice_minutes": 240,
            "needs_approval": false,
        });
        spa.owner.patch("/v1/booking-policy", 1, &policy).await.expect(200);
        // The owner doesn't serve.
        let staff = spa.owner.get("/v1/staff").await.expect(200);
        let first = text(&staff, "/items/0/id");
        spa.owner.delete(&format!("/v1/staff/{first}")).await.expect(200);
        // Room for everybody whom a test takes on.
        let plan =
            format!("update tenants set plan = 'business' where id = '{}'", spa.business.id.uuid());
        self.database.run(&plan).await;
        spa.build().await;
        spa
    }
}

impl Spa {
    async fn build(&mut self) {
        self.room("Room 1", 1, &[]).await;
        self.room("Room 2", 2, &[("couples", 1)]).await;
        self.room("Room 3", 2, &[("couples", 0), ("scrub", 0)]).await;
        let category = self.owner.post("/v1/categories", &json!({ "name": "All" })).await;
        self.ids.insert("category", text(&category.expect(201), "/id"));
        for (name, minutes, price, more) in [
            (
                "Facial",
                60,
                9_000,
                json!({ "max_customers": 2, "room_features_for_two": ["couples"] }),
            ),
            (
                "Massage",
                60,
                10_000,
                json!({ "max_customers": 2, "room_features_for_two": ["couples"] }),
            ),
            ("Scrub", 30, 6_500, json!({ "room_features": ["scrub"] })),
            ("Wax", 30, 4_000, json!({ "needs_room": false })),
        ] {
            self.service(name, minutes, price, &more).await;
        }
        let facial = ["Facial"];
        self.person("Fay", &facial, &[1, 3, 5, 6, 7], Some("Room 1")).await;
        self.person("Eve", &["Facial", "Massage", "Scrub", "Wax"], &ALL, Some("Room 2")).await;
        self.person("Wanda", &["Facial", "Wax"], &[1, 3, 5, 6, 7], None).await;
        self.person("Max", &["Massage"], &[7], None).await;
    }

    /// The id of something by its name.
    pub fn id(&self, name: &str) -> &str {
        self.ids.get(name).unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// Adds a room.
    pub async fn room(&mut self, name: &'static str, places: u8, features: &[(&str, u8)]) {
        let features: Vec<_> = features
            .iter()
            .map(|(name, preference)| json!({ "name": name, "preference": preference }))
            .collect();
        let body = json!({ "location_id": self.location, "name": name, "places": places,
                           "features": features });
        let made = self.owner.post("/v1/rooms", &body).await.expect(201);
        self.ids.insert(name, text(&made, "/id"));
    }

    /// Adds a service; `more` says what is special about it.
    pub async fn service(&mut self, name: &'static str, minutes: u32, price: i64, more: &Value) {
        let mut body = json!({ "category_id": self.id("category"), "name": name,
                               "duration_minutes": minutes, "price_minor": price,
                               "needs_room": true });
        for (key, value) in more.as_object().into_iter().flatten() {
            body[key] = value.clone();
        }
        let made = self.owner.post("/v1/services", &body).await.expect(201);
        self.ids.insert(name, text(&made, "/id"));
    }

    /// Adds somebody who works nine to seven on these days.
    pub async fn person(
        &mut self,
        name: &'static str,
        services: &[&str],
        days: &[u8],
        room: Option<&str>,
    ) {
        let body = json!({ "name": name, "default_room_id": room.map(|room| self.id(room)) });
        let made = self.owner.post("/v1/staff", &body).await.expect(201);
        let id = text(&made, "/id");
        let skills: Vec<_> =
            services.iter().map(|service| json!({ "service_id": self.id(service) })).collect();
        let seen = |version: &Value| format!("\"{}\"", version["version"]);
        let put = self.owner.put(&format!("/v1/staff/{id}/skills"), &json!({ "skills": skills }));
        let made = put.header("if-match", &seen(&made)).await.expect(200);
        let work: Vec<_> = days
            .iter()
            .map(|day| json!({ "weekday": day, "opens": "09:00", "closes": "19:00" }))
            .collect();
        let hours = json!({ "locations": [{ "location_id": self.location, "work": work }] });
        let put = self.owner.put(&format!("/v1/staff/{id}/hours"), &hours);
        put.header("if-match", &seen(&made)).await.expect(200);
        self.ids.insert(name, id);
    }

    /// Services by their names, as they are wanted; `staff` by names, too.
    pub fn wanted(&self, services: &[&str], party: u8, staff: &[&str]) -> Value {
        let services: Vec<_> =
            services.iter().map(|name| json!({ "service": self.id(name) })).collect();
        let staff: Vec<_> = staff.iter().map(|name| self.id(name)).collect();
        json!({ "services": services, "party": party, "staff": staff })
    }

    /// What the owner books.
    pub async fn book(&self, wanted: Value, start: DateTime<Utc>) -> Answer {
        let customer = json!({ "name": "Ann Other", "email": "ann@example.com" });
        let body = json!({ "wanted": wanted, "start": start, "customer": customer });
        self.owner.post("/v1/appointments", &body).await
    }

    /// What a guest has kept.
    pub async fn hold(&self, wanted: Value, start: DateTime<Utc>, visitor: &str) -> Answer {
        let body = json!({ "wanted": wanted, "start": start, "visitor": visitor });
        self.guest.post(&format!("/v1/public/{}/holds", self.business.slug), &body).await
    }

    /// A guest takes up what is kept.
    pub async fn take_up(&self, hold: &Value, name: &str, email: &str) -> Answer {
        let body = json!({ "hold": hold["hold"], "name": name, "email": email });
        self.guest.post(&format!("/v1/public/{}/appointments", self.business.slug), &body).await
    }

    /// The local times that guests are offered from one day of March to another.
    pub async fn offered(&self, query: &str, from: u32, to: u32) -> Vec<String> {
        let path = format!(
            "/v1/public/{}/slots?{query}&from=2026-03-{from:02}&to=2026-03-{to:02}",
            self.business.slug
        );
        let found = self.guest.get(&path).await.expect(200);
        let slots = found["slots"].as_array().cloned().unwrap_or_default();
        slots.iter().map(|slot| text(slot, "/local")).collect()
    }

    /// Who serves a visit, and in which room: by names.
    pub fn hands(visit: &Value) -> Vec<(String, String)> {
        let name = |line: &Value, key: &str| line[key].as_str().unwrap_or("-").to_owned();
        let lines = visit["lines"].as_array().cloned().unwrap_or_default();
        lines.iter().map(|line| (name(line, "staff_name"), name(line, "room_name"))).collect()
    }
}
