#![expect(clippy::unused_async, reason = "poem-openapi wants every operation async")]

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use poem::{EndpointExt, Route};
use poem_openapi::types::MaybeUndefined;
use poem_openapi::{Enum, Object, OpenApi, OpenApiService, Union};
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::problem::{AllowTable, Normalise};
use crate::testing::Client;

#[derive(Debug, Enum)]
#[oai(rename_all = "snake_case")]
enum TestKind {
    Spa,
    Barbershop,
}

/// Documented, so that a field of this type becomes a composed schema.
#[derive(Debug, Object)]
struct TestOwner {
    #[oai(validator(min_length = 1, max_length = 10))]
    name: String,
    email: Option<String>,
}

#[derive(Debug, Object)]
struct TestNode {
    label: String,
    /// Contains itself.
    child: Option<Box<TestNode>>,
}

#[derive(Debug, Object)]
struct TestCard {
    number: String,
}

#[derive(Debug, Object)]
struct TestCash {
    amount: u32,
}

#[derive(Debug, Union)]
#[oai(discriminator_name = "by", rename_all = "snake_case")]
enum TestPayment {
    Card(TestCard),
    Cash(TestCash),
}

#[derive(Debug, Union)]
enum TestEither {
    Card(TestCard),
    Cash(TestCash),
}

#[derive(Debug, Object)]
struct TestShop {
    #[oai(validator(min_length = 2, max_length = 20, pattern = "^[A-Z]"))]
    name: String,
    kind: TestKind,
    /// Who it belongs to.
    owner: TestOwner,
    #[oai(validator(minimum(value = "5"), maximum(value = "480"), multiple_of = 5.0))]
    minutes: Option<i32>,
    price: Option<u32>,
    ratio: Option<f64>,
    small: Option<i8>,
    open: Option<bool>,
    id: Option<Uuid>,
    at: Option<DateTime<Utc>>,
    day: Option<NaiveDate>,
    #[oai(validator(max_items = 3, min_items = 1, unique_items, max_length = 4))]
    tags: Option<Vec<String>>,
    pair: Option<[u8; 2]>,
    tree: Option<TestNode>,
    pay: Option<TestPayment>,
    either: Option<TestEither>,
    extra: Option<HashMap<String, u8>>,
    note: MaybeUndefined<String>,
    #[oai(default)]
    limit: u8,
    #[oai(read_only)]
    created: Option<String>,
}

fn shop(with: &Value) -> Value {
    let mut shop = json!({"name": "Lagoon", "kind": "spa", "owner": {"name": "Ann"}});
    for (key, value) in with.as_object().unwrap() {
        shop[key] = value.clone();
    }
    shop
}

fn faults(value: &Value) -> Vec<(String, String)> {
    match parse::<TestShop>(value.to_string().as_bytes()) {
        Ok(_) => Vec::new(),
        Err(error) => {
            assert_eq!((error.status.as_u16(), &*error.code), (422, "validation_failed"));
            assert!(error.fields.iter().all(|fault| fault.detail.ends_with('.')), "{error:?}");
            error.fields.into_iter().map(|fault| (fault.field, fault.code)).collect()
        }
    }
}

#[test]
fn what_fits_is_parsed() {
    for good in [
        json!({}),
        json!({"minutes": 45, "price": 0, "ratio": 1, "small": -128, "open": false}),
        json!({"minutes": null, "note": null, "limit": null, "tags": null, "tree": null}),
        json!({"id": "0190a5b0-0000-7000-8000-000000000000", "at": "2026-05-01T09:30:00Z"}),
        json!({"day": "2026-05-01", "tags": ["a", "b"], "pair": [1, 2], "extra": {"x": 1}}),
        json!({"tree": {"label": "a", "child": {"label": "b", "child": null}}}),
        json!({"pay": {"by": "cash", "amount": 3}, "either": {"number": "4"}}),
        json!({"note": "two\nlines\tand an emoji 💆"}),
    ] {
        assert_eq!(faults(&shop(&good)), [], "{good}");
    }
    let parsed: TestShop = parse_value(shop(&json!({"limit": 7, "note": null}))).unwrap();
    assert_eq!((parsed.limit, parsed.note), (7, MaybeUndefined::Null));
}

#[test]
fn every_fault_is_named_at_its_place() {
    for (wrong, field, code) in [
        (json!({"name": null}), "/name", "required"),
        (json!({"name": 5}), "/name", "type"),
        (json!({"name": true}), "/name", "type"),
        (json!({"name": "L"}), "/name", "too_short"),
        (json!({"name": "L".repeat(21)}), "/name", "too_long"),
        (json!({"name": "lagoon"}), "/name", "pattern"),
        (json!({"name": "Lag\u{0}oon"}), "/name", "control_character"),
        (json!({"name": "Lag\u{1b}[31m"}), "/name", "control_character"),
        (json!({"kind": "clinic"}), "/kind", "choice"),
        (json!({"kind": 1}), "/kind", "type"),
        (json!({"owner": {}}), "/owner/name", "required"),
        (json!({"owner": {"name": ""}}), "/owner/name", "too_short"),
        (json!({"owner": {"name": "Ann", "role": "admin"}}), "/owner/role", "unknown"),
        (json!({"owner": []}), "/owner", "type"),
        (json!({"tenant_id": "ten_1"}), "/tenant_id", "unknown"),
        (json!({"created": "now"}), "/created", "unknown"),
        (json!({"minutes": 4}), "/minutes", "too_small"),
        (json!({"minutes": 485}), "/minutes", "too_large"),
        (json!({"minutes": 7}), "/minutes", "step"),
        (json!({"minutes": 10.5}), "/minutes", "type"),
        (json!({"minutes": "10"}), "/minutes", "type"),
        (json!({"minutes": 3_000_000_000_u32}), "/minutes", "too_large"),
        (json!({"price": -1}), "/price", "too_small"),
        (json!({"price": 1e30}), "/price", "type"),
        (json!({"small": 128}), "/small", "too_large"),
        (json!({"ratio": "1"}), "/ratio", "type"),
        (json!({"open": "true"}), "/open", "type"),
        (json!({"id": "7"}), "/id", "format"),
        (json!({"at": "yesterday"}), "/at", "format"),
        (json!({"day": "9999-01-01"}), "/day", "format"),
        (json!({"tags": []}), "/tags", "too_few"),
        (json!({"tags": ["a", "b", "c", "d"]}), "/tags", "too_many"),
        (json!({"tags": ["a", "a"]}), "/tags", "duplicate"),
        (json!({"tags": ["a", "abcde"]}), "/tags/1", "too_long"),
        (json!({"tags": ["a", null]}), "/tags/1", "required"),
        (json!({"pair": [1]}), "/pair", "too_few"),
        (json!({"pair": [1, 300]}), "/pair/1", "too_large"),
        (
            json!({"tree": {"label": "a", "child": {"x": 1, "label": "b"}}}),
            "/tree/child/x",
            "unknown",
        ),
        (json!({"pay": {"amount": 3}}), "/pay/by", "required"),
        (json!({"pay": {"by": "barter"}}), "/pay/by", "choice"),
        (json!({"pay": {"by": "cash", "amount": -1}}), "/pay/amount", "too_small"),
        (json!({"pay": {"by": "cash", "amount": 1, "tip": 1}}), "/pay/tip", "unknown"),
        (json!({"either": {"amount": -1}}), "/either/amount", "too_small"),
        (json!({"extra": {"a/b": 256}}), "/extra/a~1b", "too_large"),
        (json!({"note": 1}), "/note", "type"),
    ] {
        assert_eq!(faults(&shop(&wrong)), [(field.into(), code.into())], "{wrong}");
    }
    for not_an_object in [json!([]), json!("shop"), json!(1), json!(true)] {
        assert_eq!(faults(&not_an_object), [(String::new(), "type".into())]);
    }
}

#[test]
fn all_faults_come_at_once_but_not_without_end() {
    let wrong = json!({"kind": "x", "owner": {"role": 1}, "minutes": "x", "zzz": 0});
    let found = faults(&wrong);
    let places: Vec<_> = found.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(places, ["/zzz", "/name", "/kind", "/owner/role", "/owner/name", "/minutes"]);
    let flood: serde_json::Map<_, _> = (0..5000).map(|n| (format!("f{n}"), json!(n))).collect();
    assert!(faults(&Value::Object(flood)).len() <= 50);
}

#[test]
fn bodies_that_are_not_json() {
    for (body, code) in [
        (&b""[..], "malformed_json"),
        (b"  \n", "malformed_json"),
        (b"{", "malformed_json"),
        (b"{}{}", "malformed_json"),
        (b"name=Lagoon", "malformed_json"),
        (b"\xff\xfe{}", "not_utf8"),
        (b"{\"name\":\"\xc3\x28\"}", "not_utf8"),
        (b"{\"name\":\"a\",\"name\":\"b\"}", "duplicate_key"),
        (&[b'['; 5000], "too_deep"),
    ] {
        let error = parse::<TestShop>(body).unwrap_err();
        assert_eq!((error.status.as_u16(), &*error.code), (400, code));
    }
}

struct Api;

#[OpenApi]
impl Api {
    #[oai(path = "/shops", method = "post", operation_id = "new_shop")]
    async fn create(&self, body: Input<TestShop>) -> Result<(), ApiError> {
        if body.name == "Nobody" { Err(ApiError::not_found()) } else { Ok(()) }
    }
}

#[tokio::test]
async fn content_type_must_be_json() {
    let routes = Route::new().nest("/", OpenApiService::new(Api, "t", "1"));
    let app = Client(routes.with(Normalise::new(AllowTable::new())));
    let body = shop(&json!({})).to_string();
    for (kind, status) in [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("Application/JSON;charset=\"UTF-8\"", 200),
        ("application/json; charset=latin1", 415),
        ("application/json; boundary=x", 415),
        ("application/merge-patch+json", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
    ] {
        let answer =
            app.post("/shops").header("content-type", kind).body(body.clone()).send().await;
        assert_eq!(answer.status.as_u16(), status, "{kind}");
    }
    let without = app.post("/shops").body(body).send().await;
    assert_eq!(without.refusal(), (415, "unsupported_media_type".into()));
}

#[test]
fn the_document_says_application_json() {
    let spec: Value = serde_json::from_str(&OpenApiService::new(Api, "t", "1").spec()).unwrap();
    let body = &spec["paths"]["/shops"]["post"]["requestBody"];
    assert_eq!(body["required"], true);
    let schema = &body["content"]["application/json"]["schema"]["$ref"];
    assert_eq!(schema, "#/components/schemas/TestShop");
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        prop_oneof!["spa", "card", "cash", "2026-05-01", "Aa", "a"].prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(key(), inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn key() -> impl Strategy<Value = String> {
    const FIELDS: &[&str] = &[
        "name", "kind", "owner", "minutes", "price", "ratio", "small", "open", "id", "at", "day",
        "tags", "pair", "tree", "pay", "either", "extra", "note", "limit", "created", "label",
        "child", "by", "number", "amount", "email",
    ];
    let field = prop::sample::select(FIELDS).prop_map(str::to_owned);
    prop_oneof![8 => field, 1 => any::<String>()]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// The checker and the parser agree: the fallback for what only the type can tell (a fault
    /// without a place) never speaks for a type that has no rules of its own.
    #[test]
    fn what_is_accepted_parses(parts in prop::collection::hash_map(key(), any_json(), 0..4)) {
        let value = shop(&Value::Object(parts.into_iter().collect()));
        for (field, code) in faults(&value) {
            prop_assert!(!(field.is_empty() && code == "invalid"), "{}", value);
        }
    }

    #[test]
    fn arbitrary_json_never_panics(value in any_json()) {
        let _ = parse::<TestShop>(value.to_string().as_bytes());
        let _ = parse::<TestPayment>(value.to_string().as_bytes());
        let _ = parse::<TestEither>(value.to_string().as_bytes());
        let _ = parse::<Vec<TestNode>>(value.to_string().as_bytes());
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..100)) {
        let _ = parse::<TestShop>(&bytes);
    }
}
