#![expect(clippy::unused_async, reason = "poem-openapi wants every operation async")]

use std::io;

use poem::http::{Method, StatusCode};
use poem::{EndpointExt, Route, handler};
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::PlainText;
use poem_openapi::{OpenApi, OpenApiService};
use serde_json::Value;

use super::*;
use crate::testing::Client;

struct Api;

#[OpenApi]
impl Api {
    #[oai(path = "/things/:id", method = "get", operation_id = "get_thing")]
    async fn get(
        &self,
        id: Path<u32>,
        #[oai(validator(minimum(value = "1"), maximum(value = "100")))] limit: Query<Option<u32>>,
    ) -> Result<PlainText<String>, ApiError> {
        match id.0 {
            1 => Ok(PlainText(format!("{:?}", limit.0))),
            2 => Err(ApiError::not_allowed("Change things")),
            3 => Err(ApiError::conflict("taken", "That is taken.").on_field("/slot")),
            4 => Err(ApiError::rate_limited(Duration::from_millis(1200))),
            5 => {
                let cause = io::Error::other("the password of the database is hunter2");
                Err(ApiError::internal(&cause))
            }
            6 => Err(ApiError::unauthenticated()),
            _ => Err(ApiError::not_found()),
        }
    }

    #[oai(path = "/things/:id", method = "delete", operation_id = "delete_thing")]
    async fn delete(&self, id: Path<u32>) {
        let _ = id;
    }
}

#[handler]
fn plain_teapot() -> StatusCode {
    StatusCode::IM_A_TEAPOT
}

#[handler]
fn failing() -> poem::Result<()> {
    Err(poem::error::InternalServerError(io::Error::other("secret cause")))
}

fn app() -> Client<impl poem::Endpoint> {
    let service = OpenApiService::new(Api, "t", "1");
    let routes = Route::new()
        .nest("/v1", service)
        .at("/teapot", plain_teapot)
        .at("/failing", poem::get(failing));
    let allow = AllowTable::new().api::<Api>("/v1").path("/failing", &[Method::GET]);
    Client(routes.with(Normalise::new(allow)))
}

#[tokio::test]
async fn every_failure_is_a_problem() {
    let app = app();
    for (path, status, code) in [
        ("/nowhere", 404, "not_found"),
        ("/v1/nowhere", 404, "not_found"),
        ("/v1/things/99", 404, "not_found"),
        ("/v1/things/not-a-number", 404, "not_found"),
        ("/v1/things/1?limit=0", 400, "bad_parameter"),
        ("/v1/things/1?limit=101", 400, "bad_parameter"),
        ("/v1/things/1?limit=many", 400, "bad_parameter"),
        ("/v1/things/2", 403, "not_allowed"),
        ("/v1/things/3", 409, "taken"),
        ("/v1/things/4", 429, "rate_limited"),
        ("/v1/things/5", 500, "internal"),
        ("/v1/things/6", 401, "not_signed_in"),
        ("/teapot", 418, "bad_request"),
        ("/failing", 500, "internal"),
    ] {
        let response = app.get(path).send().await;
        assert_eq!(response.refusal(), (status, code.into()), "{path}");
    }
    assert_eq!(app.get("/v1/things/1?limit=7").send().await.text(), "Some(7)");
}

#[tokio::test]
async fn unknown_and_unreadable_ids_are_answered_alike() {
    let app = app();
    let mut bodies = Vec::new();
    for path in ["/v1/things/99", "/v1/things/x", "/v1/nothing"] {
        bodies.push(app.get(path).send().await.body);
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:?}");
}

#[tokio::test]
async fn a_405_names_what_is_allowed() {
    let response = app().post("/v1/things/1").send().await;
    assert_eq!(response.header("allow"), "DELETE, GET, HEAD");
    assert_eq!(response.refusal(), (405, "method_not_allowed".into()));
    let response = app().post("/failing").send().await;
    assert_eq!(response.header("allow"), "GET, HEAD");
}

#[tokio::test]
async fn headers_and_fields_come_along() {
    let app = app();
    assert_eq!(app.get("/v1/things/4").send().await.header("retry-after"), "2");
    assert!(app.get("/v1/things/6").send().await.header("www-authenticate").starts_with("Bearer"));
    let taken = app.get("/v1/things/3").send().await.problem();
    assert_eq!(taken["fields"][0]["field"], "/slot");
    let limit = app.get("/v1/things/1?limit=101").send().await.problem();
    assert_eq!(limit["fields"][0]["detail"], "It must be at most 100.");
}

#[test]
fn a_validation_names_its_only_field() {
    let one = ApiError::invalid_field("/owner/first_name", "too_long", "It is too long.");
    assert_eq!(one.detail, "Please check “first name”. It is too long.");
    let two = ApiError::validation(vec![one.fields[0].clone(), one.fields[0].clone()]);
    assert_eq!(two.detail, "Please check 2 fields.");
}

#[test]
fn every_operation_documents_every_refusal() {
    let spec: Value = serde_json::from_str(&OpenApiService::new(Api, "t", "1").spec()).unwrap();
    let responses = &spec["paths"]["/things/{id}"]["get"]["responses"];
    for status in [400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 500, 503] {
        let schema = &responses[status.to_string()]["content"][PROBLEM_JSON]["schema"];
        assert_eq!(schema["$ref"], "#/components/schemas/Problem", "{status}");
    }
    assert!(spec["components"]["schemas"]["FieldFault"].is_object());
}
