//! Presets, as they arrive. Their layouts are in snapshots beside the code, and in the guide.

use openchair_tests::spa::at;
use serde_json::{Value, json};

use super::Bench;

/// What arrives of a new customer's visit that is moved, and to which nobody comes.
async fn four_kinds(preset: &str) -> (Bench, Vec<Value>) {
    let bench = Bench::with(&[], json!({ "preset": preset })).await;
    let visit = bench.visit("10:00").await;
    let to = json!({ "start": at(9, "12:00"), "reason": "The room is closed" });
    let visit = bench.press(&visit, "move", to).await;
    bench.app.clock.set(at(9, "12:30"));
    bench.press(&visit, "no-show", json!({})).await;
    let got = bench.receiver.gets(4).await;
    assert!(got.iter().all(|one| one.is_signed_by(&bench.secret)));
    let mut bodies: Vec<_> = got.iter().map(openchair_tests::receiver::Received::json).collect();
    // A customer and a visit are two things: which is told first is left open.
    bodies.sort_by_key(|body| body["event"] != "new_customer");
    (bench, bodies)
}

#[tokio::test]
async fn gohighlevel_gets_its_four_kinds_with_objects_inside() {
    let (bench, bodies) = four_kinds("ghl_nested").await;
    let events: Vec<_> = bodies.iter().map(|body| body["event"].clone()).collect();
    assert_eq!(events, ["new_customer", "booking_confirmation", "booking_update", "no_show"]);
    let types: Vec<_> = bodies.iter().map(|body| body["type"].clone()).collect();
    let expected = ["ContactCreate", "AppointmentCreate", "AppointmentUpdate", "AppointmentUpdate"];
    assert_eq!(types, expected);
    assert_eq!(bodies[0]["contact"]["firstName"], "Ann");
    assert_eq!(bodies[0]["contact"]["email"], "ann@example.com");
    assert_eq!(bodies[1]["appointment"]["startTime"], "2026-03-09T10:00:00-04:00");
    assert_eq!(bodies[2]["appointment"]["startTime"], "2026-03-09T12:00:00-04:00");
    assert_eq!(bodies[2]["previous"]["startTime"], "2026-03-09T10:00:00-04:00");
    assert_eq!(bodies[2]["reason"], "The room is closed");
    assert_eq!(bodies[3]["appointment"]["appointmentStatus"], "noshow");
    let id = &bodies[1]["contact"]["id"];
    assert!(bodies.iter().all(|body| body["contact"]["id"] == *id), "{bodies:#?}");
    drop(bench);
}

#[tokio::test]
async fn gohighlevel_gets_its_four_kinds_with_all_fields_at_the_top() {
    let (bench, bodies) = four_kinds("ghl_flat").await;
    let events: Vec<_> = bodies.iter().map(|body| body["event"].clone()).collect();
    assert_eq!(events, ["new_customer", "booking_confirmation", "booking_update", "no_show"]);
    assert_eq!(
        (&bodies[0]["first_name"], &bodies[0]["last_name"]),
        (&json!("Ann"), &json!("Other"))
    );
    assert_eq!(bodies[1]["appointment_time"], "10:00");
    assert_eq!(bodies[2]["previous_start_time"], "2026-03-09T10:00:00-04:00");
    assert_eq!(bodies[3]["appointment_status"], "noshow");
    for body in &bodies {
        assert!(body.as_object().unwrap().values().all(Value::is_string), "{body}");
    }
    // Whoever maps fields sends a test first: it has all of them.
    bench.test().await;
    let test = bench.receiver.gets(5).await.remove(4).json();
    assert_eq!(test["event"], "test");
    let fields = |body: &Value| body.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&test), fields(&bodies[1]));
}
