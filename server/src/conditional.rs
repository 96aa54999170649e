//! Versions: what is read carries `ETag: "3"`, what changes it must send `If-Match: "3"`.

use poem::http::header::{ETAG, IF_MATCH};
use poem::http::{HeaderValue, StatusCode};
use poem::{IntoResponse, Request, RequestBody, Response};
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{
    MetaHeader, MetaMediaType, MetaParamIn, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef,
    Registry,
};
use poem_openapi::types::{ToJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ApiResponse, ExtractParamOptions};

use crate::problem::ApiError;

/// The version that the caller has seen. As an argument:
/// `#[oai(name = "If-Match")] version: IfMatch`. Without the header: 428.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IfMatch(pub i64);

impl IfMatch {
    /// Reads the header of a request.
    pub fn of(request: &Request) -> Result<Self, ApiError> {
        let mut values = request.headers().get_all(IF_MATCH).iter();
        let value = values.next().ok_or_else(ApiError::precondition_required)?;
        let version = values.next().is_none().then_some(value).and_then(parse);
        version.map(Self).ok_or_else(|| {
            let detail = "The header If-Match must be one version in quotes, like \"3\".";
            ApiError::bad_request("bad_if_match", detail)
        })
    }

    /// The version as rows keep it; one that no row can have is never the present one.
    pub fn version(self) -> i32 {
        i32::try_from(self.0).unwrap_or(-1)
    }

    /// 412 unless this is the present version.
    pub fn require(self, present: i64) -> Result<(), ApiError> {
        if self.0 == present { Ok(()) } else { Err(ApiError::version_conflict()) }
    }
}

/// Only what [`etag`] wrote. `*` would change what nobody has looked at, and a weak tag can't prove
/// that it was the same.
fn parse(value: &HeaderValue) -> Option<i64> {
    let digits = value.to_str().ok()?.strip_prefix('"')?.strip_suffix('"')?;
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// The `ETag` of a version.
pub fn etag(version: i64) -> HeaderValue {
    HeaderValue::from_str(&format!("\"{version}\""))
        .unwrap_or_else(|_| HeaderValue::from_static("\"0\""))
}

impl<'a> ApiExtractor<'a> for IfMatch {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::Parameter];
    const PARAM_IS_REQUIRED: bool = true;

    type ParamType = String;
    type ParamRawType = String;

    fn param_in() -> Option<MetaParamIn> {
        Some(MetaParamIn::Header)
    }

    fn param_schema_ref() -> Option<MetaSchemaRef> {
        Some(MetaSchemaRef::Inline(Box::new(MetaSchema {
            description: Some("The version that you have seen, as its ETag"),
            pattern: Some("^\"[0-9]{1,18}\"$".into()),
            example: Some("\"3\"".into()),
            ..MetaSchema::new("string")
        })))
    }

    async fn from_request(
        request: &'a Request,
        _body: &mut RequestBody,
        _options: ExtractParamOptions<Self::ParamType>,
    ) -> poem::Result<Self> {
        Ok(Self::of(request)?)
    }
}

/// A JSON answer with its version as `ETag`; `Versioned<T, 201>` for what has just been made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T, const STATUS: u16 = 200> {
    /// The version that the next change has to name.
    pub version: i64,
    /// The answer's body.
    pub body: T,
}

impl<T, const STATUS: u16> Versioned<T, STATUS> {
    /// A body with its version.
    pub fn new(version: i64, body: T) -> Self {
        Self { version, body }
    }
}

impl<T: ToJSON, const STATUS: u16> IntoResponse for Versioned<T, STATUS> {
    fn into_response(self) -> Response {
        let mut response = Json(self.body).into_response();
        response.set_status(StatusCode::from_u16(STATUS).unwrap_or_default());
        response.headers_mut().insert(ETAG, etag(self.version));
        response
    }
}

impl<T: ToJSON, const STATUS: u16> ApiResponse for Versioned<T, STATUS> {
    fn meta() -> MetaResponses {
        MetaResponses {
            responses: vec![MetaResponse {
                description: "",
                status: Some(STATUS),
                status_range: None,
                content: vec![MetaMediaType {
                    content_type: Json::<T>::CONTENT_TYPE,
                    schema: T::schema_ref(),
                }],
                headers: vec![MetaHeader {
                    name: "ETAG".into(),
                    description: Some("The version, for If-Match".into()),
                    required: true,
                    deprecated: false,
                    schema: String::schema_ref(),
                }],
            }],
        }
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unused_async, reason = "poem-openapi wants every operation async")]

    use poem::{EndpointExt, Route};
    use poem_openapi::{Object, OpenApi, OpenApiService};
    use serde_json::Value;

    use super::*;
    use crate::problem::{AllowTable, Normalise};
    use crate::testing::Client;

    #[derive(Debug, Object)]
    struct TestThing {
        version: i64,
    }

    struct Api;

    #[OpenApi]
    impl Api {
        #[oai(path = "/thing", method = "patch", operation_id = "change_thing")]
        async fn change(
            &self,
            #[oai(name = "If-Match")] seen: IfMatch,
        ) -> Result<Versioned<TestThing>, ApiError> {
            seen.require(3)?;
            Ok(Versioned::new(4, TestThing { version: 4 }))
        }

        #[oai(path = "/thing", method = "post", operation_id = "make_thing")]
        async fn make(&self) -> Result<Versioned<TestThing, 201>, ApiError> {
            Ok(Versioned::new(1, TestThing { version: 1 }))
        }
    }

    #[tokio::test]
    async fn only_the_version_that_was_seen_is_changed() {
        let routes = Route::new().nest("/", OpenApiService::new(Api, "t", "1"));
        let app = Client(routes.with(Normalise::new(AllowTable::new())));
        let patch = || app.call(poem::http::Method::PATCH, "/thing");
        assert_eq!(patch().send().await.refusal(), (428, "precondition_required".into()));
        let changed = patch().header("if-match", "\"3\"").send().await;
        assert_eq!((changed.status.as_u16(), changed.header("etag")), (200, "\"4\""));
        let stale = patch().header("if-match", "\"2\"").send().await;
        assert_eq!(stale.refusal(), (412, "version_conflict".into()));
        for bad in [
            "3",
            "*",
            "W/\"3\"",
            "\"3\", \"4\"",
            "\"\"",
            "\"-3\"",
            "\"+3\"",
            "\"three\"",
            "\"",
            "\"99999999999999999999\"",
        ] {
            let answer = patch().header("if-match", bad).send().await;
            assert_eq!(answer.refusal(), (400, "bad_if_match".into()), "{bad}");
        }
        let twice = patch().header("if-match", "\"3\"").header("if-match", "\"3\"").send().await;
        assert_eq!(twice.status.as_u16(), 400);
        let made = app.post("/thing").send().await;
        assert_eq!((made.status.as_u16(), made.header("etag")), (201, "\"1\""));
    }

    #[test]
    fn the_document_names_both_headers() {
        let spec: Value = serde_json::from_str(&OpenApiService::new(Api, "t", "1").spec()).unwrap();
        let thing = &spec["paths"]["/thing"];
        let parameter = &thing["patch"]["parameters"][0];
        assert_eq!(parameter["name"], "If-Match");
        assert_eq!((&parameter["in"], &parameter["required"]), (&"header".into(), &true.into()));
        assert!(thing["post"]["responses"]["201"]["headers"]["ETAG"].is_object());
    }
}
