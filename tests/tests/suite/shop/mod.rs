//! A shop's rules: who serves when, in which rooms, under which policy.

mod hours;
mod places;
mod policy;
mod rooms;
mod staff;
mod touched;

use openchair_domain::ids::{Id, Kind};
use openchair_tests::{Browser, Business, Call, TestApp};
use serde_json::{Value, json};
use uuid::Uuid;

/// A server, a business, and its owner at a browser.
async fn shop() -> (TestApp, Business, Browser) {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    (app, spa, owner)
}

fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_else(|| panic!("{field} of {value}"))
}

/// One field of every item of a list.
fn each<'a>(list: &'a Value, field: &str) -> Vec<&'a str> {
    list["items"].as_array().unwrap().iter().map(|item| text(item, field)).collect()
}

/// `PUT` of the version that was seen.
fn put(browser: &Browser, path: &str, version: i64, body: &Value) -> Call {
    browser.put(path, body).header("if-match", &format!("\"{version}\""))
}

fn week(days: &[u8], opens: &str, closes: &str) -> Value {
    days.iter().map(|day| json!({ "weekday": day, "opens": opens, "closes": closes })).collect()
}

fn uuid<K: Kind>(id: &str) -> Uuid {
    id.parse::<Id<K>>().unwrap().uuid()
}

/// A visit that names somebody of the staff and a room, however old.
async fn visit(app: &TestApp, of: &Business, staff: Uuid, room: Uuid) {
    let (tenant, at) = (of.id.uuid(), app.location(of).await.uuid());
    let id = Uuid::from_u128(7);
    let sql = format!(
        "insert into appointments (tenant_id, id, location_id, status, starts_at, ends_at, party,
                                   title, price_minor, currency, terms, source, created_at,
                                   updated_at)
         values ('{tenant}', '{id}', '{at}', 'completed', '2025-01-01T09:00Z', '2025-01-01T10:00Z',
                 1, 'Facial', 0, 'USD', '{{}}', 'staff', now(), now());
         insert into appointment_lines (tenant_id, appointment_id, position, step, service_id,
                                        service_name, customer, staff_id, staff_chosen, room_id,
                                        starts_at, ends_at, price_minor)
         values ('{tenant}', '{id}', 0, 0, '{id}', 'Facial', 1, '{staff}', false, '{room}',
                 '2025-01-01T09:00Z', '2025-01-01T10:00Z', 0)"
    );
    app.database.run(&sql).await;
}

/// How often the audit log says that something was done.
async fn done(browser: &Browser, action: &str) -> usize {
    let log = browser.get(&format!("/v1/audit?limit=100&action={action}")).await.expect(200);
    log["items"].as_array().unwrap().len()
}
