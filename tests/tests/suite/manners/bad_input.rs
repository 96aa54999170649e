//! What nobody should send, sent to every operation: a clear refusal, nothing changed, nothing in
//! the log at error level (every [`TestApp`] sees to that), and never a failure of ours (every
//! answer sees to that).

use std::sync::Arc;

use openchair_tests::{Answer, TestApp};
use reqwest::Method;
use serde_json::{Value, json};

use crate::access::actors::{Actor, Column, World};
use crate::access::matrix::Matrix;
use crate::access::samples::{Operation, Sample, operations, sample};

const BODIES: &[(&str, &[u8])] = &[
    ("nothing", b""),
    ("a blank", b" "),
    ("half an object", b"{\"name\":"),
    ("two documents", b"{} {}"),
    ("a trailing comma", b"{\"name\": \"a\",}"),
    ("single quotes", b"{'name': 'a'}"),
    ("a comment", b"{} // no"),
    ("no number", b"{\"a\": NaN}"),
    ("a huge number", b"{\"a\": 1e999999}"),
    ("a list", b"[]"),
    ("a text", b"\"text\""),
    ("a number", b"1"),
    ("null", b"null"),
    ("true", b"true"),
    ("bad UTF-8", b"{\"name\": \"\xff\xfe\"}"),
    ("UTF-16", b"\xff\xfe{\0}\0"),
    ("half a pair", b"{\"name\": \"\\ud800\"}"),
    ("a bad escape", b"{\"name\": \"\\x41\"}"),
    ("a raw control", b"{\"name\": \"a\x01b\"}"),
    ("a zip", b"PK\x03\x04aaaaaaaaaaaaaaaa"),
    ("a key twice", b"{\"name\": \"a\", \"name\": \"b\"}"),
    ("a prototype", b"{\"__proto__\": {\"platform_admin\": true}}"),
    ("a form", b"name=a&scopes=b"),
    ("XML", b"<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>"),
];

fn is_clear(answer: &Answer, what: &str) {
    assert!((400..500).contains(&answer.status), "{what}: {answer}");
    let problem = answer.is_problem();
    let detail = problem["detail"].as_str().unwrap_or_default();
    for inside in ["panicked", "sqlx", "SELECT ", "serde", ".rs:", "stack", "at line 1 column"] {
        assert!(!detail.contains(inside), "{what} shows our inside: {answer}");
    }
}

async fn with_owner(app: &Arc<TestApp>, operation: &Operation) -> (World, Actor, Sample) {
    let needs = Matrix::read().row(&operation.id).needs().clone();
    let platform = operation.path.starts_with("/v1/platform");
    let column = if platform { Column::Admin } else { Column::Owner };
    let world = World::new(app).await;
    let actor = world.actor(column, &needs).await;
    let sample = sample(operation, &world, &actor, false).await;
    (world, actor, sample)
}

fn method(operation: &Operation) -> Method {
    operation.method.to_uppercase().parse().unwrap()
}

#[tokio::test]
async fn bodies_that_are_not_what_they_should_be() {
    let app = Arc::new(TestApp::with(&[("worker.inside", "false")]).await);
    let deep = format!("{}1{}", "{\"a\":".repeat(5000), "}".repeat(5000));
    let deep_list = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let large = format!("{{\"name\": \"{}\"}}", "x".repeat(300 * 1024));
    let mut bodies: Vec<(&str, Vec<u8>)> =
        BODIES.iter().map(|(what, body)| (*what, body.to_vec())).collect();
    bodies.push(("deep objects", deep.into_bytes()));
    bodies.push(("deep lists", deep_list.into_bytes()));
    bodies.push(("a large body", large.into_bytes()));
    let mut sent = 0;
    for operation in operations() {
        let (_world, actor, sample) = with_owner(&app, &operation).await;
        if sample.body.is_none() {
            continue;
        }
        let before = app.database.fingerprint().await;
        for (what, body) in &bodies {
            app.clock.advance(chrono::Duration::seconds(5));
            let call = actor.browser.request(method(&operation), &sample.path);
            let call = call.header("content-type", "application/json").header("if-match", "\"1\"");
            let answer = call.body(body.clone()).await;
            is_clear(&answer, &format!("{what} to {}", operation.id));
            sent += 1;
        }
        let valid = sample.body.unwrap().to_string();
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data",
            "application/json; charset=latin1",
            "application/xml",
            "nonsense",
            "",
        ] {
            let call = actor.browser.request(method(&operation), &sample.path);
            let call = call.header("if-match", "\"1\"").body(valid.clone());
            let answer = call.header("content-type", kind).await;
            answer.problem(415, "unsupported_media_type");
        }
        assert_eq!(app.database.fingerprint().await, before, "{}", operation.id);
    }
    assert!(sent > 500, "{sent}");
}

/// Every text, number and list of every valid body, made into what it must not be.
#[tokio::test]
async fn fields_that_are_not_what_they_should_be() {
    let app = Arc::new(TestApp::with(&[("worker.inside", "false")]).await);
    let mut sent = 0;
    for operation in operations() {
        let (_world, actor, sample) = with_owner(&app, &operation).await;
        let Some(valid) = sample.body else { continue };
        let before = app.database.fingerprint().await;
        for pointer in leaves(&valid, String::new()) {
            for wrong in [
                json!({}),
                json!([[]]),
                json!({ "a": 1 }),
                json!("nul\u{0}inside"),
                json!("x".repeat(20_000)),
                json!(1e300),
                json!(-1),
                json!(1.5),
                json!("\u{202e}\u{0}"),
            ] {
                app.clock.advance(chrono::Duration::seconds(5));
                let mut body = valid.clone();
                *body.pointer_mut(&pointer).unwrap() = wrong.clone();
                let call = actor.browser.request(method(&operation), &sample.path);
                let answer = call.json(&body).header("if-match", "\"1\"").await;
                let shown: String = wrong.to_string().chars().take(40).collect();
                is_clear(&answer, &format!("{pointer} = {shown} to {}", operation.id));
                sent += 1;
            }
        }
        for (field, value) in [("unknown", json!(1)), ("", json!(null)), ("constructor", json!({}))]
        {
            let mut body = valid.clone();
            body[field] = value;
            let call = actor.browser.request(method(&operation), &sample.path);
            let faults = call.json(&body).header("if-match", "\"1\"").await.faults();
            assert_eq!(faults, [(format!("/{field}"), "unknown".to_owned())], "{}", operation.id);
        }
        assert_eq!(app.database.fingerprint().await, before, "{}", operation.id);
    }
    assert!(sent > 300, "{sent}");
}

fn leaves(value: &Value, pointer: String) -> Vec<String> {
    match value {
        Value::Object(fields) => {
            let below =
                fields.iter().flat_map(|(key, value)| leaves(value, format!("{pointer}/{key}")));
            below.collect()
        }
        Value::Array(items) => {
            let below = items.iter().enumerate();
            below.flat_map(|(at, item)| leaves(item, format!("{pointer}/{at}"))).collect()
        }
        _ => vec![pointer],
    }
}

#[tokio::test]
async fn absurd_dates() {
    let app = TestApp::start().await;
    let spa = app.business("Lagoon").await;
    let owner = app.sign_in(&spa.owner).await.in_tenant(&spa);
    let absurd = [
        "yesterday",
        "2026-02-30T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-01-01T25:00:00Z",
        "2026-01-01",
        "0000-00-00T00:00:00Z",
        "1772442000",
        "2026-01-01T00:00:00",
        "2026-01-01T00:00:00+99:00",
        "９９９９-01-01T00:00:00Z",
    ];
    // Dates, but beyond all calendars: whatever is answered, it isn't a failure.
    let far = [
        "0000-01-01T00:00:00Z",
        "-4713-01-01T00:00:00Z",
        "-262143-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "+262142-12-31T23:59:59Z",
        "+99999-01-01T00:00:00Z",
        "1970-01-01T00:00:60Z",
    ];
    for date in absurd.into_iter().chain(far) {
        let is_absurd = absurd.contains(&date);
        let encoded = date.replace('+', "%2B");
        for name in ["from", "to"] {
            for path in ["/v1/audit", "/v1/audit/export"] {
                let answer = owner.get(&format!("{path}?{name}={encoded}")).await;
                assert!(!is_absurd || answer.status >= 400, "{date}: {answer}");
            }
        }
        let body = json!({ "name": "till", "scopes": ["team:read"], "expires_at": date });
        let answer = owner.post("/v1/api-keys", &body).await;
        assert!(!is_absurd || answer.status >= 400, "{date}: {answer}");
        app.clock.advance(chrono::Duration::minutes(1));
    }
    // What was let in can be read again.
    owner.get("/v1/api-keys?limit=100").await.expect(200);
}

/// Whatever day or moment is asked for: an answer, and never a failure.
#[tokio::test]
async fn absurd_dates_in_every_parameter() {
    let app = Arc::new(TestApp::start().await);
    let mut asked = Vec::new();
    for operation in operations() {
        let is_date = |parameter: &&Value| {
            let schema = parameter["schema"].to_string();
            schema.contains(r#""format":"date""#) || schema.contains(r#""format":"date-time""#)
        };
        let dates: Vec<_> = operation.parameters.iter().filter(is_date).cloned().collect();
        if dates.is_empty() {
            continue;
        }
        let (_world, actor, sample) = with_owner(&app, &operation).await;
        for parameter in dates {
            let name = parameter["name"].as_str().unwrap();
            for date in [
                "",
                "yesterday",
                "2026-02-30",
                "0000-01-01",
                "-4713-01-01",
                "-262143-01-01",
                "-262144-12-31",
                "0001-01-01",
                "1583-01-01",
                "2399-12-31",
                "9999-12-31",
                "+99999-01-01",
                "+262142-12-31",
                "+262143-01-01",
                "1772442000",
                "2026-03-04",
            ] {
                for date in [date.to_owned(), format!("{date}T23:59:59Z")] {
                    let date = date.replace('+', "%2B");
                    let (path, query) = sample.path.split_once('?').unwrap_or((&sample.path, ""));
                    let path = if parameter["in"] == "path" {
                        let mut parts: Vec<&str> = path.split('/').collect();
                        let place =
                            operation.path.split('/').position(|p| p == format!("{{{name}}}"));
                        parts[place.unwrap()] = &date;
                        sample.path.replacen(path, &parts.join("/"), 1)
                    } else {
                        let own = format!("{name}=");
                        let others = query.split('&').filter(|pair| !pair.starts_with(&own));
                        let others: Vec<&str> = others.filter(|pair| !pair.is_empty()).collect();
                        format!("{path}?{}&{own}{date}", others.join("&")).replace("?&", "?")
                    };
                    let method: Method = operation.method.to_uppercase().parse().unwrap();
                    let mut call = actor.browser.request(method, &path);
                    if let Some(body) = &sample.body {
                        call = call.json(body);
                    }
                    let answer = call.await;
                    assert!(answer.status < 500, "{} {}: {answer}", operation.id, path);
                    app.clock.advance(chrono::Duration::seconds(2));
                }
            }
            asked.push(format!("{} {name}", operation.id));
        }
    }
    for known in ["read_first_public_slot from", "read_first_slot from", "list_own_slots to"] {
        assert!(asked.iter().any(|one| one == known), "{known}: {asked:?}");
    }
}

#[tokio::test]
async fn parameters_that_are_not_what_they_should_be() {
    let app = Arc::new(TestApp::start().await);
    let long = "a".repeat(5000);
    let foreign = data_encoding::BASE64URL_NOPAD.encode(b"\"ten_00000000000000000000000007\"");
    let mut lists = 0;
    for operation in operations() {
        let takes =
            |name: &str| operation.parameters.iter().any(|parameter| parameter["name"] == name);
        if !takes("cursor") {
            continue;
        }
        let (_world, actor, _) = with_owner(&app, &operation).await;
        for query in [
            "limit=0",
            "limit=-1",
            "limit=101",
            "limit=x",
            "limit=",
            "limit=1.5",
            "limit=1e2",
            "limit=99999999999999999999",
            "cursor=",
            "cursor=x",
            "cursor=%00",
            "cursor=%ff",
            "cursor=' or 1=1 --",
            "cursor=bnVsbA",
            &format!("cursor={long}"),
            &format!("cursor={foreign}"),
        ] {
            let query = query.replace(' ', "%20").replace('\'', "%27");
            let answer = actor.browser.get(&format!("{}?{query}", operation.path)).await;
            is_clear(&answer, &format!("{query} to {}", operation.id));
            app.clock.advance(chrono::Duration::seconds(5));
        }
        lists += 1;
    }
    assert!(lists >= 6, "{lists}");
    let anybody = app.browser();
    for path in [
        "/v1/signup/slug/%00",
        "/v1/signup/proposal?country=%00",
        "/v1/signup/proposal?kind=hotel",
        "/v1/signup/proposal?country=USA",
        "/v1/public/%ff",
        "/v1/public/..%2f..%2fetc%2fpasswd",
        "/v1/nowhere",
        "/v1/",
        "/v1",
        "/v2/me",
        "/v1//me",
    ] {
        is_clear(&anybody.get(path).await, path);
    }
}
