//! How likely it looks that nobody comes, and what is asked because of it.

mod asked;
mod paths;
mod reasons;

use chrono::{DateTime, Utc};
use openchair_tests::Answer;
use openchair_tests::spa::Spa;
use serde_json::{Value, json};

/// Somebody who books, as they say they are.
#[derive(Debug, Clone, Copy)]
struct Guest<'a> {
    name: &'a str,
    email: &'a str,
    phone: Option<&'a str>,
}

impl<'a> Guest<'a> {
    const fn new(name: &'a str, email: &'a str) -> Self {
        Self { name, email, phone: None }
    }

    const fn called(self, phone: &'a str) -> Self {
        Self { phone: Some(phone), ..self }
    }
}

const ANN: Guest<'static> = Guest::new("Ann Other", "ann@example.com");

/// The business asks more of who looks risky.
async fn rule(spa: &Spa, rule: Value) {
    let path = "/v1/booking-policy";
    let version = spa.owner.get(path).await.version();
    spa.owner.patch(path, version, &rule).await.expect(200);
}

/// A guest takes up what they keep.
async fn take(spa: &Spa, hold: &Value, guest: Guest<'_>) -> Answer {
    let Guest { name, email, phone } = guest;
    let body = json!({ "hold": hold["hold"], "name": name, "email": email, "phone": phone });
    spa.guest.post(&format!("/v1/public/{}/appointments", spa.business.slug), &body).await
}

/// A guest books a waxing with Eve.
async fn waxing(spa: &Spa, guest: Guest<'_>, start: DateTime<Utc>) -> Value {
    booked(spa, spa.wanted(&["Wax"], 1, &["Eve"]), guest, start).await
}

/// A guest books this.
async fn booked(spa: &Spa, wanted: Value, guest: Guest<'_>, start: DateTime<Utc>) -> Value {
    let hold = spa.hold(wanted, start, &format!("visitor {start}")).await.expect(201);
    take(spa, &hold, guest).await.expect(201)
}

/// A visit that staff book for Ann.
async fn at_the_desk(spa: &Spa, start: DateTime<Utc>) -> Value {
    spa.book(spa.wanted(&["Wax"], 1, &["Eve"]), start).await.expect(201)
}

/// Staff do something to a visit.
async fn deed(spa: &Spa, visit: &Value, deed: &str, mut more: Value) -> Value {
    more["version"] = visit["version"].clone();
    let path = format!("/v1/appointments/{}/{deed}", visit["id"].as_str().unwrap());
    spa.owner.post(&path, &more).await.expect(200)
}

/// A visit of Ann's that took place.
async fn kept(spa: &Spa, start: DateTime<Utc>) {
    let visit = at_the_desk(spa, start).await;
    let visit = deed(spa, &visit, "check-in", json!({})).await;
    deed(spa, &visit, "complete", json!({})).await;
}

/// A visit of Ann's to which she didn't come.
async fn missed(spa: &Spa, start: DateTime<Utc>) {
    let visit = at_the_desk(spa, start).await;
    deed(spa, &visit, "no-show", json!({})).await;
}

/// A guest's visit as staff see it.
async fn desk(spa: &Spa, visit: &Value) -> Value {
    let listed = spa.owner.get("/v1/appointments?limit=100").await.expect(200);
    let items = listed["items"].as_array().unwrap();
    // Who was called off gave the same time back.
    let same = |item: &&Value| {
        item["starts_at"] == visit["visit"]["starts_at"] && item["status"] != "cancelled"
    };
    let found = items.iter().find(same).unwrap_or_else(|| panic!("{visit} among {listed}")).clone();
    let path = format!("/v1/appointments/{}", found["id"].as_str().unwrap());
    assert_eq!(spa.owner.get(&path).await.expect(200)["risk"], found["risk"]);
    found
}

/// Its points with the reasons, in one line.
async fn risk(spa: &Spa, visit: &Value) -> String {
    let seen = desk(spa, visit).await;
    let words: Vec<_> = (seen["risk"]["reasons"].as_array().unwrap_or_else(|| panic!("{seen}")))
        .iter()
        .map(|word| word.as_str().unwrap())
        .collect();
    format!("{}: {}", seen["risk"]["points"], words.join(", "))
}
