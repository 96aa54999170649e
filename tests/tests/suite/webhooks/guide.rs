//! What the guide shows is what is sent.

use std::path::Path;

use openchair_domain::webhooks::EventType;
use openchair_tests::spa::at;
use serde_json::{Value, json};
use standardwebhooks::Webhook;

use super::Bench;

fn guide() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/webhooks.md");
    std::fs::read_to_string(path).unwrap()
}

/// The example behind the comment with this name.
fn example(guide: &str, name: &str, language: &str) -> String {
    let (_, rest) = guide.split_once(&format!("<!-- {name} -->\n```{language}\n")).expect(name);
    rest.split_once("\n```").expect(name).0.to_owned()
}

/// The names of all fields, inside of each other.
fn fields(value: &Value, within: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields_of) => {
            for (name, value) in fields_of {
                let name = format!("{within}/{name}");
                fields(value, &name, found);
                found.push(name);
            }
        }
        Value::Array(items) => {
            for item in items.iter().take(1) {
                fields(item, &format!("{within}/0"), found);
            }
        }
        _ => {}
    }
}

fn all_fields(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    fields(value, "", &mut found);
    found.sort();
    found
}

#[tokio::test]
async fn the_examples_have_the_fields_of_what_is_sent() {
    let guide = guide();
    let bench = Bench::new().await;
    let visit = bench.visit("10:00").await;
    let to = json!({ "start": at(9, "12:00"), "reason": "The room is closed" });
    bench.press(&visit, "move", to).await;
    let wanted = bench.spa.wanted(&["Wax"], 1, &["Eve"]);
    let waits = json!({ "wanted": wanted, "name": "Ann Other", "email": "ann@example.com",
                        "first_day": "2026-03-09", "last_day": "2026-03-10" });
    let entry = bench.spa.owner.post("/v1/waitlist", &waits).await.expect(201);
    let offer = format!("/v1/waitlist/{}/offer", entry["id"].as_str().unwrap());
    bench.spa.owner.post(&offer, &json!({ "start": at(9, "10:00") })).await.expect(201);
    for (name, kind) in [
        ("customer", "customer.created"),
        ("appointment", "appointment.updated"),
        ("waiting", "waitlist.offered"),
    ] {
        let shown: Value = serde_json::from_str(&example(&guide, name, "json")).unwrap();
        let sent = bench.receiver.gets_kind(kind).await.json();
        assert_eq!(all_fields(&shown), all_fields(&sent), "{name}: {sent:#}");
        assert_eq!(shown["type"], kind);
    }
}

#[test]
fn every_type_is_explained() {
    let guide = guide();
    for kind in EventType::ALL {
        let row = format!("| `{}` | {} |", kind.key(), kind.says());
        assert!(guide.contains(&row), "{row}");
    }
}

/// The request that the guide shows is signed as it says.
#[test]
fn the_signed_example_is_signed() {
    let guide = guide();
    let request = example(&guide, "signed", "http");
    let secret = example(&guide, "secret", "text");
    let (head, body) = request.split_once("\n\n").unwrap();
    let header = |name: &str| {
        let line = head.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {head}"))
    };
    let at = header("webhook-timestamp").parse().unwrap();
    let webhook = Webhook::new(&secret).unwrap();
    let signature = webhook.sign(header("webhook-id"), at, body.as_bytes()).unwrap();
    assert_eq!(header("webhook-signature"), signature);
}
